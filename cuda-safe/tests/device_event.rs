//! An event of a whole device. A program of its own: while a stream is held, another test that frees memory would wait for it
//! inside CUDA, and everybody else for that test.

mod support;

use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Event, Stream, StreamOptions};

use crate::support::on_each;

/// Keeps a stream busy until it is told to end.
unsafe extern "C" fn hold(end: *mut c_void) {
    // SAFETY: the test gives a flag that is never freed.
    let end = unsafe { &*end.cast::<AtomicBool>() };
    let begun = Instant::now();
    while !end.load(Ordering::SeqCst) && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn the_work_of_all_streams_of_a_device_is_marked_at_once() {
    on_each(|device| {
        let options = StreamOptions { non_blocking: true, ..StreamOptions::default() };
        let [busy, other] = [(); 2].map(|()| Stream::with_options(device, options).unwrap());
        let end: &'static AtomicBool = Box::leak(Box::default());
        let given = std::ptr::from_ref(end).cast_mut().cast();
        // SAFETY: the function gets its flag, and calls nothing of CUDA.
        let held = unsafe { device.runtime().cudaLaunchHostFunc(busy.as_raw(), Some(hold), given) };
        assert_eq!(held, Ok(cudaError_t::cudaSuccess));
        // A thread that has not used the device before marks as well.
        let all = std::thread::scope(|scope| {
            let mark = || {
                let all = Event::new(device).unwrap();
                all.record_device().unwrap();
                all
            };
            scope.spawn(mark).join().unwrap()
        });
        other.wait_event(&all).unwrap();
        let before = (all.query().unwrap(), other.query().unwrap());
        end.store(true, Ordering::SeqCst);
        other.synchronize().unwrap();
        assert_eq!(before, (false, false), "the work of another stream counts");
        assert!(busy.query().unwrap() && all.query().unwrap());
        // Nothing is left to be marked.
        device.synchronize().unwrap();
        all.record_device().unwrap();
        all.synchronize().unwrap();
    });
}
