//! A device that fails, and what is left of it. Each test has a device of its own: a failed one stays failed.

mod support;

use std::ffi::c_void;
use std::ptr;

use support::*;

#[test]
fn memory_unregistered_under_a_pending_copy_fails_the_device() {
    let (cuda, _) = own_device();
    let (stream, device, mut bytes) = (non_blocking(), malloc(64), vec![0_u8; 64]);
    let pointer: *mut c_void = bytes.as_mut_ptr().cast();
    ok!(cuda.cudaHostRegister(pointer, 64, 0));
    let held = hold(stream);
    ok!(cuda.cudaMemcpyAsync(device, pointer, 64, H2D, stream));
    ok!(cuda.cudaHostUnregister(pointer));
    drop(held);
    assert_eq!(code!(cuda.cudaStreamSynchronize(stream)), ILLEGAL_ADDRESS);
}

#[test]
fn pool_memory_used_after_its_free_was_reached_fails_the_device() {
    let (cuda, _) = own_device();
    let (owner, late, mut pointer) = (non_blocking(), non_blocking(), ptr::null_mut());
    ok!(cuda.cudaMallocAsync(&mut pointer, 64, owner));
    ok!(cuda.cudaStreamSynchronize(owner));
    let held = hold(late);
    ok!(cuda.cudaMemsetAsync(pointer, 1, 64, late));
    ok!(cuda.cudaFreeAsync(pointer, owner)); // does not wait for the other stream
    ok!(cuda.cudaStreamSynchronize(owner));
    drop(held);
    assert_eq!(code!(cuda.cudaStreamSynchronize(late)), ILLEGAL_ADDRESS);
}

#[test]
fn pool_memory_used_before_its_allocation_was_reached_fails_the_device() {
    let (cuda, _) = own_device();
    let (owner, early, mut pointer) = (non_blocking(), non_blocking(), ptr::null_mut());
    let held = hold(owner);
    ok!(cuda.cudaMallocAsync(&mut pointer, 64, owner));
    ok!(cuda.cudaMemsetAsync(pointer, 1, 64, early));
    assert_eq!(code!(cuda.cudaStreamSynchronize(early)), ILLEGAL_ADDRESS);
    drop(held);
}

#[test]
fn every_call_reports_a_failed_device_until_it_is_reset() {
    let (cuda, own) = own_device();
    let (stream, early, device, mut pointer) = (non_blocking(), non_blocking(), malloc(64), ptr::null_mut());
    let held = hold(stream);
    ok!(cuda.cudaMallocAsync(&mut pointer, 64, stream));
    ok!(cuda.cudaMemsetAsync(pointer, 1, 64, early));
    assert_eq!(code!(cuda.cudaStreamSynchronize(early)), ILLEGAL_ADDRESS);
    drop(held);

    assert_eq!(code!(cuda.cudaMalloc(&mut pointer, 16)), ILLEGAL_ADDRESS);
    assert_eq!(code!(cuda.cudaFree(device)), ILLEGAL_ADDRESS);
    assert_eq!(code!(cuda.cudaDeviceSynchronize()), ILLEGAL_ADDRESS);
    assert_eq!(code!(cuda.cudaStreamDestroy(stream)), ILLEGAL_ADDRESS);
    for _ in 0..2 {
        assert_eq!(code!(cuda.cudaGetLastError()), ILLEGAL_ADDRESS);
    }
    let (mut ordinal, mut version) = (0, 0);
    ok!(cuda.cudaGetDevice(&mut ordinal));
    ok!(cuda.cudaRuntimeGetVersion(&mut version));

    ok!(cuda.cudaDeviceReset());
    assert_eq!(code!(cuda.cudaGetLastError()), ILLEGAL_ADDRESS);
    assert_eq!(code!(cuda.cudaGetLastError()), SUCCESS);
    assert_eq!(code!(cuda.cudaFree(device)), INVALID_VALUE);
    // The handle is invalid, or another test's by now.
    let mut other = -1;
    assert!(code!(cuda.cudaStreamGetDevice(stream, &mut other)) != SUCCESS || other != own);
    free(upload(&[1; 64]));
}

#[test]
fn other_devices_go_on() {
    let (cuda, failing) = own_device();
    let (stream, early, mut pointer) = (non_blocking(), non_blocking(), ptr::null_mut());
    let held = hold(stream);
    ok!(cuda.cudaMallocAsync(&mut pointer, 64, stream));
    ok!(cuda.cudaMemsetAsync(pointer, 1, 64, early));
    assert_eq!(code!(cuda.cudaStreamSynchronize(early)), ILLEGAL_ADDRESS);
    drop(held);
    assert_eq!(code!(cuda.cudaSetDevice(failing)), ILLEGAL_ADDRESS);
    own_device();
    assert_eq!(code!(cuda.cudaStreamQuery(early)), ILLEGAL_ADDRESS);
    free(upload(&[1; 64]));
}

#[test]
fn callbacks_of_a_failed_device_are_told_the_error() {
    unsafe extern "C" fn tell(_: cudaStream_t, status: cudart::cudaError_t, data: *mut c_void) {
        // SAFETY: the sender that the test leaks, since no call waits for a failed device.
        let sender = unsafe { &*data.cast::<std::sync::mpsc::Sender<u32>>() };
        sender.send(status.0).unwrap();
    }
    let (cuda, _) = own_device();
    let (sender, receiver) = std::sync::mpsc::channel::<u32>();
    let (stream, early, mut pointer) = (non_blocking(), non_blocking(), ptr::null_mut());
    let held = hold(early);
    let data = Box::into_raw(Box::new(sender)).cast();
    ok!(cuda.cudaMallocAsync(&mut pointer, 64, stream));
    ok!(cuda.cudaStreamSynchronize(stream));
    ok!(cuda.cudaMemsetAsync(pointer, 1, 64, early));
    ok!(cuda.cudaStreamAddCallback(early, Some(tell), data, 0));
    ok!(cuda.cudaFreeAsync(pointer, stream));
    ok!(cuda.cudaStreamSynchronize(stream));
    drop(held);
    assert_eq!(receiver.recv(), Ok(ILLEGAL_ADDRESS));
    assert_eq!(code!(cuda.cudaStreamSynchronize(early)), ILLEGAL_ADDRESS);
}
