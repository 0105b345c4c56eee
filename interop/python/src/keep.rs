//! Python objects kept alive by Rust, and let go on whatever thread the last use ends.
//!
//! A DLPack deleter may run without the interpreter's lock, on a thread that Python does not know, or after the interpreter
//! is gone. [`Kept`] attaches the thread to let its object go, and leaves the object to the interpreter once that has begun
//! to end: from then on a thread that tries to attach may never return.
//!
//! Freeing memory may wait for the device, and the device for a host function that needs the interpreter's lock: so what may
//! wait is dropped without it.

use std::mem::{self, ManuallyDrop};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use interop::CudaBuffer;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::detach::{self, detach};

/// Set by Python's `atexit`, which runs before the interpreter stops serving other threads.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Whether the interpreter has begun to end.
pub(crate) fn interpreter_is_ending() -> bool {
    ENDING.load(Relaxed)
}

/// Remembers that the interpreter ends.
#[pyfunction]
fn interpreter_ends() {
    ENDING.store(true, Relaxed);
}

/// Asks Python to tell when the interpreter ends.
pub(crate) fn watch_interpreter(py: Python<'_>) -> PyResult<()> {
    py.import("atexit")?.call_method1("register", (wrap_pyfunction!(interpreter_ends, py)?,))?;
    detach::watch_end();
    Ok(())
}

/// An object that somebody on the other side of a protocol relies on.
pub(crate) struct Kept(ManuallyDrop<Py<PyAny>>);

impl Kept {
    pub(crate) fn new(object: Py<PyAny>) -> Self {
        Self(ManuallyDrop::new(object))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // SAFETY: taken once, here.
        let object = unsafe { ManuallyDrop::take(&mut self.0) };
        if interpreter_is_ending() {
            // Let go if this thread is attached, else left in place.
            return drop(object);
        }
        let mut object = Some(object);
        Python::try_attach(|_| drop(object.take()));
        mem::forget(object);
    }
}

/// A buffer whose memory is freed, if it is the last to use it, while other threads of Python run.
pub(crate) struct Held(ManuallyDrop<CudaBuffer>);

impl Held {
    #[inline]
    pub(crate) fn new(buffer: CudaBuffer) -> Self {
        Self(ManuallyDrop::new(buffer))
    }
}

impl Deref for Held {
    type Target = CudaBuffer;

    #[inline]
    fn deref(&self) -> &CudaBuffer {
        &self.0
    }
}

impl DerefMut for Held {
    #[inline]
    fn deref_mut(&mut self) -> &mut CudaBuffer {
        &mut self.0
    }
}

impl Drop for Held {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: taken once, here.
        let_go(unsafe { ManuallyDrop::take(&mut self.0) });
    }
}

/// Drops a buffer; if it is the last to use its memory, that is freed while other threads of Python run.
#[inline]
pub(crate) fn let_go(buffer: CudaBuffer) {
    match buffer.release() {
        None => {}
        // A deleter may attach the thread again, which never returns once the interpreter ends: nobody waits for that.
        Some(remains) if remains.is_foreign() => drop_aside(remains, |py, drop| py.detach(drop)),
        Some(remains) => drop_detached(remains),
    }
}

/// Drops a value whose Drop may wait for the device, and lets other threads of Python run meanwhile.
pub(crate) fn drop_detached<T: Send>(value: T) {
    drop_aside(value, |py, drop| detach(py, drop));
}

fn drop_aside<T: Send>(value: T, detached: impl FnOnce(Python<'_>, &mut (dyn FnMut() + Send))) {
    // SAFETY: may be called at any time, by any thread.
    let stranger = || unsafe { ffi::PyGILState_GetThisThreadState() }.is_null();
    // A thread that Python does not know has no lock to let go.
    if interpreter_is_ending() || stranger() {
        return drop(value);
    }
    let mut value = Some(value);
    Python::try_attach(|py| detached(py, &mut || drop(value.take())));
}
