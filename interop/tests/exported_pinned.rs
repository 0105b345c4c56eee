//! Page-locked memory that was exported is nobody else's while the work of its consumer may still use it.

mod support;

use std::time::Duration;

use cuda_safe::memory::copy::{self, Direction};
use cuda_safe::memory::pinned::{self, Settings};
use cuda_safe::{Device, DeviceMemory, PinnedMemory, Stream, StreamOptions};
use interop::dlpack::Form;
use interop::{Allocator, BufferOptions, CudaBuffer, DType, memcpy_d2h};

const BYTES: usize = 1 << 20;
const DELAY: Duration = Duration::from_millis(50);

fn buffer(device: Device, zeroed: bool) -> CudaBuffer {
    let options = BufferOptions { allocator: Allocator::Pinned, zeroed, ..Default::default() };
    CudaBuffer::with_options(device, &[BYTES], DType::U8, &options).unwrap()
}

/// A consumer reads the memory on a stream that no other one is ordered with, and lets go of it while that is pending;
/// then as many owners as may be come and write.
fn consumer_lets_go_with_work_pending(device: Device, tensor: bool, close: bool) {
    let consumer =
        Stream::with_options(device, StreamOptions { non_blocking: true, ..Default::default() }).unwrap();
    let exported = buffer(device, true);
    let mut seen = DeviceMemory::<u8>::zeroed(device, BYTES).unwrap();
    seen.fill_bytes(7).unwrap();
    let source = std::ptr::with_exposed_provenance(exported.address());
    let tensor = tensor.then(|| exported.to_dlpack(Form::Versioned).unwrap());
    exported.array_interface().unwrap();
    // SAFETY: both sides are there until the stream is waited for below; that the source is, is what is tested.
    unsafe {
        copy::enqueue(consumer.as_ref(), seen.as_mut_ptr().cast(), source, BYTES, Direction::HostToDevice)
    }
    .unwrap();
    if close {
        drop(tensor);
        exported.close().unwrap();
    } else {
        drop(exported);
        drop(tensor);
    }
    let writers: Vec<_> = (0..16)
        .map(|_| {
            let mut memory = PinnedMemory::<u8>::new(device, BYTES).unwrap();
            memory.fill(9);
            memory
        })
        .collect();
    consumer.synchronize().unwrap();
    assert!(seen.to_vec().unwrap().iter().all(|&byte| byte == 0), "close: {close}");
    drop(writers);
}

#[test]
fn memory_is_not_handed_out_under_the_work_of_a_consumer() {
    if support::is_emulated() {
        cuda_emulator::set_async_delay(DELAY);
    }
    for device in support::devices() {
        for register_from in [Some(0), Some(usize::MAX)] {
            for keep in [0, 64 << 20] {
                pinned::configure(Settings { keep, register_from, ..Settings::default() }).unwrap();
                for tensor in [true, false] {
                    for close in [true, false] {
                        consumer_lets_go_with_work_pending(device, tensor, close);
                    }
                }
            }
        }
    }
    zeroed_buffers_are_zero_whatever_was_in_them();
}

fn zeroed_buffers_are_zero_whatever_was_in_them() {
    let device = support::device();
    pinned::trim();
    let mut memory = PinnedMemory::<u8>::new(device, BYTES).unwrap();
    memory.fill(9);
    let address = memory.as_ptr().addr();
    drop(memory);
    let again = buffer(device, true);
    assert_eq!(again.address(), address);
    let mut back = vec![1u8; BYTES];
    memcpy_d2h(&again, &mut back).unwrap();
    assert!(back.iter().all(|&byte| byte == 0));
}
