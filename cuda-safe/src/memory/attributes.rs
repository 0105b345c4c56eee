//! What the runtime knows about an address.
//!
//! A hint, not a proof: the runtime answers for the allocation that the address falls into now. It cannot tell that an
//! allocation was freed and its addresses given to another one, nor how long the allocation is, which
//! [`AllocationRange`](super::AllocationRange) tells. An address it never heard of is host memory as far as it knows.

use std::ffi::c_void;

use cuda_sys::Runtime;
use cuda_sys::cudart::cudaMemoryType;

use crate::call::read;
use crate::cuda_error::Subject;
use crate::error::Result;

/// What the runtime knows about an address.
///
/// ```
/// use cuda_safe::{Device, DeviceMemory, MemoryKind, PointerAttributes};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let runtime = cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13);
/// # let device = Device::new(runtime, 0)?;
/// let memory = DeviceMemory::<u8>::new(device, 16)?;
/// let attributes = PointerAttributes::of(runtime, memory.as_ptr())?;
/// assert_eq!(attributes.kind, MemoryKind::Device);
/// assert_eq!(attributes.device, Some(0));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PointerAttributes {
    /// The kind of memory.
    pub kind: MemoryKind,
    /// Ordinal of the device on which it lies, or with which it was allocated or registered.
    pub device: Option<usize>,
    /// Its address for device code; null if there is none.
    pub device_pointer: *mut c_void,
    /// Its address for the host; null if there is none.
    pub host_pointer: *mut c_void,
}

/// The kinds of memory that the runtime tells apart.
///
/// ```
/// use cuda_safe::{MemoryKind, PinnedMemory, PointerAttributes};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let memory = PinnedMemory::<u8>::zeroed(device, 16)?;
/// assert_eq!(PointerAttributes::of(device.runtime(), memory.as_ptr())?.kind, MemoryKind::Host);
/// let ordinary = [0u8; 16];
/// assert_eq!(PointerAttributes::of(device.runtime(), ordinary.as_ptr())?.kind, MemoryKind::Unregistered);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MemoryKind {
    /// Not the runtime's: ordinary host memory, or no memory at all.
    Unregistered,
    /// Page-locked host memory.
    Host,
    /// Device memory.
    Device,
    /// Managed memory.
    Managed,
    /// A kind that this crate does not know, by CUDA's number.
    Other(u32),
}

impl PointerAttributes {
    /// Asks `runtime` about an address; any address may be asked about.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaPointerGetAttributes")]
    #[inline(always)]
    pub fn of<T>(runtime: &'static Runtime, pointer: *const T) -> Result<Self> {
        // SAFETY: the runtime looks the address up and does not follow it. Some answer an address they do not know with
        // an error, which is expected here.
        let known = unsafe {
            read!(
                runtime,
                Subject::NONE.address(pointer),
                cudaPointerGetAttributes via pointer_attributes(pointer.cast()) or cudaErrorInvalidValue
            )
        }?;
        let Some(known) = known else { return Ok(Self::UNKNOWN) };
        Ok(Self {
            kind: MemoryKind::from_raw(known.memory_type),
            device: usize::try_from(known.device).ok(),
            device_pointer: known.device_pointer,
            host_pointer: known.host_pointer,
        })
    }

    const UNKNOWN: Self = Self {
        kind: MemoryKind::Unregistered,
        device: None,
        device_pointer: std::ptr::null_mut(),
        host_pointer: std::ptr::null_mut(),
    };
}

impl MemoryKind {
    /// Whether all of an upload from there has been read when `cudaMemcpy` returns: CUDA promises that of pageable and of
    /// page-locked host memory only.
    pub fn is_read_on_return(self) -> bool {
        matches!(self, Self::Unregistered | Self::Host)
    }

    fn from_raw(raw: cudaMemoryType) -> Self {
        match raw {
            cudaMemoryType::cudaMemoryTypeUnregistered => Self::Unregistered,
            cudaMemoryType::cudaMemoryTypeHost => Self::Host,
            cudaMemoryType::cudaMemoryTypeDevice => Self::Device,
            cudaMemoryType::cudaMemoryTypeManaged => Self::Managed,
            other => Self::Other(other.0),
        }
    }
}
