//! From the device to the host.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::error::Result;
use crate::event::Event;
use crate::memory::copy::Direction;
use crate::memory::staging::choice::Choice;
use crate::memory::staging::engine::Engine;
use crate::memory::staging::host::Sink;
use crate::memory::staging::job::{Job, Work};
use crate::memory::staging::lane::Landings;
use crate::memory::staging::pages;
use crate::memory::staging::place::Place;
use crate::memory::staging::pool::Pool;
use crate::memory::staging::route::plain;
use crate::memory::staging::transfer::{DOWNLOAD, Progress, Transfer, Until, ended, grain, not_begun, told};
use crate::memory::staging::tuning::{DOWNLOAD_SLOTS, Plan};
use crate::release::UnderWay;
use crate::stream::StreamRef;

impl Engine {
    /// Copies device memory to host bytes; they are written on return.
    ///
    /// # Safety
    /// The device memory of the transfer is readable in stream order for all of its bytes, and nobody writes it until
    /// this returns. The sink has as many bytes, writable from every thread, and nobody else uses them until this
    /// returns.
    ///
    /// # Errors
    /// As [`upload`](Self::upload). The host memory may then be partly written.
    #[doc(alias = "cudaMemcpy")]
    pub unsafe fn download(&self, transfer: Transfer<'_>, sink: &dyn Sink) -> Result<()> {
        let _under_way = UnderWay::enter();
        let (bytes, _relaxed) = (transfer.bytes, self.relaxed());
        // SAFETY: the caller's promise.
        unsafe { self.fetch(transfer, sink) }
            .map_err(|error| told(DOWNLOAD, bytes, error))
            .inspect_err(|error| self.note(error))
    }

    /// # Safety
    /// As [`download`](Self::download).
    unsafe fn fetch(&self, transfer: Transfer<'_>, sink: &dyn Sink) -> Result<()> {
        let Transfer { stream, place, bytes, until: _, progress } = transfer;
        self.admit(stream, DOWNLOAD)?;
        if bytes == 0 {
            return Ok(());
        }
        let mut progress = Progress(progress);
        let host = sink.contiguous().map(<*mut u8>::cast_const);
        let route = self.route(host, bytes, Direction::DeviceToHost, Until::Done)?;
        let trial = route.begin(self, stream)?;
        match (route.choice, sink.contiguous()) {
            (Choice::Plain, Some(host)) => {
                // SAFETY: the caller's promise for the device; the sink vouches for its bytes.
                unsafe { plain(&route, stream, &place, host, bytes, false, Until::Done) }?;
            }
            // SAFETY: the caller's promise.
            _ => unsafe { self.unstage(stream, place, bytes, sink, &mut progress) }?,
        }
        route.end(stream, route.choice, bytes, trial)?;
        progress.end(DOWNLOAD, bytes)
    }

    /// On several threads.
    ///
    /// # Safety
    /// As [`download`](Self::download).
    unsafe fn unstage(
        &self,
        stream: StreamRef<'_>,
        place: Place,
        bytes: usize,
        sink: &dyn Sink,
        progress: &mut Progress<'_>,
    ) -> Result<()> {
        let machine = self.machine().map_err(|cause| not_begun(DOWNLOAD, cause))?;
        let grain = grain(sink.grain(), &place);
        let way = machine.way(Direction::DeviceToHost, bytes);
        let mut plan = way.plan(bytes, self.settings().chunk, grain, machine.shape, DOWNLOAD_SLOTS);
        // Packing takes longer than copying, and so does the kernel's part in new pages.
        let mut is_plain_copying = true;
        if sink.contiguous().is_none() {
            plan = plan.with_all_threads(machine.shape);
            is_plain_copying = false;
        } else if let Some(host) = sink.contiguous()
            && pages::prepare(host, bytes)
        {
            plan = plan.by_large_pages(host.addr(), pages::LARGE_PAGE, machine.shape);
            is_plain_copying = false;
        } else if !plan.fits_one_lane(machine.shape) {
            plan = plan.graded(grain, Direction::DeviceToHost);
        }
        plan = plan.for_copies(place.copies());
        let before = self.arrive(stream, DOWNLOAD)?;
        machine.hire(plan.threads - 1);
        let ended = if plan.threads > 1 && plan.fits_one_lane(machine.shape) {
            drain(&machine.pool, sink, place, &plan, &before, progress)
        } else {
            let job = Job::new(Work::Download { sink, place }, plan.cuts, plan.stores, &before, plan.threads);
            let begun = Instant::now();
            let ran = machine.pool.run(&job, || progress.report(&job));
            let ended = ended(ran, &job, DOWNLOAD);
            if let (Ok(()), Some(team), true) =
                (&ended, machine.team(Direction::DeviceToHost), is_plain_copying)
            {
                team.note(bytes, way.threads, begun.elapsed());
            }
            ended
        };
        self.keep(before);
        ended
    }
}

/// A download so small that one lane holds all of it: everything is on its way before the first helper is awake.
fn drain(
    pool: &Pool,
    sink: &dyn Sink,
    place: Place,
    plan: &Plan,
    before: &Event,
    progress: &mut Progress<'_>,
) -> Result<()> {
    let lane = pool.lane_for_caller(|| true).map_err(|cause| not_begun(DOWNLOAD, cause))?;
    // There is one, for it stays wanted.
    let Some(mut lane) = lane else { return Ok(()) };
    let slots = lane
        .begin(plan.cuts.chunk, before)
        .and_then(|()| (0..plan.cuts.pieces()).map(|_| lane.take()).collect::<Result<Vec<_>>>());
    let ended = slots.and_then(|slots| {
        let all = slots.iter().map(|&slot| lane.landing(slot)).collect();
        let landings = Landings { all, turn: AtomicUsize::new(0) };
        let work = Work::Drain { sink, landings: &landings };
        let job = Job::new(work, plan.cuts, plan.stores, before, plan.threads);
        let issue = || {
            for (index, landing) in landings.all.iter().enumerate() {
                let piece = job.cuts.piece(index).unwrap_or_default();
                let undone = piece.start;
                // SAFETY: whoever asked for the transfer vouches for the device memory until the end.
                match unsafe { lane.fly(slots[index], &place, piece, Direction::DeviceToHost) } {
                    Ok(()) => landing.issued.store(true, Ordering::Release),
                    Err(error) => return job.fail(error, undone),
                }
            }
        };
        pool.run_without_lanes(&job, issue, || progress.report(&job));
        job.outcome(DOWNLOAD)
    });
    let ended = if ended.is_ok() { ended } else { lane.clear().and(ended) };
    pool.give_back(lane);
    ended
}
