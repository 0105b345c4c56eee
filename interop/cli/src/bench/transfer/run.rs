//! The order of the work: what was given is checked, then processes measure one after the other, then the report is made.

use std::time::{Duration, Instant};

use super::case::{self, Case, Memory};
use super::job::{Job, Measured};
use super::report::{self, Held, Report};
use super::{goals, measure, plot, together};
use crate::args::{BenchOptions, Counts, TransferOptions};
use crate::bench::child::{self, Measuring};
use crate::bench::environment::Environment;
use crate::bench::line::Line;
use crate::bench::peers::{self, PeerJob, Peers};
use crate::bench::progress::Progress;
use crate::exit::{self, Exit, Failure};
use crate::output::Output;
use crate::runtime;

/// How much is measured.
struct Extent {
    cases: Vec<Case>,
    largest: usize,
    processes: usize,
    slice: Duration,
    /// Milliseconds and times that several copy at once.
    together: (u64, usize),
    /// Seconds after which Python begins no further case, from its own start and from that of everything.
    peer_seconds: u64,
    all_seconds: u64,
}

impl Extent {
    fn new(quick: bool, emulated: bool) -> Self {
        // On the emulator a copy is a plain loop in host memory.
        let most = match (emulated, quick) {
            (true, true) => 256 << 10,
            (true, false) => 1 << 20,
            (false, _) => 1 << 30,
        };
        let cases = case::all(most, quick);
        let largest = cases.iter().map(|case| case.bytes).max().unwrap_or(0);
        let slice = Duration::from_millis(if emulated {
            1
        } else if quick {
            8
        } else {
            20
        });
        let together = if emulated {
            (5, 1)
        } else if quick {
            (150, 1)
        } else {
            (400, 1)
        };
        let (processes, peer_seconds, all_seconds) = if quick { (1, 25, 25) } else { (5, 12, 3600) };
        Self { cases, largest, processes, slice, together, peer_seconds, all_seconds }
    }

    /// What Python measures, as far as there is time: first what the goals speak of.
    fn for_peers(&self, order: &[Case]) -> Vec<Case> {
        let mut cases: Vec<Case> = order
            .iter()
            .filter(|case| !matches!(case.memory, Memory::Pinned | Memory::Pieces))
            .copied()
            .collect();
        cases.sort_by_key(|case| (!goals::concerns_peers(case), case.bytes > 8 << 20));
        cases
    }

    /// At two cores: contiguous pageable memory.
    fn at_two_cores(&self) -> Vec<Case> {
        let sizes = [64 << 10, 1 << 20, 64 << 20, 1 << 30];
        let is_shown = |case: &&Case| case.memory == Memory::Pageable && sizes.contains(&case.bytes);
        self.cases.iter().filter(is_shown).copied().collect()
    }
}

/// Measures and prints the report; writes table, JSON and plots.
pub(in crate::bench) fn run(options: &TransferOptions) -> Result<Exit, Failure> {
    let bench = &options.bench;
    if let Some(job) = &bench.job {
        return one_process(bench, job);
    }
    let choice = runtime::choose(&bench.runtime, bench.device)?;
    cuda_safe::memory::staging::Settings::from_environment().map_err(Failure::bad_input)?;
    let files =
        ["transfer.txt", "transfer.json", "transfer.svg", "transfer-memory.svg", "transfer-threads.svg"];
    let files =
        if options.threads.as_ref().is_some_and(|counts| counts.0.is_empty()) { &files[..4] } else { &files };
    // Only checked: nothing is left if measuring is cut short.
    drop(Output::prepare(&bench.out, files, None)?);
    if bench.peers {
        peers::check(&bench.python)?;
    }
    if let Some(reason) = &choice.fallback {
        exit::note(format_args!("no usable GPU ({reason}), so this runs on the built-in emulator"));
    }
    let environment = Environment::of(&choice)?;
    let extent = Extent::new(bench.quick, choice.emulated);
    let report = measured(options, environment, &extent)?;

    let json = serde_json::to_string_pretty(&report).map_err(Failure::failed)? + "\n";
    let plots = [plot::pageable(&report), plot::memory(&report)];
    let contents = [report.text(), json].into_iter().chain(plots).chain(plot::threads(&report));
    let output = Output::prepare(&bench.out, files, None)?;
    for (file, content) in files.iter().zip(contents) {
        output.write(file, content.as_bytes())?;
    }
    output.publish(files)?;
    exit::show(&report, bench.json, || report.text())?;
    Ok(Exit::Success)
}

/// The part of a process that was told what to measure.
fn one_process(bench: &BenchOptions, job: &str) -> Result<Exit, Failure> {
    let job: Job = serde_json::from_str(job).map_err(Failure::bad_input)?;
    keep_to_cores(job.cores)?;
    let choice = runtime::choose(&bench.runtime, bench.device)?;
    measure::run(choice.device, &job, &mut |line| exit::line(&line))?;
    Ok(Exit::Success)
}

/// Before any thread is there, so that all keep to them.
#[cfg(target_os = "linux")]
fn keep_to_cores(cores: Option<usize>) -> Result<(), Failure> {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let Some(cores) = cores else { return Ok(()) };
    let given = sched_getaffinity(None).map_err(Failure::failed)?;
    let mut kept = CpuSet::new();
    (0..CpuSet::MAX_CPU).filter(|&core| given.is_set(core)).take(cores).for_each(|core| kept.set(core));
    sched_setaffinity(None, &kept).map_err(Failure::failed)
}

#[cfg(not(target_os = "linux"))]
fn keep_to_cores(cores: Option<usize>) -> Result<(), Failure> {
    match cores {
        None => Ok(()),
        Some(_) => Err(Failure::failed("processes cannot be kept to cores on this system")),
    }
}

/// All figures.
fn measured(options: &TransferOptions, environment: Environment, extent: &Extent) -> Result<Report, Failure> {
    let (bench, cases) = (&options.bench, &extent.cases);
    let two_cores =
        if environment.cores > 2 && cfg!(target_os = "linux") { extent.at_two_cores() } else { vec![] };
    let (milliseconds, times) = extent.together;
    let threads: &[usize] = match &options.threads {
        Some(Counts(counts)) => counts,
        None if bench.quick => &[1, 4, 8, 16],
        None => &[1, 2, 3, 4, 6, 8, 10, 12, 16],
    };
    let each = cases.len() + extent.for_peers(cases).len() * usize::from(bench.peers) + threads.len();
    let progress = Progress::new(extent.processes * each + two_cores.len() + together::steps(times));

    let (mut figures, mut engine) = (Vec::new(), None);
    let mut peers = bench.peers.then(Peers::default);
    let begun = Instant::now();
    let slice_ms = extent.slice.as_millis() as u64;

    progress.at("several at once");
    let together = together::measure(extent.largest.min(256 << 20), milliseconds, times, &progress)?;
    let mut at_two = Vec::new();
    if !two_cores.is_empty() {
        progress.at("two cores");
        let job = Job { cases: two_cores.clone(), cores: Some(2), slice_ms, ..Job::default() };
        process(&job, &progress, &mut at_two, &mut None)?;
    }
    for number in 0..extent.processes {
        let mut order = cases.clone();
        order.rotate_left(number * cases.len() / extent.processes);
        let peer_cases = extent.for_peers(&order);
        let (threads, threads_bytes) = (threads.to_vec(), extent.largest);
        let job = Job { cases: order, threads, threads_bytes, slice_ms, number, ..Job::default() };
        let what = format!("process {} of {}", number + 1, extent.processes);
        // Whoever came second comes first the next time.
        for turn in 0..2 {
            if (turn + number) % 2 == 0 {
                progress.at(what.clone());
                process(&job, &progress, &mut figures, &mut engine)?;
            } else if let Some(peers) = &mut peers {
                progress.at(format!("{what}, Python"));
                let left = extent.all_seconds.saturating_sub(begun.elapsed().as_secs());
                let peer_job = PeerJob {
                    device: bench.device,
                    cases: &peer_cases,
                    allocations: &[],
                    slice_ms,
                    number,
                    seconds: extent.peer_seconds.min(left),
                };
                peers.measure(&bench.python, &peer_job, &progress, |figure| figures.push(figure))?;
            }
        }
    }
    drop(progress);

    let mut report = Report {
        environment,
        quick: bench.quick,
        seconds: begun.elapsed().as_secs_f64(),
        processes: extent.processes,
        peers,
        goals: Vec::new(),
        rows: report::rows(&figures, cases),
        threads: report::threads(&figures, threads),
        together,
        two_cores: report::rows(&at_two, &two_cores),
        engine,
    };
    report.goals = goals::judge(&report);
    Ok(report)
}

/// What one process of this program measures.
fn process(
    job: &Job,
    progress: &Progress,
    figures: &mut Vec<Measured>,
    engine: &mut Option<Held>,
) -> Result<(), Failure> {
    let mut command = child::of_this_program(job)?;
    let process = Measuring::start(&mut command).map_err(Failure::failed)?;
    let take = |line| match line {
        Line::Measured(figure) => figures.push(figure),
        Line::Done => progress.step(),
        Line::Idle { pinned_bytes, cpu_seconds_per_second: idle } => {
            let before = engine.unwrap_or(Held { pinned_bytes: 0, idle_cpu_seconds_per_second: None });
            *engine = Some(Held {
                pinned_bytes: before.pinned_bytes.max(pinned_bytes),
                idle_cpu_seconds_per_second: match (before.idle_cpu_seconds_per_second, idle) {
                    (Some(a), Some(b)) => Some(f64::max(a, b)),
                    (a, b) => a.or(b),
                },
            });
        }
        _ => {}
    };
    process
        .finish(take)
        .map_err(|reason| Failure::failed(format_args!("a measuring process failed: {reason}")))
}
