//! `mem::forget` in a scope skips no wait. A program of its own: while a stream is held, the legacy work of every other test
//! would wait for it.

mod support;

use std::ffi::c_void;
use std::mem::forget;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{DeviceMemory, PinnedMemory, Stream};

use crate::support::on_each;

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
        assert_eq!(memory.to_vec().unwrap(), [7; 1 << 10]);
    });
}
