//! Copies: direction, bounds, and which of them the host waits for.

mod support;

use support::*;

#[test]
fn bytes_come_back_as_they_went() {
    own_device();
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let device = upload(&bytes);
    assert_eq!(download(device, bytes.len()), bytes);
    assert_eq!(download(device.wrapping_byte_add(7), 10), bytes[7..17]);
    free(device);
}

#[test]
fn a_wrong_direction_is_refused() {
    let (cuda, _) = own_device();
    let (device, mut host) = (malloc(64), [0_u8; 64]);
    let host = host.as_mut_ptr().cast();
    for (to, from, kind) in [
        (host, device, H2D),
        (device, host, D2H),
        (device, device.wrapping_byte_add(32), H2D),
        (host, host, D2D),
        (host, host, H2D),
        (device, host, H2H),
    ] {
        assert_eq!(code!(cuda.cudaMemcpy(to, from, 16, kind)), INVALID_VALUE, "{kind:?}");
    }
    assert_eq!(code!(cuda.cudaMemcpy(device, host, 16, cudaMemcpyKind(5))), 21);
    free(device);
}

#[test]
fn the_default_direction_follows_the_pointers() {
    let (cuda, _) = own_device();
    let (device, mut back) = (malloc(4), [0_u8; 4]);
    ok!(cuda.cudaMemcpy(device, [1_u8, 2, 3, 4].as_ptr().cast(), 4, DEFAULT));
    ok!(cuda.cudaMemcpy(back.as_mut_ptr().cast(), device, 4, DEFAULT));
    assert_eq!(back, [1, 2, 3, 4]);
    free(device);
}

#[test]
fn a_copy_beyond_an_allocation_is_refused() {
    let (cuda, _) = own_device();
    let (device, mut host) = (malloc(1000), vec![0_u8; 2000]);
    let host = host.as_mut_ptr().cast();
    // The block is rounded up to 1024 bytes, but its owner asked for 1000.
    assert_eq!(code!(cuda.cudaMemcpy(device, host, 1001, H2D)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaMemcpy(device.wrapping_byte_add(1), host, 1000, H2D)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaMemcpy(device.wrapping_byte_sub(1), host, 1, H2D)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaMemcpy(device, host, usize::MAX, H2D)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaMemset(device, 0, 1001)), INVALID_VALUE);
    ok!(cuda.cudaMemcpy(device, host, 1000, H2D));
    free(device);
}

#[test]
fn nothing_is_copied_for_no_bytes() {
    let (cuda, _) = own_device();
    ok!(cuda.cudaMemcpy(std::ptr::null_mut(), std::ptr::null(), 0, H2D));
    ok!(cuda.cudaMemset(std::ptr::null_mut(), 0, 0));
    assert_eq!(code!(cuda.cudaMemcpy(std::ptr::null_mut(), [0_u8].as_ptr().cast(), 1, H2D)), INVALID_VALUE);
}

#[test]
fn an_overlapping_copy_is_refused() {
    let ((cuda, _), device) = (own_device(), malloc(64));
    assert_eq!(code!(cuda.cudaMemcpy(device, device.wrapping_byte_add(8), 16, D2D)), INVALID_VALUE);
    ok!(cuda.cudaMemcpy(device, device.wrapping_byte_add(16), 16, D2D));
    free(device);
}

#[test]
fn an_asynchronous_copy_reads_pinned_memory_later() {
    let (cuda, _) = own_device();
    let (stream, device, source) = (non_blocking(), malloc(64), pinned(64, 1));
    let held = hold(stream);
    ok!(cuda.cudaMemcpyAsync(device, source.cast(), 64, H2D, stream));
    // SAFETY: pinned memory of this test; the copy has not begun, since its stream is held.
    unsafe { source.write_bytes(2, 64) };
    drop(held);
    ok!(cuda.cudaStreamSynchronize(stream));
    assert_eq!(download(device, 64), [2; 64]);
    ok!(cuda.cudaFreeHost(source.cast()));
    ok!(cuda.cudaStreamDestroy(stream));
    free(device);
}

#[test]
fn an_asynchronous_copy_writes_pinned_memory_later() {
    let (cuda, _) = own_device();
    let (stream, device, target) = (non_blocking(), upload(&[7; 64]), pinned(64, 1));
    let held = hold(stream);
    ok!(cuda.cudaMemcpyAsync(target.cast(), device, 64, D2H, stream));
    // SAFETY: pinned memory of this test.
    assert_eq!(unsafe { target.read_volatile() }, 1);
    drop(held);
    ok!(cuda.cudaStreamSynchronize(stream));
    // SAFETY: pinned memory of this test, which nothing writes any more.
    assert_eq!(unsafe { std::slice::from_raw_parts(target, 64) }, [7; 64]);
    ok!(cuda.cudaFreeHost(target.cast()));
    ok!(cuda.cudaStreamDestroy(stream));
    free(device);
}

#[test]
fn a_small_pageable_source_is_read_when_the_copy_is_issued() {
    let (cuda, _) = own_device();
    let (stream, device, mut source) = (non_blocking(), malloc(64), [1_u8; 64]);
    let held = hold(stream);
    ok!(cuda.cudaMemcpyAsync(device, source.as_ptr().cast(), 64, H2D, stream));
    source.fill(2);
    drop(held);
    ok!(cuda.cudaStreamSynchronize(stream));
    assert_eq!(download(device, 64), [1; 64]);
    assert_eq!(source, [2; 64]);
    ok!(cuda.cudaStreamDestroy(stream));
    free(device);
}

#[test]
fn a_copy_to_pageable_memory_is_done_when_the_call_returns() {
    let (cuda, _) = own_device();
    let (stream, device, mut target) = (non_blocking(), malloc(256), [0_u8; 256]);
    ok!(cuda.cudaMemsetAsync(device, 9, 256, stream));
    ok!(cuda.cudaMemcpyAsync(target.as_mut_ptr().cast(), device, 256, D2H, stream));
    assert_eq!(target, [9; 256]);
    ok!(cuda.cudaStreamDestroy(stream));
    free(device);
}

#[test]
fn the_host_does_not_wait_for_a_device_to_device_copy() {
    let (cuda, _) = own_device();
    let (from, to) = (upload(&[5; 64]), malloc(64));
    let held = hold(LEGACY);
    ok!(cuda.cudaMemcpy(to, from, 64, D2D));
    ok!(cuda.cudaMemset(from, 6, 64));
    assert_eq!(code!(cuda.cudaStreamQuery(LEGACY)), NOT_READY);
    drop(held);
    assert_eq!(download(to, 64), [5; 64]);
    assert_eq!(download(from, 64), [6; 64]);
    free(from);
    free(to);
}

#[test]
fn a_small_copy_from_pageable_memory_may_return_before_the_bytes_arrive() {
    let (cuda, _) = own_device();
    let (device, mut source, stream) = (malloc(64), [1_u8; 64], stream(0));
    cuda_emulator::set_async_delay(std::time::Duration::from_millis(200));
    ok!(cuda.cudaMemcpy(device, source.as_ptr().cast(), 64, H2D));
    assert_eq!(code!(cuda.cudaStreamQuery(LEGACY)), NOT_READY);
    source.fill(2);
    cuda_emulator::set_async_delay(std::time::Duration::ZERO);
    ok!(cuda.cudaMemsetAsync(device, 3, 1, stream)); // a blocking stream waits for it
    assert_eq!(download(device, 2), [3, 1]);
    assert_eq!(source, [2; 64]);
    ok!(cuda.cudaStreamDestroy(stream));
    free(device);
}
