//! Which way a copy goes: one plain call, by its caller alone through a ring, or through the lanes of several threads.

use std::time::Instant;

use crate::error::Result;
use crate::memory::attributes::MemoryKind;
use crate::memory::copy::{Direction, on_legacy};
use crate::memory::staging::choice::{Choice, Choices};
use crate::memory::staging::engine::Engine;
use crate::memory::staging::inside::is_inside;
use crate::memory::staging::place::Place;
use crate::memory::staging::spans::ends;
use crate::memory::staging::transfer::Until;
use crate::stream::StreamRef;

/// A way, and whether it is on trial.
pub(super) struct Route<'e> {
    pub(super) choice: Choice,
    /// For the plain call.
    pub(super) direction: Direction,
    /// Whether the host memory was looked at: it is pageable or page-locked then, if the direction is not inferred.
    pub(super) looked: bool,
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
        let way = |choice, direction, looked, told| Ok(Route { choice, direction, looked, told });
        let Some(host) = host else { return way(Choice::Staged, direction, false, None) };
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
            return way(Choice::Plain, direction, false, None);
        }
        for end in [host, host.wrapping_add(bytes - 1)] {
            match MemoryKind::of_host(self.device(), end)? {
                MemoryKind::Unregistered => {}
                MemoryKind::Host => return way(Choice::Plain, direction, true, None),
                // Managed, say: the runtime knows best.
                _ => return way(Choice::Plain, Direction::Inferred, true, None),
            }
        }
        way(choice, direction, true, trial.then_some(choices))
    }
}

/// One call for the whole copy; waited for, if not an upload until its host memory is free.
///
/// # Safety
/// Both sides hold `bytes`, the host side on the kind of memory that the route says, until this returns; the device's until
/// the stream has come to it.
pub(super) unsafe fn plain(
    route: &Route<'_>,
    stream: StreamRef<'_>,
    place: &Place,
    host: *mut u8,
    bytes: usize,
    to_device: bool,
    until: Until,
) -> Result<()> {
    let direction = route.direction;
    if stream.is_legacy() {
        // Where another capture forbids the legacy stream, waiting for it would never end, and a copy would spoil the capture.
        stream.is_capturing()?;
        if let Place::Run { base } = *place {
            let (dst, src) = ends(to_device, base, host.cast());
            // SAFETY: the caller's promise.
            unsafe { on_legacy(stream.device(), dst, src, bytes, direction) }?;
            // A copy that the runtime takes for one within the device may be under way on return.
            let may_be_under_way = to_device && until == Until::Done
                || direction == Direction::Inferred
                || to_device
                    && !route.looked
                    && !MemoryKind::of_host(stream.device(), host).is_ok_and(MemoryKind::is_read_on_return);
            return if may_be_under_way { stream.settle() } else { Ok(()) };
        }
    }
    // SAFETY: the caller's promise.
    let enqueued = unsafe { place.enqueue_as(stream, 0..bytes, host, to_device, direction) };
    // A refusal may be that of earlier work, and something may be under way.
    stream.settle().and(enqueued)
}
