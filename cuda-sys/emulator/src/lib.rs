//! A strict CUDA Runtime in host memory.
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
pub fn leaks() -> Vec<Leak> {
    emulator::running().map(|emulator| lock::read(&emulator.memory).leaks()).unwrap_or_default()
}

/// The same as text: one line for each place that allocates, with the number and the bytes.
pub fn leak_report() -> String {
    leak::summary(&leaks())
}
