//! Asynchronous copies that own both buffers until they are done.
//!
//! [`Pending`] takes the buffers and gives them back when the device has finished with them. Dropping it waits. Forgetting
//! it leaks the buffers, which is safe: nobody can free or reuse them. It waits for its own copy by an event, so it may be
//! moved to another thread and does not wait for later work of the stream.

use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::DerefMut;

use crate::error::{Error, Result};
use crate::event::Event;
use crate::memory::block::same_len;
use crate::memory::copy::{self, Direction};
use crate::memory::device::DeviceMemory;
use crate::memory::element::Element;
use crate::memory::pinned::PinnedMemory;
use crate::memory::registered::Registered;
use crate::refused::Refused;
use crate::release;
use crate::settle::may_have_started;
use crate::stream::{Stream, StreamRef};

/// A copy that may still be running, and its buffers.
///
/// ```
/// use cuda_safe::{Device, DeviceMemory, PinnedMemory, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let stream = Stream::new(device)?;
/// let source = PinnedMemory::from_slice(device, &[1u32, 2, 3])?;
/// let upload = stream.copy_to_device(source, DeviceMemory::new(device, 3)?)?;
/// // ... other work of the host ...
/// let (source, memory) = upload.wait()?;
/// assert_eq!(memory.to_vec()?, *source);
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping it waits for the copy"]
pub struct Pending<B>(ManuallyDrop<Copying<B>>);

/// A copy that was started, or the buffers back.
///
/// ```
/// use cuda_safe::memory::Started;
/// use cuda_safe::{DeviceMemory, Refused, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let stream = Stream::new(device)?;
/// let started: Started<(Vec<u8>, _)> = stream.copy_to_device(vec![1; 9], DeviceMemory::new(device, 8)?);
/// let (mut host, memory) = match started {
///     Ok(copy) => copy.wait()?,
///     Err(Refused { buffers, .. }) => buffers, // different lengths: try again with as many
/// };
/// host.truncate(memory.len());
/// let (_host, memory) = stream.copy_to_device(host, memory)?.wait()?;
/// assert_eq!(memory.to_vec()?, [1; 8]);
/// # Ok(())
/// # }
/// ```
pub type Started<B> = Result<Pending<B>, Refused<B>>;

/// What a copy keeps until it is known to be over.
struct Copying<B> {
    buffers: B,
    /// Marks the end of the copy.
    done: Event,
}

/// Host memory that can be given away to a copy.
///
/// ```
/// use cuda_safe::{DeviceMemory, HostBuffer, PinnedMemory, Result, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// fn upload<H: HostBuffer<u8>>(stream: &Stream, host: H) -> Result<DeviceMemory<u8>> {
///     let memory = DeviceMemory::new(stream.device(), host.len())?;
///     let (_host, memory) = stream.copy_to_device(host, memory)?.wait()?;
///     Ok(memory)
/// }
/// let stream = Stream::new(device)?;
/// assert_eq!(upload(&stream, vec![1, 2])?.to_vec()?, [1, 2]);
/// assert_eq!(upload(&stream, PinnedMemory::from_slice(device, &[3])?)?.to_vec()?, [3]);
/// # Ok(())
/// # }
/// ```
///
/// # Safety
/// The slice is the same memory every time, also after the buffer was moved, and lives until the buffer is dropped.
pub unsafe trait HostBuffer<T: Element>: DerefMut<Target = [T]> {}

// SAFETY: it owns an allocation that moving it does not move.
unsafe impl<T: Element> HostBuffer<T> for PinnedMemory<T> {}
// SAFETY: as above, and its length never changes.
unsafe impl<T: Element> HostBuffer<T> for Registered<T> {}
// SAFETY: as above, while nobody can reach the vector to make it grow. (It is pageable: the host waits for most of the copy.)
unsafe impl<T: Element> HostBuffer<T> for Vec<T> {}

impl Stream {
    /// Enqueues a copy to memory of the stream's device, of the same length.
    ///
    /// # Errors
    /// Different lengths, memory of another device, and CUDA's own. The error gives the buffers back.
    #[doc(alias = "cudaMemcpyAsync")]
    pub fn copy_to_device<T: Element, H: HostBuffer<T>>(
        &self,
        source: H,
        mut destination: DeviceMemory<T>,
    ) -> Started<(H, DeviceMemory<T>)> {
        let (from, target, bytes) = (source.as_ptr(), destination.as_mut_ptr(), destination.size_bytes());
        let lengths = same_len("copy to device", source.len(), destination.len());
        let ready = lengths.and_then(|()| self.admit(&destination));
        Pending::start(self.as_ref(), (source, destination), ready, |stream| {
            // SAFETY: both hold `bytes`, at addresses that do not move with the buffers; `Pending` owns both until the
            // copy is over.
            unsafe { copy::enqueue(stream, target.cast(), from.cast(), bytes, Direction::HostToDevice) }
        })
    }

    /// Enqueues a copy from memory of the stream's device, of the same length.
    ///
    /// # Errors
    /// Different lengths, memory of another device, and CUDA's own. The error gives the buffers back.
    #[doc(alias = "cudaMemcpyAsync")]
    pub fn copy_to_host<T: Element, H: HostBuffer<T>>(
        &self,
        source: DeviceMemory<T>,
        mut destination: H,
    ) -> Started<(DeviceMemory<T>, H)> {
        let (from, target, bytes) = (source.as_ptr(), destination.as_mut_ptr(), source.size_bytes());
        let lengths = same_len("copy to host", source.len(), destination.len());
        let ready = lengths.and_then(|()| self.admit(&source));
        Pending::start(self.as_ref(), (source, destination), ready, |stream| {
            // SAFETY: both hold `bytes`, at addresses that do not move with the buffers; `Pending` owns both until the
            // copy is over.
            unsafe { copy::enqueue(stream, target.cast(), from.cast(), bytes, Direction::DeviceToHost) }
        })
    }

    fn admit<T: Element>(&self, memory: &DeviceMemory<T>) -> Result<()> {
        self.device().same_device(&memory.device(), "copy on a stream")?;
        memory.make_ready_on(self.as_ref())
    }
}

impl<B> Pending<B> {
    fn start(
        stream: StreamRef<'_>,
        buffers: B,
        ready: Result<()>,
        enqueue: impl FnOnce(StreamRef<'_>) -> Result<()>,
    ) -> Started<B> {
        let done = match ready.and_then(|()| Event::new(stream.device())) {
            Ok(done) => done,
            Err(error) => return Err(Refused { error, buffers }),
        };
        match enqueue(stream) {
            Err(error) if !may_have_started(&error) => Err(Refused { error, buffers }),
            enqueued => match enqueued.and_then(|()| done.record(stream)) {
                Ok(()) => Ok(Self(ManuallyDrop::new(Copying { buffers, done }))),
                Err(error) => {
                    // The copy may be enqueued without a mark behind it: the buffers go back only when the stream is
                    // done. If that fails too, then because the work has failed, which `error` says.
                    let _ = stream.settle();
                    Err(Refused { error, buffers })
                }
            },
        }
    }

    /// Whether the copy is done.
    ///
    /// # Errors
    /// The failure of the copy.
    pub fn is_done(&self) -> Result<bool> {
        self.0.done.query()
    }

    /// Makes later work of `stream` wait for the copy. (The event itself is not given out: recording it again would move the
    /// mark that says when the device is done with the buffers.)
    ///
    /// # Errors
    /// A stream of another runtime, and CUDA's own.
    #[doc(alias = "cudaStreamWaitEvent")]
    pub fn order_before(&self, stream: StreamRef<'_>) -> Result<()> {
        stream.wait_event(&self.0.done)
    }

    /// Waits for the copy and gives the buffers back.
    ///
    /// # Errors
    /// The failure of the copy; the buffers are dropped, or leaked if it cannot be known that the device is done with them.
    pub fn wait(self) -> Result<B> {
        let mut pending = ManuallyDrop::new(self);
        let outcome = pending.0.wait();
        // SAFETY: `pending` is not used again and its Drop never runs.
        let Copying { buffers, done: _ } = unsafe { ManuallyDrop::take(&mut pending.0) };
        match outcome {
            Ok(()) => Ok(buffers),
            Err((error, true)) => Err(error),
            Err((error, false)) => {
                std::mem::forget(buffers);
                Err(error)
            }
        }
    }
}

impl<B> Copying<B> {
    /// Waits. An error comes with whether the copy is over all the same.
    fn wait(&self) -> Result<(), (Error, bool)> {
        let Err(error) = self.done.synchronize() else { return Ok(()) };
        // A sticky error is no proof: it may be that of another device, and this one's copy may go on for a while.
        let over = self.done.device().synchronize().is_ok();
        Err((error, over))
    }
}

impl<B> Drop for Pending<B> {
    fn drop(&mut self) {
        // Where CUDA may not be called, or does not say that the copy is over, everything is leaked.
        if release::may_release(self.0.done.device().runtime())
            && matches!(self.0.wait(), Ok(()) | Err((_, true)))
        {
            // SAFETY: this is the end of `self`, and the device is done with the buffers.
            unsafe { ManuallyDrop::drop(&mut self.0) };
        }
    }
}

/// Tells the types of the buffers and not what is in them, which the device may be writing.
impl<B> fmt::Debug for Pending<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pending({}, {:?})", std::any::type_name::<B>(), self.0.done)
    }
}
