use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, DeviceMemory, ErrorKind};

use crate::support::recorder::{fail_next, recorder};
use crate::support::{not_applicable, on_each, on_two, on_two_alone, runtimes};

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
fn access_can_be_enabled_and_disabled_twice_without_an_error_left_behind() {
    on_two_alone(|first, second| {
        if !first.can_access_peer(second).unwrap() {
            return not_applicable("no peer access between these devices");
        }
        for _ in 0..2 {
            first.enable_peer_access(second).unwrap();
        }
        let memory = DeviceMemory::from_host(second, &[1u8, 2, 3]).unwrap();
        let mut copy = DeviceMemory::<u8>::new(first, 3).unwrap();
        copy.copy_from_device(memory.view()).unwrap();
        assert_eq!(copy.to_vec().unwrap(), [1, 2, 3]);
        for _ in 0..2 {
            // SAFETY: the copy is done.
            unsafe { first.disable_peer_access(second) }.unwrap();
        }
        // SAFETY: reads the thread's last error.
        assert_eq!(unsafe { first.runtime().cudaPeekAtLastError() }, Ok(cudaError_t::cudaSuccess));
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
