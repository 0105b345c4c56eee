//! What the cases copy with, and how they end their process.

use std::sync::{Arc, OnceLock, mpsc};
use std::time::{Duration, Instant};

use cuda_safe::memory::staging::{Engine, HostBytes, HostBytesMut, Place, Settings, Transfer};
use cuda_safe::{Device, DeviceMemory, Result, Stream};

use crate::support;

/// How a child ends in which everything went well.
pub(crate) const EXPECTED: i32 = 7;
pub(crate) const BYTES: usize = 4 << 20;

/// What an exit may take: the longest piece of a copy takes a second, and the library waits ten for one that does not end.
const SHORT: Duration = Duration::from_secs(5);

/// What copies need.
pub(crate) struct Copies {
    pub(crate) engine: Arc<Engine>,
    pub(crate) stream: Stream,
    pub(crate) memory: DeviceMemory<u8>,
    pub(crate) host: Vec<u8>,
}

impl Copies {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        let device = engine.device();
        let stream = Stream::new(device).expect("a stream");
        let memory = DeviceMemory::zeroed(device, BYTES).expect("memory");
        Self { engine, stream, memory, host: vec![3; BYTES] }
    }

    pub(crate) fn transfer(&self) -> Transfer<'_> {
        let place = Place::Run { base: self.memory.as_ptr().cast_mut().cast() };
        Transfer::new(self.stream.as_ref(), place, BYTES)
    }

    pub(crate) fn up(&self) -> Result<()> {
        // SAFETY: both have as many bytes, and nobody else uses them.
        unsafe { self.engine.upload(self.transfer(), &HostBytes::new(self.host.as_ptr())) }
    }

    pub(crate) fn down(&mut self) -> Result<()> {
        self.host.fill(0);
        let sink = HostBytesMut::new(self.host.as_mut_ptr());
        // SAFETY: as above.
        unsafe { self.engine.download(self.transfer(), &sink) }
    }
}

pub(crate) fn device() -> Device {
    Device::new(support::runtime(), 0).expect("device 0")
}

/// An engine of four threads that stages everything, in chunks of 64 KiB.
pub(crate) fn engine() -> Arc<Engine> {
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
pub(crate) fn require(condition: bool, what: &str) {
    if !condition {
        eprintln!("{what}");
        // SAFETY: ends the process.
        unsafe { libc::_exit(1) };
    }
}

/// Threads that copy until they are refused. Returns when each has begun.
pub(crate) fn copy_in_threads(engine: &Arc<Engine>) {
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

static EXIT_BEGUN: OnceLock<Instant> = OnceLock::new();

/// To be asked for before CUDA is: handlers run last first, this one after that of the library.
pub(crate) fn require_short_exit() {
    // SAFETY: the handler may run at any time.
    require(unsafe { libc::atexit(exit_was_short) } == 0, "no room for a handler");
}

/// From here on the exit may take no longer than is [`SHORT`].
pub(crate) fn begin_exit() {
    EXIT_BEGUN.get_or_init(Instant::now);
}

pub(crate) fn exit() -> ! {
    begin_exit();
    std::process::exit(EXPECTED);
}

extern "C" fn exit_was_short() {
    let lasted = EXIT_BEGUN.get().map(Instant::elapsed);
    require(lasted.is_some_and(|lasted| lasted < SHORT), &format!("the exit lasted {lasted:?}"));
}
