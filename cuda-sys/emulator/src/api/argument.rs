//! Arguments as C passes them: out pointers, device numbers, flags.

use std::ffi::{c_int, c_uint};

use crate::outcome::{Code, Outcome};

/// Writes to an out pointer; null is refused.
///
/// # Safety
///
/// `to` is null or valid for writing one value.
pub(super) unsafe fn give<T>(to: *mut T, value: T) -> Outcome {
    given(to)?;
    // SAFETY: not null, so valid by the caller's contract.
    unsafe { to.write(value) };
    Ok(())
}

/// Refuses a null out pointer, before anything is done.
pub(super) fn given<T>(to: *const T) -> Outcome {
    if to.is_null() { Err(Code::cudaErrorInvalidValue) } else { Ok(()) }
}

/// Reads an array argument.
///
/// # Safety
///
/// `from` is null or valid for reading `count` values for `'a`.
pub(super) unsafe fn array<'a, T>(from: *const T, count: usize) -> Outcome<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    given(from)?;
    // SAFETY: not null, so valid by the caller's contract.
    Ok(unsafe { std::slice::from_raw_parts(from, count) })
}

/// Refuses bits other than the allowed ones.
pub(super) fn flags(given: c_uint, allowed: u32) -> Outcome {
    if given & !allowed == 0 { Ok(()) } else { Err(Code::cudaErrorInvalidValue) }
}

/// A device's index as C's `int`; there are at most 64.
pub(super) fn ordinal(device: usize) -> c_int {
    c_int::try_from(device).unwrap_or(c_int::MAX)
}
