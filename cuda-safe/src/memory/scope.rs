//! Asynchronous copies of borrowed memory: a scope that waits before it returns.
//!
//! [`StreamRef::scope`] has the shape of [`std::thread::scope`]. Inside, copies are only enqueued; everything lent to
//! them stays borrowed until the scope ends; and the scope ends, by return or by panic, when the stream has done all of
//! it. Because the wait is in the function that was called and not in a Drop, no `mem::forget` can skip it.
//!
//! Host memory of any kind may be lent; only page-locked memory ([`PinnedMemory`](crate::PinnedMemory),
//! [`Registered`](crate::Registered)) is copied while the host goes on.
//!
//! Scopes of several streams may be nested. Two of them cannot write the same memory, nor one read what the other writes:
//! the borrows last as long as the scopes. Memory used several times in one scope is [lent](CopyScope::lend) once and then
//! used in stream order.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::error::Result;
use crate::memory::block::same_len;
use crate::memory::copy::{self, Direction};
use crate::memory::element::Element;
use crate::memory::rows::Rows;
use crate::memory::view::{DeviceSlice, DeviceSliceMut};
use crate::settle::may_have_started;
use crate::stream::{Stream, StreamRef};

/// Enqueues copies of memory that is borrowed until the scope ends; see [`Stream::scope`].
///
/// It stays on the thread that opened it, for the per-thread stream would be another one elsewhere.
///
/// ```
/// use cuda_safe::{CopyScope, DeviceMemory, DeviceSliceMut, Result, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// fn upload<'scope>(s: &'scope CopyScope<'scope, '_>, from: &'scope [u8], to: DeviceSliceMut<'scope, u8>) -> Result<()> {
///     s.copy_to_device(from, to)
/// }
/// let (host, mut memory) = ([1, 2, 3], DeviceMemory::new(device, 3)?);
/// Stream::new(device)?.scope(|s| upload(s, &host, memory.view_mut()))?;
/// assert_eq!(memory.to_vec()?, host);
/// # Ok(())
/// # }
/// ```
pub struct CopyScope<'scope, 'env: 'scope> {
    queue: Queue<'scope>,
    /// Both lifetimes are invariant, as those of `std::thread::Scope` and for the same reason: neither may be shortened to
    /// lend memory for less than the scope.
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// Device memory lent to one scope, where the stream orders its uses.
///
/// ```
/// use cuda_safe::{Device, DeviceMemory, PinnedMemory, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let stream = Stream::new(device)?;
/// let source = PinnedMemory::from_slice(device, &[1u8, 2, 3, 4])?;
/// let mut back = PinnedMemory::<u8>::zeroed(device, 4)?;
/// let mut memory = DeviceMemory::<u8>::new(device, 4)?;
/// stream.scope(|s| {
///     let mut memory = s.lend(memory.view_mut())?;
///     memory.copy_from_host(&source)?;
///     memory.copy_to_host(&mut back) // after the copy above, without waiting for it
/// })?;
/// assert_eq!(*back, [1, 2, 3, 4]);
/// # Ok(())
/// # }
/// ```
pub struct InScope<'scope, T: Element> {
    queue: &'scope Queue<'scope>,
    view: DeviceSliceMut<'scope, T>,
    /// Of one scope and no other: another scope's stream would not be ordered with this one.
    scope: PhantomData<&'scope mut &'scope ()>,
}

/// The stream, and whether it was given anything.
struct Queue<'scope> {
    stream: StreamRef<'scope>,
    /// Also what keeps the scope on its thread: a `Cell` cannot be shared.
    used: Cell<bool>,
}

impl Stream {
    /// See [`StreamRef::scope`].
    ///
    /// # Errors
    /// As there.
    pub fn scope<'env, R>(
        &self,
        body: impl for<'scope> FnOnce(&'scope CopyScope<'scope, 'env>) -> Result<R>,
    ) -> Result<R> {
        self.as_ref().scope(body)
    }
}

impl StreamRef<'_> {
    /// Lets `body` enqueue copies of borrowed memory, and returns when they are done.
    ///
    /// ```
    /// use cuda_safe::{Device, DeviceMemory, Stream};
    ///
    /// # fn main() -> cuda_safe::Result<()> {
    /// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
    /// let stream = Stream::new(device)?;
    /// let host = [1.0f32, 2.0, 3.0, 4.0];
    /// let mut memory = DeviceMemory::<f32>::new(device, 4)?;
    /// stream.scope(|s| {
    ///     s.copy_to_device(&host[..2], memory.slice_mut(2..)?)?;
    ///     Ok(())
    /// })?;
    /// assert_eq!(memory.slice(2..)?.to_vec()?, [1.0, 2.0]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The error of `body`; else the failure of the copies.
    ///
    /// # Panics
    /// If `body` does, after the copies are done.
    pub fn scope<'env, R>(
        &self,
        body: impl for<'scope> FnOnce(&'scope CopyScope<'scope, 'env>) -> Result<R>,
    ) -> Result<R> {
        let queue = Queue { stream: *self, used: Cell::new(false) };
        let scope = CopyScope { queue, scope: PhantomData, env: PhantomData };
        let outcome = catch_unwind(AssertUnwindSafe(|| body(&scope)));
        let settled = if scope.queue.used.get() { self.settle() } else { Ok(()) };
        match outcome {
            Ok(value) => value.and_then(|value| settled.map(|()| value)),
            Err(panic) => resume_unwind(panic),
        }
    }
}

impl<'scope> CopyScope<'scope, '_> {
    /// The stream, for waiting on events and recording them between the copies.
    pub fn stream(&self) -> StreamRef<'scope> {
        self.queue.stream
    }

    /// Lends memory that is used several times in the scope.
    ///
    /// # Errors
    /// Memory of another device than the stream's, and CUDA's own.
    pub fn lend<T: Element>(&'scope self, view: DeviceSliceMut<'scope, T>) -> Result<InScope<'scope, T>> {
        self.queue.stream.device().same_device(&view.device(), "lend memory to a stream")?;
        view.as_slice().make_ready_on(self.queue.stream)?;
        Ok(InScope { queue: &self.queue, view, scope: PhantomData })
    }

    /// Enqueues a copy to memory of the stream's device, of the same length.
    ///
    /// # Errors
    /// Different lengths, memory of another device, and CUDA's own.
    #[doc(alias = "cudaMemcpyAsync")]
    pub fn copy_to_device<T: Element>(
        &'scope self,
        source: &'scope [T],
        destination: DeviceSliceMut<'scope, T>,
    ) -> Result<()> {
        same_len("copy to device", source.len(), destination.len())?;
        self.lend(destination)?.copy_from_host(source)
    }

    /// Enqueues a copy from memory of the stream's device, of the same length.
    ///
    /// # Errors
    /// Different lengths, memory of another device, and CUDA's own.
    #[doc(alias = "cudaMemcpyAsync")]
    pub fn copy_to_host<T: Element>(
        &self,
        source: DeviceSlice<'scope, T>,
        destination: &'scope mut [T],
    ) -> Result<()> {
        self.queue.copy_to_host(source, destination)
    }

    /// Enqueues a copy between device memory of the same length; either may be of another device of the runtime.
    ///
    /// # Errors
    /// Different lengths, memory of another runtime, and CUDA's own.
    #[doc(alias = "cudaMemcpyPeerAsync")]
    pub fn copy_on_device<T: Element>(
        &self,
        source: DeviceSlice<'scope, T>,
        mut destination: DeviceSliceMut<'scope, T>,
    ) -> Result<()> {
        self.queue.copy_on_device(source, &mut destination)
    }

    /// Enqueues a copy of rows to memory of the stream's device.
    ///
    /// # Errors
    /// Rows that do not fit either side, memory of another device, and CUDA's own.
    #[doc(alias = "cudaMemcpy2DAsync")]
    pub fn copy_rows_to_device<T: Element>(
        &self,
        source: &'scope [T],
        mut destination: DeviceSliceMut<'scope, T>,
        rows: Rows,
    ) -> Result<()> {
        rows.check("copy of rows to device", source.len(), destination.len())?;
        self.queue.admit(destination.as_slice())?;
        let copy = rows.copy::<T>(destination.as_mut_ptr(), source.as_ptr(), Direction::HostToDevice);
        // SAFETY: the rows were checked against both lengths; both are borrowed until the scope has waited.
        self.queue.note(unsafe { copy::enqueue_2d(self.queue.stream, &copy) })
    }

    /// Enqueues a copy of rows from memory of the stream's device.
    ///
    /// # Errors
    /// Rows that do not fit either side, memory of another device, and CUDA's own.
    #[doc(alias = "cudaMemcpy2DAsync")]
    pub fn copy_rows_to_host<T: Element>(
        &self,
        source: DeviceSlice<'scope, T>,
        destination: &'scope mut [T],
        rows: Rows,
    ) -> Result<()> {
        rows.check("copy of rows to host", source.len(), destination.len())?;
        self.queue.admit(source)?;
        let copy = rows.copy::<T>(destination.as_mut_ptr(), source.as_ptr(), Direction::DeviceToHost);
        // SAFETY: the rows were checked against both lengths; both are borrowed until the scope has waited.
        self.queue.note(unsafe { copy::enqueue_2d(self.queue.stream, &copy) })
    }
}

impl<'scope, T: Element> InScope<'scope, T> {
    /// Elements.
    pub fn len(&self) -> usize {
        self.view.len()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.view.is_empty()
    }

    /// Enqueues a copy from host memory of the same length.
    ///
    /// # Errors
    /// Different lengths, and CUDA's own.
    pub fn copy_from_host(&mut self, source: &'scope [T]) -> Result<()> {
        same_len("copy to device", source.len(), self.view.len())?;
        let (target, bytes) = (self.view.as_mut_ptr().cast(), self.view.size_bytes());
        // SAFETY: both hold `bytes`, and are borrowed until the scope has waited.
        self.queue.note(unsafe {
            copy::enqueue(self.queue.stream, target, source.as_ptr().cast(), bytes, Direction::HostToDevice)
        })
    }

    /// Enqueues a copy to host memory of the same length.
    ///
    /// # Errors
    /// Different lengths, and CUDA's own.
    pub fn copy_to_host(&self, destination: &'scope mut [T]) -> Result<()> {
        self.queue.copy_to_host(self.view.as_slice(), destination)
    }

    /// Enqueues a copy from other memory lent to the same scope, of the same length.
    ///
    /// # Errors
    /// Different lengths, and CUDA's own.
    pub fn copy_from(&mut self, source: &InScope<'scope, T>) -> Result<()> {
        self.queue.copy_on_device(source.view.as_slice(), &mut self.view)
    }

    /// Enqueues the setting of every byte.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaMemsetAsync")]
    pub fn fill_bytes(&mut self, byte: u8) -> Result<()> {
        let (target, bytes) = (self.view.as_mut_ptr().cast(), self.view.size_bytes());
        // SAFETY: the memory holds `bytes` and is borrowed until the scope has waited.
        self.queue.note(unsafe { copy::enqueue_fill(self.queue.stream, target, byte, bytes) })
    }
}

impl Queue<'_> {
    /// Remembers that the stream may have been given work.
    fn note(&self, enqueued: Result<()>) -> Result<()> {
        if enqueued.as_ref().err().is_none_or(may_have_started) {
            self.used.set(true);
        }
        enqueued
    }

    /// Refuses memory of another device, and waits for the allocation of memory from a pool.
    fn admit<T: Element>(&self, view: DeviceSlice<'_, T>) -> Result<()> {
        self.stream.device().same_device(&view.device(), "lend memory to a stream")?;
        view.make_ready_on(self.stream)
    }

    /// Both are lent for the whole scope, or `source` by an [`InScope`] that is.
    fn copy_to_host<T: Element>(&self, source: DeviceSlice<'_, T>, destination: &mut [T]) -> Result<()> {
        same_len("copy to host", source.len(), destination.len())?;
        self.admit(source)?;
        let target = destination.as_mut_ptr().cast();
        // SAFETY: both hold as many bytes, and whoever calls has them borrowed until the scope has waited.
        self.note(unsafe {
            let bytes = source.size_bytes();
            copy::enqueue(self.stream, target, source.as_ptr().cast(), bytes, Direction::DeviceToHost)
        })
    }

    /// Both are lent for the whole scope, or by an [`InScope`] that is.
    fn copy_on_device<T: Element>(
        &self,
        source: DeviceSlice<'_, T>,
        destination: &mut DeviceSliceMut<'_, T>,
    ) -> Result<()> {
        same_len("copy between devices", source.len(), destination.len())?;
        self.stream.device().same_runtime(&destination.device(), "copy between devices")?;
        self.stream.device().same_runtime(&source.device(), "copy between devices")?;
        source.make_ready_on(self.stream)?;
        destination.as_slice().make_ready_on(self.stream)?;
        let (target, target_device) = (destination.as_mut_ptr().cast(), destination.device());
        // SAFETY: both hold as many bytes and cannot overlap, for `destination` is exclusive; whoever calls has them
        // borrowed until the scope has waited.
        self.note(unsafe {
            let (from, bytes) = (source.as_ptr().cast(), source.size_bytes());
            copy::enqueue_peer(self.stream, target, target_device, from, source.device(), bytes)
        })
    }
}

impl fmt::Debug for CopyScope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CopyScope({:?})", self.queue.stream)
    }
}

impl<T: Element> fmt::Debug for InScope<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InScope({:?})", self.view)
    }
}
