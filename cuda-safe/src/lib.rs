//! Safe ownership of CUDA device memory, streams, events and copies, over a CUDA runtime that is opened at run time.
//!
//! ```
//! use cuda_safe::{Device, DeviceMemory, PinnedMemory, Stream};
//!
//! # fn main() -> cuda_safe::Result<()> {
//! # let runtime = cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13);
//! # let device = Device::new(runtime, 0)?;
//! # if false {
//! let device = Device::first()?; // finds and opens libcudart 12 or 13
//! # }
//! let mut memory = DeviceMemory::<f32>::zeroed(device, 1024)?;
//! memory.slice_mut(..4)?.copy_from_host(&[1.0, 2.0, 3.0, 4.0])?; // blocking, and safe
//!
//! let stream = Stream::new(device)?;
//! let mut back = PinnedMemory::<f32>::zeroed(device, 1024)?;
//! stream.scope(|s| {
//!     s.copy_to_host(memory.view(), &mut back)?; // enqueued; both are borrowed until the scope ends
//!     Ok(())
//! })?;
//! assert_eq!(back[..5], [1.0, 2.0, 3.0, 4.0, 0.0]);
//! # Ok(())
//! # }
//! ```
//!
//! # The model
//!
//! - A [`Device`] is a value: a runtime, which is never closed, and an ordinal. Everything else knows its device, and each
//!   call leaves the thread's current device as it found it. See [`Device`] for which calls pay for that.
//! - [`Stream`], [`Event`], [`MemoryPool`], [`DeviceMemory`], [`PinnedMemory`], [`ManagedMemory`] and [`Registered`] each own
//!   one CUDA object and release it when dropped, with the call that matches how it was made; page-locked memory goes back
//!   to a [pool](memory::pinned). `close` (for `Registered`, `into_vec`) releases and reports failures, which Drop cannot.
//! - [`StreamRef`], [`DeviceSlice`] and [`DeviceSliceMut`] borrow.
//! - An [`Error`] names the C call, the code with CUDA's name and description, and what the call was about.
//!
//! # Stream order
//!
//! | operation | runs on | returns when |
//! |---|---|---|
//! | copies and fills of [`DeviceMemory`] and its views | the stream of the memory if it is of a pool, else the legacy stream of its device | done |
//! | [`Stream::scope`] | that stream | everything in it is done |
//! | [`Stream::copy_to_device`], [`Stream::copy_to_host`] | that stream | enqueued; [`Pending`] knows the end |
//! | [`memory::copy`]`::enqueue...` | the stream given | enqueued |
//! | [`memory::copy`]`::blocking...` | the stream given | done |
//! | [`DeviceMemory::from_pool`] and its Drop | the stream given | enqueued |
//! | any other allocation and Drop | no stream | done |
//!
//! Memory of a pool exists only in the order of its stream. Safe operations on other streams wait for its allocation by
//! themselves; `unsafe` ones use [`DeviceMemory::make_ready_on`] before and [`DeviceMemory::record_use`] after.
//!
//! # What is safe, and what is not
//!
//! Safe: everything that has ended when it returns, and asynchronous work that either owns its buffers ([`Pending`]) or is
//! waited for by the function that lent them ([`Stream::scope`]). None of it relies on a Drop being run: `mem::forget` leaks
//! and does no harm. If it cannot be known that the device is done with borrowed host memory, the process is aborted.
//!
//! Unsafe: enqueueing on raw pointers ([`memory::copy`]), because nothing then keeps the memory; taking over what others
//! own (`from_raw`, [`Stream::foreign`]), because nothing proves what they say; following the address of
//! [`ManagedMemory`], because nothing says when the devices are idle; and [`Device::disable_peer_access`], because work
//! that was enqueued may still need the access.
//!
//! # The end of a process, and worse
//!
//! In a forked child and while the process exits, calls are refused with an error and Drop leaks. After a sticky error
//! ([`Error::is_poisoned`], [`Device::is_poisoned`]) Drop does nothing, for the device has already lost everything.
//! The exit waits, for ten seconds at most, for copies of the [transfer engine](memory::staging), and for those of
//! [one call](memory::copy::on_legacy), that other threads are in the middle of (for two, if a callback of a copy asked for it):
//! CUDA's own exit handlers would take down what they use. Threads in other calls are yours to end first.
//!
//! # Features
//!
//! `half` makes `half::f16` and `half::bf16` elements, `num-complex` does so for `num_complex::Complex`. Neither is on by
//! default.

mod call;
mod cuda_error;
mod device;
mod error;
mod event;
mod keeper;
pub mod memory;
mod peer;
mod properties;
mod refused;
mod relaxed;
mod release;
mod settle;
mod stream;
mod stream_options;

pub use cuda_error::{CudaError, Subject};
pub use cuda_sys;
pub use device::Device;
pub use error::{Error, ErrorKind, Result};
pub use event::{Event, EventOptions};
pub use memory::{
    CopyScope, DeviceMemory, DeviceSlice, DeviceSliceMut, Element, HostBuffer, InScope, ManagedMemory,
    MemoryKind, MemoryPool, Pending, PinnedFlags, PinnedMemory, PointerAttributes, Registered, Rows, Started,
};
pub use properties::{ComputeCapability, MemoryInfo, Uuid};
pub use refused::Refused;
pub use stream::{Stream, StreamOptions, StreamRef};
