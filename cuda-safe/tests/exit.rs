//! A process that exits: Drop calls nothing, calls say so, and the process ends with its own exit code.
//!
//! Each case runs as a child of this program, because each ends its process.

mod support;

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{
    Device, DeviceMemory, ErrorKind, Event, ManagedMemory, MemoryPool, Pending, PinnedMemory, Registered,
    Stream,
};
use support::recorder::{calls, fail_next, recorder};

/// One of everything that Drop releases.
type Objects = (
    Stream,
    Event,
    DeviceMemory<u8>,
    PinnedMemory<u8>,
    ManagedMemory<u8>,
    Registered<u8>,
    MemoryPool,
    DeviceMemory<u8>,
    Pending<(Vec<u8>, DeviceMemory<u8>)>,
);

static OBJECTS: Mutex<Option<Objects>> = Mutex::new(None);
static DEVICE: OnceLock<Device> = OnceLock::new();

/// What each child does; it ends with [`EXPECTED`], but for the one that must abort.
const CASES: [(&str, fn()); 6] = [
    ("objects dropped in an exit handler are leaked", dropped_in_an_exit_handler),
    ("objects of a thread still at work do not disturb the exit", thread_at_work),
    ("a runtime that says it is unloading is not called again", runtime_unloading),
    ("objects that nobody drops do not disturb the exit", nobody_drops),
    ("a scope does not give memory back while the process exits", scope_at_exit),
    (ABORTS, end_unknown),
];

const ABORTS: &str = "a scope that cannot learn whether its copies ended aborts";
const EXPECTED: i32 = 7;

fn main() -> ExitCode {
    let argument = std::env::args().nth(1).unwrap_or_default();
    if let Some(case) = argument.strip_prefix("case=") {
        CASES.iter().find(|(name, _)| *name == case).expect("a known case").1();
        return ExitCode::SUCCESS;
    }
    let mut failed = 0;
    for (name, _) in CASES {
        let program = std::env::current_exe().expect("this program");
        let child = Command::new(program).arg(format!("case={name}")).status().expect("the child starts");
        let as_expected = match name {
            ABORTS => child.signal() == Some(libc::SIGABRT),
            _ => child.code() == Some(EXPECTED),
        };
        let verdict = if as_expected { "ok" } else { "FAILED" };
        println!("exit: {name}: {child}: {verdict}");
        failed += u8::from(verdict != "ok");
    }
    ExitCode::from(failed)
}

fn objects(device: Device) -> cuda_safe::Result<Objects> {
    let stream = Stream::new(device)?;
    let pool = MemoryPool::default_of(device)?;
    let pooled = DeviceMemory::from_pool(&pool, &stream, 64)?;
    let pending = stream.copy_to_device(vec![1; 64], DeviceMemory::new(device, 64)?)?;
    Ok((
        stream,
        Event::new(device)?,
        DeviceMemory::new(device, 64)?,
        PinnedMemory::zeroed(device, 64)?,
        ManagedMemory::new(device, 64)?,
        Registered::new(device, vec![0; 1 << 18])?,
        pool,
        pooled,
        pending,
    ))
}

/// Ends the process on the spot if the condition does not hold.
fn require(condition: bool, what: &str) {
    if !condition {
        eprintln!("exit: {what}");
        // SAFETY: ends the process.
        unsafe { libc::_exit(1) };
    }
}

extern "C" fn drop_all() {
    calls();
    let mut objects = OBJECTS.lock().expect("nobody panicked").take().expect("set before");
    let (stream, memory) = (&objects.0, &mut objects.2);
    // Refused, and not waited for: this thread is the one that exits.
    let error = stream.scope(|s| s.copy_to_device(&[1; 64], memory.view_mut())).err();
    let refused = matches!(error.as_ref().map(|error| error.kind()), Some(ErrorKind::Exiting { .. }));
    require(refused, &format!("scope said {error:?}"));
    drop(objects);
    let seen = calls();
    require(seen.is_empty(), &format!("Drop called {seen:?}"));
    let error = DEVICE.get().expect("set before").synchronize().err();
    let refused = matches!(error.as_ref().map(|error| error.kind()), Some(ErrorKind::Exiting { .. }));
    require(refused, &format!("synchronize said {error:?}"));
    require(calls().is_empty(), "a refused call reached the runtime");
}

fn dropped_in_an_exit_handler() {
    // Registered before CUDA is initialised, so it runs after the handler of this crate.
    // SAFETY: the handler uses statics and this thread's recorder, which outlive it.
    require(unsafe { libc::atexit(drop_all) } == 0, "atexit");
    let device = *DEVICE.get_or_init(|| Device::new(recorder(support::runtime()), 0).expect("device 0"));
    *OBJECTS.lock().expect("nobody panicked") = Some(objects(device).expect("objects"));
    std::process::exit(EXPECTED);
}

fn thread_at_work() {
    let device = Device::new(support::runtime(), 0).expect("device 0");
    let (started, wait) = std::sync::mpsc::channel();
    for _ in 0..4 {
        let started = started.clone();
        std::thread::spawn(move || {
            // An error ends the loop quietly: the process is exiting.
            for round in 0.. {
                let Ok(objects) = objects(device) else { break };
                if round == 1 {
                    started.send(()).expect("main waits");
                }
                drop(objects);
            }
        });
    }
    for _ in 0..4 {
        wait.recv().expect("a thread started");
    }
    std::process::exit(EXPECTED);
}

fn runtime_unloading() {
    let device = Device::new(recorder(support::runtime()), 0).expect("device 0");
    let objects = objects(device).expect("objects");
    let mut memory = DeviceMemory::<u8>::new(device, 64).expect("memory");
    fail_next("cudaDeviceSynchronize", cudaError_t::cudaErrorCudartUnloading);
    // A scope that has enqueued work learns of it too, and must not wait for a runtime that is gone.
    let outcome = objects.0.scope(|s| {
        s.copy_to_device(&[1; 64], memory.view_mut())?;
        device.synchronize()
    });
    let code = outcome.err().and_then(|error| error.code());
    require(code == Some(cudaError_t::cudaErrorCudartUnloading), "the unloading was not reported");
    calls();
    drop((objects, memory));
    let seen = calls();
    require(seen.is_empty(), &format!("Drop called {seen:?}"));
    let error = Stream::new(device).err();
    let refused = matches!(error.as_ref().map(|error| error.kind()), Some(ErrorKind::Exiting { .. }));
    require(refused, &format!("a call said {error:?}"));
    std::process::exit(EXPECTED);
}

fn nobody_drops() {
    let device = Device::new(support::runtime(), 0).expect("device 0");
    *OBJECTS.lock().expect("nobody panicked") = Some(objects(device).expect("objects"));
    std::process::exit(EXPECTED);
}

static RETURNED: AtomicBool = AtomicBool::new(false);

extern "C" fn scope_still_waits() {
    std::thread::sleep(Duration::from_millis(100));
    require(!RETURNED.load(Ordering::SeqCst), "the scope returned");
}

fn scope_at_exit() {
    // Registered before CUDA is initialised, so it runs after the handler of this crate.
    // SAFETY: the handler uses a static.
    require(unsafe { libc::atexit(scope_still_waits) } == 0, "atexit");
    let device = Device::new(support::runtime(), 0).expect("device 0");
    let (started, wait) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let stream = Stream::new(device).expect("a stream");
        let mut memory = DeviceMemory::<u8>::new(device, 64).expect("memory");
        let source = [1; 64];
        let _ = stream.scope(|s| {
            s.copy_to_device(&source, memory.view_mut())?;
            started.send(()).expect("main waits");
            // Until the process exits and calls are refused.
            while stream.query().is_ok() {
                std::thread::yield_now();
            }
            Ok(())
        });
        RETURNED.store(true, Ordering::SeqCst);
    });
    wait.recv().expect("the thread started");
    std::process::exit(EXPECTED);
}

fn end_unknown() {
    let device = Device::new(recorder(support::runtime()), 0).expect("device 0");
    let stream = Stream::new(device).expect("a stream");
    let mut memory = DeviceMemory::<u8>::new(device, 64).expect("memory");
    fail_next("cudaStreamSynchronize", cudaError_t::cudaErrorUnknown);
    for _ in 0..3 {
        fail_next("cudaStreamQuery", cudaError_t::cudaErrorUnknown);
        fail_next("cudaDeviceSynchronize", cudaError_t::cudaErrorUnknown);
    }
    let _ = stream.scope(|s| s.copy_to_device(&[1; 64], memory.view_mut()));
    eprintln!("exit: the scope returned");
}
