//! `Stream`: a queue of work, made here or by somebody else.
//!
//! A stream of another library is kept alive through the object that gave it, where there is one; a bare handle is the
//! caller's promise. How a handle is written differs: an integer argument follows the exchange protocols, where 0 is
//! forbidden because it means another stream in each program; `__cuda_stream__` returns a `cudaStream_t`, of which 0 is the
//! legacy default stream.

use cuda_safe::StreamOptions;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;

use crate::detach::detach;
use crate::device::{self, Device};
use crate::errors::{OrRaise, shown};
use crate::event::Event;
use crate::keep::Kept;
use crate::number;

/// A queue of work on a device.
///
/// Stream() makes one on the current device.
///
/// device: a Device or its number.
/// priority: lower numbers go first.
/// non_blocking: whether it runs beside the legacy default stream, which it otherwise waits for.
#[pyclass(frozen, module = "cuda_interop", name = "Stream")]
pub(crate) struct Stream(pub(crate) cuda_safe::Stream);

#[pymethods]
impl Stream {
    #[new]
    #[pyo3(signature = (device=None, *, priority=0, non_blocking=false))]
    fn new(
        py: Python<'_>,
        device: Option<&Bound<'_, PyAny>>,
        priority: i32,
        non_blocking: bool,
    ) -> PyResult<Self> {
        let device = device::resolve(py, device)?;
        let options = StreamOptions { priority, non_blocking };
        // The first one of a device starts it, which takes long.
        detach(py, || cuda_safe::Stream::with_options(device, options)).or_raise(py).map(Self)
    }

    /// The legacy default stream, handle 1.
    #[staticmethod]
    #[pyo3(signature = (device=None))]
    fn legacy(py: Python<'_>, device: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        device::resolve(py, device).map(cuda_safe::Stream::legacy).map(Self)
    }

    /// The per-thread default stream, handle 2: whichever thread uses it, its own stream is meant.
    #[staticmethod]
    #[pyo3(signature = (device=None))]
    fn per_thread(py: Python<'_>, device: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        device::resolve(py, device).map(cuda_safe::Stream::per_thread).map(Self)
    }

    /// A stream that somebody else created: its handle, or an object with `__cuda_stream__`, which is kept. `owner` is kept
    /// for a handle.
    #[staticmethod]
    #[pyo3(signature = (handle, *, device=None, owner=None))]
    fn from_handle(
        handle: &Bound<'_, PyAny>,
        device: Option<&Bound<'_, PyAny>>,
        owner: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let device = device::resolve(handle.py(), device)?;
        if number::is_one(handle) {
            return foreign(handle.py(), device, self::handle(handle)?, owner).map(Self);
        }
        if owner.is_some() {
            return Err(PyValueError::new_err(format!(
                "owner is for a handle that is a number: an object such as this {} is kept itself",
                handle.get_type().name()?
            )));
        }
        resolve(handle, device).map(Self)
    }

    /// The handle as a number.
    #[getter]
    fn handle(&self) -> usize {
        self.0.as_raw().addr()
    }

    /// The device.
    #[getter]
    fn device(&self) -> Device {
        Device(self.0.device())
    }

    /// The priority; lower numbers go first.
    #[getter]
    fn priority(&self, py: Python<'_>) -> PyResult<i32> {
        self.0.priority().or_raise(py)
    }

    /// Waits until all work given to the stream so far is done.
    fn synchronize(&self, py: Python<'_>) -> PyResult<()> {
        detach(py, || self.0.synchronize()).or_raise(py)
    }

    /// Whether all work given to the stream so far is done.
    fn query(&self, py: Python<'_>) -> PyResult<bool> {
        self.0.query().or_raise(py)
    }

    /// Makes later work of this stream wait for an event, or for the work that another stream has now.
    fn wait(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = other.py();
        if let Ok(event) = other.cast::<Event>() {
            return self.0.wait_event(&event.get().0).or_raise(py);
        }
        let other = resolve(other, self.0.device())?;
        self.0.as_ref().wait_for(other.as_ref()).or_raise(py)
    }

    /// Marks the work that the stream has now, in `event` or in a new one, which is returned.
    #[pyo3(signature = (event=None, *, timing=false))]
    fn record<'py>(
        &self,
        py: Python<'py>,
        event: Option<Bound<'py, Event>>,
        timing: bool,
    ) -> PyResult<Bound<'py, Event>> {
        let event = match event {
            Some(_) if timing => {
                return Err(PyValueError::new_err(
                    "timing is for a new event: make the one that is given by Event(timing=True)",
                ));
            }
            Some(event) => event,
            None => Bound::new(py, Event::on(py, self.0.device(), timing)?)?,
        };
        event.get().0.record(self.0.as_ref()).or_raise(py)?;
        Ok(event)
    }

    /// CUDA's stream protocol: the version of the protocol and the handle.
    fn __cuda_stream__(&self) -> (u32, usize) {
        (0, self.handle())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| self.0.as_ref() == other.get().0.as_ref())
    }

    fn __hash__(&self) -> usize {
        self.handle()
    }

    fn __repr__(&self) -> String {
        let device = self.0.device().ordinal();
        match self.handle() {
            1 => format!("Stream.legacy(device={device})"),
            2 => format!("Stream.per_thread(device={device})"),
            handle => format!("<Stream {handle:#x} on device {device}>"),
        }
    }
}

/// The stream that an argument names: a `Stream`, a handle, or an object with `__cuda_stream__`.
///
/// # Errors
/// TypeError for anything else, ValueError for a handle that is none, among them 0.
pub(crate) fn resolve(argument: &Bound<'_, PyAny>, device: cuda_safe::Device) -> PyResult<cuda_safe::Stream> {
    let py = argument.py();
    if let Ok(stream) = argument.cast::<Stream>() {
        return Ok(stream.get().0.clone());
    }
    if number::is_one(argument) {
        return foreign(py, device, handle(argument)?, None);
    }
    let Some(protocol) = argument.getattr_opt(intern!(py, "__cuda_stream__"))? else {
        let given = argument.get_type();
        return Err(PyTypeError::new_err(format!(
            "stream must be a Stream, a handle or an object with __cuda_stream__, not {given:?}"
        )));
    };
    // The protocol is a method; early implementations made it a property.
    let answer = if protocol.is_callable() { protocol.call0()? } else { protocol };
    let Ok((version, handle)) = answer.extract::<(u32, usize)>() else {
        return Err(PyTypeError::new_err(format!(
            "__cuda_stream__ gave {}, not (version, handle)",
            shown(&answer)
        )));
    };
    if version != 0 {
        return Err(PyValueError::new_err(format!(
            "__cuda_stream__ speaks version {version}, only 0 is known"
        )));
    }
    foreign(py, device, handle.max(1), Some(argument.clone().unbind()))
}

/// A stream that an argument names, before its device is known: a handle is of the device of the array that it is for.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a, 'py>(pub(crate) &'a Bound<'py, PyAny>);

impl Named<'_, '_> {
    /// The stream for an array on that device. A `Stream` has a device of its own.
    ///
    /// # Errors
    /// As [`resolve`].
    pub(crate) fn on(self, device: cuda_safe::Device) -> PyResult<cuda_safe::Stream> {
        resolve(self.0, device)
    }

    /// As [`on`](Self::on), and refuses a stream of another device.
    ///
    /// # Errors
    /// As there, and ValueError.
    pub(crate) fn of(self, device: cuda_safe::Device) -> PyResult<cuda_safe::Stream> {
        let stream = self.on(device)?;
        match stream.device() == device {
            true => Ok(stream),
            false => Err(PyValueError::new_err(format!(
                "the array is on {device}, but the stream is of {}: pass a stream of the array's device",
                stream.device()
            ))),
        }
    }
}

/// Makes later work of a stream wait for what another one has now.
///
/// # Errors
/// CUDA's own.
#[inline(always)]
pub(crate) fn follow(
    py: Python<'_>,
    stream: &cuda_safe::Stream,
    producer: cuda_safe::StreamRef<'_>,
) -> PyResult<()> {
    if stream.as_ref().is_per_thread() {
        // On each thread this is another stream, and the buffer may go to any of them.
        return wait_for(py, producer);
    }
    stream.as_ref().wait_for(producer).or_raise(py)
}

#[cold]
fn wait_for(py: Python<'_>, stream: cuda_safe::StreamRef<'_>) -> PyResult<()> {
    detach(py, || stream.synchronize()).or_raise(py)
}

/// [`resolve`], where None is no stream.
///
/// # Errors
/// As there.
pub(crate) fn resolve_option(
    argument: Option<&Bound<'_, PyAny>>,
    device: cuda_safe::Device,
) -> PyResult<Option<cuda_safe::Stream>> {
    argument.filter(|argument| !argument.is_none()).map(|argument| resolve(argument, device)).transpose()
}

/// A handle as the protocols write it.
///
/// # Errors
/// ValueError for 0 and negative numbers.
pub(crate) fn handle(argument: &Bound<'_, PyAny>) -> PyResult<usize> {
    match number::address(argument, "stream")? {
        0 => Err(PyValueError::new_err(
            "stream 0 is ambiguous: pass 1 for the legacy default stream, 2 for the per-thread default stream, or a cudaStream_t",
        )),
        handle => Ok(handle),
    }
}

/// A stream by its handle, which lives as long as `owner`; without one, the caller has promised that it lives.
pub(crate) fn foreign(
    py: Python<'_>,
    device: cuda_safe::Device,
    handle: usize,
    owner: Option<Py<PyAny>>,
) -> PyResult<cuda_safe::Stream> {
    let raw = std::ptr::with_exposed_provenance_mut(handle);
    // SAFETY: whoever passes a handle promises that it is a stream of this device, which lives as long as the object that
    // gave it, or as long as it is used if there is none.
    unsafe { cuda_safe::Stream::foreign(device, raw, owner.map(Kept::new)) }.or_raise(py)
}
