//! Work without the interpreter's lock, which the end of the process waits for.
//!
//! When a program ends, a daemon thread may be inside a call of CUDA; the first one, which starts the driver, takes most of a
//! second. The C library then runs the exit handlers of CUDA, which take down what the call is using, and the process dies
//! of it. So the last thing that Python does is to wait until no thread is in such work any more. No thread can begin any by
//! then, for it would have to be attached to the interpreter; one whose work ends later stays where it is.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};
use std::{process, thread};

use pyo3::ffi;
use pyo3::prelude::*;

/// How long the end of the process waits for work that does not end, such as a kernel's that loops.
const PATIENCE: Duration = Duration::from_secs(10);

/// Threads that are in such work.
static OUTSIDE: AtomicUsize = AtomicUsize::new(0);

/// Whether Python is gone, so that no thread may return to it.
static GONE: AtomicBool = AtomicBool::new(false);

/// The process that asked to be told of its end. In a child that it forked its other threads do not exist.
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// One thread in [`OUTSIDE`].
struct Outside;

impl Outside {
    fn enter() -> Self {
        OUTSIDE.fetch_add(1, SeqCst);
        Self
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        OUTSIDE.fetch_sub(1, SeqCst);
        while GONE.load(SeqCst) {
            thread::park();
        }
    }
}

/// Does work that may wait, and lets other threads of Python run meanwhile.
pub(crate) fn detach<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    // Counted before the lock is let go, and until just before it is taken again.
    let outside = Outside::enter();
    py.detach(|| {
        let _outside = outside;
        work()
    })
}

/// Asks Python to call [`python_is_gone`] when it has ended, before the process does.
pub(crate) fn watch_end() {
    PROCESS.store(process::id(), SeqCst);
    // Python may have ended before, and begun again.
    GONE.store(false, SeqCst);
    // SAFETY: this thread is attached; the function needs nothing of Python and is never unloaded.
    // Python has room for 32 functions. Without ours the process ends as it would anyway.
    let _full = unsafe { ffi::Py_AtExit(Some(python_is_gone)) };
}

extern "C" fn python_is_gone() {
    if PROCESS.load(SeqCst) != process::id() {
        return;
    }
    GONE.store(true, SeqCst);
    let late = Instant::now() + PATIENCE;
    while OUTSIDE.load(SeqCst) > 0 && Instant::now() < late {
        thread::sleep(Duration::from_millis(1));
    }
}
