//! Device memory without its owner: what is needed to free it, for whoever takes over that duty.

use crate::device::Device;
use crate::stream::Stream;

/// How device memory was allocated, and so how it is freed.
///
/// ```
/// use cuda_safe::{DeviceMemory, MemoryPool, Stream, memory::Origin};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let (pool, stream) = (MemoryPool::new(device)?, Stream::new(device)?);
/// let raw = DeviceMemory::<u8>::from_pool(&pool, &stream, 64)?.into_raw();
/// let Origin::Pool { stream: home, users } = &raw.origin else { panic!("it is from a pool") };
/// assert_eq!((home.as_raw(), users.len()), (stream.as_raw(), 0));
/// // SAFETY: it was just given away, and nobody freed it.
/// drop(unsafe { DeviceMemory::from_raw(raw) });
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Origin {
    /// `cudaMalloc`, freed by `cudaFree`.
    Malloc,
    /// A pool, freed by `cudaFreeAsync` on `stream` after the work of `users`.
    Pool {
        /// The stream in whose order the memory lives.
        stream: Stream,
        /// Other streams that may still use it.
        users: Vec<Stream>,
    },
}

/// The parts of a [`DeviceMemory`](crate::DeviceMemory), for whoever takes over the duty of freeing it.
///
/// ```
/// use cuda_safe::{DeviceMemory, memory::Origin};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let raw = DeviceMemory::from_host(device, &[1u8, 2])?.into_raw();
/// assert!(matches!(raw.origin, Origin::Malloc));
/// println!("{:?}", raw.pointer);
/// // SAFETY: it was just given away, and nobody freed it.
/// let memory = unsafe { DeviceMemory::from_raw(raw) };
/// assert_eq!(memory.to_vec()?, [1, 2]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RawDeviceMemory<T> {
    /// The device.
    pub device: Device,
    /// The device address; null if there are no bytes.
    pub pointer: *mut T,
    /// Elements.
    pub len: usize,
    /// How it was allocated.
    pub origin: Origin,
}
