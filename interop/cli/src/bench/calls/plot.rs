//! The plot: a bar for each call and side, on a logarithmic axis.

use super::report::Report;
use crate::bench::svg::{Anchor, GRID, Picture, TEXT};
use crate::table::size;

const WIDTH: f64 = 980.0;
const LEFT: f64 = 330.0;
const RIGHT: f64 = 880.0;
const TOP: f64 = 90.0;
const BAR: f64 = 14.0;
/// From one bar to the next, and from one group to the next.
const STEP: f64 = 19.0;
const GAP: f64 = 10.0;

/// The bars of one call or allocation.
struct Group {
    name: String,
    bars: Vec<(String, f64)>,
}

pub(super) fn svg(report: &Report) -> String {
    let mut groups: Vec<Group> = report
        .calls
        .iter()
        .map(|call| Group {
            name: call.name.clone(),
            bars: vec![("C".to_owned(), call.c.median), ("cuda-interop".to_owned(), call.ours.median)],
        })
        .collect();
    for row in &report.allocations {
        let name = format!("{}, {}", row.kind.name(), size(row.bytes));
        let bar = (row.method.clone(), row.nanoseconds.median);
        match groups.last_mut().filter(|group| group.name == name) {
            Some(group) => group.bars.push(bar),
            None => groups.push(Group { name, bars: vec![bar] }),
        }
    }
    let figures = || groups.iter().flat_map(|group| &group.bars).map(|bar| bar.1.max(1.0).log10());
    let (first, last) = (figures().fold(f64::MAX, f64::min).floor(), figures().fold(1.0, f64::max).ceil());
    let x_of = |ns: f64| LEFT + (RIGHT - LEFT) * (ns.max(1.0).log10() - first) / (last - first).max(1.0);
    let bars: usize = groups.iter().map(|group| group.bars.len()).sum();
    let bottom = TOP + bars as f64 * STEP + groups.len() as f64 * GAP;

    let title = "What a call costs, and what it costs to allocate and free";
    let mut picture = Picture::new(WIDTH, bottom + 62.0, title, &report.environment.title());
    for power in first as i32..=last as i32 {
        let x = x_of(10f64.powi(power));
        picture.line(&[(x, TOP - 8.0), (x, bottom)], GRID, 1.0, "opacity=\"0.3\"");
        picture.text(x, bottom + 20.0, Anchor::Middle, TEXT, 13.0, false, &duration(10f64.powi(power)));
    }
    let middle = (LEFT + RIGHT) / 2.0;
    picture.text(middle, bottom + 42.0, Anchor::Middle, TEXT, 12.0, false, "time of one, logarithmic");
    let mut y = TOP;
    for group in &groups {
        picture.text(16.0, y + BAR - 2.0, Anchor::Start, TEXT, 13.0, true, &group.name);
        for (method, ns) in &group.bars {
            let colour = colour(method);
            picture.text(LEFT - 8.0, y + BAR - 2.0, Anchor::End, colour, 12.0, false, method);
            picture.rectangle(LEFT, y, (x_of(*ns) - LEFT).max(1.0), BAR, colour);
            picture.text(x_of(*ns) + 6.0, y + BAR - 2.0, Anchor::Start, colour, 12.0, false, &duration(*ns));
            y += STEP;
        }
        y += GAP;
    }
    picture.finish()
}

fn colour(method: &str) -> &'static str {
    match method {
        "C" => "#848d97",
        "cuda-interop" => "#2f81f7",
        "cuda-interop (py)" => "#7a9ff0",
        "PyTorch" => "#c9770b",
        "CuPy" => "#2da44e",
        "Numba" => "#a371f7",
        _ => "#1b9aaa",
    }
}

/// In the unit that suits it, with three digits at most.
fn duration(ns: f64) -> String {
    let (figure, unit) = match ns {
        ..999.5 => (ns, "ns"),
        ..999_500.0 => (ns / 1e3, "us"),
        ..999_500_000.0 => (ns / 1e6, "ms"),
        _ => (ns / 1e9, "s"),
    };
    match figure {
        ..9.995 if figure.fract() != 0.0 => format!("{figure:.2} {unit}"),
        _ => format!("{figure:.0} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_unit_that_suits_them() {
        let shown = [1.0, 186.7, 999.4, 1000.0, 2_559.0, 54_979.0, 1e6, 66_800_000.0, 1e9].map(duration);
        assert_eq!(shown, ["1 ns", "187 ns", "999 ns", "1 us", "2.56 us", "55 us", "1 ms", "67 ms", "1 s"]);
    }
}
