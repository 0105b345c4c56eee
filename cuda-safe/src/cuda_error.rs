//! An error code of CUDA, and what the call was about.

use std::fmt;

use cuda_sys::cudart::cudaError_t;

use crate::release;

/// An error code that a CUDA function returned.
///
/// ```
/// use cuda_safe::{CudaError, DeviceMemory, ErrorKind};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let error = DeviceMemory::<u8>::new(device, 1 << 50).unwrap_err();
/// let ErrorKind::Cuda(CudaError { call, code, subject, .. }) = error.kind() else { panic!("{error}") };
/// assert_eq!((*call, code.0, subject.bytes), ("cudaMalloc", 2, Some(1 << 50)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[error("{call}{subject}: {name} ({}): {description}{}", code.0, advice(*code))]
#[non_exhaustive]
pub struct CudaError {
    /// The C function.
    pub call: &'static str,
    /// What it returned.
    pub code: cudaError_t,
    /// The name of the code, from `cudaGetErrorName`.
    pub name: String,
    /// CUDA's description, from `cudaGetErrorString`.
    pub description: String,
    /// What the call was about.
    pub subject: Subject,
}

/// What a call was about; only what is known is printed.
///
/// ```
/// use cuda_safe::{DeviceMemory, ErrorKind, Subject};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let error = DeviceMemory::<u8>::new(device, 1 << 50).unwrap_err();
/// let ErrorKind::Cuda(cuda) = error.kind() else { panic!("{error}") };
/// let Subject { device, bytes, address, .. } = cuda.subject;
/// assert_eq!((device, bytes, address), (Some(0), Some(1 << 50), None));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subject {
    /// Ordinal of the device.
    pub device: Option<usize>,
    /// Size of the memory in bytes.
    pub bytes: Option<usize>,
    /// Address of the memory.
    pub address: Option<usize>,
}

impl Subject {
    /// Nothing in particular.
    pub(crate) const NONE: Self = Self { device: None, bytes: None, address: None };

    /// A device, by its ordinal.
    pub(crate) fn device(ordinal: usize) -> Self {
        Self { device: Some(ordinal), ..Self::NONE }
    }

    /// Adds a size.
    pub(crate) fn bytes(self, bytes: usize) -> Self {
        Self { bytes: Some(bytes), ..self }
    }

    /// Adds an address.
    pub(crate) fn address<T: ?Sized>(self, pointer: *const T) -> Self {
        Self { address: Some(pointer.addr()), ..self }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = [
            self.device.map(|ordinal| format!("device {ordinal}")),
            self.bytes.map(|bytes| format!("{bytes} bytes")),
            self.address.map(|address| format!("address {address:#x}")),
        ];
        let known: Vec<String> = known.into_iter().flatten().collect();
        if known.is_empty() { Ok(()) } else { write!(f, " ({})", known.join(", ")) }
    }
}

/// What the reader can do about it, where that is known.
fn advice(code: cudaError_t) -> &'static str {
    match code {
        cudaError_t::cudaErrorInsufficientDriver => "; update the NVIDIA driver, or use an older libcudart",
        cudaError_t::cudaErrorHostMemoryAlreadyRegistered => "; part of the range is registered elsewhere",
        code if release::is_sticky(code) => "; the error is sticky: only a new process can use CUDA again",
        _ => "",
    }
}
