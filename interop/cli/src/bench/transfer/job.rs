//! What one process is told to measure.

use serde::{Deserialize, Serialize};

use super::case::{Case, Direction, Method};

/// All that a process measures.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Job {
    /// In this order.
    pub(super) cases: Vec<Case>,
    /// For each of these numbers of threads, copies of so many bytes of pageable memory.
    pub(super) threads: Vec<usize>,
    pub(super) threads_bytes: usize,
    /// Milliseconds for each method of a case; a copy that takes longer is made a few times anyway.
    pub(super) slice_ms: u64,
    /// The process keeps to so many cores.
    pub(super) cores: Option<usize>,
    /// Instead of cases: copies by several threads at once.
    pub(super) together: Option<Together>,
    /// Which of the processes it is: another one begins with another method.
    pub(super) number: usize,
}

/// Copies of pageable memory by several threads for a while.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Together {
    pub(super) direction: Direction,
    pub(super) bytes: usize,
    pub(super) threads: usize,
    pub(super) milliseconds: u64,
}

/// One figure of one process.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Measured {
    pub(super) case: Case,
    pub(super) method: Method,
    /// Threads that the engine was told to use.
    #[serde(default)]
    pub(super) threads: Option<usize>,
    /// Gigabytes (of 10^9 bytes) a second, the median of some copies.
    pub(super) gigabytes_per_second: f64,
    /// Microseconds until the call returned, the median.
    #[serde(default)]
    pub(super) returns_after_us: Option<f64>,
    /// Processor time of all threads, for 2^30 bytes.
    #[serde(default)]
    pub(super) cpu_seconds_per_gib: Option<f64>,
}
