//! `cargo xtask bindings [--check]`: writes `cuda-sys/src/cudart/generated/` from NVIDIA's headers.
//!
//! 1. [`headers`] runs the pinned bindgen over the pinned headers of both CUDA majors.
//! 2. [`items`] reads the two results item by item: types, constants, functions.
//! 3. [`sections`] proves that `bindings.txt` lists every function.
//! 4. [`agreement`] decides for each item whether CUDA 12 and 13 mean the same by it, through everything it reaches.
//! 5. [`symbols`] asks the libraries of every release which symbols they export, and so since when.
//! 6. [`emit`] writes `common.rs`, `v12.rs`, `v13.rs` and `table.rs`.
//!
//! `--check` writes nothing: it fails with every line that differs from what is committed, and names files that the generator
//! does not write.

mod agreement;
mod difference;
mod emit;
mod headers;
mod items;
mod sections;
mod symbols;

use crate::wheels;
use std::{fs, path::Path};

/// Where each major's headers are: the package and the include folder in it. `crt/host_defines.h` comes apart.
const HEADERS_12: [(&str, &str); 2] = [
    ("nvidia-cuda-runtime-cu12", "nvidia/cuda_runtime/include"),
    ("nvidia-cuda-nvcc-cu12", "nvidia/cuda_nvcc/include"),
];
const HEADERS_13: [(&str, &str); 2] =
    [("nvidia-cuda-runtime", "nvidia/cu13/include"), ("nvidia-cuda-crt", "nvidia/cu13/include")];

const GENERATED: &str = "cuda-sys/src/cudart/generated";

/// Runs the command; `root` is the workspace.
pub(crate) fn run(root: &Path, check: bool) -> Result<(), String> {
    let v12 = headers::bind(&packages(&HEADERS_12)?)?;
    let v13 = headers::bind(&packages(&HEADERS_13)?)?;
    let (v12, v13) = (items::parse(&v12.source, v12.origin)?, items::parse(&v13.source, v13.origin)?);

    let sections = sections::read(&root.join(sections::FILE), &v12, &v13)?;
    let agreement = agreement::compare(&v12, &v13)?;
    let since = symbols::Since::read()?;
    let files = emit::files(&v12, &v13, &agreement, &since, &sections)?;

    let folder = root.join(GENERATED);
    if check {
        difference::check(&folder, &files)?;
    } else {
        for (name, text) in &files {
            let path = folder.join(name);
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    println!(
        "bindings: {} functions, {} shared by CUDA 12 and 13; {}",
        sections.iter().map(|section| section.functions.len()).sum::<usize>(),
        agreement.shared_functions(),
        if check { "committed files are up to date" } else { "written" },
    );
    Ok(())
}

/// The newest pinned version of each header package.
fn packages(wanted: &[(&str, &str)]) -> Result<Vec<headers::Package>, String> {
    let pins = wheels::pins()?;
    let package = |&(name, include): &(&str, &str)| {
        let pin =
            pins.iter().rfind(|pin| pin.name == name).ok_or(format!("{name} is not in xtask/wheels.txt"))?;
        let include = wheels::fetch(pin.name, pin.version)?.join(include);
        Ok(headers::Package { include, label: format!("{name} {} (sha256 {})", pin.version, pin.sha256) })
    };
    wanted.iter().map(package).collect()
}
