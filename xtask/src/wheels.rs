//! NVIDIA's wheels, fetched by pip and unpacked once into `target/cuda/NAME-VERSION/`.
//!
//! `xtask/wheels.txt` pins each wheel by version and SHA-256; pip finds the file and checks the hash. Only headers and
//! libcudart are unpacked. A folder takes its final name after it is complete and holds the hash it was made from, so
//! a second call reads one small file and needs neither Python nor a network.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::{self, remove};

const PINS: &str = include_str!("../wheels.txt");

/// Linux x86-64 by the names that NVIDIA's wheels carry; pip takes a wheel that has any of them.
const PLATFORMS: [&str; 6] = [
    "manylinux_2_27_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux2014_x86_64",
    "manylinux_2_12_x86_64",
    "manylinux2010_x86_64",
    "manylinux1_x86_64",
];

/// The file in an unpacked wheel that says which hash it was made from.
const STAMP: &str = ".sha256";

/// One line of `wheels.txt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) sha256: &'static str,
}

/// Every pinned wheel, in the order of `wheels.txt`.
pub(crate) fn pins() -> Result<Vec<Pin>, String> {
    PINS.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).map(parse).collect()
}

fn parse(line: &'static str) -> Result<Pin, String> {
    let pin = || {
        let (requirement, sha256) = line.split_once(" --hash=sha256:")?;
        let (name, version) = requirement.split_once("==")?;
        let hex = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
        hex.then_some(Pin { name, version, sha256 })
    };
    pin().ok_or_else(|| {
        format!("xtask/wheels.txt: expected `name==version --hash=sha256:HEX`, found {line:?}")
    })
}

/// The folder with the headers and libraries of one pinned wheel, fetched now if it is not there yet.
pub(crate) fn fetch(name: &str, version: &str) -> Result<PathBuf, String> {
    let pin = pins()?
        .into_iter()
        .find(|pin| pin.name == name && pin.version == version)
        .ok_or_else(|| format!("{name}=={version} is not in xtask/wheels.txt"))?;
    let cache = workspace::target_dir().join("cuda");
    let folder = cache.join(format!("{name}-{version}"));
    if fs::read_to_string(folder.join(STAMP)).is_ok_and(|stamp| stamp == pin.sha256) {
        return Ok(folder);
    }
    fs::create_dir_all(&cache).map_err(|e| format!("cannot create {}: {e}", cache.display()))?;
    let work = cache.join(format!(".{name}-{version}.{}", std::process::id()));
    let outcome = fetch_into(&pin, &work, &folder);
    // What is left in `work` after success is the wheel itself; after an error, whatever was reached.
    let cleared = remove(&work);
    outcome.and(cleared).map(|()| folder)
}

fn fetch_into(pin: &Pin, work: &Path, folder: &Path) -> Result<(), String> {
    remove(work)?;
    let unpacked = work.join("unpacked");
    fs::create_dir_all(&unpacked).map_err(|e| format!("cannot create {}: {e}", unpacked.display()))?;
    unpack(&download(pin, work)?, &unpacked)?;
    fs::write(unpacked.join(STAMP), pin.sha256).map_err(|e| format!("cannot write {STAMP}: {e}"))?;
    remove(folder)?;
    fs::rename(&unpacked, folder).map_err(|e| format!("cannot rename to {}: {e}", folder.display()))
}

/// Has pip put the wheel into `work` and gives its path.
fn download(pin: &Pin, work: &Path) -> Result<PathBuf, String> {
    let Pin { name, version, sha256 } = pin;
    let requirements = work.join("requirements.txt");
    fs::write(&requirements, format!("{name}=={version} --hash=sha256:{sha256}\n"))
        .map_err(|e| format!("cannot write {}: {e}", requirements.display()))?;
    let python = python();
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--retries",
        "2",
    ]);
    pip.args(["--no-deps", "--only-binary=:all:", "--require-hashes"]);
    pip.args(PLATFORMS.iter().flat_map(|platform| ["--platform", platform]));
    pip.arg("--dest").arg(work).arg("--requirement").arg(&requirements);
    let output =
        pip.output().map_err(|e| format!("cannot run {python} to fetch {name}=={version} with pip: {e}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("pip could not fetch {name}=={version} ({}): {}", output.status, said.trim()));
    }
    let entries = fs::read_dir(work).map_err(|e| format!("cannot list {}: {e}", work.display()))?;
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| {
            format!("pip reported success for {name}=={version} but left no wheel in {}", work.display())
        })
}

/// The Python to ask for pip: `PYTHON` if it is set, else `python3`.
pub(crate) fn python() -> String {
    std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// Unpacks the headers and libcudart of one wheel.
fn unpack(wheel: &Path, folder: &Path) -> Result<(), String> {
    let context = |e: &dyn std::fmt::Display| format!("cannot unpack {}: {e}", wheel.display());
    let file = fs::File::open(wheel).map_err(|e| context(&e))?;
    let mut archive = zip::ZipArchive::new(io::BufReader::new(file)).map_err(|e| context(&e))?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|e| context(&e))?;
        let inside = entry.enclosed_name().ok_or_else(|| context(&"a path leads out of the folder"))?;
        if !wanted(&inside) {
            continue;
        }
        let path = folder.join(inside);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| context(&e))?;
        }
        let mut out = fs::File::create(&path).map_err(|e| context(&e))?;
        io::copy(&mut entry, &mut out).map_err(|e| context(&e))?;
    }
    Ok(())
}

fn wanted(path: &Path) -> bool {
    let header = path.extension().is_some_and(|e| ["h", "hpp", "inl"].iter().any(|known| e == *known));
    let library = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libcudart.so"));
    header || library
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_pins_is_understood() {
        let pins = pins().unwrap();
        assert!(
            pins.iter().any(|pin| pin.name == "nvidia-cuda-runtime-cu12" && pin.version.starts_with("12.9."))
        );
        assert!(pins.iter().any(|pin| pin.name == "nvidia-cuda-runtime" && pin.version.starts_with("13.")));
    }

    #[test]
    fn a_line_without_a_whole_hash_is_refused() {
        assert!(parse("nvidia-cuda-runtime==13.0.96").is_err());
        assert!(parse("nvidia-cuda-runtime==13.0.96 --hash=sha256:12ab").unwrap_err().contains("12ab"));
    }

    #[test]
    fn a_wheel_that_is_not_pinned_is_refused() {
        assert_eq!(fetch("numpy", "1.0").unwrap_err(), "numpy==1.0 is not in xtask/wheels.txt");
    }

    #[test]
    fn only_headers_and_libcudart_are_unpacked() {
        assert!(wanted(Path::new("nvidia/cu13/lib/libcudart.so.13")));
        assert!(wanted(Path::new("nvidia/cu13/include/crt/host_defines.h")));
        assert!(!wanted(Path::new("nvidia/cu13/lib/libcudart_static.a")));
        assert!(!wanted(Path::new("nvidia/cuda_nvcc/nvvm/lib64/libnvvm.so")));
    }
}
