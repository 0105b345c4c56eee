//! The plots: bandwidth against size, one line a method, the limit dashed; and the curve over threads.

use super::case::{Case, Direction, Memory, Method};
use super::report::{Report, ThreadsRow};
use crate::bench::svg::{Panel, Picture, Series};
use crate::table::size;

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 280.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 118.0;
/// From the left edge of a panel to that of the next one.
const ACROSS: f64 = 610.0;
/// The same downwards.
const DOWN: f64 = HEIGHT + 112.0;

const LIMIT: &str = "#848d97";

fn colour(method: Method) -> &'static str {
    match method {
        Method::Ours => "#2f81f7",
        Method::Python => "#7a9ff0",
        Method::Plain | Method::Each | Method::Batch => "#e5534b",
        Method::PyTorch => "#c9770b",
        Method::CuPy => "#2da44e",
        Method::Numba => "#a371f7",
        Method::CudaBindings => "#1b9aaa",
    }
}

/// Pageable memory, which is most of all that is copied.
pub(super) fn pageable(report: &Report) -> String {
    let title = "Copies of ordinary (pageable) memory: bandwidth against size";
    panels(report, title, &[Memory::Pageable])
}

/// New memory and strided arrays.
pub(super) fn memory(report: &Report) -> String {
    let title = "Copies of new memory and of strided arrays: bandwidth against size";
    panels(report, title, &[Memory::Fresh, Memory::Rows, Memory::Transposed])
}

fn panels(report: &Report, title: &str, rows: &[Memory]) -> String {
    let height = TOP + DOWN * rows.len() as f64 - 52.0;
    let mut picture = Picture::new(2.0 * ACROSS, height, title, &report.environment.title());
    for (row, &memory) in rows.iter().enumerate() {
        for (column, direction) in Direction::BOTH.into_iter().enumerate() {
            let (left, top) = (LEFT + column as f64 * ACROSS, TOP + row as f64 * DOWN);
            picture.panel(left, top, WIDTH, HEIGHT, &panel(report, direction, memory));
        }
    }
    picture.finish()
}

fn panel(report: &Report, direction: Direction, memory: Memory) -> Panel {
    let here = |memory: Memory, method: Method| {
        let rows = report.rows.iter().filter(move |row| {
            row.case.direction == direction && row.case.memory == memory && row.method == method
        });
        rows.map(|row| ((row.case.bytes as f64).log2(), row.rate.median)).collect::<Vec<_>>()
    };
    let mut series: Vec<Series> = Method::ALL
        .into_iter()
        .map(|method| {
            named(method.name(), colour(method), false, method == Method::Ours, here(memory, method))
        })
        .filter(|series| !series.points.is_empty())
        .collect();
    let sizes: Vec<f64> = series.iter().flat_map(|series| &series.points).map(|point| point.0).collect();
    let limit = here(Memory::Pinned, Method::Plain);
    let within = limit.into_iter().filter(|point| sizes.contains(&point.0)).collect();
    series.push(named("pinned limit", LIMIT, true, false, within));
    Panel {
        title: format!("{}, {}", direction.name(), memory.name(direction)),
        marks: (12..=30).step_by(4).map(|power| (f64::from(power), size(1 << power))).collect(),
        x_title: "bytes of one copy, logarithmic".to_owned(),
        y_title: "GB/s".to_owned(),
        series,
    }
}

/// How fast the engine is with so many threads, and what it takes; nothing if that was not measured.
pub(super) fn threads(report: &Report) -> Option<String> {
    let ThreadsRow { bytes, .. } = report.threads.first()?;
    let of = |direction: Direction, figure: fn(&ThreadsRow) -> Option<f64>| {
        let rows = report.threads.iter().filter(move |row| row.direction == direction);
        rows.filter_map(|row| Some((row.threads as f64, figure(row)?))).collect::<Vec<_>>()
    };
    let lines = |figure: fn(&ThreadsRow) -> Option<f64>| {
        let colours = [(Direction::ToDevice, "#2f81f7"), (Direction::ToHost, "#c9770b")];
        colours.map(|(direction, colour)| named(direction.name(), colour, false, true, of(direction, figure)))
    };
    let marks = [1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 24.0, 32.0, 48.0, 64.0];
    let marks: Vec<(f64, String)> = marks.iter().map(|&count| (count, format!("{count}"))).collect();
    let panel = |title: &str, unit: &str, series| Panel {
        title: title.to_owned(),
        marks: marks.clone(),
        x_title: "threads that the engine was told to use".to_owned(),
        y_title: unit.to_owned(),
        series,
    };
    let mut rates = lines(|row| Some(row.rate.median)).into_iter().collect::<Vec<_>>();
    let case = Case { direction: Direction::ToDevice, memory: Memory::Pinned, bytes: *bytes };
    if let Some(limit) = report.limit(case) {
        let across = rates[0].points.iter().map(|point| (point.0, limit)).collect();
        rates.push(named("pinned limit", LIMIT, true, false, across));
    }
    let times = lines(|row| row.cpu_seconds_per_gib).into_iter().collect();
    let title = format!("Copies of pageable memory by several threads, {}", size(*bytes));
    let mut picture = Picture::new(2.0 * ACROSS, TOP + DOWN - 52.0, &title, &report.environment.title());
    picture.panel(LEFT, TOP, WIDTH, HEIGHT, &panel("bandwidth", "GB/s", rates));
    let right = panel("processor time", "seconds of one core for a GiB", times);
    picture.panel(LEFT + ACROSS, TOP, WIDTH, HEIGHT, &right);
    Some(picture.finish())
}

/// A line whose name ends in its last figure.
fn named(name: &str, colour: &'static str, dashed: bool, bold: bool, points: Vec<(f64, f64)>) -> Series {
    let figure = points.last().map_or(0.0, |point| point.1);
    let figure = if figure < 9.995 { format!("{figure:.2}") } else { format!("{figure:.1}") };
    Series { name: format!("{name} {figure}"), colour, dashed, bold, points }
}
