//! Page-locked host memory: the only host memory that takes part in stream order and copies at full speed.
//!
//! [`PinnedMemory`] owns an allocation of `cudaHostAlloc` and is used as a slice. It is page-locked for every device
//! (`cudaHostAllocPortable`), not just for the one it was made with. Dropping it frees it; no safe copy can still be
//! using it then, for scopes and [`Pending`](crate::Pending) hold it until they are done.

use std::ffi::c_void;
use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

use cuda_sys::cudart::{cudaHostAllocMapped, cudaHostAllocPortable, cudaHostAllocWriteCombined};

use crate::call::call;
use crate::device::Device;
use crate::error::{ErrorKind, Result};
use crate::memory::block::size_bytes;
use crate::memory::element::Element;
use crate::release;

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
    /// `len` elements, every byte zero.
    ///
    /// # Errors
    /// A size that overflows, and CUDA's own.
    #[doc(alias = "cudaHostAlloc")]
    #[doc(alias = "cudaMallocHost")]
    pub fn zeroed(device: Device, len: usize) -> Result<Self> {
        Self::with_flags(device, len, PinnedFlags::default())
    }

    /// `len` elements, every byte zero, of memory with these properties.
    ///
    /// # Errors
    /// A size that overflows, and CUDA's own.
    pub fn with_flags(device: Device, len: usize, flags: PinnedFlags) -> Result<Self> {
        let memory = Self::uninitialised(device, len, flags)?;
        // SAFETY: the memory is fresh, aligned, and holds `len` elements.
        unsafe { memory.pointer.as_ptr().write_bytes(0, len) };
        Ok(memory)
    }

    /// A copy of `source`.
    ///
    /// # Errors
    /// CUDA's own.
    pub fn from_slice(device: Device, source: &[T]) -> Result<Self> {
        let memory = Self::uninitialised(device, source.len(), PinnedFlags::default())?;
        // SAFETY: the memory is fresh, so it does not overlap `source`, and holds as many elements.
        unsafe { memory.pointer.as_ptr().copy_from_nonoverlapping(source.as_ptr(), source.len()) };
        Ok(memory)
    }

    /// Whoever calls this writes every element before anybody sees the memory.
    fn uninitialised(device: Device, len: usize, flags: PinnedFlags) -> Result<Self> {
        let bytes = size_bytes::<T>(len)?;
        if bytes == 0 {
            return Ok(Self { device, pointer: NonNull::dangling(), len });
        }
        let mut pointer: *mut c_void = std::ptr::null_mut();
        let flags = flags.bits() | cudaHostAllocPortable;
        let _current = device.activate()?;
        // SAFETY: the pointer is to a live address.
        unsafe {
            call!(
                device.runtime(),
                device.subject().bytes(bytes),
                cudaHostAlloc(&raw mut pointer, bytes, flags)
            )
        }?;
        // Slices are made of it, so their rules are not left to the library.
        let unusable = ErrorKind::UnusableAddress {
            call: "cudaHostAlloc",
            address: pointer.addr(),
            alignment: align_of::<T>(),
        };
        let Some(pointer) = NonNull::new(pointer.cast()) else { return Err(unusable.into()) };
        let memory = Self { device, pointer, len };
        if pointer.is_aligned() { Ok(memory) } else { Err(unusable.into()) }
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

    /// Frees the memory and reports what Drop could not.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaFreeHost")]
    pub fn close(self) -> Result<()> {
        ManuallyDrop::new(self).free()
    }

    fn free(&self) -> Result<()> {
        if self.size_bytes() == 0 {
            return Ok(());
        }
        let subject = self.device.subject().bytes(self.size_bytes()).address(self.pointer.as_ptr());
        // SAFETY: this owner allocated it with `cudaHostAlloc` and is going.
        unsafe { call!(self.device.runtime(), subject, cudaFreeHost(self.pointer.as_ptr().cast())) }
    }
}

impl<T: Element> Drop for PinnedMemory<T> {
    fn drop(&mut self) {
        if release::may_release(self.device.runtime()) {
            // Drop has nobody to tell; `close` does.
            let _ = self.free();
        }
    }
}

impl<T: Element> Deref for PinnedMemory<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: `len` elements were allocated and written when the memory was made.
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
        write!(f, "PinnedMemory({} x {})", self.len, std::any::type_name::<T>())
    }
}
