//! After a sticky error: a program of its own, for the error is remembered as long as the process lives.

mod support;

use cuda_emulator::Fault;
use cuda_safe::cuda_sys::cudart::cudaError_t;
use interop::dlpack::Form;
use interop::{Error, memcpy_h2d};
use support::{filled, ramp};

#[test]
fn after_a_sticky_error_every_copy_fails_and_dropping_is_silent() {
    let device = support::emulated();
    let mut buffer = filled(device, &[6], &ramp(6));
    let tensor = buffer.to_dlpack(Form::Legacy).unwrap();
    let fault = Fault::sticky(cudaError_t::cudaErrorIllegalAddress);
    let refused = memcpy_h2d(&ramp(6), &mut buffer).unwrap_err();
    let Error::Cuda(error) = &refused else { panic!("{refused}") };
    assert!(error.is_poisoned());
    drop(buffer);
    drop(tensor);
    drop(fault);
}
