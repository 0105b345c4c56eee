//! The device's side of a transfer: bytes in packed order, in one run or in rows.

use std::ffi::c_void;
use std::ops::Range;

use crate::error::Result;
use crate::memory::copy::{Copy2d, Direction, enqueue, enqueue_2d};
use crate::memory::staging::spans::{Spans, ends};
use crate::memory::staging::tiling::Tiling;
use crate::stream::StreamRef;

/// Where in device memory the bytes of a transfer are, counted in packed order.
///
/// ```
/// use cuda_safe::memory::staging::{self, HostBytes, Place, Transfer};
/// use cuda_safe::{Device, DeviceMemory, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let stream = Stream::new(device)?;
/// // 400 rows of 1500 bytes, 2048 bytes from one to the next.
/// let mut memory = DeviceMemory::<u8>::zeroed(device, 400 * 2048)?;
/// let place = Place::Rows { base: memory.as_mut_ptr().cast(), width: 1500, pitch: 2048 };
/// let image = vec![7u8; 400 * 1500];
/// // SAFETY: the rows lie inside the memory; nobody else uses either until the call returns.
/// unsafe {
///     let transfer = Transfer::new(stream.as_ref(), place, image.len());
///     staging::shared(device)?.upload(transfer, &HostBytes::new(image.as_ptr()))
/// }?;
/// let all = memory.to_vec()?;
/// assert!(all.chunks(2048).all(|row| row[..1500] == [7; 1500] && row[1500..] == [0; 548]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// One run.
    Run {
        /// The first byte.
        base: *mut c_void,
    },
    /// Rows of equal width at equal distances, as of a pitched image.
    Rows {
        /// The first byte of the first row.
        base: *mut c_void,
        /// Bytes of a row, at least 1.
        width: usize,
        /// Bytes from one row to the next, at least `width`.
        pitch: usize,
    },
    /// Matrices without gaps, in the order of their tiles.
    Tiles {
        /// The first byte of the first matrix.
        base: *mut c_void,
        /// How they are cut.
        tiling: Tiling,
    },
    /// Pieces anywhere.
    Spans(&'a Spans),
}

// SAFETY: a device address that the host never follows.
unsafe impl Send for Place<'_> {}
// SAFETY: as above.
unsafe impl Sync for Place<'_> {}

impl Place<'_> {
    /// Ranges that begin at multiples of this many bytes take the fewest calls.
    pub(super) fn grain(&self) -> usize {
        match *self {
            Self::Run { .. } | Self::Spans(_) => 1,
            Self::Rows { width, .. } => width,
            Self::Tiles { tiling, .. } => tiling.tile(),
        }
    }

    /// Copies that the device has to do for all of it, if that is more than chunks decide.
    pub(super) fn copies(&self) -> usize {
        match self {
            Self::Spans(spans) => spans.len(),
            _ => 1,
        }
    }

    /// Enqueues the copy of `range` from pinned memory to the device, or back.
    ///
    /// # Safety
    /// `range` lies inside the transfer; `pinned` has its length and is left alone until the stream has done the copy.
    pub(super) unsafe fn enqueue(
        &self,
        stream: StreamRef<'_>,
        range: Range<usize>,
        pinned: *mut u8,
        direction: Direction,
    ) -> Result<()> {
        // SAFETY: the caller's promise.
        unsafe { self.enqueue_as(stream, range, pinned, direction == Direction::HostToDevice, direction) }
    }

    /// The same with host memory of any kind, which the runtime is told as `direction`.
    ///
    /// # Safety
    /// As [`enqueue`](Self::enqueue).
    pub(super) unsafe fn enqueue_as(
        &self,
        stream: StreamRef<'_>,
        range: Range<usize>,
        pinned: *mut u8,
        to_device: bool,
        direction: Direction,
    ) -> Result<()> {
        let ends = |device, host| ends(to_device, device, host);
        let run = |device: *mut c_void, len: usize, host: *mut u8| {
            let (dst, src) = ends(device, host.cast());
            // SAFETY: the caller's promise, for a part of the range.
            unsafe { enqueue(stream, dst, src, len, direction) }
        };
        let rows = |device: *mut c_void, pitch: usize, width: usize, height: usize, host: *mut u8| {
            if height <= 1 || width == pitch {
                return run(device, width * height, host);
            }
            let (dst, src) = ends(device, host.cast());
            let (dst_pitch, src_pitch) = if to_device { (pitch, width) } else { (width, pitch) };
            let rows = Copy2d { dst, dst_pitch, src, src_pitch, width_bytes: width, height, direction };
            // SAFETY: the caller's promise, for whole rows of the range.
            unsafe { enqueue_2d(stream, &rows) }
        };
        match *self {
            Self::Run { base } => run(base.wrapping_byte_add(range.start), range.len(), pinned),
            Self::Rows { base, width, pitch } => {
                let address = |at: usize| base.wrapping_byte_add(at / width * pitch + at % width);
                let host = |at: usize| pinned.wrapping_add(at - range.start);
                // The end of a row that was begun before, whole rows, the beginning of a row.
                let first = range.start.next_multiple_of(width).min(range.end);
                let last = (range.end / width * width).max(first);
                run(address(range.start), first - range.start, pinned)?;
                rows(address(first), pitch, width, (last - first) / width, host(first))?;
                run(address(last), range.end - last, host(last))
            }
            // SAFETY: the caller's promise.
            Self::Spans(spans) => unsafe { spans.enqueue(stream, range, pinned, to_device, direction) },
            Self::Tiles { base, tiling } => tiling.try_each(range, |tile| {
                let device = base.wrapping_byte_add(tile.row * tiling.row_bytes + tile.column);
                rows(device, tiling.row_bytes, tile.width, tile.rows, pinned.wrapping_add(tile.at))
            }),
        }
    }
}
