//! Copies between pageable host memory and a device at the speed of page-locked memory.
//!
//! The runtime copies pageable memory on one thread, which is several times slower than the link. Here a few threads
//! copy it, in chunks, to and from small page-locked rings, and the device moves the chunks at the same time. Packing
//! and unpacking of strided arrays happens in the same pass.
//!
//! A source, a sink or a progress callback that forks must end the child there, by `_exit` or `exec`: the other threads of the
//! copy are not in the child, which would wait for them. One may exit the process, and that waits for those threads, for two
//! seconds at most.
//!
//! | file | noun |
//! |---|---|
//! | `transfer`, `upload`, `download` | one copy: what is asked for, and how it is done either way |
//! | `route`, `choice` | whether it is plain, done by its caller alone, or staged on several threads |
//! | `engine`, `machine`, `shared` | the engine of one device; what it consists of; the one that everybody uses |
//! | `settings`, `probe`, `team`, `tuning`, `cuts` | what the user wants, what the machine can, how many threads that takes, how a copy is cut |
//! | `alone` | uploads of some hundred KiB, by their caller through a ring |
//! | `pool`, `sleepers` | who works on what; who waits for work, and is woken first |
//! | `job`, `part`, `inside` | what is left to do; one thread's part in it; who has one |
//! | `small`, `slots` | tiny copies, on the caller's stream and thread; the page-locked memory for them |
//! | `report`, `shortage` | what is in force; what the engine had to do without |
//! | `lane` | one stream and its page-locked ring |
//! | `host`, `place`, `kernel`, `pages` | the host's side, the device's side, the copy loop, fresh pages |
//! | `spans`, `tiling` | device memory in many pieces; a packed order that suits sides with different axes fastest |

mod alone;
mod choice;
mod cuts;
mod download;
mod engine;
mod host;
mod inside;
mod job;
mod kernel;
mod lane;
mod machine;
mod pages;
mod part;
mod place;
mod pool;
mod probe;
mod report;
mod route;
mod settings;
mod shared;
mod shortage;
mod sleepers;
mod slots;
mod small;
mod spans;
mod team;
mod tiling;
mod transfer;
mod tuning;
mod upload;

pub use engine::Engine;
pub use host::{HostBytes, HostBytesMut, Sink, Source};
pub use kernel::{Rows, Stores, copy as copy_bytes, copy_rows};
pub use place::Place;
pub use report::Report;
pub use settings::{Settings, VARIABLE};
pub use shared::{configure, release, shared};
pub use spans::Spans;
pub use tiling::{Tile, Tiling};
pub use transfer::{Transfer, Until};
pub use tuning::{Tuning, Way};
