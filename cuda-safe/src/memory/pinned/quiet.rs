//! Waiting for work that nobody here knows of.
//!
//! Whoever got an address outside of this crate may use it on streams of their own. There is no list of them to wait for,
//! so every device is waited for that this process uses.

use std::ffi::{CStr, c_int, c_uint, c_void};

use cuda_sys::Runtime;
use cuda_sys::cudart::{cudaDriverEntryPointQueryResult, cudaGetDriverEntryPointFlags};

use crate::call::call;
use crate::cuda_error::Subject;
use crate::device::Device;
use crate::error::Result;

/// `cuDeviceGet`.
type DeviceGet = unsafe extern "system" fn(device: *mut c_int, ordinal: c_int) -> c_uint;
/// `cuDevicePrimaryCtxGetState`.
type PrimaryContextState =
    unsafe extern "system" fn(device: c_int, flags: *mut c_uint, active: *mut c_int) -> c_uint;

/// Returns when all work is done that this process has given to any device of the runtime.
///
/// # Errors
/// The failure of any of that work, and of waiting, as in the middle of a capture: then it may go on.
pub(super) fn wait(runtime: &'static Runtime) -> Result<()> {
    let devices = Device::all_of(runtime)?;
    if let [only] = devices[..] {
        return only.synchronize();
    }
    // Waiting for a device that was never used would initialise it, which costs time and memory on it.
    devices.iter().filter(|device| may_be_in_use(device)).try_for_each(Device::synchronize)
}

/// Whether the process has given work to the device, as far as the driver tells.
fn may_be_in_use(device: &Device) -> bool {
    let runtime = device.runtime();
    let (Some(get), Some(state)) =
        (driver(runtime, c"cuDeviceGet"), driver(runtime, c"cuDevicePrimaryCtxGetState"))
    else {
        return true;
    };
    // SAFETY: the driver's function of this name has this type.
    let get = unsafe { std::mem::transmute::<*mut c_void, DeviceGet>(get) };
    // SAFETY: as above.
    let state = unsafe { std::mem::transmute::<*mut c_void, PrimaryContextState>(state) };
    let (mut handle, mut flags, mut active) = (0, 0, 1);
    // SAFETY: the pointer is to a live integer.
    let found = unsafe { get(&raw mut handle, device.raw_ordinal()) };
    // SAFETY: both pointers are to live integers.
    found != 0 || unsafe { state(handle, &raw mut flags, &raw mut active) } != 0 || active != 0
}

/// A function of the driver, if the runtime can tell.
fn driver(runtime: &'static Runtime, name: &CStr) -> Option<*mut c_void> {
    let mut function = std::ptr::null_mut();
    let mut outcome = cudaDriverEntryPointQueryResult::cudaDriverEntryPointSymbolNotFound;
    let flags = cudaGetDriverEntryPointFlags::cudaEnableDefault.0.into();
    // SAFETY: the name ends in NUL, both pointers are to live values.
    unsafe {
        call!(
            runtime,
            Subject::NONE,
            cudaGetDriverEntryPoint(name.as_ptr(), &raw mut function, flags, &raw mut outcome)
        )
    }
    .ok()?;
    let found =
        outcome == cudaDriverEntryPointQueryResult::cudaDriverEntryPointSuccess && !function.is_null();
    found.then_some(function)
}
