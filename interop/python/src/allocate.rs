//! New memory, and memory whose address is known, as arrays.

use std::str::FromStr;

use cuda_safe::{Device, Stream};
use interop::layout::Dims;
use interop::{ArrayInterface, BufferOptions, CudaBuffer, DType, ImportOptions, Layout, Readiness};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::array::Origin;
use crate::detach::detach;
use crate::errors::OrRaise;
use crate::runtime;
use crate::spares::Spares;

/// Where new memory comes from, as Python names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allocator {
    Cuda,
    Pool,
    Pinned,
    Managed,
}

impl FromStr for Allocator {
    type Err = PyErr;

    fn from_str(name: &str) -> PyResult<Self> {
        match name {
            "cuda" => Ok(Self::Cuda),
            "pool" => Ok(Self::Pool),
            "pinned" => Ok(Self::Pinned),
            "managed" => Ok(Self::Managed),
            _ => Err(PyValueError::new_err(format!(
                "allocator is {name:?}; it must be \"cuda\", \"pool\", \"pinned\" or \"managed\""
            ))),
        }
    }
}

/// A new array in C order, with undefined contents.
///
/// # Errors
/// MemoryError if there is no room, ValueError for a shape larger than the address space, and CUDA's own.
pub(crate) fn allocate(
    py: Python<'_>,
    device: Device,
    shape: &[usize],
    dtype: DType,
    stream: Option<Stream>,
    allocator: Allocator,
) -> PyResult<(CudaBuffer, Origin)> {
    let from = match allocator {
        Allocator::Cuda => interop::Allocator::Cuda,
        Allocator::Pool => return Ok((from_pool(py, device, shape, dtype, stream)?, Origin::Pooled)),
        Allocator::Pinned => interop::Allocator::Pinned,
        Allocator::Managed => interop::Allocator::Managed,
    };
    let options = BufferOptions { allocator: from, stream, zeroed: false };
    let made = detach(py, || CudaBuffer::with_options(device, shape, dtype, &options)).or_raise(py)?;
    Ok((made, Origin::Allocated))
}

/// A new array from the pool, or in a block that was just let go. A pool answers at once.
fn from_pool(
    py: Python<'_>,
    device: Device,
    shape: &[usize],
    dtype: DType,
    stream: Option<Stream>,
) -> PyResult<CudaBuffer> {
    let spares = runtime::spares(device);
    let on_legacy = stream.as_ref().is_none_or(|stream| stream.as_ref().is_legacy());
    let kept = spares.filter(|_| on_legacy && !device.is_poisoned());
    if let Some(spares) = kept {
        device.admits("cudaMallocFromPoolAsync").or_raise(py)?;
        let bytes = Layout::contiguous(shape, dtype.size()).or_raise(py)?.size_bytes();
        if let Some(memory) = spares.take(bytes) {
            return CudaBuffer::from_memory(memory, shape, dtype).or_raise(py);
        }
    }
    let allocator = interop::Allocator::Pool(runtime::pool(py, device)?);
    let options = BufferOptions { allocator, stream, zeroed: false };
    match CudaBuffer::with_options(device, shape, dtype, &options) {
        Err(interop::Error::Cuda(full)) if full.is_out_of_memory() && spares.is_some_and(Spares::clear) => {
            CudaBuffer::with_options(device, shape, dtype, &options).or_raise(py)
        }
        made => made.or_raise(py),
    }
}

/// An array over memory at an address, which CUDA must know. The caller keeps the owner of the memory.
///
/// # Errors
/// ValueError for an address that CUDA does not know or that is another device's, and for strides that make no array.
pub(crate) fn wrap(
    py: Python<'_>,
    address: usize,
    shape: &[usize],
    strides: Option<&Dims<isize>>,
    dtype: DType,
    device: Option<Device>,
    stream: Option<Stream>,
) -> PyResult<CudaBuffer> {
    let layout = match strides {
        None => Layout::contiguous(shape, dtype.size()),
        Some(strides) => Layout::strided(shape, strides, 0, dtype.size()),
    }
    .or_raise(py)?;
    if address == 0 && !layout.is_empty() {
        return Err(PyValueError::new_err(format!("the address is 0, but the shape {shape:?} has elements")));
    }
    let asked = match device {
        Some(device) => device,
        None => runtime::current_device(py)?,
    };
    let array = ArrayInterface::new(address, false, dtype, layout, Readiness::Ready).or_raise(py)?;
    let options = ImportOptions { device: Some(asked), stream, ignore_producer_stream: true };
    // SAFETY: whoever passes an address promises that the array lies there as long as it is used.
    let buffer = unsafe { CudaBuffer::borrow_array(array, &options) }.or_raise(py)?;
    match device {
        Some(device) if buffer.device() != device => Err(PyValueError::new_err(format!(
            "address {address:#x} is memory of {}, not of {device}",
            buffer.device()
        ))),
        _ => Ok(buffer),
    }
}
