//! What only CUDA 12 has, or has with types of its own.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::sync::OnceLock;

use cuda_sys::cudart::v12::{
    self, cudaDeviceProp, cudaMemAccessDesc, cudaMemLocation, cudaMemPoolProps, cudaMemcpyAttributes,
    cudaPointerAttributes,
};
use cuda_sys::cudart::{
    cudaDeviceAttr as Attr, cudaMemAccessFlags, cudaMemPool_t, cudaMemoryAdvise, cudaStream_t,
};

use super::argument::{array, flags, give, given};
use super::batch::Batch;
use super::both::of_each_major;
use super::call::c_functions;
use super::device::index;
use super::location::Place;
use super::properties::fill_properties;
use super::{managed, pointer, pool};
use crate::emulator;
use crate::error_names::ErrorNames;
use crate::lock::read;
use crate::outcome::{Code, Outcome};

/// The version of the emulated runtime.
pub(crate) const VERSION: c_int = 12090;

/// The properties of CUDA 11 and of programs built before `_v2`: what came later was added at the end.
#[cfg(feature = "c-abi-12")]
const OLD_PROPERTIES: usize = std::mem::offset_of!(cudaDeviceProp, hostRegisterSupported);

of_each_major!(cuda12, "c-abi-12", VERSION, v12::ERRORS);

c_functions! { cuda12:
    fn cudaGetDeviceProperties_v2(prop: *mut cudaDeviceProp, device: c_int) {
        let found = properties(device)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(prop, found) }
    }

    #[cfg(feature = "c-abi-12")]
    fn cudaGetDeviceProperties(prop: *mut c_void, device: c_int) {
        given(prop)?;
        let found = properties(device)?;
        // SAFETY: the caller has room for the properties of old.
        unsafe { prop.cast::<u8>().copy_from_nonoverlapping((&raw const found).cast(), OLD_PROPERTIES) };
        Ok(())
    }

    fn cudaMemPrefetchAsync(devPtr: *const c_void, count: usize, dstDevice: c_int, stream: cudaStream_t) {
        managed::prefetch(devPtr, count, Place::of_device(dstDevice), stream)
    }

    fn cudaMemPrefetchAsync_v2(
        devPtr: *const c_void,
        count: usize,
        location: cudaMemLocation,
        flag: c_uint,
        stream: cudaStream_t,
    ) {
        flags(flag, 0)?;
        managed::prefetch(devPtr, count, location.into(), stream)
    }

    fn cudaMemAdvise(devPtr: *const c_void, count: usize, advice: cudaMemoryAdvise, device: c_int) {
        managed::advise(devPtr, count, advice, Place::of_device(device))
    }

    fn cudaMemAdvise_v2(devPtr: *const c_void, count: usize, advice: cudaMemoryAdvise, location: cudaMemLocation) {
        managed::advise(devPtr, count, advice, location.into())
    }

    fn cudaMemcpyBatchAsync(
        dsts: *mut *mut c_void,
        srcs: *mut *mut c_void,
        sizes: *mut usize,
        count: usize,
        attrs: *mut cudaMemcpyAttributes,
        attrsIdxs: *mut usize,
        numAttrs: usize,
        failIdx: *mut usize,
        stream: cudaStream_t,
    ) {
        // SAFETY: an array of this length, by C's contract.
        let attributes = unsafe { array(attrs, numAttrs) }?;
        let batch = Batch {
            to: dsts,
            from: srcs.cast(),
            sizes,
            count,
            orders: attributes.iter().map(|attribute| attribute.srcAccessOrder).collect(),
            groups: attrsIdxs,
        };
        // SAFETY: passed on as it came.
        unsafe { batch.issue(stream) }.map_err(|(code, index)| {
            if !failIdx.is_null() {
                // SAFETY: an out pointer of C's contract, not null.
                unsafe { failIdx.write(index.unwrap_or(usize::MAX)) };
            }
            code
        })
    }
}

fn properties(device: c_int) -> Outcome<cudaDeviceProp> {
    let device = index(device)?;
    let (_, total) = read(&emulator::get()?.memory).info(device);
    let mut properties = cudaDeviceProp::default();
    fill_properties!(properties, device, total as usize);
    properties.clockRate = crate::attributes::value(Attr::cudaDevAttrClockRate, device).unwrap_or(0);
    properties.memoryClockRate =
        crate::attributes::value(Attr::cudaDevAttrMemoryClockRate, device).unwrap_or(0);
    properties.deviceOverlap = crate::attributes::value(Attr::cudaDevAttrGpuOverlap, device).unwrap_or(0);
    Ok(properties)
}
