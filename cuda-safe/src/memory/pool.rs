//! Memory pools: allocation and free in stream order, without waiting for the device.
//!
//! [`MemoryPool`] is either the device's own or one that was created here. None is ever destroyed: one that was dropped is
//! the next new one, as `retired.rs` explains. It may go before its allocations, which stay as they are.
//! [`DeviceMemory::from_pool`] allocates.
//!
//! [`DeviceMemory::from_pool`]: crate::DeviceMemory::from_pool

use std::ffi::{c_int, c_void};
use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::{Mutex, PoisonError};

use cuda_sys::cudart::{cudaMemAccessFlags, cudaMemPool_t, cudaMemPoolAttr};

use super::retired::{self, Retired};
use crate::call::{call, read};
use crate::device::Device;
use crate::error::Result;
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
    device: Device,
    raw: cudaMemPool_t,
    owned: bool,
    /// Ordinals of the other devices that were let in.
    peers: Mutex<Vec<c_int>>,
}

// SAFETY: a pool handle may be used from every thread, and the runtime locks what it needs.
unsafe impl Send for MemoryPool {}
// SAFETY: as above; of the fields, only what a lock guards is changed.
unsafe impl Sync for MemoryPool {}

impl MemoryPool {
    /// A new pool of the device's memory, or one that was dropped and is empty again: it holds nothing, keeps nothing, and
    /// no other device can use it.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaMemPoolCreate")]
    pub fn new(device: Device) -> Result<Self> {
        if let Some(raw) = retired::take(device) {
            return Ok(Self::of(device, raw, true));
        }
        // SAFETY: the ordinal was counted by this runtime.
        let raw = unsafe {
            read!(device.runtime(), device.subject(), cudaMemPoolCreate via mem_pool_create(device.raw_ordinal()))
        }?;
        Ok(Self::of(device, raw, true))
    }

    /// The pool that the device has anyway, which others in the process may use too.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaDeviceGetDefaultMemPool")]
    pub fn default_of(device: Device) -> Result<Self> {
        let mut raw: cudaMemPool_t = std::ptr::null_mut();
        // SAFETY: the pointer is to a live handle.
        unsafe {
            call!(
                device.runtime(),
                device.subject(),
                cudaDeviceGetDefaultMemPool(&raw mut raw, device.raw_ordinal())
            )
        }?;
        Ok(Self::of(device, raw, false))
    }

    fn of(device: Device, raw: cudaMemPool_t, owned: bool) -> Self {
        Self { device, raw, owned, peers: Mutex::default() }
    }

    /// The device.
    pub fn device(&self) -> Device {
        self.device
    }

    /// The handle; it lives as long as the pool.
    pub fn as_raw(&self) -> cudaMemPool_t {
        self.raw
    }

    /// Bytes that the pool holds from the device, in use or kept.
    ///
    /// # Errors
    /// CUDA's own.
    pub fn reserved_bytes(&self) -> Result<u64> {
        self.get(cudaMemPoolAttr::cudaMemPoolAttrReservedMemCurrent)
    }

    /// Bytes in use by allocations.
    ///
    /// # Errors
    /// CUDA's own.
    pub fn used_bytes(&self) -> Result<u64> {
        self.get(cudaMemPoolAttr::cudaMemPoolAttrUsedMemCurrent)
    }

    /// Bytes that the pool keeps when a stream, event or device is synchronised.
    ///
    /// # Errors
    /// CUDA's own.
    pub fn release_threshold(&self) -> Result<u64> {
        self.get(cudaMemPoolAttr::cudaMemPoolAttrReleaseThreshold)
    }

    /// Sets how many bytes the pool keeps when a stream, event or device is synchronised; 0 at first.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaMemPoolSetAttribute")]
    pub fn set_release_threshold(&self, bytes: u64) -> Result<()> {
        set_release_threshold(self.device, self.raw, bytes)
    }

    /// Gives memory that is not in use back to the device, except for `keep` bytes.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaMemPoolTrimTo")]
    pub fn trim_to(&self, keep: usize) -> Result<()> {
        trim_to(self.device, self.raw, keep)
    }

    /// Lets `peer` read and write all memory of the pool, also what is allocated later. Needs
    /// [`Device::can_access_peer`].
    ///
    /// # Errors
    /// A device of another runtime, and CUDA's own.
    #[doc(alias = "cudaMemPoolSetAccess")]
    pub fn allow_access(&self, peer: Device) -> Result<()> {
        self.device.same_runtime(&peer, "share a pool")?;
        let flags = cudaMemAccessFlags::cudaMemAccessFlagsProtReadWrite;
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the pool is owned or the device's own; the ordinal was counted by this runtime.
        unsafe {
            call!(
                self.device.runtime(),
                peer.subject(),
                cudaMemPoolSetAccess via mem_pool_set_access(self.raw, peer.raw_ordinal(), flags)
            )
        }?;
        if peer != self.device && !peers.contains(&peer.raw_ordinal()) {
            peers.push(peer.raw_ordinal());
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

    fn get(&self, attribute: cudaMemPoolAttr) -> Result<u64> {
        get(self.device, self.raw, attribute)
    }

    fn retire(&mut self) -> Result<()> {
        if !self.owned {
            return Ok(());
        }
        let peers = std::mem::take(self.peers.get_mut().unwrap_or_else(PoisonError::into_inner));
        retired::keep(Retired { device: self.device, raw: self.raw, peers })
    }
}

/// Reads an attribute that is 64 bits wide.
pub(super) fn get(device: Device, raw: cudaMemPool_t, attribute: cudaMemPoolAttr) -> Result<u64> {
    let mut value = 0u64;
    let slot: *mut c_void = (&raw mut value).cast();
    // SAFETY: pools that were created here and those of devices are never destroyed; `value` is 64 bits wide, as are the
    // attributes that are read here.
    unsafe { call!(device.runtime(), device.subject(), cudaMemPoolGetAttribute(raw, attribute, slot)) }?;
    Ok(value)
}

pub(super) fn set_release_threshold(device: Device, raw: cudaMemPool_t, mut bytes: u64) -> Result<()> {
    let (attribute, value) = (cudaMemPoolAttr::cudaMemPoolAttrReleaseThreshold, (&raw mut bytes).cast());
    // SAFETY: as in `get`; this attribute is 64 bits wide, as `bytes` is.
    unsafe { call!(device.runtime(), device.subject(), cudaMemPoolSetAttribute(raw, attribute, value)) }
}

pub(super) fn trim_to(device: Device, raw: cudaMemPool_t, keep: usize) -> Result<()> {
    // SAFETY: as in `get`.
    unsafe { call!(device.runtime(), device.subject(), cudaMemPoolTrimTo(raw, keep)) }
}

impl Drop for MemoryPool {
    fn drop(&mut self) {
        if release::may_release(self.device.runtime()) {
            // Drop has nobody to tell; `close` does.
            let _ = self.retire();
        }
    }
}

impl fmt::Debug for MemoryPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = if self.owned { "own" } else { "default" };
        write!(f, "MemoryPool({whose}, {})", self.device)
    }
}
