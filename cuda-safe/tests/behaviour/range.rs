use cuda_safe::memory::AllocationRange;
use cuda_safe::{
    DeviceMemory, ManagedMemory, MemoryKind, MemoryPool, PinnedFlags, PinnedMemory, Registered, Stream,
};

use crate::support::on_each;

#[test]
fn every_kind_of_memory_tells_its_size_from_anywhere_inside() {
    on_each(|device| {
        let device_memory = DeviceMemory::<u8>::new(device, 1000).unwrap();
        let pool = MemoryPool::default_of(device).unwrap();
        let pooled = DeviceMemory::<u8>::from_pool(&pool, &Stream::legacy(device), 1000).unwrap();
        let pinned = PinnedMemory::<u8>::with_flags(device, 1000, PinnedFlags::MAPPED).unwrap();
        let managed = ManagedMemory::<u8>::new(device, 1000).unwrap();
        let all = [
            (device_memory.as_ptr(), MemoryKind::Device),
            (pooled.as_ptr(), MemoryKind::Device),
            (pinned.as_ptr(), MemoryKind::Host),
            (managed.as_ptr(), MemoryKind::Managed),
        ];
        for (start, kind) in all {
            for inside in [0, 1, 999] {
                let found =
                    AllocationRange::around(device.runtime(), start.wrapping_add(inside)).unwrap().unwrap();
                assert_eq!(found.addresses, start.addr()..start.addr() + 1000);
                assert_eq!((found.kind, found.device), (kind, Some(device.ordinal())));
            }
        }
    });
}

#[test]
fn neighbours_are_two_allocations() {
    on_each(|device| {
        let memory: Vec<_> = (0..8).map(|_| DeviceMemory::<u8>::new(device, 512).unwrap()).collect();
        for one in &memory {
            let start = one.as_ptr().addr();
            let found = AllocationRange::around(device.runtime(), one.as_ptr().wrapping_add(511)).unwrap();
            assert_eq!(found.unwrap().addresses, start..start + 512);
        }
    });
}

#[test]
fn a_thread_without_a_context_may_ask() {
    on_each(|device| {
        let memory = DeviceMemory::<u8>::new(device, 64).unwrap();
        let start = memory.as_ptr().addr();
        let ask =
            || AllocationRange::around(device.runtime(), std::ptr::without_provenance::<u8>(start)).unwrap();
        let found = std::thread::scope(|scope| scope.spawn(ask).join().unwrap());
        assert_eq!(found.unwrap().addresses, start..start + 64);
    });
}

#[test]
fn what_cuda_does_not_know_has_no_range() {
    on_each(|device| {
        let local = 5_u8;
        for address in [&raw const local, std::ptr::null()] {
            assert_eq!(AllocationRange::around(device.runtime(), address).unwrap(), None);
        }
        let memory = DeviceMemory::<u8>::new(device, 1 << 26).unwrap();
        let address = memory.as_ptr();
        memory.close().unwrap();
        // Another test may have been given a part of it since.
        let found = AllocationRange::around(device.runtime(), address).unwrap();
        assert!(found.as_ref().is_none_or(|found| found.addresses.len() < 1 << 26), "{found:?}");
    });
}

#[test]
fn registered_memory_has_the_range_that_was_registered() {
    on_each(|device| {
        let memory = Registered::new(device, vec![1_u8; 8192]).unwrap();
        let found = AllocationRange::around(device.runtime(), memory.as_ptr()).unwrap().unwrap().addresses;
        assert!(found.start <= memory.as_ptr().addr() && found.end >= memory.as_ptr().addr() + 8192);
    });
}

#[test]
fn a_runtime_that_cannot_tell_gives_none_and_leaves_no_error() {
    use cuda_emulator::cuda_sys::cudart::cudaError_t;
    use cuda_emulator::{Fault, Flavour, runtime_without};

    let without = runtime_without(Flavour::Cuda12, &["cudaGetDriverEntryPoint"]);
    assert_eq!(AllocationRange::around(without, &0_u8).unwrap(), None);

    let new = runtime_without(Flavour::Cuda13, &[]);
    let fault = Fault::call("cudaGetDriverEntryPoint").fails_with(cudaError_t::cudaErrorInsufficientDriver);
    assert_eq!(AllocationRange::around(new, &0_u8).unwrap(), None);
    assert_eq!(fault.hits(), 1);
    drop(fault);
    // SAFETY: reads the thread's last error.
    assert_eq!(unsafe { new.cudaPeekAtLastError() }, Ok(cudaError_t::cudaSuccess));
    // The failure is not remembered.
    let device = cuda_safe::Device::new(new, 0).unwrap();
    let memory = DeviceMemory::<u8>::new(device, 16).unwrap();
    assert!(AllocationRange::around(new, memory.as_ptr()).unwrap().is_some());
}
