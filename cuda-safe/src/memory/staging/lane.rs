//! A lane: one stream and a ring of pinned chunks, used by one thread at a time.
//!
//! The ring is cut into equal slots. A slot is in flight from the moment a copy between it and the device is enqueued
//! until its event is reached; it is never written or read by the host in between. The lane owns all of it, so nothing
//! can be freed under a copy: Drop waits for the stream first.
//!
//! Waiting is `cudaEventSynchronize`, which watches memory. Asking with `cudaEventQuery` instead takes the driver's lock
//! each time and slows every other thread down.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use crate::device::Device;
use crate::error::Result;
use crate::event::Event;
use crate::memory::copy::Direction;
use crate::memory::pinned::{PinnedFlags, PinnedMemory};
use crate::memory::staging::place::Place;
use crate::release;
use crate::stream::{Stream, StreamOptions, StreamRef};

/// More slots than this keep no link busier.
const MAX_SLOTS: usize = 16;

pub(super) struct Lane {
    stream: Stream,
    /// Only kept: a reference to the whole of it would claim what helpers are reading.
    _ring: PinnedMemory<u8>,
    base: *mut u8,
    ring_bytes: usize,
    slots: Vec<Arc<Event>>,
    /// Slots in flight, oldest first.
    flying: VecDeque<usize>,
    chunk: usize,
    next: usize,
    /// For marks: one, and more only while somebody waits for an earlier one.
    marks: Vec<Arc<Event>>,
}

// SAFETY: `base` is the address of memory that the lane owns.
unsafe impl Send for Lane {}

/// The end of what a lane was given: later work waits for it.
pub(super) struct Mark {
    done: Arc<Event>,
    stream: Stream,
}

/// A download in one lane, which several threads empty.
pub(super) struct Landings {
    pub(super) all: Vec<Landing>,
    /// The first one that nobody has waited for.
    pub(super) turn: AtomicUsize,
}

/// A chunk that lands in somebody else's lane.
pub(super) struct Landing {
    pub(super) pinned: *const u8,
    /// Whether the copy has been enqueued and its event recorded.
    pub(super) issued: AtomicBool,
    pub(super) landed: Arc<Event>,
}

// SAFETY: the pinned chunk is only read once its event is reached, by the one thread that claimed it.
unsafe impl Sync for Landing {}

impl Mark {
    /// Whether both are of the same lane.
    pub(super) fn same_lane(&self, other: &Self) -> bool {
        self.stream.as_raw() == other.stream.as_raw()
    }

    /// Makes later work of `stream` wait for it.
    pub(super) fn precede(&self, stream: StreamRef<'_>) -> Result<()> {
        stream.wait_event(&self.done)
    }

    /// Waits for it; whatever fails, nothing that came before it is under way on return.
    pub(super) fn wait(&self) -> Result<()> {
        self.done.synchronize().or_else(|error| self.stream.as_ref().settle().and(Err(error)))
    }
}

impl Lane {
    pub(super) fn new(device: Device, ring_bytes: usize) -> Result<Self> {
        let mut ring = PinnedMemory::apart(device, ring_bytes, PinnedFlags::default())?;
        Ok(Self {
            stream: Stream::with_options(device, StreamOptions { non_blocking: true, ..Default::default() })?,
            base: ring.as_mut_ptr(),
            ring_bytes,
            _ring: ring,
            slots: (0..MAX_SLOTS).map(|_| Event::new(device).map(Arc::new)).collect::<Result<_>>()?,
            flying: VecDeque::with_capacity(MAX_SLOTS),
            chunk: 0,
            next: 0,
            marks: vec![Arc::new(Event::new(device)?)],
        })
    }

    /// Cuts the ring into slots of `chunk` bytes and makes later copies wait for `before`.
    pub(super) fn begin(&mut self, chunk: usize, before: &Event) -> Result<()> {
        if self.chunk != chunk {
            // Slots of another size overlap those in flight.
            self.clear()?;
            self.chunk = chunk;
            self.next = 0;
        }
        self.stream.wait_event(before)
    }

    /// How many slots there are.
    pub(super) fn slots(&self) -> usize {
        (self.ring_bytes / self.chunk).min(MAX_SLOTS)
    }

    /// The next slot, when nothing is in flight in it any more.
    pub(super) fn take(&mut self) -> Result<usize> {
        let slot = self.next;
        self.land(slot)?;
        self.next = (slot + 1) % self.slots();
        Ok(slot)
    }

    /// Waits until nothing is in flight in the slot.
    pub(super) fn land(&mut self, slot: usize) -> Result<()> {
        while self.flying.contains(&slot)
            && let Some(&oldest) = self.flying.front()
        {
            // The stream does its copies in order, so each event is reached before the next one.
            self.slots[oldest].synchronize()?;
            self.flying.pop_front();
        }
        Ok(())
    }

    /// The first byte of a slot.
    pub(super) fn slot(&self, slot: usize) -> *mut u8 {
        self.base.wrapping_add(slot * self.chunk)
    }

    /// What others need to empty the slot.
    pub(super) fn landing(&self, slot: usize) -> Landing {
        let pinned = self.slot(slot);
        Landing { pinned, issued: AtomicBool::new(false), landed: Arc::clone(&self.slots[slot]) }
    }

    /// Enqueues the copy of `range` between the slot and the device.
    ///
    /// # Safety
    /// `range` lies inside the device memory of `place`, has at most the length of a slot, and nothing else uses it
    /// until the copy is done.
    pub(super) unsafe fn fly(
        &mut self,
        slot: usize,
        place: &Place,
        range: Range<usize>,
        direction: Direction,
    ) -> Result<()> {
        let pinned = self.slot(slot);
        // From here on the slot counts as in flight, even if the call fails half way.
        self.flying.push_back(slot);
        // SAFETY: the caller's promise; the slot was taken, and is left alone until its event is reached.
        unsafe { place.enqueue(self.stream.as_ref(), range, pinned, direction) }?;
        self.slots[slot].record(self.stream.as_ref())
    }

    /// Marks everything enqueued so far.
    pub(super) fn finish(&mut self) -> Result<Mark> {
        // A mark that somebody waits for stays where it is: moved, it would stand for the work of others too.
        let free = self.marks.iter().find(|mark| Arc::strong_count(mark) == 1).map(Arc::clone);
        let done = match free {
            Some(done) => done,
            None => {
                let done = Arc::new(Event::new(self.stream.device())?);
                self.marks.push(Arc::clone(&done));
                done
            }
        };
        done.record(self.stream.as_ref())?;
        Ok(Mark { done, stream: self.stream.clone() })
    }

    /// Its stream, and the ring, while nothing is in flight.
    pub(super) fn at_rest(&mut self) -> (StreamRef<'_>, *mut u8, usize) {
        (self.stream.as_ref(), self.base, self.ring_bytes)
    }

    /// Waits, whatever fails, until nothing is in flight.
    pub(super) fn clear(&mut self) -> Result<()> {
        if self.flying.is_empty() {
            return Ok(());
        }
        let settled = self.stream.as_ref().settle();
        self.flying.clear();
        settled
    }

    /// Bytes of page-locked memory.
    pub(super) fn pinned_bytes(&self) -> usize {
        self.ring_bytes
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if release::may_release(self.stream.device().runtime()) {
            // The failure of the work was reported to whoever enqueued it; what matters here is that it has ended.
            let _ = self.clear();
        }
    }
}
