//! NumPy arrays in page-locked host memory: the host memory that copies run fastest from.
//!
//! The memory belongs to a small object with the buffer protocol, which is the base of the array and of all its views, so it
//! is freed when the last of them is gone.

use std::ffi::{c_int, c_void};

use cuda_safe::PinnedMemory;
use interop::Layout;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::dtype;
use crate::errors::OrRaise;
use crate::keep;
use crate::number;
use crate::runtime;

/// Page-locked host memory, lent by the buffer protocol as bytes.
#[pyclass(frozen, module = "cuda_interop._native", name = "PinnedMemory")]
pub(crate) struct Pinned {
    /// Taken by Drop only.
    memory: Option<PinnedMemory<u8>>,
    base: *mut c_void,
    bytes: isize,
}

// SAFETY: the memory is any thread's to use and free; Rust does not look into it, and the address never changes.
unsafe impl Send for Pinned {}
// SAFETY: as above.
unsafe impl Sync for Pinned {}

#[pymethods]
impl Pinned {
    /// # Safety
    /// As Python calls it: `view` is room for a buffer.
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let Self { base, bytes, .. } = *slf.get();
        // SAFETY: the memory lives as long as the object, which the buffer keeps; `view` is room for a buffer.
        match unsafe { ffi::PyBuffer_FillInfo(view, slf.as_ptr(), base, bytes, 0, flags) } {
            0 => Ok(()),
            _ => Err(PyErr::fetch(slf.py())),
        }
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        keep::drop_detached(self.memory.take());
    }
}

/// A NumPy array in page-locked host memory, with undefined contents, in C order. The memory is freed with the last view.
#[pyfunction]
#[pyo3(signature = (shape, dtype))]
pub(crate) fn pinned_empty<'py>(
    shape: &Bound<'py, PyAny>,
    dtype: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = shape.py();
    let (shape, dtype) = (number::shape(shape)?, dtype::from_python(dtype)?);
    let layout = Layout::contiguous(&shape, dtype.size()).or_raise(py)?;
    let (device, bytes) = (runtime::current_device(py)?, layout.size_bytes());
    let mut memory = py.detach(|| PinnedMemory::<u8>::zeroed(device, bytes)).or_raise(py)?;
    let base = memory.as_mut_ptr().cast();
    // A layout has at most as many bytes as fit a signed number.
    let pinned = Bound::new(py, Pinned { memory: Some(memory), base, bytes: bytes as isize })?;
    let keywords = PyDict::new(py);
    keywords.set_item(intern!(py, "shape"), number::tuple(py, &shape)?)?;
    keywords.set_item(intern!(py, "dtype"), dtype::to_python(py, dtype)?)?;
    keywords.set_item(intern!(py, "buffer"), pinned)?;
    py.import("numpy")?.call_method("ndarray", (), Some(&keywords))
}
