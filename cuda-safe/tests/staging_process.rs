//! The transfer engine where its process forks, ends or loses its device: typed errors, no hang, nobody disturbed.
//!
//! Each case runs as a child of this program, because each ends, forks or spoils its process. A child that hangs is ended
//! and counts as failed; one that prints anything failed too. `CUDA_TEST_RUNTIME` is as for the other tests.

mod support;

use std::ops::Range;
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::time::{Duration, Instant};

use cuda_emulator::Fault;
use cuda_emulator::fault::FaultGuard;
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::staging::{
    self, Engine, HostBytes, HostBytesMut, Place, Settings, Source, Stores, Transfer,
};
use cuda_safe::{Device, DeviceMemory, ErrorKind, Result, Stream};

const BYTES: usize = 4 << 20;

/// What each child does, whether it needs the emulator, and how it ends.
const CASES: [(&str, fn()); 10] = [
    ("an engine at rest does not disturb the exit", at_rest),
    ("copies of other threads do not disturb the exit", copies_at_exit),
    ("the exit waits for a copy that is under way", exit_waits),
    (EXIT_WITHIN, exit_within),
    ("an exit handler is refused and may drop the engine", in_an_exit_handler),
    ("an engine of a thread that ends is dropped there", of_a_thread),
    ("the main function returns while others copy", return_of_main),
    ("a forked child is refused, and the parent goes on", forked),
    ("a child forked in the middle of copies does not hang", forked_while_copying),
    (LOST, device_lost),
];

const EXIT_WITHIN: &str = "a callback of a copy may exit, which does not wait for that copy";
const LOST: &str = "a device that is lost on the way is an error for every caller";
const EXPECTED: i32 = 7;
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let argument = std::env::args().nth(1).unwrap_or_default();
    if let Some(case) = argument.strip_prefix("case=") {
        CASES.iter().find(|(name, _)| *name == case).expect("a known case").1();
        return ExitCode::from(EXPECTED as u8);
    }
    let mut failed = 0;
    for (name, _) in CASES {
        let verdict = verdict(name);
        println!("staging_process: {name}: {verdict}");
        failed += u8::from(verdict != "ok");
    }
    ExitCode::from(failed)
}

fn verdict(case: &str) -> String {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    let reason = match case {
        LOST => Some("it loses its device on request"),
        EXIT_WITHIN => Some("a driver may not bear it"),
        _ => None,
    };
    if let Some(reason) = reason.filter(|_| !support::runtime().origin().to_string().contains("emulator")) {
        println!("on the emulator: {reason}");
        command.env("CUDA_TEST_RUNTIME", "emulator13");
    }
    let child = command.arg(format!("case={case}")).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("the child starts");
    let begun = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if begun.elapsed() > PATIENCE {
            child.kill().expect("a child");
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().expect("a child");
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    match output.status.code() {
        Some(EXPECTED) if said.is_empty() => "ok".to_owned(),
        _ => format!("FAILED: {}: {said}", output.status),
    }
}

/// What copies need.
struct Copies {
    engine: Arc<Engine>,
    stream: Stream,
    memory: DeviceMemory<u8>,
    host: Vec<u8>,
}

impl Copies {
    fn new(engine: Arc<Engine>) -> Self {
        let device = engine.device();
        let stream = Stream::new(device).expect("a stream");
        let memory = DeviceMemory::zeroed(device, BYTES).expect("memory");
        Self { engine, stream, memory, host: vec![3; BYTES] }
    }

    fn transfer(&self) -> Transfer<'_> {
        let place = Place::Run { base: self.memory.as_ptr().cast_mut().cast() };
        Transfer::new(self.stream.as_ref(), place, BYTES)
    }

    fn up(&self) -> Result<()> {
        // SAFETY: both have as many bytes, and nobody else uses them.
        unsafe { self.engine.upload(self.transfer(), &HostBytes::new(self.host.as_ptr())) }
    }

    fn down(&mut self) -> Result<()> {
        self.host.fill(0);
        let sink = HostBytesMut::new(self.host.as_mut_ptr());
        // SAFETY: as above.
        unsafe { self.engine.download(self.transfer(), &sink) }
    }
}

fn device() -> Device {
    Device::new(support::runtime(), 0).expect("device 0")
}

/// An engine of four threads that stages everything, in chunks of 64 KiB.
fn engine() -> Arc<Engine> {
    let settings = Settings {
        threads: Some(4),
        chunk: Some(64 << 10),
        limit: 4 << 20,
        from: Some(0),
        ..Settings::default()
    };
    Arc::new(Engine::new(device(), settings).expect("settings"))
}

/// Ends the process on the spot if the condition does not hold.
fn require(condition: bool, what: &str) {
    if !condition {
        eprintln!("{what}");
        // SAFETY: ends the process.
        unsafe { libc::_exit(1) };
    }
}

fn at_rest() {
    let mut copies = Copies::new(staging::shared(device()).expect("an engine"));
    copies.up().expect("a copy");
    copies.down().expect("a copy");
    require(copies.host == vec![3; BYTES], "wrong bytes");
    std::process::exit(EXPECTED);
}

/// Threads that copy until they are refused. Returns when each has begun.
fn copy_in_threads(engine: &Arc<Engine>) {
    let (started, wait) = mpsc::channel();
    for _ in 0..3 {
        let (engine, started) = (Arc::clone(engine), started.clone());
        std::thread::spawn(move || {
            let mut copies = Copies::new(engine);
            for round in 0.. {
                if copies.up().is_err() || copies.down().is_err() {
                    break;
                }
                if round == 1 {
                    started.send(()).expect("main waits");
                }
            }
        });
    }
    for _ in 0..3 {
        wait.recv().expect("a thread started");
    }
}

fn copies_at_exit() {
    copy_in_threads(&engine());
    std::process::exit(EXPECTED);
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
            std::process::exit(EXPECTED);
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

fn exit_waits() {
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
    std::process::exit(EXPECTED);
}

fn exit_within() {
    let (copies, at_first) = (Copies::new(engine()), Instant::now());
    let (begun, _wait) = mpsc::sync_channel(1);
    let source = Slow { begun, exits: true };
    // SAFETY: as above.
    let outcome = unsafe { copies.engine.upload(copies.transfer(), &source) };
    require(false, &format!("still there after {:?}: {outcome:?}", at_first.elapsed()));
}

fn return_of_main() {
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

fn in_an_exit_handler() {
    // Registered before CUDA is initialised, so it runs after the handler of this crate.
    // SAFETY: the handler uses a static.
    require(unsafe { libc::atexit(use_and_drop) } == 0, "atexit");
    let copies = Copies::new(engine());
    copies.up().expect("a copy");
    *KEPT.lock().expect("nobody panicked") = Some(copies);
    std::process::exit(EXPECTED);
}

fn of_a_thread() {
    let end = std::thread::spawn(|| {
        let copies = Copies::new(engine());
        copies.up().expect("a copy");
        copies.engine.report().pinned_bytes
    });
    require(end.join().expect("no panic") > 0, "nothing was staged");
    std::process::exit(EXPECTED);
}

/// In a forked child: every use is refused, and nothing waits for threads that are not there.
fn refused_in_child(mut copies: Copies) -> ! {
    for outcome in [
        copies.up(),
        copies.down(),
        copies.engine.measure().map(drop),
        staging::shared(copies.engine.device()).map(drop),
        staging::configure(Settings::default()),
    ] {
        let error = outcome.err();
        let refused = matches!(error.as_ref().map(|e| e.kind()), Some(ErrorKind::ForkedProcess { .. }));
        require(refused, &format!("the child: {error:?}"));
    }
    let report = copies.engine.report();
    require(report.pinned_bytes == 0 && copies.engine.release() == 0, "the child has page-locked memory");
    drop(copies);
    // SAFETY: ends the child without the parent's exit handlers.
    unsafe { libc::_exit(EXPECTED) };
}

/// Waits for a forked child, which must have ended well.
fn await_child(child: libc::pid_t) {
    let mut status = 0;
    // SAFETY: the child is this process's own, the pointer is to a live integer.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    require(waited == child && libc::WIFEXITED(status), "the child was ended by a signal");
    require(libc::WEXITSTATUS(status) == EXPECTED, "the child failed");
}

fn forked() {
    let mut copies = Copies::new(engine());
    copies.up().expect("a copy");
    // SAFETY: the child only asks what is refused at once, and ends by `_exit`.
    let child = unsafe { libc::fork() };
    if child == 0 {
        refused_in_child(copies);
    }
    await_child(child);
    copies.down().expect("the parent goes on");
    require(copies.host == vec![3; BYTES], "wrong bytes");
    std::process::exit(EXPECTED);
}

fn forked_while_copying() {
    let engine = engine();
    let mut copies = Copies::new(Arc::clone(&engine));
    copies.up().expect("a copy");
    copy_in_threads(&engine);
    for _ in 0..20 {
        // SAFETY: as above. Locks of others may be held for ever in the child: it asks for none.
        let child = unsafe { libc::fork() };
        if child == 0 {
            refused_in_child(copies);
        }
        await_child(child);
    }
    copies.down().expect("the parent goes on");
    require(copies.host == vec![3; BYTES], "wrong bytes");
    std::process::exit(EXPECTED);
}

/// Loses the device when some of its bytes have been read.
struct Fatal(AtomicUsize);

static LOSS: OnceLock<FaultGuard> = OnceLock::new();

// SAFETY: every byte of the range is written.
unsafe impl Source for Fatal {
    unsafe fn read(&self, range: Range<usize>, to: *mut u8, _stores: Stores) {
        if self.0.fetch_add(1, Ordering::Relaxed) == 20 {
            LOSS.get_or_init(|| Fault::sticky(cudaError_t::cudaErrorIllegalAddress).everywhere());
        }
        // SAFETY: `to` has room for the range.
        unsafe { to.write_bytes(3, range.len()) };
    }
}

fn device_lost() {
    let engine = engine();
    let mut copies = Copies::new(Arc::clone(&engine));
    let fatal = Fatal(AtomicUsize::new(0));
    // SAFETY: the memory has as many bytes, and nobody else uses it.
    let error = unsafe { engine.upload(copies.transfer(), &fatal) }.expect_err("the device is lost");
    require(error.is_poisoned(), &format!("{error}"));
    let interrupted =
        matches!(error.kind(), ErrorKind::Interrupted { done, bytes: BYTES, .. } if *done < BYTES);
    require(interrupted, &format!("{error}"));
    let others: Vec<_> = (0..4)
        .map(|_| {
            let engine = Arc::clone(&engine);
            std::thread::spawn(move || staging_error(&engine))
        })
        .collect();
    for other in others {
        require(other.join().expect("no panic"), "another caller was not told");
    }
    require(copies.up().is_err() && copies.down().is_err(), "a lost device copies");
    drop((copies, engine));
    std::process::exit(EXPECTED);
}

/// Whether a copy of this thread is told that the device is lost.
fn staging_error(engine: &Engine) -> bool {
    let host = vec![1u8; BYTES];
    let place = Place::Run { base: std::ptr::null_mut() };
    let stream = Stream::legacy(engine.device());
    // SAFETY: nothing is copied to a device that is lost.
    let outcome = unsafe {
        engine.upload(Transfer::new(stream.as_ref(), place, BYTES), &HostBytes::new(host.as_ptr()))
    };
    outcome.is_err_and(|error| error.is_poisoned())
}
