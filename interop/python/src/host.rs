//! Arrays in host memory, as Python objects hold them: described for one copy and held still until it is done.
//!
//! The buffer protocol is asked first: it says everything without a copy, and locks the memory of whoever could resize it.
//! NumPy cannot describe every type by it (those of `ml_dtypes`, for one); then `__array_interface__` is read, and the
//! object kept. Its `data` is an address, or an object that lends the bytes: Pillow's images give `bytes`. Elements are moved
//! as bytes and never seen as Rust values.

use std::ffi::{CStr, c_int};
use std::mem::MaybeUninit;
use std::slice;

use interop::layout::Dims;
use interop::{DType, HostView, HostViewMut, Layout};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use pyo3::{ffi, intern};

use crate::dtype;
use crate::errors::OrRaise;
use crate::keys;
use crate::number;

/// A host array, held until it is dropped.
pub(crate) struct HostArray<'py> {
    base: *mut u8,
    layout: Layout,
    dtype: DType,
    _held: Held<'py>,
}

/// What holds the memory still.
#[expect(dead_code, reason = "only dropped")]
enum Held<'py> {
    Buffer(Buffer<'py>),
    Object(Bound<'py, PyAny>),
}

/// A buffer that an object has lent.
struct Buffer<'py> {
    view: Box<ffi::Py_buffer>,
    _py: Python<'py>,
}

impl Drop for Buffer<'_> {
    fn drop(&mut self) {
        // SAFETY: the view was filled by `PyObject_GetBuffer` and is released once; this thread is attached.
        unsafe { ffi::PyBuffer_Release(&raw mut *self.view) }
    }
}

impl<'py> HostArray<'py> {
    /// The array of an object, for reading.
    ///
    /// # Errors
    /// TypeError for an object or an element type that has no such array.
    pub(crate) fn read(object: &Bound<'py, PyAny>) -> PyResult<Self> {
        Self::new(object, false)
    }

    /// The array of an object, for writing.
    ///
    /// # Errors
    /// As [`read`](Self::read), and ValueError for a read-only array.
    pub(crate) fn write(object: &Bound<'py, PyAny>) -> PyResult<Self> {
        Self::new(object, true)
    }

    fn new(object: &Bound<'py, PyAny>, write: bool) -> PyResult<Self> {
        match Buffer::of(object)? {
            Some(buffer) => Self::from_buffer(buffer, write),
            None => Self::from_interface(object, write),
        }
    }

    fn from_buffer(buffer: Buffer<'py>, write: bool) -> PyResult<Self> {
        let py = buffer._py;
        let view = &*buffer.view;
        let dtype = buffer.dtype(py)?;
        let itemsize = usize::try_from(view.itemsize).unwrap_or_default();
        let ndim = usize::try_from(view.ndim).unwrap_or_default();
        // Some exporters, ctypes for one, leave strides out where the array is packed, and shapes where it is bytes.
        // SAFETY: shape and strides were asked for, so each is NULL or points to `ndim` numbers while the buffer is held.
        let shape = unsafe { numbers(view.shape, ndim) };
        // SAFETY: as above.
        let strides = unsafe { numbers(view.strides, ndim) };
        // Lengths of an array that exists.
        let shape: Dims<usize> = match shape {
            Some(shape) => shape.iter().map(|&length| length as usize).collect(),
            None => Dims::from_slice(&[usize::try_from(view.len).unwrap_or_default() / itemsize.max(1)]),
        };
        let layout = match strides {
            Some(strides) => Layout::strided(&shape, strides, 0, itemsize),
            None => Layout::contiguous(&shape, itemsize),
        }
        .or_raise(py)?;
        if write && view.readonly != 0 {
            return Err(read_only(&layout, dtype));
        }
        Ok(Self { base: view.buf.cast(), layout, dtype, _held: Held::Buffer(buffer) })
    }

    fn from_interface(object: &Bound<'py, PyAny>, write: bool) -> PyResult<Self> {
        let py = object.py();
        let Some(interface) = object.getattr_opt(intern!(py, "__array_interface__"))? else {
            return Err(not_a_host_array(object)?);
        };
        let Ok(interface) = interface.cast_into::<PyDict>() else {
            return Err(PyTypeError::new_err("__array_interface__ is not a dict"));
        };
        let (interface, lent) = with_address(object, interface)?;
        let keys = keys::Keys::read(&interface, "array interface")?;
        let typestr = keys.typestr.to_str()?;
        // The object's own type tells apart what type strings cannot.
        let dtype = match object.getattr_opt(intern!(py, "dtype"))? {
            Some(dtype) => dtype::from_python(&dtype)?,
            None => DType::from_typestr(typestr).or_raise(py)?,
        };
        if typestr.get(2..).and_then(|size| size.parse().ok()) != Some(dtype.size()) {
            return Err(PyTypeError::new_err(format!(
                "array interface: typestr is {typestr:?}, but the dtype of the object is {dtype}, of {} bytes an item",
                dtype.size()
            )));
        }
        let layout = keys.layout(py, dtype)?;
        if write && keys.read_only {
            return Err(read_only(&layout, dtype));
        }
        let base = std::ptr::with_exposed_provenance_mut(keys.address);
        if keys.address == 0 && !layout.is_empty() {
            return Err(PyValueError::new_err("array interface: data is 0 but the shape has elements"));
        }
        let Some(Lent { buffer, left }) = lent else {
            return Ok(Self { base, layout, dtype, _held: Held::Object(object.clone()) });
        };
        let span = layout.span();
        if !span.fits(left) {
            return Err(PyValueError::new_err(format!(
                "array interface: the elements of {dtype} {:?} are bytes {} to {} of data, which has {left}",
                layout.shape(),
                span.start,
                span.end
            )));
        }
        Ok(Self { base, layout, dtype, _held: Held::Buffer(buffer) })
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(crate) fn dtype(&self) -> DType {
        self.dtype
    }

    /// The array for a copy out of it, which ends before this is dropped.
    pub(crate) fn view(&self, py: Python<'_>) -> PyResult<HostView<'_>> {
        // SAFETY: the object holds the elements of its own description still while it is held here. Another thread of
        // Python may write them during the copy, as any two threads may; Rust never sees them as values.
        unsafe { HostView::from_raw(self.base, self.layout.clone(), self.dtype) }.or_raise(py)
    }

    /// The array for a copy into it, which ends before this is dropped.
    pub(crate) fn view_mut(&mut self, py: Python<'_>) -> PyResult<HostViewMut<'_>> {
        // SAFETY: as above, and it was asked for writing.
        unsafe { HostViewMut::from_raw(self.base, self.layout.clone(), self.dtype) }.or_raise(py)
    }
}

/// The bytes behind an array interface.
struct Lent<'py> {
    buffer: Buffer<'py>,
    /// How many there are from the address on.
    left: usize,
}

/// An array interface whose `data` is an address. Where it is an object that lends the bytes, or is left out because the
/// object itself does, also what lends them.
fn with_address<'py>(
    object: &Bound<'py, PyAny>,
    interface: Bound<'py, PyDict>,
) -> PyResult<(Bound<'py, PyDict>, Option<Lent<'py>>)> {
    let py = object.py();
    let data = interface.get_item(intern!(py, "data"))?.filter(|data| !data.is_none());
    let lender = match &data {
        Some(data) if data.is_instance_of::<PyTuple>() => return Ok((interface, None)),
        Some(data) => data,
        None => object,
    };
    // SAFETY: the object is alive and this thread is attached.
    if unsafe { ffi::PyObject_CheckBuffer(lender.as_ptr()) } == 0 {
        return Ok((interface, None));
    }
    let buffer = Buffer::with_flags(lender, ffi::PyBUF_SIMPLE)?;
    let bytes = usize::try_from(buffer.view.len).unwrap_or_default();
    let offset = match interface.get_item(intern!(py, "offset"))? {
        Some(offset) => number::address(&offset, "offset of the array interface")?,
        None => 0,
    };
    let Some(left) = bytes.checked_sub(offset) else {
        return Err(PyValueError::new_err(format!(
            "array interface: offset is {offset}, but data has {bytes} bytes"
        )));
    };
    let address = buffer.view.buf.expose_provenance().wrapping_add(offset);
    let interface = interface.copy()?;
    interface.set_item(intern!(py, "data"), (address, buffer.view.readonly != 0))?;
    Ok((interface, Some(Lent { buffer, left })))
}

impl<'py> Buffer<'py> {
    fn with_flags(object: &Bound<'py, PyAny>, flags: c_int) -> PyResult<Self> {
        let py = object.py();
        let mut view = Box::new(MaybeUninit::<ffi::Py_buffer>::uninit());
        // SAFETY: the object is alive, the view is room for one, and this thread is attached.
        match unsafe { ffi::PyObject_GetBuffer(object.as_ptr(), view.as_mut_ptr(), flags) } {
            // SAFETY: filled by the call that has just succeeded.
            0 => Ok(Self { view: unsafe { view.assume_init() }, _py: py }),
            _ => Err(PyErr::fetch(py)),
        }
    }

    /// The buffer that an object lends, or None if it lends none that says its type.
    fn of(object: &Bound<'py, PyAny>) -> PyResult<Option<Self>> {
        let py = object.py();
        let error = match Self::with_flags(object, ffi::PyBUF_RECORDS_RO) {
            Ok(buffer) => return Ok(Some(buffer)),
            Err(error) => error,
        };
        // An object that lends buffers, but not this one, may still describe itself by an interface.
        match object.hasattr(intern!(py, "__array_interface__"))? {
            true => Ok(None),
            // SAFETY: the object is alive and this thread is attached.
            false if unsafe { ffi::PyObject_CheckBuffer(object.as_ptr()) } != 0 => Err(error),
            false => Ok(None),
        }
    }

    fn dtype(&self, py: Python<'_>) -> PyResult<DType> {
        let format = match self.view.format {
            format if format.is_null() => c"B",
            // SAFETY: the format is a NUL-terminated string while the buffer is held.
            format => unsafe { CStr::from_ptr(format) },
        };
        from_format(py, format, self.view.itemsize)
    }
}

/// The element type of a buffer's format, in the notation of the `struct` module with NumPy's complex numbers.
fn from_format(py: Python<'_>, format: &CStr, itemsize: isize) -> PyResult<DType> {
    let unsupported = || {
        let format = format.to_string_lossy();
        PyTypeError::new_err(format!(
            "a buffer of format {format:?}, {itemsize} bytes an item, has no supported element type; \
             copy the fields of a structure one by one"
        ))
    };
    let (order, item) = match format.to_bytes() {
        [b'@' | b'=', item @ ..] => ('=', item),
        [b'<', item @ ..] => ('<', item),
        [b'>' | b'!', item @ ..] => ('>', item),
        item => ('=', item),
    };
    let kind = match item {
        b"f" | b"d" | b"e" => 'f',
        b"B" | b"H" | b"I" | b"L" | b"Q" | b"N" => 'u',
        b"b" | b"h" | b"i" | b"l" | b"q" | b"n" => 'i',
        b"?" => 'b',
        b"Zf" | b"Zd" => 'c',
        _ => return Err(unsupported()),
    };
    match (order, kind, itemsize) {
        (_, 'u', 1) => Ok(DType::U8),
        ('=' | '<', 'f', 4) if cfg!(target_endian = "little") => Ok(DType::F32),
        _ => DType::from_typestr(&format!("{order}{kind}{itemsize}")).or_raise(py),
    }
}

/// # Safety
/// `numbers` is NULL or points to as many numbers, which live for `'a`.
unsafe fn numbers<'a>(numbers: *const isize, count: usize) -> Option<&'a [isize]> {
    match count {
        0 => Some(&[]),
        _ if numbers.is_null() => None,
        // SAFETY: not NULL, and the caller's promise.
        _ => Some(unsafe { slice::from_raw_parts(numbers, count) }),
    }
}

#[cold]
fn read_only(layout: &Layout, dtype: DType) -> PyErr {
    PyValueError::new_err(format!(
        "the host array, {dtype} {:?}, is read-only, so nothing can be copied into it",
        layout.shape()
    ))
}

#[cold]
fn not_a_host_array(object: &Bound<'_, PyAny>) -> PyResult<PyErr> {
    let py = object.py();
    let name = object.get_type().name()?;
    let name = name.cast::<PyString>()?.to_str()?;
    let hint = match object {
        _ if object.hasattr(intern!(py, "__cuda_array_interface__"))? => {
            "; it is a device array: are the arguments in order?"
        }
        _ if object.hasattr(intern!(py, "__dlpack__"))? => "; take its NumPy array, as by numpy.from_dlpack",
        _ => "",
    };
    Ok(PyTypeError::new_err(format!(
        "the host array must have the buffer protocol or __array_interface__, which {name} has not{hint}"
    )))
}
