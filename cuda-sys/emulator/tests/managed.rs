//! Advice and prefetching of managed memory, in the shapes of both majors.

mod support;

use std::ptr;

use cudart::{cudaMemLocationType, cudaMemRangeAttribute as Attr, cudaMemoryAdvise as Advice, v12, v13};
use support::*;

fn managed(size: usize) -> *mut std::ffi::c_void {
    let (cuda, mut pointer) = (cuda(), ptr::null_mut());
    ok!(cuda.cudaMallocManaged(&mut pointer, size, 1));
    pointer
}

fn attribute(pointer: *const std::ffi::c_void, attribute: Attr) -> i32 {
    let (cuda, mut value) = (cuda(), 77_i32);
    ok!(cuda.cudaMemRangeGetAttribute((&raw mut value).cast(), 4, attribute, pointer, 64));
    value
}

#[test]
fn a_prefetch_is_noted_when_the_stream_comes_to_it() {
    let (cuda, own) = own_device();
    let (old, new) = (runtime(Flavour::Cuda12).v12().unwrap(), cuda.v13().unwrap());
    let (pointer, stream) = (managed(64), non_blocking());
    assert_eq!(attribute(pointer, Attr::cudaMemRangeAttributeLastPrefetchLocation), -2);
    let held = hold(stream);
    ok!(old.cudaMemPrefetchAsync(pointer, 64, own, stream));
    assert_eq!(attribute(pointer, Attr::cudaMemRangeAttributeLastPrefetchLocation), -2);
    drop(held);
    ok!(cuda.cudaStreamSynchronize(stream));
    assert_eq!(attribute(pointer, Attr::cudaMemRangeAttributeLastPrefetchLocation), own);
    let host = v12::cudaMemLocation { type_: cudaMemLocationType::cudaMemLocationTypeHost, id: 0 };
    ok!(old.cudaMemPrefetchAsync_v2(pointer, 64, host, 0, stream));
    ok!(cuda.cudaStreamSynchronize(stream));
    assert_eq!(attribute(pointer, Attr::cudaMemRangeAttributeLastPrefetchLocation), -1);
    let kind = cudaMemLocationType::cudaMemLocationTypeDevice;
    let mut device = v13::cudaMemLocation { type_: kind, ..Default::default() };
    device.__bindgen_anon_1.id = own;
    ok!(new.cudaMemPrefetchAsync(pointer, 64, device, 0, stream));
    ok!(cuda.cudaStreamSynchronize(stream));
    assert_eq!(attribute(pointer, Attr::cudaMemRangeAttributeLastPrefetchLocationType), 1);
    device.__bindgen_anon_1.id = 64;
    assert_eq!(code!(new.cudaMemPrefetchAsync(pointer, 64, device, 0, stream)), 101);
    ok!(cuda.cudaStreamDestroy(stream));
    free(pointer);
}

#[test]
fn advice_is_kept_until_it_is_taken_back() {
    let (_, own) = own_device();
    let (old, pointer) = (runtime(Flavour::Cuda12).v12().unwrap(), managed(64));
    ok!(old.cudaMemAdvise(pointer, 64, Advice::cudaMemAdviseSetReadMostly, -99));
    ok!(old.cudaMemAdvise(pointer, 64, Advice::cudaMemAdviseSetPreferredLocation, own));
    ok!(old.cudaMemAdvise(pointer, 64, Advice::cudaMemAdviseSetAccessedBy, -1));
    assert_eq!(attribute(pointer, Attr::cudaMemRangeAttributeReadMostly), 1);
    assert_eq!(attribute(pointer, Attr::cudaMemRangeAttributePreferredLocation), own);
    assert_eq!(attribute(pointer, Attr::cudaMemRangeAttributeAccessedBy), -1);
    ok!(old.cudaMemAdvise(pointer, 64, Advice::cudaMemAdviseUnsetReadMostly, 0));
    ok!(old.cudaMemAdvise(pointer, 64, Advice::cudaMemAdviseUnsetPreferredLocation, 0));
    ok!(old.cudaMemAdvise(pointer, 64, Advice::cudaMemAdviseUnsetAccessedBy, -1));
    assert_eq!(attribute(pointer, Attr::cudaMemRangeAttributeReadMostly), 0);
    assert_eq!(attribute(pointer, Attr::cudaMemRangeAttributePreferredLocation), -2);
    assert_eq!(attribute(pointer, Attr::cudaMemRangeAttributeAccessedBy), -2);
    assert_eq!(code!(old.cudaMemAdvise(pointer, 64, Advice(99), 0)), INVALID_VALUE);
    assert_eq!(code!(old.cudaMemAdvise(pointer, 64, Advice::cudaMemAdviseSetAccessedBy, 99)), 101);
    free(pointer);
}

#[test]
fn only_managed_memory_takes_advice() {
    let (cuda, own) = own_device();
    let (old, device) = (runtime(Flavour::Cuda12).v12().unwrap(), malloc(64));
    let read_mostly = Advice::cudaMemAdviseSetReadMostly;
    assert_eq!(code!(old.cudaMemAdvise(device, 64, read_mostly, own)), INVALID_VALUE);
    assert_eq!(code!(old.cudaMemPrefetchAsync(device, 64, own, LEGACY)), INVALID_VALUE);
    let pointer = managed(64);
    assert_eq!(code!(old.cudaMemAdvise(pointer, 65, read_mostly, own)), INVALID_VALUE);
    ok!(cuda.cudaStreamAttachMemAsync(LEGACY, pointer, 0, cudart::cudaMemAttachSingle));
    assert_eq!(code!(cuda.cudaStreamAttachMemAsync(LEGACY, device, 0, 4)), INVALID_VALUE);
    free(pointer);
    free(device);
}
