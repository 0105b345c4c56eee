//! The transfer engine against a byte oracle, on the emulator, whose workers may be late.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cuda_emulator::{Fault, Flavour};
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::staging::{
    Engine, HostBytes, HostBytesMut, Place, Settings, Sink, Source, Stores, Transfer, Tuning, Until, Way,
};
use cuda_safe::{Device, DeviceMemory, ErrorKind, PinnedMemory, Stream, StreamOptions, StreamRef};

const CHUNK: usize = 4096;

fn device() -> Device {
    Device::new(cuda_emulator::runtime(Flavour::Cuda13), 0).unwrap()
}

/// Faults and delays concern every thread, so the tests take turns.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An engine that stages everything, in small chunks.
fn engine(threads: usize) -> Engine {
    let way = Way { threads, least_chunk: CHUNK, most_chunk: CHUNK, stores: Stores::Streaming };
    let settings = Settings {
        threads: Some(threads),
        chunk: Some(CHUNK),
        limit: threads * 4 * CHUNK,
        from: Some(0),
        ..Settings::default()
    };
    Engine::with_tuning(device(), settings, Tuning { upload: way, download: way }).unwrap()
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit as u64) as usize
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.roll() as u8).collect()
    }
}

/// Sizes around every boundary.
fn sizes(threads: usize) -> Vec<usize> {
    let mut sizes = vec![0, 1, CHUNK - 1, CHUNK, CHUNK + 1];
    for multiple in [2, 3, 4, 5, 8, 4 * threads, threads * 8, threads * 9, 40] {
        sizes.extend([multiple * CHUNK - 1, multiple * CHUNK, multiple * CHUNK + 1]);
    }
    sizes
}

fn up(
    engine: &Engine,
    stream: StreamRef<'_>,
    to: &mut DeviceMemory<u8>,
    from: &[u8],
    until: Until,
) -> cuda_safe::Result<()> {
    assert_eq!(to.len(), from.len());
    let place = Place::Run { base: to.as_mut_ptr().cast() };
    // SAFETY: both have as many bytes; the memory is freed only after the streams are done.
    unsafe {
        engine.upload(Transfer::new(stream, place, from.len()).until(until), &HostBytes::new(from.as_ptr()))
    }
}

fn down(
    engine: &Engine,
    stream: StreamRef<'_>,
    to: &mut [u8],
    from: &DeviceMemory<u8>,
) -> cuda_safe::Result<()> {
    assert_eq!(to.len(), from.len());
    let place = Place::Run { base: from.as_ptr().cast_mut().cast() };
    // SAFETY: both have as many bytes, and are borrowed until the copy is done.
    unsafe { engine.download(Transfer::new(stream, place, to.len()), &HostBytesMut::new(to.as_mut_ptr())) }
}

fn streams() -> Vec<Stream> {
    let device = device();
    let free = StreamOptions { non_blocking: true, ..StreamOptions::default() };
    vec![
        Stream::new(device).unwrap(),
        Stream::with_options(device, free).unwrap(),
        Stream::legacy(device),
        Stream::per_thread(device),
    ]
}

#[test]
fn every_byte_arrives_at_sizes_around_every_boundary() {
    let _alone = alone();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let streams = streams();
    for late in [Duration::ZERO, Duration::from_micros(300)] {
        cuda_emulator::set_async_delay(late);
        for threads in [1, 2, 5] {
            let engine = engine(threads);
            for size in sizes(threads) {
                let stream = &streams[dice.below(streams.len())];
                let until = if dice.below(2) == 0 { Until::Done } else { Until::Staged };
                let mut memory = DeviceMemory::<u8>::new(device(), size).unwrap();
                let mut source = dice.bytes(size);
                let expected = source.clone();
                up(&engine, stream.as_ref(), &mut memory, &source, until).unwrap();
                // The host memory may be reused at once.
                source.fill(0xaa);
                // A margin shows writes beyond the array.
                let mut back = vec![0x55; size + 128];
                down(&engine, stream.as_ref(), &mut back[64..64 + size], &memory).unwrap();
                assert_eq!(
                    back[64..64 + size],
                    expected,
                    "{size} bytes, {threads} threads, {stream:?}, {until:?}"
                );
                assert!(back[..64].iter().chain(&back[64 + size..]).all(|&byte| byte == 0x55));
            }
        }
    }
    cuda_emulator::set_async_delay(Duration::ZERO);
}

#[test]
fn a_copy_comes_after_what_its_stream_had_before() {
    let _alone = alone();
    cuda_emulator::set_async_delay(Duration::from_millis(2));
    let engine = engine(3);
    let size = 20 * CHUNK;
    for stream in streams() {
        let mut memory = DeviceMemory::<u8>::new(device(), size).unwrap();
        // SAFETY: the memory lives until the stream is synchronised below.
        unsafe {
            cuda_safe::memory::copy::enqueue_fill(stream.as_ref(), memory.as_mut_ptr().cast(), 7, size)
        }
        .unwrap();
        let mut back = vec![0; size];
        down(&engine, stream.as_ref(), &mut back, &memory).unwrap();
        assert_eq!(back, vec![7; size], "{stream:?}");
        // SAFETY: as above.
        unsafe {
            cuda_safe::memory::copy::enqueue_fill(stream.as_ref(), memory.as_mut_ptr().cast(), 8, size)
        }
        .unwrap();
        up(&engine, stream.as_ref(), &mut memory, &vec![9; size], Until::Staged).unwrap();
        down(&engine, stream.as_ref(), &mut back, &memory).unwrap();
        assert_eq!(back, vec![9; size], "{stream:?}");
        stream.synchronize().unwrap();
    }
    cuda_emulator::set_async_delay(Duration::ZERO);
}

#[test]
fn rows_of_a_pitched_image_are_packed_on_the_host_side() {
    let _alone = alone();
    let (width, pitch, rows) = (700, 1024, 150);
    let engine = engine(3);
    let stream = Stream::new(device()).unwrap();
    let mut dice = Dice(77);
    let mut memory = DeviceMemory::<u8>::zeroed(device(), rows * pitch).unwrap();
    let source = dice.bytes(rows * width);
    let place = Place::Rows { base: memory.as_mut_ptr().cast(), width, pitch };
    let transfer = Transfer::new(stream.as_ref(), place, source.len());
    // SAFETY: the rows lie inside the memory, the source has as many bytes.
    unsafe { engine.upload(transfer, &HostBytes::new(source.as_ptr())) }.unwrap();
    let all = memory.to_vec().unwrap();
    for (row, expected) in source.chunks(width).enumerate() {
        assert_eq!(&all[row * pitch..row * pitch + width], expected);
        assert!(all[row * pitch + width..(row + 1) * pitch].iter().all(|&byte| byte == 0));
    }
    let mut back = vec![0; source.len()];
    let transfer = Transfer::new(stream.as_ref(), place, back.len());
    // SAFETY: as above.
    unsafe { engine.download(transfer, &HostBytesMut::new(back.as_mut_ptr())) }.unwrap();
    assert_eq!(back, source);
}

#[test]
fn several_callers_share_the_engine() {
    let _alone = alone();
    cuda_emulator::set_async_delay(Duration::from_micros(50));
    for threads in [1, 4] {
        let engine = engine(threads);
        std::thread::scope(|scope| {
            for caller in 0..6u64 {
                let engine = &engine;
                scope.spawn(move || {
                    let mut dice = Dice(caller + 1);
                    let stream = Stream::new(device()).unwrap();
                    for _ in 0..12 {
                        let size = 8 * CHUNK + dice.below(60 * CHUNK);
                        let source = dice.bytes(size);
                        let mut memory = DeviceMemory::<u8>::new(device(), size).unwrap();
                        let mut back = vec![0; size];
                        up(engine, stream.as_ref(), &mut memory, &source, Until::Staged).unwrap();
                        down(engine, stream.as_ref(), &mut back, &memory).unwrap();
                        assert!(back == source, "caller {caller}, {size} bytes");
                    }
                });
            }
        });
        assert!(engine.report().pinned_bytes <= threads * 4 * CHUNK);
    }
    cuda_emulator::set_async_delay(Duration::ZERO);
}

#[test]
fn new_pages_are_written_whole_and_nothing_around_them() {
    let _alone = alone();
    let size = (9 << 20) + 12_345;
    let way = Way { threads: 4, least_chunk: 64 << 10, most_chunk: 1 << 20, stores: Stores::Streaming };
    let settings = Settings { threads: Some(4), from: Some(0), ..Settings::default() };
    let engine = Engine::with_tuning(device(), settings, Tuning { upload: way, download: way }).unwrap();
    let stream = Stream::new(device()).unwrap();
    let expected = Dice(21).bytes(size);
    let mut memory = DeviceMemory::<u8>::new(device(), size).unwrap();
    up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap();
    for margin in [0, 1, 4096, 100_000] {
        let mut fresh: Vec<u8> = Vec::with_capacity(size + 2 * margin);
        let base = fresh.as_mut_ptr();
        // SAFETY: both margins lie inside the vector, on either side of the array.
        unsafe { base.write_bytes(0x66, margin) };
        // SAFETY: as above.
        unsafe { base.wrapping_add(margin + size).write_bytes(0x66, margin) };
        let place = Place::Run { base: memory.as_ptr().cast_mut().cast() };
        let sink = HostBytesMut::new(base.wrapping_add(margin));
        // SAFETY: both have as many bytes, those of the sink inside the vector.
        unsafe { engine.download(Transfer::new(stream.as_ref(), place, size), &sink) }.unwrap();
        // SAFETY: every byte has been written, by the copy or as margin.
        unsafe { fresh.set_len(size + 2 * margin) };
        assert!(fresh[margin..margin + size] == expected);
        assert!(fresh[..margin].iter().chain(&fresh[margin + size..]).all(|&byte| byte == 0x66));
    }
}

#[test]
fn an_engine_that_measures_for_itself_copies_right_while_it_chooses() {
    let _alone = alone();
    let engine = Engine::new(device(), Settings { threads: Some(3), ..Settings::default() }).unwrap();
    assert_eq!(engine.report().tuning, None);
    let stream = Stream::new(device()).unwrap();
    let mut dice = Dice(23);
    for size in [1, 100_000, 300_000, 1 << 20, 17 << 20] {
        for _ in 0..if size < 2 << 20 { 20 } else { 1 } {
            let expected = vec![dice.roll() as u8; size];
            let (mut memory, mut back) = (DeviceMemory::<u8>::new(device(), size).unwrap(), vec![0; size]);
            up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap();
            down(&engine, stream.as_ref(), &mut back, &memory).unwrap();
            assert!(back == expected);
        }
    }
    let report = engine.report();
    assert_eq!(report.threads, 3);
    assert!(report.tuning.is_some() && report.pinned_bytes > 0 && report.pinned_bytes <= 64 << 20);
}

#[test]
fn page_locked_memory_goes_straight_to_the_device() {
    let _alone = alone();
    let engine = engine(3);
    let stream = Stream::new(device()).unwrap();
    let source = PinnedMemory::from_slice(device(), &Dice(25).bytes(50 * CHUNK)).unwrap();
    let mut memory = DeviceMemory::<u8>::new(device(), source.len()).unwrap();
    up(&engine, stream.as_ref(), &mut memory, &source, Until::Done).unwrap();
    assert_eq!(memory.to_vec().unwrap(), *source);
    assert_eq!(engine.report().pinned_bytes, 0);
}

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
    drop(fault);
    up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap();
    assert_eq!(memory.to_vec().unwrap(), expected);
}

#[test]
fn memory_is_released_on_request_and_made_again() {
    let _alone = alone();
    let engine = engine(3);
    let stream = Stream::new(device()).unwrap();
    let expected = Dice(13).bytes(30 * CHUNK);
    let mut memory = DeviceMemory::<u8>::new(device(), expected.len()).unwrap();
    assert_eq!(engine.report().pinned_bytes, 0);
    for _ in 0..3 {
        up(&engine, stream.as_ref(), &mut memory, &expected, Until::Staged).unwrap();
        assert!(engine.report().pinned_bytes > 0);
        assert!(engine.release() > 0);
        assert_eq!(engine.report().pinned_bytes, 0);
        assert_eq!(memory.to_vec().unwrap(), expected);
    }
}

#[test]
fn progress_grows_to_the_end_and_its_panic_is_an_error() {
    let _alone = alone();
    let engine = engine(3);
    let stream = Stream::new(device()).unwrap();
    let source = Dice(17).bytes(100 * CHUNK);
    let mut memory = DeviceMemory::<u8>::new(device(), source.len()).unwrap();
    let place = Place::Run { base: memory.as_mut_ptr().cast() };
    let host = HostBytes::new(source.as_ptr());
    let mut told = Vec::new();
    let mut note = |bytes| told.push(bytes);
    // SAFETY: both have as many bytes.
    unsafe { engine.upload(Transfer::new(stream.as_ref(), place, source.len()).progress(&mut note), &host) }
        .unwrap();
    assert!(told.is_sorted() && told.last() == Some(&source.len()), "{told:?}");
    let mut fail = |_| panic!("enough");
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: as above.
        unsafe {
            engine.upload(Transfer::new(stream.as_ref(), place, source.len()).progress(&mut fail), &host)
        }
    }));
    let error = outcome.unwrap().unwrap_err();
    assert!(error.to_string().contains("enough"), "{error}");
}

#[test]
fn threads_end_with_their_engine() {
    let _alone = alone();
    static READS: AtomicUsize = AtomicUsize::new(0);
    struct Counted(Vec<u8>);
    // SAFETY: every byte of the range is written.
    unsafe impl Source for Counted {
        unsafe fn read(&self, range: Range<usize>, to: *mut u8, _stores: Stores) {
            READS.fetch_add(1, Ordering::Relaxed);
            // SAFETY: the range lies inside the vector, `to` has its length.
            unsafe { to.copy_from_nonoverlapping(self.0.as_ptr().wrapping_add(range.start), range.len()) };
        }
    }
    let stream = Stream::new(device()).unwrap();
    let mut memory = DeviceMemory::<u8>::new(device(), 33 * CHUNK + 1).unwrap();
    let place = Place::Run { base: memory.as_mut_ptr().cast() };
    let engine = engine(3);
    let transfer = Transfer::new(stream.as_ref(), place, memory.len());
    // SAFETY: both have as many bytes.
    unsafe { engine.upload(transfer, &Counted(vec![1; memory.len()])) }.unwrap();
    assert_eq!(READS.load(Ordering::Relaxed), 34);
    drop(engine);
}
