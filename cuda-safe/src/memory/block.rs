//! What every view of device memory is made of: where, how many elements, and in which stream's order.

use std::ffi::c_void;
use std::ops::{Bound, Range, RangeBounds};

use crate::device::Device;
use crate::error::{ErrorKind, Result};
use crate::memory::home::Home;
use crate::stream::StreamRef;

/// A run of elements in device memory. The address is null if there are no bytes.
#[derive(Clone, Copy)]
pub(crate) struct Block<'a> {
    pub(crate) device: Device,
    pub(crate) pointer: *mut c_void,
    pub(crate) len: usize,
    pub(crate) home: Option<&'a Home>,
}

impl Block<'_> {
    /// The size was checked when the view was made.
    pub(crate) fn bytes<T>(&self) -> usize {
        self.len * size_of::<T>()
    }

    pub(crate) fn part<T>(&self, range: impl RangeBounds<usize>) -> Result<Self> {
        let range = resolve(range, self.len)?;
        // In bounds by the check above; null stays null, for a block without bytes has no address to move from.
        let pointer = if self.bytes::<T>() == 0 {
            self.pointer
        } else {
            self.pointer.wrapping_byte_add(range.start * size_of::<T>())
        };
        let pointer = if range.len() * size_of::<T>() == 0 { std::ptr::null_mut() } else { pointer };
        Ok(Self { pointer, len: range.len(), ..*self })
    }

    pub(crate) fn ready_on(&self, stream: StreamRef<'_>) -> Result<()> {
        self.home.map_or(Ok(()), |home| home.invite(stream))
    }

    /// Runs blocking work on the stream in whose order the memory lives. Work on no bytes is not run: it would wait for
    /// nothing, and then the allocation would not be known to be past.
    pub(crate) fn wait_on_own_stream(
        &self,
        any_bytes: bool,
        work: impl FnOnce(StreamRef<'_>) -> Result<()>,
    ) -> Result<()> {
        if !any_bytes {
            return Ok(());
        }
        let Some(home) = self.home else { return work(StreamRef::legacy(self.device)) };
        work(home.stream().as_ref())?;
        home.settle();
        Ok(())
    }
}

/// The alignment of every address that CUDA allocates, and so the largest that an element may need.
pub(crate) const ALIGNMENT: usize = 256;

/// Bytes of `len` elements, at most `isize::MAX` as Rust's own allocations.
pub(crate) fn size_bytes<T>(len: usize) -> Result<usize> {
    const { assert!(align_of::<T>() <= ALIGNMENT, "an element is aligned to at most 256 bytes") };
    match len.checked_mul(size_of::<T>()) {
        Some(bytes) if isize::try_from(bytes).is_ok() => Ok(bytes),
        _ => Err(ErrorKind::SizeOverflow { len, element_bytes: size_of::<T>() }.into()),
    }
}

pub(crate) fn same_len(operation: &'static str, source_len: usize, destination_len: usize) -> Result<()> {
    if source_len == destination_len {
        return Ok(());
    }
    Err(ErrorKind::LengthMismatch { operation, source_len, destination_len }.into())
}

/// The range with its ends filled in, inside `len` elements.
pub(crate) fn resolve(range: impl RangeBounds<usize>, len: usize) -> Result<Range<usize>> {
    let start = match range.start_bound() {
        Bound::Included(&start) => start,
        Bound::Excluded(&before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(&last) => last.saturating_add(1),
        Bound::Excluded(&end) => end,
        Bound::Unbounded => len,
    };
    if start <= end && end <= len {
        Ok(start..end)
    } else {
        Err(ErrorKind::RangeOutOfBounds { start, end, len }.into())
    }
}
