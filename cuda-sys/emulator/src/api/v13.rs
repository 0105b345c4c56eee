//! What only CUDA 13 has, or has with types of its own.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::sync::OnceLock;

use cuda_sys::cudart::v13::{
    self, cudaDeviceProp, cudaMemAccessDesc, cudaMemLocation, cudaMemPoolProps, cudaMemcpyAttributes,
    cudaPointerAttributes,
};
use cuda_sys::cudart::{
    cudaDeviceAttr as Attr, cudaHostFn_t, cudaMemAccessFlags, cudaMemAllocationType, cudaMemPool_t,
    cudaMemoryAdvise, cudaStream_t,
};

use super::argument::{array, flags, give, given};
use super::batch::Batch;
use super::both::of_each_major;
use super::call::c_functions;
use super::device::index;
use super::location::Place;
use super::properties::fill_properties;
use super::{managed, pointer, pool, stream};
use crate::emulator;
use crate::error_names::ErrorNames;
use crate::lock::read;
use crate::outcome::{Code, Outcome};

/// The version of the emulated runtime.
pub(crate) const VERSION: c_int = 13050;

of_each_major!(cuda13, "c-abi-13", VERSION, v13::ERRORS);

c_functions! { cuda13:
    fn cudaGetDeviceProperties(prop: *mut cudaDeviceProp, device: c_int) {
        given(prop)?;
        let device = index(device)?;
        let (_, total) = read(&emulator::get()?.memory).info(device);
        let mut properties = cudaDeviceProp::default();
        fill_properties!(properties, device, total as usize);
        // SAFETY: an out pointer of C's contract.
        unsafe { give(prop, properties) }
    }

    fn cudaMemPrefetchAsync(
        devPtr: *const c_void,
        count: usize,
        location: cudaMemLocation,
        flag: c_uint,
        stream: cudaStream_t,
    ) {
        flags(flag, 0)?;
        managed::prefetch(devPtr, count, location.into(), stream)
    }

    fn cudaMemAdvise(devPtr: *const c_void, count: usize, advice: cudaMemoryAdvise, location: cudaMemLocation) {
        managed::advise(devPtr, count, advice, location.into())
    }

    fn cudaMemcpyBatchAsync(
        dsts: *const *mut c_void,
        srcs: *const *const c_void,
        sizes: *const usize,
        count: usize,
        attrs: *mut cudaMemcpyAttributes,
        attrsIdxs: *mut usize,
        numAttrs: usize,
        stream: cudaStream_t,
    ) {
        // SAFETY: an array of this length, by C's contract.
        let attributes = unsafe { array(attrs, numAttrs) }?;
        let orders = attributes.iter().map(|attribute| attribute.srcAccessOrder).collect();
        let batch = Batch { to: dsts, from: srcs, sizes, count, orders, groups: attrsIdxs };
        // SAFETY: passed on as it came.
        unsafe { batch.issue(stream) }.map_err(|(code, _)| code)
    }

    fn cudaLaunchHostFunc_v2(
        stream: cudaStream_t,
        function: cudaHostFn_t,
        userData: *mut c_void,
        syncMode: c_uint,
    ) {
        // Blocking or spinning: how the device waits makes no difference here.
        flags(syncMode, 1)?;
        // SAFETY: passed on as it came.
        unsafe { stream::launch(stream, function, userData) }
    }

    fn cudaMemGetDefaultMemPool(
        memPool: *mut cudaMemPool_t,
        location: *mut cudaMemLocation,
        kind: cudaMemAllocationType,
    ) {
        // SAFETY: passed on as it came.
        let device = unsafe { pool_device(location, kind) }?;
        let handle = read(&emulator::get()?.memory).devices[device].default_pool;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(memPool, emulator::pointer(handle)) }
    }

    fn cudaMemGetMemPool(
        memPool: *mut cudaMemPool_t,
        location: *mut cudaMemLocation,
        kind: cudaMemAllocationType,
    ) {
        // SAFETY: passed on as it came.
        let device = unsafe { pool_device(location, kind) }?;
        let handle = read(&emulator::get()?.memory).devices[device].pool;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(memPool, emulator::pointer(handle)) }
    }

    fn cudaMemSetMemPool(location: *mut cudaMemLocation, kind: cudaMemAllocationType, memPool: cudaMemPool_t) {
        // SAFETY: passed on as it came.
        let device = unsafe { pool_device(location, kind) }?;
        pool::choose(device, memPool)
    }
}

/// The device whose pools a location means.
///
/// # Safety
///
/// `location` is null or valid for reading.
unsafe fn pool_device(location: *mut cudaMemLocation, kind: cudaMemAllocationType) -> Outcome<usize> {
    given(location)?;
    // SAFETY: the caller's promise.
    let place = Place::from(unsafe { location.read() });
    match (place, kind) {
        (Place::Device(device), cudaMemAllocationType::cudaMemAllocationTypePinned) => index(device),
        (Place::Other, _) => Err(Code::cudaErrorInvalidValue),
        _ => Err(Code::cudaErrorNotSupported),
    }
}
