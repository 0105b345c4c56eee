//! One transfer that is under way: what is left to claim, who works on it, and how it ended.
//!
//! The bytes are claimed in order, a *piece* at a time, by every thread that takes part; a piece is copied in *chunks*.
//! The job lives on the stack of the thread that asked for it, which leaves only when nobody works on it any more.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::memory::staging::cuts::Cuts;
use crate::memory::staging::host::{Sink, Source};
use crate::memory::staging::kernel::Stores;
use crate::memory::staging::lane::{Landings, Mark};
use crate::memory::staging::place::Place;

/// What is copied.
pub(super) enum Work<'a> {
    /// Host to device, each thread through its own lane.
    Upload { source: &'a dyn Source, place: Place<'a> },
    /// Device to host, each thread through its own lane.
    Download { sink: &'a dyn Sink, place: Place<'a> },
    /// Device to host through the lane of the thread that asked; the others only empty it.
    Drain { sink: &'a dyn Sink, landings: &'a Landings },
}

pub(super) struct Job<'a> {
    pub(super) work: Work<'a>,
    pub(super) cuts: Cuts,
    pub(super) stores: Stores,
    /// What the caller's stream had when it asked.
    pub(super) before: &'a Event,
    /// No more threads than this take part.
    pub(super) threads: usize,
    next: AtomicUsize,
    stopped: AtomicBool,
    copied: AtomicUsize,
    /// Threads that take part now, but for the caller.
    pub(super) helpers: AtomicUsize,
    end: Mutex<End>,
}

/// How it ended.
#[derive(Default)]
struct End {
    failure: Option<Error>,
    /// The first byte that is known not to be done.
    undone: Option<usize>,
    marks: Vec<Mark>,
}

impl<'a> Job<'a> {
    pub(super) fn new(work: Work<'a>, cuts: Cuts, stores: Stores, before: &'a Event, threads: usize) -> Self {
        Self {
            work,
            cuts,
            stores,
            before,
            threads,
            next: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            copied: AtomicUsize::new(0),
            helpers: AtomicUsize::new(0),
            end: Mutex::default(),
        }
    }

    /// The next piece that nobody has, with its number.
    pub(super) fn claim(&self) -> Option<(usize, Range<usize>)> {
        if self.stopped.load(Ordering::Acquire) {
            return None;
        }
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        self.cuts.piece(index).map(|piece| (index, piece))
    }

    /// Pieces that nobody has yet.
    pub(super) fn unclaimed(&self) -> usize {
        if self.stopped.load(Ordering::Acquire) {
            return 0;
        }
        self.cuts.pieces().saturating_sub(self.next.load(Ordering::Relaxed))
    }

    /// Whether nobody has taken a piece yet, so that the device was given nothing.
    pub(super) fn is_untouched(&self) -> bool {
        self.next.load(Ordering::Relaxed) == 0
    }

    /// How many more threads would find something to do. The caller is one of those that do already.
    pub(super) fn room(&self) -> usize {
        let helpers = self.helpers.load(Ordering::Relaxed);
        self.unclaimed().min(self.threads.saturating_sub(helpers + 1))
    }

    /// Whether a thread needs a lane of its own to take part.
    pub(super) fn needs_lane(&self) -> bool {
        !matches!(self.work, Work::Drain { .. })
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// Counts bytes as copied.
    pub(super) fn advance(&self, bytes: usize) {
        self.copied.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes copied so far.
    pub(super) fn copied(&self) -> usize {
        self.copied.load(Ordering::Relaxed)
    }

    /// Notes what later work must wait for.
    pub(super) fn mark(&self, mark: Mark) {
        let mut end = self.end();
        // Of one lane, the later mark covers the earlier one.
        match end.marks.iter_mut().find(|known| known.same_lane(&mark)) {
            Some(known) => *known = mark,
            None => end.marks.push(mark),
        }
    }

    pub(super) fn take_marks(&self) -> Vec<Mark> {
        std::mem::take(&mut self.end().marks)
    }

    /// Stops the job: nobody claims any more. The first failure is the one reported; `undone` is the first byte that
    /// whoever failed cannot vouch for.
    pub(super) fn fail(&self, error: Error, undone: usize) {
        self.end().failure.get_or_insert(error);
        self.leave_undone(undone);
        self.stopped.store(true, Ordering::Release);
    }

    /// Notes that a claimed piece was given up because the job has stopped.
    pub(super) fn leave_undone(&self, undone: usize) {
        let mut end = self.end();
        end.undone = Some(end.undone.map_or(undone, |known| known.min(undone)));
    }

    /// The outcome, when nobody takes part any more: on failure with the bytes from the start that are done.
    pub(super) fn outcome(&self, operation: &'static str) -> Result<()> {
        let mut end = self.end();
        // Whoever claimed a piece and did not fail has copied it.
        let claimed = self.cuts.start(self.next.load(Ordering::Relaxed));
        let done = end.undone.map_or(claimed, |undone| undone.min(claimed));
        match end.failure.take() {
            None => Ok(()),
            Some(cause) => {
                Err(ErrorKind::Interrupted { operation, done, bytes: self.cuts.bytes, cause }.into())
            }
        }
    }

    fn end(&self) -> MutexGuard<'_, End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs code of somebody else, turning a panic into an error.
pub(super) fn guarded<T>(code: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(code)).map_err(|payload| {
        let message = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "without a message".to_owned());
        ErrorKind::Panicked { message }.into()
    })
}
