//! What CUDA knows about an address. The two majors answer in structs of different size.

use std::ffi::{c_int, c_void};
use std::ptr;

use cuda_sys::cudart::cudaMemoryType;

use super::argument::ordinal;
use crate::allocation::Kind;
use crate::emulator;
use crate::lock::read;
use crate::outcome::Outcome;

/// `cudaInvalidDeviceId`.
pub(super) const NO_DEVICE: c_int = -2;

/// The fields that both majors have.
pub(super) struct Attributes {
    pub(super) kind: cudaMemoryType,
    pub(super) device: c_int,
    pub(super) device_pointer: *mut c_void,
    pub(super) host_pointer: *mut c_void,
}

/// Looks an address up. Memory that CUDA does not know, or no longer knows, is unregistered, not an error.
pub(super) fn attributes(address: *const c_void) -> Outcome<Attributes> {
    let address = address.cast_mut();
    let memory = read(&emulator::get()?.memory);
    let Some(found) = memory.around(address.addr()).filter(|found| found.freed_by.is_none()) else {
        return Ok(Attributes {
            kind: cudaMemoryType::cudaMemoryTypeUnregistered,
            device: NO_DEVICE,
            device_pointer: ptr::null_mut(),
            host_pointer: address,
        });
    };
    let (kind, host_pointer) = match found.kind {
        Kind::Device | Kind::Pooled(_) => (cudaMemoryType::cudaMemoryTypeDevice, ptr::null_mut()),
        Kind::Pinned | Kind::Registered => (cudaMemoryType::cudaMemoryTypeHost, address),
        Kind::Managed => (cudaMemoryType::cudaMemoryTypeManaged, address),
    };
    Ok(Attributes { kind, device: ordinal(found.device), device_pointer: address, host_pointer })
}
