//! Allocating and freeing: what is refused, what the memory holds, how addresses come back.

mod support;

use std::ptr;

use support::*;

#[test]
fn no_bytes_have_no_address() {
    let (cuda, _) = own_device();
    let (cuda, mut pointer) = (cuda, ptr::without_provenance_mut(1));
    ok!(cuda.cudaMalloc(&mut pointer, 0));
    assert!(pointer.is_null());
    ok!(cuda.cudaFree(ptr::null_mut()));
    ok!(cuda.cudaMallocHost(&mut pointer, 0));
    assert!(pointer.is_null());
    ok!(cuda.cudaFreeHost(ptr::null_mut()));
    assert_eq!(code!(cuda.cudaMallocManaged(&mut pointer, 0, 1)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaMalloc(ptr::null_mut(), 16)), INVALID_VALUE);
}

#[test]
fn a_second_free_is_refused() {
    let (cuda, _) = own_device();
    let pointer = malloc(64);
    free(pointer);
    assert_eq!(code!(cuda.cudaFree(pointer)), INVALID_VALUE);
}

#[test]
fn only_the_start_of_an_allocation_can_be_freed() {
    let (cuda, _) = own_device();
    let pointer = malloc(4096);
    assert_eq!(code!(cuda.cudaFree(pointer.wrapping_byte_add(512))), INVALID_VALUE);
    free(pointer);
}

#[test]
fn memory_must_be_freed_the_way_it_was_allocated() {
    let (cuda, _) = own_device();
    let (device, host, mut pool, mut own) = (malloc(64), pinned(64, 0), ptr::null_mut(), [0_u8; 64]);
    ok!(cuda.cudaMallocAsync(&mut pool, 64, LEGACY));
    assert_eq!(code!(cuda.cudaFree(host.cast())), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaFreeHost(device)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaFreeAsync(device, LEGACY)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaFreeAsync(host.cast(), LEGACY)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaFree(own.as_mut_ptr().cast())), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaFreeHost(own.as_mut_ptr().cast())), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaHostUnregister(host.cast())), INVALID_VALUE);
    ok!(cuda.cudaFree(pool)); // allowed: it waits instead
    ok!(cuda.cudaFreeHost(host.cast()));
    free(device);
}

#[test]
fn freed_memory_cannot_be_used() {
    let (cuda, _) = own_device();
    let (cuda, pointer, mut host) = (cuda, malloc(64), [0_u8; 64]);
    free(pointer);
    assert_eq!(code!(cuda.cudaMemcpy(host.as_mut_ptr().cast(), pointer, 64, D2H)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaMemcpy(pointer, host.as_ptr().cast(), 64, DEFAULT)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaMemset(pointer, 0, 64)), INVALID_VALUE);
}

#[test]
fn a_freed_address_comes_back_at_once_with_other_bytes() {
    own_device();
    // Of a size that no other test uses.
    let size = 7 * 512;
    let first = upload(&vec![1; size]);
    free(first);
    let second = malloc(size);
    assert_eq!(first, second);
    assert_eq!(download(second, size), vec![0xCD; size]);
    free(second);
}

#[test]
fn rows_of_pitched_memory_are_aligned() {
    let (cuda, _) = own_device();
    let (cuda, mut pointer, mut pitch) = (cuda, ptr::null_mut(), 0);
    ok!(cuda.cudaMallocPitch(&mut pointer, &mut pitch, 1000, 3));
    assert!(pitch >= 1000 && pitch.is_multiple_of(512) && pointer.addr().is_multiple_of(512));
    ok!(cuda.cudaMemset2D(pointer, pitch, 0, 1000, 3));
    free(pointer);
    let mut pitched = cudart::cudaPitchedPtr::default();
    let extent = cudart::cudaExtent { width: 100, height: 4, depth: 5 };
    ok!(cuda.cudaMalloc3D(&mut pitched, extent));
    assert_eq!((pitched.xsize, pitched.ysize), (100, 4));
    ok!(cuda.cudaMemset3D(pitched, 1, extent));
    assert_eq!(download(pitched.ptr, 100), [1; 100]);
    free(pitched.ptr);
    assert_eq!(code!(cuda.cudaMallocPitch(&mut pointer, &mut pitch, usize::MAX, 1)), INVALID_VALUE);
}

#[test]
fn registered_memory_is_pinned_until_it_is_unregistered() {
    let (cuda, _) = own_device();
    let (cuda, mut bytes, mut flags) = (cuda, vec![3_u8; 4096], 0);
    let (pointer, device) = (bytes.as_mut_ptr().cast(), malloc(8192));
    ok!(cuda.cudaHostRegister(pointer, 2048, 0));
    ok!(cuda.cudaHostGetFlags(&mut flags, pointer));
    assert_eq!(code!(cuda.cudaHostRegister(pointer, 1, 0)), 712);
    assert_eq!(code!(cuda.cudaHostRegister(pointer.wrapping_byte_add(2047), 100, 0)), 712);
    // Half of the range is registered, half is not.
    assert_eq!(code!(cuda.cudaMemcpy(device, pointer, 4096, H2D)), INVALID_VALUE);
    let mut mapped = ptr::null_mut();
    ok!(cuda.cudaHostGetDevicePointer(&mut mapped, pointer, 0));
    ok!(cuda.cudaMemset(mapped, 4, 2048));
    ok!(cuda.cudaHostUnregister(pointer));
    assert_eq!(code!(cuda.cudaHostUnregister(pointer)), 713);
    assert_eq!(code!(cuda.cudaHostGetFlags(&mut flags, pointer)), INVALID_VALUE);
    assert_eq!((bytes[2047], bytes[2048]), (4, 3));
    free(device);
    let own: *mut std::ffi::c_void = bytes.as_mut_ptr().cast();
    assert_eq!(code!(cuda.cudaHostRegister(own, 0, 0)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaHostRegister(own, 1, 64)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaHostRegister(ptr::null_mut(), 1, 0)), INVALID_VALUE);
}

#[test]
fn managed_memory_is_reached_from_both_sides() {
    let (cuda, _) = own_device();
    let (cuda, mut pointer) = (cuda, ptr::null_mut());
    ok!(cuda.cudaMallocManaged(&mut pointer, 64, cudart::cudaMemAttachGlobal));
    ok!(cuda.cudaMemset(pointer, 5, 64));
    ok!(cuda.cudaDeviceSynchronize());
    // SAFETY: managed memory of this test; the device has no work with it any more.
    assert_eq!(unsafe { pointer.cast::<[u8; 64]>().read() }, [5; 64]);
    assert_eq!(download(pointer, 64), [5; 64]);
    free(pointer);
}

#[test]
fn an_allocation_larger_than_the_device_is_refused() {
    let (cuda, _) = own_device();
    let (cuda, mut pointer, mut available, mut total) = (cuda, ptr::null_mut(), 0, 0);
    ok!(cuda.cudaMemGetInfo(&mut available, &mut total));
    for size in [total + 1, usize::MAX] {
        assert_eq!(code!(cuda.cudaMalloc(&mut pointer, size)), MEMORY_ALLOCATION);
    }
    assert!(pointer.is_null());
    // The failed call left nothing behind but the last error.
    assert_eq!(code!(cuda.cudaPeekAtLastError()), MEMORY_ALLOCATION);
    assert_eq!(code!(cuda.cudaGetLastError()), MEMORY_ALLOCATION);
    assert_eq!(code!(cuda.cudaGetLastError()), SUCCESS);
}

#[test]
fn pointers_tell_what_they_are() {
    let (cuda13, ordinal) = own_device();
    let (v12, v13) = (runtime(Flavour::Cuda12).v12().unwrap(), cuda13.v13().unwrap());
    let (device, host, mut managed) = (malloc(64), pinned(64, 0), ptr::null_mut());
    ok!(cuda13.cudaMallocManaged(&mut managed, 64, 1));
    let (own, gone) = ([0_u8; 4], malloc(3 * 512));
    free(gone);
    let inside = device.wrapping_byte_add(10);
    for (pointer, kind, on_device, on_host) in [
        (inside, 2, true, false),
        (host.cast(), 1, true, true),
        (managed, 3, true, true),
        (own.as_ptr().cast_mut().cast(), 0, false, true),
        (gone, 0, false, true),
    ] {
        let mut attributes = cudart::v13::cudaPointerAttributes::default();
        ok!(v13.cudaPointerGetAttributes(&mut attributes, pointer));
        assert_eq!(attributes.type_.0, kind);
        assert_eq!(attributes.device, if kind == 0 { -2 } else { ordinal });
        assert_eq!(attributes.devicePointer, if on_device { pointer } else { ptr::null_mut() });
        assert_eq!(attributes.hostPointer, if on_host { pointer } else { ptr::null_mut() });
        let mut old = cudart::v12::cudaPointerAttributes::default();
        ok!(v12.cudaPointerGetAttributes(&mut old, pointer));
        assert_eq!((old.type_, old.device), (attributes.type_, attributes.device));
        assert_eq!((old.devicePointer, old.hostPointer), (attributes.devicePointer, attributes.hostPointer));
    }
    free(device);
    free(managed);
    ok!(cuda13.cudaFreeHost(host.cast()));
}

#[test]
fn each_flavour_writes_its_own_size_of_pointer_attributes() {
    own_device();
    let (v12, v13) = (runtime(Flavour::Cuda12).v12().unwrap(), runtime(Flavour::Cuda13).v13().unwrap());
    let written = |bytes: &[u8; 96]| bytes.iter().rposition(|&byte| byte != 0xAA).map_or(0, |last| last + 1);
    let mut bytes = [0xAA_u8; 96];
    ok!(v12.cudaPointerGetAttributes(bytes.as_mut_ptr().cast(), ptr::null()));
    assert_eq!(written(&bytes), 24);
    ok!(v13.cudaPointerGetAttributes(bytes.as_mut_ptr().cast(), ptr::null()));
    assert_eq!(written(&bytes), 88);
}

#[test]
fn what_one_flavour_allocates_the_other_frees() {
    own_device();
    let (cuda, pointer) = (runtime(Flavour::Cuda12), malloc(64));
    ok!(cuda.cudaFree(pointer));
}
