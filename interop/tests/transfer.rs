//! Copies: what arrives, what is refused, and that a refusal touches nothing.

mod support;

use cuda_safe::{MemoryPool, PinnedMemory, Registered, Stream, StreamOptions};
use interop::{
    Allocator, BufferOptions, CudaBuffer, DType, Error, HostView, HostViewMut, Layout, LayoutError,
    memcpy_d2d, memcpy_d2d_on, memcpy_d2h, memcpy_d2h_on, memcpy_h2d, memcpy_h2d_on,
};
use support::{buffer_over, contents, devices, filled, ramp};

#[test]
fn a_slice_takes_the_shape_of_the_device_array() {
    for device in devices() {
        let mut buffer = CudaBuffer::new(device, &[2, 3], DType::I32).unwrap();
        memcpy_h2d(&vec![1i32, 2, 3, 4, 5, 6], &mut buffer).unwrap();
        let mut transposed = [0i32; 6];
        memcpy_d2h(buffer.view().transpose(), &mut transposed).unwrap();
        assert_eq!(transposed, [1, 4, 2, 5, 3, 6]);
    }
}

#[test]
fn every_kind_of_host_source_is_taken() {
    let device = support::device();
    let mut buffer = CudaBuffer::new(device, &[2, 2], DType::U8).unwrap();
    let (array, vector) = ([1u8, 2, 3, 4], vec![5u8, 6, 7, 8]);
    memcpy_h2d(&array, &mut buffer).unwrap();
    assert_eq!(contents(&buffer), array);
    memcpy_h2d(&vector, &mut buffer).unwrap();
    assert_eq!(contents(&buffer), vector);
    memcpy_h2d(&array[..], &mut buffer).unwrap();
    let view = HostView::new(&vector, &[2, 2]).unwrap();
    memcpy_h2d(&view, buffer.view_mut().unwrap()).unwrap();
    memcpy_h2d(view, &mut buffer.view_mut().unwrap()).unwrap();
    let (mut array, mut vector) = ([0u8; 4], vec![0u8; 4]);
    memcpy_d2h(&buffer, &mut array).unwrap();
    memcpy_d2h(&buffer.view(), &mut vector).unwrap();
    assert_eq!((&array[..], &vector[..]), (&[5u8, 6, 7, 8][..], &[5u8, 6, 7, 8][..]));
    memcpy_d2h(buffer.view(), &mut vector[..]).unwrap();
    let mut view = HostViewMut::new(&mut vector, &[2, 2]).unwrap();
    memcpy_d2h(&buffer, &mut view).unwrap();
    memcpy_d2h(&buffer, view).unwrap();
}

#[test]
fn page_locked_and_boxed_memory_is_taken_as_it_is() {
    for device in devices() {
        let mut buffer = CudaBuffer::new(device, &[2, 2], DType::U8).unwrap();
        let mut pinned = PinnedMemory::<u8>::zeroed(device, 4).unwrap();
        pinned.copy_from_slice(&[1, 2, 3, 4]);
        memcpy_h2d(&pinned, &mut buffer).unwrap();
        let mut registered = Registered::new(device, vec![0u8; 4]).unwrap();
        memcpy_d2h(&buffer, &mut registered).unwrap();
        assert_eq!(&registered[..], [1, 2, 3, 4]);
        let boxed: Box<[u8]> = Box::new([5, 6, 7, 8]);
        memcpy_h2d(&boxed, &mut buffer).unwrap();
        memcpy_d2h(&buffer, &mut pinned).unwrap();
        assert_eq!(&pinned[..], [5, 6, 7, 8]);
        memcpy_h2d(&registered, &mut buffer).unwrap();
        let mut boxed = boxed;
        memcpy_d2h(&buffer, &mut boxed).unwrap();
        assert_eq!(&boxed[..], [1, 2, 3, 4]);
    }
}

#[test]
fn rows_with_a_pitch_are_copied_without_their_padding() {
    for device in devices() {
        let mut rows = vec![0xffu8; 3 * 8];
        for row in 0..3 {
            rows[row * 8..row * 8 + 6].copy_from_slice(&ramp(18)[row * 6..row * 6 + 6]);
        }
        let mut image = CudaBuffer::new(device, &[3, 2, 3], DType::U8).unwrap();
        memcpy_h2d(HostView::rows(&rows, &[3, 2, 3], 8).unwrap(), &mut image).unwrap();
        assert_eq!(contents(&image), ramp(18));
        let mut back = vec![0xffu8; 3 * 8];
        memcpy_d2h(&image, HostViewMut::rows(&mut back, &[3, 2, 3], 8).unwrap()).unwrap();
        assert_eq!(back, rows);
    }
}

#[test]
fn bytes_carry_one_byte_types_and_nothing_else_does() {
    let device = support::device();
    let mut flags = CudaBuffer::new(device, &[2], DType::Bool).unwrap();
    memcpy_h2d(&[1u8, 0], &mut flags).unwrap();
    let mut back = [9u8; 2];
    memcpy_d2h(&flags, &mut back).unwrap();
    assert_eq!(back, [1, 0]);
    let refused = memcpy_h2d(&[1i8, 0], &mut flags).unwrap_err();
    assert!(matches!(refused, Error::DTypeMismatch { to: DType::Bool, from: DType::I8 }), "{refused}");
    let view = HostView::new(&[1i8, 0], &[2]).unwrap().reinterpret(DType::Bool).unwrap();
    memcpy_h2d(&view, &mut flags).unwrap();
}

#[test]
fn arrays_without_elements_are_copied_without_a_call() {
    for device in devices() {
        let mut empty = CudaBuffer::new(device, &[0, 3], DType::F32).unwrap();
        memcpy_h2d(&[] as &[f32], &mut empty).unwrap();
        memcpy_d2h(&empty, &mut [] as &mut [f32]).unwrap();
        let other = CudaBuffer::new(device, &[0, 3], DType::F32).unwrap();
        memcpy_d2d(&other, &mut empty).unwrap();
        let wrong = memcpy_h2d(HostView::new(&[] as &[f32], &[3, 0]).unwrap(), &mut empty);
        assert!(matches!(wrong, Err(Error::Layout(LayoutError::ShapeMismatch { .. }))));
    }
}

#[test]
fn a_mismatch_touches_nothing() {
    for device in devices() {
        let mut buffer = filled(device, &[2, 3], &ramp(6));
        let other = filled(device, &[3, 2], &[9; 6]);
        let mut out = [0xeeu8; 6];

        assert!(matches!(
            memcpy_h2d(&[9u8; 5], &mut buffer),
            Err(Error::SliceLength { len: 5, elements: 6, .. })
        ));
        let shaped = HostView::new(&[9u8; 6], &[3, 2]).unwrap();
        assert!(matches!(
            memcpy_h2d(shaped, &mut buffer),
            Err(Error::Layout(LayoutError::ShapeMismatch { .. }))
        ));
        assert!(matches!(memcpy_h2d(&[9u16; 6], &mut buffer), Err(Error::DTypeMismatch { .. })));
        assert!(matches!(
            memcpy_d2d(&other, &mut buffer),
            Err(Error::Layout(LayoutError::ShapeMismatch { .. }))
        ));
        let floats = CudaBuffer::new(device, &[2, 3], DType::F8E5M2).unwrap();
        assert!(matches!(memcpy_d2d(&floats, &mut buffer), Err(Error::DTypeMismatch { .. })));
        assert_eq!(contents(&buffer), ramp(6));

        assert!(matches!(memcpy_d2h(&buffer, &mut out[..5]), Err(Error::SliceLength { .. })));
        assert!(memcpy_d2h(&buffer, HostViewMut::new(&mut out, &[6]).unwrap()).is_err());
        assert!(matches!(memcpy_d2h(&buffer, &mut [0f32; 6]), Err(Error::DTypeMismatch { .. })));
        assert_eq!(out, [0xee; 6]);
    }
}

#[test]
fn a_destination_that_overlaps_itself_is_refused() {
    let device = support::device();
    let repeated = Layout::strided(&[4, 2], &[1, 1], 0, 1).unwrap();
    let mut buffer = buffer_over(device, &ramp(6), repeated.clone(), DType::U8);
    let overlapping = |result: interop::Result<()>| {
        matches!(result, Err(Error::Layout(LayoutError::OverlappingDestination { .. })))
    };
    assert!(overlapping(memcpy_h2d(&[0u8; 8], &mut buffer)));
    let source = filled(device, &[4, 2], &[0; 8]);
    assert!(overlapping(memcpy_d2d(&source, &mut buffer)));
    assert_eq!(contents(&buffer), [0, 1, 1, 2, 2, 3, 3, 4]);
    let mut host = [0u8; 6];
    assert!(overlapping(memcpy_d2h(&source, HostViewMut::strided(&mut host, repeated).unwrap())));
}

#[test]
fn a_repeated_source_is_copied_as_often_as_it_is_seen() {
    for device in devices() {
        let row = filled(device, &[3], &[1, 2, 3]);
        let mut out = [0u8; 6];
        memcpy_d2h(row.view().broadcast_to(&[2, 3]).unwrap(), &mut out).unwrap();
        assert_eq!(out, [1, 2, 3, 1, 2, 3]);
        let mut table = CudaBuffer::new(device, &[2, 3], DType::U8).unwrap();
        memcpy_d2d(row.view().broadcast_to(&[2, 3]).unwrap(), &mut table).unwrap();
        assert_eq!(contents(&table), [1, 2, 3, 1, 2, 3]);
        memcpy_h2d(HostView::new(&[7u8], &[1, 1]).unwrap().broadcast_to(&[2, 3]).unwrap(), &mut table)
            .unwrap();
        assert_eq!(contents(&table), [7; 6]);
    }
}

#[test]
fn device_arrays_that_overlap_are_not_copied_onto_each_other() {
    let device = support::device();
    let buffer = filled(device, &[8], &ramp(8));
    let mut share = buffer.share();
    let lower = buffer.view().slice(&[(..6).into()]).unwrap();
    let upper = share.view_mut().unwrap().slice(&[(2..).into()]).unwrap();
    assert!(matches!(memcpy_d2d(lower, upper), Err(Error::Overlap)));
    assert_eq!(contents(&buffer), ramp(8));
    // Every other element: interleaved, but no byte is shared.
    let even = buffer.view().reshape(&[4, 2]).unwrap().index(1, 0).unwrap();
    let odd = share.view_mut().unwrap().reshape(&[4, 2]).unwrap().index(1, 1).unwrap();
    memcpy_d2d(even, odd).unwrap();
    assert_eq!(contents(&buffer), [0, 0, 2, 2, 4, 4, 6, 6]);
}

#[test]
fn copies_on_another_stream_come_after_the_work_of_the_buffers_own() {
    for device in devices() {
        let non_blocking = StreamOptions { non_blocking: true, ..Default::default() };
        let (own, other) =
            (Stream::with_options(device, non_blocking), Stream::with_options(device, non_blocking));
        let (own, other) = (own.unwrap(), other.unwrap());
        let pool = MemoryPool::new(device).unwrap();
        for _ in 0..20 {
            let options =
                BufferOptions { allocator: Allocator::Pool(&pool), stream: Some(own.clone()), zeroed: false };
            let mut first = CudaBuffer::with_options(device, &[1 << 16], DType::U8, &options).unwrap();
            let mut second = CudaBuffer::with_options(device, &[1 << 16], DType::U8, &options).unwrap();
            memcpy_h2d_on(&other, &vec![5u8; 1 << 16], &mut first).unwrap();
            memcpy_d2d_on(&other, &first, &mut second).unwrap();
            let mut out = vec![0u8; 1 << 16];
            memcpy_d2h_on(&other, &second, &mut out).unwrap();
            assert!(out.iter().all(|&byte| byte == 5));
        }
    }
}

#[test]
fn arrays_of_two_devices_are_copied_in_any_layout() {
    let (first, second) = support::two_devices();
    let source = filled(first, &[4, 6], &ramp(24));
    let mut target = CudaBuffer::new(second, &[4, 6], DType::U8).unwrap();
    memcpy_d2d(&source, &mut target).unwrap();
    assert_eq!(contents(&target), ramp(24));
    let mut crop = CudaBuffer::new(second, &[2, 3], DType::U8).unwrap();
    memcpy_d2d(source.view().slice(&[(1..3).into(), (1..4).into()]).unwrap(), &mut crop).unwrap();
    assert_eq!(contents(&crop), [7, 8, 9, 13, 14, 15]);
    let mut columns = CudaBuffer::new(second, &[6, 4], DType::U8).unwrap();
    memcpy_d2d(source.view().transpose(), &mut columns).unwrap();
    let mut back = [0u8; 24];
    memcpy_d2h(columns.view().transpose(), &mut back).unwrap();
    assert_eq!(back.to_vec(), ramp(24));
}

#[test]
fn arrays_of_every_kind_of_memory_are_copied_to_each_other() {
    for device in devices() {
        let kinds = [Allocator::Cuda, Allocator::Pinned, Allocator::Managed];
        for from in kinds {
            for to in kinds {
                let made = |allocator| {
                    let options = BufferOptions { allocator, ..Default::default() };
                    CudaBuffer::with_options(device, &[3, 4], DType::U8, &options).unwrap()
                };
                let (mut source, mut target) = (made(from), made(to));
                memcpy_h2d(&ramp(12), &mut source).unwrap();
                memcpy_d2d(&source, &mut target).unwrap();
                assert_eq!(contents(&target), ramp(12), "{from:?} to {to:?}");
                memcpy_d2d(source.view().flip(0).unwrap(), &mut target).unwrap();
                assert_eq!(contents(&target), [8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3], "{from:?} to {to:?}");
            }
        }
    }
}

#[test]
fn an_image_is_cropped_mirrored_and_split_into_planes() {
    for device in devices() {
        let (height, width) = (30, 45);
        let pixels = ramp(height * width * 3);
        let image = filled(device, &[height, width, 3], &pixels);
        let at = |row: usize, column: usize, channel: usize| pixels[(row * width + column) * 3 + channel];

        let crop = image.view().slice(&[(7..22).into(), (11..33).into()]).unwrap();
        let mut out = vec![0u8; 15 * 22 * 3];
        memcpy_d2h(&crop, &mut out).unwrap();
        assert!(
            (0..15)
                .all(|r| (0..22).all(|c| (0..3).all(|k| out[(r * 22 + c) * 3 + k] == at(r + 7, c + 11, k))))
        );

        let mut out = vec![0u8; height * width * 3];
        memcpy_d2h(image.view().flip(1).unwrap(), &mut out).unwrap();
        let mirrored = |r, c, k| out[(r * width + c) * 3 + k] == at(r, width - 1 - c, k);
        assert!((0..height).all(|r| (0..width).all(|c| (0..3).all(|k| mirrored(r, c, k)))));

        memcpy_d2h(image.view().permute(&[2, 0, 1]).unwrap(), &mut out).unwrap();
        let planar = |r, c, k| out[(k * height + r) * width + c] == at(r, c, k);
        assert!((0..height).all(|r| (0..width).all(|c| (0..3).all(|k| planar(r, c, k)))));
    }
}
