//! Safe ownership of CUDA device memory, streams, events and copies.

mod call;
mod device;
mod error;
mod event;
pub mod memory;
mod peer;
mod release;
mod settle;
mod stream;

pub use cuda_sys;
pub use device::{ComputeCapability, Device, MemoryInfo, Uuid};
pub use error::{CudaError, Error, ErrorKind, Refused, Result, Subject};
pub use event::{Event, EventOptions};
pub use memory::{
    CopyScope, DeviceMemory, DeviceSlice, DeviceSliceMut, Element, HostBuffer, InScope, ManagedMemory,
    MemoryKind, MemoryPool, Pending, PinnedFlags, PinnedMemory, PointerAttributes, Registered, Rows, Started,
};
pub use stream::{Stream, StreamOptions, StreamRef};
