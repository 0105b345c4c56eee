//! Threads that each use a device of their own.
//!
//! A program of its own: beside tests that switched peer access and held streams, these threads once stopped for ever on two
//! H200, each in `cudaStreamSynchronize` and inside the driver (580.159) waiting for a lock. Alone they never did,
//! and neither did a C program that made the same calls.

mod support;

use std::thread;

use cuda_safe::{Device, DeviceMemory};

use crate::support::on_two;

fn make_current(device: Device) {
    // SAFETY: the ordinal is a device's.
    unsafe { device.runtime().cudaSetDevice(device.ordinal() as i32) }.unwrap();
}

fn pattern(len: usize, seed: usize) -> Vec<u8> {
    (0..len).map(|index| (index.wrapping_mul(31) + index / 251 + seed) as u8).collect()
}

#[test]
fn threads_with_devices_of_their_own_do_not_disturb_each_other() {
    on_two(|first, second| {
        thread::scope(|scope| {
            for (device, seed) in [(first, 1), (second, 2), (first, 3), (second, 4)] {
                scope.spawn(move || {
                    make_current(device);
                    let values = pattern(70_001, seed);
                    for _ in 0..20 {
                        let memory = DeviceMemory::from_host(device, &values).unwrap();
                        assert!(memory.to_vec().unwrap() == values);
                        assert_eq!(Device::current(device.runtime()).unwrap(), device);
                    }
                });
            }
        });
    });
}
