//! The one question that the driver answers better than the runtime: what the memory around an address is.
//!
//! The runtime's `cudaPointerGetAttributes` does not tell where an allocation begins and how long it is. The driver does, in
//! one call that takes less time, and libcudart hands out the driver's functions by name, so nothing else has to be opened.
//! `cuPointerGetAttributes` is asked rather than `cuMemGetAddressRange`: it needs no current context, and of memory that is
//! mapped piece by piece (PyTorch's expandable segments) it gives the whole reservation, where the other gives one piece,
//! which arrays may well exceed.

use super::{Runtime, cudaDriverEntryPointQueryResult, cudaError, cudaError_t, cudaGetDriverEntryPointFlags};
use crate::error::MissingSymbol;
use core::ffi::{CStr, c_int, c_uint, c_void};
use std::sync::OnceLock;

const NAME: &CStr = c"cuPointerGetAttributes";

/// `CU_POINTER_ATTRIBUTE_`: `MEMORY_TYPE`, `IS_MANAGED`, `DEVICE_ORDINAL`, `RANGE_START_ADDR`, `RANGE_SIZE`.
const ATTRIBUTES: [c_int; 5] = [2, 8, 9, 11, 12];

/// `CU_MEMORYTYPE_HOST`.
const HOST: c_uint = 1;

/// `cuPointerGetAttributes`: how many attributes, which, where each is written to, and the address.
type PointerGetAttributes = unsafe extern "system" fn(c_uint, *mut c_int, *mut *mut c_void, u64) -> c_int;

/// What a runtime has handed out of its driver; `None` inside where the driver has no such function.
#[derive(Default)]
pub(super) struct Driver(OnceLock<Option<PointerGetAttributes>>);

/// One allocation, as the driver knows it: see [`allocation_around`].
///
/// ```
/// use cuda_sys::{Runtime, cudart::{allocation_around, cudaError}};
///
/// # let Ok(runtime) = Runtime::load() else { return };
/// let host = 0u8;
/// // SAFETY: any address may be asked about.
/// if let Ok((cudaError::cudaSuccess, answer)) = unsafe { allocation_around(runtime, (&raw const host).cast()) } {
///     assert_eq!(answer, None);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The first address.
    pub start: usize,
    /// How many bytes: those that were asked for; of a reservation of addresses, all of it.
    pub size_bytes: usize,
    /// Page-locked host memory, allocated or registered.
    pub is_host: bool,
    /// Managed memory.
    pub is_managed: bool,
    /// The device it belongs to, or is registered with.
    pub device: c_int,
}

/// The allocation that an address lies in: device, pooled, managed, pinned or registered memory. `None` for an address
/// that the driver does not know, and where it cannot be asked.
///
/// The status is that of `cudaGetDriverEntryPoint`, which is called until it has succeeded once.
///
/// # Safety
///
/// The C functions' contract; any address may be asked about.
#[doc(alias = "cuPointerGetAttributes")]
#[doc(alias = "cuMemGetAddressRange")]
#[doc(alias = "cudaGetDriverEntryPoint")]
#[inline]
pub unsafe fn allocation_around(
    runtime: &Runtime,
    address: *const c_void,
) -> Result<(cudaError_t, Option<Allocation>), MissingSymbol> {
    let function = match runtime.driver.0.get() {
        Some(function) => *function,
        None => match find(runtime)? {
            (cudaError::cudaSuccess, found) => *runtime.driver.0.get_or_init(|| found),
            (failed, _) => return Ok((failed, None)),
        },
    };
    // SAFETY: the caller keeps the C contract.
    let found = function.and_then(|function| unsafe { ask(function, address) });
    Ok((cudaError::cudaSuccess, found))
}

/// Asks the runtime for the function.
#[cold]
fn find(runtime: &Runtime) -> Result<(cudaError_t, Option<PointerGetAttributes>), MissingSymbol> {
    let mut function: *mut c_void = core::ptr::null_mut();
    let mut found = cudaDriverEntryPointQueryResult::cudaDriverEntryPointSymbolNotFound;
    let flags = u64::from(cudaGetDriverEntryPointFlags::cudaEnableDefault.0);
    // SAFETY: the name is a C string, and both results are writable.
    let status =
        unsafe { runtime.cudaGetDriverEntryPoint(NAME.as_ptr(), &raw mut function, flags, &raw mut found) }?;
    let usable = found == cudaDriverEntryPointQueryResult::cudaDriverEntryPointSuccess && !function.is_null();
    // SAFETY: the driver's function of this name has this type since CUDA 7, and stays: the driver is never closed.
    let function =
        usable.then(|| unsafe { core::mem::transmute::<*mut c_void, PointerGetAttributes>(function) });
    Ok((status, function))
}

/// # Safety
///
/// `function` is the driver's `cuPointerGetAttributes`.
#[inline]
unsafe fn ask(function: PointerGetAttributes, address: *const c_void) -> Option<Allocation> {
    let (mut memory_type, mut managed, mut device): (c_uint, c_uint, c_int) = (0, 0, -2);
    let (mut start, mut size_bytes) = (0_u64, 0_usize);
    let mut attributes = ATTRIBUTES;
    let mut results: [*mut c_void; ATTRIBUTES.len()] = [
        (&raw mut memory_type).cast(),
        (&raw mut managed).cast(),
        (&raw mut device).cast(),
        (&raw mut start).cast(),
        (&raw mut size_bytes).cast(),
    ];
    let count = ATTRIBUTES.len() as c_uint;
    // SAFETY: as many attributes as said, and for each a result of its type.
    let status =
        unsafe { function(count, attributes.as_mut_ptr(), results.as_mut_ptr(), address.addr() as u64) };
    // An address that is nowhere gives zeros, not an error.
    let start = usize::try_from(start).ok().filter(|_| status == 0 && size_bytes > 0)?;
    Some(Allocation { start, size_bytes, is_host: memory_type == HOST, is_managed: managed != 0, device })
}
