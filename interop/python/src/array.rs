//! The array behind a Python `CudaBuffer`: open until it is closed, shared with every view and export.
//!
//! Memory that was allocated here, or taken over by DLPack, has its owner in Rust, shared by all arrays over it. Memory
//! that was described by a Python object is borrowed: each array holds that object by a reference of its own, which
//! Python's collector sees, so that cycles through it are collected. Exports hold a [`Kept`] reference besides.
//!
//! The lock is held for a few instructions at a time and never while Python code can run.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use interop::{CudaBuffer, DType, Layout, MemoryKind};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::{PyTraverseError, PyVisit};

use crate::keep::{self, Held, Kept};
use crate::runtime;
use crate::spares::Leftover;

/// An array and the Python object that owns its memory, if it is one.
pub(crate) struct Array(Mutex<State>);

struct State {
    /// None once it was let go.
    buffer: Option<CudaBuffer>,
    owner: Option<Py<PyAny>>,
    /// What it was, once it is closed.
    closed: Option<Box<Closed>>,
    origin: Origin,
    /// Whether somebody may rely on the Python object for the address: see `close`.
    described: bool,
}

/// What a message tells of an array that is closed.
struct Closed {
    layout: Layout,
    dtype: DType,
}

/// Where the memory of an array came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It was allocated here.
    Allocated,
    /// It was allocated here from a pool; freeing it waits for nobody, unless it was exported.
    Pooled,
    /// It is somebody else's.
    Foreign,
}

/// A share of an array that may go to other threads and outlive its Python object.
pub(crate) struct Share {
    // Dropped first: it lies in memory of the owner.
    pub(crate) buffer: Held,
    #[expect(dead_code, reason = "only dropped")]
    owner: Option<Kept>,
}

impl Array {
    #[inline]
    pub(crate) fn new(buffer: CudaBuffer, owner: Option<Py<PyAny>>, origin: Origin) -> Self {
        let buffer = Some(buffer);
        Self(Mutex::new(State { buffer, owner, closed: None, origin, described: false }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the array. `look` runs no Python code.
    ///
    /// # Errors
    /// ValueError if it is closed.
    #[inline]
    pub(crate) fn look<R>(&self, look: impl FnOnce(&CudaBuffer) -> R) -> PyResult<R> {
        match &*self.state() {
            State { buffer: Some(buffer), closed: None, .. } => Ok(look(buffer)),
            state => Err(state.is_closed()),
        }
    }

    /// Another buffer over the memory, which lives until both are gone or, if Python owns it, as long as this array.
    ///
    /// # Errors
    /// ValueError if it is closed.
    pub(crate) fn buffer(&self) -> PyResult<Held> {
        self.look(|buffer| Held::new(buffer.share()))
    }

    /// A share that keeps the memory alive by itself.
    ///
    /// # Errors
    /// ValueError if it is closed.
    pub(crate) fn share(&self, py: Python<'_>) -> PyResult<Share> {
        let (buffer, owner) = self.parts(py)?;
        Ok(Share { buffer: Held::new(buffer), owner: owner.map(Kept::new) })
    }

    /// What another array over the same memory is made of.
    ///
    /// # Errors
    /// ValueError if it is closed.
    pub(crate) fn parts(&self, py: Python<'_>) -> PyResult<(CudaBuffer, Option<Py<PyAny>>)> {
        match &*self.state() {
            State { buffer: Some(buffer), owner, closed: None, .. } => {
                Ok((buffer.share(), owner.as_ref().map(|owner| owner.clone_ref(py))))
            }
            state => Err(state.is_closed()),
        }
    }

    /// The array of `view` over the memory of this one.
    ///
    /// # Errors
    /// ValueError if it is closed, and those of `view`.
    pub(crate) fn derive(
        &self,
        py: Python<'_>,
        view: impl FnOnce(CudaBuffer) -> PyResult<CudaBuffer>,
    ) -> PyResult<Self> {
        let (buffer, owner) = self.parts(py)?;
        Ok(Self::new(view(buffer)?, owner, self.origin()))
    }

    pub(crate) fn origin(&self) -> Origin {
        self.state().origin
    }

    /// The Python object that was given as the owner of the memory.
    pub(crate) fn owner(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.state().owner.as_ref().map(|owner| owner.clone_ref(py))
    }

    /// Remembers that the address is given to somebody who keeps the Python object for it.
    ///
    /// # Errors
    /// ValueError if it is closed.
    #[inline]
    pub(crate) fn describe(&self) -> PyResult<()> {
        let mut state = self.state();
        if state.closed.is_some() {
            return Err(state.is_closed());
        }
        state.described = true;
        if let Some(buffer) = &state.buffer {
            buffer.mark_exported();
        }
        Ok(())
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state().closed.is_some()
    }

    /// Ends the use of the array by this object. The memory is let go at once, unless the array was described by the array
    /// interface: then it is when the Python object dies, which whoever read the description keeps. Views and exports keep
    /// what they need in any case.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.close();
        let ended = if state.described { None } else { state.end() };
        drop(state);
        drop(ended);
    }

    /// Lets everything go: the object is in a cycle that nobody can reach.
    pub(crate) fn clear(&self) {
        let mut state = self.state();
        state.close();
        let ended = state.end();
        drop(state);
        drop(ended);
    }

    /// Shows the collector the owner. An array that is in use this very moment is no garbage.
    pub(crate) fn traverse(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        let state = match self.0.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        state.owner.as_ref().map_or(Ok(()), |owner| visit.call(owner))
    }
}

/// What a state held, dropped in this order.
struct Ended {
    buffer: Option<CudaBuffer>,
    origin: Origin,
    #[expect(dead_code, reason = "only dropped")]
    owner: Option<Py<PyAny>>,
}

impl State {
    fn close(&mut self) {
        if let (None, Some(buffer)) = (&self.closed, &self.buffer) {
            self.closed = Some(Box::new(Closed { layout: buffer.layout().clone(), dtype: buffer.dtype() }));
        }
    }

    #[cold]
    fn is_closed(&self) -> PyErr {
        PyValueError::new_err(match self.closed.as_deref() {
            Some(Closed { layout, dtype }) => {
                format!("the buffer is closed; it was {dtype} {:?}", layout.shape())
            }
            None => "the buffer is closed".to_owned(),
        })
    }

    fn end(&mut self) -> Option<Ended> {
        Some(Ended { buffer: self.buffer.take(), owner: self.owner.take(), origin: self.origin })
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        let Some(buffer) = self.buffer.take() else { return };
        match self.origin {
            Origin::Pooled => end_pooled(buffer),
            Origin::Allocated | Origin::Foreign => keep::let_go(buffer),
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // What is borrowed frees nothing.
        if !self.buffer.as_ref().is_none_or(CudaBuffer::is_borrowed) {
            self.end();
        }
    }
}

/// Keeps the memory for the next array, or frees it: after a wait for the device if somebody outside had the address.
fn end_pooled(buffer: CudaBuffer) {
    let leftover = match runtime::spares(buffer.device()) {
        Some(spares) => spares.keep(buffer),
        None => Some(Leftover::Buffer(buffer)),
    };
    match leftover {
        Some(Leftover::Buffer(buffer)) => keep::let_go(buffer),
        leftover => drop(leftover),
    }
}

/// What the `repr` of an array says, its shape given as Python writes it.
pub(crate) fn summary(shape: &str, buffer: &CudaBuffer) -> String {
    let kind = match buffer.memory_kind() {
        MemoryKind::Device => "",
        MemoryKind::Pinned => ", pinned",
        MemoryKind::Managed => ", managed",
    };
    let strided = match buffer.layout().is_c_contiguous() {
        true => String::new(),
        false => format!(", strides {:?}", buffer.layout().strides()),
    };
    let read_only = if buffer.is_read_only() { ", read-only" } else { "" };
    let (dtype, address, device) = (buffer.dtype(), buffer.address(), buffer.device());
    format!("<CudaBuffer {shape} {dtype} at {address:#x} on {device}{kind}{strided}{read_only}>")
}
