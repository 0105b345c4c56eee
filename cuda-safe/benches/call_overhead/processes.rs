//! Runs this program several times and makes one table of what the processes print.
//!
//! Each process uses the loops at one of some places in the program, for where code lies is worth some nanoseconds, too.

use std::error::Error;
use std::process::{Command, Stdio};

pub(crate) const PLACES: usize = 5;
/// Processes for each place.
const TURNS: usize = 3;
const PROCESSES: usize = PLACES * TURNS;

/// Set for the processes that measure: which one it is.
const ONE: &str = "CALL_OVERHEAD_PROCESS";

/// Whether this is a process that measures.
pub(crate) fn is_one() -> bool {
    std::env::var_os(ONE).is_some()
}

/// The place of the loops that this process uses.
pub(crate) fn place() -> usize {
    let process = std::env::var(ONE).ok().and_then(|process| process.parse::<usize>().ok());
    process.unwrap_or(0) % PLACES
}

/// Such a process prints the title of a table.
pub(crate) fn title(text: &str) {
    println!("{text}");
}

/// And its rows: nanoseconds a call of the raw side, of safe less raw, of raw less raw.
pub(crate) fn row(name: &str, [raw, added, noise]: [f64; 3]) {
    println!("{name}\t{raw}\t{added}\t{noise}");
}

/// A line of the table, with what each process had in each column.
enum Line {
    Title(String),
    Row(String, [Vec<f64>; 3]),
}

pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let mut lines: Vec<Line> = Vec::new();
    for process in 0..PROCESSES {
        let mut printed = 0;
        for text in measured(process)?.lines() {
            let line = parse(text)?;
            match (lines.get_mut(printed), line) {
                (None, line) if process == 0 => lines.push(line),
                (Some(Line::Title(before)), Line::Title(text)) if *before == text => (),
                (Some(Line::Row(before, columns)), Line::Row(name, values)) if *before == name => {
                    columns.iter_mut().zip(values).for_each(|(column, value)| column.extend(value));
                }
                _ => return Err(format!("another line than before: {text}").into()),
            }
            printed += 1;
        }
        if printed != lines.len() {
            return Err(format!("{printed} lines in place of {}", lines.len()).into());
        }
    }
    lines.iter().for_each(print);
    println!("with more than one device, cudaMalloc, copies and memset also pay one cudaGetDevice");
    Ok(())
}

fn measured(process: usize) -> Result<String, Box<dyn Error>> {
    let mut child = Command::new(std::env::current_exe()?);
    let output = child.env(ONE, process.to_string()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("a process that measures ended with {}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn parse(text: &str) -> Result<Line, Box<dyn Error>> {
    let Some((name, values)) = text.split_once('\t') else { return Ok(Line::Title(text.to_owned())) };
    let values = values.split('\t').map(|value| Ok(vec![value.parse::<f64>()?]));
    let values = values.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let columns = values.try_into().map_err(|_| format!("not three values: {text}"))?;
    Ok(Line::Row(name.to_owned(), columns))
}

fn print(line: &Line) {
    match line {
        Line::Title(text) => {
            println!("\n{text}");
            println!(
                "ns a call; medians of {PLACES} processes, one for each place of the loops: of {TURNS} the one whose second raw"
            );
            println!(
                "loop was fastest, for it was disturbed the least; the last column is of all {PROCESSES};"
            );
            println!("in brackets the least and the most of them");
            let titles = ["safe - raw", "raw - raw", "safe - raw, of all"];
            println!("{:<52} {:>7} {:>20} {:>20} {:>20}", "call", "raw", titles[0], titles[1], titles[2]);
        }
        Line::Row(name, [raw, added, noise]) => {
            // The second raw loop is no part of safe less raw.
            let second = |process: &usize| raw[*process] + noise[*process];
            let least_disturbed = |place: usize| {
                let turns = (place..PROCESSES).step_by(PLACES);
                turns.min_by(|one, other| second(one).total_cmp(&second(other))).unwrap_or(place)
            };
            let quiet: Vec<usize> = (0..PLACES).map(least_disturbed).collect();
            let quiet = |column: &[f64]| quiet.iter().map(|&process| column[process]).collect::<Vec<_>>();
            let columns = [&quiet(added), &quiet(noise), added].map(|column| spread(column));
            let raw = median(&quiet(raw));
            println!("{name:<52} {raw:>7.1} {:>20} {:>20} {:>20}", columns[0], columns[1], columns[2]);
        }
    }
}

pub(crate) fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    sorted[sorted.len() / 2]
}

fn spread(values: &[f64]) -> String {
    let sorted = sorted(values);
    format!("{:+.1} [{:+.1} {:+.1}]", sorted[sorted.len() / 2], sorted[0], sorted[sorted.len() - 1])
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}
