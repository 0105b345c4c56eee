use std::ffi::{c_uint, c_void};

use cuda_safe::cuda_sys::cudart::compat::Location;
use cuda_safe::cuda_sys::cudart::{cudaDeviceAttr, cudaError_t, cudaMemoryAdvise};
use cuda_safe::{Device, ErrorKind, ManagedMemory, MemoryKind, PointerAttributes, Stream};

use crate::support::recorder::{calls, fail_next, recorder, recorder_without};
use crate::support::{not_applicable, on_each, runtimes};

#[test]
fn the_host_sees_what_was_copied_and_the_device_what_the_host_wrote() {
    on_each(|device| {
        let mut memory = ManagedMemory::<u32>::new(device, 100).unwrap();
        assert_eq!((memory.len(), memory.size_bytes(), memory.is_empty()), (100, 400, false));
        memory.view_mut().copy_from_host(&[7; 100]).unwrap();
        device.synchronize().unwrap();
        // SAFETY: the device has no work, and gets none while the slice lives.
        assert_eq!(unsafe { memory.as_slice() }, [7; 100]);
        // SAFETY: as above.
        let elements = unsafe { memory.as_mut_slice() };
        elements[99] = 8;
        assert_eq!(memory.view().slice(98..).unwrap().to_vec().unwrap(), [7, 8]);
        let attributes = PointerAttributes::of(device.runtime(), memory.as_ptr()).unwrap();
        assert_eq!((attributes.kind, memory.device()), (MemoryKind::Managed, device));
        memory.close().unwrap();
    });
}

#[test]
fn pages_can_be_moved_ahead_and_advised() {
    on_each(|device| {
        let memory = ManagedMemory::<u8>::new(device, 1 << 16).unwrap();
        if device.attribute(cudaDeviceAttr::cudaDevAttrConcurrentManagedAccess).unwrap() == 0 {
            return not_applicable("this device has no concurrent managed access");
        }
        let stream = Stream::new(device).unwrap();
        memory.prefetch_to_device(stream.as_ref()).unwrap();
        memory.prefetch_to_host(stream.as_ref()).unwrap();
        memory.advise(cudaMemoryAdvise::cudaMemAdviseSetReadMostly, Location::device(0)).unwrap();
        stream.synchronize().unwrap();
    });
}

#[test]
fn zero_elements_need_no_call_for_managed_memory() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        calls();
        let mut memory = ManagedMemory::<u8>::new(device, 0).unwrap();
        // SAFETY: there is nothing to see.
        assert_eq!(unsafe { memory.as_slice() }, []);
        // SAFETY: as above.
        assert_eq!(unsafe { memory.as_mut_slice() }, []);
        memory.prefetch_to_device(Stream::legacy(device).as_ref()).unwrap();
        memory.advise(cudaMemoryAdvise::cudaMemAdviseSetReadMostly, Location::host()).unwrap();
        memory.close().unwrap();
        assert_eq!(calls(), [""; 0]);
    }
}

/// Succeeds with an address at which only bytes can lie.
unsafe extern "C" fn odd(pointer: *mut *mut c_void, _bytes: usize, _flags: c_uint) -> cudaError_t {
    // SAFETY: the caller passes a writable pointer.
    unsafe { pointer.write(std::ptr::without_provenance_mut(0x1001)) };
    cudaError_t::cudaSuccess
}

#[test]
fn success_without_a_usable_address_of_managed_memory_is_an_error() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        fail_next("cudaMallocManaged", cudaError_t::cudaSuccess);
        let error = ManagedMemory::<u64>::new(device, 8).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::UnusableAddress { address: 0, .. }), "{error}");

        let runtime = recorder_without(behind, |table| table.cudaMallocManaged = Some(odd));
        fail_next("cudaFree", cudaError_t::cudaErrorInvalidValue);
        let error = ManagedMemory::<u64>::new(Device::new(runtime, 0).unwrap(), 8).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::UnusableAddress { address: 0x1001, alignment: 8, .. }),
            "{error}"
        );
        assert!(calls().contains(&"cudaFree"), "it was allocated all the same");
    }
}

#[test]
fn failures_of_managed_memory_are_reported() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        fail_next("cudaMallocManaged", cudaError_t::cudaErrorNotSupported);
        assert_eq!(
            ManagedMemory::<u8>::new(device, 8).unwrap_err().code(),
            Some(cudaError_t::cudaErrorNotSupported)
        );
        let memory = ManagedMemory::<u8>::new(device, 8).unwrap();
        assert_eq!(format!("{memory:?}"), "ManagedMemory(8 x u8 on device 0)");
        let stranger = Stream::legacy(Device::new(behind, 0).unwrap());
        let error = memory.prefetch_to_host(stranger.as_ref()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::RuntimeMismatch { .. }), "{error}");
        fail_next("cudaFree", cudaError_t::cudaErrorInvalidValue);
        assert!(memory.close().is_err());
    }
}
