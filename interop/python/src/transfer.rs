//! Copies between a host array of Python and a buffer, other threads of Python running meanwhile.
//!
//! It runs on the stream that is given, or on the buffer's own, and is done when the function returns, but for small copies
//! to the device: see [`interop::memcpy_h2d`].

use cuda_safe::Stream;
use interop::{CudaBuffer, memcpy_d2h, memcpy_d2h_on, memcpy_h2d, memcpy_h2d_on};
use pyo3::prelude::*;

use crate::errors::OrRaise;
use crate::host::HostArray;

/// Fills a buffer from a host array of the same shape and element type.
///
/// # Errors
/// ValueError for another shape or a read-only buffer, TypeError for another element type: nothing was touched then.
/// CUDA's own.
pub(crate) fn to_device(
    py: Python<'_>,
    host: &HostArray<'_>,
    buffer: &mut CudaBuffer,
    stream: Option<&Stream>,
) -> PyResult<()> {
    let host = host.view(py)?;
    let device = buffer.view_mut().or_raise(py)?;
    py.detach(|| match stream {
        None => memcpy_h2d(&host, device),
        Some(stream) => memcpy_h2d_on(stream, &host, device),
    })
    .or_raise(py)
}

/// Fills a host array from a buffer of the same shape and element type.
///
/// # Errors
/// As [`to_device`].
pub(crate) fn to_host(
    py: Python<'_>,
    buffer: &CudaBuffer,
    host: &mut HostArray<'_>,
    stream: Option<&Stream>,
) -> PyResult<()> {
    let host = host.view_mut(py)?;
    let device = buffer.view();
    py.detach(|| match stream {
        None => memcpy_d2h(device, host),
        Some(stream) => memcpy_d2h_on(stream, device, host),
    })
    .or_raise(py)
}
