//! Whatever fails is an error that tells what is done, and the engine goes on.

use std::ops::Range;

use cuda_emulator::Fault;
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::staging::{Place, Sink, Source, Stores, Transfer, Until};
use cuda_safe::{DeviceMemory, ErrorKind, Stream};

use crate::support::{CHUNK, Dice, alone, device, down, emulated, engine, up};

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
        "cudaEventQuery",
        "cudaEventSynchronize",
    ];
    for threads in [1, 3] {
        let engine = engine(threads);
        let stream = Stream::new(device()).unwrap();
        let mut memory = DeviceMemory::<u8>::zeroed(device(), size).unwrap();
        for call in calls {
            for nth in [1, 2, 5, 17, 40] {
                let mut back = vec![0; size];
                memory.fill_bytes(0).unwrap();
                let fault =
                    Fault::call(call).nth(nth).fails_with(cudaError_t::cudaErrorInvalidValue).everywhere();
                let sent = up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done);
                let hit = fault.hits() > 0;
                drop(fault);
                assert_eq!(sent.is_err(), hit, "{call} {nth}: {sent:?}");
                let done = done_bytes(sent, size);
                assert_eq!(memory.to_vec().unwrap()[..done], expected[..done], "{call} {nth}");

                up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap();
                let fault =
                    Fault::call(call).nth(nth).fails_with(cudaError_t::cudaErrorInvalidValue).everywhere();
                let received = down(&engine, stream.as_ref(), &mut back, &memory);
                let hit = fault.hits() > 0;
                drop(fault);
                assert_eq!(received.is_err(), hit, "{call} {nth}: {received:?}");
                let done = done_bytes(received, size);
                assert_eq!(back[..done], expected[..done], "{call} {nth}");
            }
        }
    }
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
