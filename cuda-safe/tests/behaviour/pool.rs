use cuda_safe::cuda_sys::cudart::cudaError_t;
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
        fail_next("cudaMemPoolDestroy", cudaError_t::cudaErrorInvalidValue);
        assert!(pool.close().is_err());
    }
}

#[test]
fn a_peer_can_be_let_into_a_pool() {
    on_two(|first, second| {
        let pool = MemoryPool::new(first).unwrap();
        assert_eq!(pool.device(), first);
        if second.can_access_peer(first).unwrap() {
            pool.allow_access(second).unwrap();
        }
        let stranger = Device::new(recorder(first.runtime()), 0).unwrap();
        let error = pool.allow_access(stranger).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::RuntimeMismatch { .. }), "{error}");
    });
}
