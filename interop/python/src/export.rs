//! `__dlpack__` with all of its arguments: a view of the memory, a copy on the device, or a copy on the host; and `share`,
//! which hands the memory to a framework without Python in between.

use cuda_safe::Stream;
use interop::dlpack::{DLDevice, DLDeviceType, DLPACK_VERSION, DLPackFlags, Form};
use interop::{CudaBuffer, MemoryKind, memcpy_d2d};
use pyo3::exceptions::{PyBufferError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyType};

use crate::allocate::{self, Allocator};
use crate::array::{Array, Origin, Share};
use crate::detach::detach;
use crate::dlpack;
use crate::errors::OrRaise;
use crate::producer::{self, Producer};
use crate::stream;

/// What a consumer asks for.
pub(crate) struct Request<'a, 'py> {
    pub(crate) stream: Option<&'a Bound<'py, PyAny>>,
    pub(crate) max_version: Option<(u32, u32)>,
    pub(crate) dl_device: Option<(i32, i32)>,
    pub(crate) copy: Option<bool>,
}

/// A capsule of what a consumer asks for.
///
/// # Errors
/// BufferError for what cannot be given, ValueError for a stream that is none, and CUDA's own.
pub(crate) fn dlpack<'py>(
    py: Python<'py>,
    share: Share,
    request: &Request<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let form = match request.max_version {
        Some((major, _)) if major >= DLPACK_VERSION.major => Form::Versioned,
        _ => Form::Legacy,
    };
    let here = dlpack::device(&share.buffer);
    let asked = request.dl_device.map_or(here, |(device_type, device_id)| DLDevice {
        device_type: DLDeviceType(device_type),
        device_id,
    });
    let tensor = match (asked.device_type, request.copy) {
        (DLDeviceType::CPU, Some(false)) => {
            return Err(PyBufferError::new_err(format!("{here} cannot be seen from {asked} without a copy")));
        }
        // Either copy is done when it is returned, so there is nothing to order.
        (DLDeviceType::CPU, _) => dlpack::host_tensor(py, &share, form)?,
        _ if asked != here => {
            return Err(PyBufferError::new_err(format!(
                "the buffer is on {here} and cannot be exported to {asked}"
            )));
        }
        (_, Some(true)) => {
            let (buffer, origin) = duplicate(py, &share.buffer)?;
            let copy = Array::new(buffer, None, origin).share(py)?;
            dlpack::tensor(py, copy, form, DLPackFlags::IS_COPIED)?
        }
        _ => {
            make_ready(py, &share.buffer, request.stream)?;
            dlpack::tensor(py, share, form, DLPackFlags::empty())?
        }
    };
    dlpack::capsule(py, tensor)
}

/// An object of a framework's array type over the memory of a share.
///
/// # Errors
/// TypeError for a type without a C exchange table, and as [`Table::give`](crate::exchange::Table::give).
pub(crate) fn to_type<'py>(class: &Bound<'py, PyType>, share: Share) -> PyResult<Bound<'py, PyAny>> {
    match producer::of_type(class)? {
        Producer::Table(table) => table.give(class.py(), share),
        _ => Err(PyTypeError::new_err(format!(
            "{class:?} has no __dlpack_c_exchange_api__ that is understood: pass the buffer to the framework's from_dlpack"
        ))),
    }
}

/// A copy in new memory of the same kind.
///
/// # Errors
/// MemoryError if there is no room, and CUDA's own.
pub(crate) fn duplicate(py: Python<'_>, source: &CudaBuffer) -> PyResult<(CudaBuffer, Origin)> {
    let stream = Some(source.stream().clone());
    let (shape, dtype) = (source.shape(), source.dtype());
    let allocator = match source.memory_kind() {
        MemoryKind::Device => Allocator::Cuda,
        MemoryKind::Pinned => Allocator::Pinned,
        MemoryKind::Managed => Allocator::Managed,
    };
    let (mut copy, origin) = allocate::allocate(py, source.device(), shape, dtype, stream, allocator)?;
    detach(py, || memcpy_d2d(source, &mut copy)).or_raise(py)?;
    Ok((copy, origin))
}

/// Orders the work on a buffer before later work of the stream that a consumer names by the rules of DLPack.
fn make_ready(py: Python<'_>, buffer: &CudaBuffer, stream: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    let device = buffer.device();
    let consumer = match stream.filter(|stream| !stream.is_none()) {
        // Who can see the memory from the host may read it at once.
        None if buffer.memory_kind() != MemoryKind::Device => {
            return detach(py, || buffer.stream().synchronize()).or_raise(py);
        }
        None => Stream::legacy(device),
        Some(stream) if says_no_ordering(stream) => return Ok(()),
        Some(stream) => stream::resolve(stream, device)?,
    };
    consumer.as_ref().wait_for(buffer.stream().as_ref()).or_raise(py)
}

fn says_no_ordering(stream: &Bound<'_, PyAny>) -> bool {
    stream.is_instance_of::<PyInt>() && stream.extract::<i64>().is_ok_and(|handle| handle == -1)
}
