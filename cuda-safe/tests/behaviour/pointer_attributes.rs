use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{DeviceMemory, MemoryKind, MemoryPool, PointerAttributes, Stream};

use crate::support::{on_each, on_two};

#[test]
fn device_memory_is_known_with_its_device() {
    on_each(|device| {
        let memory = DeviceMemory::<u8>::new(device, 64).unwrap();
        let inside = memory.as_ptr().wrapping_add(10);
        let attributes = PointerAttributes::of(device.runtime(), inside).unwrap();
        assert_eq!((attributes.kind, attributes.device), (MemoryKind::Device, Some(0)));
        assert_eq!(attributes.device_pointer.cast_const(), inside.cast());
        assert!(attributes.host_pointer.is_null());
    });
    on_two(|first, second| {
        let memory = DeviceMemory::<u8>::new(second, 64).unwrap();
        let attributes = PointerAttributes::of(first.runtime(), memory.as_ptr()).unwrap();
        assert_eq!(attributes.device, Some(1));
    });
}

#[test]
fn memory_of_a_pool_is_device_memory() {
    on_each(|device| {
        let pool = MemoryPool::default_of(device).unwrap();
        let memory = DeviceMemory::<u8>::from_pool(&pool, &Stream::legacy(device), 64).unwrap();
        let attributes = PointerAttributes::of(device.runtime(), memory.as_ptr()).unwrap();
        assert_eq!(attributes.kind, MemoryKind::Device);
    });
}

#[test]
fn ordinary_host_memory_and_null_are_unregistered_and_no_error() {
    on_each(|device| {
        let local = 5u8;
        for address in [&raw const local, std::ptr::null()] {
            let attributes = PointerAttributes::of(device.runtime(), address).unwrap();
            assert_eq!(attributes.kind, MemoryKind::Unregistered);
            assert!(attributes.device_pointer.is_null());
            // SAFETY: reads the thread's last error.
            let last = unsafe { device.runtime().cudaPeekAtLastError() };
            assert_eq!(last, Ok(cudaError_t::cudaSuccess));
        }
    });
}
