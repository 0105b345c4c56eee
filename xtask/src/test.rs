//! `cargo xtask test`: every test of the workspace: unit tests, test programs, doctests, and the Python package's.
//!
//! The tests find the libraries they are about in the environment: NVIDIA's own libcudart of both majors
//! (`CUDA_TEST_LIBCUDART_12`, `_13`), which is fetched (and is of the version in `CUDA_TEST_VERSION_12`, `_13`), and the emulator's (`CUDA_TEST_EMULATOR_12`, `_13`), which is
//! built. Where NVIDIA's cannot be had, its tests are reported as ignored and the rest runs.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::metadata::Metadata;
use crate::{emulator, python, wheels, workspace};

/// The releases whose libraries are loaded: the package and where it has its library.
const LIBRARIES: [(u32, &str, &str); 2] = [
    (12, "nvidia-cuda-runtime-cu12", "nvidia/cuda_runtime/lib/libcudart.so.12"),
    (13, "nvidia-cuda-runtime", "nvidia/cu13/lib/libcudart.so.13"),
];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Arguments for `cargo test`, such as `-p interop` or `-- --nocapture`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let mut cargo = workspace::cargo();
    // Properties are tried on as many cases as their files say, whatever the caller's environment has.
    cargo.args(["test", "--no-fail-fast"]).env_remove("PROPTEST_CASES");
    let everything = !names_packages(&options.cargo);
    if everything {
        let features = Metadata::read()?.features();
        cargo.args(["--workspace", "--features", &features.join(",")]);
    }
    name_libraries(&mut cargo)?;
    cargo.args(&options.cargo);

    let (passed, counts) = watch(cargo)?;
    println!("\ncargo xtask test: {counts}");
    let python = if everything { python::test() } else { Ok(()) };
    match (passed, python) {
        (true, python) => python,
        (false, Ok(())) => Err("tests failed; the reasons are above".to_owned()),
        (false, Err(python)) => {
            Err(format!("tests of Rust failed, the reasons are above; of Python: {python}"))
        }
    }
}

/// Whether the arguments choose packages themselves, which `--workspace` would override.
fn names_packages(arguments: &[String]) -> bool {
    let mut own = arguments.iter().take_while(|argument| *argument != "--");
    own.any(|argument| argument.starts_with("-p") || argument.starts_with("--package"))
}

/// Tells the tests, by the environment of `command`, where the libraries are.
pub(crate) fn name_libraries(command: &mut Command) -> Result<(), String> {
    for (major, package, inside) in LIBRARIES {
        command.env(format!("CUDA_TEST_EMULATOR_{major}"), emulator::build(major)?);
        match real_library(package, inside) {
            Ok((path, version)) => {
                println!("CUDA {major}: {}", path.display());
                command.env(format!("CUDA_TEST_LIBCUDART_{major}"), path);
                command.env(format!("CUDA_TEST_VERSION_{major}"), version);
            }
            Err(reason) => println!(
                "CUDA {major}: NVIDIA's library could not be had, so its tests will be reported as ignored for a \
                 missing library.\n  {reason}"
            ),
        }
    }
    Ok(())
}

/// The newest pinned libcudart of one package, and the package's version.
fn real_library(package: &str, inside: &str) -> Result<(PathBuf, &'static str), String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("the pinned libraries are for Linux on x86-64".to_owned());
    }
    let pins = wheels::pins()?;
    let pin = pins
        .iter()
        .rfind(|pin| pin.name == package)
        .ok_or(format!("{package} is not in xtask/wheels.txt"))?;
    Ok((wheels::fetch(pin.name, pin.version)?.join(inside), pin.version))
}

/// Runs `cargo test`, showing what it prints, and adds up the closing lines of the test programs.
fn watch(mut cargo: Command) -> Result<(bool, Counts), String> {
    let mut child =
        cargo.stdout(Stdio::piped()).spawn().map_err(|e| format!("cannot run cargo test: {e}"))?;
    let mut counts = Counts::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.map_err(|e| format!("cannot read what cargo test prints: {e}"))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            counts.add(&line);
        }
    }
    let status = child.wait().map_err(|e| format!("cannot wait for cargo test: {e}"))?;
    Ok((status.success(), counts))
}

/// The sums over all closing lines `test result: ok. 3 passed; 0 failed; 1 ignored; ...`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    programs: u64,
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Counts {
    fn add(&mut self, line: &str) {
        let Some(result) = line.trim().strip_prefix("test result: ") else { return };
        self.programs += 1;
        for part in result.split([';', '.']) {
            match part.trim().split_once(' ') {
                Some((number, "passed")) => self.passed += number.parse().unwrap_or(0),
                Some((number, "failed")) => self.failed += number.parse().unwrap_or(0),
                Some((number, "ignored")) => self.ignored += number.parse().unwrap_or(0),
                _ => {}
            }
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Counts { programs, passed, failed, ignored } = self;
        write!(f, "{passed} passed, {failed} failed, {ignored} ignored in {programs} test runs")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_added_up_and_other_lines_are_not() {
        let mut counts = Counts::default();
        counts.add(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        );
        counts.add("test a_test_that_prints_7 passed; ... ok");
        counts.add("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 2.50s");
        assert_eq!(counts, Counts { programs: 2, passed: 15, failed: 2, ignored: 1 });
        assert_eq!(counts.to_string(), "15 passed, 2 failed, 1 ignored in 2 test runs");
    }

    #[test]
    fn a_package_named_by_the_user_replaces_the_workspace() {
        let named =
            |arguments: &[&str]| names_packages(&arguments.iter().map(|a| a.to_string()).collect::<Vec<_>>());
        assert!(named(&["-p", "interop"]));
        assert!(named(&["--package=interop"]));
        assert!(!named(&["layout", "--", "--package"]));
    }
}
