//! Processes that end.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use cuda_safe::memory::copy::{self, Direction};
use cuda_safe::memory::staging::{self, Engine, Settings, Source, Stores};
use cuda_safe::{DeviceMemory, Error, ErrorKind, StreamRef};

use crate::copies::{BYTES, Copies, copy_in_threads, device, engine, exit, require};

pub(crate) fn at_rest() {
    let mut copies = Copies::new(staging::shared(device()).expect("an engine"));
    copies.up().expect("a copy");
    copies.down().expect("a copy");
    require(copies.host == vec![3; BYTES], "wrong bytes");
    exit();
}

pub(crate) fn copies_at_exit() {
    copy_in_threads(&engine());
    exit();
}

/// Takes its time, and says when it has begun; or ends the process.
struct Slow {
    begun: mpsc::SyncSender<()>,
    exits: bool,
}

// SAFETY: every byte of the range is written.
unsafe impl Source for Slow {
    unsafe fn read(&self, range: Range<usize>, to: *mut u8, _stores: Stores) {
        READING.fetch_add(1, Ordering::SeqCst);
        let first = self.begun.try_send(()).is_ok();
        if first && self.exits {
            while READING.load(Ordering::SeqCst) < 2 {
                std::thread::yield_now();
            }
            exit();
        }
        std::thread::sleep(Duration::from_secs(1));
        // SAFETY: `to` has room for the range.
        unsafe { to.write_bytes(3, range.len()) };
        READING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Threads that read for a slow copy.
static READING: AtomicUsize = AtomicUsize::new(0);

extern "C" fn nobody_reads() {
    require(READING.load(Ordering::SeqCst) == 0, "a copy is still under way");
}

pub(crate) fn exit_waits() {
    // Handlers run last first: this one after that of the library.
    // SAFETY: the handler may run at any time.
    require(unsafe { libc::atexit(nobody_reads) } == 0, "no room for a handler");
    let copies = Copies::new(engine());
    let (begun, wait) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        // SAFETY: the memory has as many bytes, and nobody else uses it.
        let outcome = unsafe { copies.engine.upload(copies.transfer(), &Slow { begun, exits: false }) };
        require(false, &format!("the copy may still be on its way, and its caller is told {outcome:?}"));
    });
    wait.recv().expect("a copy");
    exit();
}

/// Whether the only thread that copies is done.
static DONE: AtomicBool = AtomicBool::new(false);

extern "C" fn it_is_done() {
    // The copy takes a second. A thread whose call has returned needs a moment to say so.
    let begun = Instant::now();
    while !DONE.load(Ordering::SeqCst) {
        require(begun.elapsed() < Duration::from_millis(300), "a copy is still under way");
        std::thread::sleep(Duration::from_millis(1));
    }
}

pub(crate) fn exit_waits_for_one_call() {
    // SAFETY: the handler may run at any time; it runs after that of the library, as above.
    require(unsafe { libc::atexit(it_is_done) } == 0, "no room for a handler");
    let (begun, wait) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        let (mut memory, mut host) =
            (DeviceMemory::<u8>::zeroed(device(), BYTES).expect("memory"), vec![1u8; BYTES]);
        device().synchronize().expect("a device");
        // What the copy comes after takes a second, on the emulator.
        cuda_emulator::set_async_delay(Duration::from_secs(1));
        let legacy = StreamRef::legacy(device());
        // SAFETY: the memory has as many bytes, and is forgotten below.
        let filled = unsafe { copy::enqueue_fill(legacy, memory.as_mut_ptr().cast(), 5, BYTES) };
        begun.send(()).expect("main waits");
        let (to, from) = (host.as_mut_ptr().cast(), memory.as_ptr().cast());
        // SAFETY: both have as many bytes, and nobody else uses them.
        let copied = unsafe { copy::on_legacy(device(), to, from, BYTES, Direction::DeviceToHost) };
        require(filled.is_ok() && copied.is_ok() && host == vec![5; BYTES], &format!("{copied:?}"));
        std::mem::forget(memory);
        DONE.store(true, Ordering::SeqCst);
    });
    wait.recv().expect("a copy");
    // It is in the call by then, or done.
    std::thread::sleep(Duration::from_millis(200));
    exit();
}

/// Many engines, each with two threads whose copies are its first; the exit finds them in whatever they do then.
pub(crate) fn made_at_exit() {
    let (started, wait) = mpsc::channel();
    for _ in 0..16 {
        let settings = Settings { threads: Some(4), limit: 4 << 20, from: Some(0), ..Settings::default() };
        let engine = Arc::new(Engine::new(device(), settings).expect("settings"));
        for _ in 0..2 {
            let (engine, started) = (Arc::clone(&engine), started.clone());
            std::thread::spawn(move || {
                let copies = Copies::new(engine);
                started.send(()).expect("main waits");
                let outcome = copies.up();
                let refused = |error: &Error| {
                    matches!(
                        error.kind(),
                        ErrorKind::Exiting { .. }
                            | ErrorKind::Interrupted { .. }
                            | ErrorKind::NotBegun { .. }
                    )
                };
                require(outcome.as_ref().err().is_none_or(refused), &format!("{outcome:?}"));
                // Its memory is not freed behind the runtime's back.
                std::mem::forget(copies);
            });
        }
    }
    for _ in 0..32 {
        wait.recv().expect("a thread started");
    }
    exit();
}

extern "C" fn one_reads() {
    require(READING.load(Ordering::SeqCst) == 1, "another thread still takes part in the copy");
}

pub(crate) fn exit_within() {
    // SAFETY: the handler may run at any time.
    require(unsafe { libc::atexit(one_reads) } == 0, "no room for a handler");
    let (copies, at_first) = (Copies::new(engine()), Instant::now());
    let (begun, _wait) = mpsc::sync_channel(1);
    let source = Slow { begun, exits: true };
    // SAFETY: as above.
    let outcome = unsafe { copies.engine.upload(copies.transfer(), &source) };
    require(false, &format!("still there after {:?}: {outcome:?}", at_first.elapsed()));
}

pub(crate) fn return_of_main() {
    copy_in_threads(&engine());
}

static KEPT: Mutex<Option<Copies>> = Mutex::new(None);

extern "C" fn use_and_drop() {
    let mut copies = KEPT.lock().expect("nobody panicked").take().expect("set before");
    for outcome in [copies.up(), copies.down(), staging::shared(copies.engine.device()).map(drop)] {
        let error = outcome.err();
        let refused = matches!(error.as_ref().map(|error| error.kind()), Some(ErrorKind::Exiting { .. }));
        require(refused, &format!("said {error:?}"));
    }
    require(copies.engine.release() == 0, "memory was released");
    drop(copies);
}

pub(crate) fn in_an_exit_handler() {
    // Registered before CUDA is initialised, so it runs after the handler of this crate.
    // SAFETY: the handler uses a static.
    require(unsafe { libc::atexit(use_and_drop) } == 0, "atexit");
    let copies = Copies::new(engine());
    copies.up().expect("a copy");
    *KEPT.lock().expect("nobody panicked") = Some(copies);
    exit();
}

pub(crate) fn of_a_thread() {
    let end = std::thread::spawn(|| {
        let copies = Copies::new(engine());
        copies.up().expect("a copy");
        copies.engine.report().pinned_bytes
    });
    require(end.join().expect("no panic") > 0, "nothing was staged");
    exit();
}
