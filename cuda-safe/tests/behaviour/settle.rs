//! Waiting goes on until the device can no longer touch what was lent, whatever fails meanwhile.

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, DeviceMemory};

use crate::support::recorder::{calls, copy_with, fail_after, fail_next, recorder};
use crate::support::runtimes;

const UNKNOWN: cudaError_t = cudaError_t::cudaErrorUnknown;

#[test]
fn after_a_failed_wait_the_stream_is_asked_until_it_is_done() {
    let not_ready = cudaError_t::cudaErrorNotReady;
    let faults =
        [("cudaStreamSynchronize", UNKNOWN), ("cudaStreamQuery", not_ready), ("cudaStreamQuery", not_ready)];
    for (seen, code) in copy_with(&faults) {
        assert_eq!(seen[..3], ["cudaStreamSynchronize", "cudaStreamQuery", "cudaStreamQuery"]);
        assert_eq!((seen.last(), code), (Some(&"cudaStreamQuery"), Some(UNKNOWN)));
    }
}

#[test]
fn if_asking_fails_too_the_device_is_waited_for() {
    for (seen, code) in copy_with(&[("cudaStreamSynchronize", UNKNOWN), ("cudaStreamQuery", UNKNOWN)]) {
        assert_eq!(seen, ["cudaStreamSynchronize", "cudaStreamQuery", "cudaDeviceSynchronize"]);
        assert_eq!(code, Some(UNKNOWN));
    }
}

#[test]
fn everything_is_tried_again_before_giving_up() {
    let twice = [
        ("cudaStreamSynchronize", UNKNOWN),
        ("cudaStreamQuery", UNKNOWN),
        ("cudaDeviceSynchronize", UNKNOWN),
        ("cudaStreamQuery", UNKNOWN),
    ];
    for (seen, _) in copy_with(&twice) {
        assert_eq!(seen.last(), Some(&"cudaDeviceSynchronize"));
        assert_eq!(seen.len(), 5);
    }
}

#[test]
fn a_blocking_copy_that_was_refused_is_waited_for_all_the_same() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let mut memory = DeviceMemory::<u8>::zeroed(device, 64).unwrap();
        fail_after("cudaMemcpyAsync", 1, UNKNOWN);
        memory.copy_from_host(&[1; 64]).unwrap();
        calls();
        assert_eq!(memory.copy_from_host(&[2; 64]).unwrap_err().code(), Some(UNKNOWN));
        assert!(calls().contains(&"cudaStreamSynchronize"));
    }
}

#[test]
fn the_capture_of_another_stream_is_waited_out_and_not_spoilt() {
    let captured = cudaError_t::cudaErrorStreamCaptureUnsupported;
    let faults = [
        ("cudaStreamSynchronize", captured),
        ("cudaStreamQuery", captured),
        ("cudaStreamQuery", captured),
        ("cudaStreamQuery", captured),
        ("cudaStreamQuery", captured),
    ];
    for (seen, reported) in copy_with(&faults) {
        assert!(!seen.contains(&"cudaDeviceSynchronize"), "{seen:?}");
        assert_eq!((seen.last(), reported), (Some(&"cudaStreamQuery"), Some(captured)));
    }
}

#[test]
fn a_copy_that_a_capture_forbids_was_never_enqueued() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let mut memory = DeviceMemory::<u8>::zeroed(device, 64).unwrap();
        fail_next("cudaMemcpyAsync", cudaError_t::cudaErrorStreamCaptureImplicit);
        calls();
        memory.copy_from_host(&[1; 64]).unwrap_err();
        assert!(!calls().contains(&"cudaStreamSynchronize"), "waiting would spoil the capture");
    }
}
