//! Waiting for work that nobody here knows of.
//!
//! Whoever got an address outside of this crate may use it on streams of their own. There is no list of them to wait for,
//! so every device is waited for that this process uses.

use std::ffi::{CStr, c_int, c_uint, c_ulonglong, c_void};

use cuda_sys::Runtime;
use cuda_sys::cudart::cudaDriverEntryPointQueryResult;

use crate::call::call;
use crate::cuda_error::Subject;
use crate::device::Device;
use crate::error::Result;

/// `cudaEnableDefault`: the function for the legacy default stream.
const DEFAULT: c_ulonglong = 0;

/// `cuDeviceGet`.
type DeviceGet = unsafe extern "C" fn(device: *mut c_int, ordinal: c_int) -> c_uint;
/// `cuDevicePrimaryCtxGetState`.
type PrimaryContextState =
    unsafe extern "C" fn(device: c_int, flags: *mut c_uint, active: *mut c_int) -> c_uint;

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
    // CUDA 4.0 and 7.0 brought these functions.
    let (Some(get), Some(state)) =
        (driver(runtime, c"cuDeviceGet", 4000), driver(runtime, c"cuDevicePrimaryCtxGetState", 7000))
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
fn driver(runtime: &'static Runtime, name: &CStr, since: c_uint) -> Option<*mut c_void> {
    let mut function = std::ptr::null_mut();
    let mut outcome = cudaDriverEntryPointQueryResult::cudaDriverEntryPointSymbolNotFound;
    // SAFETY: the name ends in NUL, both pointers are to live values.
    unsafe {
        call!(
            runtime,
            Subject::NONE,
            cudaGetDriverEntryPointByVersion(
                name.as_ptr(),
                &raw mut function,
                since,
                DEFAULT,
                &raw mut outcome
            )
        )
    }
    .ok()?;
    let found =
        outcome == cudaDriverEntryPointQueryResult::cudaDriverEntryPointSuccess && !function.is_null();
    found.then_some(function)
}
