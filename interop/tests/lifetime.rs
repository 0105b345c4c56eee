//! Whoever goes first: the memory lives until the last of a buffer, its shares and its exports is gone, and not longer.

mod support;

use std::mem;
use std::thread;

use interop::dlpack::{Form, ManagedTensor, RawTensor};
use interop::{CudaBuffer, DType};
use support::{Drops, bytes_at, contents, device_bytes, devices, on, ramp};

/// A buffer over foreign memory whose end is counted.
fn counted(device: cuda_safe::Device, drops: &Drops) -> CudaBuffer {
    let memory = device_bytes(device, &ramp(6));
    let raw = bytes_at(memory.as_ptr().addr(), &[6]);
    // SAFETY: the owner goes with its memory.
    unsafe { CudaBuffer::from_array_interface(&raw, (memory, drops.owner()), &on(device)) }.unwrap()
}

#[test]
fn an_owner_is_kept_exactly_as_long_as_its_buffer() {
    for device in devices() {
        let drops = Drops::default();
        let buffer = counted(device, &drops);
        assert_eq!(drops.count(), 0);
        drop(buffer);
        assert_eq!(drops.count(), 1);
        counted(device, &drops).close().unwrap();
        assert_eq!(drops.count(), 2);
    }
}

#[test]
fn the_last_of_buffer_share_and_exports_lets_the_owner_go_in_any_order() {
    let device = support::device();
    let orders = [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1], [0, 2, 1, 3], [3, 0, 2, 1]];
    for order in orders {
        let drops = Drops::default();
        let buffer = counted(device, &drops);
        let (share, legacy, versioned) = (
            buffer.share(),
            buffer.to_dlpack(Form::Legacy).unwrap(),
            buffer.to_dlpack(Form::Versioned).unwrap(),
        );
        let mut holders: [Option<Box<dyn Send>>; 4] = [
            Some(Box::new(buffer)),
            Some(Box::new(share)),
            Some(Box::new(legacy)),
            Some(Box::new(versioned)),
        ];
        for (gone, at) in order.into_iter().enumerate() {
            assert_eq!(drops.count(), 0, "{order:?} after {gone}");
            holders[at] = None;
        }
        assert_eq!(drops.count(), 1, "{order:?}");
    }
}

#[test]
fn an_export_is_readable_after_its_buffer_is_gone() {
    for device in devices() {
        let drops = Drops::default();
        let buffer = counted(device, &drops);
        let tensor = buffer.to_dlpack(Form::Versioned).unwrap();
        drop(buffer);
        let back = CudaBuffer::from_dlpack_with(tensor, &on(device)).unwrap();
        assert_eq!(contents(&back), ramp(6));
        assert_eq!(drops.count(), 0);
        drop(back);
        assert_eq!(drops.count(), 1);
    }
}

#[test]
fn closing_a_buffer_over_a_tensor_releases_the_tensor() {
    for device in devices() {
        let drops = Drops::default();
        let tensor = counted(device, &drops).to_dlpack(Form::Versioned).unwrap();
        CudaBuffer::from_dlpack_with(tensor, &on(device)).unwrap().close().unwrap();
        assert_eq!(drops.count(), 1);
    }
}

#[test]
fn a_chain_of_exports_and_imports_ends_with_one_release() {
    let device = support::device();
    let drops = Drops::default();
    let mut buffer = counted(device, &drops);
    for round in 0..20 {
        let form = if round % 2 == 0 { Form::Legacy } else { Form::Versioned };
        let tensor = buffer.to_dlpack(form).unwrap();
        buffer = CudaBuffer::from_dlpack_with(tensor, &on(device)).unwrap();
        // SAFETY: the buffer owns the memory that it describes.
        buffer = unsafe { CudaBuffer::from_cuda_with(buffer, &on(device)) }.unwrap();
    }
    assert_eq!((contents(&buffer), drops.count()), (ramp(6), 0));
    drop(buffer);
    assert_eq!(drops.count(), 1);
}

#[test]
fn a_tensor_that_nobody_consumes_is_released_by_its_capsule() {
    let device = support::device();
    let drops = Drops::default();
    let raw = counted(device, &drops).to_dlpack(Form::Versioned).unwrap().into_raw();
    assert_eq!(drops.count(), 0);
    let RawTensor::Versioned(tensor) = raw else { panic!("a versioned tensor was asked for") };
    // SAFETY: this is what the destructor of a capsule does, once.
    drop(unsafe { ManagedTensor::from_versioned(tensor) });
    assert_eq!(drops.count(), 1);
}

#[test]
fn tensors_may_be_released_on_other_threads() {
    for device in devices() {
        let drops = Drops::default();
        let buffer = counted(device, &drops);
        let tensors: Vec<_> = (0..8).map(|_| buffer.to_dlpack(Form::Versioned).unwrap()).collect();
        let threads: Vec<_> = tensors.into_iter().map(|tensor| thread::spawn(move || drop(tensor))).collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(drops.count(), 0);
        thread::spawn(move || drop(buffer)).join().unwrap();
        assert_eq!(drops.count(), 1);
    }
}

#[test]
fn forgetting_a_buffer_or_an_export_keeps_the_memory() {
    let device = support::device();
    let drops = Drops::default();
    let buffer = counted(device, &drops);
    mem::forget(buffer.to_dlpack(Form::Legacy).unwrap());
    mem::forget(buffer.view());
    mem::forget(buffer.share());
    assert_eq!(contents(&buffer), ramp(6));
    drop(buffer);
    assert_eq!(drops.count(), 0);
    let mut table = CudaBuffer::new(device, &[4], DType::U8).unwrap();
    mem::forget(table.view_mut().unwrap());
    mem::forget(table);
}

#[test]
fn memory_of_our_own_is_freed_with_the_last_holder() {
    // Large enough to be seen in what the device has free, whatever else goes on there.
    const BYTES: usize = 256 << 20;
    let device = support::device();
    let free = || device.memory_info().unwrap().free;
    let before = free();
    let buffer = CudaBuffer::new(device, &[BYTES], DType::U8).unwrap();
    let tensor = buffer.to_dlpack(Form::Versioned).unwrap();
    assert!(free() + BYTES / 2 < before);
    drop(buffer);
    assert!(free() + BYTES / 2 < before);
    drop(tensor);
    assert!(free() + BYTES / 2 > before);
}
