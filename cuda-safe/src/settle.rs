//! Waiting that does not return early.
//!
//! Host memory lent to a copy may be given back only when the device can no longer touch it. `cudaStreamSynchronize`
//! alone does not promise that: it can fail while the work goes on. Everything safe in this crate waits here.

use std::time::Duration;

use cuda_sys::cudart::cudaError_t;

use crate::error::{Error, ErrorKind, Result};
use crate::release;
use crate::stream::StreamRef;

impl StreamRef<'_> {
    /// Returns only when no work given to the stream so far can still touch memory, whatever fails meanwhile.
    ///
    /// Borrowed host memory rests on this. If waiting fails for a reason that does not end the work, it asks again by
    /// query and by waiting for the device; if all of that keeps failing it aborts the process, for returning would
    /// let the device write into memory that is no longer lent.
    ///
    /// # Errors
    /// The failure of the work, or the first failure of waiting for it.
    pub(crate) fn settle(&self) -> Result<()> {
        let Err(error) = self.synchronize() else { return Ok(()) };
        if ends_all_work(&error) {
            return Err(error);
        }
        let mut attempts = 0;
        while attempts < 3 {
            match self.query() {
                Ok(true) => return Err(error),
                Ok(false) => std::thread::sleep(Duration::from_micros(100)),
                Err(later) if ends_all_work(&later) => return Err(error),
                Err(_) if self.device().synchronize().is_ok() => return Err(error),
                Err(_) => attempts += 1,
            }
        }
        eprintln!("cuda-safe: cannot tell whether a copy on {} has ended, aborting: {error}", self.device());
        std::process::abort();
    }
}

/// Whether after this failure nothing given to the stream can still be running.
pub(crate) fn ends_all_work(error: &Error) -> bool {
    match error.kind() {
        // The context is lost, the driver is unloaded, or the work was only recorded into a graph that is now invalid.
        ErrorKind::Cuda(cuda) => {
            release::is_sticky(cuda.code)
                || matches!(
                    cuda.code,
                    cudaError_t::cudaErrorCudartUnloading
                        | cudaError_t::cudaErrorStreamCaptureUnsupported
                        | cudaError_t::cudaErrorStreamCaptureInvalidated
                )
        }
        // The device writes into the memory of the parent.
        ErrorKind::ForkedProcess { .. } => true,
        ErrorKind::Exiting { .. } if release::is_unloaded() => true,
        // Another thread is ending the process, and this one with it: nothing after this line may use the memory.
        ErrorKind::Exiting { .. } => loop {
            std::thread::park();
        },
        _ => false,
    }
}
