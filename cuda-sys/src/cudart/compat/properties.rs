//! What a device is: from the struct what only the struct tells, everything else from where both majors tell it alike.

use super::{Outcome, device_struct};
use crate::cudart::{Runtime, cudaDeviceAttr, cudaError};
use core::ffi::{c_char, c_int};

/// What a device is: see [`device_properties`].
///
/// ```
/// use cuda_sys::cudart::{cudaError, compat::{DeviceProperties, device_properties}};
///
/// # let runtime = cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13);
/// // SAFETY: an ordinal that does not exist is refused.
/// let (status, properties): (_, DeviceProperties) = unsafe { device_properties(runtime, 0) }?;
/// assert_eq!(status, cudaError::cudaSuccess);
/// println!("{} bytes, compute capability {:?}", properties.total_memory, properties.compute_capability);
/// # Ok::<(), cuda_sys::MissingSymbol>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceProperties {
    /// The name as a C string.
    pub name: [c_char; 256],
    /// The 16 bytes of the UUID.
    pub uuid: [u8; 16],
    /// The PCI address as a C string, such as `0000:41:00.0`.
    pub pci_bus_id: [c_char; 32],
    /// The device's memory in bytes.
    pub total_memory: usize,
    /// Major and minor compute capability.
    pub compute_capability: (c_int, c_int),
}

/// `cudaGetDeviceProperties`, `cudaDeviceGetAttribute` and `cudaDeviceGetPCIBusId`; the status is that of the first call that
/// fails, and then what comes after it is zero.
///
/// Name, UUID and memory come from the struct: no attribute tells them, and `cudaMemGetInfo` would start the device.
///
/// # Safety
///
/// The C functions' contract.
#[doc(alias = "cudaGetDeviceProperties")]
#[doc(alias = "cudaGetDeviceProperties_v2")]
pub unsafe fn device_properties(runtime: &Runtime, device: c_int) -> Outcome<DeviceProperties> {
    // SAFETY: the caller keeps the C contract.
    let (status, (name, uuid, total_memory)) = unsafe { device_struct(runtime, device) }?;
    let (pci_bus_id, compute_capability) = ([0; 32], (0, 0));
    let mut found = DeviceProperties { name, uuid, pci_bus_id, total_memory, compute_capability };
    if status != cudaError::cudaSuccess {
        return Ok((status, found));
    }
    let mut capability = [0; 2];
    let attributes = [
        cudaDeviceAttr::cudaDevAttrComputeCapabilityMajor,
        cudaDeviceAttr::cudaDevAttrComputeCapabilityMinor,
    ];
    for (value, attribute) in capability.iter_mut().zip(attributes) {
        // SAFETY: the value is a writable int; the caller keeps the C contract.
        let status = unsafe { runtime.cudaDeviceGetAttribute(value, attribute, device) }?;
        if status != cudaError::cudaSuccess {
            return Ok((status, found));
        }
    }
    found.compute_capability = capability.into();
    // SAFETY: the caller keeps the C contract.
    let (status, pci_bus_id) = unsafe { self::pci_bus_id(runtime, device) }?;
    Ok((status, DeviceProperties { pci_bus_id, ..found }))
}

/// `cudaDeviceGetPCIBusId`, alike in both majors: a C string.
///
/// # Safety
///
/// The C function's contract.
#[doc(alias = "cudaDeviceGetPCIBusId")]
pub unsafe fn pci_bus_id(runtime: &Runtime, device: c_int) -> Outcome<[c_char; 32]> {
    let mut text = [0; 32];
    // SAFETY: at most 32 bytes are written into the array of 32, NUL included; the caller keeps the C contract.
    let status = unsafe { runtime.cudaDeviceGetPCIBusId(text.as_mut_ptr(), 32, device) }?;
    Ok((status, text))
}
