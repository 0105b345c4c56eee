//! `Device`: one GPU, by its number in the chosen runtime.
//!
//! A plain value: it compares with others and with numbers, serves as a number, and owns nothing.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::detach::detach;
use crate::errors::OrRaise;
use crate::number;
use crate::runtime;

/// One GPU, by its number.
#[pyclass(frozen, module = "cuda_interop", name = "Device")]
pub(crate) struct Device(pub(crate) cuda_safe::Device);

#[pymethods]
impl Device {
    #[new]
    #[pyo3(signature = (ordinal=None))]
    fn new(py: Python<'_>, ordinal: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        resolve(py, ordinal).map(Self)
    }

    /// The number: 0 for the first device that the runtime sees.
    #[getter]
    fn ordinal(&self) -> usize {
        self.0.ordinal()
    }

    /// The product's name.
    #[getter]
    fn name(&self, py: Python<'_>) -> PyResult<String> {
        self.0.name().or_raise(py)
    }

    /// The identity of the device across processes.
    #[getter]
    fn uuid(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.0.uuid().or_raise(py)?.to_string())
    }

    /// The PCI address.
    #[getter]
    fn pci_bus_id(&self, py: Python<'_>) -> PyResult<String> {
        self.0.pci_bus_id().or_raise(py)
    }

    /// Major and minor; (9, 0) is Hopper.
    #[getter]
    fn compute_capability(&self, py: Python<'_>) -> PyResult<(i32, i32)> {
        let capability = self.0.compute_capability().or_raise(py)?;
        Ok((capability.major, capability.minor))
    }

    /// Bytes of the device's memory.
    #[getter]
    fn total_memory(&self, py: Python<'_>) -> PyResult<usize> {
        self.0.total_memory().or_raise(py)
    }

    /// Bytes that are free, and all bytes.
    fn memory_info(&self, py: Python<'_>) -> PyResult<(usize, usize)> {
        let info = detach(py, || self.0.memory_info()).or_raise(py)?;
        Ok((info.free, info.total))
    }

    /// Waits for all work that this process has given to the device.
    fn synchronize(&self, py: Python<'_>) -> PyResult<()> {
        detach(py, || self.0.synchronize()).or_raise(py)
    }

    fn __index__(&self) -> usize {
        self.0.ordinal()
    }

    fn __int__(&self) -> usize {
        self.0.ordinal()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        match other.cast::<Self>() {
            Ok(other) => self.0 == other.get().0,
            Err(_) => other.extract::<usize>().is_ok_and(|ordinal| ordinal == self.0.ordinal()),
        }
    }

    fn __hash__(&self) -> usize {
        // The hash of an equal number.
        self.0.ordinal()
    }

    fn __repr__(&self) -> String {
        format!("Device({})", self.0.ordinal())
    }
}

/// The device that an argument names: a `Device`, a number, or None for the current one.
///
/// # Errors
/// TypeError for anything else, ValueError for a number that no device has, and why there is no runtime.
pub(crate) fn resolve(py: Python<'_>, argument: Option<&Bound<'_, PyAny>>) -> PyResult<cuda_safe::Device> {
    let Some(argument) = argument.filter(|argument| !argument.is_none()) else {
        return runtime::current_device(py);
    };
    if let Ok(device) = argument.cast::<Device>() {
        return Ok(device.get().0);
    }
    let ordinal = number::index(argument).map_err(|error| {
        let given = argument.get_type();
        match error.is_instance_of::<pyo3::exceptions::PyOverflowError>(py) {
            true => PyValueError::new_err(format!("device {argument} does not exist")),
            false => PyTypeError::new_err(format!("device must be a Device, an int or None, not {given:?}")),
        }
    })?;
    by_ordinal(py, ordinal)
}

/// The device of that number.
///
/// # Errors
/// ValueError if there is none.
#[inline]
pub(crate) fn by_ordinal(py: Python<'_>, ordinal: isize) -> PyResult<cuda_safe::Device> {
    let devices = runtime::devices(py)?;
    let device = usize::try_from(ordinal).ok().and_then(|ordinal| devices.get(ordinal));
    device.copied().ok_or_else(|| does_not_exist(ordinal, devices.len()))
}

#[cold]
fn does_not_exist(ordinal: isize, count: usize) -> PyErr {
    PyValueError::new_err(format!(
        "device {ordinal} does not exist: the runtime sees {count}, counted from 0"
    ))
}

/// Every device that the runtime sees.
#[pyfunction]
pub(crate) fn devices(py: Python<'_>) -> PyResult<Vec<Device>> {
    Ok(runtime::devices(py)?.iter().map(|&device| Device(device)).collect())
}

/// Waits for all work that this process has given to a device, the current one if none is named.
#[pyfunction]
#[pyo3(signature = (device=None))]
pub(crate) fn synchronize(py: Python<'_>, device: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    let device = resolve(py, device)?;
    detach(py, || device.synchronize()).or_raise(py)
}
