//! The two things that the driver can and the runtime cannot, or not yet: to say what the memory around an address is, and
//! to mark the work of all streams of a device at once. libcudart hands out the driver's functions by name, so nothing else
//! has to be opened.
//!
//! The runtime's `cudaPointerGetAttributes` does not tell where an allocation begins and how long it is. The driver does, in
//! one call that takes less time.
//! `cuPointerGetAttributes` is asked rather than `cuMemGetAddressRange`: it needs no current context, and of memory that is
//! mapped piece by piece (PyTorch's expandable segments) it gives the whole reservation, where the other gives one piece,
//! which arrays may well exceed.

use super::entry::{CtxGetCurrent, CtxRecordEvent, PointerGetAttributes};
use super::{
    Runtime, cudaDriverEntryPointQueryResult, cudaError, cudaError_t, cudaEvent_t,
    cudaGetDriverEntryPointFlags,
};
use crate::error::MissingSymbol;
use core::ffi::{CStr, c_int, c_uint, c_void};
use core::mem::transmute;

/// `CU_POINTER_ATTRIBUTE_`: `MEMORY_TYPE`, `IS_MANAGED`, `DEVICE_ORDINAL`, `RANGE_START_ADDR`, `RANGE_SIZE`.
const ATTRIBUTES: [c_int; 5] = [2, 8, 9, 11, 12];

/// `CU_MEMORYTYPE_HOST`.
const HOST: c_uint = 1;

/// One allocation, as the driver knows it: see [`allocation_around`].
///
/// ```
/// use cuda_sys::cudart::{Allocation, allocation_around};
///
/// # let runtime = cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13);
/// let mut memory = std::ptr::null_mut();
/// // SAFETY: the result is writable.
/// unsafe { runtime.cudaMalloc(&mut memory, 1000) }?;
/// // SAFETY: any address may be asked about.
/// let (_, found) = unsafe { allocation_around(runtime, memory.wrapping_byte_add(64)) }?;
/// let Allocation { start, size_bytes, .. } = found.expect("it lies in the memory");
/// assert_eq!((start, size_bytes), (memory.addr(), 1000));
/// // SAFETY: nothing uses the memory.
/// unsafe { runtime.cudaFree(memory) }?;
/// # Ok::<(), cuda_sys::MissingSymbol>(())
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
    let function = match runtime.driver.attributes.get() {
        Some(function) => *function,
        None => match find(runtime, c"cuPointerGetAttributes")? {
            (cudaError::cudaSuccess, found) => *runtime.driver.attributes.get_or_init(|| {
                // SAFETY: the driver's function of this name has this type since CUDA 7.
                (!found.is_null()).then(|| unsafe { transmute::<*mut c_void, PointerGetAttributes>(found) })
            }),
            (failed, _) => return Ok((failed, None)),
        },
    };
    // SAFETY: the caller keeps the C contract.
    let found = function.and_then(|function| unsafe { ask(function, address) });
    Ok((cudaError::cudaSuccess, found))
}

/// Marks in an event of the current device the work that all its streams have so far, blocking or not, whoever made them.
///
/// It waits for nothing. It needs CUDA 12.5, of the driver and of the runtime, which hands out no function that is newer than
/// itself: otherwise `cudaErrorCallRequiresNewerDriver`. What the runtime calls `cudaExecutionCtxRecordEvent` since CUDA 13.1 is the same.
///
/// # Safety
///
/// The C functions' contract; the event is one of the current device.
#[doc(alias = "cuCtxRecordEvent")]
#[doc(alias = "cudaExecutionCtxRecordEvent")]
#[doc(alias = "cudaGetDriverEntryPoint")]
pub unsafe fn record_device_event(
    runtime: &Runtime,
    event: cudaEvent_t,
) -> Result<cudaError_t, MissingSymbol> {
    let functions = match runtime.driver.contexts.get() {
        Some(functions) => *functions,
        None => match (find(runtime, c"cuCtxGetCurrent")?, find(runtime, c"cuCtxRecordEvent")?) {
            ((cudaError::cudaSuccess, get), (cudaError::cudaSuccess, record)) => {
                *runtime.driver.contexts.get_or_init(|| {
                    if get.is_null() || record.is_null() {
                        return None;
                    }
                    // SAFETY: the driver's function of this name has this type since CUDA 4.
                    let get = unsafe { transmute::<*mut c_void, CtxGetCurrent>(get) };
                    // SAFETY: the driver's function of this name has this type since CUDA 12.5.
                    Some((get, unsafe { transmute::<*mut c_void, CtxRecordEvent>(record) }))
                })
            }
            ((cudaError::cudaSuccess, _), (failed, _)) | ((failed, _), _) => return Ok(failed),
        },
    };
    let Some((get_current, record)) = functions else {
        return Ok(cudaError::cudaErrorCallRequiresNewerDriver);
    };
    let mut context = core::ptr::null_mut();
    // SAFETY: the pointer is to a live handle.
    let mut status = unsafe { get_current(&raw mut context) };
    if status == 0 && context.is_null() {
        // A thread that has not used the device so far has none; freeing nothing gives it one.
        // SAFETY: null is not memory.
        let bound = unsafe { runtime.cudaFree(core::ptr::null_mut()) }?;
        if bound != cudaError::cudaSuccess {
            return Ok(bound);
        }
        // SAFETY: as above.
        status = unsafe { get_current(&raw mut context) };
    }
    if status != 0 {
        return Ok(code(status));
    }
    // SAFETY: the context is the current one; the caller keeps the contract for the event.
    Ok(code(unsafe { record(context, event) }))
}

/// The driver's codes are the runtime's where both have one.
fn code(status: c_int) -> cudaError_t {
    cudaError(c_uint::try_from(status).unwrap_or(cudaError::cudaErrorUnknown.0))
}

/// Asks the runtime for a function of the driver, which stays: the driver is never closed. Null if it has none.
#[cold]
fn find(runtime: &Runtime, name: &CStr) -> Result<(cudaError_t, *mut c_void), MissingSymbol> {
    let mut function: *mut c_void = core::ptr::null_mut();
    let mut found = cudaDriverEntryPointQueryResult::cudaDriverEntryPointSymbolNotFound;
    let flags = u64::from(cudaGetDriverEntryPointFlags::cudaEnableDefault.0);
    // SAFETY: the name is a C string, and both results are writable.
    let status =
        unsafe { runtime.cudaGetDriverEntryPoint(name.as_ptr(), &raw mut function, flags, &raw mut found) }?;
    let usable = found == cudaDriverEntryPointQueryResult::cudaDriverEntryPointSuccess;
    Ok((status, if usable { function } else { core::ptr::null_mut() }))
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
