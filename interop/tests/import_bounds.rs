//! How far a foreign array may reach: to the end of the allocation that it begins in.

mod support;

use std::sync::{Mutex, MutexGuard, PoisonError};

use cuda_emulator::{Flavour, runtime_without};
use cuda_safe::{Device, DeviceMemory, PinnedMemory};
use interop::{CudaBuffer, Error, RawArrayInterface, Result};
use support::{bytes_at, device_bytes, devices, on};

/// What lies beside an allocation is asked for here, so no other test may free it between two questions.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take(device: Device, raw: &RawArrayInterface) -> Result<CudaBuffer> {
    // SAFETY: the descriptions in these tests are of memory that outlives the buffer, or are refused.
    unsafe { CudaBuffer::from_array_interface(raw, (), &on(device)) }
}

/// A device whose runtime cannot tell how far an allocation reaches.
fn device_that_cannot_tell() -> Device {
    let runtime = runtime_without(Flavour::Cuda13, &["cudaGetDriverEntryPoint"]);
    Device::new(runtime, 0).unwrap()
}

#[test]
fn an_array_that_ends_in_the_next_allocation_is_refused() {
    let _alone = alone();
    for device in devices() {
        // Small allocations are neighbours: the last byte is device memory too, but of another owner.
        let memory: Vec<_> = (0..4).map(|_| device_bytes(device, &[7; 512])).collect();
        let lowest = memory.iter().map(|one| one.as_ptr().addr()).min().unwrap();
        for (offset, len) in [(0, 513), (0, 1024), (511, 2), (256, 512)] {
            let refused = take(device, &bytes_at(lowest + offset, &[len as i64]));
            let Err(Error::OutsideAllocation { start, end, allocation_end }) = refused else {
                panic!("{refused:?}")
            };
            assert_eq!((start, end), (lowest + offset, lowest + offset + len));
            assert_eq!(allocation_end, lowest + 512);
        }
        assert_eq!(take(device, &bytes_at(lowest + 511, &[1])).unwrap().shape(), [1]);
    }
}

#[test]
fn strides_count() {
    let _alone = alone();
    for device in devices() {
        let memory = device_bytes(device, &[7; 24]);
        let mut raw = bytes_at(memory.as_ptr().addr(), &[2, 3, 4]);
        for (strides, fits) in [([12, 4, 1], true), ([13, 4, 1], false), ([1 << 45, 4, 1], false)] {
            raw.strides = Some(strides.to_vec());
            let taken = take(device, &raw);
            assert_eq!(taken.is_ok(), fits, "{strides:?}: {taken:?}");
            assert!(fits || matches!(taken, Err(Error::OutsideAllocation { .. })), "{taken:?}");
        }
    }
}

#[test]
fn an_array_that_begins_before_its_memory_is_refused() {
    let _alone = alone();
    for device in devices() {
        let memory = device_bytes(device, &[7; 512]);
        let mut raw = bytes_at(memory.as_ptr().addr() + 1, &[4]);
        raw.strides = Some(vec![-1]);
        let refused = take(device, &raw);
        let expected =
            matches!(refused, Err(Error::OutsideAllocation { .. } | Error::NotDeviceMemory { .. }));
        assert!(expected, "{refused:?}");
    }
}

#[test]
fn an_array_of_several_megabytes_is_taken_over() {
    let _alone = alone();
    for device in devices() {
        let memory = DeviceMemory::<u8>::zeroed(device, 5 << 20).unwrap();
        let taken = take(device, &bytes_at(memory.as_ptr().addr(), &[5 << 20])).unwrap();
        assert_eq!((taken.shape(), taken.device()), (&[5 << 20][..], device));
    }
}

#[test]
fn without_the_driver_both_ends_are_looked_up() {
    let _alone = alone();
    let device = device_that_cannot_tell();
    let memory = device_bytes(device, &[7; 512]);
    let address = memory.as_ptr().addr();
    assert_eq!(take(device, &bytes_at(address, &[512])).unwrap().shape(), [512]);
    let far = take(device, &bytes_at(address, &[1 << 45]));
    assert!(matches!(far, Err(Error::NotDeviceMemory { .. })), "{far:?}");
}

#[test]
fn without_the_driver_an_array_between_two_kinds_of_memory_is_refused() {
    let _alone = alone();
    let device = device_that_cannot_tell();
    let memory = device_bytes(device, &[0; 8]);
    let pinned = PinnedMemory::<u8>::zeroed(device, 8).unwrap();
    let (from, to) = (memory.as_ptr().addr(), pinned.as_ptr().addr());
    let mut raw = bytes_at(from, &[2]);
    raw.strides = Some(vec![to.wrapping_sub(from) as i64]);
    let refused = take(device, &raw);
    assert!(matches!(refused, Err(Error::TornArray { .. })), "{refused:?}");
}
