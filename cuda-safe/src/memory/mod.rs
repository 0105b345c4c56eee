//! Memory: who owns it, who may look, and how it is copied.
//!
//! | type | where | allocated by | host may look |
//! |---|---|---|---|
//! | [`DeviceMemory`] | device | `cudaMalloc`, or a [`MemoryPool`] | never |
//! | [`PinnedMemory`] | host, page-locked | `cudaHostAlloc` | always |
//! | [`Registered`] | host, page-locked in place | the program, then `cudaHostRegister` | always |
//! | [`ManagedMemory`] | migrates | `cudaMallocManaged` | only `unsafe`, while the device is idle |
//!
//! [`DeviceSlice`] and [`DeviceSliceMut`] borrow device memory. [`copy`] has the raw copies.

mod block;
pub mod copy;
mod device;
mod element;
mod home;
mod pinned;
mod pool;
mod rows;
mod view;

pub use device::{DeviceMemory, Origin, RawDeviceMemory};
pub use element::Element;
pub use pinned::{PinnedFlags, PinnedMemory};
pub use pool::MemoryPool;
pub use rows::Rows;
pub use view::{DeviceSlice, DeviceSliceMut};
