//! An engine that stages everything, and the dice that say what.

#[path = "../support/dice.rs"]
mod dice;

use std::cell::Cell;
use std::ffi::c_void;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cuda_emulator::Flavour;
use cuda_safe::cuda_sys::Runtime;
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::staging::{
    Engine, HostBytes, HostBytesMut, Place, Settings, Stores, Transfer, Tuning, Until, Way,
};
use cuda_safe::{Device, DeviceMemory, Stream, StreamOptions, StreamRef};

pub(crate) use dice::Dice;

pub(crate) const CHUNK: usize = 4096;

/// The runtime that `CUDA_TEST_RUNTIME` names (`emulator12`, `emulator13`, or the path of a libcudart), or the emulator.
fn runtime() -> &'static Runtime {
    match std::env::var("CUDA_TEST_RUNTIME").as_deref() {
        Err(_) | Ok("emulator13") => cuda_emulator::runtime(Flavour::Cuda13),
        Ok("emulator12") => cuda_emulator::runtime(Flavour::Cuda12),
        // SAFETY: whoever sets the variable names a libcudart.
        Ok(path) => unsafe { Runtime::load_from(Path::new(path)) }.unwrap(),
    }
}

thread_local! {
    /// Whether this thread's test wants the emulator whatever runtime is named.
    static EMULATED: Cell<bool> = const { Cell::new(false) };
}

/// The first device of the runtime under test; of the emulator as long as [`emulated`] says so.
pub(crate) fn device() -> Device {
    let emulated = EMULATED.get();
    let runtime = if emulated { cuda_emulator::runtime(Flavour::Cuda13) } else { runtime() };
    Device::new(runtime, 0).unwrap()
}

/// Another device of the runtime under test; two of the emulator are used where there is only one.
pub(crate) fn other_device() -> (Device, Option<Emulated>) {
    match Device::new(device().runtime(), 1) {
        Ok(other) => (other, None),
        Err(_) => {
            let emulated = emulated("it needs two devices");
            (Device::new(device().runtime(), 1).unwrap(), Some(emulated))
        }
    }
}

/// As long as this lives, [`device`] is the emulator's on this thread.
#[must_use]
pub(crate) struct Emulated;

/// For a test that a GPU cannot carry out. If it is told to use one it says so, in the form in which the GPU report
/// counts it.
pub(crate) fn emulated(reason: &str) -> Emulated {
    if std::env::var("CUDA_TEST_RUNTIME").is_ok_and(|name| !name.starts_with("emulator")) {
        println!("on the emulator: {reason}");
        EMULATED.set(true);
    }
    Emulated
}

impl Drop for Emulated {
    fn drop(&mut self) {
        EMULATED.set(false);
    }
}

/// Faults and delays concern every thread, so the tests take turns.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An engine that stages everything, in small chunks.
pub(crate) fn engine(threads: usize) -> Engine {
    engine_on(device(), threads)
}

/// The same for another device.
pub(crate) fn engine_on(device: Device, threads: usize) -> Engine {
    let way = Way { threads, least_chunk: CHUNK, most_chunk: CHUNK, stores: Stores::Streaming };
    let settings = Settings {
        threads: Some(threads),
        chunk: Some(CHUNK),
        limit: threads * 4 * CHUNK,
        from: Some(0),
        ..Settings::default()
    };
    Engine::with_tuning(device, settings, Tuning { upload: way, download: way }).unwrap()
}

/// One that cuts large copies as it finds best: with smaller pieces at one end.
pub(crate) fn engine_of_its_own_cuts(threads: usize) -> Engine {
    let way = Way { threads, least_chunk: CHUNK, most_chunk: 16 * CHUNK, stores: Stores::Streaming };
    let settings = Settings { threads: Some(threads), from: Some(0), ..Settings::default() };
    Engine::with_tuning(device(), settings, Tuning { upload: way, download: way }).unwrap()
}

/// Sizes around every boundary.
pub(crate) fn sizes(threads: usize) -> Vec<usize> {
    let mut sizes = vec![0, 1, CHUNK - 1, CHUNK, CHUNK + 1];
    for multiple in [threads, 2, 3, 4, 5, 8, 4 * threads, threads * 8, threads * 9, 40] {
        sizes.extend([multiple * CHUNK - 1, multiple * CHUNK, multiple * CHUNK + 1]);
    }
    sizes
}

pub(crate) fn up(
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

pub(crate) fn down(
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

pub(crate) fn streams() -> Vec<Stream> {
    let device = device();
    let free = StreamOptions { non_blocking: true, ..StreamOptions::default() };
    vec![
        Stream::new(device).unwrap(),
        Stream::with_options(device, free).unwrap(),
        Stream::legacy(device),
        Stream::per_thread(device),
    ]
}

/// A stream that no other one is ordered with.
pub(crate) fn free_stream() -> Stream {
    Stream::with_options(device(), StreamOptions { non_blocking: true, ..StreamOptions::default() }).unwrap()
}

/// Work of a stream that is not done before this is dropped.
pub(crate) struct Gate(Arc<AtomicBool>);

impl Gate {
    pub(crate) fn closed(stream: &Stream) -> Self {
        let open = Arc::new(AtomicBool::new(false));
        let seen = Arc::into_raw(Arc::clone(&open)).cast_mut().cast();
        // SAFETY: the function takes the reference that it is given, calls nothing of CUDA, and runs once.
        let given =
            unsafe { stream.device().runtime().cudaLaunchHostFunc(stream.as_raw(), Some(pass), seen) };
        assert_eq!(given, Ok(cudaError_t::cudaSuccess));
        Self(open)
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Returns when the gate is open. A test that waits for its own gate gets an error late, not never.
unsafe extern "C" fn pass(open: *mut c_void) {
    // SAFETY: made by `Arc::into_raw` for this call.
    let open = unsafe { Arc::from_raw(open.cast::<AtomicBool>().cast_const()) };
    let begun = Instant::now();
    while !open.load(Ordering::SeqCst) && begun.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_micros(200));
    }
}
