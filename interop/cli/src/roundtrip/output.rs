//! The folder that the images go to: whole files or none.
//!
//! Whether the folder can be written is found out before any work is done. Files are written under a temporary folder
//! inside it and take their names at the end. If anything fails before that, Drop takes the temporary folder away, and
//! with it every folder that was made for it.

use crate::exit::Failure;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder that is going to hold files.
#[derive(Debug)]
pub(super) struct Output {
    folder: PathBuf,
    // Fields are dropped in this order: the staging folder is gone when the folders around it are taken away.
    staging: TempDir,
    made: MadeFolders,
}

impl Output {
    /// Makes sure that files of these names can be written to `folder`, and that none of them is `input`.
    pub(super) fn prepare(folder: &Path, files: &[&str], input: &Path) -> Result<Self, Failure> {
        let made = MadeFolders::make(folder)?;
        for file in files {
            let path = folder.join(file);
            if path.is_dir() {
                return Err(Failure::bad_input(format_args!("{} is a folder", path.display())));
            }
            if fs::canonicalize(&path)
                .is_ok_and(|path| fs::canonicalize(input).is_ok_and(|input| input == path))
            {
                let message =
                    format!("{} is the image itself: choose another folder with --out", path.display());
                return Err(Failure::bad_input(message));
            }
        }
        let staging = tempfile::Builder::new().prefix(".roundtrip-").tempdir_in(folder).map_err(|error| {
            Failure::bad_input(format_args!("cannot write to the folder {}: {error}", folder.display()))
        })?;
        Ok(Self { folder: folder.to_owned(), staging, made })
    }

    /// Writes a file, which has no name in the folder yet.
    pub(super) fn write(&self, file: &str, content: &[u8]) -> Result<(), Failure> {
        fs::write(self.staging.path().join(file), content).map_err(|error| self.failed(file, &error))
    }

    /// Gives the files that were written their names, and says where they are.
    pub(super) fn publish(mut self, files: &[&str]) -> Result<Vec<PathBuf>, Failure> {
        self.made.0.clear();
        let publish = |file: &&str| {
            let path = self.folder.join(file);
            fs::rename(self.staging.path().join(file), &path).map_err(|error| self.failed(file, &error))?;
            Ok(path)
        };
        files.iter().map(publish).collect()
    }

    fn failed(&self, file: &str, error: &std::io::Error) -> Failure {
        Failure::failed(format_args!("cannot write {}: {error}", self.folder.join(file).display()))
    }
}

/// The folders that had to be made, outermost first; Drop takes away those that are empty.
#[derive(Debug)]
struct MadeFolders(Vec<PathBuf>);

impl MadeFolders {
    fn make(folder: &Path) -> Result<Self, Failure> {
        let mut missing: Vec<&Path> =
            folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists()).collect();
        missing.reverse();
        let mut made = Self(Vec::new());
        for path in missing {
            fs::create_dir(path).map_err(|error| {
                Failure::bad_input(format_args!("cannot make the folder {}: {error}", path.display()))
            })?;
            made.0.push(path.to_owned());
        }
        Ok(made)
    }
}

impl Drop for MadeFolders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // Somebody else may have put something there in the meantime, and then it stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_appear_when_all_are_published() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("a/b");
        let output = Output::prepare(&folder, &["x", "y"], Path::new("none")).unwrap();
        output.write("x", b"1").unwrap();
        output.write("y", b"2").unwrap();
        assert!(!folder.join("x").exists());
        assert_eq!(output.publish(&["x", "y"]).unwrap(), [folder.join("x"), folder.join("y")]);
        assert_eq!(names(&folder), ["x", "y"]);
    }

    #[test]
    fn an_output_that_is_dropped_leaves_nothing_not_even_the_folders_it_made() {
        let outer = tempfile::tempdir().unwrap();
        let output = Output::prepare(&outer.path().join("a/b"), &["x"], Path::new("none")).unwrap();
        output.write("x", b"1").unwrap();
        drop(output);
        assert!(names(outer.path()).is_empty());
    }

    #[test]
    fn a_folder_that_was_there_stays_with_what_was_in_it() {
        let outer = tempfile::tempdir().unwrap();
        fs::write(outer.path().join("x"), b"old").unwrap();
        let output = Output::prepare(outer.path(), &["x"], Path::new("none")).unwrap();
        output.write("x", b"new").unwrap();
        drop(output);
        assert_eq!(fs::read(outer.path().join("x")).unwrap(), b"old");
        assert_eq!(names(outer.path()), ["x"]);
    }

    #[test]
    fn the_input_is_not_overwritten() {
        let outer = tempfile::tempdir().unwrap();
        let input = outer.path().join("x");
        fs::write(&input, b"image").unwrap();
        let refused = Output::prepare(outer.path(), &["x"], &input).unwrap_err();
        assert!(format!("{refused:?}").contains("is the image itself"));
        assert_eq!(names(outer.path()), ["x"]);
    }
}
