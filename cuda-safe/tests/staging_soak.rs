//! A soak of the transfer engine: 16 threads on four streams copy at random while calls fail at random, and memory is
//! released under them. Every byte that is said to be copied must be right, and the process must not grow.
//!
//! It takes `CUDA_SOAK_SECONDS`; unless set, 20 seconds in CI (where `CI` is set) and 2 elsewhere. Calls fail on the
//! emulator only; `CUDA_TEST_RUNTIME` is as for the other tests.

#[path = "support/dice.rs"]
mod dice;
mod support;

use std::ffi::c_void;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cuda_emulator::Fault;
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::staging::{Engine, HostBytes, HostBytesMut, Place, Settings, Spans, Transfer, Until};
use cuda_safe::{Device, DeviceMemory, ErrorKind, Result, Stream, StreamOptions};

use crate::dice::Dice;

const THREADS: u64 = 16;
const LARGEST: usize = 3 << 20;
/// How much the process may grow after its first half: what allocators keep, and no copy's worth for each minute.
const GROWTH: usize = 48 << 20;
/// How long the threads may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);
/// Calls of the engine that fail at random. Each of them once at a time, so waiting for the device stays possible.
const CALLS: [&str; 11] = [
    "cudaMemcpyAsync",
    "cudaMemcpy2DAsync",
    "cudaMemcpyBatchAsync",
    "cudaEventRecord",
    "cudaEventQuery",
    "cudaEventSynchronize",
    "cudaStreamWaitEvent",
    "cudaStreamQuery",
    "cudaStreamSynchronize",
    "cudaHostAlloc",
    "cudaEventCreateWithFlags",
];

struct Soak {
    device: Device,
    streams: [Stream; 4],
    /// One that stages everything in small pieces, one that chooses for itself.
    engines: [Engine; 2],
    end: AtomicBool,
    copies: AtomicU64,
    bytes: AtomicU64,
    failures: AtomicU64,
}

fn main() -> ExitCode {
    let seconds = std::env::var("CUDA_SOAK_SECONDS").ok().and_then(|text| text.parse().ok());
    let seconds = seconds.unwrap_or(if std::env::var_os("CI").is_some() { 20 } else { 2 });
    let seed = std::time::UNIX_EPOCH.elapsed().map_or(1, |time| time.as_nanos() as u64) | 1;
    println!("staging_soak: {seconds} s, seed {seed}");
    if seconds == 0 {
        return ExitCode::SUCCESS;
    }
    match run(Duration::from_secs(seconds), seed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("staging_soak: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(duration: Duration, seed: u64) -> Result<()> {
    let device = Device::new(support::runtime(), 0)?;
    let free = StreamOptions { non_blocking: true, ..StreamOptions::default() };
    let small = Settings {
        threads: Some(4),
        chunk: Some(4096),
        limit: 256 << 10,
        from: Some(0),
        ..Settings::default()
    };
    let soak = Soak {
        device,
        streams: [
            Stream::new(device)?,
            Stream::with_options(device, free)?,
            Stream::with_options(device, free)?,
            Stream::legacy(device),
        ],
        engines: [Engine::new(device, small)?, Engine::new(device, Settings::default())?],
        end: AtomicBool::new(false),
        copies: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
        failures: AtomicU64::new(0),
    };
    let started = Instant::now();
    let (mut begun, mut after_warming, mut most) = (started, 0, 0);
    let wrong = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..THREADS)
            .map(|caller| {
                let soak = &soak;
                scope.spawn(move || soak.copy_at_random(Dice(seed.wrapping_mul(2 * caller + 1) | 1)))
            })
            .collect();
        scope.spawn(|| soak.disturb(Dice(seed)));
        while begun.elapsed() < duration && !callers.iter().any(|caller| caller.is_finished()) {
            std::thread::sleep(Duration::from_millis(100));
            // The time counts from when everybody is at work, which takes longer than all of it under a debugger.
            if soak.copies.load(Ordering::Relaxed) < 4 * THREADS && started.elapsed() < PATIENCE {
                begun = Instant::now();
            }
            let resident = resident();
            if begun.elapsed() < duration / 2 {
                after_warming = after_warming.max(resident);
            }
            most = most.max(resident);
        }
        soak.end.store(true, Ordering::Relaxed);
        callers.into_iter().filter_map(|caller| caller.join().err()).count()
    });
    let [copies, bytes, failures] =
        [&soak.copies, &soak.bytes, &soak.failures].map(|count| count.load(Ordering::Relaxed));
    println!(
        "staging_soak: {copies} copies, {} MiB, {failures} failed; {} MiB resident in the first half, {} MiB at most",
        bytes >> 20,
        after_warming >> 20,
        most >> 20,
    );
    for engine in &soak.engines {
        let report = engine.report();
        println!("staging_soak: {report:?}");
        assert!(report.pinned_bytes <= report.settings.limit, "more page-locked memory than the limit");
    }
    assert_eq!(wrong, 0, "threads that found wrong bytes");
    assert!(copies > 0 && most <= after_warming + GROWTH, "the process has grown");
    drop(soak);
    // The emulator knows what was not given back.
    assert!(cuda_emulator::leaks().is_empty(), "{}", cuda_emulator::leak_report());
    Ok(())
}

impl Soak {
    fn copy_at_random(&self, mut dice: Dice) {
        // As much again for the gaps between rows and pieces.
        let mut memory = DeviceMemory::<u8>::zeroed(self.device, 2 * LARGEST).expect("memory");
        let base: *mut c_void = memory.as_mut_ptr().cast();
        // Written, so that all of it is there from the beginning.
        let (mut source, mut back) = (vec![1u8; LARGEST], vec![1u8; LARGEST]);
        while !self.end.load(Ordering::Relaxed) {
            let stream = &self.streams[dice.below(self.streams.len())];
            let engine = &self.engines[dice.below(self.engines.len())];
            let until = if dice.below(2) == 0 { Until::Done } else { Until::Staged };
            let largest = [5000, 200_000, LARGEST][dice.below(3)];
            let bytes = 1 + dice.below(largest);
            let (width, gap) = (1 + dice.below(9000), dice.below(64));
            let (width, spans) = (width.max(gap).min(bytes), spans(base, bytes, width.max(64)));
            let (place, bytes) = match dice.below(4) {
                0 => (Place::Rows { base, width, pitch: width + gap }, bytes / width * width),
                1 => (Place::Spans(&spans), bytes),
                _ => (Place::Run { base }, bytes),
            };
            let salt = dice.roll();
            for (at, word) in source[..bytes].chunks_mut(8).enumerate() {
                let pattern = (salt ^ at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
                word.copy_from_slice(&pattern[..word.len()]);
            }
            let transfer = || Transfer::new(stream.as_ref(), place, bytes);
            let tiny = dice.below(2) == 0 && matches!(place, Place::Run { .. });
            let host = HostBytes::new(source.as_ptr());
            // SAFETY: both have more bytes, and belong to this thread, which waits for the stream before it goes on.
            let sent = match tiny
                .then(|| unsafe { engine.upload_small(stream.as_ref(), base, source.as_ptr(), bytes) })
            {
                // SAFETY: as above.
                None | Some(Ok(false)) => unsafe { engine.upload(transfer().until(until), &host) },
                Some(small) => small.map(drop),
            };
            let sent = self.done(sent, bytes);
            if until == Until::Staged {
                // The host memory may be reused at once; what was sent is known from the salt.
                source[..bytes].fill(0xee);
            }
            back[..bytes].fill(0x11);
            let sink = HostBytesMut::new(back.as_mut_ptr());
            // SAFETY: as above.
            let small = || unsafe { engine.download_small(stream.as_ref(), base, back.as_mut_ptr(), bytes) };
            let received = match tiny.then(small) {
                // SAFETY: as above.
                None | Some(Ok(false)) => unsafe { engine.download(transfer(), &sink) },
                Some(small) => small.map(drop),
            };
            let both = self.done(received, bytes).min(sent);
            for (at, word) in back[..both].chunks(8).enumerate() {
                let expected = (salt ^ at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
                assert_eq!(
                    word,
                    &expected[..word.len()],
                    "{bytes} bytes, of which {both} are done, at {at} x 8"
                );
            }
            // Nothing of this round may be under way in the next one, which may choose another stream.
            let _ = stream.as_ref().settle();
            self.copies.fetch_add(2, Ordering::Relaxed);
            self.bytes.fetch_add(2 * bytes as u64, Ordering::Relaxed);
        }
        let _ = memory.fill_bytes(0);
    }

    /// How many bytes are said to be done; failures must be of a kind that tells.
    fn done(&self, outcome: Result<()>, bytes: usize) -> usize {
        let Err(error) = outcome else { return bytes };
        self.failures.fetch_add(1, Ordering::Relaxed);
        assert_eq!(error.code(), Some(cudaError_t::cudaErrorInvalidValue), "{error}");
        match error.kind() {
            ErrorKind::Interrupted { done, .. } => *done,
            // The call that looks at the stream, or the engine could not begin.
            ErrorKind::Cuda(_) | ErrorKind::NotBegun { .. } => 0,
            _ => panic!("{error}"),
        }
    }

    /// Lets calls fail, and frees memory, until the end.
    fn disturb(&self, mut dice: Dice) {
        let real = !self.device.runtime().origin().to_string().contains("emulator");
        while !self.end.load(Ordering::Relaxed) {
            if dice.below(8) == 0 {
                for engine in &self.engines {
                    engine.release();
                }
            }
            let call = CALLS[dice.below(CALLS.len())];
            let nth = 1 + dice.roll() % 50;
            let fault = (!real).then(|| {
                Fault::call(call).nth(nth).fails_with(cudaError_t::cudaErrorInvalidValue).everywhere()
            });
            std::thread::sleep(Duration::from_millis(1 + dice.roll() % 10));
            drop(fault);
        }
    }
}

/// So many bytes in pieces with gaps between them.
fn spans(base: *mut c_void, bytes: usize, piece: usize) -> Spans {
    let mut spans = Spans::default();
    for at in (0..bytes).step_by(piece) {
        let place = base.wrapping_byte_add(at + at / piece);
        spans.push(place, piece.min(bytes - at), base.addr());
    }
    spans
}

/// Bytes of this process that are in memory.
#[cfg(target_os = "linux")]
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").expect("this process");
    let pages: usize = text.split_whitespace().nth(1).and_then(|word| word.parse().ok()).expect("pages");
    pages * 4096
}

/// Not known here.
#[cfg(not(target_os = "linux"))]
fn resident() -> usize {
    0
}
