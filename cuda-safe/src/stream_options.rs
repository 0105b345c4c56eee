//! How a stream is created: its priority, and whether the legacy stream orders it.

use crate::call::call;
use crate::device::Device;
use crate::error::Result;

/// How a stream is created.
///
/// ```
/// use cuda_safe::{Stream, StreamOptions};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let (_least, greatest) = device.stream_priorities()?;
/// let urgent = Stream::with_options(device, StreamOptions { priority: greatest, non_blocking: true })?;
/// assert_eq!(urgent.priority()?, greatest);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamOptions {
    /// Lower numbers go first; CUDA clamps to the range of [`Device::stream_priorities`]. 0 is the default.
    pub priority: i32,
    /// Not ordered with the legacy stream.
    pub non_blocking: bool,
}

impl Device {
    /// The lowest and the highest priority of streams, as numbers: `(0, -5)` means that -5 goes first.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaDeviceGetStreamPriorityRange")]
    pub fn stream_priorities(&self) -> Result<(i32, i32)> {
        let (mut least, mut greatest) = (0, 0);
        let _current = self.activate()?;
        // SAFETY: both pointers are to live integers.
        unsafe {
            call!(
                self.runtime(),
                self.subject(),
                cudaDeviceGetStreamPriorityRange(&raw mut least, &raw mut greatest)
            )
        }?;
        Ok((least, greatest))
    }
}
