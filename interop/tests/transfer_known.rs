//! Host memory that is known to be page-locked, and padded rows: copied by one call, and nothing is asked about what is known.
//! The emulator lacks every function that such a copy may not call, or fails it.

mod support;

use cuda_emulator::{Fault, Flavour, runtime_without};
use cuda_safe::cuda_sys::cudart::{cudaError_t, cudaHostRegisterDefault};
use cuda_safe::{Device, PinnedMemory, Registered};
use interop::{CopyOptions, CudaBuffer, DType, Error, HostView, HostViewMut};
use interop::{memcpy_d2h, memcpy_h2d, memcpy_h2d_with};
use support::ramp;

const ASKING: [&str; 6] = [
    "cudaPointerGetAttributes",
    "cudaStreamIsCapturing",
    "cudaThreadExchangeStreamCaptureMode",
    "cudaStreamQuery",
    "cudaStreamSynchronize",
    "cudaMemcpyAsync",
];

fn without(missing: &[&str]) -> Device {
    support::emulated();
    Device::new(runtime_without(Flavour::Cuda13, missing), 0).unwrap()
}

/// Page-locked memory of ours to the device, changed, and back; the same with memory that was registered here.
fn goes_both_ways(device: Device, bytes: usize) {
    let mut buffer = CudaBuffer::new(device, &[bytes], DType::U8).unwrap();
    let mut pinned = PinnedMemory::<u8>::zeroed(device, bytes).unwrap();
    pinned.copy_from_slice(&ramp(bytes));
    memcpy_h2d(&pinned, &mut buffer).unwrap();
    pinned.fill(0);
    memcpy_d2h(&buffer, &mut pinned).unwrap();
    assert!(pinned[..] == ramp(bytes)[..], "{bytes} bytes");
    let mut registered = Registered::new(device, vec![7u8; bytes]).unwrap();
    memcpy_h2d(&registered, &mut buffer).unwrap();
    registered.fill(0);
    memcpy_d2h(&buffer, &mut registered).unwrap();
    assert!(registered[..] == vec![7; bytes][..], "{bytes} bytes");
}

#[test]
fn page_locked_memory_goes_by_one_call_either_way() {
    let device = without(&ASKING);
    for bytes in [20_000, 64 << 10, 300_000, (512 << 10) - 1] {
        goes_both_ways(device, bytes);
    }
}

#[test]
fn from_half_a_mebibyte_on_a_capture_is_asked_about_and_nothing_else() {
    let device =
        without(&["cudaPointerGetAttributes", "cudaStreamQuery", "cudaStreamSynchronize", "cudaMemcpyAsync"]);
    for bytes in [512 << 10, 1 << 20, (2 << 20) - 1] {
        goes_both_ways(device, bytes);
        let mut buffer = CudaBuffer::new(device, &[bytes], DType::U8).unwrap();
        let mut pinned = PinnedMemory::<u8>::zeroed(device, bytes).unwrap();
        let forbidden =
            Fault::call("cudaStreamIsCapturing").fails_with(cudaError_t::cudaErrorStreamCaptureImplicit);
        // The call that would spoil the capture is not made.
        let never = Fault::call("cudaMemcpy").fails_with(cudaError_t::cudaErrorUnknown);
        for refused in [memcpy_h2d(&pinned, &mut buffer), memcpy_d2h(&buffer, &mut pinned)] {
            assert!(matches!(refused, Err(Error::Cuda(error)) if error.is_about_capture()), "{bytes} bytes");
        }
        assert_eq!((forbidden.hits(), never.hits()), (2, 0), "{bytes} bytes");
    }
}

#[test]
fn a_few_bytes_come_back_to_page_locked_memory_by_one_call() {
    let device = without(&ASKING);
    let mut buffer = CudaBuffer::new(device, &[30_000], DType::U8).unwrap();
    let mut pinned = PinnedMemory::<u8>::zeroed(device, 30_000).unwrap();
    pinned.copy_from_slice(&ramp(30_000));
    memcpy_h2d(&pinned, &mut buffer).unwrap();
    pinned.fill(0);
    for bytes in [1, 4096, 29_000] {
        let part = buffer.view().slice(&[(..bytes as isize).into()]).unwrap();
        memcpy_d2h(&part, &mut pinned[1000..1000 + bytes]).unwrap();
        assert!(pinned[1000..1000 + bytes] == ramp(bytes)[..], "{bytes} bytes");
    }
}

#[test]
fn page_locked_memory_of_others_is_asked_about_once_for_many_copies_back() {
    let device = support::emulated();
    let mut host = vec![0u8; 4096];
    let address = host.as_mut_ptr();
    // SAFETY: the memory is allocated, and unregistered below.
    let registered =
        unsafe { device.runtime().cudaHostRegister(address.cast(), 4096, cudaHostRegisterDefault) };
    assert_eq!(registered.unwrap(), cudaError_t::cudaSuccess);
    let buffer = support::filled(device, &[4096], &ramp(4096));
    let second = Fault::call("cudaPointerGetAttributes").nth(2).fails_with(cudaError_t::cudaErrorUnknown);
    let slot = Fault::call("cudaMemcpyAsync").fails_with(cudaError_t::cudaErrorUnknown);
    for _ in 0..20 {
        host.fill(0);
        memcpy_d2h(&buffer, &mut host).unwrap();
        assert!(host == ramp(4096));
    }
    drop((second, slot));
    // SAFETY: it was registered above.
    let unregistered = unsafe { device.runtime().cudaHostUnregister(address.cast()) };
    assert_eq!(unregistered.unwrap(), cudaError_t::cudaSuccess);
}

#[test]
fn a_panic_of_who_is_told_of_the_progress_is_an_error_whatever_memory_it_is() {
    let device = support::emulated();
    let mut buffer = CudaBuffer::new(device, &[1 << 20], DType::U8).unwrap();
    let pinned = PinnedMemory::<u8>::zeroed(device, 1 << 20).unwrap();
    let mut panics = |_| panic!("enough");
    let options = CopyOptions { progress: Some(&mut panics), ..Default::default() };
    memcpy_h2d_with(&pinned, &mut buffer, options).unwrap_err();
}

#[test]
fn padded_rows_go_by_one_pitched_call_either_way() {
    let device = without(&["cudaMemcpy", "cudaMemcpy2DAsync", "cudaMemcpy3DAsync"]);
    // So many rows of so many pixels. The first come back through a slot, which is no pitched call.
    for (rows, width, by_slot) in [(3, 7680, true), (11, 7680, false), (100, 1500, false)] {
        let (pitch, shape) = (width * 3 + 1000, [rows, width, 3]);
        let image = ramp(rows * pitch);
        let mut buffer = CudaBuffer::new(device, &shape, DType::U8).unwrap();
        let mut out = vec![0u8; rows * pitch];
        let slot = || Fault::call("cudaMemcpyAsync").fails_with(cudaError_t::cudaErrorUnknown);
        let never = slot();
        memcpy_h2d(HostView::rows(&image, &shape, pitch).unwrap(), &mut buffer).unwrap();
        drop(never);
        let never = (!by_slot).then(slot);
        memcpy_d2h(&buffer, HostViewMut::rows(&mut out, &shape, pitch).unwrap()).unwrap();
        drop(never);
        for (out, row) in out.chunks(pitch).zip(image.chunks(pitch)) {
            assert!(out[..width * 3] == row[..width * 3] && out[width * 3..] == [0; 1000], "{shape:?}");
        }
    }
}
