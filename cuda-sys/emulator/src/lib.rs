//! A strict CUDA Runtime in host memory: programs that use CUDA run and are tested on machines without a GPU.
//!
//! [`runtime`] gives a [`cuda_sys::Runtime`] whose functions are the emulator's. Code above it cannot tell the difference,
//! except that mistakes which a GPU forgives now and then are errors here, every time.
//!
//! ```
//! use cuda_emulator::cuda_sys::cudart::{cudaError_t, cudaMemcpyKind};
//! use cuda_emulator::{Flavour, leaks, runtime};
//! use std::ptr;
//!
//! let cuda = runtime(Flavour::Cuda13);
//! let (mut device, host, mut back) = (ptr::null_mut(), [1_u8, 2, 3, 4], [0_u8; 4]);
//! // SAFETY: `device` is valid for one pointer.
//! unsafe { cuda.cudaMalloc(&mut device, 4) }?;
//! let down = cudaMemcpyKind::cudaMemcpyHostToDevice;
//! // SAFETY: `host` has four bytes.
//! unsafe { cuda.cudaMemcpy(device, host.as_ptr().cast(), 4, down) }?;
//! let up = cudaMemcpyKind::cudaMemcpyDeviceToHost;
//! // SAFETY: `back` has four bytes.
//! unsafe { cuda.cudaMemcpy(back.as_mut_ptr().cast(), device, 4, up) }?;
//! assert_eq!(back, host);
//!
//! // Five bytes are one too many.
//! // SAFETY: the call is refused before anything is touched.
//! let refused = unsafe { cuda.cudaMemset(device, 0, 5) }?;
//! assert_eq!(refused, cudaError_t::cudaErrorInvalidValue);
//! assert_eq!(leaks().len(), 1);
//! // SAFETY: nothing uses the memory any more.
//! unsafe { cuda.cudaFree(device) }?;
//! assert!(leaks().is_empty());
//! # Ok::<(), cuda_sys::MissingSymbol>(())
//! ```
//!
//! # What is strict
//!
//! - **Device memory belongs to the device.** The host cannot read or write a device pointer: the access faults. A stream or
//!   event handle cannot be followed either.
//! - **Asynchronous work is done later**, by a thread of the stream, in stream order and by the rules of the legacy, per-thread,
//!   blocking and non-blocking streams. Pinned memory is read and written at that later time. [`set_async_delay`] moves it
//!   further away. Which copies the host waits for is what CUDA documents, not more: `cudaMemset` and device-to-device
//!   `cudaMemcpy` return at once.
//! - **Both ends of a copy are checked**: the direction, and that each lies in one living allocation of the size that was
//!   asked for, not of the size that it was rounded to. Two contiguous sides that overlap are
//!   refused; of rows and planes with gaps between them the overlap is not looked for.
//! - **Memory of a pool** is copied to or from the host only while a device is current that has access to it, as the driver
//!   wants, whichever device the stream is of.
//! - **A free must fit**: the start of an allocation, once, with the function that belongs to its kind.
//! - **Memory that is gone stays gone.** What is used in stream order before its allocation or after its free fails the
//!   device with `cudaErrorIllegalAddress`; so does host memory that is unregistered under a pending copy. New memory holds
//!   `0xCD`, freed memory `0xDD` (of large blocks both ends), never zeros that happen to be right.
//! - **Addresses and handles come back at once** ([`Reuse::Immediate`]) or as late as possible.
//! - **A failed device stays failed** until `cudaDeviceReset`: every call that needs it gives its error.
//! - **CUDA calls in host functions, in the child of a fork and during the exit of the process** are refused with CUDA's codes.
//! - **What was never freed is listed** with its caller ([`leaks`], [`leak_report`]), and [`Fault`] makes chosen calls fail.
//!
//! # What is emulated
//!
//! Devices with attributes, properties, flags, peers and reset; device, pitched, pinned, registered, managed and
//! stream-ordered memory with pools; flat, 2D, 3D, peer and batched copies and fills, each with its asynchronous form;
//! streams, events, host functions and callbacks; prefetching and advice; pointer attributes, the driver's too; error names and last errors.
//! Both majors drive the same devices. A function that is not emulated is absent: a call gives
//! [`MissingSymbol`](cuda_sys::MissingSymbol).
//!
//! Not emulated: kernels, modules and everything to launch them; graphs and stream capture; arrays, textures and surfaces;
//! sharing with other processes and graphics; limits and caches. A pool can only hold device memory. Priorities
//! are kept but no stream overtakes another. `cudaHostRegister` does not pin anything. Figures of speed mean nothing.
//!
//! # Host memory
//!
//! A device has four times its memory in addresses, and as much host memory behind them, which is reserved and not used:
//! 32 GiB for two devices of 4 GiB. Only what is written to takes memory. A system that counts reservations
//! (`vm.overcommit_memory=2`, or a limit of `ulimit -v`) may refuse them. Every call then gives
//! `cudaErrorInitializationError`, and standard error says why. The way out is a smaller device:
//! `CUDA_EMULATOR_MEMORY=67108864`, or [`Config::memory_per_device`].
//!
//! # How to choose it
//!
//! - In Rust: [`runtime`], after an optional [`configure`]. A program that links this crate exports no CUDA symbol.
//! - For anything that loads `libcudart`: `cargo build -p cuda-emulator --features c-abi-12` (or `c-abi-13`) makes a shared
//!   library with the C functions under their names; copied to `libcudart.so.12` (or `.13`) it takes the place of the
//!   real one. The environment configures it: see [`Config`].

#[cfg(all(feature = "c-abi-12", feature = "c-abi-13"))]
compile_error!("`c-abi-12` and `c-abi-13` give one C name two meanings; choose one of them");

mod address_space;
mod allocation;
mod api;
mod arena;
mod attributes;
mod config;
mod copy;
mod device;
mod device_memory;
mod emulator;
mod error_names;
mod event;
pub mod fault;
mod fill;
mod handle;
mod host_memory;
mod leak;
mod lock;
mod memory;
mod outcome;
mod pool;
mod process;
mod runtime;
mod shape;
mod stream;
mod thread;

pub use config::{Config, ConfigureError, Reuse, configure, set_async_delay};
pub use cuda_sys;
pub use fault::Fault;
pub use leak::{Leak, LeakKind};
pub use runtime::{Flavour, runtime, runtime_without};

/// Everything that is allocated now and was not freed, in the order of addresses.
///
/// ```
/// use cuda_emulator::{Flavour, leak_report, leaks, runtime};
///
/// let (cuda, mut pointer) = (runtime(Flavour::Cuda12), std::ptr::null_mut());
/// // SAFETY: `pointer` is valid for one pointer.
/// unsafe { cuda.cudaMalloc(&mut pointer, 1000) }?;
/// let leak = &leaks()[0];
/// assert_eq!((leak.address, leak.size), (pointer.addr(), 1000));
/// println!("{leak}"); // 1000 bytes of Device memory at 0x..., device 0, by rust_out::main at ...
/// assert!(leak_report().starts_with("1 x Device memory, device 0"));
/// # Ok::<(), cuda_emulator::cuda_sys::MissingSymbol>(())
/// ```
pub fn leaks() -> Vec<Leak> {
    emulator::running().map(|emulator| lock::read(&emulator.memory).leaks()).unwrap_or_default()
}

/// The same as text: one line for each place that allocates, with the number and the bytes.
pub fn leak_report() -> String {
    leak::summary(&leaks())
}
