//! Slots: page-locked memory for tiny copies, each in flight in a stream or free.
//!
//! What was sent is in flight until an event after it is reached, which is asked and never waited for: where all slots are in
//! flight, their streams are behind, and nobody else is made to wait for them. On the legacy stream, which is always there,
//! one event serves several slots, for recording and asking cost a good part of what a tiny copy does. The slots are made
//! when the first one is asked for. Drop waits for what is in flight.

use std::collections::VecDeque;
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::device::Device;
use crate::error::Result;
use crate::event::Event;
use crate::memory::copy::{Direction, enqueue, finish};
use crate::memory::pinned::{PinnedFlags, PinnedMemory};
use crate::relaxed::Relaxed;
use crate::release;
use crate::stream::StreamRef;

/// Bytes of a slot.
pub(super) const SLOT: usize = 128 << 10;
/// How many may be in flight.
const COUNT: usize = 16;
/// Page-locked bytes of all slots.
pub(super) const BYTES: usize = SLOT * COUNT;
/// So many slots of the legacy stream have an event together.
const TOGETHER: usize = 8;
/// Events that a copy asks, if no slot is free. The first may be those of a stream that is behind.
const ASKED: usize = 4;

/// The slots of one device.
pub(super) struct Slots {
    device: Device,
    state: Mutex<State>,
}

#[derive(Default)]
enum State {
    #[default]
    Unmade,
    Made(Box<Ring>),
    /// There was no memory for them.
    Refused,
}

struct Ring {
    memory: ManuallyDrop<PinnedMemory<u8>>,
    base: *mut u8,
    /// Nothing is in flight in these; the one used last, which the caches have, at the end.
    free: Vec<Slot>,
    /// Sent on the legacy stream, without an event yet.
    unmarked: Several,
    /// In flight until the event is reached; those sent longest ago first.
    marked: VecDeque<(Event, Several)>,
    /// For what is sent next.
    events: Vec<Event>,
}

/// The number of a slot, which one thread at a time has.
#[derive(Clone, Copy)]
struct Slot(usize);

/// Some of the slots, a bit each.
#[derive(Clone, Copy, Default)]
struct Several(u16);

impl Several {
    fn insert(&mut self, slot: Slot) {
        self.0 |= 1 << slot.0;
    }

    fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    fn iter(self) -> impl Iterator<Item = Slot> {
        (0..COUNT).filter(move |at| self.0 & (1 << at) != 0).map(Slot)
    }
}

// SAFETY: the address is of memory that the ring owns; who holds a slot has it alone.
unsafe impl Send for Ring {}

impl Slots {
    pub(super) fn new(device: Device) -> Self {
        Self { device, state: Mutex::default() }
    }

    /// Sends the `bytes` bytes that `fill` writes into a slot to the device in the order of `stream`. False if it was not
    /// begun: no slot is free, or the stream only records its work.
    ///
    /// # Safety
    /// `bytes` is at most [`SLOT`], `fill` writes them and none beyond, and `to` is writable by the device until the stream has
    /// done the copy.
    ///
    /// # Errors
    /// CUDA's own, also for earlier work. Nothing is in flight then.
    #[inline]
    pub(super) unsafe fn upload(
        &self,
        stream: StreamRef<'_>,
        to: *mut c_void,
        bytes: usize,
        fill: impl FnOnce(*mut u8),
    ) -> Result<bool> {
        let Some((slot, bytes_of_slot)) = self.take(stream)? else { return Ok(false) };
        // Nothing is in flight in the slot, which is ours alone and long enough.
        self.or_give_back(slot, || fill(bytes_of_slot));
        // SAFETY: the slot is left alone until its event is reached; the caller vouches for the device memory.
        let sent = unsafe { enqueue(stream, to, bytes_of_slot.cast(), bytes, Direction::HostToDevice) };
        match sent {
            Ok(()) => self.mark(stream, slot)?,
            refused => {
                let ended = finish(stream, refused, false);
                self.give_back(slot);
                ended?;
            }
        }
        Ok(true)
    }

    /// Brings `bytes` device bytes into a slot, from where `empty` takes them. False if it was not begun.
    ///
    /// # Safety
    /// `bytes` is at most [`SLOT`], `empty` reads none beyond, and `from` is readable by the device in the order of `stream` until
    /// this returns.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    #[inline]
    pub(super) unsafe fn download(
        &self,
        stream: StreamRef<'_>,
        from: *const c_void,
        bytes: usize,
        empty: impl FnOnce(*const u8),
    ) -> Result<bool> {
        let Some((slot, bytes_of_slot)) = self.take(stream)? else { return Ok(false) };
        // SAFETY: the slot is ours alone until the copy is done; the caller vouches for the device memory.
        let sent = unsafe { enqueue(stream, bytes_of_slot.cast(), from, bytes, Direction::DeviceToHost) };
        // Whatever failed, nothing is in flight after this.
        let landed = finish(stream, sent, true);
        if landed.is_ok() {
            self.or_give_back(slot, || empty(bytes_of_slot));
        }
        self.give_back(slot);
        landed.map(|()| true)
    }

    /// Runs code while nothing is in flight in the slot, which is given back if the code panics.
    #[inline]
    fn or_give_back(&self, slot: Slot, code: impl FnOnce()) {
        struct Panicking<'s>(&'s Slots, Slot);
        impl Drop for Panicking<'_> {
            fn drop(&mut self) {
                self.0.give_back(self.1);
            }
        }
        let panicking = Panicking(self, slot);
        code();
        std::mem::forget(panicking);
    }

    /// Page-locked bytes that are held now.
    pub(super) fn pinned_bytes(&self) -> usize {
        match &*self.lock() {
            State::Made(_) => BYTES,
            State::Unmade | State::Refused => 0,
        }
    }

    /// Frees the slots if nobody uses them; tells how many bytes that gave back. The next tiny copy makes them anew.
    pub(super) fn release(&self) -> usize {
        self.leave_unmarked();
        let mut state = self.lock();
        match &*state {
            State::Unmade => 0,
            State::Refused => {
                *state = State::Unmade;
                0
            }
            State::Made(ring) => {
                if !ring.are_all_free() {
                    return 0;
                }
                let former = std::mem::take(&mut *state);
                drop(state);
                // Freeing page-locked memory takes a while: not under the lock.
                drop(former);
                BYTES
            }
        }
    }

    /// A slot in which nothing is in flight, and its bytes, for work on `stream`.
    fn take(&self, stream: StreamRef<'_>) -> Result<Option<(Slot, *mut u8)>> {
        // What is recorded into a graph would read the slot when that is launched. The legacy stream records nothing; what it
        // refuses, the copy is told.
        if !stream.is_legacy() && stream.is_capturing()? {
            return Ok(None);
        }
        let mut state = self.lock();
        if let State::Unmade = *state {
            let _relaxed = Relaxed::enter(self.device.runtime());
            *state = match Ring::new(self.device) {
                Ok(ring) => State::Made(Box::new(ring)),
                Err(error) if error.is_out_of_memory() => State::Refused,
                // What stands in the way may pass, and the plain call tells what it is.
                Err(_) => State::Unmade,
            };
        }
        // Once more than events are asked: the last one may have freed a slot.
        for asked in 0..=ASKED {
            let State::Made(ring) = &mut *state else { return Ok(None) };
            if let Some(slot) = ring.free.pop() {
                return Ok(Some((slot, ring.base.wrapping_add(slot.0 * SLOT))));
            }
            if asked == 0 && ring.unmarked.len() > 0 {
                drop(state);
                self.leave_unmarked();
                state = self.lock();
                continue;
            }
            let oldest = if asked < ASKED { ring.marked.pop_front() } else { None };
            let Some((done, slots)) = oldest else { return Ok(None) };
            drop(state);
            // What cannot be learned now is asked again later.
            let is_reached = {
                let _relaxed = Relaxed::enter(self.device.runtime());
                matches!(done.query(), Ok(true))
            };
            state = self.lock();
            // The slots stay made while some of them are taken.
            let State::Made(ring) = &mut *state else { return Ok(None) };
            if is_reached {
                ring.events.push(done);
                ring.free.extend(slots.iter());
            } else {
                ring.marked.push_back((done, slots));
            }
        }
        Ok(None)
    }

    /// Leaves a slot to what was sent from it on `stream`.
    ///
    /// # Errors
    /// As [`leave`](Self::leave).
    fn mark(&self, stream: StreamRef<'_>, slot: Slot) -> Result<()> {
        let mut slots = Several::default();
        if stream.is_legacy() {
            let State::Made(ring) = &mut *self.lock() else { return Ok(()) };
            ring.unmarked.insert(slot);
            if ring.unmarked.len() < TOGETHER {
                return Ok(());
            }
            slots = std::mem::take(&mut ring.unmarked);
        } else {
            slots.insert(slot);
        }
        self.leave(stream, slots)
    }

    /// Leaves slots to the work that `stream` has now, by an event.
    ///
    /// # Errors
    /// An event that could not be recorded; the work of the stream is waited for then, and nothing is in flight. (Where a capture
    /// forbids the legacy stream, they are left unmarked.)
    fn leave(&self, stream: StreamRef<'_>, slots: Several) -> Result<()> {
        // As many events as slots: there is one.
        let done = match &mut *self.lock() {
            State::Made(ring) => ring.events.pop(),
            State::Unmade | State::Refused => None,
        };
        let recorded = match &done {
            Some(done) => done.record(stream),
            None => stream.settle(),
        };
        // The capture that forbids the legacy stream may be this thread's own. They get their event with those that come.
        let later = stream.is_legacy() && matches!(&recorded, Err(error) if error.is_about_capture());
        if done.is_some() && recorded.is_err() && !later {
            // Without a mark nobody could tell when the slots are free again. The failure of the call is what is told.
            let _ = stream.settle();
        }
        if let State::Made(ring) = &mut *self.lock() {
            match done {
                Some(done) if recorded.is_ok() => ring.marked.push_back((done, slots)),
                done => {
                    ring.events.extend(done);
                    if later {
                        ring.unmarked.0 |= slots.0;
                    } else {
                        ring.free.extend(slots.iter());
                    }
                }
            }
        }
        if later { Ok(()) } else { recorded }
    }

    /// Gives the slots of the legacy stream that wait for others an event now.
    fn leave_unmarked(&self) {
        let slots = match &mut *self.lock() {
            State::Made(ring) => std::mem::take(&mut ring.unmarked),
            State::Unmade | State::Refused => return,
        };
        if slots.len() > 0 {
            // Nothing is in flight in them if it fails.
            let _ = self.leave(StreamRef::legacy(self.device), slots);
        }
    }

    /// Takes a slot back in which nothing is in flight.
    fn give_back(&self, slot: Slot) {
        if let State::Made(ring) = &mut *self.lock() {
            ring.free.push(slot);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn new(device: Device) -> Result<Self> {
        let mut memory = PinnedMemory::<u8>::apart(device, BYTES, PinnedFlags::default())?;
        Ok(Self {
            base: memory.as_mut_ptr(),
            free: (0..COUNT).rev().map(Slot).collect(),
            unmarked: Several::default(),
            marked: VecDeque::with_capacity(COUNT),
            events: (0..COUNT).map(|_| Event::new(device)).collect::<Result<_>>()?,
            memory: ManuallyDrop::new(memory),
        })
    }

    /// Whether no thread has a slot, and nothing is in flight in any.
    fn are_all_free(&self) -> bool {
        let marked: usize = self.marked.iter().map(|(_, slots)| slots.len()).sum();
        self.free.len() + marked == COUNT
            && self.marked.iter().all(|(done, _)| matches!(done.query(), Ok(true)))
    }

    /// Waits for what is in flight, and for nothing that came later; false if that cannot be told.
    fn comes_to_rest(&mut self) -> bool {
        if self.unmarked.len() > 0 {
            let Some(done) = self.events.pop() else { return false };
            if done.record(StreamRef::legacy(self.memory.device())).is_err() {
                return false;
            }
            self.marked.push_back((done, std::mem::take(&mut self.unmarked)));
        }
        self.marked.iter().all(|(done, _)| done.synchronize().is_ok())
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        let may_free = release::may_release(self.memory.device().runtime());
        // Memory that a copy may still be reading is left to the process.
        if may_free && self.comes_to_rest() {
            // SAFETY: dropped once, here.
            unsafe { ManuallyDrop::drop(&mut self.memory) };
        }
    }
}
