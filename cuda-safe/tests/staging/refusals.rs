//! What is refused half way leaves nothing behind: no wait without an end, nothing in flight, no torn row.

use std::ops::Range;
use std::sync::mpsc;
use std::time::Duration;

use cuda_emulator::Fault;
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::Origin;
use cuda_safe::memory::staging::{Engine, HostBytes, Place, Settings, Source, Stores, Transfer, Until};
use cuda_safe::memory::{RawDeviceMemory, copy};
use cuda_safe::{DeviceMemory, Stream, StreamOptions};

use crate::support::{CHUNK, alone, device, emulated, engine};

/// What CUDA says of the legacy stream while the thread captures a blocking one.
const FORBIDDEN: [&str; 4] =
    ["cudaMemcpyAsync", "cudaStreamSynchronize", "cudaStreamQuery", "cudaStreamIsCapturing"];

#[test]
fn an_upload_that_a_capture_forbids_is_an_error_and_not_waited_for() {
    for bytes in [16, 96 << 10, 1 << 20] {
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let _alone = alone();
            let _emulated = emulated("it needs calls that fail on request");
            let engine = Engine::new(device(), "threads=1".parse().unwrap()).unwrap();
            let legacy = Stream::legacy(device());
            let (mut memory, host) = (DeviceMemory::<u8>::zeroed(device(), bytes).unwrap(), vec![1u8; bytes]);
            let to = memory.as_mut_ptr().cast();
            // The engine has been used before.
            // SAFETY: as many bytes on both sides, as below.
            let _ = unsafe { engine.upload_small(legacy.as_ref(), to, host.as_ptr(), 16) }.unwrap();
            legacy.synchronize().unwrap();
            let faults: Vec<_> = FORBIDDEN
                .map(|call| Fault::call(call).fails_with(cudaError_t::cudaErrorStreamCaptureImplicit))
                .into();
            // SAFETY: as above.
            let small = unsafe { engine.upload_small(legacy.as_ref(), to, host.as_ptr(), 16) };
            let transfer = Transfer::new(legacy.as_ref(), Place::Run { base: to }, bytes);
            // SAFETY: as above.
            let any = unsafe { engine.upload(transfer, &HostBytes::new(host.as_ptr())) };
            drop(faults);
            tell.send((small.is_err(), any.is_err())).unwrap();
        });
        assert_eq!(told.recv_timeout(Duration::from_secs(20)).expect("it returns"), (true, true), "{bytes}");
    }
}

#[test]
fn an_upload_whose_order_cannot_be_told_is_waited_for() {
    let _alone = alone();
    let _emulated = emulated("it needs calls that fail and copies that are late");
    let engine = engine(4);
    let options = StreamOptions { non_blocking: true, ..Default::default() };
    let (stream, other) =
        (Stream::with_options(device(), options).unwrap(), Stream::with_options(device(), options).unwrap());
    let source = vec![7u8; 16 * CHUNK];
    let mut memory = DeviceMemory::<u8>::zeroed(device(), source.len()).unwrap();
    let base = memory.as_mut_ptr().cast();
    let mut errors = 0;
    for round in 0..8 {
        memory.fill_bytes(0).unwrap();
        cuda_emulator::set_async_delay(Duration::from_millis(10));
        let call = Fault::call("cudaStreamWaitEvent").nth(2 + round % 2);
        let fault = call.fails_with(cudaError_t::cudaErrorUnknown);
        let transfer = Transfer::new(stream.as_ref(), Place::Run { base }, source.len()).until(Until::Staged);
        // SAFETY: as many bytes on both sides, and the memory is looked at only after all has arrived.
        let sent = unsafe { engine.upload(transfer, &HostBytes::new(source.as_ptr())) };
        drop(fault);
        cuda_emulator::set_async_delay(Duration::ZERO);
        if sent.is_ok() {
            stream.synchronize().unwrap();
            continue;
        }
        errors += 1;
        let look = || {
            let (mut back, inferred) = (vec![0u8; source.len()], copy::Direction::DeviceToHost);
            // SAFETY: as many bytes on both sides; nothing is said to be in flight.
            unsafe { copy::blocking(other.as_ref(), back.as_mut_ptr().cast(), base, back.len(), inferred) }
                .unwrap();
            back
        };
        let returned = look();
        std::thread::sleep(Duration::from_millis(200));
        assert!(look() == returned, "something arrived after the error");
        device().synchronize().unwrap();
    }
    assert!(errors > 0, "no call failed");
}

/// An image of rows that are read whole, or else are wrong.
struct Rows(Vec<[u8; 1000]>);

// SAFETY: every byte of the range is written.
unsafe impl Source for Rows {
    unsafe fn read(&self, range: Range<usize>, to: *mut u8, _stores: Stores) {
        for at in range.clone() {
            let byte = if range.start.is_multiple_of(1000) { self.0[at / 1000][at % 1000] } else { 0xee };
            // SAFETY: `to` has room for the range.
            unsafe { to.wrapping_add(at - range.start).write(byte) };
        }
    }

    fn grain(&self) -> usize {
        1000
    }
}

#[test]
fn a_caller_alone_reads_whole_grains_too() {
    let _alone = alone();
    let engine = Engine::new(device(), Settings::default()).unwrap();
    let stream = Stream::new(device()).unwrap();
    let mut row = [0u8; 1000];
    row.iter_mut().enumerate().for_each(|(index, byte)| *byte = index as u8);
    for rows in [70, 200, 600] {
        let (image, bytes) = (Rows(vec![row; rows]), 1000 * rows);
        let mut memory = DeviceMemory::<u8>::zeroed(device(), bytes).unwrap();
        let place = Place::Run { base: memory.as_mut_ptr().cast() };
        // SAFETY: as many bytes on both sides.
        unsafe { engine.upload(Transfer::new(stream.as_ref(), place, bytes), &image) }.unwrap();
        assert!(memory.to_vec().unwrap() == image.0.concat(), "{rows} rows");
    }
}

#[test]
fn a_limit_without_room_for_it_leaves_the_caller_without_a_ring() {
    let _alone = alone();
    let engine = Engine::new(device(), "limit=2M,threads=2".parse().unwrap()).unwrap();
    let stream = Stream::new(device()).unwrap();
    let mut memory = DeviceMemory::<u8>::new(device(), 200_000).unwrap();
    let place = Place::Run { base: memory.as_mut_ptr().cast() };
    // SAFETY: as many bytes on both sides.
    unsafe { engine.upload(Transfer::new(stream.as_ref(), place, 200_000), &Rows(vec![[7; 1000]; 200])) }
        .unwrap();
    assert!(engine.report().pinned_bytes <= engine.settings().limit, "{:?}", engine.report());
}

#[test]
fn memory_of_a_pool_without_bytes_is_closed() {
    let stream = Stream::new(device()).unwrap();
    let origin = Origin::Pool { stream, users: Vec::new() };
    let raw = RawDeviceMemory::<u8> { device: device(), pointer: std::ptr::null_mut(), len: 0, origin };
    // SAFETY: there are no bytes.
    unsafe { DeviceMemory::from_raw(raw) }.close().unwrap();
}
