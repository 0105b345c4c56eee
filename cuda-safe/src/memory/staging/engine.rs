//! The engine of one device: its settings, what was measured, its threads and lanes.
//!
//! Making one costs nothing. What it is made of comes with the first copy that is staged: a look at the machine (a few
//! milliseconds), then threads and lanes as copies need them. Dropping it ends its threads and frees its memory; in a
//! forked child, where the threads do not exist, both are leaked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;

use crate::device::Device;
use crate::error::{ErrorKind, Result};
use crate::event::Event;
use crate::memory::staging::choice::Choices;
use crate::memory::staging::pool::Pool;
use crate::memory::staging::probe;
use crate::memory::staging::settings::{Settings, Shape};
use crate::memory::staging::slots::Slots;
use crate::memory::staging::tuning::Tuning;
use crate::release;
use crate::stream::StreamRef;

/// Copies between host memory and one device through page-locked memory, on several threads.
///
/// ```
/// use cuda_safe::memory::staging::{Engine, HostBytes, HostBytesMut, Place, Transfer};
/// use cuda_safe::{Device, DeviceMemory, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let engine = Engine::new(device, "threads=2,limit=4M,from=0".parse()?)?;
/// let (stream, image, mut back) = (Stream::new(device)?, vec![7u8; 1 << 20], vec![0u8; 1 << 20]);
/// let mut memory = DeviceMemory::<u8>::new(device, 1 << 20)?;
/// let place = Place::Run { base: memory.as_mut_ptr().cast() };
/// let transfer = || Transfer::new(stream.as_ref(), place, 1 << 20);
/// // SAFETY: all three have as many bytes, and nobody else uses them until the calls return.
/// unsafe { engine.upload(transfer(), &HostBytes::new(image.as_ptr())) }?;
/// // SAFETY: as above.
/// unsafe { engine.download(transfer(), &HostBytesMut::new(back.as_mut_ptr())) }?;
/// assert_eq!(back, image);
/// # Ok(())
/// # }
/// ```
pub struct Engine {
    device: Device,
    settings: Settings,
    given: Option<Tuning>,
    machine: OnceLock<Machine>,
    making: Mutex<()>,
    /// For uploads and for downloads.
    choices: [Choices; 2],
    events: Mutex<Vec<Event>>,
    /// For tiny copies.
    slots: Slots,
}

/// What an engine consists of once it is used.
pub(super) struct Machine {
    pub(super) tuning: Tuning,
    pub(super) shape: Shape,
    pub(super) pool: Arc<Pool>,
    workers: Mutex<Vec<JoinHandle<()>>>,
    working: AtomicUsize,
}

/// What is in force.
///
/// ```
/// use cuda_safe::Device;
/// use cuda_safe::memory::staging::{Engine, Report};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let report: Report = Engine::new(device, "threads=4,limit=16M,from=1M".parse()?)?.report();
/// assert_eq!((report.settings.limit, report.upload_from), (16 << 20, 1 << 20));
/// // Nothing was copied yet.
/// assert_eq!((report.threads, report.pinned_bytes, report.tuning), (0, 0, None));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// What was asked for.
    pub settings: Settings,
    /// What was measured or given; `None` before the first staged copy.
    pub tuning: Option<Tuning>,
    /// Threads that may copy at once, the callers included; 0 before the first staged copy.
    pub threads: usize,
    /// Bytes of page-locked memory held now.
    pub pinned_bytes: usize,
    /// Uploads of as many bytes are staged.
    pub upload_from: usize,
    /// Downloads of as many bytes are staged.
    pub download_from: usize,
}

impl Engine {
    /// An engine with threads and memory of its own. [`shared`](crate::memory::staging::shared()) gives the one that
    /// everybody uses.
    ///
    /// # Errors
    /// Settings that contradict each other.
    pub fn new(device: Device, settings: Settings) -> Result<Self> {
        settings.shape(settings.most_threads())?;
        Ok(Self {
            device,
            settings,
            given: None,
            machine: OnceLock::new(),
            making: Mutex::default(),
            choices: Default::default(),
            events: Mutex::default(),
            slots: Slots::new(device),
        })
    }

    /// The same with a tuning that is given, not measured.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_tuning(device: Device, settings: Settings, tuning: Tuning) -> Result<Self> {
        let mut engine = Self::new(device, settings)?;
        engine.given = Some(tuning);
        Ok(engine)
    }

    /// The device.
    pub fn device(&self) -> Device {
        self.device
    }

    /// What was asked for.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What is in force.
    pub fn report(&self) -> Report {
        let machine = self.machine.get();
        let [upload_from, download_from] = self.choices.each_ref().map(|choices| match self.settings {
            Settings { enabled: false, .. } => usize::MAX,
            Settings { from, .. } => from.unwrap_or_else(|| choices.staged_from()),
        });
        Report {
            settings: self.settings,
            tuning: machine.map(|machine| machine.tuning).or(self.given),
            threads: machine.map_or(0, |machine| machine.shape.lanes),
            pinned_bytes: machine.map_or(0, |machine| machine.pool.pinned_bytes())
                + self.slots.pinned_bytes(),
            upload_from,
            download_from,
        }
    }

    /// Frees the page-locked memory that no copy is using; the next copy makes it anew. Returns how many bytes.
    pub fn release(&self) -> usize {
        self.machine.get().map_or(0, |machine| machine.pool.release()) + self.slots.release()
    }

    pub(super) fn slots(&self) -> &Slots {
        &self.slots
    }

    pub(super) fn choices(&self, upload: bool) -> &Choices {
        &self.choices[usize::from(!upload)]
    }

    /// Threads and lanes, made now if they are not there yet.
    pub(super) fn machine(&self) -> Result<&Machine> {
        if let Some(machine) = self.machine.get() {
            return Ok(machine);
        }
        let _making = locked(&self.making);
        if let Some(machine) = self.machine.get() {
            return Ok(machine);
        }
        let machine = Machine::new(self.device, &self.settings, self.given)?;
        Ok(self.machine.get_or_init(|| machine))
    }

    /// An event on the caller's stream, which is not busy any more.
    pub(super) fn arrive(&self, stream: StreamRef<'_>, operation: &'static str) -> Result<Event> {
        if !stream.query()? {
            stream.synchronize()?;
        }
        let kept = locked(&self.events).pop();
        let event = match kept {
            Some(event) => event,
            None => Event::new(self.device).map_err(|cause| ErrorKind::NotBegun { operation, cause })?,
        };
        event.record(stream)?;
        Ok(event)
    }

    /// Takes an event back for the next copy.
    pub(super) fn keep(&self, event: Event) {
        locked(&self.events).push(event);
    }
}

impl Machine {
    fn new(device: Device, settings: &Settings, given: Option<Tuning>) -> Result<Self> {
        let tuning = match given {
            Some(tuning) => tuning,
            None => match probe::measure(device, settings.most_threads()) {
                // A device that is full can still be copied to and from.
                Err(error) if error.is_out_of_memory() => Tuning::unmeasured(settings.most_threads()),
                measured => measured?,
            },
        };
        let tuning = settings.threads.map_or(tuning, |threads| tuning.with_threads(threads));
        let shape = settings.shape(settings.most_threads())?;
        Ok(Self {
            tuning,
            shape,
            pool: Arc::new(Pool::new(device, shape.lanes, shape.ring_bytes)),
            workers: Mutex::default(),
            working: AtomicUsize::new(0),
        })
    }

    /// Sees to it that there are so many workers. Fewer do as well, if the system gives no more threads.
    pub(super) fn hire(&self, helpers: usize) {
        if self.working.load(Ordering::Relaxed) >= helpers {
            return;
        }
        let mut workers = locked(&self.workers);
        while workers.len() < helpers.min(self.shape.lanes - 1) {
            let pool = Arc::clone(&self.pool);
            let name = format!("cuda-staging-{}", workers.len());
            let Ok(worker) = std::thread::Builder::new().name(name).spawn(move || pool.serve()) else {
                break;
            };
            workers.push(worker);
        }
        self.working.store(workers.len(), Ordering::Relaxed);
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // In a child of `fork` there are no workers, and their locks are as the parent left them.
        if release::barrier().is_some() {
            return;
        }
        self.pool.close();
        for worker in std::mem::take(&mut *locked(&self.workers)) {
            // A worker turns panics into errors of the job.
            let _ = worker.join();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
