//! The host's side of a transfer: bytes in packed order, wherever they lie.
//!
//! A [`Source`] fills a piece of the pinned ring from a range of the packed order, a [`Sink`] takes one back. Arrays of
//! any layout implement them by gathering and scattering, so packing is part of the copy that staging does anyway.

use std::ops::Range;

use crate::memory::staging::kernel::{Stores, copy};

/// Host bytes to be read, in packed order.
///
/// ```
/// use cuda_safe::memory::staging::{self, Place, Source, Stores, Transfer, copy_bytes};
/// use cuda_safe::{Device, DeviceMemory, Stream};
/// use std::ops::Range;
///
/// /// An image whose rows are apart from each other.
/// struct Rows(Vec<[u8; 1000]>);
///
/// // SAFETY: every byte of the range is written, each from its own place.
/// unsafe impl Source for Rows {
///     unsafe fn read(&self, range: Range<usize>, to: *mut u8, stores: Stores) {
///         let mut at = range.start;
///         while at < range.end {
///             let (row, column) = (at / 1000, at % 1000);
///             let some = (1000 - column).min(range.end - at);
///             // SAFETY: so many bytes are left of the row, and `to` has room for the range.
///             unsafe { copy_bytes(self.0[row][column..].as_ptr(), to.add(at - range.start), some, stores) };
///             at += some;
///         }
///     }
///     fn grain(&self) -> usize {
///         1000
///     }
/// }
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let (stream, image) = (Stream::new(device)?, Rows(vec![[7; 1000]; 600]));
/// let mut memory = DeviceMemory::<u8>::new(device, 600_000)?;
/// let transfer = Transfer::new(stream.as_ref(), Place::Run { base: memory.as_mut_ptr().cast() }, 600_000);
/// // SAFETY: both have as many bytes, and nobody else uses them until the call returns.
/// unsafe { staging::shared(device)?.upload(transfer, &image) }?;
/// assert_eq!(memory.to_vec()?, vec![7; 600_000]);
/// # Ok(())
/// # }
/// ```
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
/// ```
/// use cuda_safe::memory::staging::{self, Place, Sink, Stores, Transfer};
/// use cuda_safe::{Device, DeviceMemory, Stream};
/// use std::ops::Range;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// /// Adds all bytes up and keeps none.
/// struct Sum(AtomicU64);
///
/// // SAFETY: nothing is written.
/// unsafe impl Sink for Sum {
///     unsafe fn write(&self, range: Range<usize>, from: *const u8, _stores: Stores) {
///         // SAFETY: `from` has the bytes of the range.
///         let bytes = unsafe { std::slice::from_raw_parts(from, range.len()) };
///         self.0.fetch_add(bytes.iter().map(|&byte| u64::from(byte)).sum(), Ordering::Relaxed);
///     }
/// }
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let stream = Stream::new(device)?;
/// let memory = DeviceMemory::from_host(device, &vec![2u8; 1 << 20])?;
/// let place = Place::Run { base: memory.as_ptr().cast_mut().cast() };
/// let sum = Sum(AtomicU64::new(0));
/// // SAFETY: the memory has as many bytes, and nobody writes it until the call returns.
/// unsafe { staging::shared(device)?.download(Transfer::new(stream.as_ref(), place, 1 << 20), &sum) }?;
/// assert_eq!(sum.0.into_inner(), 2 << 20);
/// # Ok(())
/// # }
/// ```
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
///
/// ```
/// use cuda_safe::memory::staging::{HostBytes, Source};
///
/// let text = b"staged";
/// assert_eq!(HostBytes::new(text.as_ptr()).contiguous(), Some(text.as_ptr()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HostBytes(*const u8);

/// One run of host bytes to be written. Whoever asks for the transfer vouches for them.
///
/// ```
/// use cuda_safe::memory::staging::{HostBytesMut, Sink};
///
/// let mut room = [0u8; 6];
/// let sink = HostBytesMut::new(room.as_mut_ptr());
/// assert_eq!(sink.contiguous(), Some(room.as_mut_ptr()));
/// ```
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
