//! Blocks of a pool that were just let go, for the next array of that size: two calls of CUDA are most of what a small array
//! from a pool costs.
//!
//! Only memory that was never exported is kept, and only that of the legacy default stream: there it is
//! as ready for the next array as the pool would make it, in stream order. What is kept counts as in use for CUDA; it is
//! little, and goes when the device is full.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cuda_safe::DeviceMemory;
use interop::CudaBuffer;

/// How many blocks are kept at most.
const MOST: usize = 16;
/// Bytes of the largest block that is kept.
const LARGEST: usize = 1 << 20;

/// The blocks of one device, those let go last at the end.
#[derive(Default)]
pub(crate) struct Spares(Mutex<Vec<DeviceMemory<u8>>>);

impl Spares {
    /// A block of as many bytes, if there is one.
    pub(crate) fn take(&self, bytes: usize) -> Option<DeviceMemory<u8>> {
        let mut blocks = self.lock();
        let place = blocks.iter().rposition(|block| block.len() == bytes)?;
        Some(blocks.remove(place))
    }

    /// Keeps the memory of a buffer if it can be given out again; what is not kept is returned, to be dropped by the caller.
    #[must_use]
    pub(crate) fn keep(&self, buffer: CudaBuffer) -> Option<Leftover> {
        let bytes = buffer.layout().size_bytes();
        if bytes == 0 || bytes > LARGEST || !buffer.stream().as_ref().is_legacy() {
            return Some(Leftover::Buffer(buffer));
        }
        // SAFETY: the next array, and the free of what is not kept, are in the order of the legacy stream as well, or wait.
        let memory = match unsafe { buffer.into_memory_in_order() } {
            Ok(memory) => memory,
            Err(buffer) => return Some(Leftover::Buffer(buffer)),
        };
        let is_pooled = memory.stream().is_some_and(|stream| stream.as_ref().is_legacy());
        if !is_pooled || memory.device().admits("cudaFreeAsync").is_err() {
            return Some(Leftover::Block(memory));
        }
        let mut blocks = self.lock();
        let oldest = (blocks.len() == MOST).then(|| blocks.remove(0));
        blocks.push(memory);
        oldest.map(Leftover::Block)
    }

    /// Lets all of them go; tells whether there was any.
    pub(crate) fn clear(&self) -> bool {
        let blocks = std::mem::take(&mut *self.lock());
        !blocks.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<DeviceMemory<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was not kept.
pub(crate) enum Leftover {
    /// Others share it, or had its address: dropping it may wait for the device.
    Buffer(CudaBuffer),
    /// Freed without waiting.
    Block(#[expect(dead_code, reason = "only dropped")] DeviceMemory<u8>),
}
