//! Allocating and freeing device memory, as bytes.
//!
//! Compiled once for all element types, and answered in registers: what is left to each element type is small enough
//! to be inlined. An address is null if there are no bytes, and freeing null is no call at all.

use std::ffi::c_void;

use crate::call::call;
use crate::device::Device;
use crate::error::{ErrorKind, Result};
use crate::memory::home::Home;
use crate::memory::pool::MemoryPool;
use crate::stream::Stream;

/// Memory that lives in the order of no stream.
pub(crate) fn new(device: Device, bytes: usize) -> Result<*mut c_void> {
    let mut address = std::ptr::null_mut();
    if bytes > 0 {
        let _current = device.activate()?;
        // SAFETY: the pointer is to a live address.
        unsafe {
            call!(device.runtime(), device.subject().bytes(bytes), cudaMalloc(&raw mut address, bytes))
        }?;
        check(address, "cudaMalloc")?;
    }
    Ok(address)
}

/// Memory of a pool, in the order of `stream`.
pub(crate) fn from_pool(pool: &MemoryPool, stream: &Stream, bytes: usize) -> Result<*mut c_void> {
    let device = pool.device();
    device.same_device(&stream.device(), "allocate from a pool")?;
    if stream.as_ref().is_per_thread() {
        return Err(ErrorKind::PerThreadPool.into());
    }
    let mut address = std::ptr::null_mut();
    if bytes > 0 {
        let _current = stream.as_ref().activate()?;
        // SAFETY: the pointer is to a live address; the pool and the stream are borrowed for the call.
        unsafe {
            call!(
                device.runtime(),
                device.subject().bytes(bytes),
                cudaMallocFromPoolAsync(&raw mut address, bytes, pool.as_raw(), stream.as_raw())
            )
        }?;
        check(address, "cudaMallocFromPoolAsync")?;
    }
    Ok(address)
}

/// Refuses null, which means that there are no bytes. The host never follows a device address, so nothing here depends
/// on its alignment.
#[inline]
fn check(address: *mut c_void, call: &'static str) -> Result<()> {
    if address.is_null() {
        return Err(ErrorKind::UnusableAddress { call, address: 0, alignment: 1 }.into());
    }
    Ok(())
}

/// Frees what was allocated here: memory of a pool has a home, other memory has none.
///
/// # Safety
/// The address is null, or this is the end of its owner, and nobody uses the memory outside the order of its home.
pub(crate) unsafe fn free(
    device: Device,
    address: *mut c_void,
    bytes: usize,
    home: Option<&mut Home>,
) -> Result<()> {
    if address.is_null() {
        return Ok(());
    }
    let runtime = device.runtime();
    let Some(home) = home else {
        // SAFETY: it was allocated with `cudaMalloc`, and its owner is going.
        return unsafe { call!(runtime, device.subject().bytes(bytes).address(address), cudaFree(address)) };
    };
    home.wait_for_guests()?;
    let stream = home.stream().as_ref();
    let _current = stream.activate()?;
    // SAFETY: it was allocated from a pool in the order of this stream, every other user's work is waited for, and its
    // owner is going.
    unsafe {
        call!(
            runtime,
            device.subject().bytes(bytes).address(address),
            cudaFreeAsync(address, stream.as_raw())
        )
    }
}
