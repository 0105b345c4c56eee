//! interop: buffers, their memory and their ends.

use cuda_safe::{Device, MemoryPool, PinnedMemory, Stream};
use interop::{Allocator, BufferOptions, CudaBuffer, DType, Error, MemoryKind, memcpy_d2h, memcpy_h2d};
use libtest_mimic::Failed;
use tests::{Check, checks};

pub(crate) const CHECKS: &[(&str, Check)] = checks![
    every_allocator_gives_memory_that_carries_an_image,
    a_buffer_without_elements_has_no_address,
    a_scalar_has_one_element,
    a_shape_that_overflows_is_refused,
    a_shared_buffer_outlives_the_first,
    a_closed_buffer_tells_of_its_exports,
    a_stream_of_the_user_is_the_buffers,
];

fn every_allocator_gives_memory_that_carries_an_image(device: Device) -> Result<(), Failed> {
    let pool = MemoryPool::new(device)?;
    let stream = Stream::new(device)?;
    let image: Vec<u8> = (0..300 * 451 * 3).map(|index| (index % 253) as u8).collect();
    for (allocator, kind) in [
        (Allocator::Cuda, MemoryKind::Device),
        (Allocator::Pool(&pool), MemoryKind::Device),
        (Allocator::Pinned, MemoryKind::Pinned),
        (Allocator::Managed, MemoryKind::Managed),
    ] {
        let options = BufferOptions { allocator, stream: Some(stream.clone()), zeroed: true };
        let mut buffer = CudaBuffer::with_options(device, &[300, 451, 3], DType::U8, &options)?;
        assert_eq!(buffer.memory_kind(), kind);
        let mut back = vec![1u8; image.len()];
        memcpy_d2h(&buffer, &mut back)?;
        assert!(back.iter().all(|byte| *byte == 0), "{kind:?} was to be zero");
        memcpy_h2d(&image, &mut buffer)?;
        memcpy_d2h(&buffer, &mut back)?;
        assert!(back == image, "{kind:?}");
        buffer.close()?;
    }
    Ok(())
}

fn a_buffer_without_elements_has_no_address(device: Device) -> Result<(), Failed> {
    let mut buffer = CudaBuffer::new(device, &[3, 0, 2], DType::F64)?;
    assert_eq!(buffer.address(), 0);
    memcpy_h2d(&[0f64; 0], &mut buffer)?;
    memcpy_d2h(&buffer, &mut [0f64; 0])?;
    buffer.close()?;
    Ok(())
}

fn a_scalar_has_one_element(device: Device) -> Result<(), Failed> {
    let mut buffer = CudaBuffer::new(device, &[], DType::I64)?;
    memcpy_h2d(&[-7i64], &mut buffer)?;
    let mut back = [0i64];
    memcpy_d2h(&buffer, &mut back)?;
    assert_eq!(back, [-7]);
    Ok(())
}

fn a_shape_that_overflows_is_refused(device: Device) -> Result<(), Failed> {
    for shape in [&[usize::MAX, 2][..], &[1 << 32, 1 << 32], &[usize::MAX / 2]] {
        assert!(matches!(CudaBuffer::new(device, shape, DType::F64), Err(Error::Layout(_))), "{shape:?}");
    }
    Ok(())
}

fn a_shared_buffer_outlives_the_first(device: Device) -> Result<(), Failed> {
    let mut buffer = CudaBuffer::new(device, &[100], DType::U8)?;
    memcpy_h2d(&[9u8; 100], &mut buffer)?;
    let tail = buffer.view().slice(&[(90..).into()])?.share();
    drop(buffer);
    let mut back = [0u8; 10];
    memcpy_d2h(&tail, &mut back)?;
    assert_eq!(back, [9; 10]);
    Ok(())
}

fn a_closed_buffer_tells_of_its_exports(device: Device) -> Result<(), Failed> {
    let buffer = CudaBuffer::new(device, &[8], DType::F32)?;
    let share = buffer.share();
    assert!(matches!(buffer.close(), Err(Error::StillExported { exports: 1 })));
    share.close()?;
    Ok(())
}

fn a_stream_of_the_user_is_the_buffers(device: Device) -> Result<(), Failed> {
    let stream = Stream::new(device)?;
    let options = BufferOptions { stream: Some(stream.clone()), ..Default::default() };
    let mut buffer = CudaBuffer::with_options(device, &[1 << 20], DType::U8, &options)?;
    assert_eq!(buffer.stream().as_raw(), stream.as_raw());
    let source = PinnedMemory::from_slice(device, &vec![3u8; 1 << 20])?;
    memcpy_h2d(&source[..], &mut buffer)?;
    assert!(stream.query()?, "a copy is done when it returns");
    Ok(())
}
