//! The programs of a bundle: built by cargo, found in the messages it writes.
//!
//! What is measured is built as a release. Test programs, of which there are many, are built for size and share one
//! copy of Rust's standard library, which they look for in `lib` beside their own folder.

use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::metadata::Metadata;
use crate::workspace;

/// Packages that have nothing to show on a GPU machine. A test of the emulator reads its own debug information, which
/// the bundle has not.
const LEFT_OUT: [&str; 3] = ["xtask", "cuda-interop-python", "cuda-emulator"];

/// Test programs that cannot go along: they start the Rust compiler, or bring an allocator of their own, which programs
/// that share one standard library do not use.
const STAYS: [&str; 3] = ["compile_fail", "ui", "no_host_memory"];

/// What a library's or program's own tests are called.
const UNIT: &str = "unit";

/// One program of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Program {
    /// `bin`, `test` or `bench`.
    kind: &'static str,
    package: String,
    name: String,
    /// The package's folder in the workspace: cargo runs tests in it, and so does `run.sh`.
    pub(super) folder: PathBuf,
    /// Where cargo put it.
    pub(super) built: PathBuf,
}

impl Program {
    /// Its path in the bundle.
    pub(super) fn place(&self) -> String {
        let Program { kind, package, name, .. } = self;
        if *kind == "bin" { format!("bin/{name}") } else { format!("{kind}/{package}.{name}") }
    }

    /// Its line of `programs.txt`: kind, package, name, path and folder, with tabs between them.
    pub(super) fn line(&self) -> String {
        let Program { kind, package, name, folder, .. } = self;
        format!("{kind}\t{package}\t{name}\t{}\tpackages/{}\n", self.place(), folder.display())
    }
}

/// What cargo writes about something it built, as far as it is asked here.
#[derive(Deserialize)]
struct Artifact {
    reason: String,
    manifest_path: Option<PathBuf>,
    target: Option<Target>,
    profile: Option<Profile>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

/// What cargo is told to build: the command, and the flags for rustc.
const BUILDS: [(&[&str], &str); 2] = [
    (&["build", "--release", "--bins", "--bench", "*"], ""),
    (
        &["test", "--no-run", "--profile", "small", "--lib", "--bins", "--tests"],
        "-Cprefer-dynamic -Clink-arg=-Wl,-rpath,$ORIGIN/../lib",
    ),
];

/// Builds the programs and says where they are.
pub(super) fn build() -> Result<Vec<Program>, String> {
    let features = Metadata::read()?.features().join(",");
    let mut programs = Vec::new();
    for (arguments, flags) in BUILDS {
        let mut cargo = workspace::cargo();
        cargo.args(arguments).args(["--workspace", "--features", &features]).env("RUSTFLAGS", flags);
        cargo.args(LEFT_OUT.iter().flat_map(|package| ["--exclude", package]));
        cargo.args(["--message-format", "json-render-diagnostics"]).stderr(Stdio::inherit());
        let output = cargo.output().map_err(|e| format!("cannot run cargo {}: {e}", arguments[0]))?;
        if !output.status.success() {
            return Err(format!("cargo {} failed ({})", arguments[0], output.status));
        }
        for line in String::from_utf8_lossy(&output.stdout).lines().filter(|line| line.starts_with('{')) {
            programs.extend(read(line, &workspace::root())?);
        }
    }
    // `cargo test` builds the programs that tests start a second time.
    programs.sort();
    programs.dedup_by(|next, kept| next.place() == kept.place());
    let libraries = library_folder()?;
    let mut kept = Vec::new();
    for program in programs {
        if program.kind != "test" || program.name != UNIT || has_tests(&program.built, &libraries)? {
            kept.push(program);
        }
    }
    Ok(kept)
}

/// Whether a program of unit tests, which every library and program gets, has any.
fn has_tests(program: &Path, libraries: &Path) -> Result<bool, String> {
    let output = Command::new(program).arg("--list").env("LD_LIBRARY_PATH", libraries).output();
    let output = output.map_err(|e| format!("cannot run {}: {e}", program.display()))?;
    Ok(!String::from_utf8_lossy(&output.stdout).contains("0 tests, "))
}

/// Where rustc has the libraries of the machine it builds for.
fn library_folder() -> Result<PathBuf, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "target-libdir"]).output();
    let output = output.map_err(|e| format!("cannot run rustc: {e}"))?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

/// Rust's standard library as a shared library.
pub(super) fn standard_library() -> Result<PathBuf, String> {
    let folder = library_folder()?;
    let entries = fs::read_dir(&folder).map_err(|e| format!("cannot list {}: {e}", folder.display()))?;
    let is_std = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with("libstd-") && name.ends_with(".so")
    };
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.find(is_std).ok_or_else(|| format!("there is no libstd-*.so in {}", folder.display()))
}

/// The program that one of cargo's messages is about, if it is about one that a bundle has.
fn read(message: &str, root: &Path) -> Result<Option<Program>, String> {
    let artifact: Artifact =
        serde_json::from_str(message).map_err(|e| format!("cannot read what cargo wrote: {e}: {message}"))?;
    let (Some(built), Some(manifest), Some(target), Some(profile)) =
        (artifact.executable, artifact.manifest_path, artifact.target, artifact.profile)
    else {
        return Ok(None);
    };
    let is = |kind: &str| target.kind.iter().any(|k| k == kind);
    let kind = match profile.test {
        _ if artifact.reason != "compiler-artifact" || is("custom-build") => return Ok(None),
        _ if is("bench") => "bench",
        true => "test",
        false => "bin",
    };
    if STAYS.contains(&&*target.name) {
        return Ok(None);
    }
    let folder = manifest.parent().and_then(|folder| folder.strip_prefix(root).ok());
    let folder =
        folder.ok_or_else(|| format!("{} is not in the workspace", manifest.display()))?.to_path_buf();
    let package = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // A library's own tests would have the name of the library, a program's that of the program.
    let name = if kind == "test" && !is("test") { UNIT.to_owned() } else { target.name };
    Ok(Some(Program { kind, package, name, folder, built }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(name: &str, kind: &str, test: bool) -> String {
        serde_json::json!({
            "reason": "compiler-artifact",
            "manifest_path": "/r/cuda-sys/emulator/Cargo.toml",
            "target": {"name": name, "kind": [kind]},
            "profile": {"test": test},
            "executable": "/r/target/bundle/deps/x",
        })
        .to_string()
    }

    fn line(name: &str, kind: &str, test: bool) -> Option<String> {
        read(&message(name, kind, test), Path::new("/r")).unwrap().map(|program| program.line())
    }

    #[test]
    fn programs_are_told_apart_by_what_cargo_says_of_them() {
        let expected = "test\temulator\tunit\ttest/emulator.unit\tpackages/cuda-sys/emulator\n";
        assert_eq!(line("cuda_emulator", "rlib", true).unwrap(), expected);
        assert!(
            line("faults", "test", true)
                .unwrap()
                .starts_with("test\temulator\tfaults\ttest/emulator.faults\t")
        );
        assert!(
            line("calls", "bench", true)
                .unwrap()
                .starts_with("bench\temulator\tcalls\tbench/emulator.calls\t")
        );
        assert!(line("show", "bin", false).unwrap().starts_with("bin\temulator\tshow\tbin/show\t"));
    }

    #[test]
    fn what_does_not_run_or_needs_rust_is_left_out() {
        assert_eq!(line("compile_fail", "test", true), None);
        assert_eq!(line("build-script-build", "custom-build", false), None);
        assert_eq!(read(r#"{"reason":"build-finished","success":true}"#, Path::new("/r")).unwrap(), None);
    }

    #[test]
    fn what_cargo_never_writes_is_an_error() {
        assert!(read("{}", Path::new("/r")).is_err());
    }
}
