//! One event: a mark in a stream, and the time at which the stream came by.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use crate::lock::lock;
use crate::outcome::{Code, Outcome};
use crate::stream::{Ticket, Work};

/// An event of one device.
pub(crate) struct Event {
    pub(crate) device: usize,
    timed: bool,
    mark: Mutex<Option<Mark>>,
}

/// One recording of an event.
#[derive(Clone)]
pub(crate) struct Mark {
    ticket: Ticket,
    passed: Arc<OnceLock<Instant>>,
}

impl Event {
    /// An event that was never recorded.
    pub(crate) fn new(device: usize, timed: bool) -> Self {
        Self { device, timed, mark: Mutex::new(None) }
    }

    /// Records the event with the help of `submit`, which issues the given operation and names it.
    pub(crate) fn record(&self, submit: impl FnOnce(Work) -> Outcome<Ticket>) -> Outcome {
        let passed = Arc::new(OnceLock::new());
        let clock = Arc::clone(&passed);
        // The lock is held so that of two recordings at once the later one is the one that is kept.
        let mut mark = lock(&self.mark);
        let ticket = submit(Work::always(move |_| {
            clock.get_or_init(Instant::now);
        }))?;
        *mark = Some(Mark { ticket, passed });
        Ok(())
    }

    /// The operation that the last recording stands for; none if the event was never recorded.
    pub(crate) fn ticket(&self) -> Option<Ticket> {
        lock(&self.mark).as_ref().map(|mark| mark.ticket.clone())
    }

    /// The milliseconds from `start` to `self`.
    pub(crate) fn milliseconds_since(&self, start: &Self) -> Outcome<f32> {
        if !self.timed || !start.timed || self.device != start.device {
            return Err(Code::cudaErrorInvalidResourceHandle);
        }
        let marks = (lock(&start.mark).clone(), lock(&self.mark).clone());
        let (Some(start), Some(end)) = marks else { return Err(Code::cudaErrorInvalidResourceHandle) };
        let (Some(from), Some(to)) = (start.passed.get(), end.passed.get()) else {
            return Err(Code::cudaErrorNotReady);
        };
        let seconds = if to >= from { (*to - *from).as_secs_f32() } else { -(*from - *to).as_secs_f32() };
        Ok(seconds * 1000.0)
    }
}
