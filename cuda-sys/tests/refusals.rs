//! What is not libcudart is refused with the reason: no file, no library, another library, another major.

use cuda_sys::{
    LoadError, Outcome, Runtime, Version,
    search::{Environment, Rule, System},
};
use std::{fs, path::Path, process::Command};

fn refusal(path: &Path) -> LoadError {
    // SAFETY: what these tests name is either no library or one without initialisers.
    unsafe { Runtime::load_from(path) }.expect_err("it is not libcudart")
}

fn only_outcome(error: &LoadError) -> &Outcome {
    assert_eq!(error.attempts.len(), 1);
    &error.attempts[0].outcome
}

/// A shared library made of one line of C, by the compiler that links Rust programs.
fn library(folder: &Path, source: &str) -> std::path::PathBuf {
    let (c, so) = (folder.join("fake.c"), folder.join("fake.so"));
    fs::write(&c, source).unwrap();
    let status = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&so, &c]).status().unwrap();
    assert!(status.success());
    so
}

#[test]
fn a_missing_file_is_named() {
    let error = refusal(Path::new("/nowhere/libcudart.so.12"));
    assert_eq!(only_outcome(&error), &Outcome::NotFound);
    assert_eq!(error.attempts[0].candidate.rule, Rule::Explicit);
    let message = error.to_string();
    assert!(message.contains("/nowhere/libcudart.so.12") && message.contains("no such file"), "{message}");
}

#[test]
fn a_text_file_is_refused_in_the_loaders_words() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "this is no library\n").unwrap();
    let error = refusal(file.path());
    assert!(matches!(only_outcome(&error), Outcome::NotLoadable(reason) if !reason.is_empty()), "{error}");
    assert!(error.to_string().contains(file.path().to_str().unwrap()), "{error}");
}

#[test]
fn a_name_that_the_loader_does_not_know_is_refused() {
    let error = refusal(Path::new("libcudart-that-nobody-has.so.99"));
    assert!(matches!(only_outcome(&error), Outcome::NotLoadable(_)), "{error}");
}

#[test]
fn another_library_is_refused_by_the_symbol_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let error = refusal(&library(folder.path(), "int unrelated(void) { return 0; }"));
    assert_eq!(only_outcome(&error), &Outcome::NotCudart("cudaRuntimeGetVersion"));
}

#[test]
fn a_library_that_does_not_tell_its_version_is_refused_with_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let source =
        "int cudaRuntimeGetVersion(int *v) { (void)v; return 3; } int cudaMalloc(void) { return 0; }";
    let error = refusal(&library(folder.path(), source));
    assert_eq!(only_outcome(&error), &Outcome::NoVersion(3));
    assert!(error.to_string().contains("its cudaRuntimeGetVersion fails with code 3"), "{error}");
}

#[test]
fn another_major_is_refused_by_its_version() {
    let folder = tempfile::tempdir().unwrap();
    let source =
        "int cudaRuntimeGetVersion(int *v) { *v = 11080; return 0; } int cudaMalloc(void) { return 0; }";
    let error = refusal(&library(folder.path(), source));
    assert_eq!(only_outcome(&error), &Outcome::WrongMajor(Version::new(11, 8)));
    assert!(error.to_string().contains("11.8"), "{error}");
}

#[test]
fn an_explicit_choice_that_fails_is_not_replaced_by_another() {
    let environment =
        Environment { explicit: Some("/nowhere/libcudart.so.13".into()), ..Environment::of_process() };
    // SAFETY: what it names is not there, but for what the system's own loader knows by libcudart's name.
    let report = unsafe { Runtime::search(&environment) };
    assert!(report.runtime.is_none());
    assert_eq!(report.attempts.len(), 1);
}

#[test]
fn a_search_that_finds_nothing_lists_every_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut environment = Environment::empty(System::Linux("x86_64"));
    environment.site_packages.push(folder.path().to_owned());
    environment.cuda_home = Some(folder.path().join("toolkit"));
    // SAFETY: what it names is not there, but for what the system's own loader knows by libcudart's name.
    let report = unsafe { Runtime::search(&environment) };
    // Where the system's loader has a libcudart, what comes after it is not needed; else nothing is there.
    let named = report.attempts.iter().filter(|attempt| attempt.candidate.target.starts_with(folder.path()));
    let named: Vec<_> = named.map(|attempt| &attempt.outcome).collect();
    assert_eq!(named.len(), 2 + 6, "{report:#?}");
    assert!(named[..2].iter().all(|outcome| **outcome == Outcome::NotFound), "{report:#?}");
    let expected = if report.runtime.is_some() { Outcome::NotNeeded } else { Outcome::NotFound };
    assert!(named[2..].iter().all(|outcome| **outcome == expected), "{report:#?}");
    if report.runtime.is_none() {
        let message = LoadError { attempts: report.attempts }.to_string();
        assert!(
            message.contains("nvidia/cu13/lib/libcudart.so.13") && message.contains("CUDA_SYS_CUDART"),
            "{message}"
        );
    }
}
