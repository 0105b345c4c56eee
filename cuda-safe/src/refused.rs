//! A failure that gives back what was passed by value.

use std::fmt;

use crate::error::Error;

/// A failure that gives back what was passed by value.
///
/// `?` turns it into the plain [`Error`] and drops the buffers.
///
/// ```
/// use cuda_safe::{DeviceMemory, Refused, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let memory = DeviceMemory::<u8>::new(device, 4)?;
/// let refused: Refused<_> = Stream::new(device)?.copy_to_device(vec![1u8; 5], memory).unwrap_err();
/// let (host, memory) = refused.buffers;
/// assert_eq!((host.len(), memory.len()), (5, 4));
/// # Ok(())
/// # }
/// ```
pub struct Refused<B> {
    /// What happened.
    pub error: Error,
    /// What was passed in.
    pub buffers: B,
}

impl<B> From<Refused<B>> for Error {
    fn from(refused: Refused<B>) -> Self {
        refused.error
    }
}

impl<B> fmt::Display for Refused<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl<B> fmt::Debug for Refused<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, f)
    }
}

impl<B> std::error::Error for Refused<B> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.error)
    }
}
