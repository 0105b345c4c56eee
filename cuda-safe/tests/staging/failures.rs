//! Whatever fails is an error that tells what is done, and the engine goes on.

use std::ops::Range;
use std::time::Duration;

use cuda_emulator::Fault;
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::staging::{Engine, Place, Sink, Source, Stores, Transfer, Until};
use cuda_safe::{DeviceMemory, ErrorKind, Stream};

use crate::support::{CHUNK, Dice, Gate, alone, device, down, emulated, engine, engine_of_its_own_cuts, up};

/// Host bytes that panic when a given byte is asked for.
struct Mine(Vec<u8>, usize);

// SAFETY: every byte of the range is written, unless it panics.
unsafe impl Source for Mine {
    unsafe fn read(&self, range: Range<usize>, to: *mut u8, _stores: Stores) {
        assert!(!range.contains(&self.1), "byte {} is mined", self.1);
        // SAFETY: the range lies inside the vector, `to` has its length.
        unsafe { to.copy_from_nonoverlapping(self.0.as_ptr().wrapping_add(range.start), range.len()) };
    }
}

// SAFETY: nothing is written.
unsafe impl Sink for Mine {
    unsafe fn write(&self, range: Range<usize>, _from: *const u8, _stores: Stores) {
        assert!(!range.contains(&self.1), "byte {} is mined", self.1);
    }
}

#[test]
fn a_panic_of_the_source_or_sink_is_an_error_and_the_engine_goes_on() {
    let _alone = alone();
    let size = 50 * CHUNK;
    for threads in [1, 4] {
        let engine = engine(threads);
        let stream = Stream::new(device()).unwrap();
        let mut memory = DeviceMemory::<u8>::zeroed(device(), size).unwrap();
        let place = Place::Run { base: memory.as_mut_ptr().cast() };
        for mined in [0, 10 * CHUNK + 5, size - 1] {
            let host = Mine(vec![3; size], mined);
            let transfer = || Transfer::new(stream.as_ref(), place, size);
            // SAFETY: both have as many bytes.
            let failed =
                [unsafe { engine.upload(transfer(), &host) }, unsafe { engine.download(transfer(), &host) }];
            for error in failed.map(Result::unwrap_err) {
                let ErrorKind::Interrupted { done, bytes, cause, .. } = error.kind() else {
                    panic!("{error}")
                };
                assert!(*bytes == size && *done <= mined, "{error}");
                assert!(
                    matches!(cause.kind(), ErrorKind::Panicked { message } if message.contains("is mined"))
                );
            }
        }
        let expected = Dice(5).bytes(size);
        let mut back = vec![0; size];
        up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap();
        down(&engine, stream.as_ref(), &mut back, &memory).unwrap();
        assert_eq!(back, expected);
    }
}

#[test]
fn any_call_may_fail_and_what_is_said_to_be_done_is_done() {
    let _emulated = emulated("its calls fail on request");
    let _alone = alone();
    let size = 40 * CHUNK;
    let expected = Dice(9).bytes(size);
    let calls = [
        "cudaMemcpyAsync",
        "cudaEventRecord",
        "cudaStreamWaitEvent",
        "cudaEventSynchronize",
        "cudaStreamQuery",
        "cudaStreamSynchronize",
    ];
    for threads in [1, 3] {
        let engine = engine(threads);
        let stream = Stream::new(device()).unwrap();
        let mut memory = DeviceMemory::<u8>::zeroed(device(), size).unwrap();
        for call in calls {
            let mut hits = [0; 2];
            for nth in [1, 2, 5, 17, 40] {
                let mut back = vec![0; size];
                memory.fill_bytes(0).unwrap();
                // The stream is behind for a while, so that it is waited for.
                let be_late = || {
                    let gate = Gate::closed(&stream);
                    std::thread::spawn(move || {
                        std::thread::sleep(Duration::from_millis(if nth == 1 { 20 } else { 0 }));
                        drop(gate);
                    });
                };
                be_late();
                let fault =
                    Fault::call(call).nth(nth).fails_with(cudaError_t::cudaErrorInvalidValue).everywhere();
                let sent = up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done);
                let hit = fault.hits() > 0;
                hits[0] += fault.hits();
                drop(fault);
                assert_eq!(sent.is_err(), hit, "{call} {nth}: {sent:?}");
                let done = done_bytes(sent, size);
                assert_eq!(memory.to_vec().unwrap()[..done], expected[..done], "{call} {nth}");

                up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap();
                be_late();
                let fault =
                    Fault::call(call).nth(nth).fails_with(cudaError_t::cudaErrorInvalidValue).everywhere();
                let received = down(&engine, stream.as_ref(), &mut back, &memory);
                let hit = fault.hits() > 0;
                hits[1] += fault.hits();
                drop(fault);
                assert_eq!(received.is_err(), hit, "{call} {nth}: {received:?}");
                let done = done_bytes(received, size);
                assert_eq!(back[..done], expected[..done], "{call} {nth}");
            }
            assert!(hits.iter().all(|&hits| hits > 0), "{call} was not called: {hits:?}");
        }
    }
}

#[test]
fn pieces_of_several_sizes_are_told_right_too() {
    let _emulated = emulated("its calls fail on request");
    let _alone = alone();
    for (threads, size) in [(2, 1 << 20), (3, (1 << 20) + 1), (3, 3_000_017)] {
        let engine = engine_of_its_own_cuts(threads);
        let stream = Stream::new(device()).unwrap();
        let (expected, mut back) = (Dice(11).bytes(size), vec![0; size]);
        let mut memory = DeviceMemory::<u8>::zeroed(device(), size).unwrap();
        up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap();
        down(&engine, stream.as_ref(), &mut back, &memory).unwrap();
        assert_eq!(back, expected);
        for call in ["cudaMemcpyAsync", "cudaEventSynchronize"] {
            for nth in [1, 2, 3, 5, 8, 13] {
                let fault =
                    || Fault::call(call).nth(nth).fails_with(cudaError_t::cudaErrorInvalidValue).everywhere();
                memory.fill_bytes(0).unwrap();
                let failing = fault();
                let sent = up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done);
                assert!(sent.is_err() || failing.hits() == 0, "{call} {nth}");
                drop(failing);
                let done = done_bytes(sent, size);
                assert_eq!(memory.to_vec().unwrap()[..done], expected[..done], "{call} {nth}");

                up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap();
                back.fill(0);
                let failing = fault();
                let received = down(&engine, stream.as_ref(), &mut back, &memory);
                assert!(received.is_err() || failing.hits() == 0, "{call} {nth}");
                drop(failing);
                let done = done_bytes(received, size);
                assert_eq!(back[..done], expected[..done], "{call} {nth}");
            }
        }
    }
}

#[test]
fn a_plain_call_that_fails_tells_that_nothing_is_done() {
    let _emulated = emulated("its calls fail on request");
    let _alone = alone();
    let engine = Engine::new(device(), "off".parse().unwrap()).unwrap();
    let stream = Stream::new(device()).unwrap();
    let mut memory = DeviceMemory::<u8>::zeroed(device(), 100).unwrap();
    for code in [cudaError_t::cudaErrorMemoryAllocation, cudaError_t::cudaErrorInvalidValue] {
        let _fault = Fault::call("cudaMemcpyAsync").fails_with(code);
        let sent = up(&engine, stream.as_ref(), &mut memory, &[1; 100], Until::Done);
        let received = down(&engine, stream.as_ref(), &mut [1; 100], &memory);
        for error in [sent, received].map(Result::unwrap_err) {
            assert!(matches!(error.kind(), ErrorKind::Interrupted { done: 0, bytes: 100, .. }), "{error}");
            assert_eq!((error.code(), error.is_out_of_memory()), (Some(code), code.0 == 2));
        }
    }
}

#[test]
fn if_not_even_the_wait_for_what_was_sent_succeeds_nothing_is_said_to_be_done() {
    let _emulated = emulated("its calls fail on request");
    let _alone = alone();
    let stream = Stream::new(device()).unwrap();
    let size = 4 * CHUNK;
    let mut memory = DeviceMemory::<u8>::zeroed(device(), size).unwrap();
    let place = Place::Run { base: memory.as_mut_ptr().cast() };
    for _ in 0..30 {
        // New, so that no slot has to be waited for before it is filled.
        let engine = engine(2);
        let fault =
            Fault::call("cudaEventSynchronize").fails_with(cudaError_t::cudaErrorInvalidValue).everywhere();
        let mined = Mine(vec![3; size], size - 1);
        // SAFETY: both have as many bytes.
        let error =
            unsafe { engine.upload(Transfer::new(stream.as_ref(), place, size), &mined) }.unwrap_err();
        let waited = fault.hits() > 0;
        drop(fault);
        let ErrorKind::Interrupted { done, cause, .. } = error.kind() else { panic!("{error}") };
        assert!(!waited || *done == 0, "{error}");
        assert!(matches!(cause.kind(), ErrorKind::Panicked { .. }), "the first failure is told: {error}");
    }
}

#[test]
fn what_stands_in_the_way_of_lanes_once_does_not_for_good() {
    let _emulated = emulated("its calls fail on request");
    let _alone = alone();
    let engine = engine(3);
    let stream = Stream::new(device()).unwrap();
    let expected = Dice(12).bytes(100 * CHUNK);
    let mut memory = DeviceMemory::<u8>::new(device(), expected.len()).unwrap();
    let fault = Fault::call("cudaHostAlloc").fails_with(cudaError_t::cudaErrorInvalidValue).everywhere();
    let refused = up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::NotBegun { .. }), "{refused}");
    drop(fault);
    let all_lanes = 3 * 4 * CHUNK;
    let made = (0..1000).any(|_| {
        up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap();
        engine.report().pinned_bytes == all_lanes
    });
    assert!(made, "{:?}", engine.report());
}

fn done_bytes(outcome: cuda_safe::Result<()>, size: usize) -> usize {
    match outcome.as_ref().map_err(|error| error.kind()) {
        Ok(()) => size,
        Err(ErrorKind::Interrupted { done, .. }) => *done,
        Err(_) => 0,
    }
}

#[test]
fn without_memory_for_more_lanes_one_does_the_work() {
    let _emulated = emulated("its calls fail on request");
    let _alone = alone();
    let engine = engine(4);
    let stream = Stream::new(device()).unwrap();
    let size = 40 * CHUNK;
    let expected = Dice(11).bytes(size);
    let mut memory = DeviceMemory::<u8>::new(device(), size).unwrap();
    let error = cudaError_t::cudaErrorMemoryAllocation;
    let fault = Fault::call("cudaHostAlloc").fails_with(error).everywhere();
    let refused = up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap_err();
    assert_eq!(refused.code(), Some(error));
    // So whoever asked may copy another way.
    assert!(matches!(refused.kind(), ErrorKind::NotBegun { .. }), "{refused}");
    let refused = down(&engine, stream.as_ref(), &mut vec![0; size], &memory).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::NotBegun { .. }), "{refused}");
    // Nobody has to guess why copies are slow.
    let report = engine.report();
    assert_eq!((report.pinned_bytes, report.fallbacks), (0, 2));
    assert!(report.shortage.as_ref().is_some_and(|text| text.contains("cudaHostAlloc")), "{report:?}");
    drop(fault);
    up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap();
    assert_eq!(memory.to_vec().unwrap(), expected);
}
