//! `cargo xtask ci`: every check of this repository apart from its tests.
//!
//! Each step runs even when an earlier one failed, and prints its outcome and time; the closing line counts them.

mod crates;
mod examples;
mod files;
mod finding;
mod modules;
mod names;
mod tools;
mod tree;

use std::time::{Duration, Instant};

use crate::metadata::Metadata;
use crate::{bindings, workspace};

type Check = fn() -> Result<(), String>;

/// The steps by name, quick ones first.
const STEPS: [(&str, Check); 14] = [
    ("fmt", tools::fmt),
    ("top-level", || files::top_level(&files::tracked()?)),
    ("file-size", || files::size(&workspace::root(), &files::tracked()?)),
    ("paths-and-hosts", || files::paths_and_hosts(&workspace::root(), &files::tracked()?)),
    ("arrows", || crates::arrows(&Metadata::read()?)),
    ("banned-crates", || crates::banned(&Metadata::read()?)),
    ("inheritance", || crates::inheritance(&Metadata::read()?)),
    ("imports", || modules::cycles(&Metadata::read()?)),
    ("names", || names::check(&workspace::root(), &files::tracked()?)),
    ("examples", || examples::check(&workspace::root(), &files::tracked()?)),
    ("bindings", || bindings::run(&workspace::root(), true)),
    ("clippy", tools::clippy),
    ("doc", tools::doc),
    ("deny", tools::deny),
];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Leave out one step; may be given several times
    #[arg(long, value_name = "STEP", value_parser = clap::builder::PossibleValuesParser::new(STEPS.map(|(name, _)| name)))]
    without: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let mut lines = Vec::new();
    let (mut passed, mut failed) = (0, 0);
    for (name, check) in STEPS {
        if options.without.iter().any(|left_out| left_out == name) {
            lines.push(format!("left out  {name}"));
            continue;
        }
        println!("\n--- {name}");
        let start = Instant::now();
        let outcome = check();
        let line = line(name, &outcome, start.elapsed());
        match &outcome {
            Ok(()) => passed += 1,
            Err(reason) => {
                failed += 1;
                println!("{reason}");
            }
        }
        println!("{line}");
        lines.push(line);
    }
    println!("\n{}\n\ncargo xtask ci: {passed} passed, {failed} failed", lines.join("\n"));
    if failed == 0 { Ok(()) } else { Err("checks failed; the reasons are above".to_owned()) }
}

fn line(name: &str, outcome: &Result<(), String>, time: Duration) -> String {
    let word = if outcome.is_ok() { "pass" } else { "FAIL" };
    format!("{word:<8}  {name:<16} {:>6.1} s", time.as_secs_f64())
}
