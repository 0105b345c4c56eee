//! Words that belong to one place: who opens libraries, who speaks Python, who knows CUDA 12 from 13.
//!
//! Identifiers count, comments do not: a comment may say where something is.

use proc_macro2::{TokenStream, TokenTree};
use std::fs;
use std::path::Path;

use super::finding::none;

/// Identifiers, the places that may have them, and why. A place that starts with a slash is a folder of any crate:
/// tests and benchmarks look behind what a crate offers.
const RULES: [(&[&str], &[&str], &str); 3] = [
    (
        &["libloading"],
        &["cuda-sys/src/library.rs", "cuda-sys/emulator/tests/"],
        "libraries are opened in library.rs",
    ),
    (&["pyo3"], &["interop/python/"], "Python is spoken in interop/python"),
    (
        &["v12", "v13", "V12", "V13"],
        &[
            "cuda-sys/src/cudart/",
            "cuda-sys/emulator/",
            "tests/",
            "xtask/",
            "/tests/",
            "/benches/",
            // What calls cost is measured against C's own functions.
            "interop/cli/src/bench/calls/raw.rs",
        ],
        "CUDA 12 and 13 are told apart in cuda-sys/src/cudart/compat.rs",
    ),
];

pub(super) fn check(root: &Path, files: &[String]) -> Result<(), String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.ends_with(".rs")) {
        let text = fs::read_to_string(root.join(file)).map_err(|e| format!("cannot read {file}: {e}"))?;
        let tokens: TokenStream = text.parse().map_err(|e| format!("cannot read {file} as Rust: {e}"))?;
        let foreign = RULES.iter().filter(|(_, places, _)| !places.iter().any(|place| is_in(file, place)));
        for (words, _, why) in foreign {
            let mut lines = Vec::new();
            find(tokens.clone(), words, &mut lines);
            found.extend(lines.iter().map(|(line, word)| format!("{file}:{line}: `{word}`: {why}")));
        }
    }
    none(&found, "these names belong to another place")
}

fn is_in(file: &str, place: &str) -> bool {
    if place.starts_with('/') { file.contains(place) } else { file.starts_with(place) }
}

fn find(tokens: TokenStream, words: &[&str], lines: &mut Vec<(usize, String)>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => find(group.stream(), words, lines),
            TokenTree::Ident(ident) if words.iter().any(|word| ident == word) => {
                lines.push((ident.span().start().line, ident.to_string()));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(file: &str, text: &str) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        check(folder.path(), &[file.to_owned()])
    }

    #[test]
    fn libloading_is_found_outside_its_file() {
        let code = "fn f() {\n    let library = unsafe { libloading::Library::new(path) };\n}";
        assert!(checked("cuda-sys/src/search.rs", code).unwrap_err().contains("search.rs:2: `libloading`"));
        assert_eq!(checked("cuda-sys/src/library.rs", code), Ok(()));
    }

    #[test]
    fn a_comment_may_name_what_code_may_not() {
        let comment = "//! libloading lives in library.rs\n// pyo3, v12\nfn f() {}";
        assert_eq!(checked("cuda-sys/src/lib.rs", comment), Ok(()));
    }

    #[test]
    fn pyo3_and_the_cuda_major_are_found_outside_their_places() {
        assert!(checked("interop/src/buffer.rs", "use pyo3::Python;").is_err());
        assert_eq!(checked("interop/python/src/lib.rs", "use pyo3::Python;"), Ok(()));
        let major = "fn f(rt: &Runtime) -> bool { rt.v13().is_some() }";
        assert!(checked("cuda-safe/src/device.rs", major).unwrap_err().contains("`v13`"));
        for place in ["cuda-sys/src/cudart/compat.rs", "cuda-safe/benches/calls.rs", "tests/src/lib.rs"] {
            assert_eq!(checked(place, major), Ok(()));
        }
    }
}
