//! `cuda-interop`: what CUDA this machine has, and an image carried to the device and back.
//!
//! | command | what it does |
//! |---|---|
//! | `doctor` | lists every place where libcudart could be, the one that was taken, the driver, the devices |
//! | `roundtrip IMAGE` | carries an image to a device, shares it as an array there, and reads four views of it back |
//! | `bench transfer` | measures copies between host and device beside plain calls and Python packages, and draws them |
//! | `bench calls` | measures what calls and allocations cost beside the same by C function pointers, and draws it |
//!
//! All print text for people, and JSON with `--json`; `--help` of each documents its fields. What is printed on
//! standard output is the result and nothing else; notes and errors are one line each on standard error.
//!
//! | exit status | meaning |
//! |---|---|
//! | 0 | done; for `doctor`: there is a usable GPU |
//! | 1 | CUDA failed on the way, or a result could not be written |
//! | 2 | what the user gave cannot be used; nothing was touched |
//! | 3 | a CUDA runtime library, but no usable device |
//! | 4 | no CUDA runtime library |
//!
//! # How it is made
//!
//! [`args`] is the command line, [`exit`] the exit status and the only way out, [`runtime`] the choice between a GPU and
//! the emulator. Each command has a module with a `run`, which gathers a report first and prints it last; the report is
//! one struct, shown as text or as JSON.

mod args;
mod bench;
mod doctor;
mod exit;
mod output;
mod progress;
mod roundtrip;
mod runtime;
mod table;

use args::{Arguments, Command};
use clap::Parser;
use clap::error::ErrorKind;
use exit::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // A value that cannot be used is said in one line; where the words themselves are wrong, the usage helps.
        Err(error) if error.kind() == ErrorKind::ValueValidation => {
            let said = error.to_string();
            let line = said.lines().next().unwrap_or_default();
            return exit::finish(Err(Failure::bad_input(line.trim_start_matches("error: "))));
        }
        Err(error) => error.exit(),
    };
    let outcome = match arguments.command {
        Command::Doctor(options) => doctor::run(&options),
        Command::Roundtrip(options) => roundtrip::run(&options),
        Command::Bench(command) => bench::run(&command),
    };
    exit::finish(outcome)
}
