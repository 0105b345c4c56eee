//! Since when a libcudart exports a symbol: read from the symbol tables of one library a release.

use crate::wheels;
use object::{Object, ObjectSymbol};
use std::{collections::BTreeSet, fs, path::Path};

/// The packages that hold libcudart, one pinned version for each release.
const RUNTIMES: [&str; 2] = ["nvidia-cuda-runtime-cu12", "nvidia-cuda-runtime"];

/// The symbols of every release, oldest first.
pub(super) struct Since {
    releases: Vec<(u32, BTreeSet<String>)>,
}

impl Since {
    /// Fetches the libraries and reads their dynamic symbols.
    pub(super) fn read() -> Result<Self, String> {
        let mut releases = Vec::new();
        for pin in wheels::pins()?.iter().filter(|pin| RUNTIMES.contains(&pin.name)) {
            let (folder, version) = (wheels::fetch(pin.name, pin.version)?, pin.version);
            let major = version.split('.').next().unwrap_or_default();
            let library = match major {
                "12" => folder.join("nvidia/cuda_runtime/lib/libcudart.so.12"),
                _ => folder.join(format!("nvidia/cu{major}/lib/libcudart.so.{major}")),
            };
            releases.push((number(version)?, exported(&library)?));
        }
        releases.sort_by_key(|(version, _)| *version);
        Ok(Self { releases })
    }

    /// The first release of `majors` that exports `symbol`, as CUDA writes versions (12040 for 12.4).
    pub(super) fn first(&self, symbol: &str, majors: &[u32]) -> Option<u32> {
        let mut releases = self.releases.iter().filter(|(version, _)| majors.contains(&(version / 1000)));
        releases.find(|(_, symbols)| symbols.contains(symbol)).map(|(version, _)| *version)
    }
}

fn number(version: &str) -> Result<u32, String> {
    let mut parts = version.split('.').map(|part| part.parse::<u32>());
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Ok(major * 1000 + minor * 10),
        _ => Err(format!("{version} is not a version")),
    }
}

fn exported(library: &Path) -> Result<BTreeSet<String>, String> {
    let bytes = fs::read(library).map_err(|error| format!("{}: {error}", library.display()))?;
    let file = object::File::parse(&*bytes).map_err(|error| format!("{}: {error}", library.display()))?;
    let symbols = file.dynamic_symbols().filter(|symbol| symbol.is_definition());
    Ok(symbols.filter_map(|symbol| symbol.name().ok().map(str::to_owned)).collect())
}
