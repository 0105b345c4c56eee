//! What an engine consists of once it is used: what was measured, and the threads with their lanes.
//!
//! Threads are started when a copy has work for them, and end with the machine.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::device::Device;
use crate::error::Result;
use crate::memory::copy::Direction;
use crate::memory::device::DeviceMemory;
use crate::memory::staging::pool::Pool;
use crate::memory::staging::probe::{self, Links};
use crate::memory::staging::settings::{Settings, Shape};
use crate::memory::staging::shortage::Shortage;
use crate::memory::staging::team::Team;
use crate::memory::staging::tuning::{Tuning, Way};
use crate::release::{self, Aside};

/// What an engine consists of once it is used.
pub(super) struct Machine {
    tuning: Tuning,
    pub(super) links: Option<Links>,
    /// To the device and back, where the number of threads is not given.
    teams: Option<[Team; 2]>,
    pub(super) shape: Shape,
    pub(super) pool: Arc<Pool>,
    /// What was measured with. To free it would wait for the whole device.
    _scratch: Option<DeviceMemory<u8>>,
    shortage: Arc<Shortage>,
    workers: Mutex<Vec<JoinHandle<()>>>,
    working: AtomicUsize,
}

impl Machine {
    pub(super) fn new(
        device: Device,
        settings: Settings,
        shape: Shape,
        given: Option<Tuning>,
        shortage: &Arc<Shortage>,
    ) -> Result<Self> {
        let shortage = Arc::clone(shortage);
        let pool = Arc::new(Pool::new(device, shape.lanes, shape.ring_bytes, Arc::clone(&shortage)));
        let mut scratch = None;
        let (tuning, links) = match given {
            Some(tuning) => (tuning, None),
            None => match look(device, &pool, settings.most_threads(), &mut scratch) {
                // A device that is full can still be copied to and from.
                Err(error) if error.is_out_of_memory() => {
                    shortage.note(format!("the link was not measured: {error}"));
                    (Tuning::unmeasured(settings.most_threads()), None)
                }
                measured => measured.map(|(tuning, links)| (tuning, Some(links)))?,
            },
        };
        let tuning = settings.threads.map_or(tuning, |threads| tuning.with_threads(threads));
        let is_open = links.is_some() && settings.threads.is_none() && shape.lanes >= Team::LEAST;
        let teams = is_open.then(|| [(); 2].map(|()| Team::new(shape.lanes)));
        Ok(Self {
            tuning,
            links,
            teams,
            shape,
            pool,
            _scratch: scratch,
            shortage,
            workers: Mutex::default(),
            working: AtomicUsize::new(0),
        })
    }

    /// What is in force: as measured, with as many threads as large copies have been found to need since.
    pub(super) fn tuning(&self) -> Tuning {
        let of = |direction| {
            let (way, team) = (self.measured(direction), self.team(direction));
            Way { threads: team.and_then(Team::decided).unwrap_or(way.threads), ..way }
        };
        Tuning { upload: of(Direction::HostToDevice), download: of(Direction::DeviceToHost) }
    }

    /// How so many bytes that lie in one run are copied.
    pub(super) fn way(&self, direction: Direction, bytes: usize) -> Way {
        let (way, team) = (self.measured(direction), self.team(direction));
        Way { threads: team.and_then(|team| team.size(bytes)).unwrap_or(way.threads), ..way }
    }

    fn measured(&self, direction: Direction) -> Way {
        if direction == Direction::HostToDevice { self.tuning.upload } else { self.tuning.download }
    }

    /// Who finds out how many threads that takes, where it is open.
    pub(super) fn team(&self, direction: Direction) -> Option<&Team> {
        let [up, down] = self.teams.as_ref()?;
        Some(if direction == Direction::HostToDevice { up } else { down })
    }

    /// Threads that were started.
    pub(super) fn workers(&self) -> usize {
        self.working.load(Ordering::Relaxed)
    }

    /// Sees to it that there are so many workers. Fewer do as well, if the system gives no more threads.
    pub(super) fn hire(&self, helpers: usize) {
        if self.working.load(Ordering::Relaxed) >= helpers {
            return;
        }
        let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        while workers.len() < helpers.min(self.shape.lanes - 1) {
            let pool = Arc::clone(&self.pool);
            let name = format!("cuda-staging-{}", workers.len());
            match std::thread::Builder::new().name(name).spawn(move || pool.serve()) {
                Ok(worker) => workers.push(worker),
                Err(error) => {
                    self.shortage.note(format!("the system gave no thread: {error}"));
                    break;
                }
            }
        }
        self.working.store(workers.len(), Ordering::Relaxed);
    }
}

/// Measures the link with the first lane, before anybody else has it, and with device memory that is left in `scratch`.
fn look(
    device: Device,
    pool: &Pool,
    most_threads: usize,
    scratch: &mut Option<DeviceMemory<u8>>,
) -> Result<(Tuning, Links)> {
    pool.with_first_lane(|lane| {
        let (stream, ring, room) = lane.at_rest();
        let memory = scratch.insert(probe::memory(device, room)?);
        // SAFETY: the memory is new and has no more bytes than the ring, which nobody else has.
        unsafe { probe::measure(stream, memory, ring, most_threads) }
    })
}

impl Drop for Machine {
    fn drop(&mut self) {
        // In a child of `fork` there are no workers, and their locks are as the parent left them.
        if release::barrier().is_some() {
            return;
        }
        self.pool.close();
        let _aside = Aside::step();
        let workers = self.workers.get_mut().unwrap_or_else(PoisonError::into_inner);
        for worker in std::mem::take(workers) {
            // A worker turns panics into errors of the job.
            let _ = worker.join();
        }
    }
}
