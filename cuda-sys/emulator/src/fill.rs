//! `cudaMemset`: enqueued on device memory, waited for on host memory that the device can reach.

use std::ptr;
use std::sync::Arc;

use crate::device::Device;
use crate::emulator::Emulator;
use crate::lock::read;
use crate::memory::Space;
use crate::outcome::{Code, Outcome};
use crate::shape::{Placed, Shape};
use crate::stream::{Stream, Work};

/// Sets every byte of a box, in the order of `stream`. With `waits`, host memory is set when the call returns.
pub(crate) fn fill(
    emulator: &'static Emulator,
    (stream, device): (&Arc<Stream>, &Device),
    to: Placed,
    shape: Shape,
    byte: u8,
    waits: bool,
) -> Outcome {
    if shape.is_empty() {
        return Ok(());
    }
    let located = {
        let memory = read(&emulator.memory);
        let located = memory.locate(to.address, to.span(shape)?)?;
        if located.space == Space::Pageable || !memory.may_access(stream.device, &located, device.peers()) {
            return Err(Code::cudaErrorInvalidValue);
        }
        located
    };
    let work = Work::device(move || {
        let memory = read(&emulator.memory);
        let start = memory.bytes(&located, to.address)?.expose_provenance();
        for row in (Placed { address: start, ..to }).rows(shape) {
            let row = ptr::with_exposed_provenance_mut::<u8>(row);
            // SAFETY: the box lies in an allocation that was found alive under the lock that is still held.
            unsafe { row.write_bytes(byte, shape.width) };
        }
        Ok(())
    });
    let host = located.space == Space::Pinned;
    if waits && host { device.run(stream, work) } else { device.submit(stream, None, work).map(drop) }
}
