//! One stream: operations that run in the order in which they were issued.
//!
//! Every operation gets the next number of its stream and begins when all earlier ones are done, everything it waits for in
//! other streams is done, and its delay has passed. Most run on the stream's worker, a thread that starts when there is
//! work and ends after a second without any; operations that the caller waits for anyway run on the caller's thread.
//! A [`Ticket`] names one operation and is what others wait for. Waiting cannot deadlock: a ticket exists only for an
//! operation that was issued earlier.
//!
//! After a device has failed, its operations are skipped: only events and callbacks still complete.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use crate::config;
use crate::lock::lock;
use crate::outcome::{Code, Outcome};

/// How long a worker without work stays.
const IDLE: Duration = Duration::from_secs(1);

/// Whether a device works; its first error stays until the device is reset.
#[derive(Default)]
pub(crate) struct Health(AtomicU32);

impl Health {
    /// The device's error, if it has one.
    pub(crate) fn check(&self) -> Outcome {
        match Code(self.0.load(Ordering::Acquire)) {
            Code::cudaSuccess => Ok(()),
            error => Err(error),
        }
    }

    /// Records the first error.
    pub(crate) fn fail(&self, error: Code) {
        let success = Code::cudaSuccess.0;
        let _first_wins = self.0.compare_exchange(success, error.0, Ordering::AcqRel, Ordering::Acquire);
    }

    /// A device that was reset works again.
    pub(crate) fn restore(&self) {
        self.0.store(Code::cudaSuccess.0, Ordering::Release);
    }
}

/// How a stream relates to the legacy default stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The legacy default stream itself.
    Legacy,
    /// A stream that the legacy stream waits for, and that waits for it.
    Blocking,
    /// A stream that ignores the legacy stream.
    NonBlocking,
}

/// What an operation does.
pub(crate) enum Work {
    /// Something that a failed device no longer does. An error fails the device.
    Device(Box<dyn FnOnce() -> Outcome + Send>),
    /// Something that happens in any case and is told whether the device works.
    Always(Box<dyn FnOnce(Outcome) + Send>),
}

impl Work {
    /// An operation of the device.
    pub(crate) fn device(run: impl FnOnce() -> Outcome + Send + 'static) -> Self {
        Self::Device(Box::new(run))
    }

    /// An operation that also happens after the device has failed.
    pub(crate) fn always(run: impl FnOnce(Outcome) + Send + 'static) -> Self {
        Self::Always(Box::new(run))
    }

    fn perform(self, health: &Health) {
        let done = catch_unwind(AssertUnwindSafe(|| match self {
            Self::Always(run) => run(health.check()),
            Self::Device(run) => {
                if health.check().is_ok()
                    && let Err(error) = run()
                {
                    health.fail(error);
                }
            }
        }));
        if done.is_err() {
            health.fail(Code::cudaErrorUnknown);
        }
    }
}

struct Job {
    number: u64,
    after: Vec<Ticket>,
    due: Option<Instant>,
    work: Work,
}

#[derive(Default)]
struct Queue {
    issued: u64,
    done: u64,
    jobs: VecDeque<Job>,
    has_worker: bool,
}

/// A stream of one device.
pub(crate) struct Stream {
    /// Unique in the process, never reused.
    pub(crate) id: u64,
    pub(crate) device: usize,
    pub(crate) role: Role,
    pub(crate) priority: i32,
    health: Arc<Health>,
    queue: Mutex<Queue>,
    changed: Condvar,
}

/// One operation of one stream.
#[derive(Clone)]
pub(crate) struct Ticket {
    stream: Arc<Stream>,
    number: u64,
}

impl Ticket {
    /// Whether the operation, and so all before it in its stream, is done.
    pub(crate) fn is_done(&self) -> bool {
        lock(&self.stream.queue).done >= self.number
    }

    /// Waits until it is.
    pub(crate) fn wait(&self) {
        self.stream.wait_for(self.number);
    }

    /// Whether the operation belongs to `stream`.
    pub(crate) fn is_of(&self, stream: &Stream) -> bool {
        self.stream.id == stream.id
    }
}

impl Stream {
    /// A stream without work.
    pub(crate) fn new(device: usize, role: Role, priority: i32, health: Arc<Health>) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let (queue, changed) = (Mutex::default(), Condvar::new());
        Arc::new(Self { id, device, role, priority, health, queue, changed })
    }

    /// The error of the stream's device, if it has failed.
    pub(crate) fn check(&self) -> Outcome {
        self.health.check()
    }

    /// Whether everything issued is done.
    pub(crate) fn is_idle(&self) -> bool {
        let queue = lock(&self.queue);
        queue.done == queue.issued
    }

    /// The operation issued last, unless it is done.
    pub(crate) fn pending(self: &Arc<Self>) -> Option<Ticket> {
        let queue = lock(&self.queue);
        let number = queue.issued;
        (queue.done < number).then(|| Ticket { stream: Arc::clone(self), number })
    }

    /// Issues work for the worker, after this stream's earlier work and after `after`.
    pub(crate) fn submit(self: &Arc<Self>, after: Vec<Ticket>, work: Work) -> Outcome<Ticket> {
        let delay = config::async_delay();
        let due = (!delay.is_zero()).then(|| Instant::now() + delay);
        let mut queue = lock(&self.queue);
        if !queue.has_worker {
            let stream = Arc::clone(self);
            let worker = thread::Builder::new().name(format!("cuda stream {}", self.id));
            worker.spawn(move || stream.work()).map_err(|_| Code::cudaErrorOperatingSystem)?;
            queue.has_worker = true;
        }
        queue.issued += 1;
        let number = queue.issued;
        queue.jobs.push_back(Job { number, after, due, work });
        drop(queue);
        self.changed.notify_all();
        Ok(Ticket { stream: Arc::clone(self), number })
    }

    /// Issues an operation that the caller will run with [`Turn::run`]. Nothing issued later begins before that.
    pub(crate) fn take_turn(self: &Arc<Self>, after: Vec<Ticket>) -> Turn {
        let mut queue = lock(&self.queue);
        queue.issued += 1;
        Turn { stream: Arc::clone(self), number: queue.issued, after }
    }

    fn wait_for(&self, number: u64) {
        let mut queue = lock(&self.queue);
        while queue.done < number {
            queue = self.changed.wait(queue).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
    }

    fn finish(&self, number: u64) {
        lock(&self.queue).done = number;
        self.changed.notify_all();
    }

    /// What the worker does until it has been idle for a while.
    fn work(&self) {
        while let Some(job) = self.next_job() {
            job.after.iter().for_each(Ticket::wait);
            if let Some(due) = job.due {
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            let pace = config::get().pace;
            if !pace.is_zero() {
                thread::sleep(pace);
            }
            job.work.perform(&self.health);
            self.finish(job.number);
        }
    }

    /// The next job, once all operations before it are done; nothing after an idle time.
    fn next_job(&self) -> Option<Job> {
        let ready = |queue: &Queue| queue.jobs.front().is_some_and(|job| job.number == queue.done + 1);
        let mut queue: MutexGuard<'_, Queue> = lock(&self.queue);
        loop {
            if ready(&queue) {
                return queue.jobs.pop_front();
            }
            let (locked, waited) =
                self.changed.wait_timeout(queue, IDLE).unwrap_or_else(|poisoned| poisoned.into_inner());
            queue = locked;
            if waited.timed_out() && queue.jobs.is_empty() {
                queue.has_worker = false;
                return None;
            }
        }
    }
}

/// The right and the duty to run one operation of a stream on the caller's thread.
pub(crate) struct Turn {
    stream: Arc<Stream>,
    number: u64,
    after: Vec<Ticket>,
}

impl Turn {
    /// Waits for everything before it, runs `work` and gives the device's error, if it has one now.
    pub(crate) fn run(self, work: Work) -> Outcome {
        self.after.iter().for_each(Ticket::wait);
        self.stream.wait_for(self.number - 1);
        work.perform(&self.stream.health);
        self.stream.check()
    }
}

impl Drop for Turn {
    /// Lets later work begin, also if the operation never ran.
    fn drop(&mut self) {
        self.stream.wait_for(self.number - 1);
        self.stream.finish(self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn stream() -> Arc<Stream> {
        Stream::new(0, Role::NonBlocking, 0, Arc::default())
    }

    #[test]
    fn operations_run_in_the_order_of_issue() {
        let (stream, order) = (stream(), Arc::new(Mutex::new(Vec::new())));
        for number in 0..100 {
            let order = Arc::clone(&order);
            let work = Work::device(move || {
                lock(&order).push(number);
                Ok(())
            });
            if number % 7 == 0 {
                stream.take_turn(Vec::new()).run(work).unwrap();
            } else {
                stream.submit(Vec::new(), work).unwrap();
            }
        }
        stream.pending().iter().for_each(Ticket::wait);
        assert_eq!(*lock(&order), (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn an_operation_waits_for_other_streams() {
        let (first, second) = (stream(), stream());
        let (release, held) = mpsc::channel();
        let blocker = Work::device(move || {
            let _released: Result<(), _> = held.recv();
            Ok(())
        });
        let ticket = first.submit(Vec::new(), blocker).unwrap();
        let last = second.submit(vec![ticket.clone()], Work::device(|| Ok(()))).unwrap();
        assert!(!ticket.is_done() && !last.is_done());
        release.send(()).unwrap();
        last.wait();
        assert!(ticket.is_done());
    }

    #[test]
    fn a_failed_device_skips_work_but_completes_what_must() {
        let stream = stream();
        let (sender, told) = mpsc::channel();
        stream.submit(Vec::new(), Work::device(|| Err(Code::cudaErrorIllegalAddress))).unwrap();
        let skipped = sender.clone();
        let work = Work::device(move || {
            skipped.send(Ok(())).unwrap();
            Ok(())
        });
        stream.submit(Vec::new(), work).unwrap();
        stream.submit(Vec::new(), Work::always(move |state| sender.send(state).unwrap())).unwrap();
        assert_eq!(told.iter().collect::<Vec<_>>(), [Err(Code::cudaErrorIllegalAddress)]);
        assert_eq!(stream.check(), Err(Code::cudaErrorIllegalAddress));
    }

    #[test]
    fn a_panic_fails_the_device_and_not_the_waiter() {
        let stream = stream();
        let ticket = stream.submit(Vec::new(), Work::device(|| panic!("on purpose"))).unwrap();
        ticket.wait();
        assert_eq!(stream.check(), Err(Code::cudaErrorUnknown));
    }
}
