use std::collections::BTreeSet;
use std::ffi::c_int;
use std::sync::Mutex;
use std::time::Duration;

use cuda_safe::cuda_sys::Runtime;
use cuda_safe::cuda_sys::cudart::table::Common;
use cuda_safe::cuda_sys::cudart::{compat, cudaError_t, cudaMemAccessFlags, cudaMemPool_t};
use cuda_safe::{Device, DeviceMemory, ErrorKind, MemoryPool, Stream};

use crate::support::recorder::{calls, fail_next, recorder};
use crate::support::{on_each, on_two, runtimes};

#[test]
fn a_pool_counts_what_is_in_use() {
    on_each(|device| {
        let (pool, stream) = (MemoryPool::new(device).unwrap(), Stream::new(device).unwrap());
        assert_eq!(pool.used_bytes().unwrap(), 0);
        let memory = DeviceMemory::<u8>::from_pool(&pool, &stream, 1 << 20).unwrap();
        stream.synchronize().unwrap();
        assert!(pool.used_bytes().unwrap() >= 1 << 20);
        assert!(pool.reserved_bytes().unwrap() >= pool.used_bytes().unwrap());
        memory.close().unwrap();
        stream.synchronize().unwrap();
        assert_eq!(pool.used_bytes().unwrap(), 0);
        pool.trim_to(0).unwrap();
        assert_eq!(pool.reserved_bytes().unwrap(), 0);
    });
}

#[test]
fn a_release_threshold_is_kept() {
    on_each(|device| {
        let pool = MemoryPool::new(device).unwrap();
        assert_eq!(pool.release_threshold().unwrap(), 0);
        pool.set_release_threshold(64 << 20).unwrap();
        assert_eq!(pool.release_threshold().unwrap(), 64 << 20);
    });
}

#[test]
fn memory_outlives_its_pool() {
    on_each(|device| {
        let (pool, stream) = (MemoryPool::new(device).unwrap(), Stream::new(device).unwrap());
        let mut memory = DeviceMemory::<u8>::from_pool(&pool, &stream, 64).unwrap();
        pool.close().unwrap();
        memory.copy_from_host(&[9; 64]).unwrap();
        assert_eq!(memory.to_vec().unwrap(), [9; 64]);
    });
}

#[test]
fn the_pool_of_the_device_is_never_destroyed() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        calls();
        let pool = MemoryPool::default_of(device).unwrap();
        assert_eq!(format!("{pool:?}"), "MemoryPool(default, device 0)");
        assert_eq!(pool.as_raw(), MemoryPool::default_of(device).unwrap().as_raw());
        pool.close().unwrap();
        assert!(!calls().contains(&"cudaMemPoolDestroy"));
    }
}

#[test]
fn close_reports_what_drop_cannot_for_pools() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let pool = MemoryPool::new(device).unwrap();
        assert_eq!(format!("{pool:?}"), "MemoryPool(own, device 0)");
        fail_next("cudaMemPoolTrimTo", cudaError_t::cudaErrorInvalidValue);
        assert!(pool.close().is_err());
    }
}

#[test]
fn a_dropped_pool_is_the_next_new_one_and_is_never_destroyed() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let pool = MemoryPool::new(device).unwrap();
        pool.set_release_threshold(64 << 20).unwrap();
        let stream = Stream::new(device).unwrap();
        drop(DeviceMemory::<u8>::from_pool(&pool, &stream, 4096).unwrap());
        stream.synchronize().unwrap();
        assert!(pool.reserved_bytes().unwrap() > 0);
        let raw = pool.as_raw();
        calls();
        drop(pool);
        let next = MemoryPool::new(device).unwrap();
        assert_eq!(next.as_raw(), raw);
        assert_eq!((next.reserved_bytes().unwrap(), next.release_threshold().unwrap()), (0, 0));
        assert_ne!(MemoryPool::new(device).unwrap().as_raw(), raw, "it has an owner again");
        assert!(!calls().contains(&"cudaMemPoolDestroy"));
    }
}

#[test]
fn a_pool_is_not_given_out_before_its_last_allocation_is_freed() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let (pool, stream) = (MemoryPool::new(device).unwrap(), Stream::new(device).unwrap());
        let memory = DeviceMemory::<u8>::from_pool(&pool, &stream, 4096).unwrap();
        let raw = pool.as_raw();
        drop(pool);
        assert_ne!(MemoryPool::new(device).unwrap().as_raw(), raw);
        drop(memory);
        stream.synchronize().unwrap();
        let all = [MemoryPool::new(device).unwrap(), MemoryPool::new(device).unwrap()];
        assert!(all.iter().any(|pool| pool.as_raw() == raw));
    }
}

/// The driver stops for ever if a pool is destroyed meanwhile.
#[test]
fn pools_come_and_go_while_other_threads_wait_for_streams() {
    on_each(|device| {
        let work = |thread: usize| {
            let mut memory = DeviceMemory::<u8>::zeroed(device, 4096).unwrap();
            for round in 0..200 {
                if (thread + round).is_multiple_of(4) {
                    let (pool, stream) = (MemoryPool::new(device).unwrap(), Stream::new(device).unwrap());
                    drop(DeviceMemory::<u8>::from_pool(&pool, &stream, 4096).unwrap());
                } else {
                    memory.copy_from_host(&[1; 4096]).unwrap();
                }
            }
            assert_eq!(memory.to_vec().unwrap(), [1; 4096]);
        };
        std::thread::scope(|scope| (0..16).for_each(|thread| drop(scope.spawn(move || work(thread)))));
    });
}

#[test]
fn there_are_about_as_many_pools_as_are_used_at_the_same_time() {
    const THREADS: usize = 8;
    for behind in runtimes() {
        // Of a runtime of its own, where no other test makes pools.
        let device = Device::new(slow_to_trim(behind), 0).unwrap();
        let work = || {
            let stream = Stream::new(device).unwrap();
            let one = |_| {
                let pool = MemoryPool::new(device).unwrap();
                DeviceMemory::<u8>::from_pool(&pool, &stream, 4096).unwrap().close().unwrap();
                stream.synchronize().unwrap();
                pool.as_raw().addr()
            };
            (0..100).map(one).collect::<BTreeSet<_>>()
        };
        let pools: BTreeSet<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        // A thread has one, or looks at one, at a time.
        assert!(pools.len() <= THREADS, "{} pools", pools.len());
    }
}

#[test]
fn a_peer_can_be_let_into_a_pool() {
    on_two(|first, second| {
        // Of a runtime of its own, where no other test makes pools.
        let behind = first.runtime();
        let own = recorder(behind);
        let [first, second] = [first, second].map(|device| Device::new(own, device.ordinal()).unwrap());
        let pool = MemoryPool::new(first).unwrap();
        assert_eq!(pool.device(), first);
        if second.can_access_peer(first).unwrap() {
            pool.allow_access(second).unwrap();
            assert_eq!(access(&pool, second), cudaMemAccessFlags::cudaMemAccessFlagsProtReadWrite);
            let raw = pool.as_raw();
            drop(pool);
            let next = MemoryPool::new(first).unwrap();
            assert_eq!(next.as_raw(), raw);
            assert_eq!(access(&next, second), cudaMemAccessFlags::cudaMemAccessFlagsProtNone);
        }
        let pool = MemoryPool::new(first).unwrap();
        let stranger = Device::new(recorder(behind), 0).unwrap();
        let error = pool.allow_access(stranger).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::RuntimeMismatch { .. }), "{error}");
    });
}

/// A runtime of its own, of which every look at a dropped pool takes a while.
fn slow_to_trim(behind: &'static Runtime) -> &'static Runtime {
    static BEHIND: Mutex<Option<&'static Runtime>> = Mutex::new(None);
    unsafe extern "C" fn trim_to(pool: cudaMemPool_t, keep: usize) -> cudaError_t {
        let behind = BEHIND.lock().unwrap().expect("set before");
        std::thread::sleep(Duration::from_millis(1));
        // SAFETY: the caller's promise.
        unsafe { behind.cudaMemPoolTrimTo(pool, keep) }.unwrap()
    }
    *BEHIND.lock().unwrap() = Some(behind);
    let table = Common { cudaMemPoolTrimTo: Some(trim_to), ..*behind.table() };
    // SAFETY: every entry is the function of that name behind, or the one above that calls it.
    unsafe { Runtime::from_table("slow to trim", behind.version(), table, behind.versioned_table()) }
}

/// What a device may do with a pool's memory.
fn access(pool: &MemoryPool, device: Device) -> cudaMemAccessFlags {
    let ordinal = c_int::try_from(device.ordinal()).unwrap();
    // SAFETY: the pool is alive, and the ordinal is that of a device.
    let (code, flags) =
        unsafe { compat::mem_pool_get_access(device.runtime(), pool.as_raw(), ordinal) }.unwrap();
    assert_eq!(code, cudaError_t::cudaSuccess);
    flags
}
