//! `mem::forget` is safe: whatever is forgotten leaks, and everything else goes on.

use std::ffi::c_void;
use std::mem::forget;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{
    Device, DeviceMemory, Event, ManagedMemory, MemoryPool, PinnedMemory, PointerAttributes, Registered,
    Stream,
};

use crate::support::on_each;

#[test]
fn owners_that_are_forgotten_leak() {
    on_each(|device| {
        let stream = Stream::new(device).unwrap();
        let pool = MemoryPool::new(device).unwrap();
        forget(Event::new(device).unwrap());
        forget(DeviceMemory::<u8>::new(device, 64).unwrap());
        forget(DeviceMemory::<u8>::from_pool(&pool, &stream, 64).unwrap());
        forget(PinnedMemory::<u8>::zeroed(device, 64).unwrap());
        forget(ManagedMemory::<u8>::new(device, 64).unwrap());
        forget(pool);
        forget(stream.clone());
        stream.close().unwrap();
        still_works(device);
    });
}

#[test]
fn registered_memory_that_is_forgotten_stays_where_it_is() {
    on_each(|device| {
        let memory = Registered::new(device, vec![5u8; 1 << 18]).unwrap();
        let address = memory.as_ptr();
        forget(memory);
        // SAFETY: the vector was forgotten, so nobody frees it.
        assert_eq!(unsafe { address.read() }, 5);
        let kind = PointerAttributes::of(device.runtime(), address).unwrap().kind;
        assert_eq!(kind, cuda_safe::MemoryKind::Host);
        still_works(device);
    });
}

#[test]
fn a_copy_that_is_forgotten_keeps_its_buffers_for_ever() {
    on_each(|device| {
        let stream = Stream::new(device).unwrap();
        let memory = DeviceMemory::<u8>::new(device, 1 << 16).unwrap();
        let source = PinnedMemory::from_slice(device, &[7u8; 1 << 16]).unwrap();
        let address = source.as_ptr();
        forget(stream.copy_to_device(source, memory).unwrap());
        stream.synchronize().unwrap();
        // SAFETY: the buffer was forgotten, so nobody frees it.
        assert_eq!(unsafe { address.read() }, 7);
        still_works(device);
    });
}

/// Keeps a stream busy until it is told to end, and for a while more.
unsafe extern "C" fn dawdle(end: *mut c_void) {
    // SAFETY: the test gives a flag that is never freed.
    let end = unsafe { &*end.cast::<AtomicBool>() };
    let begun = Instant::now();
    while !end.load(Ordering::SeqCst) && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(30));
}

#[test]
#[expect(
    clippy::forget_non_drop,
    reason = "that these have no Drop to skip is what makes it safe, and may change"
)]
fn forgetting_what_a_scope_lends_does_not_skip_the_wait() {
    on_each(|device| {
        let stream = Stream::new(device).unwrap();
        let mut memory = DeviceMemory::from_host(device, &[7u8; 1 << 10]).unwrap();
        // Page-locked, for into other memory the copy itself would wait.
        let mut back = PinnedMemory::<u8>::zeroed(device, 1 << 10).unwrap();
        let end: &'static AtomicBool = Box::leak(Box::default());
        let given = std::ptr::from_ref(end).cast_mut().cast();
        // SAFETY: the function gets its flag, and calls nothing of CUDA.
        let busy = unsafe { device.runtime().cudaLaunchHostFunc(stream.as_raw(), Some(dawdle), given) };
        assert_eq!(busy, Ok(cudaError_t::cudaSuccess));
        stream
            .scope(|s| {
                let lent = s.lend(memory.view_mut())?;
                lent.copy_to_host(&mut back)?;
                assert!(!s.stream().query()?, "the copy is only enqueued");
                end.store(true, Ordering::SeqCst);
                forget(lent);
                Ok(())
            })
            .unwrap();
        assert!(stream.query().unwrap(), "the copy is done");
        assert_eq!(*back, [7; 1 << 10]);
        forget(memory.view_mut());
        still_works(device);
    });
}

fn still_works(device: Device) {
    let memory = DeviceMemory::from_host(device, &[1u8, 2, 3]).unwrap();
    assert_eq!(memory.to_vec().unwrap(), [1, 2, 3]);
    device.synchronize().unwrap();
}
