//! The emulator as a [`Runtime`]: tables of functions, whose signatures the compiler compares with the headers'.

use std::sync::OnceLock;

use cuda_sys::cudart::VersionedTable;
use cuda_sys::cudart::table::{Common, V12, V13};
use cuda_sys::{Runtime, Version};

use crate::api::{copy, device, driver, error, event, managed, memory, pool, stream, v12, v13};

/// Which CUDA major the emulator speaks: its symbols, its struct sizes, its version.
///
/// ```
/// use cuda_emulator::{Flavour, runtime};
///
/// assert!(runtime(Flavour::Cuda12).v12().is_some());
/// assert!(runtime(Flavour::Cuda13).v13().is_some());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// CUDA 12.9.
    Cuda12,
    /// CUDA 13.5.
    Cuda13,
}

/// The emulated runtime of one flavour. Both flavours drive the same devices, so what one allocates the other can free.
///
/// ```
/// use cuda_emulator::{Flavour, runtime};
///
/// for (flavour, expected) in [(Flavour::Cuda12, 12090), (Flavour::Cuda13, 13050)] {
///     let mut version = 0;
///     // SAFETY: `version` is valid for one `int`.
///     unsafe { runtime(flavour).cudaRuntimeGetVersion(&mut version) }?;
///     assert_eq!(version, expected);
/// }
/// # Ok::<(), cuda_emulator::cuda_sys::MissingSymbol>(())
/// ```
pub fn runtime(flavour: Flavour) -> &'static Runtime {
    static CUDA12: OnceLock<&Runtime> = OnceLock::new();
    static CUDA13: OnceLock<&Runtime> = OnceLock::new();
    match flavour {
        Flavour::Cuda12 => CUDA12.get_or_init(|| runtime_without(flavour, &[])),
        Flavour::Cuda13 => CUDA13.get_or_init(|| runtime_without(flavour, &[])),
    }
}

/// The same, but without some functions, as if an older or a broken library had been loaded. Each call makes a new table
/// that lives as long as the process.
///
/// ```
/// use cuda_emulator::{Flavour, runtime_without};
///
/// let cuda = runtime_without(Flavour::Cuda12, &["cudaMallocAsync"]);
/// let mut pointer = std::ptr::null_mut();
/// // SAFETY: `pointer` is valid for one pointer; stream 1 is the legacy stream.
/// let missing = unsafe { cuda.cudaMallocAsync(&mut pointer, 16, std::ptr::without_provenance_mut(1)) };
/// assert_eq!(missing.unwrap_err().name, "cudaMallocAsync");
/// ```
pub fn runtime_without(flavour: Flavour, missing: &[&str]) -> &'static Runtime {
    let (origin, version, versioned) = match flavour {
        Flavour::Cuda12 => ("the CUDA 12 emulator", v12::VERSION, VersionedTable::V12(cuda12(missing))),
        Flavour::Cuda13 => ("the CUDA 13 emulator", v13::VERSION, VersionedTable::V13(cuda13(missing))),
    };
    let version = Version::from_raw(version);
    // SAFETY: the functions behind the tables do what CUDA's do, within what the crate's front page says is emulated;
    // they are functions of this program, so they stay.
    unsafe { Runtime::from_table(origin, version, common(flavour, missing), versioned) }
}

/// A table of the functions named, less the missing ones.
macro_rules! table {
    ($table:ident, $missing:ident; $($module:ident { $($function:ident),* $(,)? })*) => {
        $table {
            $($($function: if $missing.contains(&stringify!($function)) { None } else { Some($module::$function) },)*)*
            ..$table::EMPTY
        }
    };
}

fn common(flavour: Flavour, missing: &[&str]) -> Common {
    let table = table! { Common, missing;
        device {
            cudaGetDeviceCount, cudaGetDevice, cudaSetDevice, cudaInitDevice, cudaSetDeviceFlags, cudaGetDeviceFlags,
            cudaDeviceSynchronize, cudaDeviceReset, cudaDriverGetVersion, cudaDeviceGetAttribute,
            cudaDeviceGetPCIBusId, cudaDeviceGetByPCIBusId, cudaDeviceCanAccessPeer, cudaDeviceEnablePeerAccess,
            cudaDeviceDisablePeerAccess, cudaDeviceGetP2PAttribute,
        }
        driver { cudaGetDriverEntryPoint }
        error { cudaGetLastError, cudaPeekAtLastError }
        stream {
            cudaStreamCreate, cudaStreamCreateWithFlags, cudaStreamCreateWithPriority, cudaStreamDestroy,
            cudaStreamGetPriority, cudaStreamGetFlags, cudaStreamGetId, cudaStreamGetDevice,
            cudaDeviceGetStreamPriorityRange, cudaStreamSynchronize, cudaStreamQuery, cudaStreamWaitEvent,
            cudaLaunchHostFunc, cudaStreamAddCallback, cudaStreamAttachMemAsync, cudaStreamIsCapturing,
        }
        event {
            cudaEventCreate, cudaEventCreateWithFlags, cudaEventDestroy, cudaEventRecord, cudaEventRecordWithFlags,
            cudaEventQuery, cudaEventSynchronize, cudaEventElapsedTime,
        }
        memory {
            cudaMalloc, cudaMallocPitch, cudaMalloc3D, cudaFree, cudaMallocHost, cudaHostAlloc, cudaFreeHost,
            cudaHostRegister, cudaHostUnregister, cudaHostGetDevicePointer, cudaHostGetFlags, cudaMallocManaged,
            cudaMemGetInfo,
        }
        copy {
            cudaMemcpy, cudaMemcpyAsync, cudaMemcpy2D, cudaMemcpy2DAsync, cudaMemcpy3D, cudaMemcpy3DAsync,
            cudaMemcpyPeer, cudaMemcpyPeerAsync, cudaMemcpy3DPeer, cudaMemcpy3DPeerAsync, cudaMemset,
            cudaMemsetAsync, cudaMemset2D, cudaMemset2DAsync, cudaMemset3D, cudaMemset3DAsync,
        }
        pool {
            cudaMallocAsync, cudaMallocFromPoolAsync, cudaFreeAsync, cudaDeviceGetDefaultMemPool,
            cudaDeviceGetMemPool, cudaDeviceSetMemPool, cudaMemPoolDestroy, cudaMemPoolTrimTo,
            cudaMemPoolGetAttribute, cudaMemPoolSetAttribute,
        }
        managed { cudaMemRangeGetAttribute, cudaMemRangeGetAttributes }
    };
    // The same signatures, but each major gives its own version and knows its own codes.
    let own = match flavour {
        Flavour::Cuda12 => {
            table! { Common, missing; v12 { cudaRuntimeGetVersion, cudaGetErrorName, cudaGetErrorString } }
        }
        Flavour::Cuda13 => {
            table! { Common, missing; v13 { cudaRuntimeGetVersion, cudaGetErrorName, cudaGetErrorString } }
        }
    };
    Common {
        cudaRuntimeGetVersion: own.cudaRuntimeGetVersion,
        cudaGetErrorName: own.cudaGetErrorName,
        cudaGetErrorString: own.cudaGetErrorString,
        ..table
    }
}

fn cuda12(missing: &[&str]) -> V12 {
    table! { V12, missing;
        event { cudaEventElapsedTime_v2 }
        v12 {
            cudaGetDeviceProperties_v2, cudaPointerGetAttributes, cudaMemPoolCreate, cudaMemPoolSetAccess,
            cudaMemPoolGetAccess, cudaMemPrefetchAsync, cudaMemPrefetchAsync_v2, cudaMemAdvise, cudaMemAdvise_v2,
            cudaMemcpyBatchAsync,
        }
    }
}

fn cuda13(missing: &[&str]) -> V13 {
    table! { V13, missing;
        v13 {
            cudaGetDeviceProperties, cudaPointerGetAttributes, cudaMemPoolCreate, cudaMemPoolSetAccess,
            cudaMemPoolGetAccess, cudaMemPrefetchAsync, cudaMemAdvise, cudaMemcpyBatchAsync, cudaLaunchHostFunc_v2,
            cudaMemGetDefaultMemPool, cudaMemGetMemPool, cudaMemSetMemPool,
        }
    }
}
