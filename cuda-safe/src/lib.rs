//! Safe ownership of CUDA device memory, streams, events and copies.

mod call;
mod device;
mod error;
mod event;
pub mod memory;
mod release;
mod stream;

pub use cuda_sys;
pub use device::{ComputeCapability, Device, MemoryInfo, Uuid};
pub use error::{CudaError, Error, ErrorKind, Result, Subject};
pub use event::{Event, EventOptions};
pub use memory::{
    DeviceMemory, DeviceSlice, DeviceSliceMut, Element, MemoryPool, PinnedFlags, PinnedMemory, Rows,
};
pub use stream::{Stream, StreamOptions, StreamRef};
