//! The result of `bench transfer`: one struct, shown as text and as JSON.

use serde::Serialize;

use super::case::{Case, Direction, Memory, Method};
use super::job::Measured;
use crate::bench::environment::Environment;
use crate::bench::peers::Peers;
use crate::bench::spread::Spread;

/// The result of `bench transfer`. Rates are gigabytes (of 10^9 bytes) a second.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) environment: Environment,
    pub(super) quick: bool,
    /// How long measuring took.
    pub(super) seconds: f64,
    /// Processes, each of which measured every case.
    pub(super) processes: usize,
    pub(super) peers: Option<Peers>,
    pub(super) goals: Vec<Goal>,
    pub(super) rows: Vec<Row>,
    /// Pageable memory, by how many threads the engine was told to use.
    pub(super) threads: Vec<ThreadsRow>,
    /// Several that copy at once.
    pub(super) together: Vec<TogetherRow>,
    /// The same as in `rows`, by processes that keep to two cores.
    pub(super) two_cores: Vec<Row>,
    pub(super) engine: Option<Held>,
}

/// One figure to reach.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Goal {
    pub(super) work: String,
    /// What the figure is, with its unit.
    pub(super) figure: String,
    pub(super) at_least: Option<f64>,
    pub(super) at_most: Option<f64>,
    /// None if it was not measured in this run.
    pub(super) reached: Option<f64>,
    /// None if it was not measured, or on the emulator, which says nothing about a GPU.
    pub(super) met: Option<bool>,
    /// Which case it is that decides, where there are several.
    pub(super) note: Option<String>,
}

/// One case and method, over all processes.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Row {
    #[serde(flatten)]
    pub(super) case: Case,
    pub(super) method: Method,
    #[serde(flatten)]
    pub(super) rate: Spread,
    /// Microseconds until the call returns, median over the processes; the bandwidth is until the bytes are there.
    pub(super) returns_after_us: Option<f64>,
    /// Median over the processes.
    pub(super) cpu_seconds_per_gib: Option<f64>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct ThreadsRow {
    pub(super) direction: Direction,
    pub(super) bytes: usize,
    pub(super) threads: usize,
    #[serde(flatten)]
    pub(super) rate: Spread,
    pub(super) cpu_seconds_per_gib: Option<f64>,
}

/// What several reach in all, and one alone in the same run.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct TogetherRow {
    pub(super) direction: Direction,
    pub(super) bytes: usize,
    pub(super) alone: f64,
    pub(super) two_threads: f64,
    pub(super) two_processes: f64,
}

/// What the engine holds and takes after all copies, the most of all processes; and what it was set to in the last one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Held {
    pub(super) pinned_bytes: usize,
    pub(super) idle_threads_cpu_seconds_per_second: Option<f64>,
    /// Of the whole process, CUDA's own threads among them.
    pub(super) idle_cpu_seconds_per_second: Option<f64>,
    pub(super) in_force: String,
}

impl Report {
    /// The median of a case and method.
    pub(super) fn rate(&self, case: Case, method: Method) -> Option<f64> {
        let row = self.rows.iter().find(|row| row.case == case && row.method == method)?;
        Some(row.rate.median)
    }

    /// The limit for copies of as many bytes.
    pub(super) fn limit(&self, case: Case) -> Option<f64> {
        self.rate(Case { memory: Memory::Pinned, ..case }, Method::Plain)
    }
}

/// Joins what the processes measured: cases in this order, methods in theirs.
pub(super) fn rows(measured: &[Measured], order: &[Case]) -> Vec<Row> {
    let row = |case: Case, method: Method| {
        let of =
            || measured.iter().filter(move |m| m.case == case && m.method == method && m.threads.is_none());
        let rate = Spread::of(of().map(|m| m.gigabytes_per_second))?;
        let median = |figure: fn(&Measured) -> Option<f64>| {
            Spread::of(of().filter_map(figure)).map(|spread| spread.median)
        };
        let (returns_after_us, cpu_seconds_per_gib) =
            (median(|m| m.returns_after_us), median(|m| m.cpu_seconds_per_gib));
        Some(Row { case, method, rate, returns_after_us, cpu_seconds_per_gib })
    };
    order
        .iter()
        .flat_map(|&case| Method::ALL.into_iter().filter_map(move |method| row(case, method)))
        .collect()
}

/// The curve over threads.
pub(super) fn threads(measured: &[Measured], counts: &[usize]) -> Vec<ThreadsRow> {
    let row = |direction: Direction, threads: usize| {
        let of =
            || measured.iter().filter(move |m| m.threads == Some(threads) && m.case.direction == direction);
        let rate = Spread::of(of().map(|m| m.gigabytes_per_second))?;
        let cpu = Spread::of(of().filter_map(|m| m.cpu_seconds_per_gib));
        let bytes = of().next()?.case.bytes;
        Some(ThreadsRow { direction, bytes, threads, rate, cpu_seconds_per_gib: cpu.map(|cpu| cpu.median) })
    };
    let counts = |direction| counts.iter().filter_map(move |&threads| row(direction, threads));
    Direction::BOTH.into_iter().flat_map(counts).collect()
}
