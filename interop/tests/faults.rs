//! What CUDA refuses, and how many calls are made: only on the emulator, which can be told what to do.

mod support;

use std::time::Duration;

use cuda_emulator::{Fault, Flavour, runtime_without};
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, ErrorKind, Stream, StreamOptions};
use interop::dlpack::Form;
use interop::{CudaBuffer, DType, Error, SliceSpec, memcpy_d2d, memcpy_d2d_on, memcpy_d2h, memcpy_h2d};
use support::{Drops, bytes_at, contents, device_bytes, filled, on, ramp};

fn code(error: &Error) -> Option<cudaError_t> {
    match error {
        Error::Cuda(error) => error.code(),
        _ => None,
    }
}

/// The emulator without some functions: a copy that succeeds has not called them.
fn without(missing: &[&str]) -> Device {
    Device::new(runtime_without(Flavour::Cuda13, missing), 0).unwrap()
}

/// Without the driver, whom the runtime then does not ask about addresses: it looks them up itself.
const DRIVER: &str = "cudaGetDriverEntryPoint";
const FLAT: &str = "cudaMemcpyAsync";
const ROWS: &str = "cudaMemcpy2DAsync";
const PLANES: &str = "cudaMemcpy3DAsync";

#[test]
fn a_packed_copy_is_one_flat_call() {
    let device = support::emulated();
    let mut buffer = CudaBuffer::new(device, &[20, 30, 3], DType::U8).unwrap();
    let second = Fault::call(FLAT).nth(2).fails_with(cudaError_t::cudaErrorUnknown);
    memcpy_h2d(&ramp(1800), &mut buffer).unwrap();
    drop(second);
    let second = Fault::call(FLAT).nth(2).fails_with(cudaError_t::cudaErrorUnknown);
    assert_eq!(contents(&buffer), ramp(1800));
    drop(second);

    let device = without(&[ROWS, PLANES]);
    let mut buffer = filled(device, &[20, 30, 3], &ramp(1800));
    assert_eq!(contents(&buffer), ramp(1800));
    let other = filled(device, &[20, 30, 3], &[0; 1800]);
    memcpy_d2d(&other, &mut buffer).unwrap();
    // Mirrored, and as planes: the order is made on the host.
    for seen in [buffer.view().flip(1).unwrap(), buffer.view().permute(&[2, 0, 1]).unwrap()] {
        let mut out = vec![1u8; 1800];
        memcpy_d2h(&seen, &mut out).unwrap();
        assert_eq!(out, [0; 1800]);
    }
    memcpy_h2d(&ramp(1800), buffer.view_mut().unwrap().flip(0).unwrap()).unwrap();
}

#[test]
fn a_crop_is_one_call_of_rows() {
    let device = support::emulated();
    let image = filled(device, &[40, 4000], &[7; 160_000]);
    let crop = image.view().slice(&[(10..30).into(), (100..300).into()]).unwrap();
    let never = [FLAT, PLANES].map(|call| Fault::call(call).fails_with(cudaError_t::cudaErrorUnknown));
    let second = Fault::call(ROWS).nth(2).fails_with(cudaError_t::cudaErrorUnknown);
    let mut out = vec![0u8; 4000];
    memcpy_d2h(&crop, &mut out).unwrap();
    drop((never, second));
    assert_eq!(out, [7; 4000]);
}

#[test]
fn a_box_of_a_volume_is_one_call_of_planes() {
    let device = support::emulated();
    let volume = filled(device, &[8, 16, 64], &[7; 8192]);
    let mut part = CudaBuffer::new(device, &[4, 8, 32], DType::U8).unwrap();
    let inner = [(2..6).into(), (4..12).into(), (16..48).into()];
    let never = [FLAT, ROWS].map(|call| Fault::call(call).fails_with(cudaError_t::cudaErrorUnknown));
    memcpy_d2d(volume.view().slice(&inner).unwrap(), &mut part).unwrap();
    drop(never);
    assert_eq!(contents(&part), [7; 1024]);
}

#[test]
fn an_array_without_elements_makes_no_copy_and_asks_about_no_address() {
    support::emulated();
    let device =
        without(&[FLAT, ROWS, PLANES, DRIVER, "cudaPointerGetAttributes", "cudaMalloc", "cudaEventRecord"]);
    let mut empty = CudaBuffer::new(device, &[0, 3], DType::U8).unwrap();
    memcpy_h2d(&[] as &[u8], &mut empty).unwrap();
    memcpy_d2h(&empty, &mut [] as &mut [u8]).unwrap();
    memcpy_d2d(&CudaBuffer::new(device, &[0, 3], DType::U8).unwrap(), &mut empty).unwrap();
    // SAFETY: nothing is described.
    unsafe { CudaBuffer::from_array_interface(&bytes_at(0, &[0]), (), &on(device)) }.unwrap();
}

#[test]
fn a_refused_copy_is_an_error_and_the_next_one_succeeds() {
    let device = support::emulated();
    let mut buffer = filled(device, &[4, 6], &ramp(24));
    let other = filled(device, &[6, 4], &ramp(24));
    for call in [FLAT, ROWS, PLANES, "cudaStreamSynchronize"] {
        let fault = Fault::call(call).nth(1).fails_with(cudaError_t::cudaErrorInvalidValue);
        let refused: Vec<_> = [
            memcpy_h2d(&ramp(24), &mut buffer),
            memcpy_d2d(other.view().transpose(), &mut buffer),
            memcpy_d2h(buffer.view().slice(&[SliceSpec::ALL, (1..3).into()]).unwrap(), &mut [0u8; 8]),
        ]
        .into_iter()
        .filter_map(Result::err)
        .collect();
        assert_eq!(refused.len() as u64, fault.hits(), "{call}");
        assert!(
            refused.iter().all(|error| code(error) == Some(cudaError_t::cudaErrorInvalidValue)),
            "{call}"
        );
        drop(fault);
        memcpy_h2d(&ramp(24), &mut buffer).unwrap();
        assert_eq!(contents(&buffer), ramp(24));
    }
}

#[test]
fn a_failure_between_the_calls_of_one_copy_is_reported() {
    let device = support::emulated();
    // Five axes in another order take several calls.
    let source = filled(device, &[2, 3, 2, 3, 2], &ramp(72));
    let mut turned = CudaBuffer::new(device, &[2, 3, 2, 3, 2], DType::U8).unwrap();
    let view = source.view().permute(&[4, 3, 2, 1, 0]).unwrap();
    for call in [FLAT, ROWS, PLANES] {
        let fault = Fault::call(call).nth(2).fails_with(cudaError_t::cudaErrorLaunchFailure);
        let outcome = memcpy_d2d(&view, &mut turned);
        assert_eq!(outcome.is_err(), fault.hits() > 0, "{call}");
    }
    let (mut expected, mut found) = (vec![0u8; 72], vec![1u8; 72]);
    memcpy_d2d(&view, &mut turned).unwrap();
    memcpy_d2h(&view, &mut expected).unwrap();
    memcpy_d2h(&turned, &mut found).unwrap();
    assert_eq!(found, expected);
}

#[test]
fn a_foreign_array_is_let_go_when_cuda_refuses_to_look_it_up_or_to_wait() {
    support::emulated();
    let device = without(&[DRIVER]);
    let other = cuda_safe::Stream::new(device).unwrap();
    for call in
        ["cudaPointerGetAttributes", "cudaEventCreateWithFlags", "cudaEventRecord", "cudaStreamWaitEvent"]
    {
        let (memory, drops) = (device_bytes(device, &ramp(6)), Drops::default());
        let mut raw = bytes_at(memory.as_ptr().addr(), &[6]);
        raw.stream = Some(other.as_raw().addr() as i128);
        let fault = Fault::call(call).fails_with(cudaError_t::cudaErrorUnknown);
        // SAFETY: the owner goes with its memory.
        let refused = unsafe { CudaBuffer::from_array_interface(&raw, (memory, drops.owner()), &on(device)) };
        assert_eq!(code(&refused.unwrap_err()), Some(cudaError_t::cudaErrorUnknown), "{call}");
        assert_eq!((fault.hits(), drops.count()), (1, 1), "{call}");
    }
}

#[test]
fn a_tensor_is_released_when_cuda_refuses_to_look_it_up() {
    support::emulated();
    let device = without(&[DRIVER]);
    let buffer = filled(device, &[6], &ramp(6));
    let tensor = buffer.to_dlpack(Form::Versioned).unwrap();
    let fault = Fault::call("cudaPointerGetAttributes").fails_with(cudaError_t::cudaErrorUnknown);
    assert!(CudaBuffer::from_dlpack_with(tensor, &on(device)).is_err());
    drop(fault);
    // No export is left.
    buffer.close().unwrap();
}

#[test]
fn a_missing_function_is_named() {
    support::emulated();
    let device = without(&[DRIVER, "cudaPointerGetAttributes"]);
    let memory = device_bytes(device, &ramp(6));
    let raw = bytes_at(memory.as_ptr().addr(), &[6]);
    // SAFETY: refused before the memory is used.
    let refused = unsafe { CudaBuffer::from_array_interface(&raw, memory, &on(device)) }.unwrap_err();
    let Error::Cuda(error) = &refused else { panic!("{refused}") };
    assert!(
        matches!(error.kind(), ErrorKind::MissingSymbol(missing) if missing.name == "cudaPointerGetAttributes")
    );
}

#[test]
fn running_out_of_memory_leaves_nothing_behind() {
    let device = support::emulated();
    let _none = Fault::out_of_memory_above(1 << 10);
    assert!(CudaBuffer::new(device, &[1 << 10], DType::U8).is_ok());
    let refused = CudaBuffer::new(device, &[1 << 11], DType::U8).unwrap_err();
    assert_eq!(code(&refused), Some(cudaError_t::cudaErrorMemoryAllocation));
}

#[test]
fn a_free_that_fails_is_reported_by_close() {
    let device = support::emulated();
    let buffer = CudaBuffer::new(device, &[4], DType::U8).unwrap();
    let fault = Fault::call("cudaFree").fails_with(cudaError_t::cudaErrorUnknown);
    assert_eq!(code(&buffer.close().unwrap_err()), Some(cudaError_t::cudaErrorUnknown));
    assert_eq!(fault.hits(), 1);
}

#[test]
fn a_copy_that_fails_half_way_returns_when_its_first_call_is_done() {
    let device = support::emulated();
    let stream = Stream::with_options(device, StreamOptions { non_blocking: true, ..Default::default() });
    let stream = stream.unwrap();
    let source = filled(device, &[3, 64], &[7; 192]);
    let mut destination = CudaBuffer::new(device, &[3, 64], DType::U8).unwrap();
    cuda_emulator::set_async_delay(Duration::from_millis(20));
    let second = Fault::call(FLAT).nth(2).fails_with(cudaError_t::cudaErrorInvalidValue);
    let wait = Fault::call("cudaStreamSynchronize").nth(1).fails_with(cudaError_t::cudaErrorInvalidValue);
    let refused = memcpy_d2d_on(&stream, source.view().flip(0).unwrap(), &mut destination).unwrap_err();
    assert_eq!((code(&refused), second.hits()), (Some(cudaError_t::cudaErrorInvalidValue), 1));
    assert!(stream.query().unwrap(), "the first row is still being copied");
    cuda_emulator::set_async_delay(Duration::ZERO);
    drop((second, wait));
}
