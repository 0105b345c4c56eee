//! The folder that files go to: whole files or none.
//!
//! Whether the folder can be written is found out before any work is done. Files are written under a temporary folder
//! inside it and take their names at the end, all or none. If anything fails, Drop takes the temporary folder away, and
//! with it every folder that was made for it.

use crate::exit::Failure;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder that is going to hold files.
#[derive(Debug)]
pub(crate) struct Output {
    folder: PathBuf,
    // Fields are dropped in this order: the staging folder is gone when the folders around it are taken away.
    staging: TempDir,
    made: MadeFolders,
}

impl Output {
    /// Makes sure that files of these names can be written to `folder`, and that none of them is `input`.
    pub(crate) fn prepare(folder: &Path, files: &[&str], input: Option<&Path>) -> Result<Self, Failure> {
        let made = MadeFolders::make(folder)?;
        for file in files {
            let path = folder.join(file);
            if path.is_dir() {
                return Err(Failure::bad_input(format_args!("{} is a folder", path.display())));
            }
            let is_at = |path: &Path, input| fs::canonicalize(path).ok() == fs::canonicalize(input).ok();
            if input.is_some_and(|input| path.exists() && is_at(&path, input)) {
                let message =
                    format!("{} is the image itself: choose another folder with --out", path.display());
                return Err(Failure::bad_input(message));
            }
        }
        let staging =
            tempfile::Builder::new().prefix(".cuda-interop-").tempdir_in(folder).map_err(|error| {
                Failure::bad_input(format_args!("cannot write to the folder {}: {error}", folder.display()))
            })?;
        Ok(Self { folder: folder.to_owned(), staging, made })
    }

    /// Writes a file, which has no name in the folder yet.
    pub(crate) fn write(&self, file: &str, content: &[u8]) -> Result<(), Failure> {
        fs::write(self.staging.path().join(file), content).map_err(|error| self.failed(file, &error))
    }

    /// Gives the files that were written their names, and says where they are. If one cannot have its name, none has, and
    /// what had these names before is there again.
    pub(crate) fn publish(mut self, files: &[&str]) -> Result<Vec<PathBuf>, Failure> {
        // Inside the staging folder, which is on the same file system: giving a name back is a rename as well.
        let replaced = TempDir::new_in(self.staging.path()).map_err(|error| {
            Failure::failed(format_args!("cannot write to {}: {error}", self.folder.display()))
        })?;
        for (index, file) in files.iter().enumerate() {
            let (path, old) = (self.folder.join(file), replaced.path().join(file));
            let kept = match fs::rename(&path, &old) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
            if let Err(error) = kept.and_then(|()| fs::rename(self.staging.path().join(file), &path)) {
                let failure = self.failed(file, &error);
                self.take_back(&files[..=index], replaced.path());
                return Err(failure);
            }
        }
        self.made.0.clear();
        Ok(files.iter().map(|file| self.folder.join(file)).collect())
    }

    /// Undoes what `publish` has done for these files, of which the last has not got its name.
    fn take_back(&self, files: &[&str], replaced: &Path) {
        for (index, file) in files.iter().enumerate() {
            let (path, old) = (self.folder.join(file), replaced.join(file));
            // The failure that led here is the one to tell; nothing better can be done about a second.
            if fs::symlink_metadata(&old).is_ok() {
                let _ = fs::rename(old, path);
            } else if index + 1 < files.len() {
                let _ = fs::remove_file(path);
            }
        }
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
        let output = Output::prepare(&folder, &["x", "y"], None).unwrap();
        output.write("x", b"1").unwrap();
        output.write("y", b"2").unwrap();
        assert!(!folder.join("x").exists());
        assert_eq!(output.publish(&["x", "y"]).unwrap(), [folder.join("x"), folder.join("y")]);
        assert_eq!(names(&folder), ["x", "y"]);
    }

    #[test]
    fn an_output_that_is_dropped_leaves_nothing_not_even_the_folders_it_made() {
        let outer = tempfile::tempdir().unwrap();
        let output = Output::prepare(&outer.path().join("a/b"), &["x"], None).unwrap();
        output.write("x", b"1").unwrap();
        drop(output);
        assert!(names(outer.path()).is_empty());
    }

    #[test]
    fn a_folder_that_was_there_stays_with_what_was_in_it() {
        let outer = tempfile::tempdir().unwrap();
        fs::write(outer.path().join("x"), b"old").unwrap();
        let output = Output::prepare(outer.path(), &["x"], None).unwrap();
        output.write("x", b"new").unwrap();
        drop(output);
        assert_eq!(fs::read(outer.path().join("x")).unwrap(), b"old");
        assert_eq!(names(outer.path()), ["x"]);
    }

    #[test]
    fn no_file_gets_its_name_if_a_later_one_cannot() {
        let outer = tempfile::tempdir().unwrap();
        fs::write(outer.path().join("x"), b"old").unwrap();
        let files = ["x", "y", "z"];
        let output = Output::prepare(outer.path(), &files, None).unwrap();
        output.write("x", b"new").unwrap();
        output.write("y", b"new").unwrap();
        // Nothing was written for the last name, so it cannot be given.
        let refused = output.publish(&files).unwrap_err();
        assert!(
            format!("{refused:?}").contains(&outer.path().join("z").display().to_string()),
            "{refused:?}"
        );
        assert_eq!(fs::read(outer.path().join("x")).unwrap(), b"old");
        assert_eq!(names(outer.path()), ["x"]);
    }

    #[test]
    fn folders_that_were_made_go_when_nothing_can_be_published() {
        let outer = tempfile::tempdir().unwrap();
        let output = Output::prepare(&outer.path().join("a/b"), &["x", "y"], None).unwrap();
        output.write("x", b"new").unwrap();
        output.publish(&["x", "y"]).unwrap_err();
        assert!(names(outer.path()).is_empty());
    }

    #[test]
    fn the_input_is_not_overwritten() {
        let outer = tempfile::tempdir().unwrap();
        let input = outer.path().join("x");
        fs::write(&input, b"image").unwrap();
        let refused = Output::prepare(outer.path(), &["x"], Some(&input)).unwrap_err();
        assert!(format!("{refused:?}").contains("is the image itself"));
        assert_eq!(names(outer.path()), ["x"]);
    }
}
