//! What cargo knows of the workspace: `cargo metadata`, reduced to what the tasks ask.

use serde::Deserialize;
use std::path::PathBuf;

use crate::workspace;

/// All packages that are built, and which of them are members.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    workspace_members: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    id: String,
    pub(crate) name: String,
    pub(crate) manifest_path: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) features: std::collections::BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None` for a normal dependency, else `dev` or `build`.
    pub(crate) kind: Option<String>,
}

impl Metadata {
    /// Asks cargo.
    pub(crate) fn read() -> Result<Metadata, String> {
        let mut cargo = workspace::cargo();
        let output = cargo
            .args(["metadata", "--format-version", "1"])
            .stderr(std::process::Stdio::inherit())
            .output()
            .map_err(|e| format!("cannot run cargo metadata: {e}"))?;
        if !output.status.success() {
            return Err(format!("cargo metadata failed ({})", output.status));
        }
        serde_json::from_slice(&output.stdout)
            .map_err(|e| format!("cannot read what cargo metadata wrote: {e}"))
    }

    /// The packages of this workspace.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// Every feature of every member, as `PACKAGE/FEATURE`, for commands over the whole workspace. The emulator's C
    /// ABIs are left out: they exclude each other and are built apart.
    pub(crate) fn features(&self) -> Vec<String> {
        let features = self.members().flat_map(|p| p.features.keys().map(move |f| (&p.name, f)));
        features
            .filter(|(_, f)| *f != "default" && !f.starts_with("c-abi-"))
            .map(|(p, f)| format!("{p}/{f}"))
            .collect()
    }
}
