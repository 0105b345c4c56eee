//! A copy that its caller does by itself: through the ring of one lane, on the caller's own stream.
//!
//! For copies of some hundred KiB, which are over before another thread has woken up. The whole copy fits the ring, so
//! no part of it is waited for on the way: an upload fills the ring piece by piece while the device takes what is there,
//! a download lands in the ring and is copied out. No events are needed, for the caller's stream orders everything.

use crate::error::Result;
use crate::memory::copy::Direction;
use crate::memory::staging::host::{Sink, Source};
use crate::memory::staging::job::guarded;
use crate::memory::staging::kernel::Stores;
use crate::memory::staging::machine::Machine;
use crate::memory::staging::place::Place;
use crate::memory::staging::transfer::{DOWNLOAD, UPLOAD, interrupted, not_begun};
use crate::stream::StreamRef;

/// Copies to the device and waits for it.
///
/// # Safety
/// As [`upload`](super::Engine::upload); `bytes` is at most the length of a ring.
pub(super) unsafe fn upload(
    machine: &Machine,
    stream: StreamRef<'_>,
    place: &Place,
    bytes: usize,
    source: &dyn Source,
) -> Result<()> {
    let lane = machine.pool.lane_for_caller(|| true).map_err(|cause| not_begun(UPLOAD, cause))?;
    // There is one, for it stays wanted.
    let Some(mut lane) = lane else { return Ok(()) };
    let pieces = (0..bytes).step_by(machine.tuning.upload.least_chunk);
    let sent = lane.clear().and_then(|()| {
        let ring = lane.ring();
        for start in pieces {
            let piece = start..bytes.min(start + machine.tuning.upload.least_chunk);
            let pinned = ring.wrapping_add(start);
            // The ring is read right after: from the cache, if it is there.
            // SAFETY: the piece lies inside the transfer, its part of the ring is as long, and nothing is in flight in it.
            guarded(|| unsafe { source.read(piece.clone(), pinned, Stores::Ordinary) })?;
            // SAFETY: whoever asked for the transfer vouches for the device memory; the stream is waited for below.
            unsafe { place.enqueue(stream, piece, pinned, Direction::HostToDevice) }?;
        }
        Ok(())
    });
    // Whatever failed: the ring goes back with nothing in flight.
    let done = stream.settle();
    machine.pool.give_back(lane);
    sent.and(done).map_err(|cause| interrupted(UPLOAD, bytes, cause))
}

/// Copies to the host.
///
/// # Safety
/// As [`download`](super::Engine::download); `bytes` is at most the length of a ring.
pub(super) unsafe fn download(
    machine: &Machine,
    stream: StreamRef<'_>,
    place: &Place,
    bytes: usize,
    sink: &dyn Sink,
) -> Result<()> {
    let lane = machine.pool.lane_for_caller(|| true).map_err(|cause| not_begun(DOWNLOAD, cause))?;
    // There is one, for it stays wanted.
    let Some(mut lane) = lane else { return Ok(()) };
    let ring = lane.ring();
    let sent = lane.clear().and_then(|()| {
        // SAFETY: whoever asked for the transfer vouches for the device memory; the ring has room, nothing is in flight
        // in it, and the stream is waited for below.
        unsafe { place.enqueue(stream, 0..bytes, ring, Direction::DeviceToHost) }
    });
    // Whatever failed: the ring goes back with nothing in flight.
    let landed = stream.settle().and(sent);
    // SAFETY: all bytes have landed in the ring.
    let written = landed.and_then(|()| guarded(|| unsafe { sink.write(0..bytes, ring, Stores::Ordinary) }));
    machine.pool.give_back(lane);
    written.map_err(|cause| interrupted(DOWNLOAD, bytes, cause))
}
