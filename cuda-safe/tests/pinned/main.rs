//! The pool of page-locked memory: what is handed out again, when, and what is given back.
//!
//! The pool and its settings are the process's, so the tests take turns and begin with an empty pool.

#[path = "../support/mod.rs"]
mod support;

mod exported;

use std::sync::{Mutex, MutexGuard, PoisonError};

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::PinnedOrigin;
use cuda_safe::memory::pinned::{self, Settings, Stats};
use cuda_safe::{Device, DeviceMemory, MemoryKind, PinnedFlags, PinnedMemory, PointerAttributes};

use support::recorder::{calls, fail_next, heal, pretend_devices, recorder};
use support::{on_two, runtimes};

const MIB: usize = 1 << 20;
/// Blocks of 1 MiB that rest before the devices are waited for.
const RESTING: usize = 8;

fn alone(settings: Settings) -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    pinned::configure(settings).unwrap();
    pinned::trim();
    turn
}

/// Blocks of `cudaHostAlloc` only, so that each is one call.
const ALLOCATED: Settings = Settings { keep: 256 << 20, register_from: Some(usize::MAX), threads: None };
/// Registered blocks only.
const REGISTERED: Settings = Settings { register_from: Some(0), ..ALLOCATED };

/// A device that writes down what is called, the only one, of each runtime.
fn on_each_recorded(settings: Settings, test: impl Fn(Device)) {
    for runtime in runtimes() {
        let _turn = alone(settings);
        let runtime = recorder(runtime);
        pretend_devices(1);
        test(Device::new(runtime, 0).unwrap());
        heal();
        pinned::trim();
    }
}

fn bytes(device: Device, len: usize) -> PinnedMemory<u8> {
    PinnedMemory::new(device, len).unwrap()
}

/// What was called since it was last asked, but for the questions which device is current.
fn made_calls() -> Vec<&'static str> {
    let mut seen = calls();
    seen.retain(|call| !matches!(*call, "cudaGetDevice" | "cudaSetDevice" | "cudaGetDeviceCount"));
    seen
}

#[test]
fn memory_is_handed_out_again_without_a_call() {
    for settings in [ALLOCATED, REGISTERED] {
        on_each_recorded(settings, |device| {
            let first = bytes(device, MIB);
            let (address, origin) = (first.as_ptr(), first.origin());
            drop(first);
            made_calls();
            for len in [MIB, MIB - 1, MIB - (MIB >> 4) + 1] {
                let again = bytes(device, len);
                assert_eq!((again.as_ptr(), again.origin(), again.len()), (address, origin, len));
            }
            assert_eq!(made_calls(), [""; 0]);
            // A block of another size is another one.
            assert_ne!(bytes(device, MIB / 2).as_ptr(), address);
        });
    }
}

#[test]
fn zeroed_memory_is_zero_whatever_was_in_it() {
    on_each_recorded(ALLOCATED, |device| {
        let mut first = PinnedMemory::<u32>::zeroed(device, 1000).unwrap();
        first.fill(7);
        let address = first.as_ptr();
        drop(first);
        let second = PinnedMemory::<u32>::new(device, 1000).unwrap();
        assert_eq!((second.as_ptr(), second[999]), (address, 7), "it is what the last owner left");
        drop(second);
        let third = PinnedMemory::<u32>::zeroed(device, 1000).unwrap();
        assert_eq!(third.as_ptr(), address);
        assert!(third.iter().all(|value| *value == 0));
        drop(third);
        assert_eq!(*PinnedMemory::from_slice(device, &[1u8, 2, 3]).unwrap(), [1, 2, 3]);
    });
}

#[test]
fn the_statistics_add_up() {
    on_each_recorded(ALLOCATED, |device| {
        // What other tests have lost has no owner, but was not given back.
        let lost = pinned::stats().used_bytes;
        let stats = |used_bytes, kept_bytes, resting_bytes| {
            let Stats { used_bytes: used, kept_bytes: kept, resting_bytes: resting, .. } = pinned::stats();
            assert_eq!((used - lost, kept, resting), (used_bytes, kept_bytes, resting_bytes));
        };
        stats(0, 0, 0);
        let (first, second) = (bytes(device, MIB), bytes(device, 5000));
        stats(MIB + 8192, 0, 0);
        drop(first);
        stats(8192, MIB, 0);
        second.mark_exported();
        drop(second);
        stats(0, MIB + 8192, 8192);
        assert_eq!(pinned::trim(), MIB + 8192);
        stats(0, 0, 0);
        bytes(device, MIB).close().unwrap();
        stats(0, 0, 0);
        drop(PinnedMemory::<u8>::with_flags(device, MIB, PinnedFlags::WRITE_COMBINED).unwrap());
        stats(0, 0, 0);
    });
}

#[test]
fn no_more_is_kept_than_was_said_and_the_oldest_goes_first() {
    on_each_recorded(Settings { keep: 3 * MIB, ..ALLOCATED }, |device| {
        let blocks: Vec<_> = (0..5).map(|_| bytes(device, MIB)).collect();
        let addresses: Vec<_> = blocks.iter().map(|block| block.as_ptr()).collect();
        made_calls();
        drop(blocks);
        assert_eq!(made_calls(), ["cudaFreeHost"; 2]);
        assert_eq!(pinned::stats().kept_bytes, 3 * MIB);
        let again: Vec<_> = (0..3).map(|_| bytes(device, MIB)).collect();
        for block in &again {
            assert!(addresses[2..].contains(&block.as_ptr()));
        }
        drop(again);
        // What is larger than all that is kept is freed at once, and moves nothing else out.
        drop(bytes(device, 4 * MIB));
        assert_eq!(made_calls(), ["cudaHostAlloc", "cudaFreeHost"]);
        assert_eq!(pinned::stats().kept_bytes, 3 * MIB);
        let memory = bytes(device, 3 * MIB).keep().unwrap_err();
        made_calls();
        pinned::configure(Settings { keep: MIB, ..ALLOCATED }).unwrap();
        assert_eq!(pinned::stats().kept_bytes, MIB);
        assert_eq!(made_calls(), ["cudaFreeHost"; 2]);
        drop(memory);
        assert_eq!(made_calls(), ["cudaFreeHost"]);
        assert!(bytes(device, MIB).keep().is_ok());
        assert_eq!(made_calls(), [""; 0]);
        pinned::configure(Settings { keep: 0, ..ALLOCATED }).unwrap();
        drop(bytes(device, 1));
        assert_eq!((pinned::stats().kept_bytes, pinned::trim()), (0, 0));
    });
}

#[test]
fn what_is_trimmed_is_page_locked_no_more() {
    for settings in [ALLOCATED, REGISTERED] {
        on_each_recorded(settings, |device| {
            let (first, second) = (bytes(device, MIB), bytes(device, 3000));
            let addresses = [first.as_ptr(), second.as_ptr()];
            let kinds =
                || addresses.map(|address| PointerAttributes::of(device.runtime(), address).unwrap().kind);
            assert_eq!(kinds(), [MemoryKind::Host; 2]);
            drop((first, second));
            made_calls();
            assert_eq!(pinned::trim(), MIB + 4096);
            assert_eq!(made_calls().len(), 2);
            assert_eq!(kinds(), [MemoryKind::Unregistered; 2]);
        });
    }
}

#[test]
fn memory_goes_back_to_the_device_it_was_made_with() {
    let _turn = alone(ALLOCATED);
    on_two(|first, second| {
        pinned::trim();
        let memory = bytes(first, MIB);
        let address = memory.as_ptr();
        drop(memory);
        let other = bytes(second, MIB);
        assert_ne!(other.as_ptr(), address);
        let device = |address| PointerAttributes::of(first.runtime(), address).unwrap().device;
        assert_eq!(
            (device(other.as_ptr()), device(address)),
            (Some(second.ordinal()), Some(first.ordinal()))
        );
        assert_eq!(bytes(first, MIB).as_ptr(), address);
    });
}

#[test]
fn large_blocks_are_registered_pages_that_carry_data_both_ways() {
    for runtime in runtimes() {
        let _turn = alone(Settings { keep: 0, ..Settings::default() });
        let device = Device::new(runtime, 0).unwrap();
        let mut source = PinnedMemory::<u32>::zeroed(device, 5_000_001).unwrap();
        if cfg!(target_os = "linux") {
            assert_eq!(source.origin(), Some(PinnedOrigin::Registered));
            assert_eq!(format!("{source:?}"), "PinnedMemory(5000001 x u32, cudaHostRegister)");
        }
        assert!(source.iter().all(|value| *value == 0));
        source.iter_mut().zip(1..).for_each(|(value, number)| *value = number);
        let attributes = PointerAttributes::of(runtime, source.as_ptr()).unwrap();
        assert_eq!(attributes.kind, MemoryKind::Host);
        assert_eq!(attributes.device_pointer.cast_const(), source.as_ptr().cast());
        let memory = DeviceMemory::from_host(device, &source).unwrap();
        let mut back = PinnedMemory::<u32>::new(device, source.len()).unwrap();
        memory.copy_to_host(&mut back).unwrap();
        assert!(*back == *source);
        source.close().unwrap();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn where_pages_cannot_be_registered_they_are_allocated_and_say_so() {
    on_each_recorded(REGISTERED, |device| {
        let before = pinned::stats().allocated_instead;
        fail_next("cudaHostRegister", cudaError_t::cudaErrorNotSupported);
        let memory = bytes(device, MIB);
        assert_eq!(memory.origin(), Some(PinnedOrigin::AllocatedAfter("cudaHostRegister")));
        let text = "PinnedMemory(1048576 x u8, cudaHostAlloc for want of cudaHostRegister)";
        assert_eq!(format!("{memory:?}"), text);
        assert_eq!(pinned::stats().allocated_instead, before + 1);
        made_calls();
        memory.close().unwrap();
        assert_eq!(made_calls(), ["cudaFreeHost"]);
        // What no process has room for is an error of the call that was the last resort.
        let error = PinnedMemory::<u8>::new(device, 1 << 61).unwrap_err();
        assert!(error.is_out_of_memory() && error.to_string().starts_with("cudaHostAlloc"), "{error}");
        assert!(PinnedMemory::<u8>::new(device, isize::MAX as usize).is_err());
    });
}

#[test]
fn kept_memory_makes_room_for_what_does_not_fit_beside_it() {
    on_each_recorded(ALLOCATED, |device| {
        drop(bytes(device, MIB));
        made_calls();
        fail_next("cudaHostAlloc", cudaError_t::cudaErrorMemoryAllocation);
        assert_eq!(bytes(device, 2 * MIB).len(), 2 * MIB);
        let mut seen = made_calls();
        seen.retain(|call| call.starts_with("cudaHost") || call.starts_with("cudaFree"));
        assert_eq!(seen, ["cudaHostAlloc", "cudaFreeHost", "cudaHostAlloc"]);
        pinned::trim();
        fail_next("cudaHostAlloc", cudaError_t::cudaErrorMemoryAllocation);
        assert!(PinnedMemory::<u8>::new(device, MIB).unwrap_err().is_out_of_memory());
    });
}

#[test]
fn close_frees_past_the_pool_and_reports() {
    for (settings, call) in [(ALLOCATED, "cudaFreeHost"), (REGISTERED, "cudaHostUnregister")] {
        on_each_recorded(settings, |device| {
            let memory = bytes(device, MIB);
            made_calls();
            memory.close().unwrap();
            assert_eq!((made_calls(), pinned::stats().kept_bytes), (vec![call], 0));
            let memory = bytes(device, MIB);
            fail_next(call, cudaError_t::cudaErrorInvalidValue);
            let error = memory.close().unwrap_err().to_string();
            assert!(error.starts_with(&format!("{call} (device 0, 1048576 bytes")), "{error}");
        });
    }
}

#[test]
fn after_a_sticky_error_nothing_is_handed_out_or_freed() {
    on_each_recorded(ALLOCATED, |device| {
        let (used, kept) = (bytes(device, MIB), bytes(device, MIB));
        let address = kept.as_ptr();
        drop(kept);
        fail_next("cudaDeviceSynchronize", cudaError_t::cudaErrorIllegalAddress);
        assert!(device.synchronize().unwrap_err().is_poisoned());
        made_calls();
        assert!(PinnedMemory::<u8>::kept(device, MIB).is_none());
        fail_next("cudaHostAlloc", cudaError_t::cudaErrorIllegalAddress);
        assert!(PinnedMemory::<u8>::new(device, MIB).unwrap_err().is_poisoned());
        made_calls();
        drop(used);
        assert_eq!(pinned::trim(), 0);
        assert_eq!(made_calls(), [""; 0]);
        // SAFETY: the block was leaked, so it is still there.
        unsafe { address.read_volatile() };
    });
}

#[test]
fn threads_never_share_a_block() {
    for settings in [Settings { keep: 4 * MIB, ..ALLOCATED }, Settings { keep: 4 * MIB, ..REGISTERED }] {
        for runtime in runtimes() {
            let _turn = alone(settings);
            let device = Device::new(runtime, 0).unwrap();
            let lost = pinned::stats().used_bytes;
            std::thread::scope(|scope| {
                for thread in 1..=8u8 {
                    scope.spawn(move || {
                        for round in 0..200usize {
                            let len = 1 + (round * 7919 + usize::from(thread) * 104_729) % 300_000;
                            let mut memory = bytes(device, len);
                            memory.fill(thread);
                            if round % 5 == 0 {
                                memory.mark_exported();
                            }
                            std::thread::yield_now();
                            assert!(memory.iter().all(|byte| *byte == thread));
                        }
                    });
                }
            });
            let stats = pinned::stats();
            assert_eq!(stats.used_bytes, lost);
            assert!(stats.kept_bytes <= 4 * MIB && stats.resting_bytes <= stats.kept_bytes, "{stats:?}");
            assert_eq!(pinned::trim(), stats.kept_bytes);
        }
    }
}
