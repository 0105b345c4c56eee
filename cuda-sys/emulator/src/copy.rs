//! Copies: what is checked when one is issued, when it really happens, and on which thread.
//!
//! Issued, both sides are looked up: each must lie in one allocation that is not freed, and be on the side of the bus that
//! the direction names. Pinned, registered and managed memory is on both sides.
//!
//! | from, to | `cudaMemcpy` | `cudaMemcpyAsync` |
//! |---|---|---|
//! | device to device | enqueued: the host does not wait | enqueued |
//! | pinned and device | waits until it is done | enqueued: the pinned memory is read or written later |
//! | pageable to device, up to 64 KiB | waits for the stream, reads the source, enqueues the rest | reads the source at once, enqueues the rest |
//! | pageable to device, larger | waits until it is done | the same |
//! | device to pageable, host to host | waits until it is done | the same |
//!
//! Run, both sides are looked up again: memory that was freed in between fails the device with `cudaErrorIllegalAddress`.

use std::ptr;
use std::sync::Arc;

use cuda_sys::cudart::cudaMemcpyKind;

use crate::device::Device;
use crate::emulator::Emulator;
use crate::lock::read;
use crate::memory::{Located, Memory, Space};
use crate::outcome::{Code, Outcome};
use crate::shape::{Placed, Shape};
use crate::stream::{Stream, Work};
use crate::thread;

/// Up to this size a pageable source is read when the copy is issued.
const STAGED: usize = 64 << 10;

/// When the caller gets control back, and when the source is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timing {
    /// As `cudaMemcpy`.
    Blocking,
    /// As `cudaMemcpyAsync`.
    Enqueued,
    /// Enqueued, but a host source is read before the call returns.
    SourceAtOnce,
}

/// A copy whose sides were looked up and fit its direction.
pub(crate) struct Plan {
    to: Side,
    from: Side,
    shape: Shape,
    bytes: usize,
}

#[derive(Clone, Copy)]
struct Side {
    placed: Placed,
    located: Located,
}

impl Side {
    fn is_host(&self) -> bool {
        matches!(self.located.space, Space::Pageable | Space::Pinned)
    }

    fn is_pageable(&self) -> bool {
        self.located.space == Space::Pageable
    }
}

/// Copies a box of bytes, in the order of `stream`.
///
/// # Safety
///
/// As [`Plan::issue`].
pub(crate) unsafe fn transfer(
    emulator: &'static Emulator,
    on: (&Arc<Stream>, &Device),
    to: Placed,
    from: Placed,
    shape: Shape,
    kind: cudaMemcpyKind,
    timing: Timing,
) -> Outcome {
    // A statement of its own, so that the lock is released before the copy is issued.
    let plan = Plan::new(&read(&emulator.memory), to, from, shape, kind)?;
    match plan {
        // SAFETY: the caller's promise.
        Some(plan) => unsafe { plan.issue(emulator, on, timing) },
        None => Ok(()),
    }
}

impl Plan {
    /// Checks a copy; no plan is needed where there is nothing to copy.
    pub(crate) fn new(
        memory: &Memory,
        to: Placed,
        from: Placed,
        shape: Shape,
        kind: cudaMemcpyKind,
    ) -> Outcome<Option<Self>> {
        let (to_host, from_host) = sides(kind)?;
        if shape.is_empty() {
            return Ok(None);
        }
        let side = |placed: Placed| {
            let located = memory.locate(placed.address, placed.span(shape)?)?;
            Outcome::Ok(Side { placed, located })
        };
        let (to, from, bytes) = (side(to)?, side(from)?, shape.bytes()?);
        let both_contiguous = to.placed.is_contiguous(shape) && from.placed.is_contiguous(shape);
        let overlap = both_contiguous && to.placed.address.abs_diff(from.placed.address) < bytes;
        if !lies(to.located.space, to_host) || !lies(from.located.space, from_host) || overlap {
            return Err(Code::cudaErrorInvalidValue);
        }
        let current = thread::device();
        let reached = [&to, &from].iter().all(|side| memory.host_may_reach(current, &side.located));
        if to.is_host() != from.is_host() && !reached {
            return Err(Code::cudaErrorInvalidValue);
        }
        Ok(Some(Self { to, from, shape, bytes }))
    }

    /// Issues the copy; it is done when the call returns, or later, as the table above says.
    ///
    /// # Safety
    ///
    /// Pageable memory on either side is valid for the box, for reading or writing. Pinned and managed memory is valid until
    /// the copy is done.
    pub(crate) unsafe fn issue(
        self,
        emulator: &'static Emulator,
        (stream, device): (&Arc<Stream>, &Device),
        timing: Timing,
    ) -> Outcome {
        let Self { to, from, shape, bytes } = self;
        let small_pageable = from.is_pageable() && bytes <= STAGED;
        if from.is_host() && !to.is_host() && (small_pageable || timing == Timing::SourceAtOnce) {
            if timing == Timing::Blocking {
                device.synchronise_stream(stream)?;
            }
            let mut buffer = vec![0_u8; bytes];
            let packed = shape.packed(buffer.as_mut_ptr().expose_provenance())?;
            // SAFETY: the caller vouches for the source; the buffer has the size of the box.
            unsafe { move_rows(packed.rows(shape), from.placed.rows(shape), shape.width) };
            let transfer = Transfer { to, from: Source::Staged(buffer), shape };
            return device.submit(stream, None, Work::device(move || transfer.run(emulator))).map(drop);
        }
        let host_to_host = to.is_host() && from.is_host();
        let device_only = !to.is_host() && !from.is_host();
        let waits = to.is_pageable()
            || from.is_pageable()
            || host_to_host
            || (timing == Timing::Blocking && !device_only);
        let transfer = Transfer { to, from: Source::Memory(from), shape };
        let work = Work::device(move || transfer.run(emulator));
        if waits { device.run(stream, work) } else { device.submit(stream, None, work).map(drop) }
    }
}

/// One issued copy.
struct Transfer {
    to: Side,
    from: Source,
    shape: Shape,
}

enum Source {
    Memory(Side),
    /// The bytes, without gaps, as they were when the copy was issued.
    Staged(Vec<u8>),
}

impl Transfer {
    /// Moves the bytes, on whatever thread the stream has come to it.
    fn run(self, emulator: &Emulator) -> Outcome {
        let Self { to, from, shape } = self;
        let memory = read(&emulator.memory);
        let start = memory.bytes(&to.located, to.placed.address)?.expose_provenance();
        let to = Placed { address: start, ..to.placed };
        let from = match &from {
            Source::Staged(buffer) => shape.packed(buffer.as_ptr().expose_provenance())?,
            Source::Memory(side) => {
                let start = memory.bytes(&side.located, side.placed.address)?.expose_provenance();
                Placed { address: start, ..side.placed }
            }
        };
        if to.is_contiguous(shape) && from.is_contiguous(shape) {
            let bytes = shape.bytes()?;
            // SAFETY: tracked memory was found alive under the lock that is still held, with a span that was checked;
            // the issuer vouched for the rest.
            unsafe { move_rows([to.address], [from.address], bytes) };
        } else {
            // SAFETY: as above.
            unsafe { move_rows(to.rows(shape), from.rows(shape), shape.width) };
        }
        Ok(())
    }
}

/// Copies row after row.
///
/// # Safety
///
/// Each row is valid for `width` bytes.
unsafe fn move_rows(
    to: impl IntoIterator<Item = usize>,
    from: impl IntoIterator<Item = usize>,
    width: usize,
) {
    for (to, from) in to.into_iter().zip(from) {
        let from = ptr::with_exposed_provenance::<u8>(from);
        let to = ptr::with_exposed_provenance_mut::<u8>(to);
        // SAFETY: the caller's promise; rows may overlap.
        unsafe { ptr::copy(from, to, width) };
    }
}

/// Whether a direction says that the target and the source are on the host; none where any side will do.
fn sides(kind: cudaMemcpyKind) -> Outcome<(Option<bool>, Option<bool>)> {
    match kind {
        cudaMemcpyKind::cudaMemcpyHostToHost => Ok((Some(true), Some(true))),
        cudaMemcpyKind::cudaMemcpyHostToDevice => Ok((Some(false), Some(true))),
        cudaMemcpyKind::cudaMemcpyDeviceToHost => Ok((Some(true), Some(false))),
        cudaMemcpyKind::cudaMemcpyDeviceToDevice => Ok((Some(false), Some(false))),
        cudaMemcpyKind::cudaMemcpyDefault => Ok((None, None)),
        _ => Err(Code::cudaErrorInvalidMemcpyDirection),
    }
}

fn lies(space: Space, on_host: Option<bool>) -> bool {
    match (space, on_host) {
        (_, None) | (Space::Pinned | Space::Managed, _) => true,
        (Space::Pageable, Some(host)) => host,
        (Space::Device, Some(host)) => !host,
    }
}
