//! What the committed files of a folder are, beside what the generator writes.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

/// The one file of the folder that is written by hand.
const BY_HAND: &str = "mod.rs";

/// Fails, with the differing lines, if a file of `folder` is not what the generator writes, is missing, or is one too many.
pub(super) fn check(folder: &Path, files: &[(&str, String)]) -> Result<(), String> {
    let failed = |error: io::Error| format!("{}: {error}", folder.display());
    let mut found = String::new();
    for (name, text) in files {
        let path = folder.join(name);
        match fs::read_to_string(&path) {
            Ok(committed) if committed == *text => {}
            Ok(_) => found += &diff(&path, text)?,
            Err(error) => found += &format!("{}: {error}\n", path.display()),
        }
    }
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if name != BY_HAND && !files.iter().any(|(file, _)| name == **file) {
            found += &format!(
                "{}: the generator does not write this file: delete it\n",
                folder.join(name).display()
            );
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(format!("the committed files are not what the generator writes:\n{found}run `cargo xtask bindings`"))
}

/// The lines in which the file at `path` differs from `text`, as `git diff` shows them.
fn diff(path: &Path, text: &str) -> Result<String, String> {
    let failed = |error: io::Error| format!("cannot show how {} differs: {error}", path.display());
    let folder = tempfile::tempdir().map_err(failed)?;
    let generated = folder.path().join("generated");
    fs::write(&generated, text).map_err(failed)?;
    let mut git = Command::new("git");
    git.args(["diff", "--no-index", "--no-color", "--no-ext-diff", "--"]).arg(path).arg(&generated);
    Ok(String::from_utf8_lossy(&git.output().map_err(failed)?.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a folder with these files, where the generator writes `good.rs` alone.
    fn said_of(committed: &[(&str, &str)]) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in committed {
            fs::write(folder.path().join(name), text).unwrap();
        }
        check(folder.path(), &[("good.rs", "a\nb\nc\n".to_owned())])
    }

    #[test]
    fn what_is_up_to_date_passes_beside_the_file_written_by_hand() {
        assert_eq!(said_of(&[("good.rs", "a\nb\nc\n"), ("mod.rs", "mod good;\n")]), Ok(()));
    }

    #[test]
    fn each_differing_line_is_shown() {
        let said = said_of(&[("good.rs", "X\nb\nY\n")]).unwrap_err();
        for line in ["\n-X\n", "\n+a\n", "\n b\n", "\n-Y\n", "\n+c\n"] {
            assert!(said.contains(line), "{line:?} is not in {said}");
        }
    }

    #[test]
    fn a_stale_file_and_a_missing_one_are_named() {
        let said = said_of(&[("v11.rs", "")]).unwrap_err();
        assert!(said.contains("v11.rs: the generator does not write this file"), "{said}");
        assert!(said.contains("good.rs: No such file"), "{said}");
    }
}
