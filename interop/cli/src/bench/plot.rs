//! The plot: bandwidth against size, one line a method, the limit dashed; one panel a direction.

use std::fmt::Write;

use super::case::{Direction, Memory, Method};
use super::report::{Report, Row, size};

const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 64.0;
const GAP: f64 = 80.0;

/// What is drawn: the class of its style, and what the legend says.
const LINES: [(Memory, Method, &str, &str); 6] = [
    (Memory::Pinned, Method::Plain, "limit", "pinned memory: the limit"),
    (Memory::Pageable, Method::Engine, "engine", "pageable, this project"),
    (Memory::Pageable, Method::Plain, "plain", "pageable, plain cudaMemcpy"),
    (Memory::Strided, Method::Engine, "strided", "padded rows, this project"),
    (Memory::Fresh, Method::Engine, "fresh", "into new memory, this project"),
    (Memory::Fresh, Method::Plain, "fresh-plain", "into new memory, plain cudaMemcpy"),
];

const STYLE: &str = "\
text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-size:15px;font-weight:600}.note{fill:#59636e}
.grid{stroke:#d1d9e0;stroke-width:1}polyline{fill:none;stroke-width:2.5;stroke-linejoin:round}
.limit{stroke:#59636e;stroke-dasharray:6 5}.engine{stroke:#0969da}.plain{stroke:#cf222e}.strided{stroke:#1a7f37}
.fresh{stroke:#8250df}.fresh-plain{stroke:#bc4c00}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.note{fill:#9198a1}.grid{stroke:#3d444d}.limit{stroke:#9198a1}
.engine{stroke:#4493f8}.plain{stroke:#f85149}.strided{stroke:#3fb950}.fresh{stroke:#ab7df8}.fresh-plain{stroke:#f0883e}}";

pub(super) fn svg(report: &Report) -> String {
    let most = report.rows.iter().map(|row| row.median).fold(1.0, f64::max);
    let step =
        [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0].into_iter().find(|step| most / step <= 7.0).unwrap_or(100.0);
    let top = (most / step).ceil() * step;
    let (width, height) = (LEFT + 2.0 * WIDTH + GAP + 24.0, TOP + HEIGHT + 118.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>Bandwidth \
         against size of copies between host and device</title>\n<style>{STYLE}</style>\n<text class=\"title\" \
         x=\"{LEFT}\" y=\"24\">GB/s against the size of the copy</text>\n<text class=\"note\" x=\"{LEFT}\" y=\"44\">{}</text>\n",
        escaped(&report.title())
    );
    for (index, direction) in Direction::BOTH.into_iter().enumerate() {
        let left = LEFT + index as f64 * (WIDTH + GAP);
        panel(&mut svg, report, direction, left, top, step);
    }
    for (index, (_, _, class, name)) in LINES.iter().enumerate() {
        let (x, y) = (LEFT + (index % 3) as f64 * 330.0, TOP + HEIGHT + 64.0 + (index / 3) as f64 * 24.0);
        line(&mut svg, class, &format!("{x},{y} {},{y}", x + 32.0));
        text(&mut svg, x + 40.0, y + 4.0, "start", name);
    }
    svg + "</svg>\n"
}

fn panel(svg: &mut String, report: &Report, direction: Direction, left: f64, top: f64, step: f64) {
    let rows: Vec<&Row> = report.rows.iter().filter(|row| row.case.direction == direction).collect();
    let sizes = || rows.iter().map(|row| f64::from(row.case.bytes.ilog2()));
    let (first, last) = (sizes().fold(f64::MAX, f64::min), sizes().fold(0.0, f64::max));
    let x = |bytes: usize| left + WIDTH * (f64::from(bytes.ilog2()) - first) / (last - first).max(1.0);
    let y = |rate: f64| TOP + HEIGHT * (1.0 - rate / top);
    text(svg, left + WIDTH / 2.0, TOP + HEIGHT + 42.0, "middle", direction.name());
    let marks = (top / step).round() as usize;
    for mark in 0..=marks {
        let rate = mark as f64 * step;
        line(svg, "grid", &format!("{left},{0} {1},{0}", y(rate), left + WIDTH));
        text(svg, left - 8.0, y(rate) + 4.0, "end", &format!("{rate}"));
    }
    for power in (first as u32..=last as u32).step_by(4) {
        text(svg, x(1 << power), TOP + HEIGHT + 20.0, "middle", &size(1 << power));
    }
    for (memory, method, class, _) in LINES {
        let points: Vec<String> = rows
            .iter()
            .filter(|row| row.case.memory == memory && row.case.method == method)
            .map(|row| format!("{:.1},{:.1}", x(row.case.bytes), y(row.median)))
            .collect();
        if !points.is_empty() {
            line(svg, class, &points.join(" "));
        }
    }
}

fn line(svg: &mut String, class: &str, points: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(svg, "<polyline class=\"{class}\" points=\"{points}\"/>");
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, content: &str) {
    let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>", escaped(content));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
