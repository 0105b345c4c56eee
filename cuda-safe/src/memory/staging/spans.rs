//! Device memory in many pieces, as one packed order.

use std::ffi::c_void;
use std::ops::Range;

use crate::error::Result;
use crate::memory::copy::{Copies, Copy2d, Direction, enqueue_2d};
use crate::stream::StreamRef;

/// Pieces at equal distances are one call from so many on; a batch takes fewer as well.
const ROWS: usize = 4;
/// The largest pitch that every device takes.
const MAX_PITCH: usize = i32::MAX as usize;

/// Pieces of device memory that follow each other in a packed order. Those that lie together are joined.
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
/// spans.push(base.wrapping_add(6).cast(), 2);
/// spans.push(base.cast(), 2);
/// spans.push(base.wrapping_add(2).cast(), 2);
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
}

// SAFETY: device addresses that the host never follows.
unsafe impl Send for Spans {}
// SAFETY: as above.
unsafe impl Sync for Spans {}

impl Spans {
    /// Adds a piece, next in packed order; none if it has no bytes.
    pub fn push(&mut self, base: *mut c_void, bytes: usize) {
        let start = self.bytes;
        // Whoever copies vouches for the memory, so its size is that of something.
        self.bytes = self.bytes.saturating_add(bytes);
        match self.spans.last_mut() {
            _ if bytes == 0 => {}
            Some(last) if last.base.wrapping_byte_add(last.bytes) == base => last.bytes += bytes,
            _ => self.spans.push(Span { base, start, bytes }),
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
            Span { base: span.base.wrapping_byte_add(start - span.start), start, bytes: end - start }
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
        direction: Direction,
    ) -> Result<()> {
        let ends = |device: *mut c_void, host: *mut c_void| match direction {
            Direction::HostToDevice => (device, host),
            _ => (host, device),
        };
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
            let (dst_pitch, src_pitch) = match direction {
                Direction::HostToDevice => (pitch, width),
                _ => (width, pitch),
            };
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
        pair[1].bytes == first.bytes && pair[1].base.addr().wrapping_sub(pair[0].base.addr()) == pitch
    };
    1 + spans.windows(2).take_while(|pair| next(pair)).count()
}
