//! Python packages that do the same, measured by a script in a Python of the user's choice.
//!
//! A package that is not there, or cannot use the GPU, is named in the report; so is a Python that ends too early. Only a
//! Python that cannot be started is an error, and found before anything is measured.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::process::{Command, Stdio};

use super::child::Measuring;
use super::line::Line;
use crate::exit::{Failure, one_line};
use crate::progress::Progress;

const SCRIPT: &str = concat!(include_str!("peers/packages.py"), include_str!("peers/measure.py"));

/// What the script is asked to measure.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PeerJob<'a, C> {
    pub(super) device: usize,
    pub(super) cases: &'a [C],
    /// Allocations of so many bytes.
    pub(super) allocations: &'a [usize],
    /// Milliseconds for each package in a case.
    pub(super) slice_ms: u64,
    /// Which of the processes it is.
    pub(super) number: usize,
    /// No case is begun after so many seconds.
    pub(super) seconds: u64,
}

/// Which packages were measured, and which could not.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Peers {
    pub(super) present: Vec<Package>,
    pub(super) missing: Vec<Missing>,
    pub(super) refused: Vec<Refused>,
    /// Why Python ended early, if it did.
    pub(super) failed: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Package {
    pub(super) peer: String,
    pub(super) version: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Missing {
    pub(super) peer: String,
    pub(super) why: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Refused {
    pub(super) peer: String,
    pub(super) what: String,
    pub(super) why: String,
}

/// Refuses what is no Python.
pub(super) fn check(python: &Path) -> Result<(), Failure> {
    let refused = |reason: &dyn std::fmt::Display| {
        Failure::bad_input(format_args!("--peers needs Python, and {} is none: {reason}", python.display()))
    };
    let mut command = Command::new(python);
    let output = command.args(["-c", "print(6 * 7)"]).stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.stdout.starts_with(b"42") => Ok(()),
        Ok(output) => Err(refused(&output.status)),
        Err(error) => Err(refused(&error)),
    }
}

impl Peers {
    /// Measures in one process; `take` gets the figures.
    pub(super) fn measure<C: Serialize, T: DeserializeOwned>(
        &mut self,
        python: &Path,
        job: &PeerJob<'_, C>,
        progress: &Progress,
        mut take: impl FnMut(T),
    ) -> Result<(), Failure> {
        let job = serde_json::to_string(job).map_err(Failure::failed)?;
        let mut command = Command::new(python);
        let outcome = Measuring::start(command.args(["-c", SCRIPT, &job])).map_err(|error| error.to_string());
        let outcome = outcome.and_then(|measuring| {
            measuring.finish(|line| match line {
                Line::Measured(figure) => take(figure),
                Line::Done => progress.step(),
                Line::Present { peer, version } => add(&mut self.present, Package { peer, version }),
                Line::Missing { peer, why } => add(&mut self.missing, Missing { peer, why }),
                Line::Refused { peer, what, why } => add(&mut self.refused, Refused { peer, what, why }),
                Line::Ready | Line::Idle { .. } => {}
            })
        });
        if let Err(reason) = outcome {
            self.failed = Some(one_line(&reason));
        }
        Ok(())
    }

    /// In lines, for a text.
    pub(super) fn text(&self) -> String {
        let present: Vec<String> = self.present.iter().map(|p| format!("{} {}", p.peer, p.version)).collect();
        let mut text = match present.is_empty() {
            true => "No Python package could be measured.\n".to_owned(),
            false => format!("Measured in Python: {}.\n", present.join(", ")),
        };
        for Missing { peer, why } in &self.missing {
            text += &format!("Missing: {peer} ({why}).\n");
        }
        for Refused { peer, what, why } in &self.refused {
            text += &format!("Not measured: {peer}, {what} ({why}).\n");
        }
        if let Some(reason) = &self.failed {
            text += &format!("Python ended early: {reason}.\n");
        }
        text
    }
}

/// Each process tells the same.
fn add<T: PartialEq>(list: &mut Vec<T>, entry: T) {
    if !list.contains(&entry) {
        list.push(entry);
    }
}
