//! Copies between a host array of Python and a buffer, other threads of Python running meanwhile.
//!
//! It runs on the stream that is given, or on the buffer's own, and is done when the function returns, but for small copies
//! to the device: see [`interop::memcpy_h2d`].

use cuda_safe::Stream;
use interop::{
    CudaBuffer, memcpy_d2h, memcpy_d2h_batch, memcpy_d2h_on, memcpy_h2d, memcpy_h2d_batch, memcpy_h2d_on,
};
use pyo3::prelude::*;

use crate::detach::detach;
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
    detach(py, || match stream {
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
    detach(py, || match stream {
        None => memcpy_d2h(device, host),
        Some(stream) => memcpy_d2h_on(stream, device, host),
    })
    .or_raise(py)
}

/// Fills buffers from host arrays, each of the same shape and element type.
///
/// # Errors
/// As [`to_device`], for any of the pairs.
pub(crate) fn all_to_device<'b>(
    py: Python<'_>,
    hosts: &[HostArray<'_>],
    buffers: impl Iterator<Item = &'b mut CudaBuffer>,
) -> PyResult<()> {
    let hosts: Vec<_> = hosts.iter().map(|host| host.view(py)).collect::<PyResult<_>>()?;
    let devices: Vec<_> = buffers.map(|buffer| buffer.view_mut().or_raise(py)).collect::<PyResult<_>>()?;
    detach(py, || memcpy_h2d_batch(hosts.into_iter().zip(devices))).or_raise(py)
}

/// Fills host arrays from buffers, each of the same shape and element type.
///
/// # Errors
/// As [`to_device`], for any of the pairs.
pub(crate) fn all_to_host<'b>(
    py: Python<'_>,
    buffers: impl Iterator<Item = &'b CudaBuffer>,
    hosts: &mut [HostArray<'_>],
) -> PyResult<()> {
    let hosts: Vec<_> = hosts.iter_mut().map(|host| host.view_mut(py)).collect::<PyResult<_>>()?;
    let devices: Vec<_> = buffers.map(CudaBuffer::view).collect();
    detach(py, || memcpy_d2h_batch(devices.into_iter().zip(hosts))).or_raise(py)
}
