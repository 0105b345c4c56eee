//! Two devices in one process: memory on the one while the other is current, copies between them of every shape, with and
//! without peer access, and order from the one to the other.
//!
//! A program of its own: peer access is the whole process's, and nobody else may copy while a test switches it.

mod support;

use std::thread;

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::copy::{self, Copy2d, Copy3d, Direction};
use cuda_safe::{
    Device, DeviceMemory, Event, MemoryKind, MemoryPool, PinnedMemory, PointerAttributes, Stream,
    StreamOptions,
};

use crate::support::{not_applicable, on_two, on_two_alone};

fn non_blocking(device: Device) -> Stream {
    Stream::with_options(device, StreamOptions { non_blocking: true, ..StreamOptions::default() }).unwrap()
}

fn make_current(device: Device) {
    // SAFETY: the ordinal is a device's.
    unsafe { device.runtime().cudaSetDevice(device.ordinal() as i32) }.unwrap();
}

fn pattern(len: usize, seed: usize) -> Vec<u8> {
    (0..len).map(|index| (index.wrapping_mul(31) + index / 251 + seed) as u8).collect()
}

/// Runs a test without and, where the devices can, with access of each to the other; nobody else copies meanwhile.
fn with_and_without_access(test: impl Fn(Device, Device)) {
    on_two_alone(|first, second| {
        test(first, second);
        if first.can_access_peer(second).unwrap() && second.can_access_peer(first).unwrap() {
            first.enable_peer_access(second).unwrap();
            second.enable_peer_access(first).unwrap();
            test(first, second);
            test(second, first);
            // SAFETY: the copies of this test are done, and there are no others.
            unsafe { first.disable_peer_access(second) }.unwrap();
            // SAFETY: as above.
            unsafe { second.disable_peer_access(first) }.unwrap();
        }
        test(second, first);
    });
}

#[test]
fn memory_lies_on_its_device_whichever_is_current() {
    on_two(|first, second| {
        for (device, current) in [(first, second), (second, first), (second, second)] {
            make_current(current);
            let pool = MemoryPool::new(device).unwrap();
            let pieces = [
                DeviceMemory::<u8>::new(device, 4099).unwrap(),
                DeviceMemory::from_pool(&pool, &Stream::new(device).unwrap(), 4099).unwrap(),
                DeviceMemory::from_pool(&pool, &Stream::legacy(device), 4099).unwrap(),
            ];
            for mut memory in pieces {
                let known = PointerAttributes::of(device.runtime(), memory.as_ptr()).unwrap();
                assert_eq!((known.kind, known.device), (MemoryKind::Device, Some(device.ordinal())));
                let values = pattern(4099, device.ordinal());
                memory.copy_from_host(&values).unwrap();
                memory.slice_mut(..99).unwrap().fill_bytes(7).unwrap();
                let back = memory.to_vec().unwrap();
                assert!(back[..99].iter().all(|&byte| byte == 7) && back[99..] == values[99..]);
                // A thread for which the other device is current frees it.
                thread::spawn(move || {
                    make_current(current);
                    memory.close().unwrap();
                })
                .join()
                .unwrap();
            }
        }
        make_current(first);
    });
}

#[test]
fn access_can_be_enabled_and_disabled_twice_without_an_error_left_behind() {
    on_two_alone(|first, second| {
        if !first.can_access_peer(second).unwrap() {
            return not_applicable("no peer access between these devices");
        }
        for _ in 0..2 {
            first.enable_peer_access(second).unwrap();
        }
        let memory = DeviceMemory::from_host(second, &[1u8, 2, 3]).unwrap();
        let mut copy = DeviceMemory::<u8>::new(first, 3).unwrap();
        copy.copy_from_device(memory.view()).unwrap();
        assert_eq!(copy.to_vec().unwrap(), [1, 2, 3]);
        for _ in 0..2 {
            // SAFETY: the copy is done.
            unsafe { first.disable_peer_access(second) }.unwrap();
        }
        // SAFETY: reads the thread's last error.
        assert_eq!(unsafe { first.runtime().cudaPeekAtLastError() }, Ok(cudaError_t::cudaSuccess));
    });
}

#[test]
fn bytes_cross_between_devices() {
    with_and_without_access(|from, to| {
        for len in [1, 4099, 3 << 20] {
            let values = pattern(len, 5);
            let source = DeviceMemory::from_host(from, &values).unwrap();
            let mut target = DeviceMemory::<u8>::zeroed(to, len).unwrap();
            target.copy_from_device(source.view()).unwrap();
            assert!(target.to_vec().unwrap() == values, "blocking, {len} bytes");
            for stream in [non_blocking(from), non_blocking(to), Stream::legacy(from), Stream::per_thread(to)]
            {
                target.fill_bytes(0).unwrap();
                stream.scope(|s| s.copy_on_device(source.view(), target.view_mut())).unwrap();
                assert!(target.to_vec().unwrap() == values, "{stream:?}, {len} bytes");
            }
        }
    });
}

#[test]
fn rows_and_slices_cross_between_devices() {
    with_and_without_access(|from, to| {
        let values = pattern(64 * 48 * 5, 9);
        let source = DeviceMemory::from_host(from, &values).unwrap();
        for stream in [Stream::new(from).unwrap(), Stream::new(to).unwrap(), Stream::legacy(to)] {
            for direction in [Direction::DeviceToDevice, Direction::Inferred] {
                let mut target = DeviceMemory::<u8>::zeroed(to, 40 * 30 * 4).unwrap();
                let block = Copy3d {
                    dst: target.as_mut_ptr().cast(),
                    dst_pitch: 40,
                    dst_rows: 30,
                    src: source.as_ptr().cast(),
                    src_pitch: 64,
                    src_rows: 48,
                    width_bytes: 33,
                    height: 21,
                    depth: 4,
                    direction,
                };
                // SAFETY: the last byte read is (3 * 48 + 20) * 64 + 32 of 64 * 48 * 5, the last one written
                // (3 * 30 + 20) * 40 + 32 of 40 * 30 * 4, and both live until this returns.
                unsafe { copy::blocking_3d(stream.as_ref(), &block) }.unwrap();
                let seen = target.to_vec().unwrap();
                for (z, y, x) in
                    (0..4).flat_map(|z| (0..21).flat_map(move |y| (0..33).map(move |x| (z, y, x))))
                {
                    let (at, of) = ((z * 30 + y) * 40 + x, (z * 48 + y) * 64 + x);
                    assert_eq!(seen[at], values[of], "{stream:?} {direction:?} {z} {y} {x}");
                }
                target.fill_bytes(0).unwrap();
                let rows = Copy2d {
                    dst: target.as_mut_ptr().cast(),
                    dst_pitch: 40,
                    src: source.as_ptr().cast(),
                    src_pitch: 64,
                    width_bytes: 17,
                    height: 100,
                    direction,
                };
                // SAFETY: the last byte read is 99 * 64 + 16 and the last one written 99 * 40 + 16; as above.
                unsafe { copy::blocking_2d(stream.as_ref(), &rows) }.unwrap();
                let seen = target.to_vec().unwrap();
                for (y, x) in (0..100).flat_map(|y| (0..40).map(move |x| (y, x))) {
                    let expected = if x < 17 { values[y * 64 + x] } else { 0 };
                    assert_eq!(seen[y * 40 + x], expected, "{stream:?} {direction:?} {y} {x}");
                }
            }
        }
    });
}

#[test]
fn work_of_one_device_waits_for_an_event_of_the_other() {
    on_two(|first, second| {
        const LEN: usize = 1 << 20;
        let (produce, consume) = (non_blocking(first), non_blocking(second));
        let (mut made, mut seen) =
            (DeviceMemory::<u8>::new(first, LEN).unwrap(), DeviceMemory::<u8>::new(second, LEN).unwrap());
        let mut back = PinnedMemory::<u8>::zeroed(second, LEN).unwrap();
        let source: Vec<_> =
            (0..20).map(|round| PinnedMemory::from_slice(first, &vec![round + 1; LEN]).unwrap()).collect();
        for host in &source {
            let (made_here, used_there) = (Event::new(first).unwrap(), Event::new(second).unwrap());
            // SAFETY: all memory lives until both streams are waited for below, and the events order its uses.
            unsafe {
                copy::enqueue(
                    produce.as_ref(),
                    made.as_mut_ptr().cast(),
                    host.as_ptr().cast(),
                    LEN,
                    Direction::HostToDevice,
                )
            }
            .unwrap();
            made_here.record(produce.as_ref()).unwrap();
            consume.wait_event(&made_here).unwrap();
            // SAFETY: as above.
            unsafe {
                copy::enqueue_peer(
                    consume.as_ref(),
                    seen.as_mut_ptr().cast(),
                    second,
                    made.as_ptr().cast(),
                    first,
                    LEN,
                )
            }
            .unwrap();
            used_there.record(consume.as_ref()).unwrap();
            produce.wait_event(&used_there).unwrap();
            // SAFETY: as above.
            unsafe {
                copy::enqueue(
                    consume.as_ref(),
                    back.as_mut_ptr().cast(),
                    seen.as_ptr().cast(),
                    LEN,
                    Direction::DeviceToHost,
                )
            }
            .unwrap();
            consume.synchronize().unwrap();
            assert!(back[..] == host[..], "the copy ran before the memory was made");
        }
        produce.synchronize().unwrap();
    });
}

#[test]
fn memory_of_pools_of_two_devices_is_copied_in_order_and_freed_after_its_use() {
    with_and_without_access(|from, to| {
        let (from_pool, to_pool) = (MemoryPool::new(from).unwrap(), MemoryPool::new(to).unwrap());
        let (there, here) = (non_blocking(from), non_blocking(to));
        for round in 0..10u8 {
            let mut source = DeviceMemory::<u8>::from_pool(&from_pool, &there, 1 << 18).unwrap();
            let mut target = DeviceMemory::<u8>::from_pool(&to_pool, &here, 1 << 18).unwrap();
            source.fill_bytes(round).unwrap();
            target.copy_from_device(source.view()).unwrap();
            source.record_use(&here).unwrap();
            drop(source);
            assert!(target.to_vec().unwrap().iter().all(|&byte| byte == round));
        }
    });
}
