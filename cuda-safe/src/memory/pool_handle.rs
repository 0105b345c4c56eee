//! The handle of a pool that is never destroyed, and the calls that take it.

use std::ffi::c_void;

use cuda_sys::cudart::{cudaMemAccessFlags, cudaMemPool_t, cudaMemPoolAttr};

use crate::call::{call, read};
use crate::device::Device;
use crate::error::Result;

/// A pool of a device's memory, created here or the device's own. Neither is ever destroyed, so the handle is always good.
#[derive(Clone, Copy)]
pub(super) struct PoolHandle {
    device: Device,
    raw: cudaMemPool_t,
}

// SAFETY: a pool handle may be used from every thread, and the runtime locks what it needs.
unsafe impl Send for PoolHandle {}
// SAFETY: as above.
unsafe impl Sync for PoolHandle {}

impl PoolHandle {
    /// A new pool.
    pub(super) fn create(device: Device) -> Result<Self> {
        // SAFETY: the ordinal was counted by this runtime.
        let raw = unsafe {
            read!(device.runtime(), device.subject(), cudaMemPoolCreate via mem_pool_create(device.raw_ordinal()))
        }?;
        Ok(Self { device, raw })
    }

    /// The pool that the device has anyway.
    pub(super) fn default_of(device: Device) -> Result<Self> {
        let mut raw: cudaMemPool_t = std::ptr::null_mut();
        // SAFETY: the pointer is to a live handle.
        unsafe {
            call!(
                device.runtime(),
                device.subject(),
                cudaDeviceGetDefaultMemPool(&raw mut raw, device.raw_ordinal())
            )
        }?;
        Ok(Self { device, raw })
    }

    pub(super) fn device(&self) -> Device {
        self.device
    }

    pub(super) fn raw(&self) -> cudaMemPool_t {
        self.raw
    }

    /// Reads an attribute that is 64 bits wide.
    pub(super) fn get(&self, attribute: cudaMemPoolAttr) -> Result<u64> {
        let mut value = 0u64;
        let slot: *mut c_void = (&raw mut value).cast();
        // SAFETY: the pool is never destroyed; `value` is 64 bits wide, as are the attributes that are read here.
        unsafe {
            call!(
                self.device.runtime(),
                self.device.subject(),
                cudaMemPoolGetAttribute(self.raw, attribute, slot)
            )
        }?;
        Ok(value)
    }

    pub(super) fn set_release_threshold(&self, mut bytes: u64) -> Result<()> {
        let (attribute, value) = (cudaMemPoolAttr::cudaMemPoolAttrReleaseThreshold, (&raw mut bytes).cast());
        // SAFETY: the pool is never destroyed; this attribute is 64 bits wide, as `bytes` is.
        unsafe {
            call!(
                self.device.runtime(),
                self.device.subject(),
                cudaMemPoolSetAttribute(self.raw, attribute, value)
            )
        }
    }

    pub(super) fn trim_to(&self, keep: usize) -> Result<()> {
        // SAFETY: the pool is never destroyed.
        unsafe { call!(self.device.runtime(), self.device.subject(), cudaMemPoolTrimTo(self.raw, keep)) }
    }

    /// What a device of the same runtime may do with the pool's memory.
    pub(super) fn set_access(&self, peer: Device, flags: cudaMemAccessFlags) -> Result<()> {
        // SAFETY: the pool is never destroyed; the ordinal was counted by this runtime.
        unsafe {
            call!(
                self.device.runtime(),
                peer.subject(),
                cudaMemPoolSetAccess via mem_pool_set_access(self.raw, peer.raw_ordinal(), flags)
            )
        }
    }
}
