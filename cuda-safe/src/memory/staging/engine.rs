//! The engine of one device: its settings, what was measured, its threads and lanes.
//!
//! Making one costs nothing. What it is made of comes with the first copy that is staged: a look at the machine (a few
//! milliseconds), then threads and lanes as copies need them. Dropping it ends its threads and frees its memory; in a
//! forked child, where the threads do not exist, both are leaked.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::call::gate;
use crate::device::Device;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::memory::copy::Direction;
use crate::memory::staging::alone::Alone;
use crate::memory::staging::choice::Choices;
use crate::memory::staging::inside::is_inside;
use crate::memory::staging::machine::Machine;
use crate::memory::staging::report::Report;
use crate::memory::staging::settings::{Settings, Shape};
use crate::memory::staging::shortage::Shortage;
use crate::memory::staging::slots::Slots;
use crate::memory::staging::transfer::Until;
use crate::memory::staging::tuning::Tuning;
use crate::relaxed::Relaxed;
use crate::release::{self, Aside, UnderWay};
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
    shape: Shape,
    given: Option<Tuning>,
    machine: OnceLock<Machine>,
    making: Mutex<()>,
    /// For uploads that are waited for, for those that are not, and for downloads.
    choices: [Choices; 3],
    events: Mutex<Vec<Event>>,
    /// For tiny copies.
    slots: Slots,
    alone: Alone,
    shortage: Arc<Shortage>,
    /// The last to be dropped.
    leaving: Option<Leaving>,
}

/// Made by Drop, for the calls and waits of all other fields.
#[expect(dead_code, reason = "it is made to be dropped")]
struct Leaving(Relaxed, UnderWay);

// SAFETY: it is made and dropped in the same Drop, by one thread.
unsafe impl Send for Leaving {}
// SAFETY: as above.
unsafe impl Sync for Leaving {}

impl Engine {
    /// An engine with threads and memory of its own. [`shared`](crate::memory::staging::shared()) gives the one that
    /// everybody uses.
    ///
    /// # Errors
    /// Settings that contradict each other.
    pub fn new(device: Device, settings: Settings) -> Result<Self> {
        let may_alone = settings.alone_bytes() > 0;
        Ok(Self {
            device,
            settings,
            shape: settings.shape(settings.most_threads())?,
            given: None,
            machine: OnceLock::new(),
            making: Mutex::default(),
            choices: [may_alone, may_alone, false].map(Choices::new),
            events: Mutex::default(),
            slots: Slots::new(device),
            alone: Alone::new(device),
            shortage: Arc::default(),
            leaving: None,
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
        let [waited, staged, download_from] = self.choices.each_ref().map(|choices| match self.settings {
            Settings { enabled: false, .. } => usize::MAX,
            Settings { from, .. } => from.unwrap_or_else(|| choices.staged_from()),
        });
        Report {
            settings: self.settings,
            tuning: machine.map(Machine::tuning).or(self.given),
            upload_link: machine.and_then(|machine| Some(machine.links?.up)),
            download_link: machine.and_then(|machine| Some(machine.links?.down)),
            threads: machine.map_or(0, |machine| machine.shape.lanes),
            workers: machine.map_or(0, Machine::workers),
            pinned_bytes: self.pinned_bytes(),
            upload_from: waited.min(staged),
            download_from,
            fallbacks: self.shortage.fallbacks(),
            // In a forked child the lock is as the parent left it.
            shortage: if release::barrier().is_some() { None } else { self.shortage.latest() },
        }
    }

    fn pinned_bytes(&self) -> usize {
        // In a forked child the locks are as the parent left them, and the memory is the parent's.
        if release::barrier().is_some() {
            return 0;
        }
        let lanes = self.machine.get().map_or(0, |machine| machine.pool.pinned_bytes());
        lanes + self.slots.pinned_bytes() + self.alone.pinned_bytes()
    }

    /// Looks at the machine now, which else the first copy through a ring does, and tells what is in force. It takes a few
    /// milliseconds, once; nothing is looked at if staging is off.
    ///
    /// # Errors
    /// CUDA's own; a forked child.
    pub fn measure(&self) -> Result<Report> {
        let _under_way = UnderWay::enter();
        gate("staging")?;
        if self.settings.enabled {
            let _relaxed = self.relaxed();
            self.machine()?;
        }
        Ok(self.report())
    }

    /// Frees the page-locked memory that no copy is using; the next copy makes it anew. Returns how many bytes.
    pub fn release(&self) -> usize {
        let _under_way = UnderWay::enter();
        if release::barrier().is_some() {
            return 0;
        }
        let _relaxed = self.relaxed();
        let may_alone = self.settings.alone_bytes() > 0;
        self.choices[..2].iter().for_each(|choices| choices.set_may_alone(may_alone));
        let lanes = self.machine.get().map_or(0, |machine| machine.pool.release());
        lanes + self.slots.release() + self.alone.release()
    }

    pub(super) fn slots(&self) -> &Slots {
        &self.slots
    }

    /// For what the engine does on its own account, in whoever's capture.
    #[inline]
    pub(super) fn relaxed(&self) -> Relaxed {
        Relaxed::enter(self.device.runtime())
    }

    /// No more uploads by their callers alone are tried, if there is no memory for them.
    pub(super) fn without_alone(&self, until: Until) {
        if self.alone.is_refused() {
            self.choices(Direction::HostToDevice, until).set_may_alone(false);
        }
    }

    /// Lets a copy in, unless it cannot be one of this engine.
    pub(super) fn admit(&self, stream: StreamRef<'_>, operation: &'static str) -> Result<()> {
        gate(operation)?;
        self.device.same_device(&stream.device(), operation)
    }

    /// Keeps in mind that a copy could not be begun.
    pub(super) fn note(&self, error: &Error) {
        if let ErrorKind::NotBegun { cause, .. } = error.kind() {
            self.shortage.fell_back(cause.to_string());
        }
    }

    pub(super) fn alone(&self) -> &Alone {
        &self.alone
    }

    pub(super) fn choices(&self, direction: Direction, until: Until) -> &Choices {
        &self.choices[match (direction, until) {
            (Direction::HostToDevice, Until::Done) => 0,
            (Direction::HostToDevice, Until::Staged) => 1,
            _ => 2,
        }]
    }

    /// Threads and lanes, made now if they are not there yet.
    pub(super) fn machine(&self) -> Result<&Machine> {
        // This thread may hold a lane, or be what those who hold the others wait for.
        if is_inside() {
            return Err(ErrorKind::Nested.into());
        }
        if let Some(machine) = self.machine.get() {
            return Ok(machine);
        }
        let _making = {
            // Whoever is making it may be what the exit waits for, or be kept by the exit.
            let _aside = Aside::step();
            locked(&self.making)
        };
        if let Some(machine) = self.machine.get() {
            return Ok(machine);
        }
        let machine = Machine::new(self.device, self.settings, self.shape, self.given, &self.shortage)?;
        Ok(self.machine.get_or_init(|| machine))
    }

    /// Waits until the caller's stream is not busy any more.
    pub(super) fn reach(&self, stream: StreamRef<'_>) -> Result<()> {
        if stream.query()? { Ok(()) } else { stream.synchronize() }
    }

    /// An event on the caller's stream, which is not busy any more.
    pub(super) fn arrive(&self, stream: StreamRef<'_>, operation: &'static str) -> Result<Event> {
        self.reach(stream)?;
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

impl Drop for Engine {
    fn drop(&mut self) {
        let under_way = UnderWay::enter();
        self.leaving = Some(Leaving(self.relaxed(), under_way));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::device::DeviceMemory;
    use crate::memory::staging::host::{HostBytes, HostBytesMut};
    use crate::memory::staging::place::Place;
    use crate::memory::staging::transfer::Transfer;
    use crate::stream::Stream;

    #[test]
    fn the_first_copies_of_each_size_decide_it() {
        let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0).unwrap();
        let engine = Engine::new(device, Settings { threads: Some(3), ..Settings::default() }).unwrap();
        let stream = Stream::new(device).unwrap();
        for size in [100_000, 300_000, 1 << 20, 3 << 20, 9 << 20] {
            let (mut host, mut memory) = (vec![1u8; size], DeviceMemory::<u8>::new(device, size).unwrap());
            let place = Place::Run { base: memory.as_mut_ptr().cast() };
            for until in [Until::Done, Until::Staged] {
                let is_tried = || engine.choices(Direction::HostToDevice, until).pick(size).1;
                assert!(is_tried(), "{size} bytes");
                for _ in 0..21 {
                    let transfer = Transfer::new(stream.as_ref(), place, size).until(until);
                    // SAFETY: both have as many bytes, as below.
                    unsafe { engine.upload(transfer, &HostBytes::new(host.as_ptr())) }.unwrap();
                }
                assert!(!is_tried(), "{size} bytes to the device, {until:?}");
            }
            let is_tried = || engine.choices(Direction::DeviceToHost, Until::Done).pick(size).1;
            for _ in 0..14 {
                let transfer = Transfer::new(stream.as_ref(), place, size);
                // SAFETY: as above.
                unsafe { engine.download(transfer, &HostBytesMut::new(host.as_mut_ptr())) }.unwrap();
            }
            assert!(!is_tried(), "{size} bytes to the host");
        }
    }
}
