//! Slots: page-locked memory for tiny copies, each in flight in a stream or free.
//!
//! A slot is in flight until its event is reached, and is not touched before. The event is asked, never waited for: if
//! the slots used longest ago are still in flight, their streams are behind, and nobody else is made to wait for them.
//! The slots are made when the first one is asked for. Drop waits for what is in flight.

use std::collections::VecDeque;
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cuda_sys::cudart::cudaStreamCaptureStatus;

use crate::call::call;
use crate::device::Device;
use crate::error::Result;
use crate::event::Event;
use crate::memory::copy::{Direction, enqueue, finish};
use crate::memory::pinned::{PinnedFlags, PinnedMemory};
use crate::release;
use crate::stream::StreamRef;

/// Bytes of a slot.
pub(super) const SLOT: usize = 128 << 10;
/// How many may be in flight.
const COUNT: usize = 16;
/// Slots that are looked at before a copy goes another way. The first may be those of a stream that is behind.
const TRIES: usize = 4;
/// Page-locked bytes of all slots.
pub(super) const BYTES: usize = SLOT * COUNT;

/// The slots of one device.
pub(super) struct Slots {
    device: Device,
    state: Mutex<State>,
}

#[derive(Default)]
enum State {
    #[default]
    Unmade,
    Made(Ring),
    /// There was no memory for them.
    Refused,
}

struct Ring {
    memory: ManuallyDrop<PinnedMemory<u8>>,
    /// Those that no thread is using right now, the one sent longest ago first.
    idle: VecDeque<Slot>,
}

/// A part of the page-locked memory, used by one thread at a time.
struct Slot {
    bytes: *mut u8,
    /// Reached when nothing is in flight in the slot.
    done: Event,
}

// SAFETY: an address of memory that outlives the slot; who holds the slot has it alone.
unsafe impl Send for Slot {}

impl Slots {
    pub(super) fn new(device: Device) -> Self {
        Self { device, state: Mutex::default() }
    }

    /// Sends `bytes` host bytes to the device in the order of `stream`. False if it was not begun: no slot is free, or the
    /// stream only records its work.
    ///
    /// # Safety
    /// `bytes` is at most [`SLOT`]; `source` is readable now, and `to` is writable by the device until the stream has done
    /// the copy.
    ///
    /// # Errors
    /// CUDA's own, also for earlier work. Nothing is in flight then.
    pub(super) unsafe fn upload(
        &self,
        stream: StreamRef<'_>,
        to: *mut c_void,
        source: *const u8,
        bytes: usize,
    ) -> Result<bool> {
        let Some(slot) = self.take(stream)? else { return Ok(false) };
        // SAFETY: the slot is idle, ours alone and long enough; the caller vouches for the source.
        unsafe { slot.bytes.copy_from_nonoverlapping(source, bytes) };
        // SAFETY: the slot is left alone until its event is reached; the caller vouches for the device memory.
        let sent = unsafe { enqueue(stream, to, slot.bytes.cast(), bytes, Direction::HostToDevice) };
        let marked = match sent {
            Ok(()) => slot.done.record(stream).inspect_err(|_| {
                // Without a mark nobody could tell when the slot is free again. The failure of the call is what is told.
                let _ = stream.settle();
            }),
            refused => finish(stream, refused, false),
        };
        self.give_back(slot);
        marked.map(|()| true)
    }

    /// Brings `bytes` device bytes to the host; they are written on return. False if it was not begun.
    ///
    /// # Safety
    /// `bytes` is at most [`SLOT`]; `from` is readable by the device in the order of `stream`, and `sink` writable, until
    /// this returns.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub(super) unsafe fn download(
        &self,
        stream: StreamRef<'_>,
        from: *const c_void,
        sink: *mut u8,
        bytes: usize,
    ) -> Result<bool> {
        let Some(slot) = self.take(stream)? else { return Ok(false) };
        // SAFETY: the slot is idle and ours alone until the copy is done; the caller vouches for the device memory.
        let sent = unsafe { enqueue(stream, slot.bytes.cast(), from, bytes, Direction::DeviceToHost) };
        // Whatever failed, nothing is in flight after this.
        let landed = finish(stream, sent, true);
        if landed.is_ok() {
            // SAFETY: the bytes have landed in the slot, which has room for as many; the caller vouches for the sink.
            unsafe { sink.copy_from_nonoverlapping(slot.bytes, bytes) };
        }
        self.give_back(slot);
        landed.map(|()| true)
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
        let mut state = self.lock();
        match &*state {
            State::Unmade => 0,
            State::Refused => {
                *state = State::Unmade;
                0
            }
            State::Made(ring) if ring.are_all_free() => {
                let former = std::mem::take(&mut *state);
                drop(state);
                // Freeing page-locked memory takes a while: not under the lock.
                drop(former);
                BYTES
            }
            State::Made(_) => 0,
        }
    }

    /// A slot in which nothing is in flight, for work on `stream`.
    fn take(&self, stream: StreamRef<'_>) -> Result<Option<Slot>> {
        // The legacy stream records nothing; what it refuses, the copy is told.
        if !stream.is_legacy() && records(stream)? {
            return Ok(None);
        }
        let mut state = self.lock();
        if let State::Unmade = *state {
            *state = match Ring::new(self.device) {
                Ok(ring) => State::Made(ring),
                Err(error) if error.is_out_of_memory() => State::Refused,
                // What stands in the way may pass, and the plain call tells what it is.
                Err(_) => State::Unmade,
            };
        }
        let State::Made(ring) = &mut *state else { return Ok(None) };
        let mut slot = ring.idle.pop_front();
        drop(state);
        for _ in 0..TRIES {
            let Some(tried) = slot else { return Ok(None) };
            // What cannot be learned now is asked again later.
            if matches!(tried.done.query(), Ok(true)) {
                return Ok(Some(tried));
            }
            slot = self.exchange(tried);
        }
        slot.into_iter().for_each(|untried| self.put_first(untried));
        Ok(None)
    }

    /// Another slot for one whose stream is behind, which is not looked at again until the others have been.
    fn exchange(&self, behind: Slot) -> Option<Slot> {
        let State::Made(ring) = &mut *self.lock() else { return None };
        ring.idle.push_back(behind);
        ring.idle.pop_front()
    }

    fn put_first(&self, slot: Slot) {
        if let State::Made(ring) = &mut *self.lock() {
            ring.idle.push_front(slot);
        }
    }

    /// The slots stay made while one of them is taken.
    fn give_back(&self, slot: Slot) {
        if let State::Made(ring) = &mut *self.lock() {
            ring.idle.push_back(slot);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn new(device: Device) -> Result<Self> {
        let mut memory = PinnedMemory::<u8>::apart(device, BYTES, PinnedFlags::default())?;
        let base = memory.as_mut_ptr();
        let slot = |index| Ok(Slot { bytes: base.wrapping_add(index * SLOT), done: Event::new(device)? });
        Ok(Self { idle: (0..COUNT).map(slot).collect::<Result<_>>()?, memory: ManuallyDrop::new(memory) })
    }

    fn are_all_free(&self) -> bool {
        self.idle.len() == COUNT && self.idle.iter().all(|slot| matches!(slot.done.query(), Ok(true)))
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        let may_free = release::may_release(self.memory.device().runtime());
        // Memory that a copy may still be reading is left to the process.
        if may_free && self.idle.iter().all(|slot| slot.done.synchronize().is_ok()) {
            // SAFETY: dropped once, here.
            unsafe { ManuallyDrop::drop(&mut self.memory) };
        }
    }
}

/// Whether the stream only records its work into a graph, which would read the slot when it is launched.
///
/// # Errors
/// The legacy stream, while this thread captures a blocking one: nothing can be given to it or waited for then.
pub(super) fn records(stream: StreamRef<'_>) -> Result<bool> {
    let mut status = cudaStreamCaptureStatus::cudaStreamCaptureStatusNone;
    let _current = stream.activate()?;
    // SAFETY: the stream is borrowed, the pointer is to a live value.
    unsafe {
        call!(
            stream.runtime(),
            stream.device().subject(),
            cudaStreamIsCapturing(stream.as_raw(), &raw mut status)
        )
    }?;
    Ok(status != cudaStreamCaptureStatus::cudaStreamCaptureStatusNone)
}
