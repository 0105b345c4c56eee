use std::ffi::{c_char, c_ulonglong, c_void};
use std::time::Duration;

use cuda_safe::cuda_sys::cudart::{cudaDriverEntryPointQueryResult, cudaError_t};
use cuda_safe::{Device, DeviceMemory, ErrorKind, Event, EventOptions, Stream};

use crate::support::recorder::{fail_next, recorder, recorder_without};
use crate::support::{on_each, on_two, runtimes};

#[test]
fn an_event_that_was_never_recorded_delays_nobody() {
    on_each(|device| {
        let (event, stream) = (Event::new(device).unwrap(), Stream::new(device).unwrap());
        assert!(event.query().unwrap());
        event.synchronize().unwrap();
        stream.wait_event(&event).unwrap();
        stream.synchronize().unwrap();
    });
}

#[test]
fn an_event_is_reached_when_the_work_before_it_is_done() {
    on_each(|device| {
        let stream = Stream::new(device).unwrap();
        let event = Event::with_options(device, EventOptions { blocking_wait: true, timing: false }).unwrap();
        let mut memory = DeviceMemory::<u8>::new(device, 1 << 20).unwrap();
        let host = vec![1u8; 1 << 20];
        stream
            .scope(|s| {
                s.copy_to_device(&host, memory.view_mut())?;
                event.record(s.stream())?;
                event.synchronize()?;
                assert!(event.query()?);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn time_passes_between_two_recorded_events() {
    on_each(|device| {
        let stream = Stream::new(device).unwrap();
        let (start, end) = (Event::with_timing(device).unwrap(), Event::with_timing(device).unwrap());
        start.record(stream.as_ref()).unwrap();
        stream.synchronize().unwrap();
        std::thread::sleep(Duration::from_millis(2));
        end.record(stream.as_ref()).unwrap();
        end.synchronize().unwrap();
        assert!(end.elapsed_since(&start).unwrap() > Duration::ZERO);
        let error = start.elapsed_since(&end).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::EventsOutOfOrder { milliseconds } if *milliseconds > 0.0),
            "{error}"
        );
    });
}

#[test]
fn events_without_timing_cannot_be_measured() {
    on_each(|device| {
        let (start, end) = (Event::new(device).unwrap(), Event::new(device).unwrap());
        start.record(Stream::legacy(device).as_ref()).unwrap();
        end.record(Stream::legacy(device).as_ref()).unwrap();
        end.synchronize().unwrap();
        let error = end.elapsed_since(&start).unwrap_err();
        assert!(error.to_string().starts_with("cudaEventElapsedTime"), "{error}");
    });
}

#[test]
fn an_event_is_recorded_on_its_own_device_only() {
    on_two(|first, second| {
        let event = Event::new(first).unwrap();
        let error = event.record(Stream::legacy(second).as_ref()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::DeviceMismatch { .. }), "{error}");
        event.record(Stream::legacy(first).as_ref()).unwrap();
        Stream::new(second).unwrap().wait_event(&event).unwrap();
        let error = Event::new(second).unwrap().elapsed_since(&event).unwrap_err();
        assert!(error.to_string().contains("device 0"), "{error}");
    });
}

#[test]
fn an_event_of_another_runtime_is_refused() {
    for behind in runtimes() {
        let event = Event::new(Device::new(behind, 0).unwrap()).unwrap();
        let stream = Stream::new(Device::new(recorder(behind), 0).unwrap()).unwrap();
        for error in [event.record(stream.as_ref()).unwrap_err(), stream.wait_event(&event).unwrap_err()] {
            assert!(matches!(error.kind(), ErrorKind::RuntimeMismatch { .. }), "{error}");
        }
    }
}

#[test]
fn close_reports_what_drop_cannot_for_events() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let event = Event::new(device).unwrap();
        assert_eq!(event.device(), device);
        assert!(format!("{event:?}").ends_with("of device 0)"));
        fail_next("cudaEventDestroy", cudaError_t::cudaErrorInvalidResourceHandle);
        assert!(event.close().is_err());
        Event::new(device).unwrap().close().unwrap();
    }
}

unsafe extern "C" fn no_entry(
    _name: *const c_char,
    function: *mut *mut c_void,
    _flags: c_ulonglong,
    found: *mut cudaDriverEntryPointQueryResult,
) -> cudaError_t {
    // SAFETY: the caller passes two places that can be written to.
    unsafe { function.write(std::ptr::null_mut()) };
    // SAFETY: as above.
    unsafe { found.write(cudaDriverEntryPointQueryResult::cudaDriverEntryPointSymbolNotFound) };
    cudaError_t::cudaSuccess
}

#[test]
fn an_old_driver_that_cannot_mark_all_streams_is_an_error() {
    for behind in runtimes() {
        let old = recorder_without(behind, |table| table.cudaGetDriverEntryPoint = Some(no_entry));
        let error = Event::new(Device::new(old, 0).unwrap()).unwrap().record_device().unwrap_err();
        assert_eq!(error.code(), Some(cudaError_t::cudaErrorCallRequiresNewerDriver));
        assert!(error.to_string().starts_with("cuCtxRecordEvent (device 0)"), "{error}");
        let none = recorder_without(behind, |table| table.cudaGetDriverEntryPoint = None);
        let error = Event::new(Device::new(none, 0).unwrap()).unwrap().record_device().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::MissingSymbol(_)), "{error}");
    }
}
