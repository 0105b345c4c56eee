//! What the emulated devices say about themselves: the name, the UUID, the PCI address and the numbered attributes.
//!
//! The figures are those of a plain data-centre device of compute capability 9.0; only the memory, the ordinal and what
//! the emulator does not offer differ.

use cuda_sys::cudart::cudaDeviceAttr as Attr;

use crate::shape::MAX_PITCH;

/// The version that `cudaDriverGetVersion` gives: new enough for both flavours.
pub(crate) const DRIVER_VERSION: i32 = 13050;
/// The PCI bus of device 0.
const FIRST_BUS: usize = 0x10;

/// The device's name.
pub(crate) fn name(device: usize) -> String {
    format!("Emulated CUDA Device {device}")
}

/// The device's UUID: always the same for the same ordinal.
pub(crate) fn uuid(device: usize) -> [u8; 16] {
    let mut uuid = *b"CUDA emulator \0\0";
    // Version 8 and the variant of RFC 9562: the content is the maker's own.
    (uuid[6], uuid[8]) = (0x80, 0x80);
    uuid[15] = device as u8;
    uuid
}

/// The PCI address as `domain:bus:device.function`.
pub(crate) fn pci_bus_id(device: usize) -> String {
    format!("0000:{:02X}:00.0", FIRST_BUS + device)
}

/// The device of a PCI address; the function and leading zeros may be left out.
pub(crate) fn by_pci_bus_id(text: &str, devices: usize) -> Option<usize> {
    let (address, function) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = address.rsplit(':').map(|part| usize::from_str_radix(part, 16).ok());
    let (slot, bus) = (parts.next()??, parts.next()??);
    let domain = parts.next().unwrap_or(Some(0))?;
    let known = parts.next().is_none() && domain == 0 && slot == 0 && function == "0";
    bus.checked_sub(FIRST_BUS).filter(|&device| known && device < devices)
}

/// The value of an attribute; none if there is no such attribute.
pub(crate) fn value(attribute: Attr, device: usize) -> Option<i32> {
    Some(match attribute {
        Attr::cudaDevAttrMaxThreadsPerBlock
        | Attr::cudaDevAttrMaxBlockDimX
        | Attr::cudaDevAttrMaxBlockDimY => 1024,
        Attr::cudaDevAttrMaxBlockDimZ => 64,
        Attr::cudaDevAttrMaxGridDimX => i32::MAX,
        Attr::cudaDevAttrMaxGridDimY | Attr::cudaDevAttrMaxGridDimZ => 65535,
        Attr::cudaDevAttrMaxSharedMemoryPerBlock => 48 << 10,
        Attr::cudaDevAttrMaxSharedMemoryPerBlockOptin => 227 << 10,
        Attr::cudaDevAttrMaxSharedMemoryPerMultiprocessor => 228 << 10,
        Attr::cudaDevAttrReservedSharedMemoryPerBlock => 1 << 10,
        Attr::cudaDevAttrTotalConstantMemory => 64 << 10,
        Attr::cudaDevAttrWarpSize => 32,
        Attr::cudaDevAttrMaxPitch => MAX_PITCH as i32,
        Attr::cudaDevAttrMaxRegistersPerBlock | Attr::cudaDevAttrMaxRegistersPerMultiprocessor => 65536,
        Attr::cudaDevAttrClockRate => 1_500_000,
        Attr::cudaDevAttrMemoryClockRate => 2_000_000,
        Attr::cudaDevAttrGlobalMemoryBusWidth => 4096,
        Attr::cudaDevAttrTextureAlignment | Attr::cudaDevAttrSurfaceAlignment => 512,
        Attr::cudaDevAttrTexturePitchAlignment | Attr::cudaDevAttrMaxBlocksPerMultiprocessor => 32,
        Attr::cudaDevAttrMultiProcessorCount => 16,
        Attr::cudaDevAttrMaxThreadsPerMultiProcessor => 2048,
        Attr::cudaDevAttrL2CacheSize => 16 << 20,
        Attr::cudaDevAttrAsyncEngineCount => 2,
        Attr::cudaDevAttrSingleToDoublePrecisionPerfRatio => 2,
        Attr::cudaDevAttrComputeCapabilityMajor => 9,
        Attr::cudaDevAttrPciBusId => (FIRST_BUS + device) as i32,
        Attr::cudaDevAttrMultiGpuBoardGroupID => device as i32,
        Attr::cudaDevAttrMemSyncDomainCount => 1,
        // The host's pools are not emulated, nor are handles that other processes could open.
        Attr::cudaDevAttrNumaId | Attr::cudaDevAttrHostNumaId => -1,
        attribute if OFFERED.contains(&attribute) => 1,
        attribute if ABSENT.contains(&attribute) => 0,
        _ => return None,
    })
}

/// What the emulated devices can do.
const OFFERED: &[Attr] = &[
    Attr::cudaDevAttrGpuOverlap,
    Attr::cudaDevAttrCanMapHostMemory,
    Attr::cudaDevAttrConcurrentKernels,
    Attr::cudaDevAttrUnifiedAddressing,
    Attr::cudaDevAttrStreamPrioritiesSupported,
    Attr::cudaDevAttrManagedMemory,
    Attr::cudaDevAttrConcurrentManagedAccess,
    Attr::cudaDevAttrCanUseHostPointerForRegisteredMem,
    Attr::cudaDevAttrHostRegisterSupported,
    Attr::cudaDevAttrHostRegisterReadOnlySupported,
    Attr::cudaDevAttrMemoryPoolsSupported,
    Attr::cudaDevAttrEccEnabled,
];

/// What they cannot do, or what only kernels, textures or other processes could use.
const ABSENT: &[Attr] = &[
    Attr::cudaDevAttrKernelExecTimeout,
    Attr::cudaDevAttrIntegrated,
    Attr::cudaDevAttrComputeMode,
    Attr::cudaDevAttrPciDeviceId,
    Attr::cudaDevAttrPciDomainId,
    Attr::cudaDevAttrTccDriver,
    Attr::cudaDevAttrComputeCapabilityMinor,
    Attr::cudaDevAttrGlobalL1CacheSupported,
    Attr::cudaDevAttrLocalL1CacheSupported,
    Attr::cudaDevAttrIsMultiGpuBoard,
    Attr::cudaDevAttrHostNativeAtomicSupported,
    Attr::cudaDevAttrPageableMemoryAccess,
    Attr::cudaDevAttrComputePreemptionSupported,
    Attr::cudaDevAttrCooperativeLaunch,
    Attr::cudaDevAttrCanFlushRemoteWrites,
    Attr::cudaDevAttrPageableMemoryAccessUsesHostPageTables,
    Attr::cudaDevAttrDirectManagedMemAccessFromHost,
    Attr::cudaDevAttrMaxPersistingL2CacheSize,
    Attr::cudaDevAttrMaxAccessPolicyWindowSize,
    Attr::cudaDevAttrSparseCudaArraySupported,
    Attr::cudaDevAttrTimelineSemaphoreInteropSupported,
    Attr::cudaDevAttrGPUDirectRDMASupported,
    Attr::cudaDevAttrGPUDirectRDMAFlushWritesOptions,
    Attr::cudaDevAttrGPUDirectRDMAWritesOrdering,
    Attr::cudaDevAttrMemoryPoolSupportedHandleTypes,
    Attr::cudaDevAttrClusterLaunch,
    Attr::cudaDevAttrDeferredMappingCudaArraySupported,
    Attr::cudaDevAttrIpcEventSupport,
    Attr::cudaDevAttrNumaConfig,
    Attr::cudaDevAttrMpsEnabled,
    Attr::cudaDevAttrD3D12CigSupported,
    Attr::cudaDevAttrVulkanCigSupported,
    Attr::cudaDevAttrGpuPciDeviceId,
    Attr::cudaDevAttrGpuPciSubsystemId,
    Attr::cudaDevAttrHostNumaMultinodeIpcSupported,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pci_address_names_its_device() {
        for device in 0..3 {
            assert_eq!(by_pci_bus_id(&pci_bus_id(device), 3), Some(device));
        }
        assert_eq!(by_pci_bus_id("11:00", 3), Some(1));
        assert_eq!(by_pci_bus_id("0000:11:0.0", 3), Some(1));
        for wrong in
            ["", "x", "0000:13:00.0", "0001:10:00.0", "0000:10:01.0", "0000:10:00.1", "0:0000:10:00.0"]
        {
            assert_eq!(by_pci_bus_id(wrong, 3), None, "{wrong}");
        }
    }

    #[test]
    fn devices_have_different_uuids() {
        assert_ne!(uuid(0), uuid(1));
    }

    #[test]
    fn an_unknown_attribute_has_no_value() {
        assert_eq!(value(Attr(0), 0), None);
        assert_eq!(value(Attr(9999), 0), None);
        assert_eq!(value(Attr::cudaDevAttrWarpSize, 0), Some(32));
    }
}
