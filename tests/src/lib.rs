//! What the test programs of this package share: the runtimes that a check runs over.
//!
//! A check takes a [`Device`] and proves one behaviour. Each runs over every runtime: the emulator as CUDA 12 and as
//! CUDA 13, and NVIDIA's libcudart of both majors, which `CUDA_TEST_LIBCUDART_12` and `CUDA_TEST_LIBCUDART_13` name. A
//! real runtime's checks are ignored, with the reason, where no library is named, or it finds no device or no driver for it;
//! with `CUDA_TEST_REQUIRE_GPU=1` they fail instead, so that on a machine with a GPU nothing is passed over. Whatever else
//! stands in the way of a device fails them.

use cuda_emulator::Flavour;
use cuda_safe::{Device, ErrorKind};
use cuda_sys::{Runtime, cudart::cudaError};
use libtest_mimic::{Arguments, Failed, Trial};
use std::{env, process::ExitCode};

/// The proof of one behaviour on a device. The error says what was seen instead.
pub type Check = fn(Device) -> Result<(), Failed>;

/// The checks of one file, by name.
pub type Suite = (&'static str, &'static [(&'static str, Check)]);

/// `checks![first, second]`: the functions with their names.
#[macro_export]
macro_rules! checks {
    ($($check:ident),* $(,)?) => { &[$((stringify!($check), $check as $crate::Check)),*] };
}

/// One runtime that checks run over.
pub struct Subject {
    /// `emulator_12`, `emulator_13`, `real_12` or `real_13`.
    pub name: &'static str,
    /// Its first device, or why there is none.
    pub device: Result<Device, Absent>,
}

/// Why a runtime has no device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Nothing is there to test on.
    Missing(String),
    /// Something is, and does not work.
    Broken(String),
}

/// Every runtime, those that are not there included.
pub fn subjects() -> Vec<Subject> {
    let emulated = |name, flavour| {
        let device = Device::new(cuda_emulator::runtime(flavour), 0);
        let device = device.map_err(|error| Absent::Broken(error.to_string()));
        Subject { name, device }
    };
    vec![
        emulated("emulator_12", Flavour::Cuda12),
        emulated("emulator_13", Flavour::Cuda13),
        Subject { name: "real_12", device: real("CUDA_TEST_LIBCUDART_12") },
        Subject { name: "real_13", device: real("CUDA_TEST_LIBCUDART_13") },
    ]
}

fn real(variable: &str) -> Result<Device, Absent> {
    let path = env::var_os(variable).ok_or(Absent::Missing(format!("{variable} names no library")))?;
    // SAFETY: the variable names NVIDIA's own libcudart.
    let runtime = unsafe { Runtime::load_from(&path) }.map_err(|error| Absent::Broken(error.to_string()))?;
    Device::new(runtime, 0).map_err(|error| absent(&error))
}

/// What an error says that was met on the way to a device.
fn absent(error: &cuda_safe::Error) -> Absent {
    let no_device = [cudaError::cudaErrorNoDevice, cudaError::cudaErrorInsufficientDriver];
    let missing = matches!(error.kind(), ErrorKind::NoDevice { .. })
        || error.code().is_some_and(|code| no_device.contains(&code));
    if missing { Absent::Missing(error.to_string()) } else { Absent::Broken(error.to_string()) }
}

/// Two devices of the runtime of `device`; where it has only one, two of the emulator's of its major, which is said of `check`
/// in the form in which the GPU report counts it.
///
/// # Errors
///
/// CUDA's own.
pub fn two_devices(device: Device, check: &str) -> Result<(Device, Device), Failed> {
    if let [first, second, ..] = Device::all_of(device.runtime())?[..] {
        return Ok((first, second));
    }
    println!("on the emulator: {check} needs two devices");
    let flavour = if device.runtime().version().major() == 12 { Flavour::Cuda12 } else { Flavour::Cuda13 };
    let runtime = cuda_emulator::runtime(flavour);
    Ok((Device::new(runtime, 0)?, Device::new(runtime, 1)?))
}

/// Runs every check of every suite over every runtime, as the program's command line asks.
pub fn run(suites: &[Suite]) -> ExitCode {
    run_with(&Arguments::from_args(), suites)
}

/// As [`run`], one check at a time: for checks that look at the whole device.
pub fn run_one_by_one(suites: &[Suite]) -> ExitCode {
    run_with(&Arguments { test_threads: Some(1), ..Arguments::from_args() }, suites)
}

fn run_with(arguments: &Arguments, suites: &[Suite]) -> ExitCode {
    let required = env::var_os("CUDA_TEST_REQUIRE_GPU").is_some_and(|value| value == "1");
    let mut trials = Vec::new();
    for subject in subjects() {
        let ignored = matches!(subject.device, Err(Absent::Missing(_))) && !required;
        if let Err(Absent::Missing(reason) | Absent::Broken(reason)) = &subject.device {
            let verb = if ignored { "are ignored" } else { "fail" };
            println!("{}: its checks {verb}: {reason}", subject.name);
        }
        for (suite, checks) in suites {
            for &(name, check) in *checks {
                let device = subject.device.clone();
                let trial = Trial::test(format!("{}::{suite}::{name}", subject.name), move || {
                    check(device.map_err(|absent| format!("{absent:?}"))?)
                });
                trials.push(trial.with_ignored_flag(ignored));
            }
        }
    }
    libtest_mimic::run(arguments, trials).exit_code()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cuda_sys::{Version, cudart::VersionedTable, cudart::cudaError_t, cudart::table};

    /// What is said of a runtime that counts its devices like this.
    fn said_of(count: unsafe extern "C" fn(*mut i32) -> cudaError_t) -> Absent {
        let common = table::Common { cudaGetDeviceCount: Some(count), ..table::Common::EMPTY };
        let versioned = VersionedTable::V13(table::V13::EMPTY);
        // SAFETY: the one function is as good as C's, which may fail with any code.
        let runtime = unsafe { Runtime::from_table("a test's", Version::new(13, 0), common, versioned) };
        absent(&Device::new(runtime, 0).unwrap_err())
    }

    #[test]
    fn only_a_machine_without_a_device_or_a_driver_lacks_one() {
        unsafe extern "C" fn no_device(_: *mut i32) -> cudaError_t {
            cudaError_t::cudaErrorNoDevice
        }
        unsafe extern "C" fn no_driver(_: *mut i32) -> cudaError_t {
            cudaError_t::cudaErrorInsufficientDriver
        }
        unsafe extern "C" fn broken(_: *mut i32) -> cudaError_t {
            cudaError_t::cudaErrorInitializationError
        }
        assert!(matches!(said_of(no_device), Absent::Missing(_)));
        assert!(matches!(said_of(no_driver), Absent::Missing(_)));
        assert!(matches!(said_of(broken), Absent::Broken(_)));
    }
}
