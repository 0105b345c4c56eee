//! What the repository holds: its top level, the length of its files, and words that no file may have.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::finding::none;
use crate::workspace;

/// The rooms of the house and its papers. Files whose name starts with a dot come on top.
const TOP_LEVEL: [&str; 11] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "cuda-safe",
    "cuda-sys",
    "interop",
    "tests",
    "xtask",
];

/// The most lines that a hand-written source file may have.
const LINES: usize = 400;

/// Folders that only exist on one person's machine. Their slashes are added where they are looked for.
const MACHINE_FOLDERS: [&str; 3] = ["root", "home", "work"];

/// The hosts that an address in a file may name. All others, package registries first, are for a machine's settings.
const HOSTS: [&str; 3] = ["doc.rust-lang.org", "www.apache.org", "www.w3.org"];

/// The files of the repository, relative to its root: those in git, and new ones that git does not ignore.
pub(super) fn tracked() -> Result<Vec<String>, String> {
    let mut git = Command::new("git");
    git.current_dir(workspace::root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let output = git.output().map_err(|e| format!("cannot run git ls-files: {e}"))?;
    if !output.status.success() {
        return Err(format!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let listed = String::from_utf8_lossy(&output.stdout);
    let present = listed.split_terminator('\0').filter(|file| workspace::root().join(file).is_file());
    Ok(present.map(str::to_owned).collect())
}

pub(super) fn top_level(files: &[String]) -> Result<(), String> {
    let mut found: Vec<&str> = files.iter().filter_map(|file| file.split('/').next()).collect();
    found.retain(|name| !name.starts_with('.'));
    found.sort_unstable();
    found.dedup();
    let unknown =
        found.iter().filter(|name| !TOP_LEVEL.contains(name)).map(|name| format!("{name}: does not belong"));
    let missing =
        TOP_LEVEL.iter().filter(|name| !found.contains(name)).map(|name| format!("{name}: is missing"));
    none(&unknown.chain(missing).collect::<Vec<_>>(), "the top level is fixed")
}

pub(super) fn size(root: &Path, files: &[String]) -> Result<(), String> {
    let mut long = Vec::new();
    let written = files.iter().filter(|file| file.ends_with(".rs") || file.ends_with(".py"));
    for file in written.filter(|file| !file.contains("/generated/")) {
        let lines = read(root, file)?.lines().count();
        if lines > LINES {
            long.push(format!("{file}: {lines} lines"));
        }
    }
    none(&long, &format!("a hand-written file has at most {LINES} lines; split these by what they are about"))
}

/// Cargo.lock names a registry by its nature, and is cargo's.
pub(super) fn paths_and_hosts(root: &Path, files: &[String]) -> Result<(), String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| *file != "Cargo.lock") {
        let text = read(root, file)?;
        // A file with a zero byte is no text: three bytes of a picture may look like anything.
        for (index, line) in text.lines().enumerate().take_while(|_| !text.contains('\0')) {
            let folder = MACHINE_FOLDERS.iter().find(|folder| has_path(line, &format!("/{folder}/")));
            let host = hosts(line).find(|host| !HOSTS.contains(host));
            if let Some(word) = folder.copied().or(host) {
                found.push(format!("{file}:{}: {word}", index + 1));
            }
        }
    }
    none(&found, "no file names a folder of one machine, or a host that xtask/src/ci/files.rs does not list")
}

/// The hosts of the addresses in a line: what is behind each `://`, a user before it and a port after it left out.
fn hosts(line: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || ".-_@:".contains(c));
    let authorities = line.split("://").skip(1).map(move |rest| rest.split(ends).next().unwrap_or(rest));
    let hosts = authorities.map(|authority| {
        let host = authority.rsplit('@').next().unwrap_or(authority);
        host.split(':').next().unwrap_or(host).trim_end_matches('.')
    });
    hosts.filter(|host| !host.is_empty())
}

/// Whether `line` has `path` where an absolute path begins, so not behind another folder or a variable.
fn has_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || "._-})*".contains(c)))
    })
}

/// The text of one file; bytes that are not text are of no concern here.
fn read(root: &Path, file: &str) -> Result<String, String> {
    let bytes = fs::read(root.join(file)).map_err(|e| format!("cannot read {file}: {e}"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[&str]) -> Vec<String> {
        files.iter().map(|file| (*file).to_owned()).collect()
    }

    /// A folder that holds one file.
    fn holding(file: &str, text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(file), text).unwrap();
        folder
    }

    #[test]
    fn a_stranger_and_a_gap_on_the_top_level_are_found() {
        let mut files = names(&TOP_LEVEL);
        files.extend(names(&[".gitignore", "cuda-sys/src/lib.rs"]));
        assert_eq!(top_level(&files), Ok(()));
        files.push("notes/today.md".to_owned());
        assert!(top_level(&files).unwrap_err().contains("notes: does not belong"));
        files.retain(|file| file != "LICENSE-MIT");
        assert!(top_level(&files).unwrap_err().contains("LICENSE-MIT: is missing"));
    }

    #[test]
    fn a_file_of_401_lines_is_too_long_and_one_of_400_is_not() {
        let folder = holding("long.rs", &"\n".repeat(401));
        assert!(size(folder.path(), &names(&["long.rs"])).unwrap_err().contains("long.rs: 401 lines"));
        let folder = holding("full.py", &"\n".repeat(400));
        assert_eq!(size(folder.path(), &names(&["full.py"])), Ok(()));
    }

    #[test]
    fn a_folder_of_one_machine_is_found() {
        for folder in MACHINE_FOLDERS {
            let held = holding("notes.md", &format!("first\nsee `/{folder}/data`\n"));
            let found = paths_and_hosts(held.path(), &names(&["notes.md"])).unwrap_err();
            assert!(found.contains(&format!("notes.md:2: {folder}")));
            let held = holding("notes.md", &format!("$TMP/{folder}/data and x/{folder}/y\n"));
            assert_eq!(paths_and_hosts(held.path(), &names(&["notes.md"])), Ok(()));
        }
    }

    #[test]
    fn a_host_that_is_not_listed_is_found_except_in_the_lock_file() {
        // Behind the colon and slashes that make it an address, which this file must not have before a stranger.
        for stranger in ["wheels.example.org", "user:word@wheels.example.org:8080"] {
            let text = format!("first\ncurl https{}{stranger}/x\n", "://");
            let held = holding("setup.sh", &text);
            let found = paths_and_hosts(held.path(), &names(&["setup.sh"])).unwrap_err();
            assert!(found.contains("setup.sh:2: wheels.example.org"), "{found}");
            let held = holding("Cargo.lock", &text);
            assert_eq!(paths_and_hosts(held.path(), &names(&["Cargo.lock"])), Ok(()));
        }
    }

    #[test]
    fn listed_hosts_and_addresses_without_a_host_may_stand() {
        let addresses = HOSTS.map(|host| format!("<https://{host}/x>, see https://{host}.\n"));
        let held = holding("notes.md", &format!("{}file:///etc/hosts std::ops\n", addresses.concat()));
        assert_eq!(paths_and_hosts(held.path(), &names(&["notes.md"])), Ok(()));
    }

    #[test]
    fn a_file_that_is_no_text_is_passed_over() {
        let held = holding("image.png", &format!("\0\nhttps{}wheels.example.org\n", "://"));
        assert_eq!(paths_and_hosts(held.path(), &names(&["image.png"])), Ok(()));
    }
}
