//! Which runtimes the tests use, and a runtime that records calls and fails on request.
//!
//! `CUDA_TEST_RUNTIME` is `emulator12`, `emulator13`, or the path of a real libcudart; unset, both emulators are used.

#![allow(dead_code, reason = "each test program uses its own part")]

pub(crate) mod recorder;

use std::path::Path;
use std::sync::{PoisonError, RwLock};

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

/// Held by whoever uses two devices: peer access is theirs together, so a test that changes it has to be alone. A program with
/// such a test has no test of another kind.
static ACCESS: RwLock<()> = RwLock::new(());

/// Runs a test on two devices of each runtime: the emulator's of the same major where the runtime has only one, which is
/// said in the form in which the GPU report counts it.
pub(crate) fn on_two(test: impl Fn(Device, Device)) {
    let _shared = ACCESS.read().unwrap_or_else(PoisonError::into_inner);
    on_pairs(test);
}

/// The same for a test that changes peer access.
pub(crate) fn on_two_alone(test: impl Fn(Device, Device)) {
    let _alone = ACCESS.write().unwrap_or_else(PoisonError::into_inner);
    on_pairs(test);
}

fn on_pairs(test: impl Fn(Device, Device)) {
    for runtime in runtimes() {
        let (first, second) = two_devices(runtime);
        if !std::ptr::eq(first.runtime(), runtime) {
            println!("on the emulator: it needs two devices");
        }
        test(first, second);
    }
}

/// Two devices of the runtime, or of the emulator in its place.
pub(crate) fn two_devices(runtime: &'static Runtime) -> (Device, Device) {
    use cuda_emulator::Flavour;
    let flavour = if runtime.version().major() == 12 { Flavour::Cuda12 } else { Flavour::Cuda13 };
    for candidate in [runtime, cuda_emulator::runtime(flavour)] {
        if let [first, second, ..] = Device::all_of(candidate).expect("devices")[..] {
            return (first, second);
        }
    }
    panic!("the emulator has fewer than two devices: CUDA_EMULATOR_DEVICES")
}

/// Says that the runtime cannot show what a test is there for, in the form in which the GPU report counts it.
pub(crate) fn not_applicable(reason: &str) {
    println!("not applicable: {reason}");
}
