//! The exit status, what is told with it, and the way to standard output.

use serde::Serialize;
use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// The exit statuses of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Success = 0,
    /// Something failed that the user's input does not explain.
    Failed = 1,
    /// What the user gave cannot be used. The command-line parser ends with the same number.
    BadInput = 2,
    /// A runtime library, but no usable device.
    NoDevice = 3,
    /// No runtime library.
    NoRuntime = 4,
}

/// Why a command ended early: the status, and the one line for standard error.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    /// A failure with this status; the message is brought to one line.
    pub(crate) fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self { exit, message: one_line(&message) }
    }

    /// What the user gave cannot be used.
    pub(crate) fn bad_input(message: impl fmt::Display) -> Self {
        Self::new(Exit::BadInput, message)
    }

    /// Something went wrong with this.
    pub(crate) fn failed(message: impl fmt::Display) -> Self {
        Self::new(Exit::Failed, message)
    }
}

/// A message on one line, its parts separated by semicolons.
pub(crate) fn one_line(message: &impl fmt::Display) -> String {
    let message = message.to_string();
    let parts: Vec<&str> = message.lines().map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.join("; ").replace(":; ", ": ")
}

/// Shows a report as JSON or as text.
pub(crate) fn show(
    report: &impl Serialize,
    json: bool,
    text: impl FnOnce() -> String,
) -> Result<(), Failure> {
    match json {
        false => print(&text()),
        true => print(&(serde_json::to_string_pretty(report).map_err(Failure::failed)? + "\n")),
    }
}

/// Shows a value as JSON on one line, at once.
pub(crate) fn line(value: &impl Serialize) -> Result<(), Failure> {
    print(&(serde_json::to_string(value).map_err(Failure::failed)? + "\n"))
}

/// Writes to standard output. A reader that has seen enough, such as `head`, is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::failed(format_args!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Tells something that is neither a result nor an error.
pub(crate) fn note(message: impl fmt::Display) {
    tell("note", &one_line(&message));
}

/// Tells the failure if there is one, and gives the status.
pub(crate) fn finish(outcome: Result<Exit, Failure>) -> ExitCode {
    let exit = outcome.unwrap_or_else(|Failure { exit, message }| {
        tell("error", &message);
        exit
    });
    ExitCode::from(exit as u8)
}

fn tell(kind: &str, line: &str) {
    // Where standard error is closed, nobody is left to be told.
    let _ = writeln!(io::stderr(), "{kind}: {line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_several_lines_becomes_one() {
        assert_eq!(one_line(&"tried:\n  a: no such file\n  b: text\n"), "tried: a: no such file; b: text");
        assert_eq!(one_line(&"short"), "short");
    }
}
