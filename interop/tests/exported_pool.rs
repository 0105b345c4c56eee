//! Memory that was exported outlives the work that its consumer has queued on a stream of its own.

mod support;

use std::time::Duration;

use cuda_safe::memory::copy::{self, Direction};
use cuda_safe::{Device, MemoryPool, PinnedMemory, Stream, StreamOptions};
use interop::dlpack::Form;
use interop::{Allocator, BufferOptions, CudaBuffer, DType};

const BYTES: usize = 1 << 20;
const DELAY: Duration = Duration::from_millis(50);

/// A stream that no other one is ordered with.
fn stream(device: Device) -> Stream {
    Stream::with_options(device, StreamOptions { non_blocking: true, ..Default::default() }).unwrap()
}

/// What holds the memory last.
#[derive(Clone, Copy, Debug)]
enum Last {
    Tensor,
    Described,
    Closed,
}

/// A consumer reads the memory on its own stream and lets go of it while that read is pending.
fn consumer_lets_go_with_work_pending(device: Device, allocator: Allocator<'_>, last: Last) {
    let (home, consumer) = (stream(device), stream(device));
    let options = BufferOptions { allocator, stream: Some(home.clone()), zeroed: true };
    let buffer = CudaBuffer::with_options(device, &[BYTES], DType::U8, &options).unwrap();
    let mut seen = PinnedMemory::<u8>::zeroed(device, BYTES).unwrap();
    seen.fill(7);
    let source = std::ptr::without_provenance(buffer.address());
    let tensor = match last {
        Last::Tensor => Some(buffer.to_dlpack(Form::Versioned).unwrap()),
        Last::Described | Last::Closed => buffer.array_interface().map(|_| None).unwrap(),
    };
    consumer.as_ref().wait_for(home.as_ref()).unwrap();
    let destination = seen.as_mut_ptr().cast();
    // SAFETY: both sides are there until the consumer's stream is waited for below; that the source is, is what is tested.
    unsafe { copy::enqueue(consumer.as_ref(), destination, source, BYTES, Direction::DeviceToHost) }.unwrap();
    match last {
        Last::Tensor => {
            drop(buffer);
            drop(tensor);
        }
        Last::Described => drop(buffer),
        Last::Closed => buffer.close().unwrap(),
    }
    // Whatever takes the memory next must not be seen by the pending read.
    let again = CudaBuffer::with_options(device, &[BYTES], DType::U8, &options).unwrap();
    consumer.synchronize().unwrap();
    assert!(seen.iter().all(|&byte| byte == 0), "{last:?}");
    drop(again);
}

#[test]
fn memory_is_not_freed_under_the_work_of_a_consumer() {
    if support::is_emulated() {
        cuda_emulator::set_async_delay(DELAY);
    }
    for device in support::devices() {
        let pool = MemoryPool::new(device).unwrap();
        for last in [Last::Tensor, Last::Described, Last::Closed] {
            consumer_lets_go_with_work_pending(device, Allocator::Pool(&pool), last);
            consumer_lets_go_with_work_pending(device, Allocator::Cuda, last);
        }
    }
    if support::is_emulated() {
        // The host need not wait, whether it is known who uses the memory or not.
        [false, true].into_iter().for_each(pool_memory_is_freed_without_a_wait);
    }
}

fn pool_memory_is_freed_without_a_wait(exported: bool) {
    let device = support::device();
    let pool = MemoryPool::new(device).unwrap();
    let (home, busy) = (stream(device), stream(device));
    let options =
        BufferOptions { allocator: Allocator::Pool(&pool), stream: Some(home), ..Default::default() };
    let buffer = CudaBuffer::with_options(device, &[BYTES], DType::U8, &options).unwrap();
    let scratch = CudaBuffer::new(device, &[BYTES], DType::U8).unwrap();
    let mut seen = PinnedMemory::<u8>::zeroed(device, BYTES).unwrap();
    let gate = support::Gate::closed(&busy);
    let (source, destination) = (std::ptr::without_provenance(scratch.address()), seen.as_mut_ptr().cast());
    // SAFETY: both sides are there until the stream is waited for below.
    unsafe { copy::enqueue(busy.as_ref(), destination, source, BYTES, Direction::DeviceToHost) }.unwrap();
    if exported {
        buffer.array_interface().unwrap();
    }
    drop(buffer);
    assert!(!busy.query().unwrap(), "dropping the buffer waited for another stream; exported: {exported}");
    drop(gate);
    busy.synchronize().unwrap();
}
