use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, ErrorKind, Stream, StreamOptions, StreamRef};

use crate::support::recorder::{calls, fail_next, recorder};
use crate::support::{on_each, runtimes};

#[test]
fn a_new_stream_is_idle() {
    on_each(|device| {
        for non_blocking in [false, true] {
            let stream = Stream::with_options(device, StreamOptions { priority: 0, non_blocking }).unwrap();
            assert!(stream.query().unwrap());
            stream.synchronize().unwrap();
            assert_eq!(stream.device(), device);
            assert!(stream.as_raw().addr() > 2);
        }
    });
}

#[test]
fn the_default_streams_are_the_same_owned_and_borrowed() {
    on_each(|device| {
        let (legacy, per_thread) = (StreamRef::legacy(device), StreamRef::per_thread(device));
        assert_eq!(
            (legacy, per_thread),
            (Stream::legacy(device).as_ref(), Stream::per_thread(device).as_ref())
        );
        assert!(legacy.is_legacy() && !legacy.is_per_thread());
        assert!(per_thread.is_per_thread() && !per_thread.is_legacy());
        per_thread.synchronize().unwrap();
    });
}

#[test]
fn a_priority_is_kept_within_the_device_range() {
    on_each(|device| {
        let (least, greatest) = device.stream_priorities().unwrap();
        assert!(least >= greatest);
        let options = StreamOptions { priority: greatest, ..StreamOptions::default() };
        assert_eq!(Stream::with_options(device, options).unwrap().priority().unwrap(), greatest);
        assert_eq!(Stream::new(device).unwrap().priority().unwrap(), 0);
    });
}

#[test]
fn handle_zero_is_refused_and_one_and_two_are_special() {
    on_each(|device| {
        // SAFETY: handle 0 is refused.
        let error = unsafe { StreamRef::from_raw(device, std::ptr::null_mut()) }.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NullStream));
        assert!(error.to_string().contains("legacy"), "{error}");
        // SAFETY: every device has a legacy stream.
        let legacy = unsafe { StreamRef::from_raw(device, std::ptr::without_provenance_mut(1)) }.unwrap();
        assert!(legacy.is_legacy() && !legacy.is_per_thread());
        assert_eq!(legacy, Stream::legacy(device).as_ref());
        assert_eq!(legacy, StreamRef::legacy(device));
        let per_thread = Stream::per_thread(device);
        assert!(per_thread.as_ref().is_per_thread() && !per_thread.as_ref().is_legacy());
        assert_eq!(per_thread.as_raw().addr(), 2);
        per_thread.synchronize().unwrap();
    });
}

#[test]
fn clones_share_one_stream_and_the_last_destroys_it() {
    for runtime in runtimes() {
        let device = Device::new(recorder(runtime), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        let clone = stream.clone();
        assert_eq!(StreamRef::from(&stream), clone.as_ref());
        calls();
        drop(stream);
        assert!(!calls().contains(&"cudaStreamDestroy"));
        clone.synchronize().unwrap();
        drop(clone);
        assert!(calls().contains(&"cudaStreamDestroy"));
    }
}

#[test]
fn special_streams_are_never_destroyed() {
    for runtime in runtimes() {
        let device = Device::new(recorder(runtime), 0).unwrap();
        calls();
        drop(Stream::legacy(device));
        Stream::per_thread(device).close().unwrap();
        assert_eq!(calls(), [""; 0]);
    }
}

#[test]
fn close_reports_what_drop_cannot() {
    for runtime in runtimes() {
        let device = Device::new(recorder(runtime), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        fail_next("cudaStreamDestroy", cudaError_t::cudaErrorInvalidResourceHandle);
        let error = stream.close().unwrap_err();
        assert_eq!(error.code(), Some(cudaError_t::cudaErrorInvalidResourceHandle));
        let stream = Stream::new(device).unwrap();
        let other_owner = stream.clone();
        stream.close().unwrap();
        other_owner.close().unwrap();
    }
}

#[test]
fn work_that_is_not_ready_is_no_error_and_leaves_none_behind() {
    for behind in runtimes() {
        let runtime = recorder(behind);
        let device = Device::new(runtime, 0).unwrap();
        let stream = Stream::new(device).unwrap();
        fail_next("cudaStreamQuery", cudaError_t::cudaErrorNotReady);
        assert!(!stream.query().unwrap());
        // SAFETY: reads the thread's last error.
        let last = unsafe { behind.cudaPeekAtLastError() };
        assert_eq!(last, Ok(cudaError_t::cudaSuccess));
    }
}

#[test]
fn a_stream_shows_its_handle_and_device() {
    on_each(|device| {
        assert_eq!(format!("{:?}", Stream::legacy(device)), "Stream(0x1 of device 0)");
    });
}

#[test]
fn a_foreign_stream_keeps_its_owner_and_is_never_destroyed() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let theirs = std::sync::Arc::new(Stream::new(device).unwrap());
        // SAFETY: the handle lives as long as its owner, which goes along.
        let ours = unsafe { Stream::foreign(device, theirs.as_raw(), theirs.clone()) }.unwrap();
        let clone = ours.clone();
        ours.synchronize().unwrap();
        calls();
        ours.close().unwrap();
        assert_eq!((std::sync::Arc::strong_count(&theirs), calls().len()), (2, 0));
        drop(clone);
        assert_eq!((std::sync::Arc::strong_count(&theirs), calls().len()), (1, 0));
        // SAFETY: the default streams need no owner, and 0 is refused.
        let [refused, legacy] = [0, 1]
            .map(|handle| unsafe { Stream::foreign(device, std::ptr::without_provenance_mut(handle), ()) });
        assert!(matches!(refused.unwrap_err().kind(), ErrorKind::NullStream));
        assert!(legacy.unwrap().as_ref().is_legacy());
    }
}
