//! One thread's part in a job: claim, copy, until nothing is left or others need the lane.
//!
//! Whatever happens, the lane comes back with nothing of the job in flight that the job does not know of: an upload
//! leaves its mark, a download has emptied every slot, a failure has waited for the stream.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::Ordering;

use crate::error::Result;
use crate::memory::copy::Direction;
use crate::memory::staging::host::{Sink, Source};
use crate::memory::staging::job::{Job, Work, guarded};
use crate::memory::staging::lane::{Landings, Lane};
use crate::memory::staging::place::Place;

/// Takes part until nothing can be claimed or `leave` says so; `leave` is asked after each piece.
///
/// A failure is noted in the job, not returned: whoever asked for the job reports it.
pub(super) fn take_part(job: &Job<'_>, lane: Option<&mut Lane>, mut leave: impl FnMut() -> bool) {
    let mut from = job.cuts.bytes;
    let outcome = match (&job.work, lane) {
        (Work::Upload { source, place }, Some(lane)) => {
            upload(job, *source, place, lane, &mut leave, &mut from).or_else(|error| settle(lane, error))
        }
        (Work::Download { sink, place }, Some(lane)) => {
            download(job, *sink, place, lane, &mut leave, &mut from).or_else(|error| settle(lane, error))
        }
        (Work::Drain { sink, landings }, _) => drain(job, *sink, landings, &mut leave, &mut from),
        // Without a lane there is nothing that this thread could do.
        (_, None) => Ok(()),
    };
    if let Err(error) = outcome {
        job.fail(error, from);
    }
}

/// After a failure: nothing stays in flight.
fn settle(lane: &mut Lane, error: crate::error::Error) -> Result<()> {
    lane.clear().and(Err(error))
}

fn chunks(piece: Range<usize>, chunk: usize) -> impl Iterator<Item = Range<usize>> {
    let end = piece.end;
    piece.step_by(chunk).map(move |start| start..end.min(start + chunk))
}

fn upload(
    job: &Job<'_>,
    source: &dyn Source,
    place: &Place,
    lane: &mut Lane,
    leave: &mut dyn FnMut() -> bool,
    from: &mut usize,
) -> Result<()> {
    lane.begin(job.cuts.chunk, job.before)?;
    while let Some((_, piece)) = job.claim() {
        // What this thread has sent is only done once the device has it, so all of it counts as undone on failure.
        *from = (*from).min(piece.start);
        for chunk in chunks(piece.clone(), job.cuts.chunk) {
            let slot = lane.take()?;
            let pinned = lane.slot(slot);
            // SAFETY: the chunk lies inside the transfer; the slot is free and as long.
            guarded(|| unsafe { source.read(chunk.clone(), pinned, job.stores) })?;
            // SAFETY: whoever asked for the transfer vouches for the device memory until the job's marks are reached.
            unsafe { lane.fly(slot, place, chunk, Direction::HostToDevice) }?;
        }
        job.advance(piece.len());
        if leave() {
            break;
        }
    }
    job.mark(lane.finish()?);
    Ok(())
}

fn download(
    job: &Job<'_>,
    sink: &dyn Sink,
    place: &Place,
    lane: &mut Lane,
    leave: &mut dyn FnMut() -> bool,
    from: &mut usize,
) -> Result<()> {
    lane.begin(job.cuts.chunk, job.before)?;
    // Enough in flight to hide the latency, yet no more than this thread's share of what there is.
    let depth = (job.cuts.bytes / job.cuts.chunk / job.threads).clamp(1, lane.slots());
    let mut landing: VecDeque<(usize, Range<usize>)> = VecDeque::with_capacity(depth);
    let mut claimed: VecDeque<Range<usize>> = VecDeque::new();
    let mut leaving = false;
    loop {
        while landing.len() < depth {
            if claimed.is_empty() && !leaving {
                claimed.extend(job.claim().into_iter().flat_map(|(_, piece)| chunks(piece, job.cuts.chunk)));
            }
            let Some(chunk) = claimed.pop_front() else { break };
            *from = landing.front().map_or(chunk.start, |(_, oldest)| oldest.start);
            let slot = lane.take()?;
            // SAFETY: whoever asked for the transfer vouches for the device memory until the job has ended.
            unsafe { lane.fly(slot, place, chunk.clone(), Direction::DeviceToHost) }?;
            landing.push_back((slot, chunk));
        }
        let Some((slot, chunk)) = landing.pop_front() else { return Ok(()) };
        *from = chunk.start;
        lane.land(slot)?;
        let pinned = lane.slot(slot);
        // SAFETY: the chunk lies inside the transfer; its bytes have landed in the slot.
        guarded(|| unsafe { sink.write(chunk.clone(), pinned, job.stores) })?;
        job.advance(chunk.len());
        leaving = leaving || leave();
    }
}

fn drain(
    job: &Job<'_>,
    sink: &dyn Sink,
    landings: &Landings,
    leave: &mut dyn FnMut() -> bool,
    from: &mut usize,
) -> Result<()> {
    while let Some((index, piece)) = job.claim() {
        *from = piece.start;
        let landing = &landings.all[index];
        // The copies land in order. Each thread waits for its turn by itself: the runtime serves one waiter best.
        while landings.turn.load(Ordering::Acquire) != index || !landing.issued.load(Ordering::Acquire) {
            if job.is_stopped() {
                job.leave_undone(piece.start);
                return Ok(());
            }
            std::thread::yield_now();
        }
        landing.landed.synchronize()?;
        landings.turn.store(index + 1, Ordering::Release);
        // SAFETY: the piece lies inside the transfer; its bytes have landed.
        guarded(|| unsafe { sink.write(piece.clone(), landing.pinned, job.stores) })?;
        job.advance(piece.len());
        if leave() {
            break;
        }
    }
    Ok(())
}
