//! The host's side of a transfer: bytes in packed order, wherever they lie.
//!
//! A [`Source`] fills a piece of the pinned ring from a range of the packed order, a [`Sink`] takes one back. Arrays of
//! any layout implement them by gathering and scattering, so packing is part of the copy that staging does anyway.

use std::ops::Range;

use crate::memory::staging::kernel::{Stores, copy};

/// Host bytes to be read, in packed order.
///
/// # Safety
/// [`read`](Self::read) writes every byte of its destination and none beyond it.
pub unsafe trait Source: Sync {
    /// Writes the bytes `range` of the packed order to `to`. Called from several threads, for ranges that differ.
    ///
    /// # Safety
    /// `range` lies inside the transfer, whose bytes exist; `to` is writable for its length and not part of the source.
    unsafe fn read(&self, range: Range<usize>, to: *mut u8, stores: Stores);

    /// Ranges that begin at multiples of this many bytes are read best: rows of a strided array, say.
    fn grain(&self) -> usize {
        1
    }

    /// Where the packed bytes are, if they lie in one run, so that a plain call can copy them as well.
    fn contiguous(&self) -> Option<*const u8> {
        None
    }
}

/// Host bytes to be written, in packed order.
///
/// # Safety
/// [`write`](Self::write) writes only bytes that belong to the range.
pub unsafe trait Sink: Sync {
    /// Takes the bytes `range` of the packed order from `from`. Called from several threads, for ranges that differ.
    ///
    /// # Safety
    /// `range` lies inside the transfer, whose bytes exist; `from` is readable for its length and not part of the sink.
    unsafe fn write(&self, range: Range<usize>, from: *const u8, stores: Stores);

    /// As [`Source::grain`].
    fn grain(&self) -> usize {
        1
    }

    /// As [`Source::contiguous`].
    fn contiguous(&self) -> Option<*mut u8> {
        None
    }
}

/// One run of host bytes to be read. Whoever asks for the transfer vouches for them.
#[derive(Clone, Copy, Debug)]
pub struct HostBytes(*const u8);

/// One run of host bytes to be written. Whoever asks for the transfer vouches for them.
#[derive(Clone, Copy, Debug)]
pub struct HostBytesMut(*mut u8);

impl HostBytes {
    /// The bytes from `base` on.
    pub fn new(base: *const u8) -> Self {
        Self(base)
    }
}

impl HostBytesMut {
    /// The bytes from `base` on.
    pub fn new(base: *mut u8) -> Self {
        Self(base)
    }
}

// SAFETY: an address; following it is `unsafe`.
unsafe impl Sync for HostBytes {}
// SAFETY: as above.
unsafe impl Sync for HostBytesMut {}

// SAFETY: the copy writes exactly the length of the range.
unsafe impl Source for HostBytes {
    unsafe fn read(&self, range: Range<usize>, to: *mut u8, stores: Stores) {
        // SAFETY: the caller's promise.
        unsafe { copy(self.0.wrapping_add(range.start), to, range.len(), stores) };
    }

    fn contiguous(&self) -> Option<*const u8> {
        Some(self.0)
    }
}

// SAFETY: the copy writes exactly the range.
unsafe impl Sink for HostBytesMut {
    unsafe fn write(&self, range: Range<usize>, from: *const u8, stores: Stores) {
        // SAFETY: the caller's promise.
        unsafe { copy(from, self.0.wrapping_add(range.start), range.len(), stores) };
    }

    fn contiguous(&self) -> Option<*mut u8> {
        Some(self.0)
    }
}
