//! Memory pools: allocation and free in stream order, without waiting for the device.
//!
//! [`MemoryPool`] is either the device's own or one that was created here. None is ever destroyed: one that was dropped is
//! the next new one, as `retired.rs` explains. It may go before its allocations, which stay as they are.
//! [`DeviceMemory::from_pool`] allocates.
//!
//! [`DeviceMemory::from_pool`]: crate::DeviceMemory::from_pool

use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::{Mutex, PoisonError};

use cuda_sys::cudart::{cudaMemAccessFlags, cudaMemPool_t, cudaMemPoolAttr};

use crate::device::Device;
use crate::error::Result;
use crate::memory::pool_handle::PoolHandle;
use crate::memory::retired::{self, Retired};
use crate::release;

/// A pool of device memory.
///
/// ```
/// use cuda_safe::{Device, DeviceMemory, MemoryPool, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let pool = MemoryPool::new(device)?;
/// pool.set_release_threshold(64 << 20)?; // keep up to 64 MiB for the next allocations
/// let stream = Stream::new(device)?;
/// let memory = DeviceMemory::<f32>::from_pool(&pool, &stream, 1000)?;
/// drop(memory); // freed in the order of `stream`, without waiting
/// # Ok(())
/// # }
/// ```
pub struct MemoryPool {
    handle: PoolHandle,
    owned: bool,
    /// The other devices that were let in.
    peers: Mutex<Vec<Device>>,
}

impl MemoryPool {
    /// A new pool of the device's memory, or one that was dropped and is empty again: it holds nothing, keeps nothing, and
    /// no other device can use it.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaMemPoolCreate")]
    pub fn new(device: Device) -> Result<Self> {
        let handle = match retired::take(device) {
            Some(handle) => handle,
            None => PoolHandle::create(device)?,
        };
        Ok(Self { handle, owned: true, peers: Mutex::default() })
    }

    /// The pool that the device has anyway, which others in the process may use too.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaDeviceGetDefaultMemPool")]
    pub fn default_of(device: Device) -> Result<Self> {
        Ok(Self { handle: PoolHandle::default_of(device)?, owned: false, peers: Mutex::default() })
    }

    /// The device.
    pub fn device(&self) -> Device {
        self.handle.device()
    }

    /// The handle, for calls as long as this value lives. Afterwards it is that of the next new pool, so whoever sets by it
    /// what this type has no method for, such as the attributes of reuse, sets it back before.
    pub fn as_raw(&self) -> cudaMemPool_t {
        self.handle.raw()
    }

    /// Bytes that the pool holds from the device, in use or kept.
    ///
    /// # Errors
    /// CUDA's own.
    pub fn reserved_bytes(&self) -> Result<u64> {
        self.handle.get(cudaMemPoolAttr::cudaMemPoolAttrReservedMemCurrent)
    }

    /// Bytes in use by allocations.
    ///
    /// # Errors
    /// CUDA's own.
    pub fn used_bytes(&self) -> Result<u64> {
        self.handle.get(cudaMemPoolAttr::cudaMemPoolAttrUsedMemCurrent)
    }

    /// Bytes that the pool keeps when a stream, event or device is synchronised.
    ///
    /// # Errors
    /// CUDA's own.
    pub fn release_threshold(&self) -> Result<u64> {
        self.handle.get(cudaMemPoolAttr::cudaMemPoolAttrReleaseThreshold)
    }

    /// Sets how many bytes the pool keeps when a stream, event or device is synchronised; 0 at first.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaMemPoolSetAttribute")]
    pub fn set_release_threshold(&self, bytes: u64) -> Result<()> {
        self.handle.set_release_threshold(bytes)
    }

    /// Gives memory that is not in use back to the device, except for `keep` bytes.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaMemPoolTrimTo")]
    pub fn trim_to(&self, keep: usize) -> Result<()> {
        self.handle.trim_to(keep)
    }

    /// Lets `peer` read and write all memory of the pool, also what is allocated later. Needs
    /// [`Device::can_access_peer`].
    ///
    /// # Errors
    /// A device of another runtime, and CUDA's own.
    #[doc(alias = "cudaMemPoolSetAccess")]
    pub fn allow_access(&self, peer: Device) -> Result<()> {
        self.device().same_runtime(&peer, "share a pool")?;
        self.handle.set_access(peer, cudaMemAccessFlags::cudaMemAccessFlagsProtReadWrite)?;
        // After the call, which refuses a forked child: there the lock is as the parent left it.
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        if peer != self.device() && !peers.contains(&peer) {
            peers.push(peer);
        }
        Ok(())
    }

    /// Gives what a pool that was created here does not need any more back to the device, as Drop does, and reports what
    /// that could not. Its allocations live on; memory that is freed later goes back when a stream, event or device is
    /// synchronised.
    ///
    /// # Errors
    /// CUDA's own.
    pub fn close(self) -> Result<()> {
        ManuallyDrop::new(self).retire()
    }

    fn retire(&mut self) -> Result<()> {
        let peers = std::mem::take(self.peers.get_mut().unwrap_or_else(PoisonError::into_inner));
        if self.owned { retired::keep(Retired { handle: self.handle, peers }) } else { Ok(()) }
    }
}

impl Drop for MemoryPool {
    fn drop(&mut self) {
        if release::may_release(self.device().runtime()) {
            // Drop has nobody to tell; `close` does.
            let _ = self.retire();
        }
    }
}

impl fmt::Debug for MemoryPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = if self.owned { "own" } else { "default" };
        write!(f, "MemoryPool({whose}, {})", self.device())
    }
}
