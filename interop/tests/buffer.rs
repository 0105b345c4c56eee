//! Buffers: how they are allocated, seen, exported and closed.

mod support;

use cuda_safe::{MemoryPool, Stream};
use interop::dlpack::{DLDevice, DLDeviceType, Form};
use interop::{
    Allocator, ArrayInterface, BufferOptions, CudaBuffer, CudaView, DType, Error, LayoutError, MemoryKind,
    SliceSpec, memcpy_h2d,
};
use support::{contents, devices, filled, ramp};

#[test]
fn a_new_buffer_is_packed_and_on_its_device() {
    for device in devices() {
        let buffer = CudaBuffer::new(device, &[4, 5], DType::F32).unwrap();
        assert_eq!((buffer.shape(), buffer.dtype(), buffer.device()), (&[4, 5][..], DType::F32, device));
        assert!(buffer.layout().is_c_contiguous());
        assert!(!buffer.is_read_only());
        assert!(buffer.stream().as_ref().is_legacy());
        assert_ne!(buffer.address(), 0);
        buffer.close().unwrap();
    }
}

#[test]
fn every_allocator_gives_memory_that_can_be_copied_to_and_from() {
    for device in devices() {
        let pool = MemoryPool::new(device).unwrap();
        let allocators = [
            (Allocator::Cuda, MemoryKind::Device),
            (Allocator::Pool(&pool), MemoryKind::Device),
            (Allocator::Pinned, MemoryKind::Pinned),
            (Allocator::Managed, MemoryKind::Managed),
        ];
        for (allocator, kind) in allocators {
            for stream in [None, Some(Stream::new(device).unwrap())] {
                let options = BufferOptions { allocator, stream, zeroed: true };
                let mut buffer = CudaBuffer::with_options(device, &[3, 4], DType::U8, &options).unwrap();
                assert_eq!(buffer.memory_kind(), kind);
                assert_eq!(contents(&buffer), [0; 12], "{allocator:?}");
                memcpy_h2d(&ramp(12), &mut buffer).unwrap();
                assert_eq!(contents(&buffer), ramp(12), "{allocator:?}");
                buffer.close().unwrap();
            }
        }
    }
}

#[test]
fn a_buffer_without_elements_has_no_memory() {
    for device in devices() {
        let pool = MemoryPool::new(device).unwrap();
        for allocator in [Allocator::Cuda, Allocator::Pool(&pool), Allocator::Pinned, Allocator::Managed] {
            let options = BufferOptions { allocator, zeroed: true, ..Default::default() };
            let buffer = CudaBuffer::with_options(device, &[3, 0, 2], DType::F64, &options).unwrap();
            assert_eq!(buffer.address(), 0, "{allocator:?}");
            assert_eq!(buffer.array_interface().unwrap().data, Some((0, false)));
            assert!(buffer.to_dlpack(Form::Versioned).unwrap().layout().is_empty());
            buffer.close().unwrap();
        }
    }
}

#[test]
fn a_buffer_of_one_element_has_the_empty_shape() {
    let mut buffer = CudaBuffer::new(support::device(), &[], DType::U8).unwrap();
    memcpy_h2d(&[7u8], &mut buffer).unwrap();
    assert_eq!(contents(&buffer), [7]);
}

#[test]
fn a_shape_that_overflows_is_refused_before_anything_is_allocated() {
    let refused = CudaBuffer::new(support::device(), &[usize::MAX, 2], DType::F32).unwrap_err();
    assert!(matches!(refused, Error::Layout(LayoutError::TooLarge { .. })), "{refused}");
}

#[test]
fn running_out_of_memory_is_an_error_with_the_size() {
    let refused = CudaBuffer::new(support::device(), &[1 << 50], DType::U8).unwrap_err();
    let Error::Cuda(cuda) = &refused else { panic!("{refused}") };
    assert!(cuda.is_out_of_memory());
    assert!(refused.to_string().contains(&(1u64 << 50).to_string()), "{refused}");
}

#[test]
fn a_stream_or_pool_of_another_device_is_refused() {
    let (device, other) = support::two_devices();
    let stream = Some(Stream::new(other).unwrap());
    let refused =
        CudaBuffer::with_options(device, &[4], DType::U8, &BufferOptions { stream, ..Default::default() });
    assert!(refused.unwrap_err().to_string().contains("not on the same device"));
    let pool = MemoryPool::new(other).unwrap();
    let options = BufferOptions { allocator: Allocator::Pool(&pool), ..Default::default() };
    assert!(CudaBuffer::with_options(device, &[4], DType::U8, &options).is_err());
}

#[test]
fn views_are_the_same_memory_under_another_layout() {
    let device = support::device();
    let buffer = filled(device, &[2, 3, 4], &ramp(24));
    let view = buffer.view();
    assert_eq!(view.permute(&[2, 0, 1]).unwrap().address(), buffer.address());
    assert_eq!(view.flip(0).unwrap().address(), buffer.address() + 12);
    assert_eq!(view.index(1, 2).unwrap().address(), buffer.address() + 8);
    assert_eq!(view.slice(&[SliceSpec::ALL, (1..).into()]).unwrap().address(), buffer.address() + 4);
    assert_eq!(view.reshape(&[6, 4]).unwrap().shape(), [6, 4]);
    assert_eq!(view.transpose().shape(), [4, 3, 2]);
    assert_eq!(view.expand(0).unwrap().squeeze().shape(), [2, 3, 4]);
    assert_eq!(view.broadcast_to(&[7, 2, 3, 4]).unwrap().shape(), [7, 2, 3, 4]);
    let words = view.reinterpret(DType::U32).unwrap();
    assert_eq!((words.shape(), words.dtype()), (&[2, 3, 1][..], DType::U32));
    assert_eq!((view.device(), view.is_read_only()), (device, false));
    assert!(matches!(view.index(0, 2), Err(LayoutError::IndexOutOfRange { .. })));
}

#[test]
fn a_view_for_writing_changes_only_what_it_shows() {
    for device in devices() {
        let mut buffer = filled(device, &[2, 3], &ramp(6));
        let mut view = buffer.view_mut().unwrap();
        let mut column = view.reborrow().index(1, 1).unwrap();
        memcpy_h2d(&[100u8, 200], &mut column).unwrap();
        assert_eq!(CudaView::from(&column).shape(), [2]);
        memcpy_h2d(&[50u8, 51, 52], view.index(0, 0).unwrap().flip(0).unwrap()).unwrap();
        assert_eq!(contents(&buffer), [52, 51, 50, 3, 200, 5]);
    }
}

#[test]
fn the_array_interface_of_a_buffer_names_its_stream() {
    for device in devices() {
        let stream = Stream::new(device).unwrap();
        let handle = stream.as_raw().addr();
        let options = BufferOptions { stream: Some(stream), ..Default::default() };
        let buffer = CudaBuffer::with_options(device, &[4, 5], DType::F32, &options).unwrap();
        let raw = buffer.array_interface().unwrap();
        assert_eq!((raw.version, raw.stream), (Some(3), Some(handle as i128)));
        assert_eq!(raw.strides, None);
        let legacy = CudaBuffer::new(device, &[4, 5], DType::F32).unwrap();
        assert_eq!(legacy.array_interface().unwrap().stream, Some(1));
        let planes = buffer.view().transpose().array_interface().unwrap();
        assert_eq!((planes.shape, planes.strides), (Some(vec![5, 4]), Some(vec![4, 20])));
    }
}

#[test]
fn a_view_that_starts_elsewhere_exports_the_address_of_its_first_element() {
    let buffer = filled(support::device(), &[4, 5], &ramp(20));
    let crop = buffer.view().slice(&[(1..3).into(), (2..4).into()]).unwrap();
    let raw = crop.array_interface().unwrap();
    assert_eq!(ArrayInterface::parse(&raw).unwrap().address(), buffer.address() + 7);
    let tensor = crop.to_dlpack(Form::Versioned).unwrap();
    assert_eq!(tensor.address(), buffer.address() + 7);
}

#[test]
fn a_type_without_a_type_string_is_exported_through_dlpack_only() {
    let buffer = CudaBuffer::new(support::device(), &[4], DType::Bf16).unwrap();
    assert!(matches!(buffer.array_interface(), Err(Error::ArrayInterface(_))));
    assert_eq!(buffer.to_dlpack(Form::Legacy).unwrap().dtype(), DType::Bf16);
}

#[test]
fn dlpack_names_the_device_by_the_kind_of_memory() {
    for device in devices() {
        let exported = |allocator| {
            let options = BufferOptions { allocator, ..Default::default() };
            let buffer = CudaBuffer::with_options(device, &[4], DType::U8, &options).unwrap();
            buffer.to_dlpack(Form::Versioned).unwrap().device()
        };
        let named = |device_type| DLDevice { device_type, device_id: 0 };
        assert_eq!(exported(Allocator::Cuda), named(DLDeviceType::CUDA));
        assert_eq!(exported(Allocator::Pinned), named(DLDeviceType::CUDA_HOST));
        assert_eq!(exported(Allocator::Managed), named(DLDeviceType::CUDA_MANAGED));
    }
}

#[test]
fn closing_a_buffer_that_is_still_exported_says_so() {
    let buffer = filled(support::device(), &[4], &ramp(4));
    let (tensor, shared) = (buffer.to_dlpack(Form::Versioned).unwrap(), buffer.share());
    assert!(matches!(buffer.close(), Err(Error::StillExported { exports: 2 })));
    drop(tensor);
    assert_eq!(contents(&shared), ramp(4));
    shared.close().unwrap();
}

#[test]
fn a_shared_view_is_a_buffer_of_its_own() {
    let buffer = filled(support::device(), &[2, 3], &ramp(6));
    let mut row = buffer.view().index(0, 1).unwrap().share();
    drop(buffer);
    memcpy_h2d(&[9u8, 8, 7], &mut row).unwrap();
    assert_eq!(contents(&row), [9, 8, 7]);
}
