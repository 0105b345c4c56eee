//! What every C function does before and after its own work.
//!
//! In this order it refuses: a process that is exiting or was forked, a call inside a host function, an injected fault, a
//! current device that has failed. An error becomes the thread's last error. A panic becomes `cudaErrorUnknown`: nothing
//! unwinds into C.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::emulator;
use crate::fault;
use crate::outcome::{Code, Outcome};
use crate::process;
use crate::thread;

/// The calls that do not need a device that works.
const SURVIVORS: [&str; 8] = [
    "cudaDeviceReset",
    "cudaDriverGetVersion",
    "cudaGetDevice",
    "cudaGetDeviceCount",
    "cudaGetLastError",
    "cudaPeekAtLastError",
    "cudaRuntimeGetVersion",
    "cudaSetDevice",
];

/// Runs the body of the C function `name`.
pub(super) fn enter(name: &'static str, body: impl FnOnce() -> Outcome) -> Code {
    let run = || {
        allow(name)?;
        body()
    };
    match catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(Code::cudaErrorUnknown)) {
        Ok(()) => Code::cudaSuccess,
        Err(code) => {
            thread::set_last_error(code);
            code
        }
    }
}

/// The last error, which a failed device keeps up; with `forget`, any other is forgotten.
pub(super) fn last_error(name: &'static str, forget: bool) -> Code {
    let look = || {
        allow(name)?;
        fault::sticky_error()?;
        device_works()
    };
    match catch_unwind(look).unwrap_or(Err(Code::cudaErrorUnknown)) {
        Err(kept) => kept,
        Ok(()) => {
            let code = thread::last_error();
            if forget {
                thread::set_last_error(Code::cudaSuccess);
            }
            code
        }
    }
}

fn allow(name: &'static str) -> Outcome {
    process::check()?;
    if thread::in_host_function() {
        return Err(Code::cudaErrorNotPermitted);
    }
    let survives = || SURVIVORS.contains(&name);
    fault::check_call(name, || !survives())?;
    device_works().or_else(|failed| if survives() { Ok(()) } else { Err(failed) })
}

/// The error of the current device. A device that no call has used yet works.
fn device_works() -> Outcome {
    let current = emulator::running().and_then(|emulator| emulator.devices.get(thread::device()));
    current.map_or(Ok(()), |device| device.health.check())
}

/// Defines C functions. The first word says in which flavours of the shared library they are exported: `both`, `cuda12` or
/// `cuda13`. Each body gives an [`Outcome`].
macro_rules! c_functions {
    (both: $($functions:tt)*) => {
        $crate::api::call::c_functions! {
            @ cfg_attr(any(feature = "c-abi-12", feature = "c-abi-13"), unsafe(no_mangle)); $($functions)*
        }
    };
    (cuda12: $($functions:tt)*) => {
        $crate::api::call::c_functions! { @ cfg_attr(feature = "c-abi-12", unsafe(no_mangle)); $($functions)* }
    };
    (cuda13: $($functions:tt)*) => {
        $crate::api::call::c_functions! { @ cfg_attr(feature = "c-abi-13", unsafe(no_mangle)); $($functions)* }
    };
    (@ $export:meta; $(
        $(#[$attribute:meta])*
        fn $name:ident($($argument:ident: $type:ty),* $(,)?) $body:block
    )*) => {$(
        $(#[$attribute])*
        #[$export]
        pub(crate) unsafe extern "C" fn $name($($argument: $type),*) -> $crate::outcome::Code {
            $crate::api::call::enter(stringify!($name), || $body)
        }
    )*};
}

pub(super) use c_functions;
