//! Calls that the capture of another thread does not forbid.
//!
//! While any thread captures a stream in the default mode (global), `cudaEventQuery`, `cudaHostAlloc`,
//! `cudaStreamSynchronize` and their like fail on every thread, and worse: they spoil the capture. They are safe all the
//! same where nothing that is captured is concerned, so what this crate does on its own account is done in the relaxed mode,
//! which exempts the thread. It takes some nanoseconds. (The legacy stream is forbidden even so while a blocking stream is
//! captured.)

use cuda_sys::Runtime;
use cuda_sys::cudart::{cudaError_t, cudaStreamCaptureMode};

use crate::release;

/// As long as it lives, its thread is exempt. It is dropped on that thread.
pub(crate) struct Relaxed {
    runtime: &'static Runtime,
    former: Option<cudaStreamCaptureMode>,
}

impl Relaxed {
    /// Without the function, or in a process that may not call it, nothing is changed.
    pub(crate) fn enter(runtime: &'static Runtime) -> Self {
        let mut mode = cudaStreamCaptureMode::cudaStreamCaptureModeRelaxed;
        let former = exchange(runtime, &mut mode).then_some(mode);
        Self { runtime, former }
    }
}

impl Drop for Relaxed {
    fn drop(&mut self) {
        if let Some(mut mode) = self.former {
            exchange(self.runtime, &mut mode);
        }
    }
}

fn exchange(runtime: &'static Runtime, mode: &mut cudaStreamCaptureMode) -> bool {
    release::may_release(runtime)
        // SAFETY: the pointer is to a live value; only this thread's mode is changed.
        && unsafe { runtime.cudaThreadExchangeStreamCaptureMode(&raw mut *mode) } == Ok(cudaError_t::cudaSuccess)
}
