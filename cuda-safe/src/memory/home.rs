//! Stream order of memory from a pool.
//!
//! Such memory begins to exist when its stream reaches the allocation and ends when that stream reaches the free. So it
//! keeps its stream alive, [`Home`], and every use on another stream is tied to it at both ends:
//!
//! - before the first use elsewhere, that stream waits for the home stream ([`Home::invite`]), until some operation
//!   has waited for the home stream and the allocation is known to be past;
//! - before the free, the home stream waits for the streams that were recorded as users ([`Home::wait_for_guests`]).
//!
//! Handles say nothing about identity after a stream is gone, because CUDA reuses them; here both streams are alive.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::error::Result;
use crate::keeper::Hold;
use crate::stream::{Stream, StreamRef};

/// The stream in whose order a piece of memory lives.
#[derive(Debug)]
pub(crate) struct Home {
    stream: Stream,
    /// Whether the host has seen the allocation done, so that nobody needs to wait for it.
    settled: AtomicBool,
    /// Streams that the free must wait for; not there until there is one.
    guests: Mutex<Option<Box<Guests>>>,
}

#[derive(Debug)]
struct Guests(Vec<Stream>);

impl Home {
    /// Of memory that was just allocated on the stream, which the hold keeps.
    #[inline]
    pub(crate) fn new(stream: &Stream, hold: Hold) -> Self {
        Self { stream: stream.held_by(hold), settled: AtomicBool::new(false), guests: Mutex::new(None) }
    }

    /// Of what [`into_parts`](Self::into_parts) took apart.
    pub(crate) fn from_parts(stream: Stream, guests: Vec<Stream>) -> Self {
        let guests = Mutex::new((!guests.is_empty()).then(|| Box::new(Guests(guests))));
        Self { stream, settled: AtomicBool::new(false), guests }
    }

    pub(crate) fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Makes later work of `stream` see the allocation.
    pub(crate) fn invite(&self, stream: StreamRef<'_>) -> Result<()> {
        if self.settled.load(Ordering::Acquire) { Ok(()) } else { stream.wait_for(self.stream.as_ref()) }
    }

    /// The host has waited for the home stream since the allocation.
    pub(crate) fn settle(&self) {
        self.settled.store(true, Ordering::Release);
    }

    /// Remembers a stream that the free must wait for. The per-thread stream cannot be remembered, for it is another
    /// one on the thread that frees: the home stream waits at once for the work it has now.
    pub(crate) fn record_use(&self, stream: &Stream) -> Result<()> {
        if stream.as_ref().is_per_thread() {
            return self.stream.as_ref().wait_for(stream.as_ref());
        }
        if stream.same_owner(&self.stream) {
            return Ok(());
        }
        let mut guests = self.guests.lock().unwrap_or_else(PoisonError::into_inner);
        let Guests(guests) = &mut **guests.get_or_insert_with(|| Box::new(Guests(Vec::new())));
        if !guests.iter().any(|guest| guest.same_owner(stream)) {
            guests.push(stream.clone());
        }
        Ok(())
    }

    /// Makes the home stream wait for what the recorded streams have now.
    ///
    /// Should an event fail, the host waits for the stream instead: freeing early is never the answer.
    #[inline]
    pub(crate) fn wait_for_guests(&mut self) -> Result<()> {
        if self.has_guests() { self.wait_for_each() } else { Ok(()) }
    }

    /// Whether there may be a stream to wait for.
    #[inline]
    pub(crate) fn has_guests(&mut self) -> bool {
        self.recorded().is_some()
    }

    #[cold]
    #[inline(never)]
    fn wait_for_each(&mut self) -> Result<()> {
        let guests = self.recorded().take();
        for guest in guests.iter().flat_map(|guests| &guests.0) {
            if self.stream.as_ref().wait_for(guest.as_ref()).is_err() {
                guest.synchronize()?;
            }
        }
        Ok(())
    }

    #[inline]
    fn recorded(&mut self) -> &mut Option<Box<Guests>> {
        self.guests.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// What holds the stream. Nothing else is left to be dropped once there are no guests any more.
    #[inline]
    pub(crate) fn hold_mut(&mut self) -> &mut Hold {
        self.stream.hold_mut()
    }

    /// The stream and the streams recorded as users.
    pub(crate) fn into_parts(self) -> (Stream, Vec<Stream>) {
        let guests = self.guests.into_inner().unwrap_or_else(PoisonError::into_inner);
        (self.stream, guests.map(|guests| guests.0).unwrap_or_default())
    }
}
