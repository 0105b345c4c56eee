//! The order of the work: what was given is checked, then processes measure one after the other, then the report is made.

use std::time::Instant;

use super::case::{Case, Method};
use super::extent::Extent;
use super::job::{Job, Measured};
use super::report::{self, Held, Report};
use super::{goals, measure, plot, together};
use crate::args::{BenchOptions, Counts, TransferOptions};
use crate::bench::child::{self, Measuring};
use crate::bench::environment::Environment;
use crate::bench::line::Line;
use crate::bench::peers::{self, PeerJob, Peers, Refused};
use crate::exit::{self, Exit, Failure};
use crate::output::Output;
use crate::progress::Progress;
use crate::runtime;

/// Measures and prints the report; writes table, JSON and plots.
pub(in crate::bench) fn run(options: &TransferOptions) -> Result<Exit, Failure> {
    let bench = &options.bench;
    if let Some(job) = &bench.job {
        return one_process(bench, job);
    }
    let choice = runtime::choose(&bench.target.runtime, bench.target.device)?;
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
    let extent = Extent::new(bench.quick, choice.emulated, environment.cores);
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
    let choice = runtime::choose(&bench.target.runtime, bench.target.device)?;
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
    let threads = options.threads.as_ref().map_or(extent.threads, |Counts(counts)| counts);
    let each = cases.len() + Extent::for_peers(cases).len() * usize::from(bench.peers) + threads.len();
    let progress = Progress::new(
        extent.processes * each
            + extent.two_cores.len()
            + together::STEPS * usize::from(extent.together.is_some()),
    );

    let (mut figures, mut engine) = (Vec::new(), None);
    let mut peers = bench.peers.then(Peers::default);
    let begun = Instant::now();
    let slice_ms = extent.slice_ms;

    let mut together = Vec::new();
    if let Some(milliseconds) = extent.together {
        progress.at("several at once");
        together = together::measure(extent.largest.min(256 << 20), milliseconds, &progress)?;
    }
    let mut at_two = Vec::new();
    if !extent.two_cores.is_empty() {
        progress.at("two cores");
        let job = Job { cases: extent.two_cores.clone(), cores: Some(2), slice_ms, ..Job::default() };
        process(&job, &progress, &mut at_two, &mut None)?;
    }
    for number in 0..extent.processes {
        let mut order = cases.clone();
        order.rotate_left(number * cases.len() / extent.processes);
        let peer_cases = Extent::for_peers(&order);
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
                    device: bench.target.device,
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
    if let Some(peers) = &mut peers {
        let peer = |case: &Case| figures.iter().any(|m| m.case == *case && Method::PEERS.contains(&m.method));
        let (all, left_out) = (Extent::for_peers(cases), |case: &&Case| !peer(case));
        let count = all.iter().filter(left_out).count();
        if count > 0 && !peers.present.is_empty() {
            let what = format!("{count} of {} cases", all.len());
            peers.refused.push(Refused { peer: "all".into(), what, why: "there was no time".into() });
        }
    }

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
        two_cores: report::rows(&at_two, &extent.two_cores),
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
        Line::Idle { pinned_bytes, cpu_seconds_per_second, process_cpu_seconds_per_second, in_force } => {
            let most = |known: &mut Option<f64>, seen: Option<f64>| {
                *known = [*known, seen].into_iter().flatten().reduce(f64::max);
            };
            let held = engine.get_or_insert_default();
            held.pinned_bytes = held.pinned_bytes.max(pinned_bytes);
            most(&mut held.idle_threads_cpu_seconds_per_second, cpu_seconds_per_second);
            most(&mut held.idle_cpu_seconds_per_second, process_cpu_seconds_per_second);
            held.in_force = in_force;
        }
        _ => {}
    };
    process
        .finish(take)
        .map_err(|reason| Failure::failed(format_args!("a measuring process failed: {reason}")))
}
