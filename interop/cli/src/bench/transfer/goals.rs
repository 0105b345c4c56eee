//! The figures that the transfer engine is meant to reach, judged by those of the same run.

use super::case::{Case, Direction, FRAME, Memory, Method, PIECES};
use super::report::{Goal, Held, Report, Row};
use crate::table::size;

const GIB: usize = 1 << 30;
const MIB: usize = 1 << 20;

/// Whether a goal compares this case with packages.
pub(super) fn concerns_peers(case: &Case) -> bool {
    match (case.memory, case.direction) {
        (Memory::Pageable, _) | (Memory::Fresh, Direction::ToHost) => case.bytes == GIB,
        (Memory::Rows, Direction::ToDevice) => case.bytes == FRAME,
        (Memory::Transposed, Direction::ToDevice) => case.bytes == 256 * MIB,
        _ => false,
    }
}

/// Every goal, with what the run reached.
pub(super) fn judge(report: &Report) -> Vec<Goal> {
    let mut goals = Goals { report, goals: Vec::new() };
    for (direction, of_limit, of_peer) in [(Direction::ToDevice, 0.87, 5.0), (Direction::ToHost, 0.85, 2.5)] {
        let case = Case { direction, memory: Memory::Pageable, bytes: GIB };
        goals.add(case, "of pinned", of_limit, |report, case| ratio(ours(report, case), report.limit(case)));
        goals.add(case, "times the best peer", of_peer, against_peers);
    }
    let fresh = Case { direction: Direction::ToHost, memory: Memory::Fresh, bytes: GIB };
    goals.add(fresh, "GB/s", 20.0, ours);
    goals.add(fresh, "times the best peer", 5.0, against_peers);
    // What a Python programmer gets, who calls `buf.numpy()`.
    if report.rate(fresh, Method::Python).is_some() {
        goals.add(fresh, "GB/s, in Python", 20.0, in_python);
        goals.add(fresh, "times the best peer, in Python", 5.0, |report, case| {
            ratio(in_python(report, case), best_peer(report, case))
        });
    }
    for (direction, rates) in
        [(Direction::ToDevice, [38.0, 24.0, 15.0]), (Direction::ToHost, [38.0, 24.0, 12.0])]
    {
        for (bytes, rate) in [64 * MIB, 8 * MIB, MIB].into_iter().zip(rates) {
            goals.add(Case { direction, memory: Memory::Pageable, bytes }, "GB/s", rate, ours);
        }
    }
    for (memory, bytes) in [(Memory::Rows, FRAME), (Memory::Transposed, 256 * MIB)] {
        let case = Case { direction: Direction::ToDevice, memory, bytes };
        goals.add(case, "of contiguous", 0.75, |report, case| {
            ratio(ours(report, case), ours(report, Case { memory: Memory::Pageable, ..case }))
        });
        goals.add(case, "times the best peer", 3.0, against_peers);
    }
    for direction in Direction::BOTH {
        let case = Case { direction, memory: Memory::Pieces, bytes: PIECES };
        goals.add(case, "times cudaMemcpyAsync for each", 3.0, |report, case| {
            ratio(ours(report, case), report.rate(case, Method::Each))
        });
        goals.add(case, "of cudaMemcpyBatchAsync", 1.0, |report, case| {
            ratio(ours(report, case), report.rate(case, Method::Batch))
        });
    }
    goals.never_slower("any size, any path", &report.rows, |row| Some(row.rate.median));
    let speed = |row: &Row| row.returns_after_us.map(|us| 1.0 / us);
    goals.never_slower("the same, until the call returns", &report.rows, speed);
    goals.several();
    goals.never_slower("at two cores", &report.two_cores, |row| Some(row.rate.median));
    goals.held();
    goals.goals
}

struct Goals<'a> {
    report: &'a Report,
    goals: Vec<Goal>,
}

impl Goals<'_> {
    fn add(&mut self, case: Case, figure: &str, least: f64, reached: impl Fn(&Report, Case) -> Option<f64>) {
        let memory = case.memory.name(case.direction);
        let work = format!("{}, {memory}, {}", case.direction.name(), size(case.bytes));
        self.push(work, figure.to_owned(), Some(least), None, reached(self.report, case));
    }

    fn push(
        &mut self,
        work: String,
        figure: String,
        at_least: Option<f64>,
        at_most: Option<f64>,
        reached: Option<f64>,
    ) {
        let judged = reached.filter(|_| !self.report.environment.emulated);
        let met = judged.map(|reached| {
            at_least.is_none_or(|least| reached >= least) && at_most.is_none_or(|most| reached <= most)
        });
        self.goals.push(Goal { work, figure, at_least, at_most, reached, met, note: None });
    }

    /// The worst case against the plain call.
    fn never_slower(&mut self, work: &str, rows: &[Row], speed: impl Fn(&Row) -> Option<f64>) {
        let plain =
            |row: &Row| rows.iter().find(|plain| plain.case == row.case && plain.method == Method::Plain);
        let ratios = rows
            .iter()
            .filter(|row| row.method == Method::Ours)
            .filter_map(|row| Some((row.case, speed(row)? / speed(plain(row)?)?)));
        let ratios: Vec<(Case, f64)> = ratios.collect();
        let worst = ratios.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
        let below = ratios.iter().filter(|(_, ratio)| *ratio < 0.97).count();
        let reached = worst.map(|(_, ratio)| ratio);
        self.push(work.to_owned(), "of cudaMemcpy".to_owned(), Some(0.97), None, reached);
        if let (Some((case, _)), Some(goal)) = (worst, self.goals.last_mut()) {
            let (direction, memory) = (case.direction.name(), case.memory.name(case.direction));
            let (size, all) = (size(case.bytes), ratios.len());
            goal.note = Some(format!("least: {direction}, {memory}, {size}; {below} of {all} below"));
        }
    }

    /// Two that copy at once are in all no slower than one.
    fn several(&mut self) {
        for row in &self.report.together {
            for (what, rate) in [("two threads", row.two_threads), ("two processes", row.two_processes)] {
                let work = format!("{}, {what} at once, {}", row.direction.name(), size(row.bytes));
                let reached = ratio(Some(rate), Some(row.alone));
                self.push(work, "in all, of one alone".to_owned(), Some(1.0), None, reached);
            }
        }
    }

    fn held(&mut self) {
        let held = self.report.engine.as_ref();
        let pinned = held.map(|held| held.pinned_bytes as f64 / MIB as f64);
        self.push("page-locked memory of the engine".into(), "MiB".into(), None, Some(64.0), pinned);
        let share = |of: fn(&Held) -> Option<f64>| held.and_then(of).map(|share| share * 100.0);
        let idle = share(|held| held.idle_threads_cpu_seconds_per_second);
        let work = "processor of the engine's threads while nothing is copied".to_owned();
        self.push(work, "% of a core".into(), None, Some(0.0), idle);
        if let (Some(all), Some(goal)) =
            (share(|held| held.idle_cpu_seconds_per_second), self.goals.last_mut())
        {
            goal.note = Some(format!("the whole process, CUDA's own threads among it: {all:.3}"));
        }
    }
}

fn ours(report: &Report, case: Case) -> Option<f64> {
    report.rate(case, Method::Ours)
}

fn in_python(report: &Report, case: Case) -> Option<f64> {
    report.rate(case, Method::Python)
}

/// Against the fastest package for the same copy.
fn against_peers(report: &Report, case: Case) -> Option<f64> {
    ratio(ours(report, case), best_peer(report, case))
}

fn best_peer(report: &Report, case: Case) -> Option<f64> {
    Method::PEERS.iter().filter_map(|&peer| report.rate(case, peer)).max_by(f64::total_cmp)
}

fn ratio(figure: Option<f64>, of: Option<f64>) -> Option<f64> {
    Some(figure? / of.filter(|of| *of > 0.0)?)
}
