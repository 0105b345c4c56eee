//! What a runtime keeps of the driver's functions that it was handed out.

use super::cudaEvent_t;
use core::ffi::{c_int, c_uint, c_void};
use std::sync::OnceLock;

/// `cuPointerGetAttributes`: how many attributes, which, where each is written to, and the address.
pub(super) type PointerGetAttributes =
    unsafe extern "system" fn(c_uint, *mut c_int, *mut *mut c_void, u64) -> c_int;

/// `cuCtxGetCurrent`.
pub(super) type CtxGetCurrent = unsafe extern "system" fn(*mut *mut c_void) -> c_int;

/// `cuCtxRecordEvent`: the context, and the event, which the runtime's are.
pub(super) type CtxRecordEvent = unsafe extern "system" fn(*mut c_void, cudaEvent_t) -> c_int;

/// What a runtime has handed out of its driver; `None` inside where the driver has no such function.
#[derive(Default)]
pub(super) struct Driver {
    pub(super) attributes: OnceLock<Option<PointerGetAttributes>>,
    pub(super) contexts: OnceLock<Option<(CtxGetCurrent, CtxRecordEvent)>>,
}
