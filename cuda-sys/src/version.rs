//! CUDA's version numbers.

use std::fmt;

/// A version as CUDA counts them: 12090 is 12.9.
///
/// ```
/// use cuda_sys::Version;
///
/// let version = Version::new(12, 9);
/// assert_eq!((version.raw(), version.major(), version.minor()), (12090, 12, 9));
/// assert_eq!(version.to_string(), "12.9");
/// assert!(version < Version::new(13, 0));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(i32);

impl Version {
    /// `major.minor`.
    pub const fn new(major: u16, minor: u8) -> Self {
        // 65535 * 1000 + 255 * 10 is far below i32's end, so neither cast nor sum can overflow.
        Self(major as i32 * 1000 + minor as i32 * 10)
    }

    /// The number that `cudaRuntimeGetVersion` and `cudaDriverGetVersion` write.
    pub const fn from_raw(raw: i32) -> Self {
        Self(raw)
    }

    /// The number as CUDA writes it.
    pub const fn raw(self) -> i32 {
        self.0
    }

    /// 12 in 12.9.
    pub const fn major(self) -> i32 {
        self.0 / 1000
    }

    /// 9 in 12.9.
    pub const fn minor(self) -> i32 {
        self.0 % 1000 / 10
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major(), self.minor())
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
