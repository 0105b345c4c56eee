//! `Event`: a mark in a stream that the host or other streams can wait for.

use cuda_safe::EventOptions;
use pyo3::prelude::*;

use crate::detach::detach;
use crate::device::{self, Device};
use crate::errors::OrRaise;

/// A mark in a stream, which Stream.record sets.
///
/// device: a Device or its number; the current one if None.
/// timing: whether elapsed_since can be asked.
#[pyclass(frozen, module = "cuda_interop", name = "Event")]
pub(crate) struct Event(pub(crate) cuda_safe::Event);

impl Event {
    pub(crate) fn on(py: Python<'_>, device: cuda_safe::Device, timing: bool) -> PyResult<Self> {
        let options = EventOptions { timing, ..EventOptions::default() };
        // The first one of a device starts it, which takes long.
        detach(py, || cuda_safe::Event::with_options(device, options)).or_raise(py).map(Self)
    }
}

#[pymethods]
impl Event {
    #[new]
    #[pyo3(signature = (device=None, *, timing=false))]
    fn new(py: Python<'_>, device: Option<&Bound<'_, PyAny>>, timing: bool) -> PyResult<Self> {
        Self::on(py, device::resolve(py, device)?, timing)
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

    /// Whether the marked work is done; true if nothing was marked.
    fn query(&self, py: Python<'_>) -> PyResult<bool> {
        self.0.query().or_raise(py)
    }

    /// Waits until the marked work is done.
    fn synchronize(&self, py: Python<'_>) -> PyResult<()> {
        detach(py, || self.0.synchronize()).or_raise(py)
    }

    /// Milliseconds between two marks, which both have been reached; both events have timing.
    fn elapsed_since(&self, py: Python<'_>, earlier: &Bound<'_, Self>) -> PyResult<f64> {
        let elapsed = self.0.elapsed_since(&earlier.get().0).or_raise(py)?;
        Ok(elapsed.as_secs_f64() * 1e3)
    }

    fn __repr__(&self) -> String {
        format!("<Event {:#x} on device {}>", self.handle(), self.0.device().ordinal())
    }
}
