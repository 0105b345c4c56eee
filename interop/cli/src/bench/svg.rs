//! Drawing: text, lines and panels with axes. Colours are of middle brightness and there is no background, so that a plot
//! reads on white and on black alike; each line bears its name at its end.

use std::fmt::Write;

/// The height of a line of text, and the least distance between two names.
const LINE: f64 = 17.0;

pub(super) const TEXT: &str = "#768390";
pub(super) const GRID: &str = "#8b949e";

/// A picture that is being drawn.
pub(super) struct Picture {
    body: String,
    width: f64,
    height: f64,
}

/// One line of a panel: its points, which are numbers of the axes.
pub(super) struct Series {
    pub(super) name: String,
    pub(super) colour: &'static str,
    pub(super) dashed: bool,
    /// The one to look at first.
    pub(super) bold: bool,
    pub(super) points: Vec<(f64, f64)>,
}

/// Axes with lines, of which the vertical axis begins at zero.
pub(super) struct Panel {
    pub(super) title: String,
    /// What stands below the horizontal axis: where, and which text.
    pub(super) marks: Vec<(f64, String)>,
    pub(super) x_title: String,
    pub(super) y_title: String,
    pub(super) series: Vec<Series>,
}

/// How text stands at its point.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Picture {
    /// An empty picture with two lines of text on top.
    pub(super) fn new(width: f64, height: f64, title: &str, note: &str) -> Self {
        let mut picture = Self { body: String::new(), width, height };
        picture.write(format_args!("<title>{}</title>", escaped(title)));
        picture.text(16.0, 26.0, Anchor::Start, TEXT, 17.0, true, title);
        picture.text(16.0, 48.0, Anchor::Start, TEXT, 13.0, false, note);
        picture
    }

    /// The file.
    pub(super) fn finish(self) -> String {
        let Self { body, width, height } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\" font-family=\"system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, \
             sans-serif\">\n{body}</svg>\n"
        )
    }

    #[expect(clippy::too_many_arguments, reason = "each is a number or a word of one line of text")]
    pub(super) fn text(
        &mut self,
        x: f64,
        y: f64,
        anchor: Anchor,
        colour: &str,
        size: f64,
        bold: bool,
        content: &str,
    ) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if bold { " font-weight=\"600\"" } else { "" };
        self.write(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\" fill=\"{colour}\"{weight}>{}</text>",
            escaped(content)
        ));
    }

    pub(super) fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, colour: &str) {
        self.write(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"2\" fill=\"{colour}\"/>"
        ));
    }

    /// A line through these points of the picture.
    pub(super) fn line(&mut self, points: &[(f64, f64)], colour: &str, width: f64, more: &str) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        self.write(format_args!(
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-linejoin=\"round\" {more} points=\"{}\"/>",
            points.join(" ")
        ));
    }

    /// A panel whose axes span this rectangle; titles and marks stand around it, names to its right.
    pub(super) fn panel(&mut self, left: f64, top: f64, width: f64, height: f64, panel: &Panel) {
        let points = || panel.series.iter().flat_map(|series| &series.points);
        let (first, last) =
            points().fold((f64::MAX, f64::MIN), |(first, last), (x, _)| (first.min(*x), last.max(*x)));
        let (end, step) = scale(points().map(|(_, y)| *y).fold(0.0, f64::max));
        let x_of = |x: f64| left + width * (x - first) / (last - first).max(f64::MIN_POSITIVE);
        let y_of = |y: f64| top + height * (1.0 - y / end);

        self.text(left, top - 28.0, Anchor::Start, TEXT, 15.0, true, &panel.title);
        self.text(left, top - 10.0, Anchor::Start, TEXT, 12.0, false, &panel.y_title);
        for mark in 0..=(end / step).round() as usize {
            let value = mark as f64 * step;
            let y = y_of(value);
            let opacity = if mark == 0 { 0.9 } else { 0.3 };
            self.line(&[(left, y), (left + width, y)], GRID, 1.0, &format!("opacity=\"{opacity}\""));
            let shown = format!("{}", (value * 1e6).round() / 1e6);
            self.text(left - 8.0, y + 4.5, Anchor::End, TEXT, 13.0, false, &shown);
        }
        for (x, mark) in panel.marks.iter().filter(|(x, _)| (first..=last).contains(x)) {
            self.text(x_of(*x), top + height + 20.0, Anchor::Middle, TEXT, 13.0, false, mark);
        }
        let below = top + height + 40.0;
        self.text(left + width / 2.0, below, Anchor::Middle, TEXT, 12.0, false, &panel.x_title);

        let mut ends = Vec::new();
        // The boldest on top.
        let mut series: Vec<&Series> =
            panel.series.iter().filter(|series| !series.points.is_empty()).collect();
        series.sort_by_key(|series| series.bold);
        for series in series {
            let drawn: Vec<(f64, f64)> = series.points.iter().map(|(x, y)| (x_of(*x), y_of(*y))).collect();
            let dashes = if series.dashed { "stroke-dasharray=\"7 5\"" } else { "" };
            self.line(&drawn, series.colour, if series.bold { 4.0 } else { 2.0 }, dashes);
            ends.extend(drawn.last().map(|end| (*end, series)));
        }
        ends.sort_by(|a, b| a.0.1.total_cmp(&b.0.1));
        let wanted: Vec<f64> = ends.iter().map(|(end, _)| end.1).collect();
        for ((end, series), y) in ends.iter().zip(apart(&wanted, top, top + height)) {
            let x = left + width + 22.0;
            self.line(&[*end, (x - 4.0, y)], series.colour, 1.0, "opacity=\"0.6\"");
            self.text(x, y + 4.5, Anchor::Start, series.colour, 14.0, series.bold, &series.name);
        }
    }

    fn write(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.body, "{line}");
    }
}

/// Where an axis from zero ends, and the distance of its marks: at most seven, of round numbers.
pub(super) fn scale(most: f64) -> (f64, f64) {
    let most = if most.is_finite() && most > 0.0 { most } else { 1.0 };
    let power = 10f64.powf((most / 7.0).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|n| n * power).find(|step| most / step <= 7.0);
    let step = step.unwrap_or(10.0 * power);
    ((most / step).ceil() * step, step)
}

/// The nearest places to those wanted, which ascend, with a line's height between them.
fn apart(wanted: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut places: Vec<f64> = wanted.to_vec();
    // Groups that touch share what is missing between them; so many rounds suffice for so many names.
    for _ in 0..200 {
        for upper in 1..places.len() {
            let missing = LINE - (places[upper] - places[upper - 1]);
            if missing > 0.0 {
                places[upper - 1] -= missing / 2.0;
                places[upper] += missing / 2.0;
            }
        }
        if let Some(last) = places.last_mut() {
            *last = last.min(bottom);
        }
        if let Some(first) = places.first_mut() {
            *first = first.max(top);
        }
    }
    places
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_a_few_round_marks_and_room_for_the_most() {
        for most in [0.003, 0.9, 1.0, 7.0, 55.3, 56.0, 980.0] {
            let (end, step) = scale(most);
            assert!(end >= most && end / step <= 7.5 && end / step >= 2.5, "{most}: {end} by {step}");
        }
        assert_eq!(scale(55.3), (60.0, 10.0));
        assert_eq!(scale(0.0).0, 1.0);
    }

    #[test]
    fn names_do_not_cover_each_other() {
        let places = apart(&[10.0, 200.0, 201.0, 201.5, 202.0, 203.0], 0.0, 220.0);
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= LINE - 0.5), "{places:?}");
        assert!((places[0] - 10.0).abs() < 0.5 && places[5] <= 220.5, "{places:?}");
    }

    #[test]
    fn text_cannot_become_markup() {
        let picture = Picture::new(10.0, 10.0, "a<b>", "\"&");
        assert!(picture.finish().contains("a&lt;b&gt;</title>"));
    }
}
