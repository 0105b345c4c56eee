//! Who works on what: jobs that wait for threads, threads that wait for jobs, and the lanes they need.
//!
//! | | holds | waits for |
//! |---|---|---|
//! | a caller | its job, and a lane while it copies | a lane, then the end of its helpers |
//! | a worker | a lane while it copies | a job that wants help; asleep until then |
//!
//! A lane is the right to copy: there are as many as threads may be busy at once, so page-locked memory and processor
//! use are bounded whatever is asked. Lanes go to callers first, in the order in which they came; workers take the jobs
//! in turn and, while there are several, change after some pieces. Each worker that finds work wakes two others, so many
//! wake in few steps and the caller pays for two.
//!
//! A job lives on its caller's stack. Workers enter it only under the lock while it is listed, and the caller returns
//! only after it has taken it off the list and the last worker has left.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::device::Device;
use crate::error::{Error, ErrorKind, Result};
use crate::memory::staging::inside::Inside;
use crate::memory::staging::job::Job;
use crate::memory::staging::lane::Lane;
use crate::memory::staging::part::take_part;
use crate::memory::staging::shortage::Shortage;
use crate::memory::staging::sleepers::{Sleepers, sleep};
use crate::relaxed::Relaxed;
use crate::release::{Aside, UnderWay};

/// Pieces after which a thread looks whether others need it more.
const TURN: usize = 8;

/// How many others a thread wakes.
const FAN_OUT: usize = 2;

/// How long a caller asks for the end of its helpers before it sleeps: they are at their last piece.
const PATIENCE: Duration = Duration::from_micros(200);

pub(super) struct Pool {
    device: Device,
    lanes: usize,
    ring_bytes: usize,
    shortage: Arc<Shortage>,
    state: Mutex<State>,
    callers: Condvar,
    /// Jobs and callers that compete for lanes. Read without the lock, as a hint.
    crowd: AtomicUsize,
    /// Callers without a lane, likewise.
    waiting: AtomicUsize,
}

struct State {
    jobs: Vec<Listed>,
    /// Whose turn it is.
    turn: usize,
    idle: Vec<Lane>,
    /// Lanes that exist, or are being made.
    made: usize,
    /// Lanes that may exist: fewer than planned once another one could not be made.
    limit: usize,
    /// There was no memory for it. What else stood in the way may be gone with the next job.
    refused: bool,
    /// Callers without a lane, first come first.
    queue: VecDeque<u64>,
    next_ticket: u64,
    asleep: Sleepers,
    /// A worker has left jobs alone because callers waited.
    held_up: bool,
    closing: bool,
}

/// A job that workers may enter.
#[derive(Clone, Copy)]
struct Listed(*const Job<'static>);

// SAFETY: the job may be used by several threads, and lives as long as it is listed or entered.
unsafe impl Send for Listed {}

/// Takes a job off the list and waits until its helpers have left, also when the caller unwinds.
struct Published<'p, 'j> {
    pool: &'p Pool,
    job: &'p Job<'j>,
}

impl Pool {
    pub(super) fn new(device: Device, lanes: usize, ring_bytes: usize, shortage: Arc<Shortage>) -> Self {
        let state = State {
            jobs: Vec::new(),
            turn: 0,
            idle: Vec::new(),
            made: 0,
            limit: lanes,
            refused: false,
            queue: VecDeque::new(),
            next_ticket: 0,
            asleep: Sleepers::default(),
            held_up: false,
            closing: false,
        };
        Self {
            device,
            lanes,
            ring_bytes,
            shortage,
            state: Mutex::new(state),
            callers: Condvar::new(),
            crowd: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Page-locked bytes that are held now.
    pub(super) fn pinned_bytes(&self) -> usize {
        self.lock().made * self.ring_bytes
    }

    /// Makes the first lane for `work`, and keeps it for the copies.
    pub(super) fn with_first_lane<T>(&self, work: impl FnOnce(&mut Lane) -> Result<T>) -> Result<T> {
        let mut lane = self.take_lane(self.lock())?;
        let outcome = work(&mut lane);
        self.give_back(lane);
        outcome
    }

    /// Works on the job with this thread and the workers until it has ended. `progress` is told after each of this
    /// thread's pieces.
    ///
    /// # Errors
    /// A lane that could not be made. How the job itself ended is noted in it.
    pub(super) fn run(&self, job: &Job<'_>, mut progress: impl FnMut()) -> Result<()> {
        let _inside = Inside::enter();
        let published = (job.threads > 1).then(|| self.publish(job));
        while let Some(mut lane) = self.lane_for_caller(|| job.unclaimed() > 0)? {
            let mut pieces = 0;
            take_part(job, Some(&mut lane), || {
                progress();
                pieces += 1;
                pieces % TURN == 0 && self.someone_waits()
            });
            self.give_back(lane);
        }
        drop(published);
        Ok(())
    }

    /// The same for a job whose helpers need no lane; `issue` gives them what to do while they wake.
    pub(super) fn run_without_lanes(&self, job: &Job<'_>, issue: impl FnOnce(), mut progress: impl FnMut()) {
        let _inside = Inside::enter();
        let published = (job.threads > 1).then(|| self.publish(job));
        issue();
        take_part(job, None, || {
            progress();
            false
        });
        drop(published);
    }

    /// Waits for a lane; `None` as soon as it is no longer `wanted`.
    pub(super) fn lane_for_caller(&self, wanted: impl Fn() -> bool) -> Result<Option<Lane>> {
        let mut state = self.lock();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.queue.push_back(ticket);
        loop {
            let wanted = wanted();
            if !wanted || (state.has_lane() && state.queue.front() == Some(&ticket)) {
                state.queue.retain(|&waiting| waiting != ticket);
                self.count(&state);
                if !state.queue.is_empty() {
                    // Another one may be first now.
                    self.callers.notify_all();
                } else if std::mem::take(&mut state.held_up) {
                    state.asleep.wake(1);
                }
                if !wanted {
                    return Ok(None);
                }
                match self.take_lane(state) {
                    Ok(lane) => return Ok(Some(lane)),
                    Err(error) => state = self.lock_if_lanes(error)?,
                }
                state.queue.push_front(ticket);
            } else {
                self.count(&state);
                let _aside = Aside::step();
                state = self.callers.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// After a lane could not be made: the lock, if others exist that can be waited for.
    fn lock_if_lanes(&self, error: Error) -> Result<MutexGuard<'_, State>> {
        let state = self.lock();
        if state.made > 0 { Ok(state) } else { Err(error) }
    }

    pub(super) fn give_back(&self, lane: Lane) {
        let mut state = self.lock();
        state.idle.push(lane);
        if !state.queue.is_empty() {
            self.callers.notify_all();
        } else if !state.jobs.is_empty() {
            state.asleep.wake(1);
        }
    }

    /// Frees the lanes that nobody uses; tells how many bytes of page-locked memory that gave back.
    pub(super) fn release(&self) -> usize {
        let mut state = self.lock();
        let idle = std::mem::take(&mut state.idle);
        state.made -= idle.len();
        (state.limit, state.refused) = (self.lanes, false);
        drop(state);
        let bytes = idle.iter().map(Lane::pinned_bytes).sum();
        drop(idle);
        self.callers.notify_all();
        bytes
    }

    /// Lets the workers end.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closing = true;
        state.asleep.wake(usize::MAX);
    }

    /// What a worker thread does all its life.
    pub(super) fn serve(&self) {
        // But for its sleep, this thread may be in a call at any time.
        let _under_way = UnderWay::enter();
        // The worker's calls then find the device current. If that fails, so do they, and the job hears of it.
        let _current = self.device.activate();
        let (_relaxed, _inside) = (Relaxed::enter(self.device.runtime()), Inside::enter());
        let mut state = self.lock();
        while !state.closing {
            let Some(Listed(job)) = state.pick() else {
                state.held_up |= !state.jobs.is_empty() && !state.queue.is_empty();
                let _aside = Aside::step();
                state = sleep(&self.state, state, |state| &mut state.asleep);
                continue;
            };
            // SAFETY: `pick` entered the job under the lock, so its caller waits until this thread leaves it below.
            let entered = unsafe { &*job };
            state.asleep.wake(entered.room().min(FAN_OUT));
            let lane = if entered.needs_lane() {
                self.take_lane(state).map(Some)
            } else {
                drop(state);
                Ok(None)
            };
            // If there is no memory for another lane, those that exist do the work.
            if let Ok(mut lane) = lane {
                let mut pieces = 0;
                let leave = || {
                    pieces += 1;
                    pieces % TURN == 0 && self.crowd.load(Ordering::Relaxed) > 1
                };
                let part = catch_unwind(AssertUnwindSafe(|| take_part(entered, lane.as_mut(), leave)));
                if part.is_err() {
                    let message = "inside the transfer engine".to_owned();
                    entered.fail(ErrorKind::Panicked { message }.into(), 0);
                }
                if let Some(lane) = lane {
                    self.give_back(lane);
                }
            }
            // The last use of the job: its caller may be gone after this.
            entered.helpers.fetch_sub(1, Ordering::Release);
            state = self.lock();
            self.callers.notify_all();
        }
    }

    /// An idle lane, the one used last, or a new one; the caller has seen that there is one to have.
    fn take_lane(&self, mut state: MutexGuard<'_, State>) -> Result<Lane> {
        if let Some(lane) = state.idle.pop() {
            return Ok(lane);
        }
        state.made += 1;
        drop(state);
        // Making one takes a while: not under the lock.
        let lane = Lane::new(self.device, self.ring_bytes);
        if let Err(error) = &lane {
            self.shortage.note(format!("no more lanes: {error}"));
            let mut state = self.lock();
            state.made -= 1;
            state.limit = state.made.max(1);
            state.refused |= error.is_out_of_memory();
            self.callers.notify_all();
        }
        lane
    }

    fn publish<'p, 'j>(&'p self, job: &'p Job<'j>) -> Published<'p, 'j> {
        let mut state = self.lock();
        if !state.refused {
            state.limit = self.lanes;
        }
        state.jobs.push(Listed(std::ptr::from_ref(job).cast()));
        self.count(&state);
        state.asleep.wake(job.room().min(FAN_OUT));
        drop(state);
        Published { pool: self, job }
    }

    fn someone_waits(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    fn count(&self, state: &State) {
        self.waiting.store(state.queue.len(), Ordering::Relaxed);
        self.crowd.store(state.jobs.len() + state.queue.len(), Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether a lane is idle or may be made.
    fn has_lane(&self) -> bool {
        !self.idle.is_empty() || self.made < self.limit
    }

    /// Enters the next job, in turn, that wants help and can have it.
    fn pick(&mut self) -> Option<Listed> {
        let lane_is_there = self.queue.is_empty() && self.has_lane();
        let count = self.jobs.len();
        for step in 0..count {
            let at = (self.turn + step) % count;
            // SAFETY: a listed job is alive, for taking it off the list needs the lock.
            let job = unsafe { &*self.jobs[at].0 };
            if job.room() > 0 && (lane_is_there || !job.needs_lane()) {
                job.helpers.fetch_add(1, Ordering::Relaxed);
                self.turn = at + 1;
                return Some(self.jobs[at]);
            }
        }
        None
    }
}

impl Drop for Published<'_, '_> {
    fn drop(&mut self) {
        let address = std::ptr::from_ref(self.job).cast();
        let mut state = self.pool.lock();
        state.jobs.retain(|listed| listed.0 != address);
        self.pool.count(&state);
        drop(state);
        // Nobody enters any more. `Acquire`: what the helpers did is seen.
        let helped = || self.job.helpers.load(Ordering::Acquire) > 0;
        let begun = Instant::now();
        while helped() && begun.elapsed() < PATIENCE {
            std::hint::spin_loop();
        }
        let _aside = Aside::step();
        let mut state = self.pool.lock();
        while helped() {
            state = self.pool.callers.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
