//! The engine of one device: takes a transfer, decides how it is done, keeps the order of the caller's stream.
//!
//! A copy begins when the caller's stream has reached it. If the stream is busy the caller waits for it without holding
//! anything, so a slow stream delays nobody else; the lanes then wait for an event on it all the same, which covers
//! what a stream waits for without showing it (the legacy stream). An upload ends with the caller's stream waiting for
//! the lanes, a download when the host memory is written.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use crate::call::gate;
use crate::device::Device;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::memory::attributes::{MemoryKind, PointerAttributes};
use crate::memory::copy::Direction;
use crate::memory::staging::host::{Sink, Source};
use crate::memory::staging::job::{Job, Work, guarded};
use crate::memory::staging::lane::Mark;
use crate::memory::staging::pages;
use crate::memory::staging::place::Place;
use crate::memory::staging::pool::Pool;
use crate::memory::staging::settings::{Settings, Shape};
use crate::memory::staging::tuning::{Plan, Way};
use crate::release;
use crate::stream::StreamRef;

const UPLOAD: &str = "copy to the device";
const DOWNLOAD: &str = "copy to the host";

/// Fewer bytes are copied by a plain call before anything is asked or made: no thread wakes in that time.
const NEVER_STAGED: usize = 32 << 10;

/// The engine of one device. [`Engine::shared`] is the one that everybody uses.
pub struct Engine {
    pool: Arc<Pool>,
    settings: Settings,
    shape: Shape,
    tuning: OnceLock<Tuning>,
    events: Mutex<Vec<Event>>,
    workers: Mutex<Vec<JoinHandle<()>>>,
    working: AtomicUsize,
}

/// What was measured, or given, for both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuning {
    /// From host to device.
    pub upload: Way,
    /// From device to host.
    pub download: Way,
}

/// One copy between the host and the device of an engine.
pub struct Transfer<'a> {
    stream: StreamRef<'a>,
    place: Place,
    bytes: usize,
    until: Until,
    progress: Option<&'a mut dyn FnMut(usize)>,
}

/// When an upload returns.
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

impl Engine {
    /// An engine with threads and memory of its own, which are made when they are first needed.
    ///
    /// # Errors
    /// Settings that contradict each other.
    pub fn new(device: Device, settings: Settings) -> Result<Self> {
        let shape = settings.shape()?;
        Ok(Self {
            pool: Arc::new(Pool::new(device, shape.lanes, shape.ring_bytes)),
            settings,
            shape,
            tuning: OnceLock::new(),
            events: Mutex::default(),
            workers: Mutex::default(),
            working: AtomicUsize::new(0),
        })
    }

    /// The same with a tuning that is given, not measured.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_tuning(device: Device, settings: Settings, tuning: Tuning) -> Result<Self> {
        let mut engine = Self::new(device, settings)?;
        engine.tuning = OnceLock::from(tuning);
        Ok(engine)
    }

    /// The device.
    pub fn device(&self) -> Device {
        self.pool.device()
    }

    /// What was asked for.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Bytes of page-locked memory held now.
    pub fn pinned_bytes(&self) -> usize {
        self.pool.pinned_bytes()
    }

    /// Threads that may copy at once, the caller included.
    pub fn threads(&self) -> usize {
        self.shape.lanes
    }

    /// Frees the page-locked memory that no copy is using; the next copy makes it anew. Returns how many bytes.
    pub fn release(&self) -> usize {
        self.pool.release()
    }

    /// Copies host bytes to the device.
    ///
    /// # Safety
    /// The device memory of the transfer is writable in stream order for all of its bytes, and nobody else uses it
    /// until the copy is done. The source has as many bytes.
    ///
    /// # Errors
    /// A stream of another device, and [`ErrorKind::Interrupted`] with the bytes that were done: CUDA's own errors, and
    /// a panic of the source. The device memory may then be partly written; nothing is in flight.
    #[doc(alias = "cudaMemcpy")]
    pub unsafe fn upload(&self, transfer: Transfer<'_>, source: &dyn Source) -> Result<()> {
        let Transfer { stream, place, bytes, until, progress } = transfer;
        self.admit(stream, UPLOAD)?;
        if bytes == 0 {
            return Ok(());
        }
        let mut progress = Progress(progress);
        if let Some(host) = source.contiguous()
            && let Some(direction) = self.plain_way(host, bytes, Direction::HostToDevice)?
        {
            // SAFETY: the caller's promise for the device; the source vouches for its bytes.
            unsafe { plain(stream, &place, host.cast_mut(), bytes, direction) }?;
            progress.tell(bytes);
            return Ok(());
        }
        let plan = self.tuning()?.upload.plan(bytes, self.settings.chunk, grain(source.grain(), &place), self.shape);
        let before = self.arrive(stream)?;
        let job = Job::new(Work::Upload { source, place }, plan.cuts, plan.stores, &before, plan.threads);
        self.hire(plan.threads - 1);
        let ran = self.pool.run(&job, || progress.report(&job));
        let ended = ran.and_then(|()| job.outcome(UPLOAD));
        let joined = match until {
            Until::Staged if ended.is_ok() => job.take_marks().iter().try_for_each(|mark| {
                mark.precede(stream).or_else(|error| mark.wait().and(Err(error)))
            }),
            // Every mark is waited for, whatever fails.
            _ => job.take_marks().iter().map(Mark::wait).fold(Ok(()), |first, next| first.and(next)),
        };
        self.keep(before);
        ended.and(joined.map_err(|cause| interrupted(UPLOAD, bytes, cause)))?;
        progress.tell(bytes);
        Ok(())
    }

    /// Copies device memory to host bytes; they are written on return.
    ///
    /// # Safety
    /// The device memory of the transfer is readable in stream order for all of its bytes, and nobody writes it until
    /// this returns. The sink has as many bytes.
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
        if let Some(host) = sink.contiguous()
            && let Some(direction) = self.plain_way(host, bytes, Direction::DeviceToHost)?
        {
            // SAFETY: the caller's promise for the device; the sink vouches for its bytes.
            unsafe { plain(stream, &place, host, bytes, direction) }?;
            progress.tell(bytes);
            return Ok(());
        }
        let mut plan =
            self.tuning()?.download.plan(bytes, self.settings.chunk, grain(sink.grain(), &place), self.shape);
        if let Some(host) = sink.contiguous()
            && pages::prepare(host, bytes)
        {
            plan = plan.by_large_pages(host.addr(), pages::LARGE_PAGE);
        }
        let before = self.arrive(stream)?;
        self.hire(plan.threads - 1);
        let ended = if plan.threads > 1 && plan.fits_one_lane(self.shape) {
            self.drain(sink, place, &plan, &before, &mut progress)
        } else {
            let job = Job::new(Work::Download { sink, place }, plan.cuts, plan.stores, &before, plan.threads);
            let ran = self.pool.run(&job, || progress.report(&job));
            ran.and_then(|()| job.outcome(DOWNLOAD))
        };
        self.keep(before);
        ended?;
        progress.tell(bytes);
        Ok(())
    }

    /// A download so small that one lane holds all of it: everything is on its way before the first helper is awake.
    fn drain(
        &self,
        sink: &dyn Sink,
        place: Place,
        plan: &Plan,
        before: &Event,
        progress: &mut Progress<'_>,
    ) -> Result<()> {
        let Some(mut lane) = self.pool.lane_for_caller(|| true)? else { return Ok(()) };
        let slots = lane
            .begin(plan.cuts.chunk, before)
            .and_then(|()| (0..plan.cuts.pieces()).map(|_| lane.take()).collect::<Result<Vec<_>>>());
        let ended = slots.and_then(|slots| {
            let landings: Vec<_> = slots.iter().map(|&slot| lane.landing(slot)).collect();
            let work = Work::Drain { sink, landings: &landings };
            let job = Job::new(work, plan.cuts, plan.stores, before, plan.threads);
            let issue = || {
                for (index, landing) in landings.iter().enumerate() {
                    let piece = job.cuts.piece(index).unwrap_or_default();
                    let undone = piece.start;
                    // SAFETY: whoever asked for the transfer vouches for the device memory until the end.
                    match unsafe { lane.fly(slots[index], &place, piece, Direction::DeviceToHost) } {
                        Ok(()) => landing.issued.store(true, Ordering::Release),
                        Err(error) => return job.fail(error, undone),
                    }
                }
            };
            self.pool.run_without_lanes(&job, issue, || progress.report(&job));
            job.outcome(DOWNLOAD)
        });
        let ended = if ended.is_ok() { ended } else { lane.clear().and(ended) };
        self.pool.give_back(lane);
        ended
    }

    fn admit(&self, stream: StreamRef<'_>, operation: &'static str) -> Result<()> {
        gate(operation)?;
        self.device().same_device(&stream.device(), operation)
    }

    /// The direction of a plain call, if that is what suits one run of host memory; `None` if it is to be staged.
    fn plain_way(&self, host: *const u8, bytes: usize, direction: Direction) -> Result<Option<Direction>> {
        if !self.settings.enabled || bytes < NEVER_STAGED {
            return Ok(Some(direction));
        }
        let runtime = self.device().runtime();
        let last = host.wrapping_add(bytes - 1);
        let kinds = [PointerAttributes::of(runtime, host)?.kind, PointerAttributes::of(runtime, last)?.kind];
        match kinds {
            [MemoryKind::Host, MemoryKind::Host] => Ok(Some(direction)),
            // Only a part is page-locked: the runtime refuses such a copy, and staging does not mind.
            [MemoryKind::Host | MemoryKind::Unregistered, MemoryKind::Host | MemoryKind::Unregistered] => {
                let tuning = self.tuning()?;
                let to_device = direction == Direction::HostToDevice;
                let way = if to_device { tuning.upload } else { tuning.download };
                let plain = kinds == [MemoryKind::Unregistered; 2] && bytes < self.settings.from.unwrap_or(way.from);
                Ok(plain.then_some(direction))
            }
            _ => Ok(Some(Direction::Inferred)),
        }
    }

    /// An event on the caller's stream, which is not busy any more.
    fn arrive(&self, stream: StreamRef<'_>) -> Result<Event> {
        if !stream.query()? {
            stream.synchronize()?;
        }
        let kept = self.events.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let event = match kept {
            Some(event) => event,
            None => Event::new(self.device())?,
        };
        event.record(stream)?;
        Ok(event)
    }

    fn keep(&self, event: Event) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// Sees to it that there are so many workers. Fewer do as well, if the system gives no more threads.
    fn hire(&self, helpers: usize) {
        if self.working.load(Ordering::Relaxed) >= helpers {
            return;
        }
        let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        while workers.len() < helpers.min(self.shape.lanes - 1) {
            let pool = Arc::clone(&self.pool);
            let name = format!("cuda-staging-{}", workers.len());
            let Ok(worker) = std::thread::Builder::new().name(name).spawn(move || pool.serve()) else { break };
            workers.push(worker);
        }
        self.working.store(workers.len(), Ordering::Relaxed);
    }

    fn tuning(&self) -> Result<Tuning> {
        self.tuning.get().copied().ok_or_else(|| unreachable!())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // In a child of `fork` there are no workers, and their locks are as the parent left them.
        if release::barrier().is_some() {
            return;
        }
        self.pool.close();
        for worker in self.workers.get_mut().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // A worker turns panics into errors of the job.
            let _ = worker.join();
        }
    }
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

fn grain(host: usize, place: &Place) -> usize {
    if host > 1 { host } else { place.grain() }
}

fn interrupted(operation: &'static str, bytes: usize, cause: Error) -> Error {
    ErrorKind::Interrupted { operation, done: 0, bytes, cause }.into()
}
