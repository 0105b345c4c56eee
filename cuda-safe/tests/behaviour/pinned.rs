use std::ffi::{c_uint, c_void};

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, ErrorKind, MemoryKind, PinnedFlags, PinnedMemory, PointerAttributes};

use crate::support::recorder::{calls, fail_next, recorder, recorder_without};
use crate::support::{on_each, runtimes};

#[test]
fn new_memory_is_zero_and_used_as_a_slice() {
    on_each(|device| {
        let flags =
            [PinnedFlags::default(), PinnedFlags::MAPPED, PinnedFlags::WRITE_COMBINED, PinnedFlags::all()];
        for flags in flags {
            let mut memory = PinnedMemory::<u32>::with_flags(device, 1000, flags).unwrap();
            assert_eq!(*memory, [0; 1000]);
            memory[999] = 5;
            memory[..2].copy_from_slice(&[1, 2]);
            assert_eq!((memory[0], memory[1], memory[999]), (1, 2, 5));
            assert_eq!((memory.len(), memory.size_bytes()), (1000, 4000));
            assert_eq!(memory.device(), device);
        }
    });
}

#[test]
fn it_is_page_locked_and_a_copy_of_its_source() {
    on_each(|device| {
        let memory = PinnedMemory::from_slice(device, &[1.5f64, 2.5]).unwrap();
        assert_eq!(*memory, [1.5, 2.5]);
        let attributes = PointerAttributes::of(device.runtime(), memory.as_ptr()).unwrap();
        assert_eq!(attributes.kind, MemoryKind::Host);
        assert!(format!("{memory:?}").starts_with("PinnedMemory(2 x f64, cudaHost"), "{memory:?}");
        memory.close().unwrap();
    });
}

#[test]
fn zero_elements_need_no_call_and_are_an_empty_slice() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        calls();
        let memory = PinnedMemory::<u64>::zeroed(device, 0).unwrap();
        assert_eq!(*memory, []);
        memory.close().unwrap();
        drop(PinnedMemory::<[u8; 0]>::zeroed(device, 9).unwrap());
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
fn success_without_a_usable_address_is_an_error() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        fail_next("cudaHostAlloc", cudaError_t::cudaSuccess);
        let error = PinnedMemory::<u64>::with_flags(device, 8, PinnedFlags::MAPPED).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::UnusableAddress { address: 0, .. }), "{error}");

        let runtime = recorder_without(behind, |table| table.cudaHostAlloc = Some(odd));
        fail_next("cudaFreeHost", cudaError_t::cudaErrorInvalidValue);
        let device = Device::new(runtime, 0).unwrap();
        let error = PinnedMemory::<u64>::with_flags(device, 8, PinnedFlags::MAPPED).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::UnusableAddress { address: 0x1001, alignment: 256, .. }),
            "{error}"
        );
        assert!(calls().contains(&"cudaFreeHost"), "it was allocated all the same");
    }
}

#[test]
fn failures_are_reported() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let error = PinnedMemory::<u64>::zeroed(device, usize::MAX).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::SizeOverflow { .. }), "{error}");
        fail_next("cudaHostAlloc", cudaError_t::cudaErrorMemoryAllocation);
        let mapped = |len| PinnedMemory::<u64>::with_flags(device, len, PinnedFlags::MAPPED);
        assert!(mapped(8).unwrap_err().is_out_of_memory());
        let memory = mapped(8).unwrap();
        fail_next("cudaFreeHost", cudaError_t::cudaErrorInvalidValue);
        assert!(memory.close().unwrap_err().to_string().starts_with("cudaFreeHost (device 0, 64 bytes"));
    }
}
