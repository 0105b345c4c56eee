//! Allocating and freeing: device memory, pinned and registered host memory, managed memory.

use std::ffi::{c_uint, c_void};

use cuda_sys::cudart::{
    cudaExtent, cudaHostAllocMapped, cudaHostAllocPortable, cudaHostAllocWriteCombined,
    cudaHostRegisterIoMemory, cudaHostRegisterMapped, cudaHostRegisterPortable, cudaHostRegisterReadOnly,
    cudaMemAttachGlobal, cudaMemAttachHost, cudaPitchedPtr,
};

use super::argument::{flags, give, given};
use super::call::c_functions;
use crate::allocation::Kind;
use crate::arena::GRANULARITY;
use crate::emulator::{self, Emulator, pointer};
use crate::lock::{read, write};
use crate::outcome::{Code, Outcome};
use crate::shape::{MAX_PITCH, Shape};

const HOST_ALLOC_FLAGS: u32 = cudaHostAllocPortable | cudaHostAllocMapped | cudaHostAllocWriteCombined;
const REGISTER_FLAGS: u32 =
    cudaHostRegisterPortable | cudaHostRegisterMapped | cudaHostRegisterIoMemory | cudaHostRegisterReadOnly;

c_functions! { both:
    fn cudaMalloc(devPtr: *mut *mut c_void, size: usize) {
        given(devPtr)?;
        let address = allocate(size)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(devPtr, pointer(address)) }
    }

    fn cudaMallocPitch(devPtr: *mut *mut c_void, pitch: *mut usize, width: usize, height: usize) {
        given(devPtr)?;
        given(pitch)?;
        let (address, row) = allocate_pitched(width, height, 1)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(pitch, row) }?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(devPtr, pointer(address)) }
    }

    fn cudaMalloc3D(pitchedDevPtr: *mut cudaPitchedPtr, extent: cudaExtent) {
        given(pitchedDevPtr)?;
        let cudaExtent { width, height, depth } = extent;
        let (address, pitch) = allocate_pitched(width, height, depth)?;
        let pitched = cudaPitchedPtr { ptr: pointer(address), pitch, xsize: width, ysize: height };
        // SAFETY: an out pointer of C's contract.
        unsafe { give(pitchedDevPtr, pitched) }
    }

    fn cudaFree(devPtr: *mut c_void) {
        let emulator = emulator::get()?;
        if devPtr.is_null() {
            return Ok(());
        }
        let (device, id) = {
            let memory = read(&emulator.memory);
            let found = memory.at(devPtr.addr())?;
            if !matches!(found.kind, Kind::Device | Kind::Pooled(_) | Kind::Managed) {
                return Err(Code::cudaErrorInvalidValue);
            }
            (found.device, found.id)
        };
        emulator.synchronise(device)?;
        remove(emulator, devPtr, id)
    }

    fn cudaMallocHost(ptr: *mut *mut c_void, size: usize) {
        given(ptr)?;
        let address = allocate_host(Kind::Pinned, size, cudaHostAllocMapped | cudaHostAllocPortable)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(ptr, pointer(address)) }
    }

    fn cudaHostAlloc(pHost: *mut *mut c_void, size: usize, flag: c_uint) {
        given(pHost)?;
        flags(flag, HOST_ALLOC_FLAGS)?;
        let address = allocate_host(Kind::Pinned, size, flag | cudaHostAllocMapped)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(pHost, pointer(address)) }
    }

    fn cudaFreeHost(ptr: *mut c_void) {
        let emulator = emulator::get()?;
        if ptr.is_null() {
            return Ok(());
        }
        let id = {
            let memory = read(&emulator.memory);
            memory.at(ptr.addr()).ok().filter(|found| found.kind == Kind::Pinned).map(|found| found.id)
        };
        let id = id.ok_or(Code::cudaErrorInvalidValue)?;
        emulator.synchronise_all()?;
        remove(emulator, ptr, id)
    }

    fn cudaHostRegister(ptr: *mut c_void, size: usize, flag: c_uint) {
        flags(flag, REGISTER_FLAGS)?;
        given(ptr)?;
        if size == 0 {
            return Err(Code::cudaErrorInvalidValue);
        }
        let emulator = emulator::get()?;
        let (device, _) = emulator.current()?;
        write(&emulator.memory).register(ptr.expose_provenance(), size, device, flag)
    }

    fn cudaHostUnregister(ptr: *mut c_void) {
        given(ptr)?;
        write(&emulator::get()?.memory).unregister(ptr.addr())
    }

    fn cudaHostGetDevicePointer(pDevice: *mut *mut c_void, pHost: *mut c_void, flag: c_uint) {
        given(pDevice)?;
        flags(flag, 0)?;
        host_flags(pHost)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(pDevice, pHost) }
    }

    fn cudaHostGetFlags(pFlags: *mut c_uint, pHost: *mut c_void) {
        given(pFlags)?;
        let found = host_flags(pHost)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(pFlags, found) }
    }

    fn cudaMallocManaged(devPtr: *mut *mut c_void, size: usize, flag: c_uint) {
        given(devPtr)?;
        if size == 0 || !(flag == cudaMemAttachGlobal || flag == cudaMemAttachHost) {
            return Err(Code::cudaErrorInvalidValue);
        }
        let address = allocate_host(Kind::Managed, size, flag)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(devPtr, pointer(address)) }
    }

    fn cudaMemGetInfo(free: *mut usize, total: *mut usize) {
        given(free)?;
        given(total)?;
        let emulator = emulator::get()?;
        let (device, _) = emulator.current()?;
        let (free_bytes, total_bytes) = read(&emulator.memory).info(device);
        // SAFETY: an out pointer of C's contract.
        unsafe { give(free, free_bytes as usize) }?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(total, total_bytes as usize) }
    }
}

/// Device memory of the current device; no bytes have no address.
fn allocate(size: usize) -> Outcome<usize> {
    let emulator = emulator::get()?;
    let (device, _) = emulator.current()?;
    if size == 0 { Ok(0) } else { write(&emulator.memory).allocate(device, size) }
}

/// Rows that each begin at a multiple of the granularity: the address and the distance of two rows.
fn allocate_pitched(width: usize, height: usize, depth: usize) -> Outcome<(usize, usize)> {
    let pitch = width.checked_next_multiple_of(GRANULARITY).filter(|&pitch| pitch <= MAX_PITCH);
    let pitch = pitch.ok_or(Code::cudaErrorInvalidValue)?;
    let bytes = Shape { width: pitch, height, depth }.bytes().map_err(|_| Code::cudaErrorMemoryAllocation)?;
    Ok((allocate(bytes)?, pitch))
}

/// Pinned or managed memory; no bytes have no address.
fn allocate_host(kind: Kind, size: usize, flags: u32) -> Outcome<usize> {
    let emulator = emulator::get()?;
    let (device, _) = emulator.current()?;
    if size == 0 { Ok(0) } else { write(&emulator.memory).allocate_host(kind, device, size, flags) }
}

/// Removes an allocation, unless another thread has freed it meanwhile.
fn remove(emulator: &Emulator, address: *mut c_void, id: u64) -> Outcome {
    let mut memory = write(&emulator.memory);
    if memory.at(address.addr())?.id != id {
        return Err(Code::cudaErrorInvalidValue);
    }
    memory.remove(address.addr());
    Ok(())
}

/// The flags of the pinned or registered memory around an address.
fn host_flags(address: *mut c_void) -> Outcome<u32> {
    let emulator = emulator::get()?;
    let memory = read(&emulator.memory);
    let found = memory.around(address.addr());
    let host = found.filter(|found| matches!(found.kind, Kind::Pinned | Kind::Registered));
    host.map(|found| found.flags).ok_or(Code::cudaErrorInvalidValue)
}
