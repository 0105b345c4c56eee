//! The CUDA Runtime API for Rust, without CUDA at build time.
//!
//! libcudart is opened when the program runs, so a program builds on a machine without toolkit, driver or GPU, starts on
//! one, and drives CUDA 12 or CUDA 13, whichever it finds. The price is one test and one indirect call a function.
//!
//! ```
//! use cuda_sys::{Runtime, cudart::cudaError};
//!
//! let runtime = match Runtime::load() {
//!     Ok(runtime) => runtime,
//!     Err(error) => return println!("{error}"), // lists every place that was tried, and why it would not do
//! };
//! let mut count = 0;
//! // SAFETY: the argument is a writable int.
//! match unsafe { runtime.cudaGetDeviceCount(&mut count) } {
//!     Ok(cudaError::cudaSuccess) => println!("{runtime}: {count} devices"),
//!     Ok(error) => println!("{runtime}: {error:?}"),
//!     Err(missing) => println!("{missing}"),
//! }
//! ```
//!
//! # How versions work
//!
//! [`cudart`] holds the declarations, written by bindgen from the headers of CUDA 12.9 and the newest CUDA 13 and compared
//! item by item:
//!
//! | module | holds |
//! |---|---|
//! | [`cudart`] | what both majors declare alike: most functions, their types and constants |
//! | [`cudart::v12`], [`cudart::v13`] | what one major lacks or declares otherwise |
//! | [`cudart::compat`] | one signature over both, for the functions among those that programs need most |
//!
//! The loaded library decides by its version which of the two tables is filled. A symbol that an older release lacks is
//! [`MissingSymbol`] when it is called, with the version that introduced it; it is never a panic, and the rest works.
//!
//! C enumerations are open: `cudaError_t` is a number with named constants, so a code that a newer library invents is a
//! value like any other.
//!
//! # Where the library is looked for
//!
//! [`search`] has the order and the reasons. `CUDA_SYS_CUDART=/path/to/libcudart.so.12` overrides it.

pub mod cudart;
mod environment;
mod error;
mod library;
pub mod search;
mod version;

pub use cudart::Runtime;
pub use error::{Attempt, LoadError, MissingSymbol, Outcome};
pub use version::Version;

/// The newest CUDA version that the installed driver supports (`cuDriverGetVersion`); `None` without a driver.
pub fn driver_version() -> Option<Version> {
    cudart::driver_version()
}
