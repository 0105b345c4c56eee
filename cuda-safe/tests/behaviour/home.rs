//! Memory of a pool lives in the order of its stream.

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, DeviceMemory, ErrorKind, MemoryPool, Rows, Stream, StreamOptions};

use crate::support::recorder::{calls, fail_next, recorder};
use crate::support::{on_each, on_two, runtimes};

fn non_blocking(device: Device) -> Stream {
    Stream::with_options(device, StreamOptions { non_blocking: true, ..StreamOptions::default() }).unwrap()
}

#[test]
fn blocking_copies_run_on_the_stream_of_the_memory() {
    on_each(|device| {
        let pool = MemoryPool::new(device).unwrap();
        for stream in [non_blocking(device), Stream::new(device).unwrap(), Stream::legacy(device)] {
            let mut memory = DeviceMemory::<u32>::from_pool(&pool, &stream, 1000).unwrap();
            memory.copy_from_host(&[7; 1000]).unwrap();
            assert_eq!(memory.to_vec().unwrap(), [7; 1000]);
            memory.fill_bytes(1).unwrap();
            assert_eq!(memory.slice(998..).unwrap().to_vec().unwrap(), [0x0101_0101; 2]);
            memory.close().unwrap();
        }
    });
}

#[test]
fn another_stream_waits_for_the_allocation_until_somebody_has() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let (home, other) = (non_blocking(device), non_blocking(device));
        let pool = MemoryPool::new(device).unwrap();
        let mut memory = DeviceMemory::<u8>::from_pool(&pool, &home, 64).unwrap();
        calls();
        home.scope(|s| s.copy_to_device(&[1; 64], memory.view_mut())).unwrap();
        assert!(!calls().contains(&"cudaStreamWaitEvent"), "its own stream is in order");
        other.scope(|s| s.copy_to_device(&[2; 64], memory.view_mut())).unwrap();
        assert!(calls().contains(&"cudaStreamWaitEvent"));
        assert_eq!(memory.to_vec().unwrap(), [2; 64]);
        calls();
        other.scope(|s| s.copy_to_device(&[3; 64], memory.view_mut())).unwrap();
        memory.make_ready_on(other.as_ref()).unwrap();
        assert!(!calls().contains(&"cudaStreamWaitEvent"), "the allocation is known to be past");
    }
}

#[test]
fn an_operation_on_no_bytes_does_not_count_as_a_wait_for_the_allocation() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let (home, other) = (non_blocking(device), non_blocking(device));
        let pool = MemoryPool::new(device).unwrap();
        let mut memory = DeviceMemory::<u8>::from_pool(&pool, &home, 64).unwrap();
        let source = DeviceMemory::<u8>::new(device, 1).unwrap();
        calls();
        for (width, height) in [(0, 0), (0, 5), (5, 0)] {
            let rows = Rows { width, height, source_pitch: 0, destination_pitch: 0 };
            memory.view().copy_rows_to_host(&mut [], rows).unwrap();
            memory.view_mut().copy_rows_from_host(&[], rows).unwrap();
            memory.view_mut().copy_rows_from_device(source.view(), rows).unwrap();
        }
        memory.slice(..0).unwrap().copy_to_host(&mut []).unwrap();
        assert_eq!(calls(), [""; 0]);
        other.scope(|s| s.copy_to_device(&[1; 64], memory.view_mut())).unwrap();
        assert!(calls().contains(&"cudaStreamWaitEvent"), "nobody has waited for the allocation");
    }
}

#[test]
fn the_free_waits_for_every_recorded_stream_once() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let (home, first, second) = (non_blocking(device), non_blocking(device), non_blocking(device));
        let pool = MemoryPool::new(device).unwrap();
        let memory = DeviceMemory::<u8>::from_pool(&pool, &home, 64).unwrap();
        for stream in [&first, &second, &first, &home] {
            memory.record_use(stream).unwrap();
        }
        drop((first, second));
        calls();
        drop(memory);
        let waits = calls().into_iter().filter(|call| *call == "cudaStreamWaitEvent").count();
        assert_eq!(waits, 2);
    }
}

#[test]
fn a_recorded_use_of_the_per_thread_stream_is_waited_for_at_once() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let home = non_blocking(device);
        let memory = DeviceMemory::<u8>::from_pool(&MemoryPool::new(device).unwrap(), &home, 64).unwrap();
        calls();
        memory.record_use(&Stream::per_thread(device)).unwrap();
        assert!(calls().contains(&"cudaStreamWaitEvent"));
        drop(memory);
        assert!(!calls().contains(&"cudaStreamWaitEvent"));
    }
}

#[test]
fn where_an_event_fails_the_host_waits_instead() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let (home, other) = (non_blocking(device), non_blocking(device));
        let memory = DeviceMemory::<u8>::from_pool(&MemoryPool::new(device).unwrap(), &home, 64).unwrap();
        memory.record_use(&other).unwrap();
        calls();
        fail_next("cudaEventRecord", cudaError_t::cudaErrorInvalidResourceHandle);
        memory.close().unwrap();
        let seen = calls();
        assert!(seen.contains(&"cudaStreamSynchronize") && seen.ends_with(&["cudaFreeAsync"]), "{seen:?}");
    }
}

#[test]
fn memory_that_others_may_still_use_is_leaked_rather_than_freed() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let (home, other) = (non_blocking(device), non_blocking(device));
        let memory = DeviceMemory::<u8>::from_pool(&MemoryPool::new(device).unwrap(), &home, 64).unwrap();
        memory.record_use(&other).unwrap();
        fail_next("cudaEventRecord", cudaError_t::cudaErrorInvalidResourceHandle);
        fail_next("cudaStreamSynchronize", cudaError_t::cudaErrorUnknown);
        calls();
        assert_eq!(memory.close().unwrap_err().code(), Some(cudaError_t::cudaErrorUnknown));
        assert!(!calls().contains(&"cudaFreeAsync"));
    }
}

#[test]
fn the_per_thread_stream_cannot_own_memory() {
    on_each(|device| {
        let pool = MemoryPool::default_of(device).unwrap();
        let error = DeviceMemory::<u8>::from_pool(&pool, &Stream::per_thread(device), 8).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::PerThreadPool));
        assert!(error.to_string().contains("another stream on each thread"), "{error}");
    });
}

#[test]
fn a_pool_and_a_stream_of_two_devices_are_refused() {
    on_two(|first, second| {
        let pool = MemoryPool::default_of(first).unwrap();
        let error = DeviceMemory::<u8>::from_pool(&pool, &Stream::legacy(second), 8).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::DeviceMismatch { .. }), "{error}");
    });
}

#[test]
fn memory_of_two_pools_is_copied_in_order() {
    on_each(|device| {
        let pool = MemoryPool::new(device).unwrap();
        let (first, second) = (non_blocking(device), non_blocking(device));
        for round in 0..20u8 {
            let mut source = DeviceMemory::<u8>::from_pool(&pool, &first, 4096).unwrap();
            let mut copy = DeviceMemory::<u8>::from_pool(&pool, &second, 4096).unwrap();
            source.fill_bytes(round).unwrap();
            copy.copy_from_device(source.view()).unwrap();
            drop(source);
            assert_eq!(copy.to_vec().unwrap(), [round; 4096]);
        }
    });
}
