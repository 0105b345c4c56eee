//! `cargo xtask setup`: `.venv`, a virtual environment with the Python package and every framework that it works with.
//!
//! The frameworks come in two kinds, for CUDA 12 and 13: the extras `cu12` and `cu13` of the package. Which one is right
//! is the driver's to say, and `cuda-interop doctor` asks it. What is installed is pip's to find, several gigabytes; all but
//! [PyCUDA](pycuda) comes built.

mod pycuda;

use serde::Deserialize;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::wheels::python;
use crate::workspace::{self, execute};

/// The majors that the frameworks are made for.
const MAJORS: std::ops::RangeInclusive<u32> = 12..=13;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The CUDA major of the frameworks, 12 or 13 [default: the newest that the driver runs]
    #[arg(long, value_name = "MAJOR", value_parser = clap::value_parser!(u32).range(12..=13))]
    cuda: Option<u32>,
    /// Only print what would be run
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let major = match options.cuda {
        Some(major) => major,
        None => major(driver()?.as_deref())?,
    };
    let commands = commands(&workspace::root(), major);
    if options.dry_run {
        commands.iter().for_each(|command| println!("{command:?}"));
        return Ok(());
    }
    pycuda::Build::check()?;
    commands.into_iter().try_for_each(|mut command| execute(&mut command))
}

/// What makes the environment, in order.
fn commands(root: &Path, major: u32) -> Vec<Command> {
    let environment = root.join(".venv");
    let pycuda = pycuda::Build::new(&environment, major);
    let mut venv = Command::new(python());
    // The pip that comes with older Pythons finds no set of versions that go together, though there is one.
    venv.args(["-m", "venv", "--upgrade-deps"]).arg(&environment);
    let inside = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let pip = || {
        let mut pip = Command::new(&inside);
        pip.args(["-m", "pip", "--disable-pip-version-check", "--no-input"]);
        pip
    };
    let mut frameworks = pip();
    frameworks.args(["install", "--upgrade"]).envs(pycuda.settings());
    frameworks.arg(format!("{}[test,cu{major}]", root.join("interop/python").display()));
    std::iter::once(venv).chain(pycuda.prepare(pip())).chain([frameworks]).collect()
}

/// The major to take for a driver's version. A driver runs what is older than itself.
fn major(driver: Option<&str>) -> Result<u32, String> {
    let name_it = "name the CUDA major with --cuda 12 or --cuda 13";
    let Some(driver) = driver else {
        return Err(format!("no NVIDIA driver is on this machine to tell the CUDA major: {name_it}"));
    };
    let found: u32 = driver
        .split('.')
        .next()
        .and_then(|major| major.parse().ok())
        .ok_or_else(|| format!("the driver's version {driver:?} is none: {name_it}"))?;
    if found < *MAJORS.start() {
        let oldest = MAJORS.start();
        return Err(format!(
            "the driver runs CUDA up to {driver}, and every framework needs {oldest} or later"
        ));
    }
    Ok(found.min(*MAJORS.end()))
}

/// The newest CUDA that the driver runs, such as `12.4`; none without a driver.
fn driver() -> Result<Option<String>, String> {
    #[derive(Deserialize)]
    struct Report {
        driver_version: Option<String>,
    }
    let mut doctor = workspace::cargo();
    doctor.args(["run", "--quiet", "-p", "cuda-interop", "--", "doctor", "--json"]);
    let output =
        doctor.stderr(Stdio::inherit()).output().map_err(|e| format!("cannot run {doctor:?}: {e}"))?;
    // Its exit status tells whether CUDA can be used, which is not what is asked here.
    let report: Report = serde_json::from_slice(&output.stdout)
        .map_err(|e| format!("{doctor:?} ({}) gave no report: {e}", output.status))?;
    Ok(report.driver_version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_driver_tells_the_major() {
        for (driver, expected) in [("12.0", 12), ("12.9", 12), ("13.0", 13), ("14.1", 13)] {
            assert_eq!(major(Some(driver)), Ok(expected), "{driver}");
        }
    }

    #[test]
    fn without_a_driver_that_will_do_the_error_says_what_to_do() {
        assert!(major(None).unwrap_err().contains("--cuda 12 or --cuda 13"));
        assert!(major(Some("11.8")).unwrap_err().contains("11.8"));
        assert!(major(Some("new")).unwrap_err().contains("\"new\""));
    }

    #[test]
    fn each_major_gets_its_extra() {
        for (major, extra) in [(12, "[test,cu12]"), (13, "[test,cu13]")] {
            let commands = commands(Path::new("/w"), major);
            let [first, .., last] =
                &commands.iter().map(|command| format!("{command:?}")).collect::<Vec<_>>()[..]
            else {
                panic!("{commands:?}")
            };
            assert!(first.contains("venv") && first.contains("/w/.venv"), "{first}");
            assert!(last.contains(&format!("/w/interop/python{extra}")), "{last}");
            assert!(last.contains(&format!("CPATH=\"/w/.venv/cuda-{major}/nvidia/")), "{last}");
        }
    }

    #[test]
    fn the_package_has_the_extras() {
        let project =
            std::fs::read_to_string(workspace::root().join("interop/python/pyproject.toml")).unwrap();
        for extra in MAJORS.map(|major| format!("\ncu{major} = [")).chain(["\ntest = [".to_owned()]) {
            assert!(project.contains(&extra), "{extra}");
        }
    }
}
