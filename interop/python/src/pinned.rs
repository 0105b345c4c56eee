//! NumPy arrays in page-locked host memory: the host memory that copies run fastest from.
//!
//! The memory belongs to a small object, which is the base of the array and of all its views, so it goes back to the pool when
//! the last of them is gone.
//!
//! Whoever sees the array may have given its address to a copy that is still running then, as PyTorch does with
//! `non_blocking=True`, on a stream that nobody here knows. So the memory counts as exported: it is handed out again only
//! after the devices were waited for, several arrays together.

use cuda_safe::PinnedMemory;
use cuda_safe::memory::pinned::{self, Settings};
use interop::Layout;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::detach::detach;
use crate::dtype;
use crate::errors::OrRaise;
use crate::keep;
use crate::ndarray;
use crate::number;
use crate::runtime;

/// Page-locked host memory: the base of an array. Rust does not look into it, for Python may write it at any time.
#[pyclass(frozen, module = "cuda_interop._native", name = "PinnedMemory")]
pub(crate) struct Pinned {
    /// Taken by Drop only.
    memory: Option<PinnedMemory<u8>>,
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
    let py = shape.py();
    let (shape, dtype) = (number::shape(shape)?, dtype::from_python(dtype)?);
    let layout = Layout::contiguous(&shape, dtype.size()).or_raise(py)?;
    let (device, bytes) = (runtime::current_device(py)?, layout.size_bytes());
    let mut memory = match PinnedMemory::<u8>::kept(device, bytes) {
        Some(memory) => memory,
        None => detach(py, || PinnedMemory::<u8>::new(device, bytes)).or_raise(py)?,
    };
    memory.mark_exported();
    let base = memory.as_mut_ptr().cast();
    let pinned = Bound::new(py, Pinned { memory: Some(memory) })?;
    let dtype = dtype::to_python(py, dtype)?;
    // SAFETY: the layout is that of the shape, and has as many bytes as the memory, which is aligned to 256 bytes (or, if it
    // has none, for nothing to be read). The object keeps it.
    unsafe { ndarray::over(&shape, dtype, base, pinned.into_any()) }
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
    detach(py, trim).or_raise(py)
}
