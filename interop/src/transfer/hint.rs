//! What the runtime said of a host address last time: asking costs some percent of a small copy. The answer may be out of date,
//! so it only ever decides between ways that are right whichever it is.

use std::cell::Cell;

use cuda_safe::{Device, MemoryKind, PointerAttributes};

use crate::error::Result;

thread_local! {
    /// The address, and what was said of it.
    static LAST: Cell<(usize, MemoryKind)> = const { Cell::new((0, MemoryKind::Unregistered)) };
}

/// What memory it probably is.
///
/// # Errors
/// CUDA's own.
pub(super) fn kind(device: Device, host: *const u8) -> Result<MemoryKind> {
    let (address, kind) = LAST.get();
    if address == host.addr() { Ok(kind) } else { ask(device, host) }
}

/// Asks now.
///
/// # Errors
/// CUDA's own.
pub(super) fn ask(device: Device, host: *const u8) -> Result<MemoryKind> {
    let kind = PointerAttributes::of(device.runtime(), host)?.kind;
    LAST.set((host.addr(), kind));
    Ok(kind)
}
