//! Tiny copies: the host memory is free at once, the order is the stream's, and what cannot be begun says so.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use cuda_emulator::Fault;
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::staging::{Engine, Settings};
use cuda_safe::{DeviceMemory, Stream, StreamOptions};

use crate::support::{Dice, Gate, alone, device, emulated, free_stream, other_device};

const LARGEST: usize = 128 << 10;

fn engine(settings: &str) -> Engine {
    Engine::new(device(), settings.parse().unwrap()).unwrap()
}

/// As the safe layers above do: memory that lives on, in the order of one stream.
fn up(engine: &Engine, stream: &Stream, to: &mut DeviceMemory<u8>, from: &[u8]) -> cuda_safe::Result<bool> {
    assert!(from.len() <= to.len());
    // SAFETY: there is room for as many bytes; every test waits for the stream before it looks at or drops the memory.
    unsafe { engine.upload_small(stream.as_ref(), to.as_mut_ptr().cast(), from.as_ptr(), from.len()) }
}

fn down(engine: &Engine, stream: &Stream, from: &DeviceMemory<u8>, to: &mut [u8]) -> cuda_safe::Result<bool> {
    assert!(to.len() <= from.len());
    // SAFETY: as many bytes on both sides.
    unsafe { engine.download_small(stream.as_ref(), from.as_ptr().cast(), to.as_mut_ptr(), to.len()) }
}

/// Delays every copy of the emulator's streams for as long as it lives.
struct Slow;

impl Slow {
    fn by(delay: Duration) -> Self {
        cuda_emulator::set_async_delay(delay);
        Self
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        cuda_emulator::set_async_delay(Duration::ZERO);
    }
}

#[test]
fn every_size_arrives_in_the_order_of_its_stream() {
    let _alone = alone();
    let (engine, mut dice) = (engine(""), Dice(23));
    let options = StreamOptions { non_blocking: true, ..Default::default() };
    let streams = [
        Stream::new(device()).unwrap(),
        Stream::with_options(device(), options).unwrap(),
        Stream::legacy(device()),
        Stream::per_thread(device()),
    ];
    for stream in &streams {
        let mut memory = DeviceMemory::<u8>::new(device(), LARGEST).unwrap();
        for size in [1, 2, 4095, 4096, 4097, LARGEST - 1, LARGEST] {
            let mut source = dice.bytes(size);
            let (expected, mut back) = (source.clone(), vec![0; size]);
            assert!(up(&engine, stream, &mut memory, &source).unwrap());
            source.fill(0xee);
            assert!(down(&engine, stream, &memory, &mut back).unwrap());
            assert!(back == expected, "{size} bytes on {stream:?}");
        }
    }
}

#[test]
fn an_upload_returns_before_its_stream_has_come_to_it() {
    let _alone = alone();
    let _emulated = emulated("it is late on request");
    let (engine, stream) = (engine(""), Stream::new(device()).unwrap());
    let mut memory = DeviceMemory::<u8>::zeroed(device(), 64).unwrap();
    assert!(up(&engine, &stream, &mut memory, &[1; 64]).unwrap());
    stream.synchronize().unwrap();
    let slow = Slow::by(Duration::from_millis(200));
    let mut source = [7; 64];
    assert!(up(&engine, &stream, &mut memory, &source).unwrap());
    source.fill(9);
    assert!(!stream.query().unwrap(), "the copy is still under way");
    drop(slow);
    stream.synchronize().unwrap();
    assert_eq!(memory.to_vec().unwrap(), [7; 64]);
}

#[test]
fn copies_on_the_legacy_stream_share_their_events_and_are_waited_for_all_the_same() {
    let _alone = alone();
    let legacy = Stream::legacy(device());
    let mut memory = DeviceMemory::<u8>::zeroed(device(), LARGEST).unwrap();
    for count in 1..40 {
        let (engine, mut dice) = (engine(""), Dice(count as u64));
        let slow = Slow::by(Duration::from_micros(200));
        let mut last = Vec::new();
        let sent = (0..count)
            .filter(|_| {
                let size = 1 + dice.below(LARGEST);
                let next = dice.bytes(size);
                let sent = up(&engine, &legacy, &mut memory, &next).unwrap();
                last = if sent { next } else { std::mem::take(&mut last) };
                sent
            })
            .count();
        assert!(sent >= count.min(4), "{sent} of {count}");
        if count % 2 == 0 {
            drop(engine);
            assert!(legacy.query().unwrap(), "it has waited for what is in flight");
        } else {
            legacy.synchronize().unwrap();
            // The last ones may only now have been given an event.
            while engine.release() == 0 {
                std::thread::yield_now();
            }
            assert_eq!(engine.report().pinned_bytes, 0);
        }
        drop(slow);
        assert!(memory.to_vec().unwrap()[..last.len()] == last);
    }
}

#[test]
fn a_stream_that_is_behind_fills_the_slots_and_nobody_waits_for_it() {
    let _alone = alone();
    let _emulated = emulated("it is late on request");
    let (engine, stream) = (engine(""), Stream::new(device()).unwrap());
    let mut memory = DeviceMemory::<u8>::zeroed(device(), 4096).unwrap();
    assert!(up(&engine, &stream, &mut memory, &[1; 4096]).unwrap());
    stream.synchronize().unwrap();
    let slow = Slow::by(Duration::from_millis(200));
    let begun =
        (0..100).take_while(|&turn| up(&engine, &stream, &mut memory, &[turn; 4096]).unwrap()).count();
    assert!((1..100).contains(&begun), "{begun}");
    assert!(!stream.query().unwrap(), "nobody has waited");
    assert_eq!(engine.release(), 0, "what is in flight is not freed");
    drop(slow);
    stream.synchronize().unwrap();
    assert_eq!(memory.to_vec().unwrap(), [begun as u8 - 1; 4096]);
    assert!(up(&engine, &stream, &mut memory, &[5; 4096]).unwrap());
    stream.synchronize().unwrap();
}

#[test]
fn a_stream_that_is_behind_leaves_the_free_slots_to_others() {
    let _alone = alone();
    let (engine, behind, other) = (engine(""), free_stream(), free_stream());
    let [mut late, mut memory] = [(); 2].map(|()| DeviceMemory::<u8>::zeroed(device(), 64).unwrap());
    assert!(up(&engine, &other, &mut memory, &[1; 64]).unwrap());
    other.synchronize().unwrap();
    let gate = Gate::closed(&behind);
    assert!((1..4).all(|turn| up(&engine, &behind, &mut late, &[turn; 64]).unwrap()));
    for turn in 0..100 {
        assert!(up(&engine, &other, &mut memory, &[turn; 64]).unwrap(), "turn {turn}");
        other.synchronize().unwrap();
    }
    assert!(!behind.query().unwrap(), "nobody has waited");
    drop(gate);
    behind.synchronize().unwrap();
    assert_eq!((late.to_vec().unwrap(), memory.to_vec().unwrap()), (vec![3; 64], vec![99; 64]));
}

#[test]
fn what_is_not_tiny_or_not_wanted_is_not_begun() {
    let _alone = alone();
    let stream = Stream::new(device()).unwrap();
    let mut memory = DeviceMemory::<u8>::zeroed(device(), LARGEST + 1).unwrap();
    let bytes = vec![1; LARGEST + 1];
    for settings in ["off", "from=0", "from=1M", "limit=4M", "limit=64M,chunk=64M"] {
        let engine = engine(settings);
        assert_eq!(engine.small(), 0, "{settings}");
        assert!(!up(&engine, &stream, &mut memory, &bytes[..4]).unwrap(), "{settings}");
        assert_eq!(engine.report().pinned_bytes, 0);
    }
    let engine = engine("");
    assert_eq!(engine.small(), LARGEST);
    assert!(!up(&engine, &stream, &mut memory, &bytes).unwrap());
    assert!(up(&engine, &stream, &mut memory, &[]).unwrap(), "nothing is copied at once");
    assert_eq!(engine.report().pinned_bytes, 0, "and needs no memory");
    assert_eq!(memory.to_vec().unwrap(), vec![0; LARGEST + 1]);
}

#[test]
fn the_slots_are_counted_released_and_made_again() {
    let _alone = alone();
    let (engine, stream) = (engine(""), Stream::new(device()).unwrap());
    let mut memory = DeviceMemory::<u8>::zeroed(device(), 16).unwrap();
    for turn in 0..3 {
        assert!(up(&engine, &stream, &mut memory, &[turn; 16]).unwrap());
        stream.synchronize().unwrap();
        let held = engine.report().pinned_bytes;
        assert!(held > 0 && held <= Settings::default().limit);
        assert_eq!(engine.release(), held);
        assert_eq!(engine.report().pinned_bytes, 0);
        assert_eq!(memory.to_vec().unwrap(), [turn; 16]);
    }
}

#[test]
fn an_engine_that_goes_waits_for_what_is_in_flight() {
    let _alone = alone();
    let (engine, stream) = (engine(""), Stream::new(device()).unwrap());
    let mut memory = DeviceMemory::<u8>::zeroed(device(), 4096).unwrap();
    assert!(up(&engine, &stream, &mut memory, &[1; 4096]).unwrap());
    stream.synchronize().unwrap();
    let slow = Slow::by(Duration::from_millis(50));
    assert!(up(&engine, &stream, &mut memory, &[2; 4096]).unwrap());
    drop(engine);
    assert!(stream.query().unwrap());
    drop(slow);
    assert_eq!(memory.to_vec().unwrap(), [2; 4096]);
}

#[test]
fn without_memory_for_slots_the_copy_goes_another_way() {
    let _alone = alone();
    let _emulated = emulated("its calls fail on request");
    let (engine, stream) = (engine(""), Stream::new(device()).unwrap());
    let mut memory = DeviceMemory::<u8>::zeroed(device(), 16).unwrap();
    let full = Fault::call("cudaHostAlloc").fails_with(cudaError_t::cudaErrorMemoryAllocation);
    assert!(!up(&engine, &stream, &mut memory, &[1; 16]).unwrap());
    drop(full);
    assert!(!up(&engine, &stream, &mut memory, &[1; 16]).unwrap(), "it is not asked for again and again");
    engine.release();
    assert!(up(&engine, &stream, &mut memory, &[1; 16]).unwrap());
    stream.synchronize().unwrap();
}

#[test]
fn a_refused_call_is_an_error_and_the_slot_is_used_again() {
    let _alone = alone();
    let _emulated = emulated("its calls fail on request");
    let (engine, stream) = (engine(""), Stream::new(device()).unwrap());
    let mut memory = DeviceMemory::<u8>::zeroed(device(), 16).unwrap();
    for call in ["cudaMemcpyAsync", "cudaEventRecord"] {
        let refused = Fault::call(call).fails_with(cudaError_t::cudaErrorInvalidValue);
        for _ in 0..40 {
            let error = up(&engine, &stream, &mut memory, &[1; 16]).unwrap_err();
            assert!(error.to_string().contains(call), "{error}");
        }
        drop(refused);
    }
    let refused = Fault::call("cudaMemcpyAsync").fails_with(cudaError_t::cudaErrorInvalidValue);
    let mut back = [3; 16];
    assert!(down(&engine, &stream, &memory, &mut back).is_err());
    assert_eq!(back, [3; 16], "nothing is written");
    drop(refused);
    assert!(up(&engine, &stream, &mut memory, &[4; 16]).unwrap());
    assert!(down(&engine, &stream, &memory, &mut back).unwrap());
    assert_eq!(back, [4; 16]);
}

#[test]
fn a_stream_of_another_device_is_refused() {
    let _alone = alone();
    let (other, _emulated) = other_device();
    let engine = engine("");
    let mut memory = DeviceMemory::<u8>::zeroed(device(), 16).unwrap();
    assert!(up(&engine, &Stream::new(other).unwrap(), &mut memory, &[1; 16]).is_err());
}

#[test]
fn threads_share_the_slots() {
    let _alone = alone();
    let engine = engine("");
    std::thread::scope(|scope| {
        for seed in 1..=8 {
            let engine = &engine;
            scope.spawn(move || {
                let (stream, mut dice) = (Stream::new(device()).unwrap(), Dice(seed));
                let mut memory = DeviceMemory::<u8>::new(device(), 5000).unwrap();
                for _ in 0..100 {
                    let size = 1 + dice.below(5000);
                    let (source, mut back) = (dice.bytes(size), vec![0; size]);
                    // A copy that was not begun is done by the plain call.
                    if !up(engine, &stream, &mut memory, &source).unwrap() {
                        stream.synchronize().unwrap();
                        memory.slice_mut(..size).unwrap().copy_from_host(&source).unwrap();
                    }
                    if !down(engine, &stream, &memory, &mut back).unwrap() {
                        stream.synchronize().unwrap();
                        memory.slice(..size).unwrap().copy_to_host(&mut back).unwrap();
                    }
                    assert_eq!(back, source);
                }
            });
        }
    });
}

#[test]
fn a_slot_is_filled_and_emptied_in_place_and_comes_back_from_code_that_panics() {
    let _alone = alone();
    let (engine, stream) = (engine(""), Stream::new(device()).unwrap());
    let mut memory = DeviceMemory::<u8>::zeroed(device(), 64).unwrap();
    let to = memory.as_mut_ptr().cast();
    // SAFETY: the slot has room for 64 bytes.
    let fill = |slot: *mut u8| (0..64).for_each(|at| unsafe { slot.wrapping_add(at).write(63 - at as u8) });
    // More often than there are slots.
    for _ in 0..40 {
        let panics = || {
            // SAFETY: nothing is sent.
            unsafe { engine.upload_small_with(stream.as_ref(), to, 64, |_| panic!("as it was told")) }
        };
        assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
        let panics = || {
            // SAFETY: nothing is read.
            unsafe { engine.download_small_with(stream.as_ref(), to, 64, |_| panic!("as it was told")) }
        };
        assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    }
    // SAFETY: 64 bytes are filled; the memory is left alone until the stream has been waited for.
    assert!(unsafe { engine.upload_small_with(stream.as_ref(), to, 64, fill) }.unwrap());
    let mut sum = 0u32;
    // SAFETY: 64 bytes are in the slot.
    let add =
        |slot: *const u8| (0..64).for_each(|at| sum += u32::from(unsafe { slot.wrapping_add(at).read() }));
    // SAFETY: as many bytes are in the memory.
    assert!(unsafe { engine.download_small_with(stream.as_ref(), to, 64, add) }.unwrap());
    assert_eq!(sum, (0..64).sum());
    assert_eq!(memory.to_vec().unwrap()[..2], [63, 62]);
}

#[test]
fn what_a_capture_forbids_is_refused_before_anything_is_filled_or_sent() {
    let _alone = alone();
    let _emulated = emulated("it refuses on request");
    let (engine, legacy) = (engine(""), Stream::legacy(device()));
    let mut memory = DeviceMemory::<u8>::zeroed(device(), 64).unwrap();
    let to = memory.as_mut_ptr().cast();
    let capture =
        Fault::call("cudaStreamIsCapturing").fails_with(cudaError_t::cudaErrorStreamCaptureImplicit);
    let fill = |_: *mut u8| panic!("it was asked before");
    // SAFETY: nothing is sent.
    let error = unsafe { engine.upload_small_with(legacy.as_ref(), to, 64, fill) }.unwrap_err();
    assert_eq!(error.code(), Some(cudaError_t::cudaErrorStreamCaptureImplicit));
    drop(capture);
    assert_eq!(memory.to_vec().unwrap(), [0; 64]);
}

#[test]
fn a_capture_that_forbids_the_legacy_stream_is_not_waited_out_for_a_slot() {
    let _alone = alone();
    let _emulated = emulated("it lets a capture be pretended");
    let (engine, legacy, other) = (engine(""), Stream::legacy(device()), Stream::new(device()).unwrap());
    let mut memory: Vec<_> = (0..17).map(|_| DeviceMemory::<u8>::zeroed(device(), 8).unwrap()).collect();
    device().synchronize().unwrap();
    let _slow = Slow::by(Duration::from_millis(30));
    // All slots are in flight, some of them without an event yet.
    for (at, memory) in memory[..16].iter_mut().enumerate() {
        let stream = if at == 0 { &other } else { &legacy };
        assert!(up(&engine, stream, memory, &[at as u8 + 1; 8]).unwrap(), "{at}");
    }
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let forbidden =
                ["cudaEventRecord", "cudaStreamSynchronize", "cudaStreamQuery", "cudaMemcpyAsync"]
                    .map(|call| Fault::call(call).fails_with(cudaError_t::cudaErrorStreamCaptureImplicit));
            let begun = up(&engine, &legacy, &mut memory[16], &[17; 8]);
            drop(forbidden);
            tell.send(begun).unwrap();
        });
        // A scope waits for its threads: this one ends the process's tests if it hangs.
        let begun = told.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| std::process::abort());
        assert!(!matches!(begun, Ok(true)), "{begun:?}");
    });
    device().synchronize().unwrap();
    for (at, memory) in memory[..16].iter().enumerate() {
        assert_eq!(memory.to_vec().unwrap(), [at as u8 + 1; 8]);
    }
    assert!(up(&engine, &legacy, &mut memory[16], &[17; 8]).unwrap());
    device().synchronize().unwrap();
    assert_eq!(memory[16].to_vec().unwrap(), [17; 8]);
}
