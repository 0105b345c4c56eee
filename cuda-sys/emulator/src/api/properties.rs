//! `struct cudaDeviceProp`, which the majors lay out differently, filled from the attributes.

/// Fills the properties that both majors have, from the attributes and for the device `$index`.
macro_rules! fill_properties {
    ($properties:ident, $index:ident, $memory:expr) => {{
        let value = |attribute| crate::attributes::value(attribute, $index).unwrap_or(0);
        let bytes = |attribute| usize::try_from(value(attribute)).unwrap_or(0);
        for (to, from) in $properties.name.iter_mut().zip(crate::attributes::name($index).bytes()) {
            *to = from as c_char;
        }
        for (to, from) in $properties.uuid.bytes.iter_mut().zip(crate::attributes::uuid($index)) {
            *to = from as c_char;
        }
        $properties.totalGlobalMem = $memory;
        $properties.sharedMemPerBlock = bytes(Attr::cudaDevAttrMaxSharedMemoryPerBlock);
        $properties.regsPerBlock = value(Attr::cudaDevAttrMaxRegistersPerBlock);
        $properties.warpSize = value(Attr::cudaDevAttrWarpSize);
        $properties.memPitch = bytes(Attr::cudaDevAttrMaxPitch);
        $properties.maxThreadsPerBlock = value(Attr::cudaDevAttrMaxThreadsPerBlock);
        $properties.maxThreadsDim =
            [Attr::cudaDevAttrMaxBlockDimX, Attr::cudaDevAttrMaxBlockDimY, Attr::cudaDevAttrMaxBlockDimZ]
                .map(value);
        $properties.maxGridSize =
            [Attr::cudaDevAttrMaxGridDimX, Attr::cudaDevAttrMaxGridDimY, Attr::cudaDevAttrMaxGridDimZ]
                .map(value);
        $properties.totalConstMem = bytes(Attr::cudaDevAttrTotalConstantMemory);
        $properties.major = value(Attr::cudaDevAttrComputeCapabilityMajor);
        $properties.minor = value(Attr::cudaDevAttrComputeCapabilityMinor);
        $properties.textureAlignment = bytes(Attr::cudaDevAttrTextureAlignment);
        $properties.texturePitchAlignment = bytes(Attr::cudaDevAttrTexturePitchAlignment);
        $properties.multiProcessorCount = value(Attr::cudaDevAttrMultiProcessorCount);
        $properties.integrated = value(Attr::cudaDevAttrIntegrated);
        $properties.canMapHostMemory = value(Attr::cudaDevAttrCanMapHostMemory);
        $properties.surfaceAlignment = bytes(Attr::cudaDevAttrSurfaceAlignment);
        $properties.concurrentKernels = value(Attr::cudaDevAttrConcurrentKernels);
        $properties.ECCEnabled = value(Attr::cudaDevAttrEccEnabled);
        $properties.pciBusID = value(Attr::cudaDevAttrPciBusId);
        $properties.pciDeviceID = value(Attr::cudaDevAttrPciDeviceId);
        $properties.pciDomainID = value(Attr::cudaDevAttrPciDomainId);
        $properties.asyncEngineCount = value(Attr::cudaDevAttrAsyncEngineCount);
        $properties.unifiedAddressing = value(Attr::cudaDevAttrUnifiedAddressing);
        $properties.memoryBusWidth = value(Attr::cudaDevAttrGlobalMemoryBusWidth);
        $properties.l2CacheSize = value(Attr::cudaDevAttrL2CacheSize);
        $properties.maxThreadsPerMultiProcessor = value(Attr::cudaDevAttrMaxThreadsPerMultiProcessor);
        $properties.streamPrioritiesSupported = value(Attr::cudaDevAttrStreamPrioritiesSupported);
        $properties.sharedMemPerMultiprocessor = bytes(Attr::cudaDevAttrMaxSharedMemoryPerMultiprocessor);
        $properties.regsPerMultiprocessor = value(Attr::cudaDevAttrMaxRegistersPerMultiprocessor);
        $properties.managedMemory = value(Attr::cudaDevAttrManagedMemory);
        $properties.multiGpuBoardGroupID = value(Attr::cudaDevAttrMultiGpuBoardGroupID);
        $properties.concurrentManagedAccess = value(Attr::cudaDevAttrConcurrentManagedAccess);
        $properties.canUseHostPointerForRegisteredMem =
            value(Attr::cudaDevAttrCanUseHostPointerForRegisteredMem);
        $properties.sharedMemPerBlockOptin = bytes(Attr::cudaDevAttrMaxSharedMemoryPerBlockOptin);
        $properties.maxBlocksPerMultiProcessor = value(Attr::cudaDevAttrMaxBlocksPerMultiprocessor);
        $properties.reservedSharedMemPerBlock = bytes(Attr::cudaDevAttrReservedSharedMemoryPerBlock);
        $properties.hostRegisterSupported = value(Attr::cudaDevAttrHostRegisterSupported);
        $properties.hostRegisterReadOnlySupported = value(Attr::cudaDevAttrHostRegisterReadOnlySupported);
        $properties.memoryPoolsSupported = value(Attr::cudaDevAttrMemoryPoolsSupported);
    }};
}

pub(super) use fill_properties;
