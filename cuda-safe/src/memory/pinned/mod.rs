//! Page-locked host memory: the only host memory that takes part in stream order and copies at full speed.
//!
//! [`PinnedMemory`] owns a block of it and is used as a slice. It is page-locked for every device, not just for the one it
//! was made with.
//!
//! **Where it comes from.** Locking pages takes longer than copying them, so a block whose owner is dropped is kept for the
//! next one: at most 268 435 456 bytes (256 MiB, [`Settings::keep`]) in all, freed by [`trim`] at the latest. Blocks with
//! [`PinnedFlags`] are not kept.
//!
//! **Who waits.** Dropping waits for nobody: no safe copy can still be using the memory, for scopes and
//! [`Pending`](crate::Pending) hold it until they are done, and whoever enqueues on its raw address keeps it until that
//! work is done. An address that leaves for code which is not bound by this, such as a framework that copies in the
//! background, is told by [`PinnedMemory::mark_exported`]: then the block is neither handed out again nor freed before the
//! devices were waited for, as with `cudaFreeHost`.
//!
//! **What is in it.** Every byte of a block was written before it was first handed out, so [`PinnedMemory::new`] gives
//! plain data: zeros, or what an earlier owner in this process left.
//!
//! **In a forked child** every call is refused, Drop leaks, and memory of [`PinnedOrigin::Registered`] is not there: to read it
//! ends the child. Without that, a fork would copy all of it, or leave the device with pages that the parent has no more.
//!
//! | file | noun |
//! |---|---|
//! | `pool` | blocks that are kept |
//! | `block`, `pages`, `choice` | how one is made: by `cudaHostAlloc`, or of pages touched on several threads and registered |
//! | `quiet` | waiting for work that nobody here knows of |
//! | `settings` | what the user decides |

mod block;
mod choice;
#[cfg(target_os = "linux")]
mod pages;
mod pool;
mod quiet;
mod settings;

use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};

use cuda_sys::cudart::{cudaHostAllocMapped, cudaHostAllocPortable, cudaHostAllocWriteCombined};

use crate::device::Device;
use crate::error::Result;
use crate::memory::block::size_bytes;
use crate::memory::element::Element;
use crate::release;

use block::Block;
pub use block::PinnedOrigin;
pub use pool::{Stats, configure, settings, stats, trim};
pub use settings::Settings;

/// Owned page-locked host memory, used as a slice.
///
/// ```
/// use cuda_safe::{Device, DeviceMemory, PinnedMemory};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let mut image = PinnedMemory::<u8>::zeroed(device, 1024)?;
/// image.fill(7);
/// let memory = DeviceMemory::from_host(device, &image)?;
/// assert_eq!(memory.to_vec()?, *image);
/// # Ok(())
/// # }
/// ```
pub struct PinnedMemory<T: Element> {
    device: Device,
    /// Dangling if there are no bytes.
    pointer: NonNull<T>,
    len: usize,
    /// None if there are no bytes.
    block: Option<Block>,
    /// Whether the block is of the pool, and goes back to it.
    pooled: bool,
    exported: AtomicBool,
}

bitflags::bitflags! {
    /// Properties of page-locked memory.
    ///
    /// ```
    /// use cuda_safe::{PinnedFlags, PinnedMemory};
    ///
    /// # fn main() -> cuda_safe::Result<()> {
    /// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
    /// let frames = PinnedMemory::<u8>::with_flags(device, 4096, PinnedFlags::WRITE_COMBINED)?;
    /// # assert_eq!(frames.len(), 4096);
    /// # Ok(())
    /// # }
    /// ```
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct PinnedFlags: u32 {
        /// Device code can address it.
        const MAPPED = cudaHostAllocMapped;
        /// Not cached: fast for the host to write in order and for the device to read, very slow for the host to read.
        const WRITE_COMBINED = cudaHostAllocWriteCombined;
    }
}

// SAFETY: it owns plain memory, which any thread may use and free.
unsafe impl<T: Element> Send for PinnedMemory<T> {}
// SAFETY: as above; it is only written through `&mut`.
unsafe impl<T: Element> Sync for PinnedMemory<T> {}

impl<T: Element> PinnedMemory<T> {
    /// `len` elements with unspecified contents: zeros, or what an earlier owner in this process left.
    ///
    /// ```
    /// # use cuda_safe::PinnedMemory;
    /// # fn main() -> cuda_safe::Result<()> {
    /// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
    /// let first = PinnedMemory::<u8>::new(device, 1 << 20)?; // pages are locked
    /// let address = first.as_ptr();
    /// drop(first);
    /// let second = PinnedMemory::<u8>::new(device, 1 << 20)?; // the same pages, for less than a microsecond
    /// assert_eq!(second.as_ptr(), address);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A size that overflows, and CUDA's own.
    #[doc(alias = "cudaHostAlloc")]
    #[doc(alias = "cudaMallocHost")]
    #[doc(alias = "cudaHostRegister")]
    pub fn new(device: Device, len: usize) -> Result<Self> {
        Ok(Self::pooled(device, len)?.0)
    }

    /// As [`new`](Self::new), if that takes no call of CUDA and waits for nobody: a block of this size must be ready.
    ///
    /// ```
    /// # use cuda_safe::{PinnedMemory, memory::pinned};
    /// # fn main() -> cuda_safe::Result<()> {
    /// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
    /// pinned::trim();
    /// assert!(PinnedMemory::<u8>::kept(device, 1 << 20).is_none());
    /// drop(PinnedMemory::<u8>::new(device, 1 << 20)?);
    /// assert!(PinnedMemory::<u8>::kept(device, 1 << 20).is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn kept(device: Device, len: usize) -> Option<Self> {
        let bytes = size_bytes::<T>(len).ok().filter(|bytes| *bytes > 0)?;
        Some(Self::over(pool::take_ready(device, pool::rounded(bytes))?, device, len, true))
    }

    /// `len` elements, every byte zero.
    ///
    /// # Errors
    /// A size that overflows, and CUDA's own.
    pub fn zeroed(device: Device, len: usize) -> Result<Self> {
        let (mut memory, zero) = Self::pooled(device, len)?;
        if !zero {
            // SAFETY: the memory holds `len` elements and is borrowed exclusively; zeros are a value of each element.
            unsafe { memory.as_mut_ptr().write_bytes(0, len) };
        }
        Ok(memory)
    }

    /// `len` elements, every byte zero, of memory with these properties. With any of them it does not come from the pool.
    ///
    /// # Errors
    /// A size that overflows, and CUDA's own.
    pub fn with_flags(device: Device, len: usize, flags: PinnedFlags) -> Result<Self> {
        if flags.is_empty() { Self::zeroed(device, len) } else { Self::apart(device, len, flags) }
    }

    /// A copy of `source`.
    ///
    /// # Errors
    /// CUDA's own.
    pub fn from_slice(device: Device, source: &[T]) -> Result<Self> {
        let mut memory = Self::new(device, source.len())?;
        memory.copy_from_slice(source);
        Ok(memory)
    }

    /// `len` elements, every byte zero, that do not come from the pool and do not go there.
    pub(crate) fn apart(device: Device, len: usize, flags: PinnedFlags) -> Result<Self> {
        let bytes = size_bytes::<T>(len)?;
        if bytes == 0 {
            return Ok(Self::empty(device, len));
        }
        let flags = flags.bits() | cudaHostAllocPortable;
        Ok(Self::over(Block::allocate(device, bytes, flags, PinnedOrigin::Allocated)?, device, len, false))
    }

    /// Memory of the pool, and whether every byte is zero.
    fn pooled(device: Device, len: usize) -> Result<(Self, bool)> {
        let bytes = size_bytes::<T>(len)?;
        if bytes == 0 {
            return Ok((Self::empty(device, len), true));
        }
        let (block, zero) = pool::take(device, pool::rounded(bytes))?;
        Ok((Self::over(block, device, len, true), zero))
    }

    fn empty(device: Device, len: usize) -> Self {
        let exported = AtomicBool::new(false);
        Self { device, pointer: NonNull::dangling(), len, block: None, pooled: false, exported }
    }

    /// The block has room for `len` elements, and is aligned for every kind of them.
    fn over(block: Block, device: Device, len: usize, pooled: bool) -> Self {
        let (pointer, exported) = (block.base().cast(), AtomicBool::new(false));
        Self { device, pointer, len, block: Some(block), pooled, exported }
    }

    /// The device it was made with; it is page-locked for every other device of the runtime too.
    pub fn device(&self) -> Device {
        self.device
    }

    /// Bytes.
    pub fn size_bytes(&self) -> usize {
        // Checked when the memory was made.
        self.len * size_of::<T>()
    }

    /// Which calls made the memory; `None` if there are no bytes.
    pub fn origin(&self) -> Option<PinnedOrigin> {
        self.block.as_ref().map(Block::origin)
    }

    /// Says that somebody outside gets the address and may still be using it, on streams of their own, when the memory is
    /// dropped. Then nobody else gets it, and it is not freed, before every device that the process uses was waited for.
    ///
    /// That wait comes at the latest when a block is needed and enough of them rest; it fails in the middle of the capture
    /// of a graph, and spoils that capture, as other calls that wait for a device do.
    pub fn mark_exported(&self) {
        // Whoever drops the memory has it alone, and so sees what was stored through references.
        self.exported.store(true, Ordering::Relaxed);
    }

    /// Drops the memory if that takes no call of CUDA and waits for nobody, else gives it back: the counterpart of
    /// [`kept`](Self::kept). (Dropping waits only where the pool is full and what it has kept longest was exported.)
    ///
    /// ```
    /// # use cuda_safe::{PinnedMemory, memory::pinned::{self, Settings}};
    /// # fn main() -> cuda_safe::Result<()> {
    /// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
    /// assert!(PinnedMemory::<u8>::new(device, 1 << 20)?.keep().is_ok());
    /// pinned::configure(Settings { keep: 0, ..Settings::default() })?;
    /// let memory = PinnedMemory::<u8>::new(device, 1 << 20)?.keep().unwrap_err();
    /// # drop(memory);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The memory, if it would have to be freed, or other memory for its sake.
    pub fn keep(self) -> Result<(), Self> {
        let mut memory = ManuallyDrop::new(self);
        let may_keep = memory.pooled && release::may_release(memory.device.runtime());
        let Some(block) = memory.block.take_if(|_| may_keep) else {
            return Err(ManuallyDrop::into_inner(memory));
        };
        match pool::give_if_room(block, *memory.exported.get_mut()) {
            Ok(()) => Ok(()),
            Err(block) => {
                memory.block = Some(block);
                Err(ManuallyDrop::into_inner(memory))
            }
        }
    }

    /// Frees the memory, past the pool, and reports what Drop could not.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaFreeHost")]
    #[doc(alias = "cudaHostUnregister")]
    pub fn close(self) -> Result<()> {
        let mut memory = ManuallyDrop::new(self);
        let (pooled, exported) = (memory.pooled, *memory.exported.get_mut());
        match memory.block.take() {
            None => Ok(()),
            Some(block) if pooled => pool::free(block, exported),
            Some(block) => block.free(),
        }
    }
}

impl<T: Element> Drop for PinnedMemory<T> {
    fn drop(&mut self) {
        let Some(block) = self.block.take() else { return };
        if release::may_release(self.device.runtime()) {
            if self.pooled {
                pool::give(block, *self.exported.get_mut());
            } else {
                // Drop has nobody to tell; `close` does.
                let _ = block.free();
            }
        }
    }
}

impl<T: Element> Deref for PinnedMemory<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: the block holds `len` elements, of which every byte was written when it was made.
        unsafe { std::slice::from_raw_parts(self.pointer.as_ptr(), self.len) }
    }
}

impl<T: Element> DerefMut for PinnedMemory<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above, and `&mut self` is exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.pointer.as_ptr(), self.len) }
    }
}

impl<T: Element> fmt::Debug for PinnedMemory<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PinnedMemory({} x {}", self.len, std::any::type_name::<T>())?;
        match self.origin() {
            None => f.write_str(")"),
            Some(PinnedOrigin::Allocated) => f.write_str(", cudaHostAlloc)"),
            Some(PinnedOrigin::Registered) => f.write_str(", cudaHostRegister)"),
            Some(PinnedOrigin::AllocatedAfter(call)) => write!(f, ", cudaHostAlloc for want of {call})"),
        }
    }
}
