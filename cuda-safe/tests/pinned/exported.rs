//! Memory that others were given: whoever has it next, or frees it, waits for the devices first.

use std::ffi::{CStr, c_char, c_int, c_uint, c_ulonglong, c_void};

use cuda_safe::cuda_sys::cudart::{cudaDriverEntryPointQueryResult, cudaError_t};
use cuda_safe::memory::pinned;
use cuda_safe::{Device, PinnedMemory};

use crate::support::on_two;
use crate::support::recorder::{fail_next, recorder_without};
use crate::{ALLOCATED, MIB, REGISTERED, RESTING, alone, bytes, made_calls, on_each_recorded};

#[test]
fn exported_memory_is_handed_out_again_after_one_wait_for_all_of_it() {
    on_each_recorded(ALLOCATED, |device| {
        let blocks: Vec<_> = (0..RESTING).map(|_| bytes(device, MIB)).collect();
        let addresses: Vec<_> = blocks.iter().map(|block| block.as_ptr()).collect();
        blocks.iter().for_each(PinnedMemory::mark_exported);
        made_calls();
        let mut blocks = blocks.into_iter();
        let last = blocks.next();
        drop(blocks);
        // Too few: another one is made, and nobody waits.
        assert!(PinnedMemory::<u8>::kept(device, MIB).is_none());
        let another = bytes(device, MIB);
        assert!(!addresses.contains(&another.as_ptr()));
        another.close().unwrap();
        assert_eq!(made_calls(), ["cudaHostAlloc", "cudaFreeHost"]);
        drop(last);
        let again: Vec<_> = (0..RESTING).map(|_| bytes(device, MIB)).collect();
        assert!(again.iter().all(|block| addresses.contains(&block.as_ptr())));
        assert_eq!(made_calls(), ["cudaDeviceSynchronize"]);
        // It has a new owner, who did not export it.
        drop(again);
        assert!(addresses.contains(&bytes(device, MIB).as_ptr()));
        assert_eq!(made_calls(), [""; 0]);
    });
}

#[test]
fn exported_memory_that_cannot_be_waited_for_stays_where_it_is() {
    on_each_recorded(REGISTERED, |device| {
        let first = bytes(device, 16 * MIB);
        let address = first.as_ptr();
        first.mark_exported();
        drop(first);
        // In the middle of a capture, for example.
        fail_next("cudaDeviceSynchronize", cudaError_t::cudaErrorStreamCaptureUnsupported);
        let another = bytes(device, 16 * MIB);
        assert_ne!(another.as_ptr(), address);
        assert_eq!(pinned::stats().resting_bytes, 16 * MIB);
        // Nor is it freed: it is lost.
        fail_next("cudaDeviceSynchronize", cudaError_t::cudaErrorStreamCaptureUnsupported);
        made_calls();
        assert_eq!(pinned::trim(), 0);
        assert!(!made_calls().contains(&"cudaHostUnregister"));
        assert_eq!(pinned::stats().kept_bytes, 0);
        // An owner who asks is told.
        another.mark_exported();
        fail_next("cudaDeviceSynchronize", cudaError_t::cudaErrorUnknown);
        assert_eq!(another.close().unwrap_err().code(), Some(cudaError_t::cudaErrorUnknown));
    });
}

/// `cuDeviceGet` of a driver whose handles are not the ordinals.
unsafe extern "system" fn handle(device: *mut c_int, ordinal: c_int) -> c_uint {
    // SAFETY: the caller passes a writable int.
    unsafe { device.write(ordinal + 100) };
    0
}

/// `cuDevicePrimaryCtxGetState` of a process that uses the first device only.
unsafe extern "system" fn first_only(device: c_int, _flags: *mut c_uint, active: *mut c_int) -> c_uint {
    // SAFETY: the caller passes a writable int.
    unsafe { active.write(c_int::from(device == 100)) };
    0
}

/// `cudaGetDriverEntryPoint` that finds these two.
unsafe extern "C" fn entry_point(
    name: *const c_char,
    function: *mut *mut c_void,
    _flags: c_ulonglong,
    found: *mut cudaDriverEntryPointQueryResult,
) -> cudaError_t {
    // SAFETY: the caller passes a C string.
    let address = match unsafe { CStr::from_ptr(name) }.to_bytes() {
        b"cuDeviceGet" => handle as *mut c_void,
        b"cuDevicePrimaryCtxGetState" => first_only as *mut c_void,
        _ => return cudaError_t::cudaErrorInvalidValue,
    };
    // SAFETY: the caller passes a writable pointer.
    unsafe { function.write(address) };
    // SAFETY: the caller passes a writable value.
    unsafe { found.write(cudaDriverEntryPointQueryResult::cudaDriverEntryPointSuccess) };
    cudaError_t::cudaSuccess
}

#[test]
fn devices_that_the_process_does_not_use_are_not_waited_for() {
    on_two(|first, _second| {
        let _turn = alone(REGISTERED);
        for (asks, waits) in [(true, 1), (false, Device::all_of(first.runtime()).unwrap().len())] {
            let runtime = recorder_without(first.runtime(), |table| {
                table.cudaGetDriverEntryPoint = if asks { Some(entry_point) } else { None };
            });
            let memory = bytes(Device::new(runtime, 0).unwrap(), MIB);
            memory.mark_exported();
            drop(memory);
            made_calls();
            assert_eq!(pinned::trim(), MIB);
            let seen = made_calls();
            let (last, before) = seen.split_last().unwrap();
            assert_eq!((*last, before), ("cudaHostUnregister", &vec!["cudaDeviceSynchronize"; waits][..]));
        }
    });
}

#[test]
fn registered_memory_that_was_exported_is_freed_after_a_wait() {
    on_each_recorded(REGISTERED, |device| {
        for close in [true, false] {
            let memory = bytes(device, MIB);
            memory.mark_exported();
            made_calls();
            if close {
                memory.close().unwrap();
            } else {
                drop(memory);
                assert_eq!(pinned::trim(), MIB);
            }
            assert_eq!(made_calls(), ["cudaDeviceSynchronize", "cudaHostUnregister"]);
        }
    });
}
