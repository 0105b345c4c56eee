//! What came out, as text and as JSON.

use serde::Serialize;

use super::case::{Case, Direction, Method};
use super::measure::Measured;
use crate::table::{Align, aligned};

/// The result of `bench transfer`.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// The device's name.
    pub(super) device: String,
    /// The runtime's version.
    pub(super) runtime: String,
    /// Whether it is the emulator: the figures then say nothing about a GPU.
    pub(super) emulated: bool,
    /// Cores that this process may use.
    pub(super) cores: usize,
    /// Processes, each of which measured every case.
    pub(super) processes: usize,
    pub(super) rows: Vec<Row>,
}

/// Gigabytes (of 10^9 bytes) a second of one case, over all processes.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Row {
    #[serde(flatten)]
    pub(super) case: Case,
    pub(super) median: f64,
    pub(super) min: f64,
    pub(super) max: f64,
}

/// Joins what the processes measured, in the order of the first.
pub(super) fn join(processes: &[Vec<Measured>], order: &[Case]) -> Vec<Row> {
    let row = |&case: &Case| {
        let mut all: Vec<f64> = processes
            .iter()
            .flatten()
            .filter(|measured| measured.case == case)
            .map(|measured| measured.gigabytes_per_second)
            .collect();
        all.sort_by(f64::total_cmp);
        let (&min, &max) = (all.first()?, all.last()?);
        Some(Row { case, median: all[all.len() / 2], min, max })
    };
    order.iter().filter_map(row).collect()
}

impl Report {
    pub(super) fn title(&self) -> String {
        let emulated = if self.emulated { " (EMULATOR: no GPU was measured)" } else { "" };
        format!("{}, CUDA {}, {} cores{emulated}", self.device, self.runtime, self.cores)
    }

    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "{}\nGB/s (10^9 bytes a second): median of {} process(es), least and most\n",
            self.title(),
            self.processes
        );
        for direction in Direction::BOTH {
            let heading =
                ["size", "what", "median", "min", "max", "of pinned", "of plain"].map(str::to_owned);
            let rows = self.rows.iter().filter(|row| row.case.direction == direction);
            let lines: Vec<_> = std::iter::once(heading).chain(rows.map(|row| self.line(row))).collect();
            let (l, r) = (Align::Left, Align::Right);
            text += &format!("\n{}\n{}", direction.name(), aligned("  ", [r, l, r, r, r, r, r], &lines));
        }
        text
    }

    fn line(&self, row: &Row) -> [String; 7] {
        let against = |found: Option<&Row>| {
            found.map_or_else(String::new, |other| format!("{:.2}", row.median / other.median))
        };
        let same_size =
            |other: &&Row| other.case.direction == row.case.direction && other.case.bytes == row.case.bytes;
        let pinned =
            self.rows.iter().filter(same_size).find(|other| other.case.memory == super::case::Memory::Pinned);
        let plain = self.rows.iter().filter(same_size).find(|other| {
            other.case.memory == row.case.memory
                && other.case.method == Method::Plain
                && row.case != other.case
        });
        [
            size(row.case.bytes),
            row.case.name(),
            format!("{:.2}", row.median),
            format!("{:.2}", row.min),
            format!("{:.2}", row.max),
            against(pinned),
            against(plain),
        ]
    }
}

/// A power of two in bytes.
pub(super) fn size(bytes: usize) -> String {
    match bytes.ilog2() {
        30.. => format!("{} GiB", bytes >> 30),
        20.. => format!("{} MiB", bytes >> 20),
        10.. => format!("{} KiB", bytes >> 10),
        _ => format!("{bytes} B"),
    }
}
