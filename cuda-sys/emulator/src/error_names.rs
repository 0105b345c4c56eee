//! The names of CUDA's error codes, which differ between the majors, and what each means, in words of this crate's own.

use std::ffi::{CStr, CString};

use crate::outcome::Code;

/// The text that both functions give for a code that the major does not know, as the real runtime does.
const UNKNOWN: &CStr = c"unrecognized error code";

/// The names and descriptions of one major, ready for C.
pub(crate) struct ErrorNames(Vec<(Code, CString, CString)>);

impl ErrorNames {
    /// Prepares the codes that a major declares.
    pub(crate) fn new(declared: &[(Code, &str)]) -> Self {
        let text = |text: &str| CString::new(text).unwrap_or_default();
        let entry = |&(code, name): &(Code, &str)| {
            let meaning =
                MEANINGS.iter().find(|&&(known, _)| known == code).map_or(name, |&(_, meaning)| meaning);
            (code, text(name), text(meaning))
        };
        Self(declared.iter().map(entry).collect())
    }

    /// The constant's name.
    pub(crate) fn name(&self, code: Code) -> &CStr {
        self.find(code).map_or(UNKNOWN, |(_, name, _)| name)
    }

    /// What it means.
    pub(crate) fn description(&self, code: Code) -> &CStr {
        self.find(code).map_or(UNKNOWN, |(_, _, meaning)| meaning)
    }

    fn find(&self, code: Code) -> Option<&(Code, CString, CString)> {
        self.0.iter().find(|(known, ..)| *known == code)
    }
}

const MEANINGS: &[(Code, &str)] = &[
    (Code::cudaSuccess, "no error"),
    (Code::cudaErrorInvalidValue, "an argument is out of range, null, or not what the call works on"),
    (Code::cudaErrorMemoryAllocation, "not enough memory is left"),
    (Code::cudaErrorInitializationError, "CUDA could not be initialised in this process"),
    (Code::cudaErrorCudartUnloading, "the process is ending and CUDA is already shut down"),
    (Code::cudaErrorProfilerDisabled, "no profiler is attached"),
    (Code::cudaErrorProfilerNotInitialized, "the profiler was not set up"),
    (Code::cudaErrorProfilerAlreadyStarted, "the profiler is running already"),
    (Code::cudaErrorProfilerAlreadyStopped, "the profiler is not running"),
    (Code::cudaErrorInvalidConfiguration, "the launch asks for more than the device has"),
    (Code::cudaErrorVersionTranslation, "a structure of another version cannot be converted"),
    (Code::cudaErrorInvalidPitchValue, "a pitch is smaller than its row or too large"),
    (Code::cudaErrorInvalidSymbol, "no such symbol on the device"),
    (Code::cudaErrorInvalidHostPointer, "not a usable host pointer"),
    (Code::cudaErrorInvalidDevicePointer, "not a usable device pointer"),
    (Code::cudaErrorInvalidTexture, "not a texture"),
    (Code::cudaErrorInvalidTextureBinding, "nothing is bound to the texture"),
    (Code::cudaErrorInvalidChannelDescriptor, "the channel format is not possible"),
    (Code::cudaErrorInvalidMemcpyDirection, "no such copy direction"),
    (Code::cudaErrorAddressOfConstant, "the address of a constant cannot be taken"),
    (Code::cudaErrorTextureFetchFailed, "reading the texture failed"),
    (Code::cudaErrorTextureNotBound, "the texture is not bound"),
    (Code::cudaErrorSynchronizationError, "synchronisation failed"),
    (Code::cudaErrorInvalidFilterSetting, "this filter does not go with the texture's type"),
    (Code::cudaErrorInvalidNormSetting, "this type cannot be read as normalised"),
    (Code::cudaErrorMixedDeviceExecution, "device and emulated code cannot be mixed"),
    (Code::cudaErrorNotYetImplemented, "not available yet"),
    (Code::cudaErrorMemoryValueTooLarge, "a memory value is too large"),
    (Code::cudaErrorStubLibrary, "a stub stands in for the driver"),
    (Code::cudaErrorInsufficientDriver, "the driver is missing or older than this runtime needs"),
    (Code::cudaErrorCallRequiresNewerDriver, "this call needs a newer driver"),
    (Code::cudaErrorInvalidSurface, "not a surface"),
    (Code::cudaErrorDuplicateVariableName, "two variables share one name"),
    (Code::cudaErrorDuplicateTextureName, "two textures share one name"),
    (Code::cudaErrorDuplicateSurfaceName, "two surfaces share one name"),
    (Code::cudaErrorDevicesUnavailable, "all devices are busy or not allowed"),
    (Code::cudaErrorIncompatibleDriverContext, "the driver's context does not fit this runtime"),
    (Code::cudaErrorMissingConfiguration, "the launch was not configured"),
    (Code::cudaErrorPriorLaunchFailure, "an earlier launch had failed"),
    (Code::cudaErrorLaunchMaxDepthExceeded, "launches are nested too deeply"),
    (Code::cudaErrorLaunchFileScopedTex, "a nested launch uses a texture of file scope"),
    (Code::cudaErrorLaunchFileScopedSurf, "a nested launch uses a surface of file scope"),
    (Code::cudaErrorSyncDepthExceeded, "synchronisation is nested too deeply"),
    (Code::cudaErrorLaunchPendingCountExceeded, "too many launches are pending"),
    (Code::cudaErrorInvalidDeviceFunction, "the function does not exist for this device"),
    (Code::cudaErrorNoDevice, "there is no device"),
    (Code::cudaErrorInvalidDevice, "no such device, or not one that the call can use"),
    (Code::cudaErrorDeviceNotLicensed, "the device lacks a licence"),
    (Code::cudaErrorSoftwareValidityNotEstablished, "the installed software could not be verified"),
    (Code::cudaErrorStartupFailure, "the runtime could not start"),
    (Code::cudaErrorInvalidKernelImage, "the kernel image is damaged"),
    (Code::cudaErrorDeviceUninitialized, "the device has no context"),
    (Code::cudaErrorMapBufferObjectFailed, "the buffer could not be mapped"),
    (Code::cudaErrorUnmapBufferObjectFailed, "the buffer could not be unmapped"),
    (Code::cudaErrorArrayIsMapped, "the array is mapped and cannot go"),
    (Code::cudaErrorAlreadyMapped, "the resource is mapped already"),
    (Code::cudaErrorNoKernelImageForDevice, "no code in the program fits this device"),
    (Code::cudaErrorAlreadyAcquired, "the resource is taken already"),
    (Code::cudaErrorNotMapped, "the resource is not mapped"),
    (Code::cudaErrorNotMappedAsArray, "the resource is not mapped as an array"),
    (Code::cudaErrorNotMappedAsPointer, "the resource is not mapped as a pointer"),
    (Code::cudaErrorECCUncorrectable, "the memory has an error that ECC cannot correct"),
    (Code::cudaErrorUnsupportedLimit, "the device does not have this limit"),
    (Code::cudaErrorDeviceAlreadyInUse, "another thread uses the device exclusively"),
    (Code::cudaErrorPeerAccessUnsupported, "these devices cannot reach each other"),
    (Code::cudaErrorInvalidPtx, "the PTX code does not compile"),
    (Code::cudaErrorInvalidGraphicsContext, "the graphics context is not usable"),
    (Code::cudaErrorNvlinkUncorrectable, "NVLink has an error that cannot be corrected"),
    (Code::cudaErrorJitCompilerNotFound, "the PTX compiler is missing"),
    (Code::cudaErrorUnsupportedPtxVersion, "the PTX code is newer than the compiler"),
    (Code::cudaErrorJitCompilationDisabled, "compiling PTX is switched off"),
    (Code::cudaErrorUnsupportedExecAffinity, "the device does not have this affinity"),
    (Code::cudaErrorUnsupportedDevSideSync, "device code may not synchronise this way"),
    (Code::cudaErrorContained, "an error was contained and the process must end"),
    (Code::cudaErrorInsufficientLoaderVersion, "the loader is too old for this call"),
    (Code::cudaErrorInvalidSource, "the kernel source is not usable"),
    (Code::cudaErrorFileNotFound, "no such file"),
    (Code::cudaErrorSharedObjectSymbolNotFound, "a shared object lacks a symbol"),
    (Code::cudaErrorSharedObjectInitFailed, "a shared object did not start"),
    (Code::cudaErrorOperatingSystem, "the operating system refused"),
    (Code::cudaErrorInvalidResourceHandle, "not a live stream, event or other handle of this device"),
    (Code::cudaErrorIllegalState, "the object is in the wrong state for this call"),
    (Code::cudaErrorLossyQuery, "the query would lose information"),
    (Code::cudaErrorSymbolNotFound, "the symbol was not found"),
    (Code::cudaErrorNotReady, "the work is not done yet"),
    (Code::cudaErrorIllegalAddress, "device work touched memory that was not its to touch"),
    (Code::cudaErrorLaunchOutOfResources, "the launch needs more resources than there are"),
    (Code::cudaErrorLaunchTimeout, "the kernel ran too long"),
    (Code::cudaErrorLaunchIncompatibleTexturing, "the kernel's texturing mode does not fit"),
    (Code::cudaErrorPeerAccessAlreadyEnabled, "access to this peer is on already"),
    (Code::cudaErrorPeerAccessNotEnabled, "access to this peer is off"),
    (Code::cudaErrorSetOnActiveProcess, "too late: the device is in use already"),
    (Code::cudaErrorContextIsDestroyed, "the context is gone"),
    (Code::cudaErrorAssert, "an assertion in device code failed"),
    (Code::cudaErrorTooManyPeers, "no more peers can be reached"),
    (Code::cudaErrorHostMemoryAlreadyRegistered, "part of this host memory is pinned already"),
    (Code::cudaErrorHostMemoryNotRegistered, "this host memory is not registered"),
    (Code::cudaErrorHardwareStackError, "a kernel's stack is damaged"),
    (Code::cudaErrorIllegalInstruction, "a kernel met an instruction that does not exist"),
    (Code::cudaErrorMisalignedAddress, "a kernel used a misaligned address"),
    (Code::cudaErrorInvalidAddressSpace, "a kernel used an address of the wrong space"),
    (Code::cudaErrorInvalidPc, "a kernel jumped to nowhere"),
    (Code::cudaErrorLaunchFailure, "a kernel crashed"),
    (Code::cudaErrorCooperativeLaunchTooLarge, "the cooperative launch does not fit the device"),
    (Code::cudaErrorTensorMemoryLeak, "a kernel ended with tensor memory not freed"),
    (Code::cudaErrorNotPermitted, "the call is not allowed here"),
    (Code::cudaErrorNotSupported, "the call is not supported here"),
    (Code::cudaErrorSystemNotReady, "the system is not ready for CUDA"),
    (Code::cudaErrorSystemDriverMismatch, "the driver's parts have different versions"),
    (Code::cudaErrorCompatNotSupportedOnDevice, "the device does not support forward compatibility"),
    (Code::cudaErrorMpsConnectionFailed, "the MPS server cannot be reached"),
    (Code::cudaErrorMpsRpcFailure, "the MPS server did not answer properly"),
    (Code::cudaErrorMpsServerNotReady, "the MPS server is not ready"),
    (Code::cudaErrorMpsMaxClientsReached, "the MPS server has no room for another client"),
    (Code::cudaErrorMpsMaxConnectionsReached, "the MPS server has no room for another connection"),
    (Code::cudaErrorMpsClientTerminated, "the MPS server ended this client"),
    (Code::cudaErrorCdpNotSupported, "device code cannot launch kernels here"),
    (Code::cudaErrorCdpVersionMismatch, "device code was built for another way of launching kernels"),
    (Code::cudaErrorStreamCaptureUnsupported, "this cannot be captured"),
    (Code::cudaErrorStreamCaptureInvalidated, "an earlier error spoiled the capture"),
    (Code::cudaErrorStreamCaptureMerge, "two captures cannot be merged"),
    (Code::cudaErrorStreamCaptureUnmatched, "the capture did not begin in this stream"),
    (Code::cudaErrorStreamCaptureUnjoined, "a captured branch was not joined"),
    (Code::cudaErrorStreamCaptureIsolation, "the capture depends on work outside of it"),
    (Code::cudaErrorStreamCaptureImplicit, "the legacy stream cannot be captured along"),
    (Code::cudaErrorCapturedEvent, "the event belongs to a capture"),
    (Code::cudaErrorStreamCaptureWrongThread, "another thread began the capture"),
    (Code::cudaErrorTimeout, "waiting took too long"),
    (Code::cudaErrorGraphExecUpdateFailure, "the graph cannot be updated in place"),
    (Code::cudaErrorExternalDevice, "another device reported a failure"),
    (Code::cudaErrorInvalidClusterSize, "the cluster size is not possible"),
    (Code::cudaErrorFunctionNotLoaded, "the function is not loaded"),
    (Code::cudaErrorInvalidResourceType, "the resource has the wrong type"),
    (Code::cudaErrorInvalidResourceConfiguration, "the resource is set up wrongly"),
    (Code::cudaErrorStreamDetached, "the stream is detached from its context"),
    (Code::cudaErrorGraphRecaptureFailure, "the graph could not be captured again"),
    (Code::cudaErrorFabricNotReady, "the NVLink fabric is not ready"),
    (Code::cudaErrorUnknown, "something failed inside CUDA"),
    (Code::cudaErrorApiFailureBase, "first of the codes that are no longer used"),
];

#[cfg(test)]
mod tests {
    use cuda_sys::cudart::{v12, v13};

    use super::*;

    #[test]
    fn every_declared_code_has_a_name_and_a_meaning() {
        for declared in [v12::ERRORS, v13::ERRORS] {
            let names = ErrorNames::new(declared);
            for &(code, name) in declared {
                assert_eq!(names.name(code).to_str(), Ok(name));
                assert_ne!(names.description(code), names.name(code), "{name} has no meaning");
            }
        }
    }

    #[test]
    fn a_code_that_only_cuda_13_knows_is_unknown_to_12() {
        let code = Code::cudaErrorVersionTranslation;
        assert_eq!(ErrorNames::new(v12::ERRORS).name(code), UNKNOWN);
        assert_eq!(ErrorNames::new(v13::ERRORS).name(code), c"cudaErrorVersionTranslation");
    }
}
