//! The C exchange table of DLPack 1.3: how two extension modules hand tensors over without a Python call.
//!
//! A type carries it as `__dlpack_c_exchange_api__`, a capsule named [`EXCHANGE_API_CAPSULE`]. The table lives as long
//! as the process. None of its functions synchronises: the consumer asks `current_work_stream` and orders itself.
//! Every function returns 0, or -1 with the error set.

use std::ffi::{c_char, c_int, c_void};
use std::mem::{offset_of, size_of};

use super::ffi::{DLDeviceType, DLManagedTensorVersioned, DLPackVersion, DLTensor};

/// The name of the capsule that holds a [`DLPackExchangeAPI`].
pub const EXCHANGE_API_CAPSULE: &std::ffi::CStr = c"dlpack_exchange_api";

/// How a producer reports an error from C: context, kind of the error, message.
///
/// ```
/// use std::ffi::{c_char, c_void};
/// unsafe extern "C" fn ignore(_: *mut c_void, _kind: *const c_char, _message: *const c_char) {}
/// let _: interop::dlpack::SetError = ignore;
/// ```
pub type SetError = unsafe extern "C" fn(error_ctx: *mut c_void, kind: *const c_char, message: *const c_char);

/// Allocates a tensor like `prototype` (its device, type, shape) and writes it to `out`.
///
/// ```
/// use interop::dlpack::{DLManagedTensorVersioned, DLTensor, ManagedTensorAllocator, SetError};
/// use std::ffi::{c_int, c_void};
/// unsafe extern "C" fn refuse(
///     _: *mut DLTensor, _: *mut *mut DLManagedTensorVersioned, _: *mut c_void, _: Option<SetError>,
/// ) -> c_int { -1 }
/// let _: ManagedTensorAllocator = refuse;
/// ```
pub type ManagedTensorAllocator = unsafe extern "C" fn(
    prototype: *mut DLTensor,
    out: *mut *mut DLManagedTensorVersioned,
    error_ctx: *mut c_void,
    set_error: Option<SetError>,
) -> c_int;

/// Exports a Python object as a tensor that keeps it alive.
///
/// ```
/// use interop::dlpack::{DLManagedTensorVersioned, ManagedTensorFromPyObjectNoSync};
/// use std::ffi::{c_int, c_void};
/// unsafe extern "C" fn refuse(_: *mut c_void, _: *mut *mut DLManagedTensorVersioned) -> c_int { -1 }
/// let _: ManagedTensorFromPyObjectNoSync = refuse;
/// ```
pub type ManagedTensorFromPyObjectNoSync =
    unsafe extern "C" fn(py_object: *mut c_void, out: *mut *mut DLManagedTensorVersioned) -> c_int;

/// Makes a Python object of a tensor, and takes the tensor over.
///
/// ```
/// use interop::dlpack::{DLManagedTensorVersioned, ManagedTensorToPyObjectNoSync};
/// use std::ffi::{c_int, c_void};
/// unsafe extern "C" fn refuse(_: *mut DLManagedTensorVersioned, _: *mut *mut c_void) -> c_int { -1 }
/// let _: ManagedTensorToPyObjectNoSync = refuse;
/// ```
pub type ManagedTensorToPyObjectNoSync =
    unsafe extern "C" fn(tensor: *mut DLManagedTensorVersioned, out_py_object: *mut *mut c_void) -> c_int;

/// Fills a tensor that borrows from a Python object, for the time of one call.
///
/// ```
/// use interop::dlpack::{DLTensor, DLTensorFromPyObjectNoSync};
/// use std::ffi::{c_int, c_void};
/// unsafe extern "C" fn refuse(_: *mut c_void, _: *mut DLTensor) -> c_int { -1 }
/// let _: DLTensorFromPyObjectNoSync = refuse;
/// ```
pub type DLTensorFromPyObjectNoSync =
    unsafe extern "C" fn(py_object: *mut c_void, out: *mut DLTensor) -> c_int;

/// Gives the stream that the framework works on now.
///
/// ```
/// use interop::dlpack::{CurrentWorkStream, DLDeviceType};
/// use std::ffi::{c_int, c_void};
/// unsafe extern "C" fn legacy(_: DLDeviceType, _: i32, out: *mut *mut c_void) -> c_int {
///     // SAFETY: by the protocol there is room for a handle.
///     unsafe { out.write(std::ptr::without_provenance_mut(1)) };
///     0
/// }
/// let mut stream = std::ptr::null_mut();
/// let current: CurrentWorkStream = legacy;
/// // SAFETY: the pointer is to a live handle.
/// assert_eq!(unsafe { current(DLDeviceType::CUDA, 0, &raw mut stream) }, 0);
/// assert_eq!(stream.addr(), 1);
/// ```
pub type CurrentWorkStream = unsafe extern "C" fn(
    device_type: DLDeviceType,
    device_id: i32,
    out_current_stream: *mut *mut c_void,
) -> c_int;

/// `DLPackExchangeAPIHeader`: the version, and the table of an older version for consumers that need it.
///
/// ```
/// assert_eq!(size_of::<interop::dlpack::DLPackExchangeAPIHeader>(), 16);
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct DLPackExchangeAPIHeader {
    /// The version of this table.
    pub version: DLPackVersion,
    /// An older table, or NULL.
    pub prev_api: *mut DLPackExchangeAPIHeader,
}

/// `DLPackExchangeAPI`: the table of functions.
///
/// ```
/// assert_eq!(size_of::<interop::dlpack::DLPackExchangeAPI>(), 56);
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct DLPackExchangeAPI {
    /// Version and predecessor.
    pub header: DLPackExchangeAPIHeader,
    /// Required.
    pub managed_tensor_allocator: Option<ManagedTensorAllocator>,
    /// Required.
    pub managed_tensor_from_py_object_no_sync: Option<ManagedTensorFromPyObjectNoSync>,
    /// Required.
    pub managed_tensor_to_py_object_no_sync: Option<ManagedTensorToPyObjectNoSync>,
    /// May be NULL.
    pub dltensor_from_py_object_no_sync: Option<DLTensorFromPyObjectNoSync>,
    /// Required.
    pub current_work_stream: Option<CurrentWorkStream>,
}

// SAFETY: a table is never written after it is built, its functions may be called from any thread, and `prev_api`
// points at another table that lives as long as the process.
unsafe impl Sync for DLPackExchangeAPI {}

#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<DLPackExchangeAPIHeader>() == 16);
    assert!(offset_of!(DLPackExchangeAPIHeader, version) == 0);
    assert!(offset_of!(DLPackExchangeAPIHeader, prev_api) == 8);
    assert!(size_of::<DLPackExchangeAPI>() == 56);
    assert!(offset_of!(DLPackExchangeAPI, managed_tensor_allocator) == 16);
    assert!(offset_of!(DLPackExchangeAPI, managed_tensor_from_py_object_no_sync) == 24);
    assert!(offset_of!(DLPackExchangeAPI, managed_tensor_to_py_object_no_sync) == 32);
    assert!(offset_of!(DLPackExchangeAPI, dltensor_from_py_object_no_sync) == 40);
    assert!(offset_of!(DLPackExchangeAPI, current_work_stream) == 48);
};
