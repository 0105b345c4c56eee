//! `cargo xtask COMMAND`: the development tasks of this workspace. This file only dispatches.

mod bindings;
mod bundle;
mod ci;
mod coverage;
mod emulator;
mod metadata;
mod python;
mod setup;
mod test;
mod wheels;
mod workspace;

use clap::Parser;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The development tasks of this workspace")]
enum Task {
    /// Write the Rust bindings of cuda-sys from NVIDIA's headers
    Bindings {
        /// Write nothing; fail if the committed files are not what would be written
        #[arg(long)]
        check: bool,
    },
    /// Run every test of the workspace, with the real CUDA runtimes where they can be fetched
    Test(test::Options),
    /// Run every other check: formatting, lints, documentation, bindings, arrows, sizes, licences
    Ci(ci::Options),
    /// Count the lines of cuda-safe and interop that tests reach; fail under 90 %
    Coverage,
    /// Build the Python package as a wheel
    Wheel(python::Options),
    /// Make .venv with every Python framework that the package works with
    Setup(setup::Options),
    /// Make a folder that runs the tests and benchmarks on a GPU machine without Rust
    Bundle(bundle::Options),
}

fn main() -> ExitCode {
    let outcome = match Task::parse() {
        Task::Bindings { check } => bindings::run(&workspace::root(), check),
        Task::Test(options) => test::run(&options),
        Task::Ci(options) => ci::run(&options),
        Task::Coverage => coverage::run(),
        Task::Wheel(options) => python::run(&options),
        Task::Setup(options) => setup::run(&options),
        Task::Bundle(options) => bundle::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
