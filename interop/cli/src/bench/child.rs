//! Processes that measure: this program again, or Python.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use super::line::Line;
use crate::exit::Failure;

/// Blocks of this size or more come from the system and go back to it, so "new" memory is new; glibc would otherwise
/// learn to keep them.
const FRESH_FROM: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "65536");

/// A process that was started.
pub(super) struct Measuring {
    child: Child,
    lines: BufReader<ChildStdout>,
    errors: File,
}

/// This program with the same options, told to do `job`.
pub(super) fn of_this_program(job: &impl Serialize) -> Result<Command, Failure> {
    let mut command = Command::new(std::env::current_exe().map_err(Failure::failed)?);
    // What follows the first options may not be options any more.
    let mut arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let job = serde_json::to_string(job).map_err(Failure::failed)?;
    arguments.splice(2.min(arguments.len())..2.min(arguments.len()), ["--job".into(), job.into()]);
    command.args(arguments);
    Ok(command)
}

impl Measuring {
    /// Starts it. The error is the system's.
    pub(super) fn start(command: &mut Command) -> std::io::Result<Self> {
        let errors = tempfile::tempfile()?;
        command.env(FRESH_FROM.0, FRESH_FROM.1);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors.try_clone()?);
        let mut child = command.spawn()?;
        let Some(stdout) = child.stdout.take() else { return Err(std::io::ErrorKind::BrokenPipe.into()) };
        Ok(Self { child, lines: BufReader::new(stdout), errors })
    }

    /// The next line; none at the end.
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> Result<Option<Line<T>>, String> {
        let mut text = String::new();
        match self.lines.read_line(&mut text) {
            Ok(0) => Ok(None),
            Ok(_) => serde_json::from_str(&text).map(Some).map_err(|error| format!("{error} in {text:?}")),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Tells it to go on.
    pub(super) fn go(&mut self) -> Result<(), String> {
        let Some(stdin) = &mut self.child.stdin else { return Ok(()) };
        stdin.write_all(b"\n").and_then(|()| stdin.flush()).map_err(|error| error.to_string())
    }

    /// Hands every line to `take`, and waits for the end.
    pub(super) fn finish<T: DeserializeOwned>(mut self, mut take: impl FnMut(Line<T>)) -> Result<(), String> {
        while let Some(line) = self.next()? {
            take(line);
        }
        drop(self.child.stdin.take());
        let status = self.child.wait().map_err(|error| error.to_string())?;
        if status.success() {
            return Ok(());
        }
        let mut told = Vec::new();
        let read = self.errors.rewind().and_then(|()| self.errors.read_to_end(&mut told));
        let told = if read.is_ok() { String::from_utf8_lossy(&told).into_owned() } else { String::new() };
        let last = told.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        match last.strip_prefix("error: ").unwrap_or(last) {
            "" => Err(status.to_string()),
            reason => Err(format!("{reason} ({status})")),
        }
    }
}

impl Drop for Measuring {
    fn drop(&mut self) {
        // Whoever gives up early must not leave it measuring; one that has ended is only fetched.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
