//! Many copies at once, with one call where the runtime has one.

use std::ffi::c_void;

use cuda_sys::cudart::compat::Batch;
use cuda_sys::cudart::cudaError_t;
use cuda_sys::cudart::cudaMemcpySrcAccessOrder;

use crate::call::read;
use crate::error::{Error, ErrorKind, Result};
use crate::memory::copy::linear::{Direction, enqueue};
use crate::stream::StreamRef;

/// Copies between page-locked memory and a device that are given to a stream together.
///
/// ```
/// use cuda_safe::memory::copy::{Copies, Direction};
/// use cuda_safe::{DeviceMemory, PinnedMemory, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let (stream, host) = (Stream::new(device)?, PinnedMemory::from_slice(device, b"abcd")?);
/// let mut memory = DeviceMemory::<u8>::zeroed(device, 6)?;
/// let (to, from) = (memory.as_mut_ptr(), host.as_ptr());
/// let mut copies = Copies::default();
/// copies.push(to.wrapping_add(4).cast(), from.cast(), 2);
/// copies.push(to.cast(), from.wrapping_add(2).cast(), 2);
/// // SAFETY: all of it lies inside the two blocks, which live until the stream has been waited for.
/// unsafe { copies.enqueue(stream.as_ref(), Direction::HostToDevice) }?;
/// stream.synchronize()?;
/// assert_eq!(memory.to_vec()?, b"cd\0\0ab");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Copies {
    destinations: Vec<*mut c_void>,
    sources: Vec<*const c_void>,
    sizes: Vec<usize>,
}

impl Copies {
    /// Adds a copy of `bytes`; none if there are none.
    pub fn push(&mut self, dst: *mut c_void, src: *const c_void, bytes: usize) {
        if bytes > 0 {
            self.destinations.push(dst);
            self.sources.push(src);
            self.sizes.push(bytes);
        }
    }

    /// Number of copies.
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// Enqueues all of them, in no order among themselves: with `cudaMemcpyBatchAsync`, or with one call each where
    /// runtime, driver or stream (the legacy default stream) do not take batches.
    ///
    /// # Safety
    /// As [`enqueue`](crate::memory::copy::enqueue()) for each of them, and no two destinations overlap.
    ///
    /// # Errors
    /// CUDA's own, also for earlier work of the stream. Some of the copies may have been enqueued.
    #[doc(alias = "cudaMemcpyBatchAsync")]
    pub unsafe fn enqueue(&self, stream: StreamRef<'_>, direction: Direction) -> Result<()> {
        if self.len() > 1 && !stream.is_legacy() {
            // SAFETY: the caller's promise.
            match unsafe { self.enqueue_batch(stream) } {
                Err(error) if is_unknown(&error) => {}
                done => return done,
            }
        }
        for ((&dst, &src), &bytes) in self.destinations.iter().zip(&self.sources).zip(&self.sizes) {
            // SAFETY: the caller's promise, of this copy.
            unsafe { enqueue(stream, dst, src, bytes, direction) }?;
        }
        Ok(())
    }

    /// # Safety
    /// As [`enqueue`](Self::enqueue).
    unsafe fn enqueue_batch(&self, stream: StreamRef<'_>) -> Result<()> {
        let _current = stream.device().activate()?;
        let batch = Batch {
            destinations: &self.destinations,
            sources: &self.sources,
            sizes: &self.sizes,
            source_access: cudaMemcpySrcAccessOrder::cudaMemcpySrcAccessOrderStream,
        };
        let subject = stream.device().subject().bytes(self.sizes.iter().sum());
        // SAFETY: the caller vouches for every copy; the stream is borrowed for the call, and takes batches.
        let refused = unsafe {
            read!(stream.runtime(), subject, cudaMemcpyBatchAsync via memcpy_batch_async(batch, stream.as_raw()))
        };
        refused.map(|_| ())
    }
}

/// Whether the runtime or the driver has no batches. Nothing was enqueued then.
fn is_unknown(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::MissingSymbol(_) => true,
        ErrorKind::Cuda(error) => matches!(
            error.code,
            cudaError_t::cudaErrorNotSupported | cudaError_t::cudaErrorCallRequiresNewerDriver
        ),
        _ => false,
    }
}
