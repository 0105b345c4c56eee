//! Device memory as a buffer, and back when nobody else can be using it.

mod support;

use cuda_safe::{DeviceMemory, MemoryPool, PinnedMemory, Stream, StreamOptions};
use interop::dlpack::Form;
use interop::{CudaBuffer, DType, Error, memcpy_h2d};
use support::{contents, ramp};

#[test]
fn memory_becomes_a_buffer_and_memory_again() {
    let device = support::device();
    let buffer =
        CudaBuffer::from_memory(DeviceMemory::from_host(device, &ramp(12)).unwrap(), &[3, 4], DType::U8)
            .unwrap();
    assert_eq!((buffer.shape(), contents(&buffer)), (&[3, 4][..], ramp(12)));
    assert_eq!(buffer.into_memory().unwrap().to_vec().unwrap(), ramp(12));
}

#[test]
fn memory_is_given_back_when_the_last_copy_has_arrived() {
    let device = support::device();
    let other =
        Stream::with_options(device, StreamOptions { non_blocking: true, ..Default::default() }).unwrap();
    for round in 0..20u8 {
        let mut buffer = CudaBuffer::new(device, &[16], DType::U8).unwrap();
        memcpy_h2d(&[round; 16], &mut buffer).unwrap();
        let memory = buffer.into_memory().unwrap();
        let host = PinnedMemory::<u8>::zeroed(device, 16).unwrap();
        let (_memory, host) = other.copy_to_host(memory, host).unwrap().wait().unwrap();
        assert_eq!(host[..], [round; 16]);
    }
}

#[test]
fn memory_of_a_pool_brings_its_stream() {
    let device = support::device();
    let (pool, stream) = (MemoryPool::new(device).unwrap(), Stream::new(device).unwrap());
    let memory = DeviceMemory::from_pool(&pool, &stream, 64).unwrap();
    let buffer = CudaBuffer::from_memory(memory, &[5], DType::F64).unwrap();
    assert_eq!(buffer.stream().as_raw(), stream.as_raw());
    let memory = buffer.into_memory().unwrap();
    assert_eq!((memory.len(), memory.stream().map(Stream::as_raw)), (64, Some(stream.as_raw())));
}

#[test]
fn a_shape_larger_than_the_memory_is_refused() {
    let memory = DeviceMemory::new(support::device(), 11).unwrap();
    let refused = CudaBuffer::from_memory(memory, &[3], DType::F32);
    assert!(matches!(refused, Err(Error::OutOfBounds { bytes: 11, .. })), "{refused:?}");
}

#[test]
fn memory_that_somebody_else_may_use_stays_a_buffer() {
    let device = support::device();
    let shared = support::filled(device, &[6], &ramp(6));
    let other = shared.share();
    let shared = shared.into_memory().unwrap_err();
    drop(other);
    let exported =
        shared.into_memory().map(|memory| CudaBuffer::from_memory(memory, &[6], DType::U8).unwrap());
    let exported = exported.expect("the other buffer is gone");
    drop(exported.to_dlpack(Form::Versioned).unwrap());
    let exported = exported.into_memory().expect_err("a consumer may still be working on it");
    assert_eq!(contents(&exported), ramp(6));
}
