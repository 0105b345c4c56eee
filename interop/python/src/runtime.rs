//! The one CUDA runtime of the process, chosen by the first call that needs it.
//!
//! `CUDA_INTEROP_RUNTIME` decides: unset, empty or `cuda` is NVIDIA's libcudart, `emulator` (or `emulator13`) and
//! `emulator12` are the emulation of CUDA 13 and 12 in host memory. libcudart is the one that is already in the process,
//! as PyTorch brings it; else it is searched for, in the site-packages folders of `sys.path` before all other places. A
//! failure is not remembered: the next call tries again.

use std::path::PathBuf;
use std::sync::OnceLock;

use cuda_emulator::Flavour;
use cuda_safe::cuda_sys::cudart::Report;
use cuda_safe::cuda_sys::search::Environment;
use cuda_safe::cuda_sys::{LoadError, Runtime};
use cuda_safe::{Device, MemoryPool, PointerAttributes};
use interop::Layout;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::detach::detach;
use crate::errors::OrRaise;
use crate::spares::Spares;

/// The environment variable that chooses.
pub(crate) const VARIABLE: &str = "CUDA_INTEROP_RUNTIME";

/// Bytes that a pool keeps for the next allocations when the program waits for the device.
const POOL_KEEPS: u64 = 64 << 20;

/// What was chosen, for the rest of the process.
struct Chosen {
    runtime: &'static Runtime,
    devices: Box<[Device]>,
    pools: Box<[OnceLock<MemoryPool>]>,
    spares: Box<[Spares]>,
}

static CHOSEN: OnceLock<Chosen> = OnceLock::new();

/// What the user asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Cuda,
    Emulator(Flavour),
}

impl Choice {
    pub(crate) fn of_environment() -> PyResult<Self> {
        let value = std::env::var_os(VARIABLE).unwrap_or_default();
        match value.to_str() {
            Some("" | "cuda") => Ok(Self::Cuda),
            Some("emulator" | "emulator13") => Ok(Self::Emulator(Flavour::Cuda13)),
            Some("emulator12") => Ok(Self::Emulator(Flavour::Cuda12)),
            _ => Err(PyValueError::new_err(format!(
                "{VARIABLE} is {value:?}; it must be cuda, emulator, emulator12 or emulator13"
            ))),
        }
    }
}

/// The devices of the runtime, at least one.
#[inline]
pub(crate) fn devices(py: Python<'_>) -> PyResult<&'static [Device]> {
    Ok(&chosen(py)?.devices)
}

/// The device that is current for this thread.
#[inline]
pub(crate) fn current_device(py: Python<'_>) -> PyResult<Device> {
    let chosen = chosen(py)?;
    match chosen.devices[..] {
        [only] => Ok(only),
        _ => Device::current(chosen.runtime).or_raise(py),
    }
}

/// The device of an array by its address, for which CUDA is asked if there are several. Where CUDA knows no device it is
/// the current one.
///
/// # Errors
/// CUDA's own.
pub(crate) fn device_of(py: Python<'_>, address: usize, layout: &Layout) -> PyResult<Device> {
    let devices = devices(py)?;
    if devices.len() == 1 || layout.is_empty() {
        return current_device(py);
    }
    let first = address.wrapping_add_signed(layout.offset());
    let pointer = std::ptr::without_provenance::<u8>(first);
    let found = PointerAttributes::of(devices[0].runtime(), pointer).or_raise(py)?;
    match found.device.and_then(|ordinal| devices.get(ordinal)) {
        Some(device) => Ok(*device),
        None => current_device(py),
    }
}

/// The pool that buffers of a device are allocated from on request.
pub(crate) fn pool(py: Python<'_>, device: Device) -> PyResult<&'static MemoryPool> {
    let slot = &chosen(py)?.pools[device.ordinal()];
    if let Some(pool) = slot.get() {
        return Ok(pool);
    }
    let make = || {
        let pool = MemoryPool::new(device)?;
        pool.set_release_threshold(POOL_KEEPS).map(|()| pool)
    };
    let pool = detach(py, make).or_raise(py)?;
    Ok(slot.get_or_init(|| pool))
}

/// What is kept of the pool of a device. None of a device that was not chosen.
pub(crate) fn spares(device: Device) -> Option<&'static Spares> {
    CHOSEN.get()?.spares.get(device.ordinal())
}

/// Looks for libcudart as this process would, and says what came of each place.
pub(crate) fn search(py: Python<'_>) -> PyResult<Report> {
    let mut environment = Environment::of_process();
    let mut folders = site_packages(py)?;
    folders.append(&mut environment.site_packages);
    environment.site_packages = folders;
    // SAFETY: the environment is this process's own; the folders are those that Python itself imports from.
    Ok(detach(py, || unsafe { Runtime::search(&environment) }))
}

#[inline]
fn chosen(py: Python<'_>) -> PyResult<&'static Chosen> {
    match CHOSEN.get() {
        Some(chosen) => Ok(chosen),
        None => choose(py),
    }
}

#[cold]
fn choose(py: Python<'_>) -> PyResult<&'static Chosen> {
    let runtime = match Choice::of_environment()? {
        Choice::Emulator(flavour) => cuda_emulator::runtime(flavour),
        Choice::Cuda => {
            let report = search(py)?;
            let attempts = report.attempts;
            report.runtime.ok_or_else(|| cuda_safe::Error::from(LoadError { attempts })).or_raise(py)?
        }
    };
    let devices = detach(py, || Device::all_of(runtime)).or_raise(py)?;
    let pools = devices.iter().map(|_| OnceLock::new()).collect();
    let spares = devices.iter().map(|_| Spares::default()).collect();
    // Of two threads that choose at once the second takes what the first chose.
    Ok(CHOSEN.get_or_init(|| Chosen { runtime, devices: devices.into(), pools, spares }))
}

/// The folders of `sys.path` into which packages are installed.
fn site_packages(py: Python<'_>) -> PyResult<Vec<PathBuf>> {
    let entries = py.import("sys")?.getattr("path")?;
    let mut folders = Vec::new();
    for entry in entries.try_iter()? {
        // What is no path is no place to look.
        let Ok(folder) = entry?.extract::<PathBuf>() else { continue };
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if matches!(name, "site-packages" | "dist-packages") && folder.is_absolute() {
            folders.push(folder);
        }
    }
    Ok(folders)
}
