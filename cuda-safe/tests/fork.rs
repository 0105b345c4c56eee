//! A forked child: every call says so, Drop calls nothing, and the parent goes on undisturbed.

mod support;

use std::process::ExitCode;

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
        expect_refusal("DeviceMemory::to_vec", memory.to_vec().map(drop));
        expect_refusal("Event::record", objects.0.record(stream.as_ref()));
        let mut back = [0; 3];
        expect_refusal("Stream::scope", stream.scope(|s| s.copy_to_host(memory.view(), &mut back)));
        if device.is_poisoned() {
            wrong.push("a fork is no sticky error".to_owned());
        }
        drop((objects, memory, stream));
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
