//! The allocation around an address: the question is the driver's to answer, and the runtime hands out its function.

use super::driver::{Allocation, PointerGetAttributes, ask};
use super::{Runtime, cudaDriverEntryPointQueryResult, cudaError, cudaError_t, cudaGetDriverEntryPointFlags};
use crate::error::MissingSymbol;
use core::ffi::{CStr, c_void};

const NAME: &CStr = c"cuPointerGetAttributes";

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
