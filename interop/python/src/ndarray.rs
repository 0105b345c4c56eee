//! NumPy arrays over memory that a Python object owns, made by NumPy's C API.
//!
//! The constructor `numpy.ndarray` parses its arguments and asks the owner for a buffer, which takes longer than everything
//! else that an array in recycled memory needs. The functions are entries of a table in the capsule `_ARRAY_API`; where they
//! are is part of NumPy's binary interface, the same in NumPy 1 and 2.

use std::ffi::{c_int, c_void};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyCapsule;

/// Entries of the table.
const ARRAY_TYPE: usize = 2;
const NEW_FROM_DESCR: usize = 94;
const SET_BASE_OBJECT: usize = 282;

/// `NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_ALIGNED | NPY_ARRAY_WRITEABLE`.
const FLAGS: c_int = 0x0001 | 0x0100 | 0x0400;

/// Takes over the reference to the type; the strides may be null for C order.
type NewFromDescr = unsafe extern "C" fn(
    class: *mut ffi::PyTypeObject,
    dtype: *mut ffi::PyObject,
    ndim: c_int,
    shape: *const isize,
    strides: *const isize,
    data: *mut c_void,
    flags: c_int,
    like: *mut ffi::PyObject,
) -> *mut ffi::PyObject;

/// Takes over the reference to the owner.
type SetBaseObject = unsafe extern "C" fn(array: *mut ffi::PyObject, owner: *mut ffi::PyObject) -> c_int;

/// What is used of the table.
struct Numpy {
    class: *mut ffi::PyTypeObject,
    new_from_descr: NewFromDescr,
    set_base_object: SetBaseObject,
}

// SAFETY: a class and functions of a module that is never unloaded; calling them needs an attached thread.
unsafe impl Send for Numpy {}
// SAFETY: as above.
unsafe impl Sync for Numpy {}

/// A writable array in C order over memory of `owner`, which the array and its views keep.
///
/// # Safety
/// `data` has room for the shape in elements of `dtype`, is aligned for them, and stays as long as `owner`. Lengths fit an
/// `isize`.
///
/// # Errors
/// NumPy's own, as for more axes than it has.
pub(crate) unsafe fn over<'py>(
    shape: &[usize],
    dtype: &Bound<'py, PyAny>,
    data: *mut c_void,
    owner: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = owner.py();
    let numpy = numpy(py)?;
    let ndim = c_int::try_from(shape.len())?;
    let (dtype, like, strides) = (dtype.clone().into_ptr(), std::ptr::null_mut(), std::ptr::null());
    // SAFETY: the entry has this type; it takes over `dtype`, which is a `numpy.dtype`, and reads `ndim` lengths.
    let array = unsafe {
        (numpy.new_from_descr)(numpy.class, dtype, ndim, shape.as_ptr().cast(), strides, data, FLAGS, like)
    };
    // SAFETY: a new reference, or null with the error set.
    let array = unsafe { Bound::from_owned_ptr_or_err(py, array) }?;
    // SAFETY: the entry has this type; it takes over the owner of an array that has none yet.
    match unsafe { (numpy.set_base_object)(array.as_ptr(), owner.into_ptr()) } {
        0 => Ok(array),
        _ => Err(PyErr::fetch(py)),
    }
}

fn numpy(py: Python<'_>) -> PyResult<&Numpy> {
    static NUMPY: PyOnceLock<Numpy> = PyOnceLock::new();
    NUMPY.get_or_try_init(py, || {
        // NumPy 2 has made the folder private.
        let module = py
            .import("numpy._core._multiarray_umath")
            .or_else(|_numpy_1| py.import("numpy.core._multiarray_umath"))?;
        let capsule = module.getattr("_ARRAY_API")?.cast_into::<PyCapsule>()?;
        // SAFETY: the capsule has no name.
        let table = unsafe { ffi::PyCapsule_GetPointer(capsule.as_ptr(), std::ptr::null()) };
        if table.is_null() {
            return Err(PyErr::fetch(py));
        }
        let entry = |index: usize| {
            // SAFETY: the table has more entries than these in every NumPy since 1.7, and is never freed.
            unsafe { table.cast::<*mut c_void>().wrapping_add(index).read() }
        };
        let class = entry(ARRAY_TYPE).cast();
        // SAFETY: the entry is `PyArray_NewFromDescr`.
        let new_from_descr =
            unsafe { std::mem::transmute::<*mut c_void, NewFromDescr>(entry(NEW_FROM_DESCR)) };
        // SAFETY: the entry is `PyArray_SetBaseObject`.
        let set_base_object =
            unsafe { std::mem::transmute::<*mut c_void, SetBaseObject>(entry(SET_BASE_OBJECT)) };
        Ok(Numpy { class, new_from_descr, set_base_object })
    })
}
