//! What the runtime said of a host address last time: asking costs some percent of a small copy. The answer may be out of date,
//! so it only ever decides between ways that are right whichever it is; and it is asked for anew now and then, so that memory
//! which has replaced other memory does not go the slower way for ever.

use std::cell::Cell;

use cuda_safe::{Device, MemoryKind};

use crate::error::Result;

/// As often an answer is used.
const USES: u8 = 32;

#[derive(Clone, Copy)]
struct Answer {
    address: usize,
    kind: MemoryKind,
    /// How often it may still be used.
    left: u8,
}

thread_local! {
    static LAST: Cell<Answer> =
        const { Cell::new(Answer { address: 0, kind: MemoryKind::Unregistered, left: 0 }) };
}

/// What memory it probably is.
///
/// # Errors
/// CUDA's own.
pub(super) fn kind(device: Device, host: *const u8) -> Result<MemoryKind> {
    match remembered(host) {
        Some(kind) => Ok(kind),
        None => ask(device, host),
    }
}

/// Asks now, unless it is known.
///
/// # Errors
/// CUDA's own.
pub(super) fn ask(device: Device, host: *const u8) -> Result<MemoryKind> {
    let kind = MemoryKind::of_host(device, host)?;
    LAST.set(Answer { address: host.addr(), kind, left: USES });
    Ok(kind)
}

#[inline]
fn remembered(host: *const u8) -> Option<MemoryKind> {
    let last = LAST.get();
    let left = last.left.checked_sub(1).filter(|_| last.address == host.addr())?;
    LAST.set(Answer { left, ..last });
    Some(last.kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cuda_safe::cuda_sys::cudart::{cudaError_t, cudaHostRegisterDefault};

    #[test]
    fn an_answer_is_used_so_often_and_then_asked_for_anew() {
        let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0).unwrap();
        let mut memory = vec![0u8; 4096];
        let host = memory.as_mut_ptr();
        assert_eq!(kind(device, host).unwrap(), MemoryKind::Unregistered);
        // Behind the back of this crate, as another library would.
        // SAFETY: the memory is allocated, and unregistered below.
        let registered =
            unsafe { device.runtime().cudaHostRegister(host.cast(), 4096, cudaHostRegisterDefault) };
        assert_eq!(registered.unwrap(), cudaError_t::cudaSuccess);
        for _ in 0..USES {
            assert_eq!(kind(device, host).unwrap(), MemoryKind::Unregistered);
        }
        assert_eq!(kind(device, host).unwrap(), MemoryKind::Host);
        // SAFETY: it was registered above.
        let unregistered = unsafe { device.runtime().cudaHostUnregister(host.cast()) };
        assert_eq!(unregistered.unwrap(), cudaError_t::cudaSuccess);
    }
}
