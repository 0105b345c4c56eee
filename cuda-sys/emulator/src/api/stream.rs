//! Streams and host functions.

use std::ffi::{c_int, c_uint, c_ulonglong, c_void};
use std::sync::Arc;

use cuda_sys::cudart::{
    cudaEvent_t, cudaEventWaitExternal, cudaHostFn_t, cudaMemAttachGlobal, cudaMemAttachHost,
    cudaMemAttachSingle, cudaStream_t, cudaStreamCallback_t, cudaStreamCaptureStatus, cudaStreamNonBlocking,
};

use super::argument::{flags, give, given, ordinal};
use super::call::c_functions;
use crate::device::PRIORITIES;
use crate::emulator::{self, pointer};
use crate::lock::{lock, read};
use crate::memory::Space;
use crate::outcome::{Code, Outcome};
use crate::stream::{Role, Work};
use crate::thread;

c_functions! { both:
    fn cudaStreamCreate(pStream: *mut cudaStream_t) {
        // SAFETY: passed on as it came.
        unsafe { create(pStream, 0, 0) }
    }

    fn cudaStreamCreateWithFlags(pStream: *mut cudaStream_t, flag: c_uint) {
        // SAFETY: passed on as it came.
        unsafe { create(pStream, flag, 0) }
    }

    fn cudaStreamCreateWithPriority(pStream: *mut cudaStream_t, flag: c_uint, priority: c_int) {
        // SAFETY: passed on as it came.
        unsafe { create(pStream, flag, priority) }
    }

    fn cudaStreamDestroy(stream: cudaStream_t) {
        // What was issued still runs: the worker and everyone who waits hold the stream.
        let removed = lock(&emulator::get()?.streams).remove(stream.addr());
        removed.map(drop).ok_or(Code::cudaErrorInvalidResourceHandle)
    }

    fn cudaStreamGetPriority(hStream: cudaStream_t, priority: *mut c_int) {
        let (stream, _) = emulator::get()?.stream(hStream)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(priority, stream.priority) }
    }

    fn cudaStreamGetFlags(hStream: cudaStream_t, flag: *mut c_uint) {
        let (stream, _) = emulator::get()?.stream(hStream)?;
        let non_blocking = if stream.role == Role::NonBlocking { cudaStreamNonBlocking } else { 0 };
        // SAFETY: an out pointer of C's contract.
        unsafe { give(flag, non_blocking) }
    }

    fn cudaStreamGetId(hStream: cudaStream_t, streamId: *mut c_ulonglong) {
        let (stream, _) = emulator::get()?.stream(hStream)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(streamId, stream.id) }
    }

    fn cudaStreamGetDevice(hStream: cudaStream_t, device: *mut c_int) {
        let (stream, _) = emulator::get()?.stream(hStream)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(device, ordinal(stream.device)) }
    }

    fn cudaDeviceGetStreamPriorityRange(leastPriority: *mut c_int, greatestPriority: *mut c_int) {
        emulator::get()?.current()?;
        for (to, priority) in [(leastPriority, PRIORITIES.0), (greatestPriority, PRIORITIES.1)] {
            if !to.is_null() {
                // SAFETY: an out pointer of C's contract.
                unsafe { give(to, priority) }?;
            }
        }
        Ok(())
    }

    fn cudaStreamSynchronize(stream: cudaStream_t) {
        let emulator = emulator::get()?;
        let (stream, device) = emulator.stream(stream)?;
        device.synchronise_stream(&stream)?;
        emulator.synchronised(stream.device);
        Ok(())
    }

    fn cudaStreamQuery(stream: cudaStream_t) {
        let (stream, device) = emulator::get()?.stream(stream)?;
        if device.is_idle(&stream) { stream.check() } else { Err(Code::cudaErrorNotReady) }
    }

    fn cudaStreamWaitEvent(stream: cudaStream_t, event: cudaEvent_t, flag: c_uint) {
        flags(flag, cudaEventWaitExternal)?;
        let emulator = emulator::get()?;
        let ((stream, device), event) = (emulator.stream(stream)?, emulator.event(event)?);
        let Some(ticket) = event.ticket().filter(|ticket| !ticket.is_done()) else { return Ok(()) };
        device.submit(&stream, Some(ticket), Work::device(|| Ok(()))).map(drop)
    }

    fn cudaLaunchHostFunc(stream: cudaStream_t, function: cudaHostFn_t, userData: *mut c_void) {
        // SAFETY: passed on as it came.
        unsafe { launch(stream, function, userData) }
    }

    fn cudaStreamAddCallback(
        stream: cudaStream_t,
        callback: cudaStreamCallback_t,
        userData: *mut c_void,
        flag: c_uint,
    ) {
        flags(flag, 0)?;
        let callback = callback.ok_or(Code::cudaErrorInvalidValue)?;
        let (issued_to, device) = emulator::get()?.stream(stream)?;
        let (handle, data) = (stream.expose_provenance(), userData.expose_provenance());
        let work = Work::always(move |state| {
            let status = state.err().unwrap_or(Code::cudaSuccess);
            // SAFETY: whoever added the callback vouched that it may be called once with this data, on any thread.
            thread::host_function(|| unsafe { callback(pointer(handle), status, pointer(data)) });
        });
        device.submit(&issued_to, None, work).map(drop)
    }

    fn cudaStreamAttachMemAsync(stream: cudaStream_t, devPtr: *mut c_void, length: usize, flag: c_uint) {
        if ![cudaMemAttachGlobal, cudaMemAttachHost, cudaMemAttachSingle].contains(&flag) {
            return Err(Code::cudaErrorInvalidValue);
        }
        let emulator = emulator::get()?;
        let (stream, device) = emulator.stream(stream)?;
        let located = read(&emulator.memory).locate(devPtr.addr(), length.max(1))?;
        if located.space != Space::Managed {
            return Err(Code::cudaErrorInvalidValue);
        }
        device.submit(&stream, None, Work::device(|| Ok(()))).map(drop)
    }

    fn cudaStreamIsCapturing(stream: cudaStream_t, pCaptureStatus: *mut cudaStreamCaptureStatus) {
        emulator::get()?.stream(stream)?;
        // SAFETY: an out pointer of C's contract.
        unsafe { give(pCaptureStatus, cudaStreamCaptureStatus::cudaStreamCaptureStatusNone) }
    }
}

/// Issues a host function.
///
/// # Safety
///
/// As `cudaLaunchHostFunc`: the function may be called once with `data`, on any thread.
pub(super) unsafe fn launch(stream: cudaStream_t, function: cudaHostFn_t, data: *mut c_void) -> Outcome {
    let function = function.ok_or(Code::cudaErrorInvalidValue)?;
    let (stream, device) = emulator::get()?.stream(stream)?;
    let data = data.expose_provenance();
    let work = Work::device(move || {
        // SAFETY: the caller's promise.
        thread::host_function(|| unsafe { function(pointer(data)) });
        Ok(())
    });
    device.submit(&stream, None, work).map(drop)
}

/// Makes a stream on the current device.
///
/// # Safety
///
/// `to` is null or valid for writing.
unsafe fn create(to: *mut cudaStream_t, flag: c_uint, priority: c_int) -> Outcome {
    given(to)?;
    flags(flag, cudaStreamNonBlocking)?;
    let emulator = emulator::get()?;
    let (_, device) = emulator.current()?;
    let role = if flag == cudaStreamNonBlocking { Role::NonBlocking } else { Role::Blocking };
    let stream = device.create_stream(role, priority);
    let handle = lock(&emulator.streams).insert(Arc::clone(&stream));
    // SAFETY: the caller's promise.
    unsafe { give(to, pointer(handle)) }
}
