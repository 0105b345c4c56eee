//! The arrows between the crates of the workspace, and what every crate takes from it.

use super::finding::none;
use crate::metadata::{Dependency, Metadata, Package};

/// Which members a member may need to be built. Only what carries a program or a test may need the emulator.
const ARROWS: [(&str, &[&str]); 8] = [
    ("cuda-sys", &[]),
    ("cuda-emulator", &["cuda-sys"]),
    ("cuda-safe", &["cuda-sys"]),
    ("interop", &["cuda-safe"]),
    ("cuda-interop", &["interop", "cuda-safe", "cuda-sys", "cuda-emulator"]),
    ("cuda-interop-python", &["interop", "cuda-safe", "cuda-sys", "cuda-emulator"]),
    ("tests", &["interop", "cuda-safe", "cuda-sys", "cuda-emulator"]),
    ("xtask", &[]),
];

/// The libraries may test themselves on the emulator, and show in examples what is below them.
const ARROWS_IN_TESTS: [(&str, &[&str]); 3] = [
    ("cuda-sys", &["cuda-emulator"]),
    ("cuda-safe", &["cuda-emulator"]),
    ("interop", &["cuda-emulator", "cuda-sys"]),
];

/// High-level CUDA crates, which this workspace does without.
const BANNED: [&str; 4] = ["cudarc", "cust", "cust_core", "rustacuda"];

pub(super) fn arrows(metadata: &Metadata) -> Result<(), String> {
    let members: Vec<&Package> = metadata.members().collect();
    let mut wrong = Vec::new();
    for package in &members {
        let Some((_, below)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            wrong.push(format!("{}: has no arrows in xtask/src/ci/crates.rs", package.name));
            continue;
        };
        for Dependency { name, kind } in &package.dependencies {
            let member = members.iter().any(|member| member.name == *name);
            let in_tests =
                ARROWS_IN_TESTS.iter().any(|(from, to)| *from == package.name && to.contains(&&**name));
            let allowed = below.contains(&&**name) || in_tests && kind.as_deref() == Some("dev");
            if member && !allowed {
                let kind = kind.as_deref().unwrap_or("normal");
                wrong.push(format!("{} -> {name} ({kind} dependency)", package.name));
            }
        }
    }
    none(&wrong, "these arrows between crates are not in the architecture")
}

pub(super) fn banned(metadata: &Metadata) -> Result<(), String> {
    let names = metadata.packages.iter().map(|package| package.name.clone());
    let found: Vec<String> = names.filter(|name| BANNED.contains(&&**name)).collect();
    none(&found, "these crates are not to be used, not even through another crate")
}

/// One stated Rust version, against which clippy's `incompatible_msrv` judges, and one set of lints.
pub(super) fn inheritance(metadata: &Metadata) -> Result<(), String> {
    let mut wrong = Vec::new();
    for package in metadata.members() {
        let path = &package.manifest_path;
        let manifest =
            std::fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        wrong.extend(
            not_inherited(&manifest).iter().map(|line| format!("{}: `{line}` is missing", package.name)),
        );
    }
    none(&wrong, "every crate takes its Rust version and its lints from the workspace")
}

fn not_inherited(manifest: &str) -> Vec<&'static str> {
    let mut missing = Vec::new();
    if !manifest.lines().any(|line| line.trim() == "rust-version.workspace = true") {
        missing.push("rust-version.workspace = true");
    }
    let mut after_lints = manifest.lines().skip_while(|line| line.trim() != "[lints]").skip(1);
    if !after_lints.any(|line| line.trim() == "workspace = true") {
        missing.push("[lints] workspace = true");
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace whose members depend on each other as told: `(from, kind, to)`.
    fn workspace(members: &[&str], arrows: &[(&str, Option<&str>, &str)]) -> Metadata {
        let packages = members.iter().map(|name| {
            let own = arrows.iter().filter(|(from, ..)| from == name);
            let needs: Vec<_> = own.map(|(_, kind, to)| serde_json::json!({"name": to, "kind": kind})).collect();
            serde_json::json!({"id": name, "name": name, "manifest_path": "/none", "dependencies": needs, "features": {}})
        });
        let packages: Vec<_> = packages.collect();
        serde_json::from_value(serde_json::json!({"packages": packages, "workspace_members": members}))
            .unwrap()
    }

    #[test]
    fn a_library_that_needs_the_emulator_is_refused_and_a_test_that_does_is_not() {
        let members = ["cuda-sys", "cuda-emulator", "cuda-safe"];
        let in_tests = workspace(&members, &[("cuda-safe", Some("dev"), "cuda-emulator")]);
        assert_eq!(arrows(&in_tests), Ok(()));
        let normal = workspace(&members, &[("cuda-safe", None, "cuda-emulator")]);
        assert!(arrows(&normal).unwrap_err().contains("cuda-safe -> cuda-emulator (normal dependency)"));
    }

    #[test]
    fn an_arrow_that_points_up_is_refused() {
        let upwards = workspace(&["cuda-sys", "cuda-safe"], &[("cuda-sys", None, "cuda-safe")]);
        assert!(arrows(&upwards).unwrap_err().contains("cuda-sys -> cuda-safe"));
    }

    #[test]
    fn a_new_crate_needs_its_arrows() {
        assert!(arrows(&workspace(&["cuda-more"], &[])).unwrap_err().contains("cuda-more: has no arrows"));
    }

    #[test]
    fn a_banned_crate_is_found() {
        assert!(banned(&workspace(&["cuda-sys", "cudarc"], &[])).unwrap_err().contains("cudarc"));
        assert_eq!(banned(&workspace(&["cuda-sys"], &[])), Ok(()));
    }

    #[test]
    fn a_manifest_without_the_lints_or_the_version_of_the_workspace_is_found() {
        let whole = "[package]\nrust-version.workspace = true\n\n[lints]\nworkspace = true\n";
        assert!(not_inherited(whole).is_empty());
        assert_eq!(
            not_inherited("[package]\n[lints]\nworkspace = true\n"),
            ["rust-version.workspace = true"]
        );
        let own_lints = "[package]\nrust-version.workspace = true\n[lints.clippy]\n";
        assert_eq!(not_inherited(own_lints), ["[lints] workspace = true"]);
    }
}
