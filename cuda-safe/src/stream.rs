//! Streams: queues of work on a device.
//!
//! [`Stream`] owns a stream and shares it between its clones; the last one to go destroys it. [`StreamRef`] is a
//! borrowed view, or a handle that somebody else owns. Destroying a stream does not cancel or wait for its work: CUDA
//! finishes it.
//!
//! | handle | stream | order |
//! |---|---|---|
//! | 1 | [legacy](Stream::legacy), one per device | waits for, and is waited for by, every *blocking* stream of the device |
//! | 2 | [per thread](Stream::per_thread), one per thread and device | blocking |
//! | any other | created | blocking by default, else ordered by events only |
//! | 0 | refused | a different stream in each program |
//!
//! The legacy and per-thread streams are found through the thread's current device, so work on them sets and restores
//! it; waiting for a created stream, or recording an event in it, never does.

use std::any::Any;
use std::ffi::{c_int, c_uint};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use cuda_sys::Runtime;
use cuda_sys::cudart::{cudaStream_t, cudaStreamCaptureStatus, cudaStreamDefault, cudaStreamNonBlocking};

use crate::call::call;
use crate::device::{Current, Device, current};
use crate::error::{ErrorKind, Result};
use crate::keeper::{Hold, Keeper};
pub use crate::stream_options::StreamOptions;

const LEGACY: usize = 1;
const PER_THREAD: usize = 2;

/// A stream that is kept alive, by owning it or its owner; clones share it.
///
/// ```
/// use cuda_safe::{Device, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let stream = Stream::new(device)?;
/// assert!(stream.query()?); // nothing to do yet
/// stream.synchronize()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Stream {
    device: Device,
    raw: cudaStream_t,
    hold: Hold,
}

/// A stream that somebody else keeps alive for `'a`.
///
/// ```
/// use cuda_safe::{Device, Stream, StreamRef};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let stream = Stream::new(device)?;
/// let view: StreamRef<'_> = stream.as_ref();
/// view.synchronize()?;
/// // SAFETY: handle 0 is refused, whatever it would mean.
/// assert!(unsafe { StreamRef::from_raw(device, std::ptr::null_mut()) }.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StreamRef<'a> {
    device: Device,
    raw: cudaStream_t,
    owner: PhantomData<&'a ()>,
}

// SAFETY: a stream handle may be used from every thread, and the runtime locks what it needs.
unsafe impl Send for Stream {}
// SAFETY: as above; the fields are never changed.
unsafe impl Sync for Stream {}
// SAFETY: as above; what a view may do is what its owner may do.
unsafe impl Send for StreamRef<'_> {}
// SAFETY: as above.
unsafe impl Sync for StreamRef<'_> {}

impl Stream {
    /// A new blocking stream of default priority.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaStreamCreate")]
    pub fn new(device: Device) -> Result<Self> {
        Self::with_options(device, StreamOptions::default())
    }

    /// A new stream.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaStreamCreateWithPriority")]
    pub fn with_options(device: Device, options: StreamOptions) -> Result<Self> {
        let flags: c_uint = if options.non_blocking { cudaStreamNonBlocking } else { cudaStreamDefault };
        let mut raw: cudaStream_t = std::ptr::null_mut();
        let _current = device.activate()?;
        // SAFETY: the pointer is to a live handle.
        unsafe {
            call!(
                device.runtime(),
                device.subject(),
                cudaStreamCreateWithPriority(&raw mut raw, flags, options.priority)
            )
        }?;
        Ok(Self { device, raw, hold: Hold::created(device, raw) })
    }

    /// A stream that somebody else created, kept alive by `owner`, which is dropped with the last clone. The handle itself
    /// is never destroyed here. 1 is the legacy stream, 2 the per-thread stream.
    ///
    /// # Safety
    /// `raw` is a stream of `device` in its runtime, and lives as long as `owner` does.
    ///
    /// # Errors
    /// Handle 0 is refused: it does not say which stream is meant.
    pub unsafe fn foreign(device: Device, raw: cudaStream_t, owner: impl Any + Send + Sync) -> Result<Self> {
        match raw.addr() {
            0 => Err(ErrorKind::NullStream.into()),
            LEGACY | PER_THREAD => Ok(Self { device, raw, hold: Hold::NONE }),
            _ => Ok(Self { device, raw, hold: Hold::foreign(owner) }),
        }
    }

    /// The legacy default stream of the device (handle 1). Nothing is created or destroyed.
    #[doc(alias = "cudaStreamLegacy")]
    pub fn legacy(device: Device) -> Self {
        Self { device, raw: special(LEGACY), hold: Hold::NONE }
    }

    /// The per-thread default stream of the device (handle 2): whichever thread calls, its own stream is meant.
    #[doc(alias = "cudaStreamPerThread")]
    pub fn per_thread(device: Device) -> Self {
        Self { device, raw: special(PER_THREAD), hold: Hold::NONE }
    }

    /// A view of the stream.
    #[inline]
    pub fn as_ref(&self) -> StreamRef<'_> {
        StreamRef { device: self.device, raw: self.raw, owner: PhantomData }
    }

    /// The device.
    pub fn device(&self) -> Device {
        self.device
    }

    /// The handle; it lives as long as a clone of this stream does.
    pub fn as_raw(&self) -> cudaStream_t {
        self.raw
    }

    /// See [`StreamRef::is_capturing`].
    ///
    /// # Errors
    /// As there.
    pub fn is_capturing(&self) -> Result<bool> {
        self.as_ref().is_capturing()
    }

    /// See [`StreamRef::synchronize`].
    ///
    /// # Errors
    /// As there.
    pub fn synchronize(&self) -> Result<()> {
        self.as_ref().synchronize()
    }

    /// See [`StreamRef::query`].
    ///
    /// # Errors
    /// As there.
    pub fn query(&self) -> Result<bool> {
        self.as_ref().query()
    }

    /// See [`StreamRef::priority`].
    ///
    /// # Errors
    /// As there.
    pub fn priority(&self) -> Result<i32> {
        self.as_ref().priority()
    }

    /// Destroys the stream, unless a clone or memory of a pool still holds it, and reports what Drop could not. Work
    /// that is still queued is finished all the same.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaStreamDestroy")]
    pub fn close(self) -> Result<()> {
        self.hold.close()
    }

    /// What keeps the stream; `None` for the default ones, which nothing has to keep.
    #[inline]
    pub(crate) fn keeper(&self) -> Option<&Arc<Keeper>> {
        debug_assert_eq!(self.hold.keeper().is_none(), self.as_ref().is_special());
        self.hold.keeper()
    }

    /// A clone for memory of a pool, by a hold on the same keeper.
    #[inline]
    pub(crate) fn held_by(&self, hold: Hold) -> Self {
        Self { device: self.device, raw: self.raw, hold }
    }

    /// What holds the handle, for whoever ends the hold; the stream is not used after that.
    #[inline]
    pub(crate) fn hold_mut(&mut self) -> &mut Hold {
        &mut self.hold
    }

    /// Whether both are the same owner, or clones of it, or the same default stream of a device. Other handles are not
    /// compared: CUDA reuses them.
    pub(crate) fn same_owner(&self, other: &Self) -> bool {
        self.hold.same(&other.hold).unwrap_or_else(|| self.device == other.device && self.raw == other.raw)
    }
}

impl<'a> StreamRef<'a> {
    /// A view of a stream that something else owns; 1 is the legacy stream, 2 the per-thread stream.
    ///
    /// # Safety
    /// `raw` is a stream of `device` in its runtime, and lives for `'a`.
    ///
    /// # Errors
    /// Handle 0 is refused: it does not say which stream is meant.
    #[inline]
    pub unsafe fn from_raw(device: Device, raw: cudaStream_t) -> Result<Self> {
        if raw.is_null() {
            return Err(ErrorKind::NullStream.into());
        }
        Ok(Self { device, raw, owner: PhantomData })
    }

    /// The legacy default stream of the device (handle 1).
    #[inline]
    pub fn legacy(device: Device) -> StreamRef<'static> {
        StreamRef { device, raw: special(LEGACY), owner: PhantomData }
    }

    /// The per-thread default stream of the device (handle 2): whichever thread calls, its own stream is meant.
    #[inline]
    pub fn per_thread(device: Device) -> StreamRef<'static> {
        StreamRef { device, raw: special(PER_THREAD), owner: PhantomData }
    }

    /// The device.
    #[inline]
    pub fn device(&self) -> Device {
        self.device
    }

    /// The handle.
    #[inline]
    pub fn as_raw(&self) -> cudaStream_t {
        self.raw
    }

    /// Whether it is the legacy default stream.
    #[inline]
    pub fn is_legacy(&self) -> bool {
        self.raw.addr() == LEGACY
    }

    /// Whether it is the per-thread default stream.
    #[inline]
    pub fn is_per_thread(&self) -> bool {
        self.raw.addr() == PER_THREAD
    }

    /// Whether the stream only records its work into a graph.
    ///
    /// # Errors
    /// The legacy stream while a blocking one is captured: nothing can be given to it or waited for then.
    #[doc(alias = "cudaStreamIsCapturing")]
    pub fn is_capturing(&self) -> Result<bool> {
        let mut status = cudaStreamCaptureStatus::cudaStreamCaptureStatusNone;
        let _current = self.activate()?;
        // SAFETY: the stream is borrowed, the pointer is to a live value.
        unsafe {
            call!(self.runtime(), self.device.subject(), cudaStreamIsCapturing(self.raw, &raw mut status))
        }?;
        Ok(status != cudaStreamCaptureStatus::cudaStreamCaptureStatusNone)
    }

    /// Waits until all work given to the stream so far is done.
    ///
    /// # Errors
    /// The failure of any of that work.
    #[doc(alias = "cudaStreamSynchronize")]
    pub fn synchronize(&self) -> Result<()> {
        let _current = self.activate()?;
        // SAFETY: the stream lives for 'a.
        unsafe { call!(self.runtime(), self.device.subject(), cudaStreamSynchronize(self.raw)) }
    }

    /// Whether all work given to the stream so far is done.
    ///
    /// # Errors
    /// The failure of any of that work.
    #[doc(alias = "cudaStreamQuery")]
    #[inline(always)]
    pub fn query(&self) -> Result<bool> {
        let Self { device, raw, .. } = *self;
        current!(
            device,
            // SAFETY: the stream lives for 'a.
            unsafe { call!(device.runtime(), device.subject(), cudaStreamQuery(raw) or cudaErrorNotReady) },
            if self.is_special()
        )
    }

    /// The priority; lower numbers go first.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaStreamGetPriority")]
    pub fn priority(&self) -> Result<i32> {
        let _current = self.activate()?;
        let mut priority: c_int = 0;
        // SAFETY: the stream lives for 'a, the pointer is to a live integer.
        unsafe {
            call!(self.runtime(), self.device.subject(), cudaStreamGetPriority(self.raw, &raw mut priority))
        }?;
        Ok(priority)
    }

    /// Makes the device current if the handle means nothing without it.
    #[inline]
    pub(crate) fn activate(&self) -> Result<Option<Current>> {
        if self.is_special() { self.device.activate() } else { Ok(None) }
    }

    /// Whether the handle means nothing unless its device is current.
    #[inline]
    pub(crate) fn is_special(&self) -> bool {
        self.raw.addr() <= PER_THREAD
    }

    #[inline]
    pub(crate) fn runtime(&self) -> &'static Runtime {
        self.device.runtime()
    }
}

fn special(handle: usize) -> cudaStream_t {
    std::ptr::without_provenance_mut(handle)
}

impl<'a> From<&'a Stream> for StreamRef<'a> {
    fn from(stream: &'a Stream) -> Self {
        stream.as_ref()
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_ref(), f)
    }
}

impl fmt::Debug for StreamRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stream({:#x} of {})", self.raw.addr(), self.device)
    }
}
