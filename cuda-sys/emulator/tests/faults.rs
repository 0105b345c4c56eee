//! Faults on request.

mod support;

use std::ptr;

use cuda_emulator::{Fault, runtime_without};
use cudart::cudaError_t;
use support::*;

#[test]
fn the_nth_call_fails_and_has_no_effect() {
    let (cuda, _) = own_device();
    let mut pointer = ptr::null_mut();
    let fault = Fault::call("cudaMalloc").nth(2).fails_with(cudaError_t::cudaErrorMemoryAllocation);
    let codes = [(); 3].map(|()| {
        let code = code!(cuda.cudaMalloc(&mut pointer, 64));
        if code == SUCCESS {
            free(pointer);
        }
        code
    });
    assert_eq!(codes, [SUCCESS, MEMORY_ALLOCATION, SUCCESS]);
    assert_eq!(fault.hits(), 1);
    assert_eq!(code!(cuda.cudaGetLastError()), MEMORY_ALLOCATION);
}

#[test]
fn a_failed_free_leaves_the_memory_allocated() {
    let (cuda, _) = own_device();
    let pointer = malloc(64);
    let fault = Fault::call("cudaFree").fails_with(cudaError_t::cudaErrorUnknown);
    assert_eq!(code!(cuda.cudaFree(pointer)), 999);
    drop(fault);
    free(pointer);
}

#[test]
fn large_allocations_of_every_kind_fail_when_asked() {
    let (cuda, _) = own_device();
    let mut pointer = ptr::null_mut();
    let _fault = Fault::out_of_memory_above(1000);
    assert_eq!(code!(cuda.cudaMalloc(&mut pointer, 1001)), MEMORY_ALLOCATION);
    assert_eq!(code!(cuda.cudaMallocAsync(&mut pointer, 1001, LEGACY)), MEMORY_ALLOCATION);
    assert_eq!(code!(cuda.cudaMallocHost(&mut pointer, 1001)), MEMORY_ALLOCATION);
    assert_eq!(code!(cuda.cudaMallocManaged(&mut pointer, 1001, 1)), MEMORY_ALLOCATION);
    free(malloc(1000));
}

#[test]
fn a_sticky_error_meets_every_call_that_needs_the_device() {
    let (cuda, own) = own_device();
    let (pointer, mut device) = (malloc(64), -1);
    let fault = Fault::sticky(cudaError_t::cudaErrorIllegalAddress);
    assert_eq!(code!(cuda.cudaFree(pointer)), ILLEGAL_ADDRESS);
    assert_eq!(code!(cuda.cudaDeviceSynchronize()), ILLEGAL_ADDRESS);
    assert_eq!(code!(cuda.cudaGetLastError()), ILLEGAL_ADDRESS);
    assert_eq!(code!(cuda.cudaGetLastError()), ILLEGAL_ADDRESS);
    ok!(cuda.cudaGetDevice(&mut device));
    assert_eq!(device, own);
    drop(fault);
    free(pointer);
}

#[test]
fn an_exiting_runtime_refuses_every_call() {
    let (cuda, _) = own_device();
    let (pointer, mut version) = (malloc(64), 0);
    let fault = Fault::exiting();
    assert_eq!(code!(cuda.cudaFree(pointer)), 4);
    assert_eq!(code!(cuda.cudaRuntimeGetVersion(&mut version)), 4);
    assert_eq!(code!(cuda.cudaGetLastError()), 4);
    // SAFETY: a name is given for any code.
    assert!(!unsafe { cuda.cudaGetErrorName(cudaError_t(4)) }.unwrap().is_null());
    drop(fault);
    free(pointer);
}

#[test]
fn a_fault_stays_on_its_thread_unless_it_is_extended() {
    let (cuda, own) = own_device();
    let fault = Fault::call("cudaStreamQuery").fails_with(cudaError_t::cudaErrorUnknown);
    let elsewhere = move || {
        ok!(cuda.cudaSetDevice(own));
        code!(cuda.cudaStreamQuery(PER_THREAD))
    };
    assert_eq!(std::thread::spawn(elsewhere).join().unwrap(), SUCCESS);
    let _fault = fault.everywhere();
    assert_eq!(std::thread::spawn(elsewhere).join().unwrap(), 999);
}

#[test]
fn a_function_can_be_missing() {
    own_device();
    let cuda = runtime_without(Flavour::Cuda12, &["cudaMallocAsync", "cudaPointerGetAttributes"]);
    let mut pointer = ptr::null_mut();
    // SAFETY: an out pointer of this function.
    let missing = unsafe { cuda.cudaMallocAsync(&mut pointer, 16, LEGACY) };
    assert_eq!(missing.unwrap_err().name, "cudaMallocAsync");
    let mut attributes = cudart::v12::cudaPointerAttributes::default();
    // SAFETY: an out pointer of this function.
    let missing = unsafe { cuda.v12().unwrap().cudaPointerGetAttributes(&mut attributes, pointer) };
    assert!(missing.is_err());
    ok!(cuda.cudaMalloc(&mut pointer, 16));
    free(pointer);
}

#[test]
fn errors_are_remembered_for_each_thread() {
    let (cuda, own) = own_device();
    assert_eq!(code!(cuda.cudaFree(ptr::without_provenance_mut(8))), INVALID_VALUE);
    let elsewhere = std::thread::spawn(move || {
        ok!(cuda.cudaSetDevice(own));
        code!(cuda.cudaPeekAtLastError())
    });
    assert_eq!(elsewhere.join().unwrap(), SUCCESS);
    free(malloc(64)); // a success does not clear it
    assert_eq!(code!(cuda.cudaPeekAtLastError()), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaGetLastError()), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaPeekAtLastError()), SUCCESS);
}
