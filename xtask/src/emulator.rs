//! The emulator as a shared library: `target/emulator/MAJOR/libcudart.so.MAJOR`, built once for each CUDA major.

use std::fs;
use std::path::PathBuf;

use crate::workspace;

/// Builds the emulator's shared library for one CUDA major and gives its path.
pub(crate) fn build(major: u32) -> Result<PathBuf, String> {
    let target = workspace::target_dir();
    let file = format!("libcudart.so.{major}");
    let mut cargo = workspace::cargo();
    cargo.args(["rustc", "--quiet", "--package", "cuda-emulator", "--lib", "--crate-type", "cdylib"]);
    cargo.arg("--features").arg(format!("c-abi-{major}")).arg("--target-dir").arg(&target);
    cargo.arg("--").arg(format!("-Clink-arg=-Wl,-soname,{file}"));
    workspace::execute(&mut cargo)?;
    // Both majors come out under one name, so each is copied away before the next is built.
    let (built, folder) =
        (target.join("debug/libcuda_emulator.so"), target.join(format!("emulator/{major}")));
    let library = folder.join(file);
    fs::create_dir_all(&folder).map_err(|e| format!("cannot create {}: {e}", folder.display()))?;
    // A running program may have mapped the old file: it keeps it, since the new one is another file of the same name.
    let fresh = folder.join("fresh");
    fs::copy(&built, &fresh)
        .and_then(|_| fs::rename(&fresh, &library))
        .map_err(|e| format!("cannot copy {} to {}: {e}", built.display(), library.display()))?;
    Ok(library)
}
