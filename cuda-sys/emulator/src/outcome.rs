//! What every part of the emulator answers: a value, or the CUDA code that the C function will return.

pub(crate) use cuda_sys::cudart::cudaError_t as Code;

/// A value, or the CUDA error code that the caller of the C function will see.
pub(crate) type Outcome<T = ()> = Result<T, Code>;
