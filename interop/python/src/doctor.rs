//! `doctor()`: what CUDA this process has, and why it is or is not usable, as text.

use std::fmt::Write;

use cuda_safe::Device;
use cuda_safe::cuda_sys::{self, search};
use cuda_safe::memory::staging;
use pyo3::prelude::*;

use crate::detach::detach;
use crate::errors::LibraryNotFound;
use crate::runtime::{self, Choice, VARIABLE};

/// A report on the CUDA runtime and the devices of this process: which library is used and why, every place that was looked
/// at, every libcudart in the process, what each device says of itself, and how memory that is not page-locked is copied.
#[pyfunction]
pub(crate) fn doctor(py: Python<'_>) -> PyResult<String> {
    let mut text = String::new();
    let mut line = |words: String| {
        text.push_str(&words);
        text.push('\n');
    };
    let python = Python::version_str().split_whitespace().next().unwrap_or_default();
    line(format!("cuda_interop {} on Python {python}", env!("CARGO_PKG_VERSION")));
    line(match cuda_sys::driver_version() {
        Some(version) => format!("driver: supports CUDA up to {version}"),
        None => "driver: none (libcuda.so.1 cannot be loaded)".into(),
    });
    match Choice::of_environment() {
        Ok(Choice::Emulator(_)) => line(format!("the emulator is used, because {VARIABLE} says so")),
        Ok(Choice::Cuda) => {
            line("places looked at:".into());
            for attempt in runtime::search(py)?.attempts {
                let (target, rule) = (attempt.candidate.target.display(), attempt.candidate.rule);
                line(format!("  {target} ({rule}): {}", attempt.outcome));
            }
        }
        Err(error) => line(error.value(py).to_string()),
    }
    let loaded = search::loaded_cudarts();
    line(format!("libcudart in this process: {}", loaded.len()));
    for path in &loaded {
        line(format!("  {}", path.display()));
    }
    match runtime::devices(py) {
        Ok(devices) => {
            line(format!("runtime: {}", devices[0].runtime()));
            for device in devices {
                line(about(py, device));
                line(format!("  copies of pageable memory: {}", staging(py, *device)));
            }
        }
        // The places are listed above.
        Err(error) if error.is_instance_of::<LibraryNotFound>(py) => line(format!(
            "not usable: no libcudart 12 or 13; install the CUDA runtime (pip package nvidia-cuda-runtime), or name the file \
             in {}",
            search::VARIABLE
        )),
        Err(error) => line(format!("not usable: {}", error.value(py))),
    }
    Ok(text)
}

/// What is in force for copies of ordinary memory, measured now if no copy has done so.
fn staging(py: Python<'_>, device: Device) -> String {
    let ask = || staging::shared(device)?.measure();
    detach(py, ask).map_or_else(|error| format!("not usable: {error}"), |report| report.to_string())
}

/// A device in one line, or what it failed with: asking for its free memory proves that it works.
fn about(py: Python<'_>, device: &Device) -> String {
    let ask = || -> cuda_safe::Result<String> {
        let (name, capability, memory) =
            (device.name()?, device.compute_capability()?, device.memory_info()?);
        let mut text = format!("{device}: {name}, compute capability {capability}");
        // Writing to a string cannot fail.
        let _ = write!(text, ", {} of {} bytes free, {}", memory.free, memory.total, device.pci_bus_id()?);
        let _ = write!(text, ", {}", device.uuid()?);
        Ok(text)
    };
    detach(py, ask).unwrap_or_else(|error| format!("{device}: not usable: {error}"))
}
