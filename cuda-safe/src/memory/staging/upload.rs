//! From the host to the device.

use std::time::Instant;

use crate::error::{Error, Result};
use crate::memory::copy::Direction;
use crate::memory::staging::choice::{Choice, instead};
use crate::memory::staging::engine::Engine;
use crate::memory::staging::host::Source;
use crate::memory::staging::job::{Job, Work};
use crate::memory::staging::lane::Mark;
use crate::memory::staging::place::Place;
use crate::memory::staging::route::plain;
use crate::memory::staging::transfer::{
    Progress, Transfer, UPLOAD, Until, ended, grain, interrupted, not_begun, told,
};
use crate::memory::staging::tuning::UPLOAD_SLOTS;
use crate::release::UnderWay;

/// Strided arrays of fewer bytes are packed by their caller before another thread has woken up.
const STRIDED_ALONE: usize = 512 << 10;

impl Engine {
    /// Copies host bytes to the device.
    ///
    /// # Safety
    /// The device memory of the transfer is writable in stream order for all of its bytes, and nobody else uses it
    /// until the copy is done. The source has as many bytes, readable from every thread, and nobody writes them until
    /// this returns.
    ///
    /// # Errors
    /// A stream of another device; [`ErrorKind::NotBegun`](crate::ErrorKind::NotBegun) if the engine could not be made
    /// ready (no page-locked memory, say), where nothing was touched; and
    /// [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted) with the bytes that were done: CUDA's own errors, and a
    /// panic of the source or of the progress callback. The device memory may then be partly written; nothing is in
    /// flight.
    #[doc(alias = "cudaMemcpy")]
    pub unsafe fn upload(&self, transfer: Transfer<'_>, source: &dyn Source) -> Result<()> {
        let _under_way = UnderWay::enter();
        let (bytes, _relaxed) = (transfer.bytes, self.relaxed());
        // SAFETY: the caller's promise.
        unsafe { self.send(transfer, source) }
            .map_err(|error| told(UPLOAD, bytes, error))
            .inspect_err(|error| self.note(error))
    }

    /// # Safety
    /// As [`upload`](Self::upload).
    unsafe fn send(&self, transfer: Transfer<'_>, source: &dyn Source) -> Result<()> {
        let Transfer { stream, place, bytes, until, progress } = transfer;
        self.admit(stream, UPLOAD)?;
        if bytes == 0 {
            return Ok(());
        }
        let mut progress = Progress(progress);
        let route = self.route(source.contiguous(), bytes, Direction::HostToDevice, until)?;
        let trial = route.begin(self, stream)?;
        let choice = if self.suits_alone(source, &place, bytes) { Choice::Alone } else { route.choice };
        let way = match choice {
            // SAFETY: the caller's promise; the choice keeps to the sizes that fit.
            Choice::Alone if !unsafe { self.alone().upload(stream, &place, bytes, source, until) }? => {
                self.without_alone(until);
                instead(bytes)
            }
            way => way,
        };
        match (way, source.contiguous()) {
            (Choice::Alone, _) => {}
            (Choice::Plain, Some(host)) => {
                let host = host.cast_mut();
                // SAFETY: the caller's promise for the device; the source vouches for its bytes.
                unsafe { plain(&route, stream, &place, host, bytes, true, until) }?;
            }
            // SAFETY: the caller's promise.
            _ => unsafe {
                let transfer = Transfer { stream, place, bytes, until, progress: None };
                self.stage(transfer, source, &mut progress)
            }?,
        }
        route.end(stream, way, bytes, trial)?;
        progress.end(UPLOAD, bytes)
    }

    /// On several threads.
    ///
    /// # Safety
    /// As [`upload`](Self::upload).
    unsafe fn stage(
        &self,
        transfer: Transfer<'_>,
        source: &dyn Source,
        progress: &mut Progress<'_>,
    ) -> Result<()> {
        let Transfer { stream, place, bytes, until, .. } = transfer;
        let machine = self.machine().map_err(|cause| not_begun(UPLOAD, cause))?;
        let grain = grain(source.grain(), &place);
        let way = machine.way(Direction::HostToDevice, bytes);
        let plan = way
            .plan(bytes, self.settings().chunk, grain, machine.shape, UPLOAD_SLOTS)
            .for_upload(machine.shape);
        let is_run = source.contiguous().is_some();
        let plan = if is_run {
            plan.graded(grain, Direction::HostToDevice)
        } else {
            plan.with_all_threads(machine.shape)
        };
        let plan = plan.for_copies(place.copies());
        let before = self.arrive(stream, UPLOAD)?;
        let job = Job::new(Work::Upload { source, place }, plan.cuts, plan.stores, &before, plan.threads);
        machine.hire(plan.threads - 1);
        let begun = Instant::now();
        let ran = machine.pool.run(&job, || progress.report(&job));
        let ended = ended(ran, &job, UPLOAD);
        if let (Ok(()), Some(team), true) = (&ended, machine.team(Direction::HostToDevice), is_run) {
            team.note(bytes, way.threads, begun.elapsed());
        }
        let marks = job.take_marks();
        let staged = until == Until::Staged && ended.is_ok();
        let ordered = if staged { marks.iter().try_for_each(|mark| mark.precede(stream)) } else { Ok(()) };
        let joined = match ordered {
            Ok(()) if staged => Ok(()),
            // Every mark is waited for, whatever fails.
            ordered => {
                let waited: Vec<_> = marks.iter().map(Mark::wait).collect();
                ordered.and(waited.into_iter().collect())
            }
        };
        self.keep(before);
        match joined {
            Ok(()) => ended,
            // What one of the lanes has sent may not have arrived, so nothing is known to be done.
            Err(cause) => Err(interrupted(UPLOAD, bytes, ended.err().map_or(cause, Error::into_cause))),
        }
    }

    /// Whether a strided array is best sent by its caller alone. Pieces are not: the caller's stream may not take batches.
    fn suits_alone(&self, source: &dyn Source, place: &Place<'_>, bytes: usize) -> bool {
        let is_open =
            self.settings().from.is_none() && self.settings().alone_bytes() > 0 && bytes < STRIDED_ALONE;
        is_open && source.contiguous().is_none() && !matches!(place, Place::Spans(_))
    }
}
