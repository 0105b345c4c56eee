//! The state of the process as CUDA sees it: running, exiting, or the child of a fork.
//!
//! Once `exit` runs its handlers every call gives `cudaErrorCudartUnloading`, as with the real runtime. In the child of a
//! fork every call gives `cudaErrorInitializationError`: the threads that work on the streams are not there any more.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::outcome::{Code, Outcome};

static EXITING: AtomicBool = AtomicBool::new(false);
static FORKED: AtomicBool = AtomicBool::new(false);

extern "C" fn at_exit() {
    EXITING.store(true, Ordering::Relaxed);
}

extern "C" fn in_child() {
    FORKED.store(true, Ordering::Relaxed);
}

/// Asks to be told of exit and fork. The first call counts.
pub(crate) fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        // SAFETY: the handler only stores to an atomic, which is sound at any time of the process's end.
        unsafe { libc::atexit(at_exit) };
        // SAFETY: the handler only stores to an atomic, which is async-signal-safe as a child of a fork requires.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
}

/// Refuses calls in a process where CUDA cannot run (any more).
pub(crate) fn check() -> Outcome {
    if EXITING.load(Ordering::Relaxed) {
        Err(Code::cudaErrorCudartUnloading)
    } else if FORKED.load(Ordering::Relaxed) {
        Err(Code::cudaErrorInitializationError)
    } else {
        Ok(())
    }
}
