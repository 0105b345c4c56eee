//! How every CUDA function is called: by macros, so that no call forgets a step.
//!
//! 1. refuse in a forked child or an exiting process (one relaxed load);
//! 2. call through the runtime's table;
//! 3. on anything but success build the error, out of line.
//!
//! A Drop that has asked already ([`AllIsWell`](crate::release::AllIsWell)) and has nobody to tell makes only the second step
//! and notes a failure: `unreported!`.
//!
//! The macro holds no `unsafe` of its own: the block at the call site does, with the reason why that call is right.

use std::ffi::{CStr, c_char};

use cuda_sys::cudart::cudaError_t;
use cuda_sys::{MissingSymbol, Runtime};

use crate::cuda_error::{CudaError, Subject};
use crate::error::{Error, ErrorKind, Result};
use crate::release::{self, Barrier};

/// `call!(runtime, subject, cudaX(arguments))` gives `Result<()>`.
///
/// `call!(runtime, subject, cudaX(arguments) or cudaErrorY)` gives `Result<bool>`: true for success, false for the
/// named code, which is expected, not an error, and taken back from the thread's last error.
///
/// `call!(runtime, subject, cudaX via joined(arguments))` calls a function of [`cuda_sys::cudart::compat`].
macro_rules! call {
    ($runtime:expr, $subject:expr, $function:ident($($argument:expr),* $(,)?)) => {
        match $crate::call::gate(stringify!($function)) {
            Ok(()) => match $runtime.$function($($argument),*) {
                Ok(cuda_sys::cudart::cudaError_t::cudaSuccess) => Ok(()),
                Ok(code) => Err($crate::call::failed($runtime, stringify!($function), code, move || $subject)),
                Err(missing) => Err($crate::call::without_function(missing)),
            },
            Err(refused) => Err(refused),
        }
    };
    ($runtime:expr, $subject:expr, $function:ident($($argument:expr),* $(,)?) or $expected:ident) => {
        match $crate::call::gate(stringify!($function)) {
            Ok(()) => match $runtime.$function($($argument),*) {
                Ok(cuda_sys::cudart::cudaError_t::cudaSuccess) => Ok(true),
                Ok(cuda_sys::cudart::cudaError_t::$expected) => {
                    $crate::call::take_back($runtime, cuda_sys::cudart::cudaError_t::$expected);
                    Ok(false)
                }
                Ok(code) => Err($crate::call::failed($runtime, stringify!($function), code, move || $subject)),
                Err(missing) => Err($crate::call::without_function(missing)),
            },
            Err(refused) => Err(refused),
        }
    };
    ($runtime:expr, $subject:expr, $function:ident via $joined:ident($($argument:expr),* $(,)?)) => {
        match $crate::call::gate(stringify!($function)) {
            Ok(()) => match cuda_sys::cudart::compat::$joined($runtime, $($argument),*) {
                Ok(cuda_sys::cudart::cudaError_t::cudaSuccess) => Ok(()),
                Ok(code) => Err($crate::call::failed($runtime, stringify!($function), code, move || $subject)),
                Err(missing) => Err($crate::call::without_function(missing)),
            },
            Err(refused) => Err(refused),
        }
    };
}
pub(crate) use call;

/// `unreported!(well, runtime, cudaX(arguments))` is a call of Drop, which has nobody to tell of a failure.
macro_rules! unreported {
    ($well:expr, $runtime:expr, $function:ident($($argument:expr),* $(,)?)) => {{
        let _: $crate::release::AllIsWell = $well;
        match $runtime.$function($($argument),*) {
            Ok(cuda_sys::cudart::cudaError_t::cudaSuccess) | Err(_) => (),
            Ok(code) => $crate::call::noted($runtime, code),
        }
    }};
}
pub(crate) use unreported;

/// `read!(runtime, subject, cudaX via joined(arguments))` gives the `Result` of what a function of
/// [`cuda_sys::cudart::compat`] reads, where CUDA 12 and 13 differ; with `or cudaErrorY` at the end, `None` for that
/// code, which is expected as for `call!`.
macro_rules! read {
    ($runtime:expr, $subject:expr, $function:ident via $joined:ident($($argument:expr),* $(,)?) or $expected:ident) => {
        match $crate::call::gate(stringify!($function)) {
            Ok(()) => match cuda_sys::cudart::compat::$joined($runtime, $($argument),*) {
                Ok((cuda_sys::cudart::cudaError_t::cudaSuccess, value)) => Ok(Some(value)),
                Ok((cuda_sys::cudart::cudaError_t::$expected, _)) => {
                    $crate::call::take_back($runtime, cuda_sys::cudart::cudaError_t::$expected);
                    Ok(None)
                }
                Ok((code, _)) => Err($crate::call::failed($runtime, stringify!($function), code, move || $subject)),
                Err(missing) => Err($crate::call::without_function(missing)),
            },
            Err(refused) => Err(refused),
        }
    };
    ($runtime:expr, $subject:expr, $function:ident via $joined:ident($($argument:expr),* $(,)?)) => {
        match $crate::call::gate(stringify!($function)) {
            Ok(()) => match cuda_sys::cudart::compat::$joined($runtime, $($argument),*) {
                Ok((cuda_sys::cudart::cudaError_t::cudaSuccess, value)) => Ok(value),
                Ok((code, _)) => Err($crate::call::failed($runtime, stringify!($function), code, move || $subject)),
                Err(missing) => Err($crate::call::without_function(missing)),
            },
            Err(refused) => Err(refused),
        }
    };
}
pub(crate) use read;

/// Lets a call through, or says why it cannot be made.
#[inline]
pub(crate) fn gate(call: &'static str) -> Result<()> {
    match release::barrier() {
        None => Ok(()),
        Some(barrier) => Err(refused(barrier, call)),
    }
}

#[cold]
#[inline(never)]
fn refused(barrier: Barrier, call: &'static str) -> Error {
    match barrier {
        Barrier::Forked => ErrorKind::ForkedProcess { call }.into(),
        Barrier::Exiting => ErrorKind::Exiting { call }.into(),
    }
}

/// Takes a failure that the caller is told of in another way back from the thread's last error, and no other code that
/// somebody else left there.
pub(crate) fn take_back(runtime: &'static Runtime, code: cudaError_t) {
    // SAFETY: reads the thread's last error.
    if unsafe { runtime.cudaPeekAtLastError() } == Ok(code) {
        // SAFETY: resets the thread's last error, which is the failure just provoked. A missing symbol cannot be
        // helped and harms nobody.
        let _ = unsafe { runtime.cudaGetLastError() };
    }
}

/// The error of a call that did not succeed; all that it takes to build it is done here, out of the way of calls that do.
#[cold]
#[inline(never)]
pub(crate) fn failed(
    runtime: &'static Runtime,
    call: &'static str,
    code: cudaError_t,
    subject: impl FnOnce() -> Subject,
) -> Error {
    failure(runtime, call, code, subject())
}

/// The error of a call that the library does not have.
#[cold]
#[inline(never)]
pub(crate) fn without_function(missing: MissingSymbol) -> Error {
    missing.into()
}

/// Turns anything but success into an error, and remembers what the code says about the runtime's health. The error is
/// all that is left of it, unless it is sticky: see [`crate::error`].
#[cold]
#[inline(never)]
pub(crate) fn failure(
    runtime: &'static Runtime,
    call: &'static str,
    code: cudaError_t,
    subject: Subject,
) -> Error {
    noted(runtime, code);
    // SAFETY: the function takes any code and touches no state.
    let name = unsafe { runtime.cudaGetErrorName(code) };
    // SAFETY: as above.
    let description = unsafe { runtime.cudaGetErrorString(code) };
    let (name, description) = (text(name), text(description));
    ErrorKind::Cuda(CudaError { call, code, name, description, subject }).into()
}

/// What every failure does, whoever is told of it.
#[cold]
#[inline(never)]
pub(crate) fn noted(runtime: &'static Runtime, code: cudaError_t) {
    release::observe(runtime, code);
    if !release::is_sticky(code) && release::barrier().is_none() {
        take_back(runtime, code);
    }
}

/// The runtime's text for a code, or what is known without it.
fn text(answer: Result<*const c_char, MissingSymbol>) -> String {
    match answer {
        // SAFETY: a non-null answer is a NUL-terminated string that lives as long as the library, which is never
        // closed.
        Ok(text) if !text.is_null() => unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned(),
        _ => "no text from the runtime".to_owned(),
    }
}
