//! A sticky error: it is recognised, Drop does nothing afterwards, and no wait hangs.
//!
//! The error is the recorder's, so that the program proves the same on an emulator and on a real runtime, which it leaves
//! unharmed.

mod support;

use std::process::ExitCode;

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{
    Device, DeviceMemory, Event, ManagedMemory, MemoryKind, MemoryPool, PinnedMemory, Registered, Result,
    Stream,
};
use support::recorder::{calls, fail_next, heal, recorder};

/// Every code after which CUDA says that the process must be started anew, or that what was allocated is lost.
const STICKY: [u32; 16] = [214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 721, 810, 911];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sticky: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    for runtime in support::runtimes() {
        a_drop_learns_it_first(Device::new(recorder(runtime), 0)?)?;
        a_scope_that_panics_leaves_nothing_known(Device::new(recorder(runtime), 0)?);
        for code in STICKY {
            one_code(Device::new(recorder(runtime), 0)?, cudaError_t(code))?;
        }
        // Another runtime is not affected, nor is a runtime that saw an ordinary error.
        let device = Device::new(recorder(runtime), 0)?;
        fail_next("cudaDeviceSynchronize", cudaError_t::cudaErrorInvalidValue);
        let error = device.synchronize().expect_err("it was told to fail");
        assert!(!error.is_poisoned() && !device.is_poisoned());
        let memory = DeviceMemory::<u8>::new(device, 8)?;
        calls();
        drop(memory);
        assert!(calls().contains(&"cudaFree"), "Drop releases as long as nothing is wrong");
        println!("sticky: {}: {} codes: ok", runtime.origin(), STICKY.len());
    }
    Ok(())
}

fn a_drop_learns_it_first(device: Device) -> Result<()> {
    let (first, second) = (DeviceMemory::<u8>::new(device, 8)?, DeviceMemory::<u8>::new(device, 8)?);
    fail_next("cudaFree", cudaError_t(700));
    drop(first);
    assert!(device.is_poisoned(), "nobody was told, but it is remembered");
    calls();
    drop(second);
    assert!(calls().is_empty());
    Ok(())
}

fn a_scope_that_panics_leaves_nothing_known(device: Device) {
    let mut memory = vec![0u8; 4096];
    let address = memory.as_ptr();
    let scope = std::panic::AssertUnwindSafe(|| {
        let _ = Registered::scope(device, &mut memory, |memory| {
            assert!(MemoryKind::is_known_page_locked(device, memory.as_ptr()));
            fail_next("cudaDeviceSynchronize", cudaError_t(700));
            assert!(device.synchronize().is_err_and(|error| error.is_poisoned()));
            // Without a message.
            std::panic::resume_unwind(Box::new(()));
        });
    });
    assert!(std::panic::catch_unwind(scope).is_err());
    assert!(
        !MemoryKind::is_known_page_locked(device, address),
        "the memory may be freed and given to others"
    );
    // On a real runtime it is still registered.
    std::mem::forget(memory);
}

fn one_code(device: Device, code: cudaError_t) -> Result<()> {
    let stream = Stream::new(device)?;
    let pool = MemoryPool::new(device)?;
    let mut memory = DeviceMemory::<u8>::new(device, 64)?;
    let objects = (
        Event::new(device)?,
        PinnedMemory::<u8>::zeroed(device, 64)?,
        ManagedMemory::<u8>::new(device, 64)?,
        Registered::new(device, vec![0u8; 1 << 18])?,
        DeviceMemory::<u8>::from_pool(&pool, &stream, 64)?,
        stream.copy_to_device(vec![1u8; 64], DeviceMemory::new(device, 64)?)?,
        pool,
    );
    // The emulator's own work must be over before the buffers go: the error is only pretended.
    stream.synchronize()?;
    assert!(!device.is_poisoned());

    fail_next("cudaStreamSynchronize", code);
    fail_next("cudaPeekAtLastError", code);
    calls();
    let error = stream.scope(|s| s.copy_to_device(&[1; 64], memory.view_mut())).expect_err("the wait fails");
    assert!(error.is_poisoned(), "{error}");
    assert_eq!(error.code(), Some(code));
    assert!(error.to_string().ends_with("only a new process can use CUDA again"), "{error}");
    assert!(device.is_poisoned());
    assert!(!calls().contains(&"cudaGetLastError"), "{code:?}: it is left for whoever else asks");

    // The copy above was real: let it end before its source goes.
    heal();
    device.synchronize()?;
    calls();
    drop((objects, memory, stream));
    let seen = calls();
    assert!(seen.is_empty(), "{code:?}: Drop called {seen:?}");
    Ok(())
}
