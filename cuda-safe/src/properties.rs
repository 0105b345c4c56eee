//! What a device says about itself.

use std::fmt;

/// The memory of a device, in bytes.
///
/// ```
/// use cuda_safe::MemoryInfo;
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let MemoryInfo { free, total } = device.memory_info()?;
/// assert!(free <= total);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryInfo {
    /// Free for this process, as the driver counts.
    pub free: usize,
    /// All of it.
    pub total: usize,
}

/// The compute capability of a device; 9.0 is Hopper.
///
/// ```
/// use cuda_safe::ComputeCapability;
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let hopper = ComputeCapability { major: 9, minor: 0 };
/// println!("{}: {}", device.compute_capability()?, device.compute_capability()? >= hopper);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComputeCapability {
    /// The generation.
    pub major: i32,
    /// The variant.
    pub minor: i32,
}

/// The identity of a device across processes and across `CUDA_VISIBLE_DEVICES`.
///
/// ```
/// use cuda_safe::Uuid;
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let uuid: Uuid = device.uuid()?;
/// assert_eq!(uuid.to_string().len(), 36);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(pub [u8; 16]);

impl fmt::Display for ComputeCapability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let dash = if matches!(index, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{dash}{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uuid({self})")
    }
}
