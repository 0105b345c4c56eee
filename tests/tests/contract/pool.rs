//! cuda-safe: memory pools and stream order.

use cuda_safe::{Device, DeviceMemory, ErrorKind, MemoryPool, Stream};
use libtest_mimic::Failed;
use tests::{Check, checks};

pub(crate) const CHECKS: &[(&str, Check)] = checks![
    pool_memory_behaves_like_any_other,
    a_pool_may_go_before_its_memory,
    a_stream_may_go_before_its_memory,
    a_pool_counts_what_is_in_use,
    the_per_thread_stream_is_refused,
    memory_used_on_another_stream_is_freed_after_that_use,
    pool_memory_crosses_threads,
];

fn pool_memory_behaves_like_any_other(device: Device) -> Result<(), Failed> {
    for pool in [MemoryPool::new(device)?, MemoryPool::default_of(device)?] {
        let stream = Stream::new(device)?;
        for round in 0..50u8 {
            let mut memory = DeviceMemory::<u8>::from_pool(&pool, &stream, 10_000)?;
            memory.fill_bytes(round)?;
            memory.slice_mut(..10)?.copy_from_host(&[255; 10])?;
            let back = memory.to_vec()?;
            assert!(
                back[..10].iter().all(|byte| *byte == 255) && back[10..].iter().all(|byte| *byte == round)
            );
        }
    }
    Ok(())
}

fn a_pool_may_go_before_its_memory(device: Device) -> Result<(), Failed> {
    let pool = MemoryPool::new(device)?;
    let stream = Stream::new(device)?;
    let mut memory = DeviceMemory::<u8>::from_pool(&pool, &stream, 1000)?;
    drop(pool);
    memory.copy_from_host(&[4; 1000])?;
    assert_eq!(memory.to_vec()?, [4; 1000]);
    memory.close()?;
    Ok(())
}

fn a_stream_may_go_before_its_memory(device: Device) -> Result<(), Failed> {
    let pool = MemoryPool::new(device)?;
    let stream = Stream::new(device)?;
    let memory = DeviceMemory::<u8>::from_pool(&pool, &stream, 1000)?;
    stream.close()?;
    assert!(memory.stream().is_some(), "the memory keeps its stream");
    memory.close()?;
    Ok(())
}

fn a_pool_counts_what_is_in_use(device: Device) -> Result<(), Failed> {
    let pool = MemoryPool::new(device)?;
    pool.set_release_threshold(1 << 30)?;
    let stream = Stream::new(device)?;
    let memory = DeviceMemory::<u8>::from_pool(&pool, &stream, 1 << 20)?;
    stream.synchronize()?;
    assert!(pool.used_bytes()? >= 1 << 20);
    assert!(pool.reserved_bytes()? >= pool.used_bytes()?);
    memory.close()?;
    stream.synchronize()?;
    assert_eq!(pool.used_bytes()?, 0);
    pool.trim_to(0)?;
    assert_eq!(pool.reserved_bytes()?, 0);
    Ok(())
}

fn the_per_thread_stream_is_refused(device: Device) -> Result<(), Failed> {
    let pool = MemoryPool::default_of(device)?;
    let error = DeviceMemory::<u8>::from_pool(&pool, &Stream::per_thread(device), 10).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::PerThreadPool), "{error}");
    Ok(())
}

fn memory_used_on_another_stream_is_freed_after_that_use(device: Device) -> Result<(), Failed> {
    let pool = MemoryPool::new(device)?;
    let (home, guest) = (Stream::new(device)?, Stream::new(device)?);
    let mut back = cuda_safe::PinnedMemory::<u8>::zeroed(device, 8 << 20)?;
    for round in 1..=10u8 {
        let mut memory = DeviceMemory::<u8>::from_pool(&pool, &home, 8 << 20)?;
        memory.fill_bytes(round)?;
        let (to, from) = (back.as_mut_ptr(), memory.as_ptr());
        let direction = cuda_safe::memory::copy::Direction::DeviceToHost;
        memory.make_ready_on(guest.as_ref())?;
        // SAFETY: `back` lives, and is left alone, until the guest is synchronised; the memory is freed after this use.
        unsafe {
            cuda_safe::memory::copy::enqueue(guest.as_ref(), to.cast(), from.cast(), 8 << 20, direction)
        }?;
        memory.record_use(&guest)?;
        drop(memory);
        // The next user of the same bytes must not be seen by the copy.
        let mut next = DeviceMemory::<u8>::from_pool(&pool, &home, 8 << 20)?;
        next.fill_bytes(0)?;
        guest.synchronize()?;
        assert!(back.iter().all(|byte| *byte == round), "round {round}");
    }
    Ok(())
}

fn pool_memory_crosses_threads(device: Device) -> Result<(), Failed> {
    let pool = MemoryPool::new(device)?;
    let stream = Stream::new(device)?;
    let memory = DeviceMemory::<u32>::from_pool(&pool, &stream, 1000)?;
    let back = std::thread::spawn(move || -> cuda_safe::Result<Vec<u32>> {
        let mut memory = memory;
        memory.copy_from_host(&[6; 1000])?;
        memory.to_vec()
    });
    assert_eq!(back.join().expect("no panic")?, [6; 1000]);
    Ok(())
}
