//! `doctor`: what CUDA this machine has, and why it is or is not usable.
//!
//! The search for libcudart is the library's own, as any program would make it in this environment. Each device is asked
//! for its free memory, which initialises it: that is the only proof that it works.

mod report;

use crate::args::DoctorOptions;
use crate::exit::{self, Exit, Failure, one_line};
use crate::runtime::reason;
use crate::table::counted;
use cuda_emulator::Flavour;
use cuda_safe::Device;
use cuda_safe::memory::staging::{self, Settings};
use cuda_sys::cudart::{Report as Search, cudaError_t};
use cuda_sys::search::{self, Rule, VARIABLE};
use cuda_sys::{Attempt, Outcome, Runtime, Version};
use report::{Candidate, Emulator, Engine, Gpu, Library, Report, Staging, Status, Way};
use std::path::Path;

/// Examines the machine and prints the report.
pub(crate) fn run(options: &DoctorOptions) -> Result<Exit, Failure> {
    let report = examine();
    exit::show(&report, options.json, || report.text())?;
    Ok(report.exit())
}

fn examine() -> Report {
    let search = Runtime::survey();
    let driver = cuda_sys::driver_version();
    let answer = search.runtime.map(Device::all_of);
    let devices: Vec<Gpu> = match &answer {
        Some(Ok(devices)) => devices.iter().map(gpu).collect(),
        _ => Vec::new(),
    };
    let known = answer.as_ref().and_then(|answer| answer.as_deref().ok()).unwrap_or_default();
    let (status, summary) = match (search.runtime, &answer) {
        (Some(runtime), Some(Ok(_))) => judge(runtime, &devices),
        (Some(runtime), Some(Err(error))) => (Status::NoDevice, no_device(runtime, driver, error)),
        _ => (Status::NoRuntime, no_runtime(&search)),
    };
    Report {
        status,
        summary,
        candidates: search.attempts.iter().map(candidate).collect(),
        runtime: search.runtime.map(library),
        driver_version: driver.map(|version| version.to_string()),
        // What the search has opened is among them, so this comes after it.
        loaded: search::loaded_cudarts().iter().map(|path| text_of(path)).collect(),
        device_error: answer.as_ref().and_then(|answer| answer.as_ref().err()).map(one_line),
        staging: staging(known, &devices),
        devices,
        emulator: emulator(),
    }
}

fn candidate(attempt: &Attempt) -> Candidate {
    let outcome = match &attempt.outcome {
        Outcome::Taken(_) => "taken",
        Outcome::NotNeeded => "not_needed",
        Outcome::NotFound => "not_found",
        Outcome::NotLoadable(_) => "not_loadable",
        Outcome::NotCudart(_) => "not_cudart",
        Outcome::NoVersion(_) => "no_version",
        Outcome::WrongMajor(_) => "wrong_major",
        Outcome::DriverTooOld { .. } => "driver_too_old",
        _ => "other",
    };
    let rule = attempt.candidate.rule.to_string();
    Candidate { path: text_of(&attempt.candidate.target), rule, outcome, detail: reason(attempt) }
}

fn library(runtime: &'static Runtime) -> Library {
    Library {
        path: text_of(&runtime.origin().path),
        rule: runtime.origin().rule.to_string(),
        version: runtime.version().to_string(),
        functions: runtime.functions().count(),
    }
}

/// Asks a device for everything; the first thing that it does not answer makes it unusable.
fn gpu(device: &Device) -> Gpu {
    let mut error = None;
    let mut known = |answer: Result<String, cuda_safe::Error>| {
        answer.map_err(|failure| error.get_or_insert_with(|| one_line(&failure)).clone()).ok()
    };
    let name = known(device.name());
    let uuid = known(device.uuid().map(|uuid| uuid.to_string()));
    let pci_bus_id = known(device.pci_bus_id());
    let compute_capability = known(device.compute_capability().map(|capability| capability.to_string()));
    let memory = device.memory_info();
    let error = error.or(memory.as_ref().err().map(one_line));
    Gpu {
        ordinal: device.ordinal(),
        name,
        uuid,
        pci_bus_id,
        compute_capability,
        total_memory_bytes: device.total_memory().ok().map(|bytes| bytes as u64),
        free_memory_bytes: memory.ok().map(|memory| memory.free as u64),
        usable: error.is_none(),
        error,
    }
}

/// Whether any of the devices that were counted works.
fn judge(runtime: &Runtime, devices: &[Gpu]) -> (Status, String) {
    let usable = devices.iter().filter(|device| device.usable).count();
    let version = runtime.version();
    match usable {
        0 => {
            let all = counted(devices.len(), "device");
            (Status::NoDevice, format!("no usable GPU: none of {all} could be initialised"))
        }
        _ => (Status::Usable, format!("{} with CUDA {version}", counted(usable, "usable GPU"))),
    }
}

/// Why a library sees no device.
fn no_device(runtime: &Runtime, driver: Option<Version>, error: &cuda_safe::Error) -> String {
    let library = runtime.version();
    let reason = match (error.code(), driver) {
        (Some(cudaError_t::cudaErrorInsufficientDriver), None) => {
            "there is a CUDA runtime library, but no NVIDIA driver on this machine".into()
        }
        (Some(cudaError_t::cudaErrorInsufficientDriver), Some(driver)) => format!(
            "the driver supports CUDA up to {driver}, the library is {library}: update the driver, or take an older \
             libcudart"
        ),
        (Some(cudaError_t::cudaErrorNoDevice), _) => {
            "driver and library work, but there is no device, or CUDA_VISIBLE_DEVICES hides it".into()
        }
        _ => one_line(error),
    };
    format!("no usable GPU: {reason}")
}

/// Why no library was taken.
fn no_runtime(search: &Search) -> String {
    match &search.attempts[..] {
        [attempt] if attempt.candidate.rule == Rule::Variable(VARIABLE) => {
            let path = attempt.candidate.target.display();
            format!("no CUDA runtime: {VARIABLE} names {path}, which cannot be used: {}", reason(attempt))
        }
        _ => format!(
            "no CUDA runtime: install it (pip package nvidia-cuda-runtime), or name the file in {VARIABLE}"
        ),
    }
}

/// What the engine goes by in this environment; on each device that works, what it measures and what is in force.
fn staging(devices: &[Device], gpus: &[Gpu]) -> Staging {
    let rule = match std::env::var_os(staging::VARIABLE) {
        Some(_) => format!("environment variable {}", staging::VARIABLE),
        None => "default".into(),
    };
    let settings = Settings::from_environment();
    let error = settings.as_ref().err().map(one_line);
    let settings = settings.ok();
    Staging {
        rule,
        enabled: settings.map(|settings| settings.enabled),
        threads: settings.and_then(|settings| settings.threads),
        chunk_bytes: settings.and_then(|settings| settings.chunk),
        from_bytes: settings.and_then(|settings| settings.from),
        limit_bytes: settings.map(|settings| settings.limit),
        engines: if settings.is_some_and(|settings| settings.enabled) {
            devices
                .iter()
                .zip(gpus)
                .filter(|(_, gpu)| gpu.usable)
                .map(|(device, _)| engine(*device))
                .collect()
        } else {
            Vec::new()
        },
        error,
    }
}

fn engine(device: Device) -> Engine {
    let measured = staging::shared(device).and_then(|engine| engine.measure());
    let report = measured.as_ref().ok();
    let tuning = report.and_then(|report| report.tuning);
    let way = |way: Option<staging::Way>, link, from_bytes| Way {
        threads: way.map(|way| way.threads),
        least_chunk_bytes: way.map(|way| way.least_chunk),
        most_chunk_bytes: way.map(|way| way.most_chunk),
        link_bytes_per_second: link,
        from_bytes,
    };
    let upload = |r: &staging::Report| way(tuning.map(|known| known.upload), r.upload_link, r.upload_from);
    let download =
        |r: &staging::Report| way(tuning.map(|known| known.download), r.download_link, r.download_from);
    Engine {
        device: device.ordinal(),
        upload: report.map(upload),
        download: report.map(download),
        pinned_bytes: report.map(|report| report.pinned_bytes),
        fallbacks: report.map(|report| report.fallbacks),
        shortage: report.and_then(|report| report.shortage.clone()),
        text: report.map(ToString::to_string),
        error: measured.as_ref().err().map(one_line),
    }
}

fn emulator() -> Emulator {
    let newest = cuda_emulator::runtime(Flavour::Cuda13);
    let versions =
        [cuda_emulator::runtime(Flavour::Cuda12), newest].map(|runtime| runtime.version().to_string());
    let answer = Device::all_of(newest);
    let devices = answer.as_deref().unwrap_or_default();
    let memory = devices.first().and_then(|device| device.total_memory().ok());
    Emulator {
        available: answer.is_ok(),
        versions: versions.into(),
        devices: devices.len(),
        memory_bytes_per_device: memory.map(|bytes| bytes as u64),
        error: answer.as_ref().err().map(one_line),
    }
}

fn text_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_force_on_a_device_is_measured() {
        let device = Device::new(cuda_emulator::runtime(Flavour::Cuda13), 0).unwrap();
        let gpus = [gpu(&device), Gpu { usable: false, ..gpu(&device) }];
        let staging = staging(&[device, device], &gpus);
        let [Engine { upload: Some(upload), download: Some(download), .. }] = &staging.engines[..] else {
            panic!("{staging:?}")
        };
        for way in [upload, download] {
            assert!(way.link_bytes_per_second > Some(0) && way.threads > Some(0), "{way:?}");
            assert!(way.least_chunk_bytes <= way.most_chunk_bytes && way.from_bytes > 0, "{way:?}");
        }
        let text = staging.text();
        assert!(text.contains("device 0: ") && text.contains("GB/s to the device"), "{text}");
        assert!(text.contains("page-locked bytes held"), "{text}");
    }
}
