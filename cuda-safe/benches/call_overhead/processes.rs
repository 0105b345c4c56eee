//! Runs this program several times and makes one table of what the processes print.

use std::error::Error;
use std::process::{Command, Stdio};

const PROCESSES: usize = 15;

/// So many of them, those with the fastest raw side, were disturbed the least by whatever else the machine does: that slows both
/// sides down, and their difference with them.
const QUIET: usize = 5;

/// Set for the processes that measure.
const ONE: &str = "CALL_OVERHEAD_PROCESS";

/// Whether this is a process that measures.
pub(crate) fn is_one() -> bool {
    std::env::var_os(ONE).is_some()
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
        for text in measured()?.lines() {
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
    println!("with more than one device, allocation, copies and memset also pay one cudaGetDevice");
    Ok(())
}

fn measured() -> Result<String, Box<dyn Error>> {
    let mut child = Command::new(std::env::current_exe()?);
    let output = child.env(ONE, "1").stderr(Stdio::inherit()).output()?;
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
                "ns a call; medians of the {QUIET} processes of {PROCESSES} whose raw side was fastest, \
                 in brackets the least and the most of them"
            );
            println!(
                "{:<52} {:>9} {:>22} {:>13} {:>22}",
                "call", "raw", "safe - raw", "(of all)", "raw - raw"
            );
        }
        Line::Row(name, [raw, added, noise]) => {
            let mut order: Vec<usize> = (0..raw.len()).collect();
            order.sort_by(|&one, &other| raw[one].total_cmp(&raw[other]));
            let quiet =
                |column: &[f64]| order.iter().take(QUIET).map(|&process| column[process]).collect::<Vec<_>>();
            println!(
                "{name:<52} {:>9.1} {:>22} {:>13} {:>22}",
                median(&quiet(raw)),
                spread(&quiet(added)),
                format!("({:+.1})", median(added)),
                spread(&quiet(noise))
            );
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
