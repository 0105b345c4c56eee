//! Device memory of [`cuda_safe`] as buffers, and back: for memory that is allocated or kept by other rules than those here.

use std::sync::Arc;

use cuda_safe::{DeviceMemory, Stream};

use crate::buffer::CudaBuffer;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::owner::{Allocated, MemoryKind, Owner};

impl CudaBuffer {
    /// A packed array in C order over device memory, which it owns from now on; bytes behind the array stay unused. Its
    /// stream is that of the memory, the legacy default stream if it has none.
    ///
    /// ```
    /// use cuda_safe::DeviceMemory;
    /// use interop::{CudaBuffer, DType, memcpy_d2h};
    /// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
    /// let memory = DeviceMemory::from_host(device, &[1u8, 2, 3, 4])?;
    /// let buffer = CudaBuffer::from_memory(memory, &[2, 2], DType::U8)?;
    /// let mut back = [0u8; 4];
    /// memcpy_d2h(buffer.view().transpose(), &mut back)?;
    /// assert_eq!(back, [1, 3, 2, 4]);
    /// assert_eq!(buffer.into_memory().unwrap().to_vec()?, [1, 2, 3, 4]);
    /// # Ok::<(), interop::Error>(())
    /// ```
    ///
    /// # Errors
    /// A shape larger than the memory; the memory is freed then.
    pub fn from_memory(memory: DeviceMemory<u8>, shape: &[usize], dtype: DType) -> Result<Self> {
        let layout = Layout::contiguous(shape, dtype.size())?;
        let (span, bytes) = (layout.span(), memory.len());
        if !span.fits(bytes) {
            return Err(Error::OutOfBounds { start: span.start, end: span.end, bytes });
        }
        let stream = memory.stream().cloned().unwrap_or_else(|| Stream::legacy(memory.device()));
        let base = memory.as_ptr().addr();
        let owner = Owner::Device(Allocated::new(memory));
        Ok(Self::from_parts(owner, MemoryKind::Device, base, layout, dtype, stream, false))
    }

    /// The device memory behind the buffer, if the buffer is all that uses it. Waits for the buffer's stream, on which a
    /// copy may still be under way.
    ///
    /// # Errors
    /// The buffer itself, if its memory is of another kind, is shared with another buffer or an export, or was exported
    /// before: whoever had it may still be working on it. Or if its stream cannot be waited for.
    #[expect(clippy::result_large_err, reason = "the buffer is given back")]
    pub fn into_memory(self) -> Result<DeviceMemory<u8>, Self> {
        // Not `settle`, which would wait for the end of a capture that may be this thread's own.
        if self.stream().synchronize().is_err() {
            return Err(self);
        }
        // SAFETY: nothing is under way.
        unsafe { self.into_memory_in_order() }
    }

    /// [`into_memory`](Self::into_memory) without the wait.
    ///
    /// # Safety
    /// The memory is used in the order of the buffer's stream, until that has been waited for.
    ///
    /// # Errors
    /// As there.
    #[expect(clippy::result_large_err, reason = "the buffer is given back")]
    pub unsafe fn into_memory_in_order(mut self) -> Result<DeviceMemory<u8>, Self> {
        let owner = self.owner_mut().and_then(Arc::get_mut);
        owner.and_then(Owner::take_memory).ok_or(self)
    }
}
