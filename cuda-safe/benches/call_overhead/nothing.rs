//! A runtime whose functions do next to nothing: what is left of a call is the way to it.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::hint::black_box;
use std::ptr::without_provenance_mut;

use cuda_safe::cuda_sys::cudart::table::{Common, V12, V13};
use cuda_safe::cuda_sys::cudart::*;
use cuda_safe::cuda_sys::{Runtime, Version};

/// The runtime, with the structs of this version.
pub(crate) fn runtime(version: Version) -> &'static Runtime {
    let versioned = match version.major() {
        12 => VersionedTable::V12(V12 {
            cudaPointerGetAttributes: Some(attributes_12),
            cudaGetDeviceProperties_v2: Some(properties_12),
            ..V12::EMPTY
        }),
        _ => VersionedTable::V13(V13 {
            cudaPointerGetAttributes: Some(attributes_13),
            cudaGetDeviceProperties: Some(properties_13),
            ..V13::EMPTY
        }),
    };
    // SAFETY: nobody looks at memory of this runtime but at the page-locked block, which is real.
    unsafe { Runtime::from_table("functions that do nothing", version, common(), versioned) }
}

fn common() -> Common {
    Common {
        cudaGetDeviceCount: Some(one),
        cudaGetDevice: Some(zero),
        cudaSetDevice: Some(set_device),
        cudaDeviceGetAttribute: Some(attribute),
        cudaDeviceGetPCIBusId: Some(pci_bus_id),
        cudaStreamCreateWithPriority: Some(create_stream),
        cudaStreamDestroy: Some(stream),
        cudaStreamQuery: Some(stream),
        cudaStreamSynchronize: Some(stream),
        cudaEventCreateWithFlags: Some(create_event),
        cudaEventRecord: Some(record),
        cudaEventDestroy: Some(event),
        cudaMemcpyAsync: Some(copy),
        cudaMemsetAsync: Some(fill),
        cudaHostAlloc: Some(host_alloc),
        cudaFreeHost: Some(free),
        cudaMalloc: Some(malloc),
        cudaFree: Some(free),
        cudaDeviceGetDefaultMemPool: Some(pool),
        cudaMemPoolSetAttribute: Some(set_attribute),
        cudaMallocFromPoolAsync: Some(malloc_from_pool),
        cudaFreeAsync: Some(free_async),
        ..Common::EMPTY
    }
}

/// The functions: each writes the answer that it has, and reports success.
macro_rules! answers {
    ($($name:ident($($argument:ident: $type:ty),*) $(writes $value:expr, to $slot:ident)?;)*) => {$(
        unsafe extern "C" fn $name($($argument: $type),*) -> cudaError_t {
            // SAFETY: the caller passes a pointer that can be written to, as to the real function.
            $(unsafe { $slot.write($value) };)?
            $(let _ = $argument;)*
            cudaError_t::cudaSuccess
        }
    )*};
}

/// Stands for every handle and every address of device memory.
const SOMETHING: usize = 1 << 20;

answers! {
    one(count: *mut c_int) writes 1, to count;
    zero(ordinal: *mut c_int) writes 0, to ordinal;
    set_device(ordinal: c_int);
    attribute(slot: *mut c_int, attribute: cudaDeviceAttr, device: c_int) writes 0, to slot;
    pci_bus_id(slot: *mut c_char, length: c_int, device: c_int) writes 0, to slot;
    create_stream(slot: *mut cudaStream_t, flags: c_uint, priority: c_int) writes without_provenance_mut(SOMETHING), to slot;
    stream(stream: cudaStream_t);
    create_event(slot: *mut cudaEvent_t, flags: c_uint) writes without_provenance_mut(SOMETHING), to slot;
    event(event: cudaEvent_t);
    record(event: cudaEvent_t, stream: cudaStream_t);
    copy(to: *mut c_void, from: *const c_void, bytes: usize, kind: cudaMemcpyKind, stream: cudaStream_t);
    fill(to: *mut c_void, value: c_int, bytes: usize, stream: cudaStream_t);
    host_alloc(slot: *mut *mut c_void, bytes: usize, flags: c_uint) writes page_locked(bytes), to slot;
    malloc(slot: *mut *mut c_void, bytes: usize) writes without_provenance_mut(SOMETHING), to slot;
    free(address: *mut c_void);
    pool(slot: *mut cudaMemPool_t, device: c_int) writes without_provenance_mut(SOMETHING), to slot;
    set_attribute(pool: cudaMemPool_t, attribute: cudaMemPoolAttr, value: *mut c_void);
    malloc_from_pool(slot: *mut *mut c_void, bytes: usize, pool: cudaMemPool_t, stream: cudaStream_t)
        writes without_provenance_mut(SOMETHING), to slot;
    free_async(address: *mut c_void, stream: cudaStream_t);
    properties_12(slot: *mut v12::cudaDeviceProp, device: c_int) writes v12::cudaDeviceProp::default(), to slot;
    properties_13(slot: *mut v13::cudaDeviceProp, device: c_int) writes v13::cudaDeviceProp::default(), to slot;
}

/// As the real ones, these write field by field: whoever reads two of them at once has to wait for both.
macro_rules! attributes {
    ($($name:ident($major:ident);)*) => {$(
        unsafe extern "C" fn $name(slot: *mut $major::cudaPointerAttributes, _address: *const c_void) -> cudaError_t {
            // SAFETY: the caller passes a pointer that can be written to, as to the real function.
            let slot = unsafe { &mut *slot };
            *black_box(&mut slot.type_) = cudaMemoryType::cudaMemoryTypeDevice;
            *black_box(&mut slot.device) = 0;
            *black_box(&mut slot.devicePointer) = without_provenance_mut(SOMETHING);
            *black_box(&mut slot.hostPointer) = std::ptr::null_mut();
            cudaError_t::cudaSuccess
        }
    )*};
}

attributes! {
    attributes_12(v12);
    attributes_13(v13);
}

/// Memory that the host can use, for ever.
fn page_locked(bytes: usize) -> *mut c_void {
    const PAGE: usize = 4096;
    let block = Vec::leak(vec![0u8; bytes + PAGE]);
    let offset = block.as_ptr().align_offset(PAGE);
    block[offset..].as_mut_ptr().cast()
}
