//! Who keeps the memory of an array alive, and how it ends.
//!
//! An [`Owner`] is shared: by a buffer and by every export of it, so that the memory lives until the last of them is
//! gone, whichever side that is, on whatever thread. The kind of allocation is part of the owner, so the matching free
//! is called. Nothing here looks into the memory.

use std::any::Any;
use std::fmt;

use cuda_safe::{DeviceMemory, ManagedMemory, PinnedMemory};

use crate::dlpack::ManagedTensor;
use crate::error::Result;

/// What stands behind the elements.
#[derive(Debug)]
pub(crate) enum Owner {
    /// `cudaMalloc` or a pool.
    Device(DeviceMemory<u8>),
    /// Page-locked host memory.
    Pinned(PinnedMemory<u8>),
    /// Memory that moves between host and device.
    Managed(ManagedMemory<u8>),
    /// A Rust object that described its memory to us.
    Foreign(Foreign),
    /// A DLPack tensor, released by its deleter.
    Tensor(ManagedTensor),
}

impl Owner {
    /// Frees memory that was allocated here and reports what Drop could not. The release of a foreign object has no
    /// result.
    pub(crate) fn close(self) -> Result<()> {
        match self {
            Self::Device(memory) => memory.close()?,
            Self::Pinned(memory) => memory.close()?,
            Self::Managed(memory) => memory.close()?,
            Self::Foreign(object) => drop(object),
            Self::Tensor(tensor) => drop(tensor),
        }
        Ok(())
    }
}

/// Where memory is, which decides how DLPack names its device.
///
/// ```
/// use interop::{CudaBuffer, DType, MemoryKind};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// assert_eq!(CudaBuffer::new(device, &[4], DType::U8)?.memory_kind(), MemoryKind::Device);
/// # Ok::<(), interop::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MemoryKind {
    /// Memory of a device.
    Device,
    /// Page-locked host memory, which devices can reach.
    Pinned,
    /// Memory that moves between host and device.
    Managed,
}

/// An object that is only ever dropped.
pub(crate) struct Foreign(Box<dyn Any + Send>);

// SAFETY: nothing can be done with `&Foreign`: the object is moved in, never seen again, and dropped by one thread,
// which `Send` allows.
unsafe impl Sync for Foreign {}

impl Foreign {
    pub(crate) fn new(object: impl Send + 'static) -> Self {
        Self(Box::new(object))
    }
}

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Foreign").field(&(*self.0).type_id()).finish()
    }
}
