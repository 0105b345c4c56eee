//! A device that is lost.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use cuda_emulator::Fault;
use cuda_emulator::fault::FaultGuard;
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::staging::{Engine, HostBytes, Place, Source, Stores, Transfer};
use cuda_safe::{ErrorKind, Stream};

use crate::copies::{BYTES, Copies, engine, exit, require};

/// Loses the device when some of its bytes have been read.
struct Fatal(AtomicUsize);

static LOSS: OnceLock<FaultGuard> = OnceLock::new();

// SAFETY: every byte of the range is written.
unsafe impl Source for Fatal {
    unsafe fn read(&self, range: Range<usize>, to: *mut u8, _stores: Stores) {
        if self.0.fetch_add(1, Ordering::Relaxed) == 20 {
            LOSS.get_or_init(|| Fault::sticky(cudaError_t::cudaErrorIllegalAddress).everywhere());
        }
        // SAFETY: `to` has room for the range.
        unsafe { to.write_bytes(3, range.len()) };
    }
}

pub(crate) fn device_lost() {
    let engine = engine();
    let mut copies = Copies::new(Arc::clone(&engine));
    let fatal = Fatal(AtomicUsize::new(0));
    // SAFETY: the memory has as many bytes, and nobody else uses it.
    let error = unsafe { engine.upload(copies.transfer(), &fatal) }.expect_err("the device is lost");
    require(error.is_poisoned(), &format!("{error}"));
    let interrupted =
        matches!(error.kind(), ErrorKind::Interrupted { done, bytes: BYTES, .. } if *done < BYTES);
    require(interrupted, &format!("{error}"));
    let others: Vec<_> = (0..4)
        .map(|_| {
            let engine = Arc::clone(&engine);
            std::thread::spawn(move || staging_error(&engine))
        })
        .collect();
    for other in others {
        require(other.join().expect("no panic"), "another caller was not told");
    }
    require(copies.up().is_err() && copies.down().is_err(), "a lost device copies");
    drop((copies, engine));
    exit();
}

/// Whether a copy of this thread is told that the device is lost.
fn staging_error(engine: &Engine) -> bool {
    let host = vec![1u8; BYTES];
    let place = Place::Run { base: std::ptr::null_mut() };
    let stream = Stream::legacy(engine.device());
    // SAFETY: nothing is copied to a device that is lost.
    let outcome = unsafe {
        engine.upload(Transfer::new(stream.as_ref(), place, BYTES), &HostBytes::new(host.as_ptr()))
    };
    outcome.is_err_and(|error| error.is_poisoned())
}
