//! When the elements of an array may be used: which stream a consumer waits for.

use std::num::NonZeroUsize;

use super::error::ArrayInterfaceError;

/// A stream as the protocols write it: 1 is the legacy default stream, 2 the per-thread one, anything else a
/// `cudaStream_t`. Never 0, which the protocols forbid because it would mean either default.
///
/// ```
/// use interop::StreamHandle;
/// assert_eq!(StreamHandle::new(1), Some(StreamHandle::LEGACY));
/// assert_eq!(StreamHandle::new(0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamHandle(NonZeroUsize);

impl StreamHandle {
    /// The legacy default stream.
    pub const LEGACY: Self = Self(NonZeroUsize::new(1).unwrap());
    /// The per-thread default stream of the thread that uses it.
    pub const PER_THREAD: Self = Self(NonZeroUsize::new(2).unwrap());

    /// `None` for 0.
    pub fn new(handle: usize) -> Option<Self> {
        NonZeroUsize::new(handle).map(Self)
    }

    /// The number.
    pub fn get(self) -> usize {
        self.0.get()
    }
}

/// When the data may be read or written.
///
/// ```
/// use interop::Readiness;
/// assert_eq!(Readiness::from_stream(None, 3)?, Readiness::Ready);
/// assert_eq!(Readiness::from_stream(None, 2)?, Readiness::Unstated);
/// assert!(Readiness::from_stream(Some(0), 3).is_err());
/// # Ok::<(), interop::ArrayInterfaceError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Readiness {
    /// Now: version 3 without a stream, or CV-CUDA's `-1`, which says that the consumer's work is ordered already.
    Ready,
    /// After the work that is on this stream now.
    After(StreamHandle),
    /// Versions 0 to 2 have no stream, so the dictionary cannot say. PyTorch still writes such dictionaries while work
    /// is pending, so a careful consumer waits for the legacy default stream.
    Unstated,
}

impl Readiness {
    /// What the key `stream` of a dictionary of `version` means. A stream in an old dictionary is honoured.
    ///
    /// # Errors
    /// 0, and negative numbers other than -1.
    pub fn from_stream(stream: Option<i128>, version: i64) -> Result<Self, ArrayInterfaceError> {
        match stream {
            None if version < 3 => Ok(Self::Unstated),
            None | Some(-1) => Ok(Self::Ready),
            Some(number) => usize::try_from(number)
                .ok()
                .and_then(StreamHandle::new)
                .map(Self::After)
                .ok_or(ArrayInterfaceError::Stream { stream: number }),
        }
    }
}
