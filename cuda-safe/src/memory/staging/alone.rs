//! Uploads that their caller does by itself: through a page-locked ring, on the caller's own stream.
//!
//! For copies of some hundred KiB, which are over before another thread has woken up. An upload fills a part of a ring,
//! gives it to the stream, and may return before the device has taken it. The part is then left alone until its event is
//! reached, which is asked and never waited for: where there is no room because a stream is behind, the copy goes another
//! way, and nobody waits for somebody else's stream. Rings are made when they are asked for, one for each caller at a time.

use std::collections::VecDeque;
use std::mem::ManuallyDrop;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::device::Device;
use crate::error::Result;
use crate::event::Event;
use crate::memory::copy::Direction;
use crate::memory::pinned::{PinnedFlags, PinnedMemory};
use crate::memory::staging::host::Source;
use crate::memory::staging::job::guarded;
use crate::memory::staging::kernel::Stores;
use crate::memory::staging::place::Place;
use crate::memory::staging::transfer::{UPLOAD, Until, grain, interrupted};
use crate::release;
use crate::stream::StreamRef;

/// Bytes of a ring: room for a copy while others are on their way.
const RING: usize = 3 << 20;
/// Rings, and so callers that copy at once in this way.
const COUNT: usize = 2;
/// Page-locked bytes of all rings.
pub(super) const BYTES: usize = RING * COUNT;
/// Copies of fewer bytes fit.
pub(super) const BELOW: usize = 2 << 20;
/// Parts of a ring that may be in flight.
const PARTS: usize = 8;
/// Pieces begin at multiples of this many bytes.
const PAGE: usize = 4096;
/// About what a fast link carries in the time of a call. With `n` pieces a copy takes `n` calls more and the time of the
/// last piece on the link, so the square root of its bytes by this is best, and little is lost by one more or less.
const BYTES_A_CALL: usize = 80 << 10;

/// The rings of one device.
pub(super) struct Alone {
    device: Device,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Those that no thread is using right now, the one used last at the end.
    idle: Vec<Ring>,
    made: usize,
    /// There was no memory for another one.
    refused: bool,
}

struct Ring {
    memory: ManuallyDrop<PinnedMemory<u8>>,
    /// Parts that may be in flight, in the order in which they were lent.
    lent: VecDeque<Part>,
    /// Events for further ones.
    free: Vec<Event>,
}

struct Part {
    bytes: Range<usize>,
    /// Reached when the device has it.
    done: Event,
}

impl Alone {
    pub(super) fn new(device: Device) -> Self {
        Self { device, state: Mutex::default() }
    }

    /// Sends bytes to the device in the order of `stream`. False if it was not begun: no ring has room, or the stream
    /// only records its work.
    ///
    /// # Safety
    /// As [`upload`](super::Engine::upload); `bytes` is less than [`BELOW`].
    ///
    /// # Errors
    /// CUDA's own, also for earlier work, and a panic of the source. Nothing is in flight then.
    pub(super) unsafe fn upload(
        &self,
        stream: StreamRef<'_>,
        place: &Place,
        bytes: usize,
        source: &dyn Source,
        until: Until,
    ) -> Result<bool> {
        if stream.is_capturing()? {
            return Ok(false);
        }
        let Some(mut ring) = self.take() else { return Ok(false) };
        let Some(room) = ring.room(bytes) else {
            self.give_back(ring);
            return Ok(false);
        };
        // In pieces, so that the device takes the one while the next is filled.
        let whole = match grain(source.grain(), place) {
            0 | 1 => PAGE,
            grain => grain,
        };
        let count = (bytes / BYTES_A_CALL).isqrt().max(1);
        let piece = bytes.div_ceil(count).next_multiple_of(whole).max(1);
        let base = ring.memory.as_mut_ptr().wrapping_add(room.start);
        let sent = (0..bytes).step_by(piece).try_for_each(|start| {
            let piece = start..bytes.min(start + piece);
            let pinned = base.wrapping_add(start);
            // The ring is small and used again and again: it is in this core's cache.
            // SAFETY: the piece lies inside the transfer; its part of the ring is as long, and nothing is in flight in it.
            guarded(|| unsafe { source.read(piece.clone(), pinned, Stores::Ordinary) })?;
            // SAFETY: whoever asked vouches for the device memory; the ring is left alone until the stream is waited for,
            // here or by the event.
            unsafe { place.enqueue(stream, piece, pinned, Direction::HostToDevice) }
        });
        let ended = match until {
            Until::Staged if sent.is_ok() => ring.lend(stream, room),
            _ => stream.settle(),
        };
        self.give_back(ring);
        sent.and(ended).map_err(|cause| interrupted(UPLOAD, bytes, cause))?;
        Ok(true)
    }

    /// Whether there was no memory for a ring, so that nobody gets another one until [`release`](Self::release).
    pub(super) fn is_refused(&self) -> bool {
        let state = self.lock();
        state.refused && state.made == 0
    }

    /// Page-locked bytes that are held now.
    pub(super) fn pinned_bytes(&self) -> usize {
        self.lock().made * RING
    }

    /// Frees the rings of which nothing is in flight; tells how many bytes that gave back.
    pub(super) fn release(&self) -> usize {
        let mut state = self.lock();
        let (free, kept): (Vec<_>, _) =
            std::mem::take(&mut state.idle).into_iter().partition(Ring::is_at_rest);
        state.idle = kept;
        state.made -= free.len();
        state.refused = false;
        // Freeing page-locked memory takes a while: not under the lock.
        drop(state);
        free.len() * RING
    }

    fn take(&self) -> Option<Ring> {
        let mut state = self.lock();
        if let Some(ring) = state.idle.pop() {
            return Some(ring);
        }
        if state.refused || state.made == COUNT {
            return None;
        }
        state.made += 1;
        drop(state);
        Ring::new(self.device)
            .inspect_err(|error| {
                let mut state = self.lock();
                state.made -= 1;
                // What else stands in the way may pass.
                state.refused |= error.is_out_of_memory();
            })
            .ok()
    }

    fn give_back(&self, ring: Ring) {
        self.lock().idle.push(ring);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn new(device: Device) -> Result<Self> {
        Ok(Self {
            free: (0..PARTS).map(|_| Event::new(device)).collect::<Result<_>>()?,
            lent: VecDeque::with_capacity(PARTS),
            memory: ManuallyDrop::new(PinnedMemory::apart(device, RING, PinnedFlags::default())?),
        })
    }

    /// A part in which nothing is in flight.
    fn room(&mut self, bytes: usize) -> Option<Range<usize>> {
        while self.lent.front().is_some_and(|part| is_reached(&part.done)) {
            self.free.extend(self.lent.pop_front().map(|part| part.done));
        }
        let part = |start: usize, end: usize| (bytes <= end - start).then(|| start..start + bytes);
        let (Some(first), Some(last)) = (self.lent.front(), self.lent.back()) else {
            // From the start again, which the cache has.
            return part(0, RING);
        };
        let (first, last) = (first.bytes.start, last.bytes.end.next_multiple_of(PAGE));
        if self.free.is_empty() {
            None
        } else if last > first {
            part(last, RING).or_else(|| part(0, first))
        } else {
            part(last, first)
        }
    }

    fn is_at_rest(&self) -> bool {
        self.lent.iter().all(|part| is_reached(&part.done))
    }

    /// Leaves the part to what the stream has now. If that cannot be marked, it is waited for.
    fn lend(&mut self, stream: StreamRef<'_>, bytes: Range<usize>) -> Result<()> {
        let Some(done) = self.free.pop() else { return stream.settle() };
        if let Err(error) = done.record(stream) {
            self.free.push(done);
            // The failure of the call is what is told.
            let _ = stream.settle();
            return Err(error);
        }
        self.lent.push_back(Part { bytes, done });
        Ok(())
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        let may_free = release::may_release(self.memory.device().runtime());
        // Memory that a copy may still be reading is left to the process.
        if may_free && self.lent.iter().all(|part| part.done.synchronize().is_ok()) {
            // SAFETY: dropped once, here.
            unsafe { ManuallyDrop::drop(&mut self.memory) };
        }
    }
}

/// Whether what the event marks is done. What cannot be learned now is asked again later.
fn is_reached(event: &Event) -> bool {
    matches!(event.query(), Ok(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::memory::device::DeviceMemory;
    use crate::memory::staging::host::HostBytes;
    use crate::stream::Stream;
    use cuda_emulator::Fault;
    use cuda_sys::cudart::cudaError_t;

    fn device() -> Device {
        Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0).unwrap()
    }

    fn up(
        alone: &Alone,
        stream: &Stream,
        to: &mut DeviceMemory<u8>,
        from: &[u8],
        until: Until,
    ) -> Result<bool> {
        let place = Place::Run { base: to.as_mut_ptr().cast() };
        let source = HostBytes::new(from.as_ptr());
        // SAFETY: both have as many bytes; the tests wait for the stream before they look.
        unsafe { alone.upload(stream.as_ref(), &place, from.len(), &source, until) }
    }

    #[test]
    fn every_byte_arrives_and_the_host_memory_is_free_at_once() {
        let (alone, stream) = (Alone::new(device()), Stream::new(device()).unwrap());
        for until in [Until::Done, Until::Staged] {
            for size in [1, PAGE - 1, PAGE, 2 * PAGE, 2 * PAGE + 1, 300_000, BELOW - 1] {
                let mut source: Vec<u8> = (0..size).map(|at| (at * 7 + at / 256) as u8).collect();
                let expected = source.clone();
                let mut memory = DeviceMemory::<u8>::new(device(), size).unwrap();
                assert!(up(&alone, &stream, &mut memory, &source, until).unwrap());
                source.fill(0xaa);
                stream.synchronize().unwrap();
                assert_eq!(memory.to_vec().unwrap(), expected);
            }
        }
        assert_eq!((alone.pinned_bytes(), alone.release(), alone.pinned_bytes()), (RING, RING, 0));
    }

    #[test]
    fn any_call_may_fail_and_the_ring_is_used_again() {
        let (alone, stream) = (Alone::new(device()), Stream::new(device()).unwrap());
        let expected = vec![7u8; 700_000];
        let mut memory = DeviceMemory::<u8>::zeroed(device(), expected.len()).unwrap();
        let passing = Fault::call("cudaHostAlloc").fails_with(cudaError_t::cudaErrorInvalidValue);
        assert!(!up(&alone, &stream, &mut memory, &expected, Until::Done).unwrap());
        drop(passing);
        assert!(!alone.is_refused());
        let refused = Fault::call("cudaHostAlloc").fails_with(cudaError_t::cudaErrorMemoryAllocation);
        assert!(!up(&alone, &stream, &mut memory, &expected, Until::Done).unwrap());
        drop(refused);
        // Not asked for again until somebody says that there may be memory.
        assert!(alone.is_refused());
        assert!(!up(&alone, &stream, &mut memory, &expected, Until::Done).unwrap());
        alone.release();
        for (call, nth, until) in [
            ("cudaMemcpyAsync", 2, Until::Done),
            ("cudaMemcpyAsync", 1, Until::Staged),
            ("cudaStreamSynchronize", 1, Until::Done),
            ("cudaEventRecord", 1, Until::Staged),
        ] {
            let fault = Fault::call(call).nth(nth).fails_with(cudaError_t::cudaErrorUnknown);
            let error = up(&alone, &stream, &mut memory, &expected, until).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Interrupted { done: 0, .. }), "{error}");
            drop(fault);
            memory.fill_bytes(0).unwrap();
            assert!(up(&alone, &stream, &mut memory, &expected, until).unwrap());
            stream.synchronize().unwrap();
            assert_eq!(memory.to_vec().unwrap(), expected);
        }
    }

    #[test]
    fn a_part_whose_end_is_unknown_is_not_used() {
        let (alone, stream) = (Alone::new(device()), Stream::new(device()).unwrap());
        let source = vec![1u8; RING / 2];
        let mut memory = DeviceMemory::<u8>::zeroed(device(), source.len()).unwrap();
        let fault = Fault::call("cudaEventQuery").fails_with(cudaError_t::cudaErrorNotReady);
        let begun: Vec<_> =
            (0..3).map(|_| up(&alone, &stream, &mut memory, &source, Until::Staged).unwrap()).collect();
        assert_eq!(begun, [true, true, false], "two fit into a ring");
        assert_eq!(alone.release(), 0);
        drop(fault);
        stream.synchronize().unwrap();
        assert!(up(&alone, &stream, &mut memory, &source, Until::Staged).unwrap());
        stream.synchronize().unwrap();
        assert_eq!(alone.release(), RING);
    }

    #[test]
    fn parts_in_flight_are_never_given_again() {
        let (mut ring, stream) = (Ring::new(device()).unwrap(), Stream::new(device()).unwrap());
        let mut unknown = Some(Fault::call("cudaEventQuery").fails_with(cudaError_t::cudaErrorNotReady));
        for round in 0..200usize {
            let bytes = 1 + round * 7919 % (RING / 3);
            if let Some(room) = ring.room(bytes) {
                assert!(room.len() == bytes && room.end <= RING);
                let apart = |part: &Part| part.bytes.end <= room.start || room.end <= part.bytes.start;
                assert!(ring.lent.iter().all(apart), "{room:?}");
                ring.lend(stream.as_ref(), room).unwrap();
            } else {
                // The oldest part, and some more, are reached now.
                drop(unknown.take());
                for _ in 0..1 + round % 3 {
                    ring.free.extend(ring.lent.pop_front().map(|part| part.done));
                }
                unknown = Some(Fault::call("cudaEventQuery").fails_with(cudaError_t::cudaErrorNotReady));
            }
        }
    }
}
