//! What the capture of a stream forbids is an error at once. The thread may be the one that captures, so it must not wait.

mod support;

use std::sync::mpsc;
use std::time::Duration;

use cuda_emulator::Fault;
use cuda_safe::PinnedMemory;
use cuda_safe::Stream;
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::staging::{self, Settings};
use interop::{CudaBuffer, DType, HostView, Layout, memcpy_d2d, memcpy_d2h, memcpy_h2d};

/// What CUDA refuses of the legacy stream while the thread captures a blocking one.
const FORBIDDEN: [&str; 8] = [
    "cudaMemcpy",
    "cudaMemcpy2D",
    "cudaMemcpyAsync",
    "cudaMemcpy2DAsync",
    "cudaMemcpy3DAsync",
    "cudaStreamSynchronize",
    "cudaStreamQuery",
    "cudaStreamIsCapturing",
];

/// What `work` gives within a capture, on a thread of its own.
fn within_a_capture<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let faults: Vec<_> = FORBIDDEN
            .map(|call| Fault::call(call).fails_with(cudaError_t::cudaErrorStreamCaptureImplicit))
            .into();
        let outcome = work();
        drop(faults);
        tell.send(outcome)
    });
    told.recv_timeout(Duration::from_secs(20)).expect("it returns")
}

#[test]
fn a_copy_that_a_capture_forbids_is_an_error_and_not_waited_for() {
    let device = support::emulated();
    staging::configure(Settings { threads: Some(1), ..Settings::default() }).unwrap();
    let legacy = Stream::legacy(device);
    let buffer = || {
        let buffer = CudaBuffer::new(device, &[64, 48], DType::U8).unwrap();
        assert_eq!(buffer.stream().as_ref(), legacy.as_ref());
        buffer
    };
    let (source, mut destination) = (buffer(), buffer());
    within_a_capture(move || memcpy_d2d(&source, &mut destination)).unwrap_err();
    let (source, mut destination) = (buffer(), buffer());
    within_a_capture(move || {
        let part = destination.view_mut()?.slice(&[(0..48).into()])?;
        memcpy_d2d(source.view().slice(&[(0..48).into()])?.transpose(), part)
    })
    .unwrap_err();
    let (host, mut strided) = (vec![1u8; 64 * 96], buffer());
    within_a_capture(move || {
        let layout = Layout::strided(&[64, 48], &[96, 2], 0, 1)?;
        memcpy_h2d(&HostView::strided(&host[..], layout)?, &mut strided)
    })
    .unwrap_err();
    // Rows, and page-locked memory, which the device fetches by itself.
    let large = || CudaBuffer::new(device, &[64, 2048], DType::U8).unwrap();
    let (host, mut rows) = (vec![1u8; 64 * 4096], large());
    within_a_capture(move || {
        let layout = Layout::strided(&[64, 2048], &[4096, 1], 0, 1)?;
        memcpy_h2d(&HostView::strided(&host[..], layout)?, &mut rows)
    })
    .unwrap_err();
    let (pinned, mut packed) = (PinnedMemory::<u8>::zeroed(device, 64 * 2048).unwrap(), large());
    within_a_capture(move || memcpy_h2d(&pinned[..], &mut packed)).unwrap_err();
    let (packed, mut back) = (large(), vec![0u8; 64 * 2048]);
    within_a_capture(move || memcpy_d2h(&packed, &mut back[..])).unwrap_err();
}

#[test]
fn a_buffer_is_given_back_where_a_capture_forbids_to_wait_for_it() {
    let device = support::emulated();
    let buffer = CudaBuffer::new(device, &[16], DType::U8).unwrap();
    assert!(within_a_capture(move || buffer.into_memory().is_err()));
}
