//! What allocation an address lies in: of what kind, on which device, from where to where.
//!
//! [`PointerAttributes`](super::PointerAttributes) says what kind of memory an address is; this also says how much of it there
//! is, which the runtime knows only through the driver. It is a hint in the same way: it is about the allocation that the
//! address falls into now.

use std::ops::Range;

use cuda_sys::Runtime;
use cuda_sys::cudart::{allocation_around, cudaError_t};

use super::attributes::MemoryKind;
use crate::call::{gate, take_back};
use crate::error::Result;

/// One allocation: device, pooled, managed, pinned or registered memory.
///
/// ```
/// use cuda_safe::{Device, DeviceMemory, MemoryKind, memory::AllocationRange};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let runtime = cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13);
/// # let device = Device::new(runtime, 0)?;
/// let memory = DeviceMemory::<u8>::new(device, 100)?;
/// let start = memory.as_ptr().addr();
/// let around = AllocationRange::around(runtime, memory.as_ptr().wrapping_add(50))?.unwrap();
/// assert_eq!(around.addresses, start..start + 100);
/// assert_eq!((around.kind, around.device), (MemoryKind::Device, Some(0)));
/// assert_eq!(AllocationRange::around(runtime, &0_u8)?, None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AllocationRange {
    /// The kind of memory.
    pub kind: MemoryKind,
    /// Ordinal of the device on which it lies, or with which it was allocated or registered.
    pub device: Option<usize>,
    /// Its bytes: as many as were asked for; of memory that is mapped piece by piece, the whole reservation.
    pub addresses: Range<usize>,
}

impl AllocationRange {
    /// The allocation around an address; any address may be asked about. `None` for one that CUDA does not know, and where
    /// the runtime cannot tell.
    ///
    /// # Errors
    /// In a forked child and while the process exits.
    #[doc(alias = "cuPointerGetAttributes")]
    #[doc(alias = "cuMemGetAddressRange")]
    #[inline]
    pub fn around<T>(runtime: &'static Runtime, pointer: *const T) -> Result<Option<Self>> {
        gate("cudaGetDriverEntryPoint")?;
        // SAFETY: any address may be asked about; it is not followed.
        match unsafe { allocation_around(runtime, pointer.cast()) } {
            Ok((cudaError_t::cudaSuccess, found)) => Ok(found.and_then(Self::new)),
            Ok((failed, _)) => {
                take_back(runtime, failed);
                Ok(None)
            }
            // A runtime without that function.
            Err(_) => Ok(None),
        }
    }

    #[inline]
    fn new(found: cuda_sys::cudart::Allocation) -> Option<Self> {
        let kind = match found {
            _ if found.is_managed => MemoryKind::Managed,
            _ if found.is_host => MemoryKind::Host,
            _ => MemoryKind::Device,
        };
        let end = found.start.checked_add(found.size_bytes)?;
        Some(Self { kind, device: usize::try_from(found.device).ok(), addresses: found.start..end })
    }
}
