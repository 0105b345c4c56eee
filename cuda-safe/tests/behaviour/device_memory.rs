use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::{Origin, RawDeviceMemory};
use cuda_safe::{Device, DeviceMemory, ErrorKind, MemoryPool, Stream};

use crate::support::recorder::{calls, fail_next, recorder};
use crate::support::{on_each, on_two, runtimes};

#[test]
fn what_was_copied_in_comes_out() {
    on_each(|device| {
        let numbers: Vec<u32> = (0..10_000).collect();
        let mut memory = DeviceMemory::<u32>::new(device, numbers.len()).unwrap();
        memory.copy_from_host(&numbers).unwrap();
        let mut back = vec![0; numbers.len()];
        memory.copy_to_host(&mut back).unwrap();
        assert_eq!(back, numbers);
        assert_eq!((memory.len(), memory.size_bytes(), memory.is_empty()), (10_000, 40_000, false));
        assert_eq!(memory.device(), device);
        assert!(!memory.as_ptr().is_null() && memory.as_ptr().cast_mut() == memory.as_mut_ptr());
        memory.close().unwrap();
    });
}

#[test]
fn zeroed_memory_is_zero_and_filled_memory_is_filled() {
    on_each(|device| {
        let mut memory = DeviceMemory::<u32>::zeroed(device, 100).unwrap();
        assert_eq!(memory.to_vec().unwrap(), [0; 100]);
        memory.fill_bytes(0xab).unwrap();
        assert_eq!(memory.to_vec().unwrap(), [0xabab_abab; 100]);
    });
}

#[test]
fn zero_elements_need_no_call_at_all() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        let pool = MemoryPool::new(device).unwrap();
        calls();
        for mut memory in [
            DeviceMemory::<f64>::zeroed(device, 0).unwrap(),
            DeviceMemory::from_pool(&pool, &stream, 0).unwrap(),
        ] {
            assert!(memory.as_ptr().is_null() && memory.is_empty());
            memory.copy_from_host(&[]).unwrap();
            memory.copy_to_host(&mut []).unwrap();
            memory.fill_bytes(1).unwrap();
            assert_eq!(memory.to_vec().unwrap(), []);
            let other = DeviceMemory::<f64>::from_host(device, &[]).unwrap();
            memory.copy_from_device(other.view()).unwrap();
            memory.record_use(&stream).unwrap();
            memory.close().unwrap();
        }
        assert_eq!(calls(), [""; 0]);
    }
}

#[test]
fn a_size_that_overflows_is_refused() {
    on_each(|device| {
        for len in [usize::MAX, usize::MAX / 8 + 1, isize::MAX as usize / 8 + 1] {
            let error = DeviceMemory::<u64>::new(device, len).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::SizeOverflow { element_bytes: 8, len: l } if *l == len),
                "{error}"
            );
        }
    });
}

#[test]
fn more_memory_than_there_is_is_an_error() {
    on_each(|device| {
        let error = DeviceMemory::<u8>::new(device, 1 << 50).unwrap_err();
        assert!(error.is_out_of_memory(), "{error}");
        DeviceMemory::<u8>::new(device, 1 << 10).unwrap().close().unwrap();
    });
}

#[test]
fn success_without_an_address_is_an_error() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let (pool, stream) = (MemoryPool::new(device).unwrap(), Stream::new(device).unwrap());
        fail_next("cudaMalloc", cudaError_t::cudaSuccess);
        let malloc = DeviceMemory::<u64>::new(device, 8).unwrap_err();
        fail_next("cudaMallocFromPoolAsync", cudaError_t::cudaSuccess);
        let pooled = DeviceMemory::<u64>::from_pool(&pool, &stream, 8).unwrap_err();
        for error in [malloc, pooled] {
            assert!(matches!(error.kind(), ErrorKind::UnusableAddress { address: 0, .. }), "{error}");
        }
    }
}

#[test]
fn different_lengths_are_refused_before_anything_is_touched() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let mut memory = DeviceMemory::from_host(device, &[1u8; 4]).unwrap();
        let other = DeviceMemory::<u8>::new(device, 5).unwrap();
        calls();
        let mut back = [0u8; 3];
        for error in [
            memory.copy_from_host(&[0; 5]).unwrap_err(),
            memory.copy_to_host(&mut back).unwrap_err(),
            memory.copy_from_device(other.view()).unwrap_err(),
        ] {
            assert!(matches!(error.kind(), ErrorKind::LengthMismatch { .. }), "{error}");
        }
        assert_eq!(calls(), [""; 0]);
        assert_eq!(memory.to_vec().unwrap(), [1; 4]);
    }
}

#[test]
fn memory_is_copied_within_a_device_and_between_two() {
    on_each(|device| {
        let source = DeviceMemory::from_host(device, &[1u16, 2, 3]).unwrap();
        let mut copy = DeviceMemory::<u16>::new(device, 3).unwrap();
        copy.copy_from_device(source.view()).unwrap();
        assert_eq!(copy.to_vec().unwrap(), [1, 2, 3]);
    });
    on_two(|first, second| {
        let source = DeviceMemory::from_host(first, &[1u16, 2, 3]).unwrap();
        let mut copy = DeviceMemory::<u16>::new(second, 3).unwrap();
        copy.copy_from_device(source.view()).unwrap();
        assert_eq!(copy.to_vec().unwrap(), [1, 2, 3]);
    });
}

#[test]
fn memory_of_two_runtimes_is_not_mixed() {
    for behind in runtimes() {
        let source = DeviceMemory::from_host(Device::new(behind, 0).unwrap(), &[1u8]).unwrap();
        let mut copy = DeviceMemory::<u8>::new(Device::new(recorder(behind), 0).unwrap(), 1).unwrap();
        let error = copy.copy_from_device(source.view()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::RuntimeMismatch { .. }), "{error}");
    }
}

#[test]
fn each_kind_of_allocation_is_freed_by_its_own_call() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        let pool = MemoryPool::default_of(device).unwrap();
        calls();
        drop(DeviceMemory::<u8>::new(device, 8).unwrap());
        let seen = calls();
        assert!(seen.contains(&"cudaMalloc") && seen.contains(&"cudaFree"), "{seen:?}");
        drop(DeviceMemory::<u8>::from_pool(&pool, &stream, 8).unwrap());
        assert_eq!(calls(), ["cudaMallocFromPoolAsync", "cudaFreeAsync"]);
    }
}

#[test]
fn memory_given_away_comes_back_with_its_kind() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let raw = DeviceMemory::from_host(device, &[1u8, 2]).unwrap().into_raw();
        assert!(matches!(raw.origin, Origin::Malloc));
        // SAFETY: it was just given away.
        let memory = unsafe { DeviceMemory::from_raw(raw) };
        assert_eq!(memory.to_vec().unwrap(), [1, 2]);

        let (stream, other) = (Stream::new(device).unwrap(), Stream::new(device).unwrap());
        let pooled =
            DeviceMemory::<u8>::from_pool(&MemoryPool::default_of(device).unwrap(), &stream, 4).unwrap();
        pooled.record_use(&other).unwrap();
        let raw = pooled.into_raw();
        let RawDeviceMemory { origin: Origin::Pool { users, .. }, .. } = &raw else { panic!("{raw:?}") };
        assert_eq!(users.len(), 1);
        // SAFETY: it was just given away.
        let memory = unsafe { DeviceMemory::from_raw(raw) };
        calls();
        memory.close().unwrap();
        let seen = calls();
        assert!(seen.contains(&"cudaStreamWaitEvent") && seen.ends_with(&["cudaFreeAsync"]), "{seen:?}");
    }
}

#[test]
fn close_reports_what_drop_cannot_for_memory() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let memory = DeviceMemory::<u8>::new(device, 100).unwrap();
        fail_next("cudaFree", cudaError_t::cudaErrorInvalidValue);
        let error = memory.close().unwrap_err();
        assert!(error.to_string().starts_with("cudaFree (device 0, 100 bytes, address 0x"), "{error}");
        let memory = DeviceMemory::<u8>::new(device, 100).unwrap();
        fail_next("cudaFree", cudaError_t::cudaErrorInvalidValue);
        drop(memory);
    }
}

#[test]
fn a_failed_drop_leaves_no_error_behind_for_others() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let (pool, stream) = (MemoryPool::default_of(device).unwrap(), Stream::new(device).unwrap());
        let memory = [
            ("cudaFree", DeviceMemory::<u8>::new(device, 8).unwrap()),
            ("cudaFreeAsync", DeviceMemory::<u8>::from_pool(&pool, &stream, 8).unwrap()),
        ];
        for (call, memory) in memory {
            calls();
            fail_next(call, cudaError_t::cudaErrorInvalidValue);
            fail_next("cudaPeekAtLastError", cudaError_t::cudaErrorInvalidValue);
            drop(memory);
            assert_eq!(calls(), [call, "cudaPeekAtLastError", "cudaGetLastError"]);
        }
    }
}

#[test]
fn memory_shows_its_size_and_origin_and_not_its_contents() {
    on_each(|device| {
        let memory = DeviceMemory::<f32>::new(device, 3).unwrap();
        assert_eq!(format!("{memory:?}"), "DeviceMemory(3 x f32 on device 0, from cudaMalloc)");
        let stream = Stream::legacy(device);
        let pooled =
            DeviceMemory::<f32>::from_pool(&MemoryPool::default_of(device).unwrap(), &stream, 3).unwrap();
        assert_eq!(format!("{pooled:?}"), "DeviceMemory(3 x f32 on device 0, from a pool)");
        assert!(memory.stream().is_none() && pooled.stream().is_some());
    });
}
