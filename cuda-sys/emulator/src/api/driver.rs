//! What libcudart hands out of the driver: `cuPointerGetAttributes`, for what the memory around an address is, and
//! `cuCtxRecordEvent` with `cuCtxGetCurrent`, for the work of a whole device.
//!
//! Every other name, and every attribute but those below, is what a driver says that does not have it.

use std::ffi::{CStr, c_char, c_int, c_uint, c_ulonglong, c_void};

use cuda_sys::cudart::{cudaDriverEntryPointQueryResult, cudaEvent_t};

use super::argument::{array, give, given, ordinal};
use super::call::enter;
use super::pointer::NO_DEVICE;
use crate::allocation::Kind;
use crate::emulator;
use crate::lock::read;
use crate::outcome::Code;

/// `CU_POINTER_ATTRIBUTE_` and these names.
const MEMORY_TYPE: c_int = 2;
const IS_MANAGED: c_int = 8;
const DEVICE_ORDINAL: c_int = 9;
const RANGE_START_ADDR: c_int = 11;
const RANGE_SIZE: c_int = 12;

/// `CU_MEMORYTYPE_HOST` and `CU_MEMORYTYPE_DEVICE`, which managed memory is too.
const HOST: c_uint = 1;
const DEVICE: c_uint = 2;

crate::api::call::c_functions! { both:
    fn cudaGetDriverEntryPoint(
        symbol: *const c_char,
        funcPtr: *mut *mut c_void,
        _flags: c_ulonglong,
        driverStatus: *mut cudaDriverEntryPointQueryResult,
    ) {
        given(symbol)?;
        given(funcPtr)?;
        // SAFETY: not null, so a C string by C's contract.
        let function = match unsafe { CStr::from_ptr(symbol) }.to_bytes() {
            b"cuPointerGetAttributes" => cuPointerGetAttributes as *mut c_void,
            b"cuCtxGetCurrent" => cuCtxGetCurrent as *mut c_void,
            b"cuCtxRecordEvent" => cuCtxRecordEvent as *mut c_void,
            _ => std::ptr::null_mut(),
        };
        let status = if function.is_null() {
            cudaDriverEntryPointQueryResult::cudaDriverEntryPointSymbolNotFound
        } else {
            cudaDriverEntryPointQueryResult::cudaDriverEntryPointSuccess
        };
        if !driverStatus.is_null() {
            // SAFETY: an out pointer of C's contract.
            unsafe { give(driverStatus, status) }?;
        }
        // SAFETY: an out pointer of C's contract.
        unsafe { give(funcPtr, function) }
    }
}

/// The driver's function, with the driver's codes, which are those of the runtime where both have one.
unsafe extern "system" fn cuPointerGetAttributes(
    count: c_uint,
    attributes: *mut c_int,
    data: *mut *mut c_void,
    pointer: u64,
) -> c_int {
    let code = enter("cuPointerGetAttributes", || {
        // SAFETY: an array of this length, by C's contract.
        let wanted = unsafe { array(attributes, count as usize) }?;
        // SAFETY: as above.
        let results = unsafe { array(data, count as usize) }?;
        let memory = read(&emulator::get()?.memory);
        let address = usize::try_from(pointer).map_err(|_| Code::cudaErrorInvalidValue)?;
        let found = memory.around(address).filter(|found| found.freed_by.is_none());
        // Memory that nobody knows gives zeros, not an error; of the device, that there is none.
        let (start, size) = found.map_or((0, 0), |found| (found.start, found.size));
        let memory_type = found.map_or(0, |found| match found.kind {
            Kind::Pinned | Kind::Registered => HOST,
            Kind::Device | Kind::Pooled(_) | Kind::Managed => DEVICE,
        });
        let managed = found.is_some_and(|found| found.kind == Kind::Managed);
        let device = found.map_or(NO_DEVICE, |found| ordinal(found.device));
        for (attribute, result) in wanted.iter().zip(results) {
            match *attribute {
                // SAFETY: an out pointer of C's contract, to an enumeration.
                MEMORY_TYPE => unsafe { give(result.cast::<c_uint>(), memory_type) }?,
                // SAFETY: an out pointer of C's contract, to a C boolean.
                IS_MANAGED => unsafe { give(result.cast::<c_uint>(), c_uint::from(managed)) }?,
                // SAFETY: an out pointer of C's contract, to an int.
                DEVICE_ORDINAL => unsafe { give(result.cast::<c_int>(), device) }?,
                // SAFETY: an out pointer of C's contract, to an address of 64 bits.
                RANGE_START_ADDR => unsafe { give(result.cast::<u64>(), start as u64) }?,
                // SAFETY: an out pointer of C's contract, to a size.
                RANGE_SIZE => unsafe { give(result.cast::<usize>(), size) }?,
                _ => return Err(Code::cudaErrorInvalidValue),
            }
        }
        Ok(())
    });
    driver(code)
}

/// A context is known by the ordinal of its device, and one more, for it is not null.
unsafe extern "system" fn cuCtxGetCurrent(context: *mut *mut c_void) -> c_int {
    driver(enter("cuCtxGetCurrent", || {
        let (device, _) = emulator::get()?.current()?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(context, std::ptr::without_provenance_mut(device + 1)) }
    }))
}

unsafe extern "system" fn cuCtxRecordEvent(context: *mut c_void, event: cudaEvent_t) -> c_int {
    driver(enter("cuCtxRecordEvent", || {
        let emulator = emulator::get()?;
        let event = emulator.event(event)?;
        if context.addr() != event.device + 1 {
            return Err(Code::cudaErrorInvalidResourceHandle);
        }
        event.record(|work| emulator.devices[event.device].submit_after_all(work))
    }))
}

fn driver(code: Code) -> c_int {
    c_int::try_from(code.0).unwrap_or(c_int::MAX)
}
