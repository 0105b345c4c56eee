use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, DeviceMemory, ErrorKind, MemoryPool, PinnedFlags, PinnedMemory, Registered, Stream};

use crate::support::recorder::{calls, fail_next, recorder};
use crate::support::{on_each, on_two, runtimes};

#[test]
fn buffers_come_back_when_the_copy_is_done() {
    on_each(|device| {
        for stream in [Stream::new(device).unwrap(), Stream::legacy(device), Stream::per_thread(device)] {
            let source = PinnedMemory::from_slice(device, &[5u16; 5000]).unwrap();
            let upload = stream.copy_to_device(source, DeviceMemory::new(device, 5000).unwrap()).unwrap();
            let (source, memory) = upload.wait().unwrap();
            let download = stream.copy_to_host(memory, vec![0u16; 5000]).unwrap();
            while !download.is_done().unwrap() {
                std::thread::yield_now();
            }
            let (_memory, back) = download.wait().unwrap();
            assert_eq!(back, *source);
        }
    });
}

#[test]
fn printing_a_copy_reads_none_of_its_memory() {
    /// Says in its Debug output that its memory was read.
    #[derive(Clone, Copy)]
    #[repr(transparent)]
    struct Telltale(u8);
    // SAFETY: a number in a wrapper without padding.
    unsafe impl cuda_safe::Element for Telltale {}
    impl std::fmt::Debug for Telltale {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "held {}", self.0)
        }
    }
    on_each(|device| {
        let stream = Stream::new(device).unwrap();
        let memory = DeviceMemory::from_host(device, &[Telltale(7); 8]).unwrap();
        let download = stream.copy_to_host(memory, vec![Telltale(0); 8]).unwrap();
        let printed = format!("{download:?}");
        assert!(printed.starts_with("Pending((") && printed.contains("Telltale"), "{printed}");
        assert!(!printed.contains("held"), "{printed}");
        assert!(format!("{:?}", download.wait().unwrap().1).contains("held 7"));
    });
}

#[test]
fn registered_and_pool_memory_can_be_given_away() {
    on_each(|device| {
        let (home, other) = (Stream::new(device).unwrap(), Stream::new(device).unwrap());
        let pool = MemoryPool::new(device).unwrap();
        let memory = DeviceMemory::<u8>::from_pool(&pool, &home, 3).unwrap();
        let source = Registered::new(device, vec![1, 2, 3]).unwrap();
        let (source, memory) = other.copy_to_device(source, memory).unwrap().wait().unwrap();
        assert_eq!(memory.to_vec().unwrap(), *source);
    });
}

#[test]
fn a_copy_may_be_waited_for_on_another_thread() {
    on_each(|device| {
        let stream = Stream::per_thread(device);
        let memory = DeviceMemory::<u8>::new(device, 1000).unwrap();
        let upload = stream.copy_to_device(vec![6; 1000], memory).unwrap();
        let back = std::thread::spawn(move || upload.wait().unwrap().1.to_vec().unwrap()).join().unwrap();
        assert_eq!(back, [6; 1000]);
    });
}

#[test]
fn another_stream_can_wait_for_the_copy() {
    on_each(|device| {
        let (first, second) = (Stream::new(device).unwrap(), Stream::new(device).unwrap());
        let upload = first.copy_to_device(vec![6u8; 10], DeviceMemory::new(device, 10).unwrap()).unwrap();
        upload.order_before(second.as_ref()).unwrap();
        second.synchronize().unwrap();
        assert!(upload.is_done().unwrap());
    });
}

#[test]
fn dropping_waits_and_then_frees_both() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        let source = PinnedMemory::<u8>::with_flags(device, 64, PinnedFlags::MAPPED).unwrap();
        let upload = stream.copy_to_device(source, DeviceMemory::new(device, 64).unwrap()).unwrap();
        calls();
        drop(upload);
        let mut seen = calls();
        seen.retain(|call| *call != "cudaGetDevice");
        assert_eq!(seen, ["cudaEventSynchronize", "cudaFreeHost", "cudaFree", "cudaEventDestroy"]);
    }
}

#[test]
fn buffers_that_the_device_may_still_use_are_leaked() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        for drop_it in [true, false] {
            let source = PinnedMemory::<u8>::zeroed(device, 64).unwrap();
            let upload = stream.copy_to_device(source, DeviceMemory::new(device, 64).unwrap()).unwrap();
            fail_next("cudaEventSynchronize", cudaError_t::cudaErrorUnknown);
            fail_next("cudaDeviceSynchronize", cudaError_t::cudaErrorUnknown);
            calls();
            if drop_it {
                drop(upload);
            } else {
                assert_eq!(upload.wait().unwrap_err().code(), Some(cudaError_t::cudaErrorUnknown));
            }
            let seen = calls();
            assert!(!seen.contains(&"cudaFree") && !seen.contains(&"cudaFreeHost"), "{seen:?}");
        }
    }
}

#[test]
fn a_failed_wait_after_which_the_device_is_idle_frees_both() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        let upload = stream.copy_to_device(vec![0u8; 64], DeviceMemory::new(device, 64).unwrap()).unwrap();
        fail_next("cudaEventSynchronize", cudaError_t::cudaErrorUnknown);
        calls();
        upload.wait().unwrap_err();
        let seen = calls();
        assert!(seen.contains(&"cudaDeviceSynchronize") && seen.contains(&"cudaFree"), "{seen:?}");
    }
}

#[test]
fn refused_buffers_come_back() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        let memory = DeviceMemory::<u8>::zeroed(device, 8).unwrap();
        let refused = stream.copy_to_device(vec![1; 9], memory).unwrap_err();
        assert!(matches!(
            refused.error.kind(),
            ErrorKind::LengthMismatch { source_len: 9, destination_len: 8, .. }
        ));
        let (_, mut memory) = refused.buffers;
        for function in ["cudaEventCreateWithFlags", "cudaMemcpyAsync", "cudaEventRecord"] {
            fail_next(function, cudaError_t::cudaErrorInvalidValue);
            let refused = stream.copy_to_host(memory, vec![1; 8]).unwrap_err();
            assert_eq!(refused.error.code(), Some(cudaError_t::cudaErrorInvalidValue));
            memory = refused.buffers.0;
        }
        assert_eq!(memory.to_vec().unwrap(), [0; 8]);
    }
}

#[test]
fn a_stream_of_another_device_is_refused() {
    on_two(|first, second| {
        let memory = DeviceMemory::<u8>::new(second, 8).unwrap();
        let refused = Stream::new(first).unwrap().copy_to_device(vec![1; 8], memory).unwrap_err();
        assert!(matches!(refused.error.kind(), ErrorKind::DeviceMismatch { .. }), "{refused}");
    });
}
