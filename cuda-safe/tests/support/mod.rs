//! Which runtimes the tests use, and a runtime that records calls and fails on request.
//!
//! `CUDA_TEST_RUNTIME` is `emulator12`, `emulator13`, or the path of a real libcudart; unset, both emulators are used.

#![allow(dead_code, reason = "each test program uses its own part")]

pub(crate) mod recorder;

use std::path::Path;

use cuda_safe::Device;
use cuda_safe::cuda_sys::Runtime;

/// The runtimes under test.
pub(crate) fn runtimes() -> Vec<&'static Runtime> {
    use cuda_emulator::{Flavour, runtime};
    match std::env::var("CUDA_TEST_RUNTIME").as_deref() {
        Err(_) => vec![runtime(Flavour::Cuda12), runtime(Flavour::Cuda13)],
        Ok("emulator12") => vec![runtime(Flavour::Cuda12)],
        Ok("emulator13") => vec![runtime(Flavour::Cuda13)],
        // SAFETY: whoever sets the variable names a libcudart.
        Ok(path) => match unsafe { Runtime::load_from(Path::new(path)) } {
            Ok(runtime) => vec![runtime],
            Err(error) => panic!("CUDA_TEST_RUNTIME: {error}"),
        },
    }
}

/// The runtime of programs that use one.
pub(crate) fn runtime() -> &'static Runtime {
    runtimes().pop().expect("there is always one")
}

/// Runs a test on the first device of each runtime.
pub(crate) fn on_each(test: impl Fn(Device)) {
    for runtime in runtimes() {
        test(Device::new(runtime, 0).expect("device 0"));
    }
}

/// Runs a test on two devices of each runtime that has them.
pub(crate) fn on_two(test: impl Fn(Device, Device)) {
    for runtime in runtimes() {
        match Device::all_of(runtime).expect("devices")[..] {
            [first, second, ..] => test(first, second),
            _ => println!("{}: one device only", runtime.origin()),
        }
    }
}
