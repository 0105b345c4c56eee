//! Pools whose owners are gone, for the next that wants one.
//!
//! `cudaMemPoolDestroy` is never called. Where other threads wait for streams or events meanwhile, destroying a pool that
//! was allocated from can stop the whole process: of two threads that return the pool's memory to the device, each holds a
//! lock of the driver and waits for the other's. `tests/gpu/pool_destroy.c` shows it in plain C, within a second, with four
//! threads as with 64 (driver 580.159, CUDA 12.9 and 13.0); pools that are used again did not stop in any run.
//!
//! So a pool that its owner drops keeps nothing for later, and becomes the next new one of its device once its last
//! allocation is freed. A process has about as many pools as it ever used at the same time.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cuda_sys::cudart::{cudaMemAccessFlags, cudaMemPoolAttr};

use crate::device::Device;
use crate::error::Result;
use crate::memory::pool_handle::PoolHandle;
use crate::release;

/// A pool without an owner.
pub(super) struct Retired {
    pub(super) handle: PoolHandle,
    /// The other devices that were let in.
    pub(super) peers: Vec<Device>,
}

static RETIRED: Mutex<VecDeque<Retired>> = Mutex::new(VecDeque::new());

/// Keeps a pool for the next that wants one.
///
/// # Errors
/// CUDA's own; then the pool is lost.
pub(super) fn keep(retired: Retired) -> Result<()> {
    retired.handle.set_release_threshold(0)?;
    retired.handle.trim_to(0)?;
    locked().push_back(retired);
    Ok(())
}

/// A pool of that device which is as good as new, if there is one.
pub(super) fn take(device: Device) -> Option<PoolHandle> {
    // In a forked child the lock is as the parent left it.
    if release::barrier().is_some() {
        return None;
    }
    let count = locked().iter().filter(|retired| retired.handle.device() == device).count();
    for _ in 0..count {
        // One at a time, and no lock is held over the calls: others see all pools but this one meanwhile.
        let retired = pick(device)?;
        if is_empty(retired.handle) {
            // One that cannot be made as new is lost.
            return close_to_peers(&retired).is_ok().then_some(retired.handle);
        }
        locked().push_back(retired);
    }
    None
}

/// Takes out the pool of that device that has been there longest, or was looked at longest ago.
fn pick(device: Device) -> Option<Retired> {
    let mut retired = locked();
    let at = retired.iter().position(|retired| retired.handle.device() == device)?;
    retired.remove(at)
}

/// Whether all its memory is freed and given back.
fn is_empty(pool: PoolHandle) -> bool {
    pool.trim_to(0).is_ok()
        && pool.get(cudaMemPoolAttr::cudaMemPoolAttrReservedMemCurrent).is_ok_and(|bytes| bytes == 0)
}

/// Takes back what [`MemoryPool::allow_access`](crate::MemoryPool::allow_access) allowed.
fn close_to_peers(Retired { handle, peers }: &Retired) -> Result<()> {
    peers.iter().try_for_each(|peer| handle.set_access(*peer, cudaMemAccessFlags::cudaMemAccessFlagsProtNone))
}

fn locked() -> MutexGuard<'static, VecDeque<Retired>> {
    RETIRED.lock().unwrap_or_else(PoisonError::into_inner)
}
