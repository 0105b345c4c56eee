//! What follows a sticky error, which the process remembers. A program of its own: in one that has seen such an error every Drop
//! asks twice, so tests of what Drop does otherwise would show nothing.

mod support;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, DeviceMemory, HostBuffer, Stream};

use crate::support::recorder::{calls, copy_with, fail_next, heal, recorder};
use crate::support::runtimes;

#[test]
fn a_sticky_error_is_not_taken_back() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let sticky = cudaError_t::cudaErrorIllegalAddress;
        fail_next("cudaDeviceSynchronize", sticky);
        // What CUDA would answer after it.
        fail_next("cudaPeekAtLastError", sticky);
        calls();
        assert!(device.synchronize().unwrap_err().is_poisoned());
        assert!(!calls().contains(&"cudaGetLastError"), "whoever asks has to know");
        heal();
    }
}

#[test]
fn a_lost_device_has_no_work_left() {
    let code = cudaError_t::cudaErrorIllegalAddress;
    for (seen, reported) in copy_with(&[("cudaStreamSynchronize", code)]) {
        assert_eq!((seen, reported), (vec!["cudaStreamSynchronize"], Some(code)));
    }
    let lost_meanwhile = [
        ("cudaStreamSynchronize", cudaError_t::cudaErrorUnknown),
        ("cudaStreamQuery", cudaError_t::cudaErrorLaunchFailure),
    ];
    for (seen, reported) in copy_with(&lost_meanwhile) {
        assert_eq!(seen, ["cudaStreamSynchronize", "cudaStreamQuery"]);
        assert_eq!(reported, Some(cudaError_t::cudaErrorUnknown));
    }
}

#[test]
fn a_refused_copy_is_not_waited_for_on_a_lost_device() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let mut memory = DeviceMemory::<u8>::zeroed(device, 64).unwrap();
        calls();
        fail_next("cudaMemcpyAsync", cudaError_t::cudaErrorIllegalAddress);
        assert!(memory.copy_from_host(&[3; 64]).unwrap_err().is_poisoned());
        assert!(!calls().contains(&"cudaStreamSynchronize"));
    }
}

/// Host memory that tells when it is dropped.
#[derive(Debug)]
struct Watched(Vec<u8>, Arc<AtomicBool>);

impl Deref for Watched {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Watched {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.1.store(true, Ordering::SeqCst);
    }
}

// SAFETY: it owns an allocation that moving it does not move, and that never grows.
unsafe impl HostBuffer<u8> for Watched {}

#[test]
fn a_sticky_error_which_may_be_another_devices_frees_no_buffer() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        let dropped = Arc::new(AtomicBool::new(false));
        let source = Watched(vec![1; 64], Arc::clone(&dropped));
        let upload = stream.copy_to_device(source, DeviceMemory::new(device, 64).unwrap()).unwrap();
        fail_next("cudaEventSynchronize", cudaError_t::cudaErrorIllegalAddress);
        fail_next("cudaDeviceSynchronize", cudaError_t::cudaErrorIllegalAddress);
        assert!(upload.wait().unwrap_err().is_poisoned());
        assert!(!dropped.load(Ordering::SeqCst));
    }
}
