//! The Python package: `cargo xtask wheel` builds it, `cargo xtask test` also tests it.
//!
//! Both work in a virtual environment of their own, `target/python/`, with maturin and the package's `test` extra. The
//! tests are pytest's, on the emulator, and mypy's stubtest, which compares the type stubs with the module.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::wheels::python;
use crate::workspace::{self, execute};

/// The oldest Python that the package is for.
const OLDEST: &str = "3.11";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Where to put the wheel
    #[arg(long, value_name = "DIR", default_value = "target/wheels")]
    out: PathBuf,
}

/// `cargo xtask wheel`.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    println!("{}", wheel(&workspace::root().join(&options.out))?.display());
    Ok(())
}

/// Builds the wheel into a folder, in place of older ones, and gives its path.
pub(crate) fn wheel(out: &Path) -> Result<PathBuf, String> {
    Environment::make()?.build(out)
}

/// Tests the package, if there is a Python to do it with; under CI there must be one.
pub(crate) fn test() -> Result<(), String> {
    println!("\n--- Python package");
    if let Err(reason) = usable() {
        let reason = format!("the Python package's tests need Python {OLDEST} with pip and venv: {reason}");
        if std::env::var_os("CI").is_some() {
            return Err(reason);
        }
        println!("{reason}. They are left out.");
        return Ok(());
    }
    let environment = Environment::make()?;
    let wheel = environment.build(&workspace::target_dir().join("wheels"))?;
    execute(environment.pip().args(["install", "--no-deps", "--force-reinstall"]).arg(wheel))?;
    // Both run even if the first fails.
    let tests = execute(environment.python().args(["-m", "pytest", "-p", "no:cacheprovider", "--quiet"]));
    let stubs = execute(environment.python().args(["-m", "mypy.stubtest", "cuda_interop", "--concise"]));
    tests.and(stubs)
}

/// Whether `python3` is there, is new enough, and can make a virtual environment.
fn usable() -> Result<(), String> {
    let (major, minor) = OLDEST.split_once('.').unwrap_or((OLDEST, "0"));
    let check = format!("import ensurepip, sys; sys.exit(sys.version_info < ({major}, {minor}))");
    let python = python();
    let output = Command::new(&python)
        .args(["-c", &check])
        .output()
        .map_err(|e| format!("cannot run {python}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = said.lines().last().unwrap_or("it is older").trim();
    Err(format!("{python}: {reason}"))
}

/// A virtual environment with everything that builds and tests the package.
struct Environment {
    folder: PathBuf,
    package: PathBuf,
}

impl Environment {
    /// Makes it, or finds it as an earlier call made it for the same `pyproject.toml`.
    fn make() -> Result<Self, String> {
        let package = workspace::root().join("interop/python");
        let environment = Self { folder: workspace::target_dir().join("python"), package };
        let project = environment.package.join("pyproject.toml");
        let wanted =
            fs::read_to_string(&project).map_err(|e| format!("cannot read {}: {e}", project.display()))?;
        let stamp = environment.folder.join("made-for.toml");
        if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
            return Ok(environment);
        }
        workspace::remove(&environment.folder)?;
        execute(Command::new(python()).args(["-m", "venv"]).arg(&environment.folder))?;
        // What `pyproject.toml` asks for itself: the build's requirement and the `test` extra with the dependencies.
        let (build, test) = requirements(&environment.python_path(), &project)?;
        execute(environment.pip().arg("install").args(build).args(test))?;
        fs::write(&stamp, wanted).map_err(|e| format!("cannot write {}: {e}", stamp.display()))?;
        Ok(environment)
    }

    fn python_path(&self) -> PathBuf {
        self.folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
    }

    /// The environment's Python, in the package's folder.
    fn python(&self) -> Command {
        let mut command = Command::new(self.python_path());
        command.current_dir(&self.package).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    fn pip(&self) -> Command {
        let mut command = self.python();
        command.args(["-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]);
        command
    }

    /// Builds the wheel into `out`, in place of older ones, and gives its path.
    fn build(&self, out: &Path) -> Result<PathBuf, String> {
        workspace::remove(out)?;
        let mut maturin = self.python();
        maturin
            .args(["-m", "maturin", "build", "--locked", "--quiet", "--interpreter"])
            .arg(self.python_path());
        execute(maturin.arg("--out").arg(out).env("CARGO_TARGET_DIR", workspace::target_dir()))?;
        let entries = fs::read_dir(out).map_err(|e| format!("cannot list {}: {e}", out.display()))?;
        entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
            .ok_or_else(|| format!("maturin left no wheel in {}", out.display()))
    }
}

/// The build requirements of a `pyproject.toml`, and what its package and its tests need.
fn requirements(python: &Path, project: &Path) -> Result<(Vec<String>, Vec<String>), String> {
    let script = "import sys, tomllib
project = tomllib.load(open(sys.argv[1], 'rb'))
print(*project['build-system']['requires'], sep='\\n')
print()
print(*project['project']['dependencies'], *project['project']['optional-dependencies']['test'], sep='\\n')";
    let output = Command::new(python).args(["-c", script]).arg(project).output();
    let output = output.map_err(|e| format!("cannot run {}: {e}", python.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    match text.split_once("\n\n") {
        Some((build, test)) if output.status.success() => Ok((lines(build), lines(test))),
        _ => Err(format!(
            "cannot read {}: {}",
            project.display(),
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}
