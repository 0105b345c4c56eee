//! Any Python object that is an array on a device, taken over by the fastest way that carries everything.
//!
//! | what the object has | taken by |
//! |---|---|
//! | a capsule `dltensor` or `dltensor_versioned` | [`dlpack`] |
//! | a dictionary of the array interface | [`interface`] |
//! | a C exchange table on its type | [`exchange`](crate::exchange) |
//! | a type of PyTorch, before 2.10 without a table | [`dlpack`]: its array interface names no stream |
//! | `__cuda_array_interface__` | [`interface`] |
//! | `__dlpack__` | [`dlpack`]; also where the array interface cannot name the element type |
//!
//! A frame of a video decoder is memory that is written again at any time: it is ready once the device has done its work, and
//! what stays is a copy.

use interop::CudaBuffer;
use interop::layout::FewAxes;
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};

use crate::array::{Array, Origin};
use crate::detach::detach;
use crate::dlpack;
use crate::errors::{OrRaise, shown};
use crate::export;
use crate::interface;
use crate::lazy;
use crate::object::{self, InPlace};
use crate::producer::{self, Producer};
use crate::stream::Named;

/// A Python array over the memory of an object, which it keeps, or a copy of memory that will not stay as it is. It is on
/// `stream` or the legacy default stream of its device.
///
/// # Errors
/// As [`take`]; for a copy also MemoryError.
#[inline(always)]
pub(crate) fn object<'py, T: InPlace + From<Array>>(
    object: &Bound<'py, PyAny>,
    stream: Option<Named<'_, 'py>>,
) -> PyResult<Bound<'py, T>> {
    let (producer, mut axes) = (producer::of(object)?, FewAxes::default());
    if let Producer::Table(table) = producer
        && let Some(lent) = table.lend(object, stream, &mut axes)?
    {
        let owner = object.clone().unbind();
        return object::new(object.py(), || {
            // SAFETY: the axes are those of the tensor, and the array keeps the object.
            let buffer = unsafe { lent.buffer(&axes) };
            Array::new(buffer, Some(owner), Origin::Foreign).into()
        });
    }
    let array = array(producer, object, stream)?;
    object::new(object.py(), || array.into())
}

/// The array of [`object`], but for what a table lends.
#[inline(never)]
fn array(producer: Producer, object: &Bound<'_, PyAny>, stream: Option<Named<'_, '_>>) -> PyResult<Array> {
    let buffer = match producer {
        Producer::Decoder => {
            let (copy, origin) = export::duplicate(object.py(), &frame(object, stream)?)?;
            return Ok(Array::new(copy, None, origin));
        }
        Producer::Table(table) => table.take_any(object, stream)?,
        producer => take_from(producer, object, stream)?,
    };
    Ok(Array::new(buffer, Some(object.clone().unbind()), Origin::Foreign))
}

/// A buffer over the memory of an object as it is now, on `stream` or the legacy default stream of its device. The caller
/// keeps the object as long as the buffer.
///
/// # Errors
/// TypeError for an object that is no such array, and those of each way.
pub(crate) fn take(object: &Bound<'_, PyAny>, stream: Option<Named<'_, '_>>) -> PyResult<CudaBuffer> {
    take_from(producer::of(object)?, object, stream)
}

fn take_from(
    producer: Producer,
    object: &Bound<'_, PyAny>,
    stream: Option<Named<'_, '_>>,
) -> PyResult<CudaBuffer> {
    match producer {
        Producer::Table(table) => table.take(object, stream),
        Producer::Torch => {
            let buffer = by_dlpack(object, stream)?;
            let layout = buffer.layout();
            lazy::refuse(object, buffer.dtype(), buffer.address(), layout.shape(), layout.strides())?;
            Ok(buffer)
        }
        Producer::Decoder => frame(object, stream),
        Producer::Other => take_offered(object, stream, interface::take),
    }
}

/// A buffer over a frame of a decoder, whose work is waited for.
#[cold]
fn frame(object: &Bound<'_, PyAny>, stream: Option<Named<'_, '_>>) -> PyResult<CudaBuffer> {
    let py = object.py();
    let buffer = take_offered(object, stream, interface::take_without_order)?;
    let device = buffer.device();
    detach(py, || device.synchronize()).or_raise(py)?;
    Ok(buffer)
}

fn take_offered(
    object: &Bound<'_, PyAny>,
    stream: Option<Named<'_, '_>>,
    read: impl FnOnce(&Bound<'_, PyDict>, Option<Named<'_, '_>>) -> PyResult<CudaBuffer>,
) -> PyResult<CudaBuffer> {
    let py = object.py();
    if let Ok(dict) = object.cast::<PyDict>() {
        return read(dict, stream);
    }
    if let Ok(capsule) = object.cast::<PyCapsule>() {
        return dlpack::adopt_on(py, dlpack::consume(capsule)?, stream);
    }
    let described = match object.getattr_opt(intern!(py, "__cuda_array_interface__")) {
        Ok(Some(described)) => {
            described.cast_into::<PyDict>().map_err(|error| not_a_dict(&error.into_inner()))
        }
        Ok(None) => return by_dlpack(object, stream),
        Err(error) => Err(error),
    };
    let taken = described.and_then(|dict| read(&dict, stream));
    match taken {
        // The producer refuses the array interface, or the interface has no word for the element type.
        Err(error) if may_be_said_otherwise(py, &error) && object.hasattr(intern!(py, "__dlpack__"))? => {
            dlpack::take(object, stream)
        }
        taken => taken,
    }
}

fn by_dlpack(object: &Bound<'_, PyAny>, stream: Option<Named<'_, '_>>) -> PyResult<CudaBuffer> {
    if object.hasattr(intern!(object.py(), "__dlpack__"))? {
        return dlpack::take(object, stream);
    }
    let class = object.get_type();
    let hint = if object.hasattr("__int__")? { "; an address is an int: pass int(...) of it" } else { "" };
    Err(PyTypeError::new_err(format!(
        "{class:?} is no array on a device: it has neither __cuda_array_interface__ nor __dlpack__{hint}"
    )))
}

fn may_be_said_otherwise(py: Python<'_>, error: &PyErr) -> bool {
    error.is_instance_of::<PyTypeError>(py) || error.is_instance_of::<pyo3::exceptions::PyAttributeError>(py)
}

#[cold]
fn not_a_dict(given: &Bound<'_, PyAny>) -> PyErr {
    PyTypeError::new_err(format!("__cuda_array_interface__ is {}, not a dict", shown(given)))
}
