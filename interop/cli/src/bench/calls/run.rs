//! The order of the work: what was given is checked, then processes measure one after the other, then the report is made.

use super::measure::{self, ALLOCATIONS, CALLS, Job, Kind, Measured};
use super::plot;
use super::report::{self, PeerFigure, Report};
use crate::args::{BenchOptions, CallsOptions};
use crate::bench::child::{self, Measuring};
use crate::bench::environment::Environment;
use crate::bench::line::Line;
use crate::bench::peers::{self, PeerJob, Peers};
use crate::exit::{self, Exit, Failure};
use crate::output::Output;
use crate::progress::Progress;
use crate::runtime;

const FILES: [&str; 3] = ["calls.txt", "calls.json", "calls.svg"];

/// Measures and prints the report; writes table, JSON and plot.
pub(in crate::bench) fn run(CallsOptions { bench }: &CallsOptions) -> Result<Exit, Failure> {
    let choice = runtime::choose(&bench.target.runtime, bench.target.device)?;
    if let Some(job) = &bench.job {
        let job: Job = serde_json::from_str(job).map_err(Failure::bad_input)?;
        measure::run(choice.device, job, &mut |line| exit::line(&line))?;
        return Ok(Exit::Success);
    }
    // Only checked: nothing is left if measuring is cut short.
    drop(Output::prepare(&bench.out, &FILES, None)?);
    if bench.peers {
        peers::check(&bench.python)?;
    }
    if let Some(reason) = &choice.fallback {
        exit::note(format_args!("no usable GPU ({reason}), so this runs on the built-in emulator"));
    }
    let report = measured(bench, Environment::of(&choice)?)?;
    let json = serde_json::to_string_pretty(&report).map_err(Failure::failed)? + "\n";
    let output = Output::prepare(&bench.out, &FILES, None)?;
    for (file, content) in FILES.iter().zip([report.text(), json, plot::svg(&report)]) {
        output.write(file, content.as_bytes())?;
    }
    output.publish(&FILES)?;
    exit::show(&report, bench.json, || report.text())?;
    Ok(Exit::Success)
}

fn measured(bench: &BenchOptions, environment: Environment) -> Result<Report, Failure> {
    let processes = if bench.quick { 1 } else { 5 };
    let slice_ms = match (environment.emulated, bench.quick) {
        (true, _) => 1,
        (false, true) => 100,
        (false, false) => 60,
    };
    // The emulator writes to every byte of what is allocated.
    let most_bytes = if environment.emulated { 1 << 20 } else { usize::MAX };
    let allocations: Vec<_> = ALLOCATIONS.into_iter().filter(|(_, bytes)| *bytes <= most_bytes).collect();
    let device = allocations.iter().filter(|(kind, _)| matches!(kind, Kind::Device | Kind::Pool));
    let mut sizes: Vec<usize> = device.map(|(_, bytes)| *bytes).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let steps = CALLS.len() + allocations.len() + if bench.peers { sizes.len() } else { 0 };
    let progress = Progress::new(processes * steps);
    let (mut figures, mut peer_figures) = (Vec::<Measured>::new(), Vec::<PeerFigure>::new());
    let mut peers = bench.peers.then(Peers::default);
    for number in 0..processes {
        progress.at(format!("process {} of {processes}", number + 1));
        let mut command = child::of_this_program(&Job { slice_ms, number, most_bytes })?;
        let take = |line| match line {
            Line::Measured(figure) => figures.push(figure),
            Line::Done => progress.step(),
            _ => {}
        };
        Measuring::start(&mut command)
            .map_err(Failure::failed)?
            .finish(take)
            .map_err(|reason| Failure::failed(format_args!("a measuring process failed: {reason}")))?;
        if let Some(peers) = &mut peers {
            progress.at(format!("process {} of {processes}, Python", number + 1));
            let job = PeerJob::<()> {
                device: bench.target.device,
                cases: &[],
                allocations: &sizes,
                slice_ms,
                number,
                seconds: 60,
            };
            peers.measure(&bench.python, &job, &progress, |figure| peer_figures.push(figure))?;
        }
    }
    Ok(Report {
        environment,
        quick: bench.quick,
        processes,
        peers,
        calls: report::calls(&figures),
        allocations: report::allocations(&figures, &peer_figures),
    })
}
