//! Which way a copy goes: one plain call, by its caller alone through a ring, or through the lanes of several threads.

use std::time::Instant;

use crate::error::Result;
use crate::memory::attributes::{MemoryKind, PointerAttributes};
use crate::memory::copy::{Direction, on_legacy};
use crate::memory::staging::choice::{Choice, Choices};
use crate::memory::staging::engine::Engine;
use crate::memory::staging::inside::is_inside;
use crate::memory::staging::place::Place;
use crate::memory::staging::slots::records;
use crate::memory::staging::spans::ends;
use crate::memory::staging::transfer::Until;
use crate::stream::StreamRef;

/// A way, and whether it is on trial.
pub(super) struct Route<'e> {
    pub(super) choice: Choice,
    /// For the plain call.
    pub(super) direction: Direction,
    /// Where to note how long it took.
    told: Option<&'e Choices>,
}

impl Route<'_> {
    /// Begins the trial, if this is one, once the stream is not busy with something else.
    pub(super) fn begin(&self, engine: &Engine, stream: StreamRef<'_>) -> Result<Option<Instant>> {
        if self.told.is_none() {
            return Ok(None);
        }
        engine.reach(stream)?;
        Ok(Some(Instant::now()))
    }

    /// Ends it, after a copy that was done in this way: when the bytes are there, also where the call returns earlier.
    pub(super) fn end(
        &self,
        stream: StreamRef<'_>,
        way: Choice,
        bytes: usize,
        trial: Option<Instant>,
    ) -> Result<()> {
        if let (Some(choices), Some(begun)) = (self.told, trial) {
            stream.settle()?;
            choices.note(bytes, way, begun.elapsed());
        }
        Ok(())
    }
}

impl Engine {
    /// Which way a copy goes, whose host bytes lie in one run from `host` on, or do not.
    pub(super) fn route(
        &self,
        host: Option<*const u8>,
        bytes: usize,
        direction: Direction,
        until: Until,
    ) -> Result<Route<'_>> {
        let way = |choice, direction, told| Ok(Route { choice, direction, told });
        let Some(host) = host else { return way(Choice::Staged, direction, None) };
        let settings = self.settings();
        let choices = self.choices(direction, until);
        let (choice, trial) = match settings.from {
            // A copy from inside a copy must not wait for a lane.
            _ if is_inside()
                || !settings.enabled
                || settings.most_threads() < 2 && settings.threads.is_none() =>
            {
                (Choice::Plain, false)
            }
            Some(from) if bytes < from => (Choice::Plain, false),
            Some(_) => (Choice::Staged, false),
            None => choices.pick(bytes),
        };
        if choice == Choice::Plain && !trial {
            return way(Choice::Plain, direction, None);
        }
        for end in [host, host.wrapping_add(bytes - 1)] {
            match PointerAttributes::of(self.device().runtime(), end)?.kind {
                MemoryKind::Unregistered => {}
                MemoryKind::Host => return way(Choice::Plain, direction, None),
                // Managed, say: the runtime knows best.
                _ => return way(Choice::Plain, Direction::Inferred, None),
            }
        }
        way(choice, direction, trial.then_some(choices))
    }
}

/// One call for the whole copy; waited for, if not an upload until its host memory is free.
///
/// # Safety
/// Both sides hold `bytes`, the host side on the kind of memory that `direction` says, until this returns; the device's
/// until the stream has come to it.
pub(super) unsafe fn plain(
    stream: StreamRef<'_>,
    place: &Place,
    host: *mut u8,
    bytes: usize,
    to_device: bool,
    direction: Direction,
    until: Until,
) -> Result<()> {
    // A copy that the runtime takes for one within the device may be under way on return.
    let waits = !to_device || until == Until::Done || direction == Direction::Inferred;
    let run = match *place {
        Place::Run { base } if stream.is_legacy() => Some(base),
        _ => None,
    };
    if stream.is_legacy() && (run.is_none() || to_device && waits) {
        // Where another capture forbids the legacy stream, waiting for it would never end.
        records(stream)?;
    }
    if let Some(base) = run {
        let (dst, src) = ends(to_device, base, host.cast());
        // SAFETY: the caller's promise.
        unsafe { on_legacy(stream.device(), dst, src, bytes, direction) }?;
        return if to_device && waits { stream.settle() } else { Ok(()) };
    }
    // SAFETY: the caller's promise.
    let enqueued = unsafe { place.enqueue_as(stream, 0..bytes, host, to_device, direction) };
    // A refusal may be that of earlier work, and something may be under way.
    stream.settle().and(enqueued)
}
