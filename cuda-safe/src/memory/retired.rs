//! Pools whose owners are gone, for the next that wants one.
//!
//! `cudaMemPoolDestroy` is never called. Where other threads wait for streams or events meanwhile, destroying a pool that
//! was allocated from can stop the whole process: of two threads that return the pool's memory to the device, each holds a
//! lock of the driver and waits for the other's. `tests/gpu/pool_destroy.c` shows it in plain C, within a second, with four
//! threads as with 64 (driver 580.159, CUDA 12.9 and 13.0); pools that are used again did not stop in any run.
//!
//! So a pool that its owner drops keeps nothing for later, and becomes the next new one of its device once its last
//! allocation is freed. A process has about as many pools as it ever used at the same time.

use std::ffi::c_int;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cuda_sys::cudart::{cudaMemAccessFlags, cudaMemPool_t, cudaMemPoolAttr};

use super::pool;
use crate::call::call;
use crate::device::Device;
use crate::error::Result;
use crate::release;

/// A pool without an owner.
pub(super) struct Retired {
    pub(super) device: Device,
    pub(super) raw: cudaMemPool_t,
    /// Ordinals of the other devices that were let in.
    pub(super) peers: Vec<c_int>,
}

// SAFETY: a pool handle may be used from every thread, and the runtime locks what it needs.
unsafe impl Send for Retired {}

static RETIRED: Mutex<Vec<Retired>> = Mutex::new(Vec::new());

/// Keeps a pool for the next that wants one.
///
/// # Errors
/// CUDA's own; then the pool is lost.
pub(super) fn keep(retired: Retired) -> Result<()> {
    let Retired { device, raw, .. } = retired;
    pool::set_release_threshold(device, raw, 0)?;
    pool::trim_to(device, raw, 0)?;
    locked().push(retired);
    Ok(())
}

/// A pool of that device which is as good as new, if there is one.
pub(super) fn take(device: Device) -> Option<cudaMemPool_t> {
    // In a forked child the lock is as the parent left it.
    if release::barrier().is_some() {
        return None;
    }
    // No lock is held over the calls: a pool that is being looked at is seen by nobody else.
    let candidates: Vec<_> = locked().extract_if(.., |retired| retired.device == device).collect();
    let mut found = None;
    for retired in candidates {
        if found.is_none() && is_empty(&retired) {
            // One that cannot be made as new is lost.
            found = close_to_peers(&retired).is_ok().then_some(retired.raw);
        } else {
            locked().push(retired);
        }
    }
    found
}

/// Whether all its memory is freed and given back.
fn is_empty(retired: &Retired) -> bool {
    let Retired { device, raw, .. } = *retired;
    pool::trim_to(device, raw, 0).is_ok()
        && pool::get(device, raw, cudaMemPoolAttr::cudaMemPoolAttrReservedMemCurrent)
            .is_ok_and(|bytes| bytes == 0)
}

/// Takes back what [`MemoryPool::allow_access`](crate::MemoryPool::allow_access) allowed.
fn close_to_peers(retired: &Retired) -> Result<()> {
    let flags = cudaMemAccessFlags::cudaMemAccessFlagsProtNone;
    for peer in &retired.peers {
        // SAFETY: the pool was created here and nobody else has it; the ordinal was counted by this runtime.
        unsafe {
            call!(
                retired.device.runtime(),
                retired.device.subject(),
                cudaMemPoolSetAccess via mem_pool_set_access(retired.raw, *peer, flags)
            )
        }?;
    }
    Ok(())
}

fn locked() -> MutexGuard<'static, Vec<Retired>> {
    RETIRED.lock().unwrap_or_else(PoisonError::into_inner)
}
