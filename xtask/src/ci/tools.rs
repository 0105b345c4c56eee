//! The checks that cargo and its tools do.

use std::process::Stdio;

use crate::metadata::Metadata;
use crate::workspace::{self, execute};

const INSTALL_DENY: &str = "cargo install cargo-deny --locked --version 0.20.2 --debug";

pub(super) fn fmt() -> Result<(), String> {
    execute(workspace::cargo().args(["fmt", "--all", "--check"]))
}

/// Lints of every target. `incompatible_msrv` is among them, so this is also the check of the stated Rust version.
/// The emulator's C ABIs exclude each other and are linted apart.
pub(super) fn clippy() -> Result<(), String> {
    let features = Metadata::read()?.features().join(",");
    let runs = [
        ["--workspace", "--features", &features],
        ["--package=cuda-emulator", "--features", "c-abi-12"],
        ["--package=cuda-emulator", "--features", "c-abi-13"],
    ];
    for arguments in runs {
        execute(
            workspace::cargo()
                .args(["clippy", "--keep-going", "--all-targets"])
                .args(arguments)
                .args(["--", "-Dwarnings"]),
        )?;
    }
    Ok(())
}

pub(super) fn doc() -> Result<(), String> {
    let features = Metadata::read()?.features().join(",");
    let mut cargo = workspace::cargo();
    execute(
        cargo
            .args(["doc", "--workspace", "--no-deps", "--keep-going", "--features", &features])
            .env("RUSTDOCFLAGS", "-Dwarnings"),
    )
}

/// Licences, bans and sources of all dependencies, by `.cargo/deny.toml`.
pub(super) fn deny() -> Result<(), String> {
    let mut probe = workspace::cargo();
    let found = probe.args(["deny", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        return Err(format!(
            "cargo-deny is not installed. Install it with `{INSTALL_DENY}`, or leave this step out with `--without deny`."
        ));
    }
    execute(workspace::cargo().args([
        "deny",
        "--all-features",
        "--locked",
        "check",
        "bans",
        "licenses",
        "sources",
    ]))
}
