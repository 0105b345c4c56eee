//! One copy between the host and a device: what is asked for, and what is told of it.
//!
//! A copy begins when the caller's stream has reached it. If the stream is busy the caller waits for it without holding
//! anything, so a slow stream delays nobody else; the lanes then wait for an event on it all the same, which covers
//! what a stream waits for without showing it (the legacy stream). An upload ends with the caller's stream waiting for
//! the lanes, or the caller; a download when the host memory is written.

use crate::error::{Error, ErrorKind, Result};
use crate::memory::staging::job::{Job, guarded};
use crate::memory::staging::place::Place;
use crate::stream::StreamRef;

pub(super) const UPLOAD: &str = "copy to the device";
pub(super) const DOWNLOAD: &str = "copy to the host";

/// One copy between the host and the device of an engine.
///
/// ```
/// use cuda_safe::memory::staging::{self, HostBytes, Place, Transfer};
/// use cuda_safe::{Device, DeviceMemory, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let (stream, image) = (Stream::new(device)?, vec![7u8; 4 << 20]);
/// let mut memory = DeviceMemory::<u8>::new(device, image.len())?;
/// let place = Place::Run { base: memory.as_mut_ptr().cast() };
/// let mut copied = 0;
/// let mut progress = |bytes| copied = bytes;
/// let transfer = Transfer::new(stream.as_ref(), place, image.len()).progress(&mut progress);
/// // SAFETY: both have as many bytes, and nobody else uses them until the call returns.
/// unsafe { staging::shared(device)?.upload(transfer, &HostBytes::new(image.as_ptr())) }?;
/// assert_eq!(copied, image.len());
/// # Ok(())
/// # }
/// ```
pub struct Transfer<'a> {
    pub(super) stream: StreamRef<'a>,
    pub(super) place: Place<'a>,
    pub(super) bytes: usize,
    pub(super) until: Until,
    pub(super) progress: Option<&'a mut dyn FnMut(usize)>,
}

/// When an upload returns.
///
/// ```
/// use cuda_safe::memory::staging::{self, HostBytes, Place, Transfer, Until};
/// use cuda_safe::{Device, DeviceMemory, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let (stream, mut image) = (Stream::new(device)?, vec![7u8; 1 << 20]);
/// let mut memory = DeviceMemory::<u8>::new(device, image.len())?;
/// let place = Place::Run { base: memory.as_mut_ptr().cast() };
/// let transfer = Transfer::new(stream.as_ref(), place, image.len()).until(Until::Staged);
/// // SAFETY: both have as many bytes; the memory is left alone until the stream is waited for.
/// unsafe { staging::shared(device)?.upload(transfer, &HostBytes::new(image.as_ptr())) }?;
/// image.fill(0); // the next image, while this one is still on its way
/// stream.synchronize()?;
/// assert_eq!(memory.to_vec()?, vec![7; 1 << 20]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Until {
    /// When the device memory is written.
    #[default]
    Done,
    /// When the host memory may be reused. The copy goes on; later work of the stream waits for it, other streams do
    /// not.
    Staged,
}

impl<'a> Transfer<'a> {
    /// `bytes` bytes in the order of `stream`.
    pub fn new(stream: StreamRef<'a>, place: Place<'a>, bytes: usize) -> Self {
        Self { stream, place, bytes, until: Until::default(), progress: None }
    }

    /// When an upload returns. A download always returns when the host memory is written.
    #[must_use]
    pub fn until(self, until: Until) -> Self {
        Self { until, ..self }
    }

    /// Calls `progress` on this thread, now and then, with the bytes copied so far.
    #[must_use]
    pub fn progress(self, progress: &'a mut dyn FnMut(usize)) -> Self {
        Self { progress: Some(progress), ..self }
    }
}

/// Whoever wants to know how far it is.
pub(super) struct Progress<'a>(pub(super) Option<&'a mut dyn FnMut(usize)>);

impl Progress<'_> {
    /// In the middle of a job: a panic of the callback ends the job, as an error, not the thread.
    pub(super) fn report(&mut self, job: &Job<'_>) {
        if let Err(panicked) = self.tell(job.copied()) {
            job.fail(panicked, job.cuts.bytes);
        }
    }

    /// Tells so many bytes; after a panic, which is an error, nothing more is told.
    pub(super) fn tell(&mut self, bytes: usize) -> Result<()> {
        let Some(callback) = &mut self.0 else { return Ok(()) };
        guarded(|| callback(bytes)).inspect_err(|_| self.0 = None)
    }

    /// Tells the end of a copy that is done.
    pub(super) fn end(&mut self, operation: &'static str, bytes: usize) -> Result<()> {
        self.tell(bytes)
            .map_err(|cause| ErrorKind::Interrupted { operation, done: bytes, bytes, cause }.into())
    }
}

/// How a job ended, of which this thread could or could not get a lane for its part.
pub(super) fn ended(ran: Result<()>, job: &Job<'_>, operation: &'static str) -> Result<()> {
    match ran {
        Err(cause) if job.is_untouched() => Err(not_begun(operation, cause)),
        // Helpers had a lane, which was freed before this thread's turn: what they have not taken is not done.
        Err(cause) => {
            job.fail(cause, job.cuts.bytes);
            job.outcome(operation)
        }
        Ok(()) => job.outcome(operation),
    }
}

pub(super) fn not_begun(operation: &'static str, cause: Error) -> Error {
    ErrorKind::NotBegun { operation, cause }.into()
}

/// Stopped on its way, with nothing that is known to be done.
pub(super) fn interrupted(operation: &'static str, bytes: usize, cause: Error) -> Error {
    ErrorKind::Interrupted { operation, done: 0, bytes, cause }.into()
}

/// A failure of CUDA's, with what is known to be done: nothing, where no piece is known by itself.
pub(super) fn told(operation: &'static str, bytes: usize, error: Error) -> Error {
    if matches!(error.kind(), ErrorKind::Cuda(_)) { interrupted(operation, bytes, error) } else { error }
}

pub(super) fn grain(host: usize, place: &Place) -> usize {
    if host > 1 { host } else { place.grain() }
}
