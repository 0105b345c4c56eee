//! The report for people.

use super::case::{Case, Direction, Memory, Method};
use super::report::{Goal, Report, Row, ThreadsRow, TogetherRow};
use crate::table::{Align, aligned, size, table};

impl Report {
    /// What matters first; every figure with its spread last.
    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "{}\nGB/s (10^9 bytes a second), medians of {} {}, {}measured in {:.0} s\n",
            self.environment.title(),
            self.processes,
            if self.processes == 1 { "process" } else { "processes" },
            if self.quick { "quickly " } else { "" },
            self.seconds
        );
        text += &self.peers.as_ref().map(|peers| peers.text()).unwrap_or_default();
        for direction in Direction::BOTH {
            for memory in Memory::ALL {
                text += &self.side_by_side(direction, memory);
            }
        }
        text += &self.curve();
        text += &self.together();
        text += &self.two_cores();
        text += &self.engine();
        text += &goals(&self.goals);
        text + &self.every_figure()
    }

    /// One line a size, one column a method.
    fn side_by_side(&self, direction: Direction, memory: Memory) -> String {
        let here: Vec<&Row> = self.rows.iter().filter(|row| row.case.direction == direction).collect();
        let here: Vec<&Row> = here.into_iter().filter(|row| row.case.memory == memory).collect();
        let methods: Vec<Method> =
            Method::ALL.into_iter().filter(|&method| here.iter().any(|row| row.method == method)).collect();
        let mut sizes: Vec<usize> = here.iter().map(|row| row.case.bytes).collect();
        sizes.dedup();
        if sizes.is_empty() {
            return String::new();
        }
        let limited = memory != Memory::Pinned;
        let mut heading = vec!["size".to_owned()];
        heading.extend(methods.iter().map(|method| method.name().to_owned()));
        heading.extend(limited.then(|| "limit".to_owned()));
        heading.extend(limited.then(|| "of limit".to_owned()));
        let mut lines = vec![heading];
        for bytes in sizes {
            let case = Case { direction, memory, bytes };
            let mut line = vec![size(bytes)];
            line.extend(methods.iter().map(|&method| rate(self.rate(case, method))));
            if limited {
                let limit = self.limit(case);
                let share = self.rate(case, Method::Ours).zip(limit).map(|(ours, limit)| ours / limit);
                line.push(rate(limit));
                line.push(rate(share));
            }
            lines.push(line);
        }
        format!("\n{}: {}\n{}", direction.name(), memory.name(direction), table("  ", &lines))
    }

    fn curve(&self) -> String {
        let Some(ThreadsRow { bytes, .. }) = self.threads.first() else { return String::new() };
        let mut lines = vec![["", "threads", "GB/s", "least", "most", "CPU s/GiB"].map(str::to_owned)];
        lines.extend(self.threads.iter().map(|row| {
            let ThreadsRow { direction, threads, rate: spread, cpu_seconds_per_gib: cpu, .. } = row;
            let [median, min, max] = [spread.median, spread.min, spread.max].map(|r| rate(Some(r)));
            [direction.name().to_owned(), threads.to_string(), median, min, max, cpu_seconds(*cpu)]
        }));
        let columns = [Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right];
        format!(
            "\nthreads of the engine, pageable memory, {}\n{}",
            size(*bytes),
            aligned("  ", columns, &lines)
        )
    }

    fn engine(&self) -> String {
        let Some(held) = &self.engine else { return String::new() };
        format!("\nthe engine at the end\n  {}\n", held.in_force)
    }

    fn together(&self) -> String {
        let Some(TogetherRow { bytes, .. }) = self.together.first() else { return String::new() };
        let mut lines = vec![["", "one alone", "two threads", "two processes"].map(str::to_owned)];
        lines.extend(self.together.iter().map(|row| {
            let [alone, threads, processes] =
                [row.alone, row.two_threads, row.two_processes].map(|figure| rate(Some(figure)));
            [row.direction.name().to_owned(), alone, threads, processes]
        }));
        let columns = [Align::Left, Align::Right, Align::Right, Align::Right];
        let bytes = size(*bytes);
        format!("\nat once, in all: pageable memory, copies of {bytes}\n{}", aligned("  ", columns, &lines))
    }

    fn two_cores(&self) -> String {
        if self.two_cores.is_empty() {
            return String::new();
        }
        format!("\nby a process that keeps to two cores\n{}", spreads(&self.two_cores, &|_| None))
    }

    fn every_figure(&self) -> String {
        let limit = |row: &Row| self.limit(row.case);
        format!(
            "\nevery figure, with the least and the most of the processes\n{}",
            spreads(&self.rows, &limit)
        )
    }
}

fn spreads(rows: &[Row], limit: &dyn Fn(&Row) -> Option<f64>) -> String {
    let names =
        ["", "memory", "size", "method", "GB/s", "least", "most", "of limit", "returns, us", "CPU s/GiB"];
    let mut lines = vec![names.map(str::to_owned)];
    lines.extend(rows.iter().map(|row| {
        let [median, min, max] = [row.rate.median, row.rate.min, row.rate.max].map(|r| rate(Some(r)));
        let share = limit(row).map(|limit| row.rate.median / limit);
        [
            row.case.direction.name().to_owned(),
            row.case.memory.name(row.case.direction).to_owned(),
            size(row.case.bytes),
            row.method.name().to_owned(),
            median,
            min,
            max,
            rate(share),
            rate(row.returns_after_us),
            // The time of small copies is mostly that of asking for it.
            cpu_seconds(row.cpu_seconds_per_gib.filter(|_| row.case.bytes >= 1 << 20)),
        ]
    }));
    let (l, r) = (Align::Left, Align::Right);
    aligned("  ", [l, l, r, l, r, r, r, r, r, r], &lines)
}

fn goals(goals: &[Goal]) -> String {
    let mut lines = vec![["work", "goal", "reached", ""].map(str::to_owned)];
    lines.extend(goals.iter().map(|goal| {
        let wanted = match (goal.at_least, goal.at_most) {
            (Some(least), _) => format!(">= {least} {}", goal.figure),
            (None, Some(most)) => format!("<= {most} {}", goal.figure),
            (None, None) => goal.figure.clone(),
        };
        let verdict = match (goal.met, goal.reached) {
            (Some(true), _) => "met",
            (Some(false), _) => "NOT MET",
            (None, Some(_)) => "not judged",
            (None, None) => "not measured",
        };
        let note = goal.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
        [goal.work.clone(), wanted, rate(goal.reached), format!("{verdict}{note}")]
    }));
    let (l, r) = (Align::Left, Align::Right);
    format!("\ngoals\n{}", aligned("  ", [l, l, r, l], &lines))
}

/// Three digits, so that a small rate can be told from another.
fn rate(figure: Option<f64>) -> String {
    match figure {
        None => String::new(),
        Some(figure) if figure < 9.995 => format!("{figure:.2}"),
        Some(figure) => format!("{figure:.1}"),
    }
}

fn cpu_seconds(figure: Option<f64>) -> String {
    figure.map(|figure| format!("{figure:.3}")).unwrap_or_default()
}
