//! Copies between pageable host memory and a device at the speed of page-locked memory.
//!
//! The runtime copies pageable memory on one thread, which is several times slower than the link. Here a few threads
//! copy it, in chunks, to and from small page-locked rings, and the device moves the chunks at the same time.

mod engine;
mod host;
mod job;
mod kernel;
mod lane;
mod pages;
mod part;
mod place;
mod pool;
mod settings;
mod tuning;

pub use engine::{Engine, Transfer, Tuning, Until};
pub use host::{HostBytes, HostBytesMut, Sink, Source};
pub use kernel::Stores;
pub use place::Place;
pub use settings::{Settings, VARIABLE};
pub use tuning::Way;
