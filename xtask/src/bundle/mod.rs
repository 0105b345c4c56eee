//! `cargo xtask bundle`: a folder that tests and measures this workspace on a GPU machine without Rust.
//!
//! `run.sh` there unpacks the programs, runs them under libcudart 12 and 13 and writes a Markdown report.
//! `programs.tar.xz` has the test programs, the command-line program and the benchmarks, all stripped, and
//! `programs.txt`, which tells `run.sh` of them; and the Python package as a wheel, with its tests and examples.

mod programs;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use self::programs::Program;
use crate::workspace::{self, execute, remove};
use crate::{emulator, python, wheels};

/// What carries the bundle to the machine has room for this much.
const MOST_BYTES: u64 = 12 << 20;

/// The file in a bundle that has all programs. They have most of their code in common, which xz finds, since it looks
/// back over megabytes, and gzip does not.
const PACK: &str = "programs.tar.xz";

/// The libraries that `--with-libs` brings along: 13.0 is what a driver of CUDA 13.0 still runs.
const LIBRARIES: [(u32, &str, &str, &str); 2] = [
    (12, "nvidia-cuda-runtime-cu12", "12.9.79", "nvidia/cuda_runtime/lib/libcudart.so.12"),
    (13, "nvidia-cuda-runtime", "13.0.96", "nvidia/cu13/lib/libcudart.so.13"),
];

/// What programs and tests read.
const ASSETS: [&str; 1] = [":(glob)**/assets/**"];

/// What tests and measures the Python package, with what pytest is told.
const PYTHON: [&str; 5] = [
    ":(glob)interop/python/pyproject.toml",
    ":(glob)interop/python/README.md",
    ":(glob)interop/python/tests/**",
    ":(glob)interop/python/examples/**",
    ":(glob)interop/python/benches/**",
];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Where to write the bundle; a bundle that is there is replaced [default: target/bundle]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Bring libcudart 12.9 and 13.0 along, for a machine without them
    #[arg(long)]
    with_libs: bool,
}

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let out = options.out.clone().unwrap_or_else(|| workspace::target_dir().join("bundle"));
    if out.exists() && !out.join(PACK).is_file() {
        return Err(format!(
            "{} is there and is not a bundle; name another folder with --out",
            out.display()
        ));
    }
    let stage = workspace::target_dir().join("bundle-stage");
    remove(&stage)?;
    fill(&stage, options.with_libs)?;

    remove(&out)?;
    fs::create_dir_all(&out).map_err(|e| format!("cannot create {}: {e}", out.display()))?;
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--owner=0", "--group=0", "--use-compress-program=xz -9", "--create", "--file"]);
    execute(tar.arg(out.join(PACK)).arg("--directory").arg(&stage).arg("."))?;
    let script = out.join("run.sh");
    write(&script, include_str!("run.sh"))?;
    execute(Command::new("chmod").arg("+x").arg(&script))?;
    weigh(&out, &stage)
}

/// Puts everything that `programs.tar.xz` gets into a folder.
fn fill(stage: &Path, with_libraries: bool) -> Result<(), String> {
    let programs = programs::build()?;
    for program in &programs {
        copy_stripped(&program.built, &stage.join(program.place()))?;
        let folder = stage.join("packages").join(&program.folder);
        fs::create_dir_all(&folder).map_err(|e| format!("cannot create {}: {e}", folder.display()))?;
    }
    let list: String = programs.iter().map(Program::line).collect();
    write(&stage.join("programs.txt"), &list)?;
    write(&stage.join("commit.txt"), &commit()?)?;
    let std = programs::standard_library()?;
    copy_stripped(&std, &stage.join("lib").join(std.file_name().unwrap_or_default()))?;
    for major in [12, 13] {
        copy_stripped(
            &emulator::build(major)?,
            &stage.join(format!("emulator/{major}/libcudart.so.{major}")),
        )?;
    }
    tracked(stage, &ASSETS)?;
    tracked(stage, &PYTHON)?;
    python::wheel(&stage.join("python"))?;
    for (major, name, version, inside) in LIBRARIES.iter().filter(|_| with_libraries) {
        let library = wheels::fetch(name, version)?.join(inside);
        copy(&library, &stage.join(format!("libcudart/{major}/libcudart.so.{major}")))?;
    }
    Ok(())
}

/// Copies files of the workspace to where tests and programs read them: those that git has and a pattern names.
fn tracked(stage: &Path, patterns: &[&str]) -> Result<(), String> {
    let listed = git(&[&["ls-files", "-z", "--"], patterns].concat())?;
    for file in listed.split_terminator('\0') {
        copy(&workspace::root().join(file), &stage.join("packages").join(file))?;
    }
    Ok(())
}

/// The commit that the programs are built from, marked if the working tree differs from it.
fn commit() -> Result<String, String> {
    let changed = !git(&["status", "--porcelain"])?.trim().is_empty();
    let commit = git(&["rev-parse", "HEAD"])?;
    Ok(format!("{}{}\n", commit.trim(), if changed { " with changes" } else { "" }))
}

fn git(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git").current_dir(workspace::root()).args(arguments).output();
    let output = output.map_err(|e| format!("cannot run git: {e}"))?;
    if !output.status.success() {
        return Err(format!("git {arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Prints the size of the bundle; fails if it is too large, and says what was largest before it was packed.
fn weigh(out: &Path, stage: &Path) -> Result<(), String> {
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let total: u64 = sizes(out)?.iter().map(|(size, _)| size).sum();
    println!("{}: {:.1} MiB", out.display(), mib(total));
    if total <= MOST_BYTES {
        return Ok(());
    }
    let inside = |path: &Path| path.strip_prefix(stage).unwrap_or(path).display().to_string();
    let largest =
        sizes(stage)?.into_iter().take(8).map(|(size, path)| format!("{:.1} {}", mib(size), inside(&path)));
    let list = largest.collect::<Vec<_>>().join("\n  ");
    Err(format!(
        "the bundle has more than {:.0} MiB; the largest files before packing:\n  {list}",
        mib(MOST_BYTES)
    ))
}

/// The files in a folder, largest first.
fn sizes(folder: &Path) -> Result<Vec<(u64, PathBuf)>, String> {
    let context = |e: std::io::Error| format!("cannot list {}: {e}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(context)? {
        let entry = entry.map_err(context)?;
        let metadata = entry.metadata().map_err(context)?;
        if metadata.is_dir() {
            files.extend(sizes(&entry.path())?);
        } else {
            files.push((metadata.len(), entry.path()));
        }
    }
    files.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    Ok(files)
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let context = |e: std::io::Error| format!("cannot copy {} to {}: {e}", from.display(), to.display());
    fs::create_dir_all(to.parent().unwrap_or(to)).map_err(context)?;
    fs::copy(from, to).map(drop).map_err(context)
}

fn copy_stripped(from: &Path, to: &Path) -> Result<(), String> {
    copy(from, to)?;
    execute(Command::new("strip").arg(to))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|e| format!("cannot write {}: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_that_is_too_large_is_refused_with_its_largest_file() {
        let (out, stage) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(stage.path().join("test")).unwrap();
        fs::File::create(stage.path().join("test/large")).unwrap().set_len(30 << 20).unwrap();
        fs::File::create(out.path().join(PACK)).unwrap().set_len(MOST_BYTES).unwrap();
        assert_eq!(weigh(out.path(), stage.path()), Ok(()));
        write(&out.path().join("one"), "x").unwrap();
        assert!(weigh(out.path(), stage.path()).unwrap_err().contains("30.0 test/large"));
    }

    #[test]
    fn a_folder_that_is_not_a_bundle_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { out: Some(folder.path().to_path_buf()), with_libs: false };
        assert!(run(&options).unwrap_err().contains("is not a bundle"));
        assert!(folder.path().is_dir());
    }
}
