//! Stream-ordered memory and its pools.

use std::ffi::{c_int, c_void};

use cuda_sys::cudart::{
    cudaMemAllocationHandleType, cudaMemAllocationType, cudaMemPool_t, cudaMemPoolAttr, cudaStream_t,
};

use super::argument::{give, given};
use super::call::c_functions;
use super::device::index;
use super::location::Place;
use crate::emulator::{self, Emulator, pointer};
use crate::lock::{read, write};
use crate::outcome::{Code, Outcome};
use crate::pool::{Pool, READ_WRITE};
use crate::stream::Work;

c_functions! { both:
    fn cudaMallocAsync(devPtr: *mut *mut c_void, size: usize, hStream: cudaStream_t) {
        // SAFETY: passed on as it came.
        unsafe { allocate(devPtr, size, None, hStream) }
    }

    fn cudaMallocFromPoolAsync(ptr: *mut *mut c_void, size: usize, memPool: cudaMemPool_t, stream: cudaStream_t) {
        // SAFETY: passed on as it came.
        unsafe { allocate(ptr, size, Some(memPool), stream) }
    }

    fn cudaFreeAsync(devPtr: *mut c_void, hStream: cudaStream_t) {
        let emulator = emulator::get()?;
        let (stream, device) = emulator.stream(hStream)?;
        let start = devPtr.addr();
        // The lock is held while the free is issued: no other thread is given its address before.
        let mut memory = write(&emulator.memory);
        let id = memory.free_ordered(start, stream.id)?;
        let work = Work::device(move || {
            write(&emulator.memory).end(start, id);
            Ok(())
        });
        device.submit(&stream, None, work).map(drop)
    }

    fn cudaDeviceGetDefaultMemPool(memPool: *mut cudaMemPool_t, device: c_int) {
        let device = index(device)?;
        let handle = read(&emulator::get()?.memory).devices[device].default_pool;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(memPool, pointer(handle)) }
    }

    fn cudaDeviceGetMemPool(memPool: *mut cudaMemPool_t, device: c_int) {
        let device = index(device)?;
        let handle = read(&emulator::get()?.memory).devices[device].pool;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(memPool, pointer(handle)) }
    }

    fn cudaDeviceSetMemPool(device: c_int, memPool: cudaMemPool_t) {
        choose(index(device)?, memPool)
    }

    fn cudaMemPoolDestroy(memPool: cudaMemPool_t) {
        write(&emulator::get()?.memory).destroy_pool(memPool.addr())
    }

    fn cudaMemPoolTrimTo(memPool: cudaMemPool_t, minBytesToKeep: usize) {
        let mut memory = write(&emulator::get()?.memory);
        let pool = memory.pool_mut(memPool.addr())?;
        let (device, given_back) = (pool.device, pool.trim(minBytesToKeep as u64));
        memory.devices[device].used -= given_back;
        Ok(())
    }

    fn cudaMemPoolGetAttribute(memPool: cudaMemPool_t, attr: cudaMemPoolAttr, value: *mut c_void) {
        given(value)?;
        let mut memory = write(&emulator::get()?.memory);
        match attribute(memory.pool_mut(memPool.addr())?, attr)? {
            // SAFETY: the attribute is an `int`, for which the caller has room.
            Attribute::Int(found) => unsafe { give(value.cast::<c_int>(), *found) },
            // SAFETY: the attribute is a `cuuint64_t`, for which the caller has room.
            Attribute::Long(found) | Attribute::Mark(found, _) => unsafe { give(value.cast::<u64>(), *found) },
            // SAFETY: the attribute is a `cuuint64_t`, for which the caller has room.
            Attribute::Fixed(found) => unsafe { give(value.cast::<u64>(), found) },
            // SAFETY: the attribute is an `int`, for which the caller has room.
            Attribute::FixedInt(found) => unsafe { give(value.cast::<c_int>(), found) },
        }
    }

    fn cudaMemPoolSetAttribute(memPool: cudaMemPool_t, attr: cudaMemPoolAttr, value: *mut c_void) {
        given(value)?;
        let mut memory = write(&emulator::get()?.memory);
        match attribute(memory.pool_mut(memPool.addr())?, attr)? {
            // SAFETY: the attribute is an `int`, which the caller passes.
            Attribute::Int(kept) => *kept = unsafe { value.cast::<c_int>().read() },
            // SAFETY: the attribute is a `cuuint64_t`, which the caller passes.
            Attribute::Long(kept) => *kept = unsafe { value.cast::<u64>().read() },
            Attribute::Mark(kept, current) => {
                // SAFETY: the attribute is a `cuuint64_t`, which the caller passes.
                let asked = unsafe { value.cast::<u64>().read() };
                if asked != 0 {
                    return Err(Code::cudaErrorInvalidValue);
                }
                *kept = current;
            }
            Attribute::Fixed(_) | Attribute::FixedInt(_) => return Err(Code::cudaErrorInvalidValue),
        }
        Ok(())
    }
}

/// One attribute of a pool.
enum Attribute<'a> {
    Int(&'a mut c_int),
    Long(&'a mut u64),
    /// A high-water mark, which can be set back to the current value by writing 0.
    Mark(&'a mut u64, u64),
    Fixed(u64),
    FixedInt(c_int),
}

fn attribute(pool: &mut Pool, attribute: cudaMemPoolAttr) -> Outcome<Attribute<'_>> {
    Ok(match attribute {
        cudaMemPoolAttr::cudaMemPoolReuseFollowEventDependencies => Attribute::Int(&mut pool.reuse[0]),
        cudaMemPoolAttr::cudaMemPoolReuseAllowOpportunistic => Attribute::Int(&mut pool.reuse[1]),
        cudaMemPoolAttr::cudaMemPoolReuseAllowInternalDependencies => Attribute::Int(&mut pool.reuse[2]),
        cudaMemPoolAttr::cudaMemPoolAttrReleaseThreshold => Attribute::Long(&mut pool.release_threshold),
        cudaMemPoolAttr::cudaMemPoolAttrReservedMemCurrent => Attribute::Fixed(pool.reserved),
        cudaMemPoolAttr::cudaMemPoolAttrReservedMemHigh => {
            Attribute::Mark(&mut pool.reserved_high, pool.reserved)
        }
        cudaMemPoolAttr::cudaMemPoolAttrUsedMemCurrent => Attribute::Fixed(pool.used),
        cudaMemPoolAttr::cudaMemPoolAttrUsedMemHigh => Attribute::Mark(&mut pool.used_high, pool.used),
        cudaMemPoolAttr::cudaMemPoolAttrLocationId => Attribute::FixedInt(pool.device as c_int),
        cudaMemPoolAttr::cudaMemPoolAttrMaxPoolSize => Attribute::Fixed(pool.max_size),
        _ => return Err(Code::cudaErrorInvalidValue),
    })
}

/// Allocates from a pool, or from the current one of the stream's device.
///
/// # Safety
///
/// `to` is null or valid for writing.
unsafe fn allocate(
    to: *mut *mut c_void,
    size: usize,
    pool: Option<cudaMemPool_t>,
    stream: cudaStream_t,
) -> Outcome {
    given(to)?;
    let emulator = emulator::get()?;
    let (stream, device) = emulator.stream(stream)?;
    let pool = {
        let memory = read(&emulator.memory);
        let handle = pool.map_or(memory.devices[stream.device].pool, |pool| pool.addr());
        let id = memory.pool_id(handle)?;
        let owner = memory.pools.get(&id).ok_or(Code::cudaErrorInvalidValue)?;
        if owner.device != stream.device {
            return Err(Code::cudaErrorInvalidValue);
        }
        id
    };
    if size == 0 {
        // SAFETY: the caller's promise.
        return unsafe { give(to, pointer(0)) };
    }
    let attempt = || {
        let mut memory = write(&emulator.memory);
        let (start, id) = memory.allocate_ordered(pool, size, stream.id)?;
        let work = Work::device(move || {
            write(&emulator.memory).begin(start, id);
            Ok(())
        });
        // The lock is held while the allocation is issued: its address cannot be freed before.
        device.submit(&stream, None, work)?;
        Ok(start)
    };
    let start = attempt().or_else(|refused| {
        if refused != Code::cudaErrorMemoryAllocation {
            return Err(refused);
        }
        // Frees that were issued but not reached may be all that is missing.
        device.synchronise()?;
        attempt()
    })?;
    // SAFETY: the caller's promise.
    unsafe { give(to, pointer(start)) }
}

/// Makes a pool the current one of its device.
pub(super) fn choose(device: usize, pool: cudaMemPool_t) -> Outcome {
    let mut memory = write(&emulator::get()?.memory);
    if memory.pool_mut(pool.addr())?.device != device {
        return Err(Code::cudaErrorInvalidDevice);
    }
    memory.devices[device].pool = pool.addr();
    Ok(())
}

/// What both majors say of a pool to be made.
pub(super) struct Wish {
    pub(super) kind: cudaMemAllocationType,
    pub(super) handles: cudaMemAllocationHandleType,
    pub(super) place: Place,
    pub(super) max_size: usize,
}

/// Makes a pool of device memory; others are not emulated.
///
/// # Safety
///
/// `to` is null or valid for writing.
pub(super) unsafe fn create(to: *mut cudaMemPool_t, wish: &Wish) -> Outcome {
    given(to)?;
    if wish.kind != cudaMemAllocationType::cudaMemAllocationTypePinned {
        return Err(Code::cudaErrorInvalidValue);
    }
    if wish.handles != cudaMemAllocationHandleType::cudaMemHandleTypeNone {
        return Err(Code::cudaErrorNotSupported);
    }
    let Place::Device(device) = wish.place else { return Err(Code::cudaErrorNotSupported) };
    let device = index(device)?;
    let handle = write(&emulator::get()?.memory).add_pool(Pool::new(device, false, wish.max_size as u64));
    // SAFETY: the caller's promise.
    unsafe { give(to, pointer(handle)) }
}

/// Lets devices use the pool's memory, or forbids it; the owner's own access cannot be taken away.
pub(super) fn set_access(pool: cudaMemPool_t, wishes: &[(Place, u32)]) -> Outcome {
    let emulator = emulator::get()?;
    let mut memory = write(&emulator.memory);
    let pool = memory.pool_mut(pool.addr())?;
    let wishes = wishes.iter().map(|&(place, flags)| {
        let device = device_of(emulator, place)?;
        let known = [0, 1, READ_WRITE].contains(&flags) && (device != pool.device || flags == READ_WRITE);
        if known { Ok((device, flags)) } else { Err(Code::cudaErrorInvalidValue) }
    });
    for (device, flags) in wishes.collect::<Outcome<Vec<_>>>()? {
        pool.set_access(device, flags);
    }
    Ok(())
}

/// What a device may do with the pool's memory.
pub(super) fn access(pool: cudaMemPool_t, place: Place) -> Outcome<u32> {
    let emulator = emulator::get()?;
    let device = device_of(emulator, place)?;
    Ok(write(&emulator.memory).pool_mut(pool.addr())?.access(device))
}

fn device_of(emulator: &Emulator, place: Place) -> Outcome<usize> {
    match place {
        Place::Device(device) => emulator.device(device).map(|(index, _)| index),
        _ => Err(Code::cudaErrorInvalidValue),
    }
}
