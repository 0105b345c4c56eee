//! NumPy arrays in page-locked host memory: the host memory that copies run fastest from.
//!
//! The memory belongs to a small object with the buffer protocol, which is the base of the array and of all its views, so it
//! goes back to the pool when the last of them is gone.
//!
//! Whoever sees the array may have given its address to a copy that is still running then, as PyTorch does with
//! `non_blocking=True`, on a stream that nobody here knows. So the memory counts as exported: it is handed out again only
//! after the devices were waited for, several arrays together.

use std::ffi::{c_int, c_void};

use cuda_safe::PinnedMemory;
use cuda_safe::memory::pinned::{self, Settings};
use interop::Layout;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

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
        // Mostly the pool has room, and there is nothing to let other threads of Python run for.
        if let Some(Err(memory)) = self.memory.take().map(PinnedMemory::keep) {
            keep::drop_detached(memory);
        }
    }
}

/// A NumPy array in page-locked host memory, with undefined contents, in C order.
///
/// When its last view is gone the memory is kept for the next array: see pinned_stats and pinned_trim.
#[pyfunction]
#[pyo3(signature = (shape, dtype))]
pub(crate) fn pinned_empty<'py>(
    shape: &Bound<'py, PyAny>,
    dtype: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    static NDARRAY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = shape.py();
    let (shape, dtype) = (number::shape(shape)?, dtype::from_python(dtype)?);
    let layout = Layout::contiguous(&shape, dtype.size()).or_raise(py)?;
    let (device, bytes) = (runtime::current_device(py)?, layout.size_bytes());
    let mut memory = match PinnedMemory::<u8>::kept(device, bytes) {
        Some(memory) => memory,
        None => py.detach(|| PinnedMemory::<u8>::new(device, bytes)).or_raise(py)?,
    };
    memory.mark_exported();
    let base = memory.as_mut_ptr().cast();
    // A layout has at most as many bytes as fit a signed number.
    let pinned = Bound::new(py, Pinned { memory: Some(memory), base, bytes: bytes as isize })?;
    let ndarray = NDARRAY.import(py, "numpy", "ndarray")?;
    ndarray.call1((number::tuple(py, &shape)?, dtype::to_python(py, dtype)?, pinned))
}

/// Bytes of page-locked memory: `used` by arrays, `kept` for the next ones, of these `resting` until the devices were waited
/// for, and the `limit` of what is kept.
#[pyfunction]
pub(crate) fn pinned_stats(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let stats = pinned::stats();
    let numbers = PyDict::new(py);
    numbers.set_item(intern!(py, "used"), stats.used_bytes)?;
    numbers.set_item(intern!(py, "kept"), stats.kept_bytes)?;
    numbers.set_item(intern!(py, "resting"), stats.resting_bytes)?;
    numbers.set_item(intern!(py, "limit"), pinned::settings().keep)?;
    Ok(numbers)
}

/// Frees the page-locked memory that no array uses, and says how many bytes; with `limit`, that many at most are kept from
/// now on (268435456 unless set).
#[pyfunction]
#[pyo3(signature = (*, limit=None))]
pub(crate) fn pinned_trim(py: Python<'_>, limit: Option<usize>) -> PyResult<usize> {
    let trim = || {
        let freed = pinned::trim();
        match limit {
            Some(keep) => pinned::configure(Settings { keep, ..pinned::settings() }).map(|()| freed),
            None => Ok(freed),
        }
    };
    py.detach(trim).or_raise(py)
}
