//! Device memory in many pieces, as one packed order.

use std::ffi::c_void;
use std::ops::Range;

use crate::error::Result;
use crate::memory::copy::{Copies, Copy2d, Direction, enqueue_2d};
use crate::stream::StreamRef;

/// So many pieces at equal distances are worth a call; fewer go into the batch.
const ROWS: usize = 16;
/// The largest pitch that every device takes.
const MAX_PITCH: usize = i32::MAX as usize;

/// Pieces of device memory that follow each other in a packed order. Those of one allocation that lie together are joined.
///
/// ```
/// use cuda_safe::memory::staging::{self, HostBytes, Place, Spans, Transfer};
/// use cuda_safe::{Device, DeviceMemory, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let (stream, host) = (Stream::new(device)?, b"abcdef");
/// let mut memory = DeviceMemory::<u8>::zeroed(device, 10)?;
/// let base = memory.as_mut_ptr();
/// let mut spans = Spans::default();
/// spans.push(base.wrapping_add(6).cast(), 2, base.addr());
/// spans.push(base.cast(), 2, base.addr());
/// spans.push(base.wrapping_add(2).cast(), 2, base.addr());
/// assert_eq!((spans.len(), spans.bytes()), (2, 6));
/// let engine = staging::Engine::new(device, "from=0".parse()?)?;
/// let transfer = Transfer::new(stream.as_ref(), Place::Spans(&spans), spans.bytes());
/// // SAFETY: all of it lies inside the two blocks, which nobody else uses until the call returns.
/// unsafe { engine.upload(transfer, &HostBytes::new(host.as_ptr())) }?;
/// assert_eq!(memory.to_vec()?, b"cdef\0\0ab\0\0");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    spans: Vec<Span>,
    bytes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    base: *mut c_void,
    /// In packed order.
    start: usize,
    bytes: usize,
    allocation: usize,
}

// SAFETY: device addresses that the host never follows.
unsafe impl Send for Spans {}
// SAFETY: as above.
unsafe impl Sync for Spans {}

impl Span {
    /// Where the device memory ends.
    fn end(&self) -> *mut c_void {
        self.base.wrapping_byte_add(self.bytes)
    }
}

impl Spans {
    /// Adds a piece, next in packed order; none if it has no bytes. `allocation` is any number that only pieces of the
    /// same allocation share: no copy may reach from one into another, not even if they touch.
    pub fn push(&mut self, base: *mut c_void, bytes: usize, allocation: usize) {
        let start = self.bytes;
        // Whoever copies vouches for the memory, so its size is that of something.
        self.bytes = self.bytes.saturating_add(bytes);
        match self.spans.last_mut() {
            _ if bytes == 0 => {}
            Some(last) if last.allocation == allocation && last.end() == base => last.bytes += bytes,
            _ => self.spans.push(Span { base, start, bytes, allocation }),
        }
    }

    /// Number of pieces, after joining.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Bytes of all pieces.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The parts of pieces that make up a range.
    fn within(&self, range: Range<usize>) -> impl Iterator<Item = Span> {
        let first = self.spans.partition_point(|span| span.start + span.bytes <= range.start);
        self.spans[first..].iter().take_while(move |span| span.start < range.end).map(move |span| {
            let (start, end) = (span.start.max(range.start), (span.start + span.bytes).min(range.end));
            Span { base: span.base.wrapping_byte_add(start - span.start), start, bytes: end - start, ..*span }
        })
    }

    /// Enqueues the copy of `range` from pinned memory to the device, or back: pieces of equal size at equal distances
    /// as the rows of one call, all others in one batch.
    ///
    /// # Safety
    /// As [`Place::enqueue`](super::place::Place::enqueue).
    pub(super) unsafe fn enqueue(
        &self,
        stream: StreamRef<'_>,
        range: Range<usize>,
        pinned: *mut u8,
        to_device: bool,
        direction: Direction,
    ) -> Result<()> {
        let ends = |device, host| ends(to_device, device, host);
        let host = |span: &Span| pinned.wrapping_add(span.start - range.start).cast();
        let spans: Vec<Span> = self.within(range.clone()).collect();
        let (mut at, mut single) = (0, Copies::default());
        while let Some(first) = spans.get(at) {
            let count = rows(&spans[at..]);
            let (dst, src) = ends(first.base, host(first));
            if count < ROWS {
                single.push(dst, src, first.bytes);
                at += 1;
                continue;
            }
            let (width, pitch) = (first.bytes, spans[at + 1].base.addr() - first.base.addr());
            let (dst_pitch, src_pitch) = if to_device { (pitch, width) } else { (width, pitch) };
            let rows =
                Copy2d { dst, dst_pitch, src, src_pitch, width_bytes: width, height: count, direction };
            // SAFETY: the caller's promise, for whole pieces of the range.
            unsafe { enqueue_2d(stream, &rows) }?;
            at += count;
        }
        // SAFETY: the caller's promise, for what is left of the range.
        unsafe { single.enqueue(stream, direction) }
    }
}

/// How many of the first pieces are rows of one pitch.
fn rows(spans: &[Span]) -> usize {
    let [first, second, ..] = spans else { return spans.len() };
    let pitch = second.base.addr().wrapping_sub(first.base.addr());
    if pitch < first.bytes || pitch > MAX_PITCH {
        return 1;
    }
    let next = |pair: &[Span]| {
        let same = pair[1].allocation == first.allocation && pair[1].bytes == first.bytes;
        same && pair[1].base.addr().wrapping_sub(pair[0].base.addr()) == pitch
    };
    1 + spans.windows(2).take_while(|pair| next(pair)).count()
}

/// Destination and source of a copy.
pub(super) fn ends(to_device: bool, device: *mut c_void, host: *mut c_void) -> (*mut c_void, *mut c_void) {
    if to_device { (device, host) } else { (host, device) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: usize) -> *mut c_void {
        std::ptr::without_provenance_mut(address)
    }

    #[test]
    fn pieces_that_touch_are_joined_inside_an_allocation_only() {
        let mut spans = Spans::default();
        for (address, bytes, allocation) in
            [(100, 10, 1), (110, 0, 2), (110, 10, 1), (120, 5, 2), (90, 10, 2)]
        {
            spans.push(at(address), bytes, allocation);
        }
        assert_eq!((spans.len(), spans.bytes(), spans.is_empty()), (3, 35, false));
        let within = |range| spans.within(range).map(|span| (span.base.addr(), span.start, span.bytes));
        assert!(within(0..35).eq([(100, 0, 20), (120, 20, 5), (90, 25, 10)]));
        assert!(within(19..21).eq([(119, 19, 1), (120, 20, 1)]));
        assert!(within(20..20).eq([]));
        assert!(within(30..31).eq([(95, 30, 1)]));
    }

    #[test]
    fn even_pieces_of_one_allocation_are_rows() {
        let rows_of = |pieces: &[(usize, usize, usize)]| {
            let mut spans = Spans::default();
            pieces
                .iter()
                .for_each(|&(address, bytes, allocation)| spans.push(at(address), bytes, allocation));
            rows(&spans.spans)
        };
        assert_eq!(rows_of(&[(0, 8, 1), (10, 8, 1), (20, 8, 1), (31, 8, 1)]), 3);
        assert_eq!(rows_of(&[(0, 8, 1), (10, 8, 1), (20, 8, 2), (30, 8, 2)]), 2);
        assert_eq!(rows_of(&[(0, 8, 1), (10, 8, 1), (20, 7, 1)]), 2);
        assert_eq!(rows_of(&[(20, 8, 1), (10, 8, 1), (0, 8, 1)]), 1);
        assert_eq!(rows_of(&[(20, 8, 1)]), 1);
    }
}
