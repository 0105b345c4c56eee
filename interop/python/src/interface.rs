//! The CUDA Array Interface: read from a dictionary, written to one.

use interop::{ArrayInterface, CudaBuffer, DType, ImportOptions};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::detach::detach;
use crate::errors::{self, OrRaise};
use crate::keys::Keys;
use crate::number;
use crate::runtime;
use crate::stream::Named;

/// A buffer over the memory that a dictionary describes, on `stream` or the legacy default stream, which waits for the
/// producer's. The caller keeps the object that gave the dictionary.
///
/// # Errors
/// The key that broke a rule, an address that CUDA does not know, and CUDA's own.
#[inline]
pub(crate) fn take(dict: &Bound<'_, PyDict>, stream: Option<Named<'_, '_>>) -> PyResult<CudaBuffer> {
    of_keys(&Keys::read(dict, "array interface")?, dict.py(), stream)
}

/// As [`take`], but without regard to the stream that the dictionary names: the caller orders the work.
///
/// # Errors
/// As there.
pub(crate) fn take_without_order(
    dict: &Bound<'_, PyDict>,
    stream: Option<Named<'_, '_>>,
) -> PyResult<CudaBuffer> {
    let mut keys = Keys::read(dict, "array interface")?;
    keys.stream = None;
    of_keys(&keys, dict.py(), stream)
}

#[inline]
fn of_keys<'py>(keys: &Keys<'py>, py: Python<'py>, stream: Option<Named<'_, '_>>) -> PyResult<CudaBuffer> {
    let dtype = DType::from_typestr(keys.typestr.to_str()?)
        .map_err(interop::ArrayInterfaceError::from)
        .or_raise(py)?;
    let layout = keys.layout(py, dtype)?;
    // Any device of the runtime can look an address up; an array without elements is on the current one.
    let device = if layout.is_empty() { runtime::current_device(py)? } else { runtime::devices(py)?[0] };
    let data = (keys.address, keys.read_only);
    let stream = match stream {
        None => None,
        Some(named) => Some(named.on(runtime::device_of(py, keys.address, &layout)?)?),
    };
    let options = ImportOptions { device: Some(device), stream, ignore_producer_stream: false };
    // Matched rather than mapped: a mapped result is moved once more.
    let taken = match ArrayInterface::from_keys(keys.version, data, dtype, layout, keys.stream) {
        // The producer's stream is waited for at once.
        Ok(array) if options.stream.as_ref().is_some_and(|stream| stream.as_ref().is_per_thread()) => {
            // SAFETY: as below.
            detach(py, || unsafe { CudaBuffer::borrow_array(array, &options) })
        }
        // SAFETY: the producer promises by the interface that the memory lives as long as the object, which the caller
        // keeps, and that its stream is valid.
        Ok(array) => unsafe { CudaBuffer::borrow_array(array, &options) },
        Err(error) => Err(error.into()),
    };
    match taken {
        Ok(buffer) => Ok(buffer),
        Err(error) => Err(errors::exception(py, &error)),
    }
}

/// The dictionary of version 3 that describes a buffer.
///
/// # Errors
/// TypeError for an element type that the interface cannot say.
pub(crate) fn give<'py>(py: Python<'py>, buffer: &CudaBuffer) -> PyResult<Bound<'py, PyDict>> {
    let raw = buffer.array_interface().or_raise(py)?;
    let dict = PyDict::new(py);
    dict.set_item(intern!(py, "shape"), number::tuple(py, &raw.shape.unwrap_or_default())?)?;
    dict.set_item(intern!(py, "typestr"), raw.typestr)?;
    dict.set_item(intern!(py, "data"), raw.data)?;
    dict.set_item(
        intern!(py, "strides"),
        raw.strides.map(|strides| number::tuple(py, &strides)).transpose()?,
    )?;
    dict.set_item(intern!(py, "stream"), raw.stream.map(|stream| stream as u64))?;
    dict.set_item(intern!(py, "version"), raw.version)?;
    Ok(dict)
}
