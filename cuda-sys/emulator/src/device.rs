//! One device: its streams, and the order in which work is issued to them.
//!
//! Issuing is serialised for each device, and each operation is told what it must wait for: an operation of the legacy
//! stream waits for what was issued before it to any blocking stream, and one of a blocking stream for what was issued
//! before it to the legacy stream. Non-blocking streams wait for neither.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::lock::lock;
use crate::outcome::{Code, Outcome};
use crate::stream::{Health, Role, Stream, Ticket, Work};

/// The range of stream priorities, lowest and highest; they are kept and reported, but no stream overtakes another.
pub(crate) const PRIORITIES: (i32, i32) = (0, -5);

/// A device, without its memory.
pub(crate) struct Device {
    ordinal: usize,
    pub(crate) health: Arc<Health>,
    pub(crate) legacy: Arc<Stream>,
    /// Every other stream, as long as anyone holds it.
    others: Mutex<Vec<Arc<Stream>>>,
    /// The devices whose memory this one's work may touch, one bit each.
    peers: AtomicU64,
    /// `cudaSetDeviceFlags`.
    pub(crate) flags: AtomicU32,
}

impl Device {
    /// A device without streams but the legacy one.
    pub(crate) fn new(ordinal: usize) -> Self {
        let health = Arc::<Health>::default();
        let legacy = Stream::new(ordinal, Role::Legacy, PRIORITIES.0, Arc::clone(&health));
        let (others, peers, flags) = (Mutex::default(), AtomicU64::new(0), AtomicU32::new(0));
        Self { ordinal, health, legacy, others, peers, flags }
    }

    /// A new stream; the priority is brought into range, as CUDA does.
    pub(crate) fn create_stream(&self, role: Role, priority: i32) -> Arc<Stream> {
        let priority = priority.clamp(PRIORITIES.1, PRIORITIES.0);
        let stream = Stream::new(self.ordinal, role, priority, Arc::clone(&self.health));
        add(&mut lock(&self.others), &stream);
        stream
    }

    /// Issues work for the stream's worker, after `extra` as well.
    pub(crate) fn submit(&self, stream: &Arc<Stream>, extra: Option<Ticket>, work: Work) -> Outcome<Ticket> {
        self.issue(stream, extra, |after| stream.submit(after, work))
    }

    /// Issues work after everything issued to the device so far. Of the streams, only
    /// those that are given its ticket wait for it.
    pub(crate) fn submit_after_all(&self, work: Work) -> Outcome<Ticket> {
        let mut others = lock(&self.others);
        let after = others.iter().chain([&self.legacy]).filter_map(Stream::pending).collect();
        let aside = Stream::new(self.ordinal, Role::NonBlocking, PRIORITIES.0, Arc::clone(&self.health));
        // Whoever waits for the device waits for this too.
        add(&mut others, &aside);
        aside.submit(after, work)
    }

    /// Runs work on the caller's thread in stream order, and gives the device's error if it has failed by then.
    pub(crate) fn run(&self, stream: &Arc<Stream>, work: Work) -> Outcome {
        self.issue(stream, None, |after| stream.take_turn(after)).run(work)
    }

    /// Waits for everything issued to `stream`; for the legacy stream that includes what it would wait for.
    pub(crate) fn synchronise_stream(&self, stream: &Arc<Stream>) -> Outcome {
        match stream.role {
            Role::Legacy => self.run(stream, Work::always(|_| {})),
            Role::Blocking | Role::NonBlocking => {
                stream.pending().iter().for_each(Ticket::wait);
                stream.check()
            }
        }
    }

    /// Whether everything issued to `stream`, and what it would wait for, is done.
    pub(crate) fn is_idle(&self, stream: &Arc<Stream>) -> bool {
        let blocking_idle =
            || lock(&self.others).iter().all(|other| other.role != Role::Blocking || other.is_idle());
        stream.is_idle() && (stream.role != Role::Legacy || blocking_idle())
    }

    /// Waits for everything issued to the device.
    pub(crate) fn synchronise(&self) -> Outcome {
        let pending: Vec<_> = {
            let others = lock(&self.others);
            others.iter().chain([&self.legacy]).filter_map(Stream::pending).collect()
        };
        pending.iter().for_each(Ticket::wait);
        self.health.check()
    }

    /// Whether the device's work may touch plain memory of `peer`.
    pub(crate) fn peers(&self) -> u64 {
        self.peers.load(Ordering::Relaxed)
    }

    /// Gives access to the memory of `peer`.
    pub(crate) fn enable_peer(&self, peer: usize) -> Outcome {
        let before = self.peers.fetch_or(1 << peer, Ordering::Relaxed);
        if before & (1 << peer) == 0 { Ok(()) } else { Err(Code::cudaErrorPeerAccessAlreadyEnabled) }
    }

    /// Takes it away.
    pub(crate) fn disable_peer(&self, peer: usize) -> Outcome {
        let before = self.peers.fetch_and(!(1 << peer), Ordering::Relaxed);
        if before & (1 << peer) != 0 { Ok(()) } else { Err(Code::cudaErrorPeerAccessNotEnabled) }
    }

    /// Back to the first day, once all memory and streams of the device are gone.
    pub(crate) fn reset(&self) {
        lock(&self.others).clear();
        self.peers.store(0, Ordering::Relaxed);
        self.flags.store(0, Ordering::Relaxed);
        self.health.restore();
    }

    /// Gives `how` what the next operation of `stream` must wait for, while nothing else is issued to the device.
    fn issue<T>(&self, stream: &Arc<Stream>, extra: Option<Ticket>, how: impl FnOnce(Vec<Ticket>) -> T) -> T {
        let mut others = lock(&self.others);
        let mut after: Vec<Ticket> = extra.into_iter().collect();
        match stream.role {
            Role::Legacy => {
                forget_destroyed(&mut others);
                let blocking = others.iter().filter(|other| other.role == Role::Blocking);
                after.extend(blocking.filter_map(Stream::pending));
            }
            Role::Blocking => after.extend(self.legacy.pending()),
            Role::NonBlocking => {}
        }
        // What the stream itself was told earlier it need not wait for again.
        after.retain(|ticket| !ticket.is_of(stream));
        how(after)
    }
}

/// Adds a stream to the others of its device.
fn add(others: &mut Vec<Arc<Stream>>, stream: &Arc<Stream>) {
    forget_destroyed(others);
    others.push(Arc::clone(stream));
}

/// Drops the streams that nobody else holds: neither the program nor a worker with work.
fn forget_destroyed(others: &mut Vec<Arc<Stream>>) {
    others.retain(|other| Arc::strong_count(other) > 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destroyed_streams_are_forgotten_without_work_of_the_legacy_stream() {
        let device = Device::new(0);
        let kept = device.create_stream(Role::NonBlocking, 0);
        for _ in 0..100 {
            drop(device.create_stream(Role::Blocking, 0));
        }
        assert!(lock(&device.others).len() <= 2, "{} streams are held", lock(&device.others).len());
        assert!(lock(&device.others).iter().any(|other| other.id == kept.id));
    }

    #[test]
    fn waiting_for_the_device_includes_what_was_issued_after_all() {
        let device = Device::new(0);
        let slow = Work::always(|_| std::thread::sleep(std::time::Duration::from_millis(50)));
        let ticket = device.submit_after_all(slow).unwrap();
        device.synchronise().unwrap();
        assert!(ticket.is_done());
    }
}
