//! Memory: who owns it, who may look, and how it is copied.
//!
//! | type | where | allocated by | host may look |
//! |---|---|---|---|
//! | [`DeviceMemory`] | device | `cudaMalloc`, or a [`MemoryPool`] | never |
//! | [`PinnedMemory`] | host, page-locked | a [pool](pinned), `cudaHostAlloc` or `cudaHostRegister` | always |
//! | [`Registered`] | host, page-locked in place | the program, then `cudaHostRegister` | always |
//! | [`ManagedMemory`] | migrates | `cudaMallocManaged` | only `unsafe`, while the device is idle |
//!
//! [`DeviceSlice`] and [`DeviceSliceMut`] borrow device memory. [`copy`] has the raw copies.

mod allocation;
mod attributes;
mod block;
pub mod copy;
mod device;
mod element;
mod home;
mod known;
mod managed;
mod pending;
pub mod pinned;
mod pool;
mod pool_handle;
mod range;
mod raw;
mod registered;
mod retired;
mod rows;
mod scope;
pub mod staging;
mod view;

pub use attributes::{MemoryKind, PointerAttributes};
pub use device::DeviceMemory;
pub use element::Element;
pub use managed::ManagedMemory;
pub use pending::{HostBuffer, Pending, Started};
pub use pinned::{PinnedFlags, PinnedMemory, PinnedOrigin};
pub use pool::MemoryPool;
pub use range::AllocationRange;
pub use raw::{Origin, RawDeviceMemory};
pub use registered::Registered;
pub use rows::Rows;
pub use scope::{CopyScope, InScope};
pub use view::{DeviceSlice, DeviceSliceMut};
