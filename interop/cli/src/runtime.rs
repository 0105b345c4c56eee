//! Which runtime a command works with, and which of its devices.
//!
//! `auto` is a GPU if there is one, else the emulator, and the user is told so. A GPU that is there is taken even if it
//! then fails: hiding that behind the emulator would help nobody. A library named by the user is never replaced.

use crate::args::RuntimeChoice;
use crate::exit::{Exit, Failure, one_line};
use crate::table::counted;
use cuda_emulator::Flavour;
use cuda_safe::{Device, Error, ErrorKind};
use cuda_sys::{Attempt, Runtime};
use std::path::Path;

/// The device to work with.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) device: Device,
    /// Whether it is the emulator's.
    pub(crate) emulated: bool,
    /// Why `auto` came to the emulator.
    pub(crate) fallback: Option<String>,
}

/// Finds device number `ordinal` of the runtime that the user wants.
pub(crate) fn choose(choice: &RuntimeChoice, ordinal: usize) -> Result<Choice, Failure> {
    match choice {
        RuntimeChoice::Emulator => emulated(ordinal, None),
        RuntimeChoice::File(path) => {
            let device = pick(devices_of(path)?, ordinal, &path.display().to_string())?;
            Ok(Choice { device, emulated: false, fallback: None })
        }
        RuntimeChoice::Auto => match Device::all() {
            Ok(devices) => {
                let device = pick(devices, ordinal, "this machine")?;
                Ok(Choice { device, emulated: false, fallback: None })
            }
            Err(reason) => emulated(ordinal, Some(why_none(&reason))),
        },
    }
}

/// The devices of the libcudart that the user named.
fn devices_of(path: &Path) -> Result<Vec<Device>, Failure> {
    // SAFETY: naming a libcudart is how the user vouches for the file; one without libcudart's functions is refused.
    let loaded = unsafe { Runtime::load_from(path) };
    let runtime = loaded.map_err(|error| {
        let reasons: Vec<_> = error.attempts.iter().map(reason).collect();
        Failure::bad_input(format_args!(
            "--runtime {} is no usable libcudart: {}",
            path.display(),
            reasons.join("; ")
        ))
    })?;
    Device::all_of(runtime).map_err(|error| {
        let (path, version) = (path.display(), runtime.version());
        Failure::new(Exit::NoDevice, format_args!("no usable GPU with CUDA {version} from {path}: {error}"))
    })
}

fn emulated(ordinal: usize, fallback: Option<String>) -> Result<Choice, Failure> {
    let devices = Device::all_of(cuda_emulator::runtime(Flavour::Cuda13))
        .map_err(|error| Failure::new(Exit::NoDevice, format_args!("the emulator has no device: {error}")))?;
    Ok(Choice { device: pick(devices, ordinal, "the emulator")?, emulated: true, fallback })
}

fn pick(devices: Vec<Device>, ordinal: usize, runtime: &str) -> Result<Device, Failure> {
    let all = counted(devices.len(), "device");
    devices.into_iter().nth(ordinal).ok_or_else(|| {
        Failure::bad_input(format_args!(
            "device {ordinal} does not exist: {runtime} has {all}, counted from 0"
        ))
    })
}

/// Why a place was not taken, or that it was. The system's loader begins with the path, which the reader knows already.
pub(crate) fn reason(attempt: &Attempt) -> String {
    let words = one_line(&attempt.outcome);
    let path = format!("{}: ", attempt.candidate.target.display());
    words.strip_prefix(&path).map(str::to_owned).unwrap_or(words)
}

/// Why there is no GPU, in a few words: `doctor` tells the rest.
fn why_none(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Load(error) => match &error.attempts[..] {
            [only] => format!("{}: {}", only.candidate.target.display(), reason(only)),
            _ => "no libcudart 12 or 13 was found".into(),
        },
        _ => one_line(error),
    }
}
