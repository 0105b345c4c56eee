//! Peer access as such; the tests that change it are in `two_devices.rs`.

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, ErrorKind};

use crate::support::recorder::{fail_next, recorder};
use crate::support::{on_each, on_two, runtimes};

#[test]
fn a_device_has_access_to_itself() {
    on_each(|device| {
        assert!(device.can_access_peer(device).unwrap());
        device.enable_peer_access(device).unwrap();
        // SAFETY: nothing relies on it; a device cannot lose access to itself.
        unsafe { device.disable_peer_access(device) }.unwrap();
    });
}

#[test]
fn a_refused_access_is_an_error() {
    on_two(|first, _second| {
        let devices = Device::all_of(recorder(first.runtime())).unwrap();
        fail_next("cudaDeviceEnablePeerAccess", cudaError_t::cudaErrorPeerAccessUnsupported);
        let error = devices[0].enable_peer_access(devices[1]).unwrap_err();
        assert_eq!(error.code(), Some(cudaError_t::cudaErrorPeerAccessUnsupported));
    });
}

#[test]
fn a_device_of_another_runtime_is_no_peer() {
    for behind in runtimes() {
        let (ours, theirs) = (Device::new(behind, 0).unwrap(), Device::new(recorder(behind), 0).unwrap());
        // SAFETY: refused before anything is changed.
        let disabled = unsafe { ours.disable_peer_access(theirs) };
        for error in [
            ours.can_access_peer(theirs).unwrap_err(),
            ours.enable_peer_access(theirs).unwrap_err(),
            disabled.unwrap_err(),
        ] {
            assert!(matches!(error.kind(), ErrorKind::RuntimeMismatch { .. }), "{error}");
        }
    }
}
