//! `bench transfer`: how fast copies between host and device are, against the plain call and the limit of pinned memory.
//!
//! Each of several processes measures every case, in an order that is its own, so that no method profits from its place;
//! the report has the medians of the processes, the least and the most. The program starts itself for that, with an
//! option that is not in the help.

mod case;
mod measure;
mod plot;
mod report;

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::args::BenchOptions;
use crate::exit::{self, Exit, Failure};
use crate::runtime;
use case::Extent;
use measure::Measured;
use report::Report;

/// On the emulator a copy is a plain loop in host memory.
const EMULATED_MOST: usize = 16 << 20;

/// Measures and prints the report; writes table, JSON and plot.
pub(crate) fn run(options: &BenchOptions) -> Result<Exit, Failure> {
    let choice = runtime::choose(&options.runtime, options.device)?;
    let most = if choice.emulated {
        EMULATED_MOST
    } else if options.quick {
        256 << 20
    } else {
        1 << 30
    };
    let extent = Extent { most_bytes: most, coarse: options.quick };
    if let Some(round) = options.round {
        let measured = measure::measure(choice.device, extent, round, bar).map_err(Failure::failed)?;
        exit::show(&measured, true, String::new)?;
        return Ok(Exit::Success);
    }
    if let Some(reason) = &choice.fallback {
        exit::note(format_args!("no usable GPU ({reason}), so this runs on the built-in emulator"));
    }
    fs::create_dir_all(&options.out).map_err(|error| {
        Failure::bad_input(format_args!("cannot make the folder {}: {error}", options.out.display()))
    })?;
    let processes = if options.quick { 1 } else { 5 };
    let measured = (0..processes).map(|round| process(round, processes)).collect::<Result<Vec<_>, _>>()?;
    let report = Report {
        device: choice.device.name().map_err(Failure::failed)?,
        runtime: choice.device.runtime().version().to_string(),
        emulated: choice.emulated,
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        processes,
        rows: report::join(&measured, &case::all(extent)),
    };
    let json = serde_json::to_string_pretty(&report).map_err(Failure::failed)?;
    write(&options.out, "transfer.txt", &report.text())?;
    write(&options.out, "transfer.json", &(json + "\n"))?;
    write(&options.out, "transfer.svg", &plot::svg(&report))?;
    exit::show(&report, options.json, || report.text())?;
    Ok(Exit::Success)
}

/// What a process of its own measures: this program, with the same options.
fn process(round: usize, processes: usize) -> Result<Vec<Measured>, Failure> {
    if std::io::stderr().is_terminal() {
        eprintln!("process {} of {processes}", round + 1);
    }
    let program = std::env::current_exe().map_err(Failure::failed)?;
    let output = Command::new(program)
        .args(std::env::args_os().skip(1))
        .args(["--round", &round.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(Failure::failed)?;
    if !output.status.success() {
        return Err(Failure::failed(format_args!("a measuring process ended with {}", output.status)));
    }
    serde_json::from_slice(&output.stdout).map_err(Failure::failed)
}

fn write(folder: &Path, name: &str, content: &str) -> Result<(), Failure> {
    let path = folder.join(name);
    fs::write(&path, content)
        .map_err(|error| Failure::failed(format_args!("cannot write {}: {error}", path.display())))
}

/// How far it is, where somebody watches.
fn bar(done: usize, all: usize) {
    const WIDTH: usize = 40;
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        let filled = WIDTH * done / all.max(1);
        let end = if done == all { "\n" } else { "" };
        // Nobody is told if standard error is closed.
        let _ = write!(stderr, "\r[{}{}] {done}/{all}{end}", "#".repeat(filled), " ".repeat(WIDTH - filled));
        let _ = stderr.flush();
    }
}
