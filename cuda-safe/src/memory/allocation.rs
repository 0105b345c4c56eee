//! Allocating and freeing device memory, as bytes.
//!
//! Small enough to be inlined wherever memory is made or dropped, for behind a call of CUDA each further cache line of code
//! costs nanoseconds; what is rare is out of the way. An address is null if there are no bytes, and freeing null is no call
//! at all.

use std::ffi::c_void;

use crate::call::{call, unreported};
use crate::device::{Device, current};
use crate::error::{Error, ErrorKind, Result};
use crate::keeper::Hold;
use crate::memory::home::Home;
use crate::memory::pool::MemoryPool;
use crate::release::AllIsWell;
use crate::stream::Stream;

/// Memory that lives in the order of no stream.
#[inline]
pub(crate) fn new(device: Device, bytes: usize) -> Result<*mut c_void> {
    if bytes == 0 { Ok(std::ptr::null_mut()) } else { current!(device, malloc(device, bytes)) }
}

#[inline(always)]
fn malloc(device: Device, bytes: usize) -> Result<*mut c_void> {
    let mut address = std::ptr::null_mut();
    // SAFETY: the pointer is to a live address.
    unsafe { call!(device.runtime(), device.subject().bytes(bytes), cudaMalloc(&raw mut address, bytes)) }?;
    checked(address, "cudaMalloc")
}

/// Memory of a pool, in the order of `stream`. If that is a default stream, its device is current.
#[inline(always)]
pub(crate) fn from_pool(pool: &MemoryPool, stream: &Stream, bytes: usize) -> Result<*mut c_void> {
    let mut address = std::ptr::null_mut();
    if bytes == 0 {
        return Ok(address);
    }
    // SAFETY: the pointer is to a live address; the pool and the stream are borrowed for the call.
    unsafe {
        call!(
            stream.device().runtime(),
            stream.device().subject().bytes(bytes),
            cudaMallocFromPoolAsync(&raw mut address, bytes, pool.as_raw(), stream.as_raw())
        )
    }?;
    checked(address, "cudaMallocFromPoolAsync")
}

/// As [`from_pool`], for a default stream, which is found through the current device.
#[cold]
#[inline(never)]
pub(crate) fn from_pool_on_default(pool: &MemoryPool, stream: &Stream, bytes: usize) -> Result<*mut c_void> {
    if stream.as_ref().is_per_thread() {
        return Err(ErrorKind::PerThreadPool.into());
    }
    let _current = stream.as_ref().activate()?;
    from_pool(pool, stream, bytes)
}

/// Refuses null, which means that there are no bytes. The host never follows a device address, so nothing here depends
/// on its alignment.
#[inline]
fn checked(address: *mut c_void, call: &'static str) -> Result<*mut c_void> {
    if address.is_null() { Err(nothing(call)) } else { Ok(address) }
}

#[cold]
fn nothing(call: &'static str) -> Error {
    ErrorKind::UnusableAddress { call, address: 0, alignment: 1 }.into()
}

/// Frees what [`new`] allocated.
///
/// # Safety
/// The address is null, or this is the end of its owner, and nobody uses the memory.
#[inline(always)]
pub(crate) unsafe fn free(device: Device, address: *mut c_void, bytes: usize) -> Result<()> {
    if address.is_null() {
        return Ok(());
    }
    // SAFETY: it was allocated with `cudaMalloc`, and its owner is going.
    unsafe { call!(device.runtime(), device.subject().bytes(bytes).address(address), cudaFree(address)) }
}

/// As [`free`], for a Drop. Answers whether there was something to free.
///
/// # Safety
/// As there.
#[inline(always)]
pub(crate) unsafe fn let_go(well: AllIsWell, device: Device, address: *mut c_void) -> bool {
    if address.is_null() {
        return false;
    }
    // SAFETY: it was allocated with `cudaMalloc`, and its owner is going.
    unsafe { unreported!(well, device.runtime(), cudaFree(address)) };
    true
}

/// Frees what [`from_pool`] allocated, in the order of its home, after everything that is known to use it; and ends the
/// home, whether that worked or not: nothing is left of it to be dropped.
///
/// # Safety
/// This is the end of the memory's owner. The home is the stream that it was allocated on, or one that waited for that, and
/// nobody uses the memory outside its order.
#[cold]
#[inline(never)]
pub(crate) unsafe fn free_async(home: &mut Home, address: *mut c_void, bytes: usize) -> Result<()> {
    let freed = match home.wait_for_guests() {
        Err(error) => Err(error),
        // An array without elements has nothing to free.
        Ok(()) if address.is_null() => Ok(()),
        // SAFETY: the order of this stream is that of all use of the memory, and its owner is going.
        Ok(()) if home.stream().as_ref().is_special() => unsafe {
            free_in_order_on(home.stream(), address, bytes)
        },
        // SAFETY: as above.
        Ok(()) => unsafe { free_in_order(home.stream(), address, bytes) },
    };
    std::mem::replace(home.hold_mut(), Hold::NONE).keep();
    freed
}

/// As [`free_async`], for a Drop. Answers whether there was nothing else to be done; if not, nothing was.
///
/// # Safety
/// As there, and the address is not null.
#[inline(always)]
pub(crate) unsafe fn let_go_async(well: AllIsWell, home: &mut Home, address: *mut c_void) -> bool {
    let (device, stream) = (home.stream().device(), home.stream().as_raw());
    // The count that the thread keeps now keeps the stream for the call. A default stream, whose device would have to be
    // current, has none.
    if home.has_guests() || !home.hold_mut().kept_at_once() {
        return false;
    }
    // SAFETY: it was allocated in the order of this stream, which is alive and which all use of the memory was in; its owner is
    // going.
    unsafe { unreported!(well, device.runtime(), cudaFreeAsync(address, stream)) };
    true
}

/// # Safety
/// As [`free_in_order`].
#[cold]
#[inline(never)]
unsafe fn free_in_order_on(stream: &Stream, address: *mut c_void, bytes: usize) -> Result<()> {
    let _current = stream.as_ref().activate()?;
    // SAFETY: as the caller vouches.
    unsafe { free_in_order(stream, address, bytes) }
}

/// # Safety
/// It is memory of a pool, all use of it is over in the stream's order, and so is its owner.
#[inline(always)]
unsafe fn free_in_order(stream: &Stream, address: *mut c_void, bytes: usize) -> Result<()> {
    // SAFETY: as the caller vouches.
    unsafe {
        call!(
            stream.device().runtime(),
            stream.device().subject().bytes(bytes).address(address),
            cudaFreeAsync(address, stream.as_raw())
        )
    }
}
