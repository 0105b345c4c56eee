//! Waiting that does not return early.
//!
//! Host memory lent to a copy may be given back only when the device can no longer touch it. `cudaStreamSynchronize`
//! alone does not promise that: it can fail while the work goes on. Everything safe in this crate waits here.

use std::time::Duration;

use cuda_sys::cudart::cudaError_t;

use crate::error::{Error, ErrorKind, Result};
use crate::relaxed::Relaxed;
use crate::release;
use crate::stream::StreamRef;

impl StreamRef<'_> {
    /// Returns only when no work given to the stream so far can still touch memory, whatever fails meanwhile.
    ///
    /// Borrowed host memory rests on this. If waiting fails for a reason that does not end the work, it asks again by
    /// query and by waiting for the device; if all of that keeps failing it aborts the process, for returning would
    /// let the device write into memory that is no longer lent. [`synchronize`](Self::synchronize) is for everybody who
    /// only wants to know that the work is done; this is for whoever lent memory to it, as with the functions of
    /// [`memory::copy`](crate::memory::copy).
    ///
    /// While a blocking stream is captured CUDA tells nothing of the legacy stream, so that capture is waited out. A thread
    /// that captures one itself would wait in vain: it must not ask for the legacy stream.
    ///
    /// ```
    /// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
    /// let stream = cuda_safe::Stream::new(device)?;
    /// stream.as_ref().settle()?; // nothing to wait for
    /// # Ok::<(), cuda_safe::Error>(())
    /// ```
    ///
    /// # Errors
    /// The failure of the work, or the first failure of waiting for it. The work has ended all the same.
    #[doc(alias = "cudaStreamSynchronize")]
    pub fn settle(&self) -> Result<()> {
        let _relaxed = Relaxed::enter(self.runtime());
        let Err(error) = self.synchronize() else { return Ok(()) };
        let mut latest = None;
        let mut attempts = 0;
        while attempts < 3 {
            let failure = latest.as_ref().unwrap_or(&error);
            if ends_all_work(failure) || self.is_recording(failure) {
                return Err(error);
            }
            match self.query() {
                Ok(true) => return Err(error),
                Ok(false) => std::thread::sleep(PAUSE),
                // Somebody else's capture is in the way; waiting for the device would spoil it.
                Err(later) if later.is_about_capture() => {
                    latest = Some(later);
                    std::thread::sleep(PAUSE);
                }
                Err(later) if ends_all_work(&later) => return Err(error),
                Err(_) if self.device().synchronize().is_ok() => return Err(error),
                Err(_) => attempts += 1,
            }
        }
        eprintln!("cuda-safe: cannot tell whether a copy on {} has ended, aborting: {error}", self.device());
        std::process::abort();
    }

    /// Whether the failure is that of a stream that only records its work into a graph: nothing of it runs.
    fn is_recording(&self, failure: &Error) -> bool {
        failure.is_about_capture() && self.is_capturing().is_ok_and(|is_capturing| is_capturing)
    }
}

/// How long the host sleeps before it asks again.
const PAUSE: Duration = Duration::from_micros(100);

/// Whether after this failure nothing given to the stream can still be running.
fn ends_all_work(error: &Error) -> bool {
    match error.kind() {
        // The context is lost, or the driver is unloaded. That a sticky error of another device has ended this one's work too
        // was seen (`release.rs`) and is nowhere promised; what can be kept instead, as by `Pending`, does not rest on it.
        ErrorKind::Cuda(cuda) => {
            release::is_sticky(cuda.code) || cuda.code == cudaError_t::cudaErrorCudartUnloading
        }
        // The device writes into the memory of the parent.
        ErrorKind::ForkedProcess { .. } => true,
        ErrorKind::Exiting { .. } if release::is_unloaded() => true,
        // Another thread is ending the process, and this one with it: nothing after this line may use the memory.
        ErrorKind::Exiting { .. } => release::await_end(),
        _ => false,
    }
}

/// Whether the failure of enqueueing leaves open that something was enqueued.
pub(crate) fn may_have_started(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Cuda(_)) && !error.is_about_capture() && !ends_all_work(error)
}
