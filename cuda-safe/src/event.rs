//! Events: marks in a stream that others can wait for.
//!
//! [`Event`] owns one. Recording it marks the work that a stream has so far; a host thread or another stream can then
//! wait for exactly that work. Recording again moves the mark. Dropping an event that was not reached yet is fine:
//! whoever waits for it keeps waiting for the work, and CUDA frees it afterwards.

use std::fmt;
use std::mem::ManuallyDrop;
use std::time::Duration;

use cuda_sys::cudart::{
    cudaError_t, cudaEvent_t, cudaEventBlockingSync, cudaEventDefault, cudaEventDisableTiming,
    cudaEventWaitDefault, record_device_event,
};

use crate::call::{call, failure, gate, read};
use crate::device::{Device, current};
use crate::error::{ErrorKind, Result};
use crate::release;
use crate::stream::{Stream, StreamRef};

/// An owned event.
///
/// ```
/// use cuda_safe::{Device, Event, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let (first, second) = (Stream::new(device)?, Stream::new(device)?);
/// let event = Event::new(device)?;
/// event.record(first.as_ref())?;
/// second.wait_event(&event)?; // later work of `second` runs after the work that `first` has now
/// event.synchronize()?; // the host waits too
/// # Ok(())
/// # }
/// ```
pub struct Event {
    device: Device,
    raw: cudaEvent_t,
}

/// How an event is created.
///
/// ```
/// use cuda_safe::{Event, EventOptions, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let stream = Stream::new(device)?;
/// let options = EventOptions { timing: true, blocking_wait: true };
/// let (start, end) = (Event::with_options(device, options)?, Event::with_options(device, options)?);
/// start.record(stream.as_ref())?;
/// end.record(stream.as_ref())?;
/// end.synchronize()?;
/// println!("{:?}", end.elapsed_since(&start)?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventOptions {
    /// Remembers when it was reached, for [`Event::elapsed_since`]. Costs a little on the device.
    pub timing: bool,
    /// A host thread that waits sleeps instead of spinning.
    pub blocking_wait: bool,
}

// SAFETY: an event handle may be used from every thread, and the runtime locks what it needs.
unsafe impl Send for Event {}
// SAFETY: as above; the fields are never changed.
unsafe impl Sync for Event {}

impl Event {
    /// A new event without timing.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaEventCreate")]
    pub fn new(device: Device) -> Result<Self> {
        Self::with_options(device, EventOptions::default())
    }

    /// A new event that remembers when it was reached.
    ///
    /// # Errors
    /// CUDA's own.
    pub fn with_timing(device: Device) -> Result<Self> {
        Self::with_options(device, EventOptions { timing: true, ..EventOptions::default() })
    }

    /// A new event.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaEventCreateWithFlags")]
    pub fn with_options(device: Device, options: EventOptions) -> Result<Self> {
        let timing = if options.timing { cudaEventDefault } else { cudaEventDisableTiming };
        let wait = if options.blocking_wait { cudaEventBlockingSync } else { cudaEventDefault };
        let mut raw: cudaEvent_t = std::ptr::null_mut();
        let _current = device.activate()?;
        // SAFETY: the pointer is to a live handle.
        unsafe {
            call!(device.runtime(), device.subject(), cudaEventCreateWithFlags(&raw mut raw, timing | wait))
        }?;
        Ok(Self { device, raw })
    }

    /// The device.
    pub fn device(&self) -> Device {
        self.device
    }

    /// The handle; it lives as long as the event.
    pub fn as_raw(&self) -> cudaEvent_t {
        self.raw
    }

    /// Marks the work that the stream has so far.
    ///
    /// # Errors
    /// A stream of another device or runtime, and CUDA's own.
    #[doc(alias = "cudaEventRecord")]
    #[inline(always)]
    pub fn record(&self, stream: StreamRef<'_>) -> Result<()> {
        self.device.same_device(&stream.device(), "record an event")?;
        let (device, raw) = (self.device, self.raw);
        current!(
            device,
            // SAFETY: the event is owned, the stream borrowed for the call; both are of one device.
            unsafe { call!(device.runtime(), device.subject(), cudaEventRecord(raw, stream.as_raw())) },
            if stream.is_special()
        )
    }

    /// Marks the work that all streams of the device have so far, whoever made them: what another stream waits for where it
    /// is not known who uses some memory. Nothing is waited for here, unlike [`Device::synchronize`].
    ///
    /// # Errors
    /// A driver or a runtime before CUDA 12.5 (`cudaErrorCallRequiresNewerDriver`), a stream that is being captured, and CUDA's
    /// own.
    #[doc(alias = "cuCtxRecordEvent")]
    pub fn record_device(&self) -> Result<()> {
        const CALL: &str = "cuCtxRecordEvent";
        gate(CALL)?;
        let _current = self.device.activate()?;
        // SAFETY: the event is owned, and its device is current.
        match unsafe { record_device_event(self.device.runtime(), self.raw) }? {
            cudaError_t::cudaSuccess => Ok(()),
            code => Err(failure(self.device.runtime(), CALL, code, self.device.subject())),
        }
    }

    /// Whether the marked work is done; true if the event was never recorded.
    ///
    /// # Errors
    /// The failure of that work.
    #[doc(alias = "cudaEventQuery")]
    pub fn query(&self) -> Result<bool> {
        // SAFETY: the event is owned.
        unsafe {
            call!(self.device.runtime(), self.device.subject(), cudaEventQuery(self.raw) or cudaErrorNotReady)
        }
    }

    /// Waits until the marked work is done; returns at once if the event was never recorded.
    ///
    /// # Errors
    /// The failure of that work.
    #[doc(alias = "cudaEventSynchronize")]
    pub fn synchronize(&self) -> Result<()> {
        // SAFETY: the event is owned.
        unsafe { call!(self.device.runtime(), self.device.subject(), cudaEventSynchronize(self.raw)) }
    }

    /// The time between two marks, which both must be reached; resolution about half a microsecond.
    ///
    /// # Errors
    /// Events of two devices, events without timing, never recorded (`cudaErrorInvalidResourceHandle`) or not reached
    /// yet (`cudaErrorNotReady`), and a mark that was reached before `earlier`.
    #[doc(alias = "cudaEventElapsedTime")]
    pub fn elapsed_since(&self, earlier: &Event) -> Result<Duration> {
        self.device.same_device(&earlier.device, "measure between events")?;
        // SAFETY: both events are borrowed for the call.
        let milliseconds = unsafe {
            read!(
                self.device.runtime(),
                self.device.subject(),
                cudaEventElapsedTime via event_elapsed(earlier.raw, self.raw)
            )
        }?;
        Duration::try_from_secs_f32(milliseconds / 1e3)
            .map_err(|_negative| ErrorKind::EventsOutOfOrder { milliseconds: -milliseconds }.into())
    }

    /// Destroys the event and reports what Drop could not.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaEventDestroy")]
    pub fn close(self) -> Result<()> {
        ManuallyDrop::new(self).destroy()
    }

    fn destroy(&self) -> Result<()> {
        // SAFETY: this owner created the handle and is going.
        unsafe { call!(self.device.runtime(), self.device.subject(), cudaEventDestroy(self.raw)) }
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        if release::may_release(self.device.runtime()) {
            // Drop has nobody to tell; `close` does.
            let _ = self.destroy();
        }
    }
}

impl Stream {
    /// See [`StreamRef::wait_event`].
    ///
    /// # Errors
    /// As there.
    pub fn wait_event(&self, event: &Event) -> Result<()> {
        self.as_ref().wait_event(event)
    }
}

impl StreamRef<'_> {
    /// Makes later work of this stream wait for the work that the event marks. The event may be of another device, and
    /// may be dropped afterwards; one that was never recorded delays nothing.
    ///
    /// # Errors
    /// An event of another runtime, and CUDA's own.
    #[doc(alias = "cudaStreamWaitEvent")]
    pub fn wait_event(&self, event: &Event) -> Result<()> {
        self.device().same_runtime(&event.device, "wait for an event")?;
        let _current = self.activate()?;
        // SAFETY: the stream and the event are borrowed for the call, and are of one runtime.
        unsafe {
            call!(
                self.runtime(),
                self.device().subject(),
                cudaStreamWaitEvent(self.as_raw(), event.raw, cudaEventWaitDefault)
            )
        }
    }

    /// Makes later work of this stream wait for the work that `other` has now.
    ///
    /// # Errors
    /// A stream of another runtime, and CUDA's own.
    #[inline]
    pub fn wait_for(&self, other: StreamRef<'_>) -> Result<()> {
        if *self == other && !self.is_per_thread() { Ok(()) } else { self.wait_by_event(other) }
    }

    #[inline(never)]
    fn wait_by_event(&self, other: StreamRef<'_>) -> Result<()> {
        let event = Event::new(other.device())?;
        event.record(other)?;
        self.wait_event(&event)
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({:#x} of {})", self.raw.addr(), self.device)
    }
}
