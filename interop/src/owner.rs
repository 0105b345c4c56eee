//! Who keeps the memory of an array alive, and how it ends.
//!
//! An [`Owner`] is shared: by a buffer and by every export of it, so that the memory lives until the last of them is
//! gone, whichever side that is, on whatever thread. The kind of allocation is part of the owner, so the matching free
//! is called. Nothing here looks into the memory.
//!
//! **Who waits.** `cudaFree` and its kin wait for the device, so memory from them cannot end under work that is still
//! using it. The free of pool memory is ordered in its own stream only, and a consumer of an export works on a stream
//! that nobody here knows. So [`Allocated`] remembers an export, and then has the memory's stream wait for everything that
//! the device was given by the end; the host waits only where the driver cannot do that. Page-locked memory goes back to a pool as well, which is told of an export and waits before anybody else gets the memory.

use std::any::Any;
use std::fmt;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};

use cuda_safe::{DeviceMemory, Event, ManagedMemory, PinnedMemory};

use crate::dlpack::ManagedTensor;
use crate::error::Result;

/// What stands behind the elements.
#[derive(Debug)]
pub(crate) enum Owner {
    /// `cudaMalloc` or a pool.
    Device(Allocated),
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
    /// Somebody outside gets the address, and may work on it when it is released.
    pub(crate) fn mark_exported(&self) {
        match self {
            Self::Device(memory) => memory.mark_exported(),
            Self::Pinned(memory) => memory.mark_exported(),
            Self::Managed(_) | Self::Foreign(_) | Self::Tensor(_) => {}
        }
    }

    /// The device memory, if it was allocated here and nobody outside ever had the address. Nothing is left to be freed then.
    pub(crate) fn take_memory(&mut self) -> Option<DeviceMemory<u8>> {
        match self {
            Self::Device(Allocated { memory, exported }) if !exported.load(Ordering::Relaxed) => {
                memory.take()
            }
            _ => None,
        }
    }

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

/// Memory that nobody uses any more, until it is dropped: see [`CudaBuffer::release`](crate::CudaBuffer::release).
///
/// ```
/// use interop::{CudaBuffer, DType};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let buffer = CudaBuffer::new(device, &[4], DType::U8)?;
/// let other = buffer.share();
/// assert!(buffer.release().is_none());
/// let remains = other.release();
/// std::thread::spawn(move || drop(remains)).join().unwrap(); // `cudaFree` may wait there
/// # Ok::<(), interop::Error>(())
/// ```
#[derive(Debug)]
pub struct Remains(Owner);

impl Remains {
    pub(crate) fn new(owner: Owner) -> Self {
        Self(owner)
    }

    /// Whether dropping it runs somebody else's code, such as a tensor's deleter.
    pub fn is_foreign(&self) -> bool {
        matches!(self.0, Owner::Foreign(_) | Owner::Tensor(_))
    }
}

/// Device memory that was allocated here.
#[derive(Debug)]
pub(crate) struct Allocated {
    /// There until the end.
    memory: Option<DeviceMemory<u8>>,
    /// Whether somebody outside has the address.
    exported: AtomicBool,
}

impl Allocated {
    pub(crate) fn new(memory: DeviceMemory<u8>) -> Self {
        Self { memory: Some(memory), exported: AtomicBool::new(false) }
    }

    /// Whoever ends the memory holds the last reference, and so sees what was stored through the others.
    fn mark_exported(&self) {
        self.exported.store(true, Ordering::Relaxed);
    }

    /// Orders the free after all work that can use the memory and that it would not wait for by itself.
    fn settle(&self, memory: &DeviceMemory<u8>) -> Result<()> {
        let Some(home) = memory.stream().filter(|_| self.exported.load(Ordering::Relaxed)) else {
            return Ok(());
        };
        let ordered = Event::new(memory.device()).and_then(|all| {
            all.record_device()?;
            home.wait_event(&all)
        });
        // A driver or a runtime before CUDA 12.5, or a capture.
        Ok(ordered.or_else(|_| memory.device().synchronize())?)
    }

    /// Memory whose users cannot be waited for is not freed.
    fn close(mut self) -> Result<()> {
        let Some(memory) = self.memory.take() else { return Ok(()) };
        match self.settle(&memory) {
            Ok(()) => Ok(memory.close()?),
            Err(error) => {
                mem::forget(memory);
                Err(error)
            }
        }
    }
}

impl Drop for Allocated {
    fn drop(&mut self) {
        let Some(memory) = self.memory.take() else { return };
        if self.settle(&memory).is_err() {
            // As in `close`, with nobody to tell.
            mem::forget(memory);
        }
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
