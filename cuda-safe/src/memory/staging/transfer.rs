//! One copy between the host and a device: which way it goes, and the order of the caller's stream.
//!
//! A copy begins when the caller's stream has reached it. If the stream is busy the caller waits for it without holding
//! anything, so a slow stream delays nobody else; the lanes then wait for an event on it all the same, which covers
//! what a stream waits for without showing it (the legacy stream). An upload ends with the caller's stream waiting for
//! the lanes, or the caller; a download when the host memory is written.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::call::gate;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::memory::attributes::{MemoryKind, PointerAttributes};
use crate::memory::copy::Direction;
use crate::memory::staging::choice::{Choice, Choices};
use crate::memory::staging::engine::Engine;
use crate::memory::staging::host::{Sink, Source};
use crate::memory::staging::job::{Job, Work, guarded};
use crate::memory::staging::lane::{Landings, Mark};
use crate::memory::staging::pages;
use crate::memory::staging::place::Place;
use crate::memory::staging::pool::Pool;
use crate::memory::staging::tuning::{DOWNLOAD_SLOTS, Plan, UPLOAD_SLOTS};
use crate::stream::StreamRef;

const UPLOAD: &str = "copy to the device";
const DOWNLOAD: &str = "copy to the host";

/// One copy between the host and the device of an engine.
///
/// ```
/// use cuda_safe::memory::staging::{self, HostBytes, Place, Transfer};
/// use cuda_safe::{Device, DeviceMemory, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let (stream, image) = (Stream::new(device)?, vec![7u8; 4 << 20]);
/// let mut memory = DeviceMemory::<u8>::new(device, image.len())?;
/// let place = Place::Run { base: memory.as_mut_ptr().cast() };
/// let mut copied = 0;
/// let mut progress = |bytes| copied = bytes;
/// let transfer = Transfer::new(stream.as_ref(), place, image.len()).progress(&mut progress);
/// // SAFETY: both have as many bytes, and nobody else uses them until the call returns.
/// unsafe { staging::shared(device)?.upload(transfer, &HostBytes::new(image.as_ptr())) }?;
/// assert_eq!(copied, image.len());
/// # Ok(())
/// # }
/// ```
pub struct Transfer<'a> {
    stream: StreamRef<'a>,
    place: Place,
    bytes: usize,
    until: Until,
    progress: Option<&'a mut dyn FnMut(usize)>,
}

/// When an upload returns.
///
/// ```
/// use cuda_safe::memory::staging::{self, HostBytes, Place, Transfer, Until};
/// use cuda_safe::{Device, DeviceMemory, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let (stream, mut image) = (Stream::new(device)?, vec![7u8; 1 << 20]);
/// let mut memory = DeviceMemory::<u8>::new(device, image.len())?;
/// let place = Place::Run { base: memory.as_mut_ptr().cast() };
/// let transfer = Transfer::new(stream.as_ref(), place, image.len()).until(Until::Staged);
/// // SAFETY: both have as many bytes; the memory is left alone until the stream is waited for.
/// unsafe { staging::shared(device)?.upload(transfer, &HostBytes::new(image.as_ptr())) }?;
/// image.fill(0); // the next image, while this one is still on its way
/// stream.synchronize()?;
/// assert_eq!(memory.to_vec()?, vec![7; 1 << 20]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Until {
    /// When the device memory is written.
    #[default]
    Done,
    /// When the host memory may be reused. The copy goes on; later work of the stream waits for it, other streams do
    /// not.
    Staged,
}

impl<'a> Transfer<'a> {
    /// `bytes` bytes in the order of `stream`.
    pub fn new(stream: StreamRef<'a>, place: Place, bytes: usize) -> Self {
        Self { stream, place, bytes, until: Until::default(), progress: None }
    }

    /// When an upload returns. A download always returns when the host memory is written.
    #[must_use]
    pub fn until(self, until: Until) -> Self {
        Self { until, ..self }
    }

    /// Calls `progress` on this thread, now and then, with the bytes copied so far.
    #[must_use]
    pub fn progress(self, progress: &'a mut dyn FnMut(usize)) -> Self {
        Self { progress: Some(progress), ..self }
    }
}

/// Which way a copy goes.
enum Route<'e> {
    /// One call; timed for the choice of later copies if those are given.
    Plain(Direction, Option<&'e Choices>),
    /// Through the lanes; likewise.
    Staged(Option<&'e Choices>),
}

impl Route<'_> {
    /// Begins the trial, if this is one and the stream is not busy with something else.
    fn begin(&self, stream: StreamRef<'_>) -> Result<Option<Instant>> {
        let (Self::Plain(_, Some(_)) | Self::Staged(Some(_))) = self else { return Ok(None) };
        Ok(stream.query()?.then(Instant::now))
    }

    /// Ends it.
    fn end(&self, bytes: usize, trial: Option<Instant>) {
        let Some(begun) = trial else { return };
        match self {
            Self::Plain(_, Some(choices)) => choices.note(bytes, Choice::Plain, begun.elapsed()),
            Self::Staged(Some(choices)) => choices.note(bytes, Choice::Staged, begun.elapsed()),
            _ => {}
        }
    }
}

impl Engine {
    /// Copies host bytes to the device.
    ///
    /// # Safety
    /// The device memory of the transfer is writable in stream order for all of its bytes, and nobody else uses it
    /// until the copy is done. The source has as many bytes, readable from every thread, and nobody writes them until
    /// this returns.
    ///
    /// # Errors
    /// A stream of another device; [`ErrorKind::NotBegun`] if the engine could not be made ready (no page-locked memory,
    /// say), where nothing was touched; and [`ErrorKind::Interrupted`] with the bytes that were done: CUDA's own errors,
    /// and a panic of the source. The device memory may then be partly written; nothing is in flight.
    #[doc(alias = "cudaMemcpy")]
    pub unsafe fn upload(&self, transfer: Transfer<'_>, source: &dyn Source) -> Result<()> {
        let Transfer { stream, place, bytes, until, progress } = transfer;
        self.admit(stream, UPLOAD)?;
        if bytes == 0 {
            return Ok(());
        }
        let mut progress = Progress(progress);
        let route = self.route(source.contiguous(), bytes, Direction::HostToDevice, until)?;
        let trial = route.begin(stream)?;
        if let (Route::Plain(direction, _), Some(host)) = (&route, source.contiguous()) {
            // SAFETY: the caller's promise for the device; the source vouches for its bytes.
            unsafe { plain(stream, &place, host.cast_mut(), bytes, *direction) }?;
            route.end(bytes, trial);
            progress.tell(bytes);
            return Ok(());
        }
        let machine = self.machine().map_err(|cause| not_begun(UPLOAD, cause))?;
        let grain = grain(source.grain(), &place);
        let plan = machine
            .tuning
            .upload
            .plan(bytes, self.settings().chunk, grain, machine.shape, UPLOAD_SLOTS)
            .for_upload(machine.shape);
        let plan = if source.contiguous().is_none() { plan.with_all_threads(machine.shape) } else { plan };
        let before = self.arrive(stream, UPLOAD)?;
        let job = Job::new(Work::Upload { source, place }, plan.cuts, plan.stores, &before, plan.threads);
        machine.hire(plan.threads - 1);
        let ran = machine.pool.run(&job, || progress.report(&job));
        let ended = ended(ran, &job, UPLOAD);
        let joined = match until {
            Until::Staged if ended.is_ok() => job
                .take_marks()
                .iter()
                .try_for_each(|mark| mark.precede(stream).or_else(|error| mark.wait().and(Err(error)))),
            // Every mark is waited for, whatever fails.
            _ => {
                let waited: Vec<_> = job.take_marks().iter().map(Mark::wait).collect();
                waited.into_iter().collect()
            }
        };
        self.keep(before);
        ended.and(joined.map_err(|cause| interrupted(UPLOAD, bytes, cause)))?;
        route.end(bytes, trial);
        progress.tell(bytes);
        Ok(())
    }

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
        let Transfer { stream, place, bytes, until: _, progress } = transfer;
        self.admit(stream, DOWNLOAD)?;
        if bytes == 0 {
            return Ok(());
        }
        let mut progress = Progress(progress);
        let route = self.route(
            sink.contiguous().map(<*mut u8>::cast_const),
            bytes,
            Direction::DeviceToHost,
            Until::Done,
        )?;
        let trial = route.begin(stream)?;
        if let (Route::Plain(direction, _), Some(host)) = (&route, sink.contiguous()) {
            // SAFETY: the caller's promise for the device; the sink vouches for its bytes.
            unsafe { plain(stream, &place, host, bytes, *direction) }?;
            route.end(bytes, trial);
            progress.tell(bytes);
            return Ok(());
        }
        let machine = self.machine().map_err(|cause| not_begun(DOWNLOAD, cause))?;
        let grain = grain(sink.grain(), &place);
        let mut plan =
            machine.tuning.download.plan(bytes, self.settings().chunk, grain, machine.shape, DOWNLOAD_SLOTS);
        if sink.contiguous().is_none() {
            plan = plan.with_all_threads(machine.shape);
        } else if let Some(host) = sink.contiguous()
            && pages::prepare(host, bytes)
        {
            plan = plan.by_large_pages(host.addr(), pages::LARGE_PAGE, machine.shape);
        }
        let before = self.arrive(stream, DOWNLOAD)?;
        machine.hire(plan.threads - 1);
        let ended = if plan.threads > 1 && plan.fits_one_lane(machine.shape) {
            drain(&machine.pool, sink, place, &plan, &before, &mut progress)
        } else {
            let job = Job::new(Work::Download { sink, place }, plan.cuts, plan.stores, &before, plan.threads);
            let ran = machine.pool.run(&job, || progress.report(&job));
            ended(ran, &job, DOWNLOAD)
        };
        self.keep(before);
        ended?;
        route.end(bytes, trial);
        progress.tell(bytes);
        Ok(())
    }

    fn admit(&self, stream: StreamRef<'_>, operation: &'static str) -> Result<()> {
        gate(operation)?;
        self.device().same_device(&stream.device(), operation)
    }

    /// Which way a copy goes, whose host bytes lie in one run from `host` on, or do not.
    fn route(
        &self,
        host: Option<*const u8>,
        bytes: usize,
        direction: Direction,
        until: Until,
    ) -> Result<Route<'_>> {
        let Some(host) = host else { return Ok(Route::Staged(None)) };
        let settings = self.settings();
        let upload = direction == Direction::HostToDevice;
        let choices = self.choices(upload);
        let (choice, trial) = match settings.from {
            _ if !settings.enabled || settings.most_threads() < 2 && settings.threads.is_none() => {
                (Choice::Plain, false)
            }
            Some(from) if bytes < from => (Choice::Plain, false),
            Some(_) => (Choice::Staged, false),
            None => choices.pick(bytes, until == Until::Done),
        };
        if choice == Choice::Plain && !trial {
            return Ok(Route::Plain(direction, None));
        }
        let runtime = self.device().runtime();
        let ends = [host, host.wrapping_add(bytes - 1)];
        for end in ends {
            match PointerAttributes::of(runtime, end)?.kind {
                MemoryKind::Unregistered => {}
                MemoryKind::Host => return Ok(Route::Plain(direction, None)),
                // Managed, say: the runtime knows best.
                _ => return Ok(Route::Plain(Direction::Inferred, None)),
            }
        }
        let told = trial.then_some(choices);
        Ok(if choice == Choice::Plain { Route::Plain(direction, told) } else { Route::Staged(told) })
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

/// Whoever wants to know how far it is.
struct Progress<'a>(Option<&'a mut dyn FnMut(usize)>);

impl Progress<'_> {
    /// In the middle of a job: a panic of the callback ends the job, as an error, not the thread.
    fn report(&mut self, job: &Job<'_>) {
        if let Err(panicked) = guarded(|| self.tell(job.copied())) {
            self.0 = None;
            job.fail(panicked, job.cuts.bytes);
        }
    }

    fn tell(&mut self, bytes: usize) {
        if let Some(callback) = &mut self.0 {
            callback(bytes);
        }
    }
}

/// One call for the whole copy, waited for.
///
/// # Safety
/// Both sides hold `bytes`, as `direction` says, until this returns.
unsafe fn plain(
    stream: StreamRef<'_>,
    place: &Place,
    host: *mut u8,
    bytes: usize,
    direction: Direction,
) -> Result<()> {
    // SAFETY: the caller's promise.
    let enqueued = unsafe { place.enqueue(stream, 0..bytes, host, direction) };
    // A refusal may be that of earlier work, and something may be under way.
    stream.settle().and(enqueued)
}

/// How a job ended, of which this thread could or could not get a lane for its part.
fn ended(ran: Result<()>, job: &Job<'_>, operation: &'static str) -> Result<()> {
    match ran {
        Err(cause) if job.is_untouched() => Err(not_begun(operation, cause)),
        // Helpers had a lane, which was freed before this thread's turn: what they have not taken is not done.
        Err(cause) => {
            job.fail(cause, job.cuts.bytes);
            job.outcome(operation)
        }
        Ok(()) => job.outcome(operation),
    }
}

fn not_begun(operation: &'static str, cause: Error) -> Error {
    ErrorKind::NotBegun { operation, cause }.into()
}

fn grain(host: usize, place: &Place) -> usize {
    if host > 1 { host } else { place.grain() }
}

fn interrupted(operation: &'static str, bytes: usize, cause: Error) -> Error {
    ErrorKind::Interrupted { operation, done: 0, bytes, cause }.into()
}
