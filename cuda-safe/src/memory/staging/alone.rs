//! A copy that its caller does by itself: through the ring of one lane, on the caller's own stream.
//!
//! For copies of some hundred KiB, which are over before another thread has woken up. The whole copy fits the ring, so
//! no part of it is waited for on the way: an upload fills the ring piece by piece while the device takes what is there,
//! a download lands in the ring and is copied out. No events are needed, for the caller's stream orders everything.

use crate::error::Result;
use crate::memory::copy::Direction;
use crate::memory::staging::host::{Sink, Source};
use crate::memory::staging::job::guarded;
use crate::memory::staging::kernel::Stores;
use crate::memory::staging::machine::Machine;
use crate::memory::staging::place::Place;
use crate::memory::staging::transfer::{DOWNLOAD, UPLOAD, interrupted, not_begun};
use crate::stream::StreamRef;

/// Copies to the device and waits for it.
///
/// # Safety
/// As [`upload`](super::Engine::upload); `bytes` is at most the length of a ring.
pub(super) unsafe fn upload(
    machine: &Machine,
    stream: StreamRef<'_>,
    place: &Place,
    bytes: usize,
    source: &dyn Source,
) -> Result<()> {
    let lane = machine.pool.lane_for_caller(|| true).map_err(|cause| not_begun(UPLOAD, cause))?;
    // There is one, for it stays wanted.
    let Some(mut lane) = lane else { return Ok(()) };
    let pieces = (0..bytes).step_by(machine.tuning.upload.least_chunk);
    let sent = lane.clear().and_then(|()| {
        let ring = lane.ring();
        for start in pieces {
            let piece = start..bytes.min(start + machine.tuning.upload.least_chunk);
            let pinned = ring.wrapping_add(start);
            // The ring is read right after: from the cache, if it is there.
            // SAFETY: the piece lies inside the transfer, its part of the ring is as long, and nothing is in flight in it.
            guarded(|| unsafe { source.read(piece.clone(), pinned, Stores::Ordinary) })?;
            // SAFETY: whoever asked for the transfer vouches for the device memory; the stream is waited for below.
            unsafe { place.enqueue(stream, piece, pinned, Direction::HostToDevice) }?;
        }
        Ok(())
    });
    // Whatever failed: the ring goes back with nothing in flight.
    let done = stream.settle();
    machine.pool.give_back(lane);
    sent.and(done).map_err(|cause| interrupted(UPLOAD, bytes, cause))
}

/// Copies to the host.
///
/// # Safety
/// As [`download`](super::Engine::download); `bytes` is at most the length of a ring.
pub(super) unsafe fn download(
    machine: &Machine,
    stream: StreamRef<'_>,
    place: &Place,
    bytes: usize,
    sink: &dyn Sink,
) -> Result<()> {
    let lane = machine.pool.lane_for_caller(|| true).map_err(|cause| not_begun(DOWNLOAD, cause))?;
    // There is one, for it stays wanted.
    let Some(mut lane) = lane else { return Ok(()) };
    let ring = lane.ring();
    let sent = lane.clear().and_then(|()| {
        // SAFETY: whoever asked for the transfer vouches for the device memory; the ring has room, nothing is in flight
        // in it, and the stream is waited for below.
        unsafe { place.enqueue(stream, 0..bytes, ring, Direction::DeviceToHost) }
    });
    // Whatever failed: the ring goes back with nothing in flight.
    let landed = stream.settle().and(sent);
    // SAFETY: all bytes have landed in the ring.
    let written = landed.and_then(|()| guarded(|| unsafe { sink.write(0..bytes, ring, Stores::Ordinary) }));
    machine.pool.give_back(lane);
    written.map_err(|cause| interrupted(DOWNLOAD, bytes, cause))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Device;
    use crate::error::ErrorKind;
    use crate::memory::device::DeviceMemory;
    use crate::memory::staging::host::{HostBytes, HostBytesMut};
    use crate::memory::staging::settings::Settings;
    use crate::memory::staging::tuning::{Tuning, Way};
    use crate::stream::Stream;
    use cuda_emulator::Fault;
    use cuda_sys::cudart::cudaError_t;
    use std::sync::Arc;

    const PIECE: usize = 4096;
    const RING: usize = 5 * PIECE;

    fn machine(device: Device) -> Machine {
        let settings = Settings { threads: Some(1), limit: RING, ..Settings::default() };
        let way = Way { threads: 1, least_chunk: PIECE, most_chunk: PIECE, stores: Stores::Streaming };
        let (shape, given) = (settings.shape(1).unwrap(), Tuning { upload: way, download: way });
        Machine::new(device, settings, shape, Some(given), &Arc::default()).unwrap()
    }

    fn up(machine: &Machine, stream: &Stream, to: &mut DeviceMemory<u8>, from: &[u8]) -> Result<()> {
        let place = Place::Run { base: to.as_mut_ptr().cast() };
        // SAFETY: both have as many bytes, which are not more than those of the ring.
        unsafe { upload(machine, stream.as_ref(), &place, from.len(), &HostBytes::new(from.as_ptr())) }
    }

    fn down(machine: &Machine, stream: &Stream, to: &mut [u8], from: &DeviceMemory<u8>) -> Result<()> {
        let place = Place::Run { base: from.as_ptr().cast_mut().cast() };
        // SAFETY: as above.
        unsafe { download(machine, stream.as_ref(), &place, to.len(), &HostBytesMut::new(to.as_mut_ptr())) }
    }

    #[test]
    fn every_byte_arrives_up_to_the_length_of_the_ring() {
        let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0).unwrap();
        let (machine, stream) = (machine(device), Stream::new(device).unwrap());
        for size in [1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, RING - 1, RING] {
            let expected: Vec<u8> = (0..size).map(|at| (at * 7 + at / 256) as u8).collect();
            let mut memory = DeviceMemory::<u8>::new(device, size).unwrap();
            up(&machine, &stream, &mut memory, &expected).unwrap();
            // A margin shows writes beyond the array.
            let mut back = vec![0x55; size + 64];
            down(&machine, &stream, &mut back[32..32 + size], &memory).unwrap();
            assert_eq!(back[32..32 + size], expected);
            assert!(back[..32].iter().chain(&back[32 + size..]).all(|&byte| byte == 0x55));
        }
    }

    #[test]
    fn any_call_may_fail_and_the_ring_is_used_again() {
        let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0).unwrap();
        let (machine, stream) = (machine(device), Stream::new(device).unwrap());
        let expected = vec![7u8; RING];
        let mut memory = DeviceMemory::<u8>::zeroed(device, RING).unwrap();
        let refused = Fault::call("cudaHostAlloc").fails_with(cudaError_t::cudaErrorMemoryAllocation);
        let error = up(&machine, &stream, &mut memory, &expected).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NotBegun { .. }), "{error}");
        drop(refused);
        for (call, nth) in [("cudaMemcpyAsync", 1), ("cudaMemcpyAsync", 3), ("cudaStreamSynchronize", 1)] {
            let failing = || Fault::call(call).nth(nth).fails_with(cudaError_t::cudaErrorUnknown);
            let fault = failing();
            let error = up(&machine, &stream, &mut memory, &expected).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Interrupted { done: 0, .. }), "{error}");
            drop(fault);
            up(&machine, &stream, &mut memory, &expected).unwrap();
            let (fault, mut back) = (failing(), vec![0; RING]);
            let outcome = down(&machine, &stream, &mut back, &memory);
            assert_eq!(outcome.is_err(), fault.hits() > 0, "{call} {nth}: {outcome:?}");
            drop(fault);
            down(&machine, &stream, &mut back, &memory).unwrap();
            assert_eq!(back, expected);
        }
    }
}
