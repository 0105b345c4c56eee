//! Python objects made in place.
//!
//! PyO3 asks `object.__new__` for the memory of an object, with a tuple of arguments, and copies the value into it from where
//! it was made. Here the memory is asked for by what `object.__new__` itself calls, if the class has no allocator of its own, and
//! the value is moved into it once.

use std::mem;

use pyo3::PyClass;
use pyo3::exceptions::PySystemError;
use pyo3::ffi;
use pyo3::prelude::*;

/// A class whose objects are made in place.
///
/// # Safety
/// The module is not loaded unless [`check`] approves of the class.
pub(crate) unsafe trait InPlace: PyClass {}

/// Where the value lies in an object, in bytes: behind the header.
const PLACE: usize = size_of::<ffi::PyObject>();

/// Refuses to work with another allocator than the one called here, or another layout of objects than that of the header, the
/// value and the list of weak references. It is asked while the module is loaded, before there is any object.
///
/// # Errors
/// SystemError.
pub(crate) fn check<T: InPlace>(py: Python<'_>) -> PyResult<()> {
    let class = py.get_type::<T>();
    let size = class.getattr("__basicsize__")?.extract::<usize>()?;
    let weak = class.getattr("__weakrefoffset__")?.extract::<usize>()?;
    let dict = class.getattr("__dictoffset__")?.extract::<usize>()?;
    let known = weak == PLACE + size_of::<T>() && size == weak + size_of::<*mut ffi::PyObject>();
    // SAFETY: the class is alive, and this thread is attached.
    let allocator = unsafe { ffi::PyType_GetSlot(class.as_type_ptr(), ffi::Py_tp_alloc) };
    let is_own = allocator.addr() != ffi::PyType_GenericAlloc as *const () as usize;
    match known && dict == 0 && !is_own {
        true => Ok(()),
        false => Err(PySystemError::new_err(format!(
            "an object of {class:?} has {size} bytes, of which the weak references are at {weak}, and {} allocator of its own: \
             this is not as it was compiled",
            if is_own { "an" } else { "no" }
        ))),
    }
}

/// A new object. `value` does not panic.
///
/// # Errors
/// MemoryError.
#[inline(always)]
pub(crate) fn new<T: InPlace>(py: Python<'_>, value: impl FnOnce() -> T) -> PyResult<Bound<'_, T>> {
    let class = T::type_object_raw(py);
    // SAFETY: the class is alive, its instances are of one size, and this thread is attached.
    let object = unsafe { ffi::PyType_GenericAlloc(class, 0) };
    if object.is_null() {
        return Err(PyErr::fetch(py));
    }
    // SAFETY: `check` has seen that an object has its value there.
    let room = unsafe { object.byte_add(PLACE) }.cast::<T>();
    let unfinished = Unfinished;
    let value = value();
    mem::forget(unfinished);
    // SAFETY: as above; nobody has seen the object, and nothing is there yet.
    unsafe { room.write(value) };
    // SAFETY: a new reference to an object that is complete: the header is the allocator's, and the list of weak references is
    // NULL, as all that it leaves behind the header.
    let object = unsafe { Bound::from_owned_ptr(py, object) };
    // SAFETY: it was made as an instance of the class.
    Ok(unsafe { object.cast_into_unchecked() })
}

/// Ends the process if it is dropped: Python's collector would look for a value in an object that has none.
struct Unfinished;

impl Drop for Unfinished {
    fn drop(&mut self) {
        std::process::abort();
    }
}
