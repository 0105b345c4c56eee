use cuda_safe::cuda_sys::Runtime;
use cuda_safe::cuda_sys::cudart::{VersionedTable, cudaError_t, cudaMemoryType, v12, v13};
use cuda_safe::{
    DeviceMemory, ManagedMemory, MemoryKind, MemoryPool, PinnedMemory, PointerAttributes, Stream,
};

use crate::support::{on_each, on_two, runtimes};

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

#[test]
fn every_kind_of_memory_is_told_apart() {
    on_each(|device| {
        let kind = |address| PointerAttributes::of(device.runtime(), address).unwrap().kind;
        let pinned = PinnedMemory::<u8>::zeroed(device, 8).unwrap();
        assert_eq!(kind(pinned.as_ptr()), MemoryKind::Host);
        let managed = ManagedMemory::<u8>::new(device, 8).unwrap();
        assert_eq!(kind(managed.as_ptr()), MemoryKind::Managed);
    });
}

/// Answers as runtimes before CUDA 11 did for host memory: by an error.
unsafe extern "C" fn old_answer<T>(_slot: *mut T, _address: *const std::ffi::c_void) -> cudaError_t {
    cudaError_t::cudaErrorInvalidValue
}

/// Answers with a kind of memory that nobody knows yet.
unsafe extern "C" fn new_answer_12(
    slot: *mut v12::cudaPointerAttributes,
    _: *const std::ffi::c_void,
) -> cudaError_t {
    // SAFETY: the caller passes a slot that is filled in and its own.
    let slot = unsafe { &mut *slot };
    slot.type_ = cudaMemoryType(77);
    cudaError_t::cudaSuccess
}

/// As above.
unsafe extern "C" fn new_answer_13(
    slot: *mut v13::cudaPointerAttributes,
    _: *const std::ffi::c_void,
) -> cudaError_t {
    // SAFETY: the caller passes a slot that is filled in and its own.
    let slot = unsafe { &mut *slot };
    slot.type_ = cudaMemoryType(77);
    cudaError_t::cudaSuccess
}

#[test]
fn answers_of_older_and_newer_runtimes_are_understood() {
    for behind in runtimes() {
        let with = |old: bool| {
            let mut table = behind.versioned_table();
            match &mut table {
                VersionedTable::V12(table) => {
                    table.cudaPointerGetAttributes = Some(if old { old_answer } else { new_answer_12 });
                }
                VersionedTable::V13(table) => {
                    table.cudaPointerGetAttributes = Some(if old { old_answer } else { new_answer_13 });
                }
            }
            // SAFETY: the functions replaced keep the contract of C's.
            unsafe { Runtime::from_table("another time", behind.version(), *behind.table(), table) }
        };
        let kind = |old| PointerAttributes::of(with(old), &raw const behind).unwrap().kind;
        assert_eq!(kind(true), MemoryKind::Unregistered);
        assert_eq!(kind(false), MemoryKind::Other(77));
    }
}
