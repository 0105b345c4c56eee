//! A forked child: every call says so, Drop calls nothing, and the parent goes on undisturbed.

mod support;

use std::process::ExitCode;

use cuda_safe::memory::{PinnedOrigin, pinned};
use cuda_safe::{
    Device, DeviceMemory, ErrorKind, Event, ManagedMemory, MemoryPool, PinnedMemory, Registered, Result,
    Stream,
};
use support::recorder::{calls, recorder};

#[cfg(not(unix))]
fn main() -> ExitCode {
    println!("fork: this platform has none");
    ExitCode::SUCCESS
}

#[cfg(unix)]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fork: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(unix)]
fn run() -> Result<()> {
    let device = Device::new(recorder(support::runtime()), 0)?;
    let stream = Stream::new(device)?;
    let pool = MemoryPool::new(device)?;
    let memory = DeviceMemory::from_host(device, &[1u8, 2, 3])?;
    let objects = (
        Event::new(device)?,
        PinnedMemory::<u8>::zeroed(device, 64)?,
        ManagedMemory::<u8>::new(device, 64)?,
        Registered::new(device, vec![0u8; 1 << 18])?,
        DeviceMemory::<u8>::from_pool(&pool, &stream, 64)?,
        stream.copy_to_device(vec![1u8; 64], DeviceMemory::new(device, 64)?)?,
        pool,
    );

    // One block of the pool is kept, and one of pages that were registered is used.
    let large = PinnedMemory::<u8>::zeroed(device, 16 << 20)?;
    drop(PinnedMemory::<u8>::new(device, 4096)?);
    let pool_before = pinned::stats();
    // And one pool of the device waits for its next owner.
    drop(MemoryPool::new(device)?);

    // SAFETY: the child only looks at flags, drops objects that call nothing, prints and ends by `_exit`.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "fork failed");
    if child == 0 {
        calls();
        let mut wrong = Vec::new();
        let mut expect_refusal = |call: &str, outcome: Result<()>| {
            let error = outcome.err();
            if !matches!(error.as_ref().map(|error| error.kind()), Some(ErrorKind::ForkedProcess { .. })) {
                wrong.push(format!("{call} said {error:?}"));
            }
        };
        expect_refusal("Device::new", Device::new(device.runtime(), 0).map(drop));
        expect_refusal("Device::synchronize", device.synchronize());
        expect_refusal("Stream::new", Stream::new(device).map(drop));
        expect_refusal("Stream::query", stream.query().map(drop));
        expect_refusal("DeviceMemory::new", DeviceMemory::<u8>::new(device, 8).map(drop));
        expect_refusal("MemoryPool::new", MemoryPool::new(device).map(drop));
        expect_refusal("PinnedMemory::new", PinnedMemory::<u8>::new(device, 4096).map(drop));
        expect_refusal("pinned::configure", pinned::configure(pinned::Settings::default()));
        expect_refusal("DeviceMemory::to_vec", memory.to_vec().map(drop));
        expect_refusal("Event::record", objects.0.record(stream.as_ref()));
        let mut back = [0; 3];
        expect_refusal("Stream::scope", stream.scope(|s| s.copy_to_host(memory.view(), &mut back)));
        if PinnedMemory::<u8>::kept(device, 4096).is_some() || pinned::trim() != 0 {
            wrong.push("the pool gives what is the parent's".to_owned());
        }
        if large.origin() == Some(PinnedOrigin::Registered) && is_mapped(large.as_ptr()) {
            wrong.push("registered pages are in the child".to_owned());
        }
        if device.is_poisoned() {
            wrong.push("a fork is no sticky error".to_owned());
        }
        drop((objects, memory, stream, large));
        let seen = calls();
        if !seen.is_empty() {
            wrong.push(format!("the child called {seen:?}"));
        }
        println!("fork: child: {wrong:?}");
        // SAFETY: ends the child without the parent's exit handlers.
        unsafe { libc::_exit(i32::from(!wrong.is_empty())) };
    }

    let mut status = 0;
    // SAFETY: the child is this process's own, the pointer is to a live integer.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!((waited, status), (child, 0), "the child failed");
    assert_eq!(memory.to_vec()?, [1, 2, 3]);
    assert_eq!(pinned::stats(), pool_before);
    let mut large = large;
    large.fill(7);
    assert!(DeviceMemory::from_host(device, &large)?.to_vec()? == *large);
    let (_, pinned, managed, registered, pooled, pending, _) = objects;
    pending.wait()?;
    pinned.close()?;
    managed.close()?;
    registered.into_vec()?;
    pooled.close()?;
    stream.synchronize()?;
    println!("fork: the parent goes on: ok");
    Ok(())
}

/// Whether there is a page at the address.
#[cfg(unix)]
fn is_mapped(address: *const u8) -> bool {
    // SAFETY: asks the system to write back what it knows of; an address without a page is an error.
    unsafe { libc::msync(address.cast_mut().cast(), 1, libc::MS_ASYNC) == 0 }
}
