//! What the test programs of this package share: the runtimes that a check runs over.
//!
//! A check takes a [`Device`] and proves one behaviour. Each runs over every runtime: the emulator as CUDA 12 and as
//! CUDA 13, and NVIDIA's libcudart of both majors, which `CUDA_TEST_LIBCUDART_12` and `CUDA_TEST_LIBCUDART_13` name. A
//! real runtime's checks are ignored, with the reason, where its library or a device is missing; with
//! `CUDA_TEST_REQUIRE_GPU=1` they fail instead, so that on a machine with a GPU nothing is passed over.

use cuda_emulator::Flavour;
use cuda_safe::Device;
use cuda_sys::Runtime;
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
    pub device: Result<Device, String>,
}

/// Every runtime, those that are not there included.
pub fn subjects() -> Vec<Subject> {
    let emulated = |name, flavour| {
        let device = Device::new(cuda_emulator::runtime(flavour), 0).map_err(|error| error.to_string());
        Subject { name, device }
    };
    vec![
        emulated("emulator_12", Flavour::Cuda12),
        emulated("emulator_13", Flavour::Cuda13),
        Subject { name: "real_12", device: real("CUDA_TEST_LIBCUDART_12") },
        Subject { name: "real_13", device: real("CUDA_TEST_LIBCUDART_13") },
    ]
}

fn real(variable: &str) -> Result<Device, String> {
    let path = env::var_os(variable).ok_or(format!("{variable} names no library"))?;
    // SAFETY: the variable names NVIDIA's own libcudart.
    let runtime = unsafe { Runtime::load_from(&path) }.map_err(|error| error.to_string())?;
    Device::new(runtime, 0).map_err(|error| error.to_string())
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
        let missing = subject.device.as_ref().err().cloned();
        if let Some(reason) = &missing {
            let verb = if required { "fail" } else { "are ignored" };
            println!("{}: its checks {verb}: {reason}", subject.name);
        }
        for (suite, checks) in suites {
            for &(name, check) in *checks {
                let device = subject.device.clone();
                let trial = Trial::test(format!("{}::{suite}::{name}", subject.name), move || check(device?));
                trials.push(trial.with_ignored_flag(missing.is_some() && !required));
            }
        }
    }
    libtest_mimic::run(arguments, trials).exit_code()
}
