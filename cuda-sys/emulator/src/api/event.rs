//! Events.

use std::ffi::c_uint;
use std::sync::Arc;

use cuda_sys::cudart::{
    cudaEvent_t, cudaEventBlockingSync, cudaEventDisableTiming, cudaEventInterprocess,
    cudaEventRecordExternal, cudaStream_t,
};

use super::argument::{flags, give, given};
use super::call::c_functions;
use crate::emulator::{self, pointer};
use crate::event::Event;
use crate::lock::lock;
use crate::outcome::{Code, Outcome};

c_functions! { both:
    fn cudaEventCreate(event: *mut cudaEvent_t) {
        // SAFETY: passed on as it came.
        unsafe { create(event, 0) }
    }

    fn cudaEventCreateWithFlags(event: *mut cudaEvent_t, flag: c_uint) {
        // SAFETY: passed on as it came.
        unsafe { create(event, flag) }
    }

    fn cudaEventDestroy(event: cudaEvent_t) {
        let removed = lock(&emulator::get()?.events).remove(event.addr());
        removed.map(drop).ok_or(Code::cudaErrorInvalidResourceHandle)
    }

    fn cudaEventRecord(event: cudaEvent_t, stream: cudaStream_t) {
        record(event, stream)
    }

    fn cudaEventRecordWithFlags(event: cudaEvent_t, stream: cudaStream_t, flag: c_uint) {
        flags(flag, cudaEventRecordExternal)?;
        record(event, stream)
    }

    fn cudaEventQuery(event: cudaEvent_t) {
        let emulator = emulator::get()?;
        let event = emulator.event(event)?;
        if event.ticket().is_some_and(|ticket| !ticket.is_done()) {
            return Err(Code::cudaErrorNotReady);
        }
        emulator.devices[event.device].health.check()
    }

    fn cudaEventSynchronize(event: cudaEvent_t) {
        let emulator = emulator::get()?;
        let event = emulator.event(event)?;
        if let Some(ticket) = event.ticket() {
            ticket.wait();
            emulator.synchronised(event.device);
        }
        emulator.devices[event.device].health.check()
    }

    fn cudaEventElapsedTime(ms: *mut f32, start: cudaEvent_t, end: cudaEvent_t) {
        // SAFETY: passed on as it came.
        unsafe { elapsed(ms, start, end) }
    }
}

c_functions! { cuda12:
    fn cudaEventElapsedTime_v2(ms: *mut f32, start: cudaEvent_t, end: cudaEvent_t) {
        // SAFETY: passed on as it came.
        unsafe { elapsed(ms, start, end) }
    }
}

/// Makes an event on the current device.
///
/// # Safety
///
/// `to` is null or valid for writing.
unsafe fn create(to: *mut cudaEvent_t, flag: c_uint) -> Outcome {
    given(to)?;
    flags(flag, cudaEventBlockingSync | cudaEventDisableTiming | cudaEventInterprocess)?;
    let timed = flag & cudaEventDisableTiming == 0;
    if flag & cudaEventInterprocess != 0 && timed {
        return Err(Code::cudaErrorInvalidValue);
    }
    let emulator = emulator::get()?;
    let (device, _) = emulator.current()?;
    let handle = lock(&emulator.events).insert(Arc::new(Event::new(device, timed)));
    // SAFETY: the caller's promise.
    unsafe { give(to, pointer(handle)) }
}

fn record(event: cudaEvent_t, stream: cudaStream_t) -> Outcome {
    let emulator = emulator::get()?;
    let (event, (stream, device)) = (emulator.event(event)?, emulator.stream(stream)?);
    if event.device != stream.device {
        return Err(Code::cudaErrorInvalidResourceHandle);
    }
    event.record(|work| device.submit(&stream, None, work))
}

/// The milliseconds between two events.
///
/// # Safety
///
/// `to` is null or valid for writing.
unsafe fn elapsed(to: *mut f32, start: cudaEvent_t, end: cudaEvent_t) -> Outcome {
    given(to)?;
    let emulator = emulator::get()?;
    let milliseconds = emulator.event(end)?.milliseconds_since(&*emulator.event(start)?)?;
    // SAFETY: the caller's promise.
    unsafe { give(to, milliseconds) }
}
