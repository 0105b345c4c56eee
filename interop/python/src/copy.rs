//! `memcpy_h2d` and `memcpy_d2h`: copies between host arrays and anything that is memory of a device, one by one or many at
//! once.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::host::HostArray;
use crate::keep::Held;
use crate::{allocate, buffer, import, number, stream, transfer};

/// Copies a host array into memory of a device, and returns when the host array may be changed again; later work of the
/// device array's stream sees the elements.
///
/// `device` is a CudaBuffer, an object that exports device memory, its array interface, or an address; for an address the
/// bytes of the host array are copied, in C order.
#[pyfunction]
#[pyo3(signature = (host, device, *, stream=None))]
pub(crate) fn memcpy_h2d(
    host: &Bound<'_, PyAny>,
    device: &Bound<'_, PyAny>,
    stream: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let py = host.py();
    let host = HostArray::read(host)?;
    let mut target = Device::new(device, &host)?;
    let stream = stream::resolve_option(stream, target.buffer.device())?;
    transfer::to_device(py, &host, &mut target.buffer, stream.as_ref())
}

/// Copies memory of a device into a host array, and returns when that is done.
///
/// `device` is a CudaBuffer, an object that exports device memory, its array interface, or an address; for an address the
/// bytes of the host array are copied, in C order.
#[pyfunction]
#[pyo3(signature = (device, host, *, stream=None))]
pub(crate) fn memcpy_d2h(
    device: &Bound<'_, PyAny>,
    host: &Bound<'_, PyAny>,
    stream: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let py = host.py();
    let mut host = HostArray::write(host)?;
    let source = Device::new(device, &host)?;
    let stream = stream::resolve_option(stream, source.buffer.device())?;
    transfer::to_host(py, &source.buffer, &mut host, stream.as_ref())
}

/// Copies many host arrays into memory of devices: as memcpy_h2d does for each pair, but thousands of small ones at the cost
/// of a few.
///
/// Every pair is checked before anything is touched. Which of two destinations that overlap is written last is not defined.
#[pyfunction]
pub(crate) fn memcpy_h2d_batch(hosts: &Bound<'_, PyAny>, devices: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = hosts.py();
    let (hosts, devices) = (items(hosts)?, items(devices)?);
    check_count(hosts.len(), devices.len())?;
    let hosts: Vec<_> = hosts.iter().map(HostArray::read).collect::<PyResult<_>>()?;
    let mut devices = sides(&devices, &hosts)?;
    transfer::all_to_device(py, &hosts, devices.iter_mut().map(|device| &mut *device.buffer))
}

/// Copies memory of devices into many host arrays: as memcpy_d2h does for each pair, but thousands of small ones at the cost
/// of a few.
///
/// Every pair is checked before anything is touched.
#[pyfunction]
pub(crate) fn memcpy_d2h_batch(devices: &Bound<'_, PyAny>, hosts: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = hosts.py();
    let (hosts, devices) = (items(hosts)?, items(devices)?);
    check_count(hosts.len(), devices.len())?;
    let mut hosts: Vec<_> = hosts.iter().map(HostArray::write).collect::<PyResult<_>>()?;
    let devices = sides(&devices, &hosts)?;
    transfer::all_to_host(py, devices.iter().map(|device| &*device.buffer), &mut hosts)
}

/// The members of a sequence, held until they are dropped.
fn items<'py>(sequence: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    sequence.try_iter()?.collect()
}

fn sides<'py>(devices: &[Bound<'py, PyAny>], hosts: &[HostArray<'_>]) -> PyResult<Vec<Device<'py>>> {
    devices.iter().zip(hosts).map(|(device, host)| Device::new(device, host)).collect()
}

fn check_count(hosts: usize, devices: usize) -> PyResult<()> {
    if hosts == devices {
        return Ok(());
    }
    Err(PyValueError::new_err(format!("{hosts} host arrays do not make pairs with {devices} device arrays")))
}

/// The device's side of a copy, and what keeps its memory.
struct Device<'py> {
    // Dropped first: it lies in memory of the owner.
    buffer: Held,
    #[expect(dead_code, reason = "only dropped")]
    owner: Option<Bound<'py, PyAny>>,
}

impl<'py> Device<'py> {
    fn new(object: &Bound<'py, PyAny>, host: &HostArray<'_>) -> PyResult<Self> {
        let py = object.py();
        if let Ok(own) = object.cast_exact::<buffer::CudaBuffer>() {
            let (buffer, owner) = own.get().array.parts(py)?;
            let owner = owner.map(|owner| owner.into_bound(py));
            return Ok(Self { buffer: Held::new(buffer), owner });
        }
        let buffer = match number::is_one(object) {
            true => {
                let address = number::address(object, "device")?;
                allocate::wrap(py, address, host.layout().shape(), None, host.dtype(), None, None)?
            }
            false => import::take(object, None)?,
        };
        Ok(Self { buffer: Held::new(buffer), owner: Some(object.clone()) })
    }
}
