//! `cargo xtask coverage`: which lines of cuda-safe and interop the tests reach on the emulator.
//!
//! cargo-tarpaulin counts with its ptrace engine, which needs no LLVM tools. Doctests are not counted, and tests that start
//! the Rust compiler are left out: what must not compile reaches no line. So are those of leaks, which start threads by the
//! thousand: the debugger loses some of them.

use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

use crate::metadata::Metadata;
use crate::{test, workspace};

/// The crates whose lines are counted.
const CRATES: [&str; 2] = ["cuda-safe", "interop"];

/// The share of lines, in percent, that every one of them has to reach.
const LEAST: f64 = 90.0;

/// How many cases properties are tried on. Under ptrace each takes a hundred times as long as without, and the first
/// few reach the same lines as the 10,000 of `cargo xtask test`.
const CASES: &str = "64";

/// What is in the names of the tests that are left out.
const SKIPPED: [&str; 2] = ["misuse_is_refused_by_the_compiler", "leaks::"];

const INSTALL: &str = "cargo install cargo-tarpaulin --locked --debug";

/// tarpaulin's report, reduced to sums.
#[derive(Deserialize)]
struct Report {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    path: Vec<String>,
    covered: usize,
    coverable: usize,
}

pub(crate) fn run() -> Result<(), String> {
    let mut probe = workspace::cargo();
    if !probe.args(["tarpaulin", "--version"]).output().is_ok_and(|output| output.status.success()) {
        return Err(format!("cargo-tarpaulin is not installed; install it with `{INSTALL}`"));
    }
    let folder = workspace::target_dir().join("coverage");
    fs::create_dir_all(&folder).map_err(|e| format!("cannot create {}: {e}", folder.display()))?;
    let features: Vec<String> = Metadata::read()?.features().into_iter().filter(|f| counted(f)).collect();

    let mut cargo = workspace::cargo();
    cargo.args(["tarpaulin", "--engine", "ptrace", "--skip-clean", "--no-fail-fast"]);
    cargo.args(["--timeout", "600", "--out", "json"]);
    cargo.arg("--output-dir").arg(&folder).arg("--target-dir").arg(folder.join("build"));
    cargo.args(["--package", "tests", "--features", &features.join(",")]);
    for name in CRATES {
        cargo.args(["--package", name, "--include-files", &format!("{name}/src/*")]);
    }
    test::name_libraries(&mut cargo)?;
    // Sixteen threads at once are more than the debugger keeps apart: registers of one were seen in another.
    cargo.env("CUDA_SOAK_SECONDS", "0");
    cargo.env("PROPTEST_CASES", CASES).arg("--");
    cargo.args(SKIPPED.iter().flat_map(|name| ["--skip", name]));
    let path = folder.join("tarpaulin-report.json");
    workspace::remove(&path)?;
    let status = cargo.status().map_err(|e| format!("cannot run cargo tarpaulin: {e}"))?;

    let text = fs::read(&path).map_err(|e| format!("cargo tarpaulin wrote no report ({status}): {e}"))?;
    let report: Report =
        serde_json::from_slice(&text).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    judge(&report, &workspace::root())?;
    // A test that fails under the debugger has still been counted; what is wrong with it is above.
    if status.success() { Ok(()) } else { Err(format!("tests failed under cargo tarpaulin ({status})")) }
}

/// Whether a feature, written `PACKAGE/FEATURE`, is one of a crate that is counted.
fn counted(feature: &str) -> bool {
    CRATES.iter().any(|name| feature.split('/').next() == Some(name))
}

/// Prints the shares by file, then by crate; fails if a crate has less than it should.
fn judge(report: &Report, root: &Path) -> Result<(), String> {
    let (mut shares, mut short) = (Vec::new(), Vec::new());
    for name in CRATES {
        let (mut covered, mut coverable) = (0, 0);
        for file in &report.files {
            let path: PathBuf = file.path.iter().collect();
            let Ok(inside) = path.strip_prefix(root.join(name)) else { continue };
            println!("{:>6.1} %  {name}/{}", percent(file.covered, file.coverable), inside.display());
            covered += file.covered;
            coverable += file.coverable;
        }
        let share = percent(covered, coverable);
        shares.push(format!("{share:>6.1} %  {name}: {covered} of {coverable} lines"));
        if coverable == 0 || share < LEAST {
            short.push(format!("{name} {share:.1} %"));
        }
    }
    println!("\n{}", shares.join("\n"));
    let list = short.join(", ");
    if short.is_empty() { Ok(()) } else { Err(format!("line coverage is under {LEAST} %: {list}")) }
}

fn percent(covered: usize, coverable: usize) -> f64 {
    if coverable == 0 { 100.0 } else { 100.0 * covered as f64 / coverable as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(files: &[(&str, usize, usize)]) -> Report {
        let file = |&(path, covered, coverable): &(&str, usize, usize)| File {
            path: std::iter::once("/").chain(path.split('/')).map(str::to_owned).collect(),
            covered,
            coverable,
        };
        Report { files: files.iter().map(file).collect() }
    }

    #[test]
    fn a_crate_under_the_least_share_fails_and_is_named() {
        let both = report(&[("r/cuda-safe/src/stream.rs", 89, 100), ("r/interop/src/layout.rs", 95, 100)]);
        assert_eq!(
            judge(&both, Path::new("/r")).unwrap_err(),
            "line coverage is under 90 %: cuda-safe 89.0 %"
        );
    }

    #[test]
    fn a_crate_without_any_counted_line_fails() {
        let one = report(&[("r/interop/src/layout.rs", 95, 100)]);
        assert!(judge(&one, Path::new("/r")).unwrap_err().contains("cuda-safe"));
    }

    #[test]
    fn files_of_one_crate_are_summed() {
        let files = report(&[
            ("r/cuda-safe/src/a.rs", 80, 100),
            ("r/cuda-safe/src/b.rs", 200, 200),
            ("r/interop/src/c.rs", 9, 10),
        ]);
        assert_eq!(judge(&files, Path::new("/r")), Ok(()));
    }
}
