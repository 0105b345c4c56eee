//! What the user decides about page-locked memory.

use std::num::NonZeroUsize;
use std::sync::OnceLock;
use std::thread::available_parallelism;

/// More threads than this touch pages no faster.
const USEFUL_THREADS: usize = 12;

/// How page-locked memory is made, and how much of it is kept for the next owner. What the default leaves open is
/// measured in use.
///
/// ```
/// use cuda_safe::memory::pinned::{self, Settings};
///
/// assert_eq!(pinned::settings(), Settings::default());
/// assert_eq!(Settings::default().keep, 268_435_456);
/// pinned::configure(Settings { keep: 16 << 20, ..Settings::default() })?; // what is kept beyond that is freed now
/// # Ok::<(), cuda_safe::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Bytes that are kept without an owner, at most: 268 435 456 (256 MiB) unless set. With 0 nothing is kept.
    pub keep: usize,
    /// Blocks of as many bytes are ordinary pages that are registered, smaller ones come from `cudaHostAlloc`. Unless
    /// set: the first blocks of each size are made in both ways and timed, and large ones are registered.
    pub register_from: Option<usize>,
    /// Threads that touch the pages of a new block, the caller included. Unless set: one for each core of the process,
    /// at most 12, and fewer for small blocks.
    pub threads: Option<NonZeroUsize>,
}

impl Settings {
    /// What is in force unless somebody says otherwise.
    pub(super) const DEFAULT: Self = Self { keep: 256 << 20, register_from: None, threads: None };

    /// The most threads that may touch pages.
    pub(super) fn most_threads(&self) -> usize {
        static CORES: OnceLock<usize> = OnceLock::new();
        let cores = || *CORES.get_or_init(|| available_parallelism().map_or(1, usize::from));
        self.threads.map_or_else(|| cores().min(USEFUL_THREADS), usize::from)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::DEFAULT
    }
}
