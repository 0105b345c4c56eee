//! Where libcudart can be: candidates in order, each with the rule that named it. Pure: it reads only an [`Environment`].
//!
//! | order | rule | why there |
//! |---|---|---|
//! | - | the variable `CUDA_SYS_CUDART` | an explicit choice: nothing else is tried |
//! | 0 | already loaded in this process, by its own name | handles of one libcudart mean nothing to another |
//! | 1 | Python wheels below a site-packages folder | 13 before 12 |
//! | 2 | `CONDA_PREFIX` | |
//! | 3 | the system's loader, by versioned name | |
//! | 4 | `CUDA_PATH`, then `CUDA_HOME` | |
//! | 5 | well-known toolkit folders | |
//!
//! Only absolute paths and versioned names are candidates, never the working directory; on Windows, names are not looked for
//! in `PATH` either. In a set-user-id process the
//! environment variables are not read.

pub use crate::environment::{Environment, System, VARIABLE, loaded_cudarts};

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// The majors this crate has bindings for, in the order they are looked for.
const MAJORS: [u8; 2] = [13, 12];

/// The rule that named a candidate.
///
/// ```
/// use cuda_sys::search::Rule;
///
/// assert_eq!(Rule::Variable("CUDA_HOME").to_string(), "environment variable CUDA_HOME");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// The program named the file.
    Explicit,
    /// The named environment variable holds the path, or the folder that it is in.
    Variable(&'static str),
    /// A library of this process loaded it before.
    AlreadyLoaded,
    /// A Python wheel in a site-packages folder.
    SitePackages,
    /// The system's loader knows the name.
    SystemLoader,
    /// A folder where toolkits are usually installed.
    WellKnown,
    /// Not from a file: the program made the table of functions.
    Table,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explicit => f.write_str("named by the program"),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::AlreadyLoaded => f.write_str("already loaded in this process"),
            Self::SitePackages => f.write_str("Python wheel"),
            Self::SystemLoader => f.write_str("system loader"),
            Self::WellKnown => f.write_str("well-known folder"),
            Self::Table => f.write_str("table made by the program"),
        }
    }
}

/// A library to try.
///
/// ```
/// use cuda_sys::search::{Candidate, Environment, Rule, System, candidates};
///
/// let loader = Candidate { target: "libcudart.so.13".into(), rule: Rule::SystemLoader };
/// assert_eq!(candidates(&Environment::empty(System::Linux("x86_64")))[0], loader);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// An absolute path, or a name for the system's loader.
    pub target: PathBuf,
    /// Why it is one.
    pub rule: Rule,
}

/// The candidates in the order they are to be tried, each path once.
pub fn candidates(environment: &Environment) -> Vec<Candidate> {
    if let Some(target) = &environment.explicit {
        return vec![Candidate { target: explicit_target(target), rule: Rule::Variable(VARIABLE) }];
    }
    let system = environment.system;
    let candidate = |target: PathBuf, rule: &Rule| Candidate { target, rule: rule.clone() };
    let toolkit = |root: &PathBuf, rule: Rule| {
        let mut found = Vec::new();
        for major in MAJORS {
            let folders = toolkit_folders(system, major).into_iter();
            found.extend(
                folders.map(|folder| candidate(root.join(folder).join(file_name(system, major)), &rule)),
            );
        }
        found
    };
    let mut found = Vec::new();
    // A package's private copy has another name (libcudart-9335f6a2.so.12): it is that package's, not the process's.
    let public =
        environment.loaded.iter().filter(|path| file_stem(path).is_some_and(|stem| stem == "libcudart"));
    found.extend(public.map(|path| candidate(path.clone(), &Rule::AlreadyLoaded)));
    for major in MAJORS {
        let inside = Path::new(wheel_folder(system, major)).join(file_name(system, major));
        found.extend(
            environment.site_packages.iter().map(|root| candidate(root.join(&inside), &Rule::SitePackages)),
        );
    }
    found.extend(
        environment.conda_prefix.iter().flat_map(|root| toolkit(root, Rule::Variable("CONDA_PREFIX"))),
    );
    found.extend(MAJORS.map(|major| candidate(file_name(system, major).into(), &Rule::SystemLoader)));
    found.extend(environment.cuda_path.iter().flat_map(|root| toolkit(root, Rule::Variable("CUDA_PATH"))));
    found.extend(environment.cuda_home.iter().flat_map(|root| toolkit(root, Rule::Variable("CUDA_HOME"))));
    found.extend(environment.toolkits.iter().flat_map(|root| toolkit(root, Rule::WellKnown)));

    let mut known = std::collections::HashSet::new();
    found.retain(|candidate| known.insert(candidate.target.clone()));
    found
}

/// A path that the user named: a bare file name is the system loader's business, anything else is a file of the user's.
pub(crate) fn explicit_target(target: &Path) -> PathBuf {
    if target.components().count() == 1 && !target.is_absolute() {
        return target.to_owned();
    }
    std::path::absolute(target).unwrap_or_else(|_| target.to_owned())
}

/// The file's name up to the first dot.
fn file_stem(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()?.split('.').next()
}

fn file_name(system: System, major: u8) -> String {
    match system {
        System::Linux(_) => format!("libcudart.so.{major}"),
        System::Windows => format!("cudart64_{major}.dll"),
    }
}

fn wheel_folder(system: System, major: u8) -> &'static str {
    match (system, major) {
        (System::Linux(_), 12) => "nvidia/cuda_runtime/lib",
        (System::Linux(_), _) => "nvidia/cu13/lib",
        (System::Windows, 12) => "nvidia/cuda_runtime/bin",
        (System::Windows, _) => "nvidia/cu13/bin/x86_64",
    }
}

fn toolkit_folders(system: System, major: u8) -> Vec<String> {
    match (system, major) {
        (System::Linux(architecture), _) => {
            vec!["lib64".into(), format!("targets/{architecture}-linux/lib"), "lib".into()]
        }
        (System::Windows, 12) => vec!["bin".into()],
        (System::Windows, _) => vec!["bin/x64".into(), "bin".into()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> Environment {
        Environment {
            loaded: vec!["/app/libcudart-9335f6a2.so.12.1".into(), "/app/libcudart.so.12".into()],
            site_packages: vec!["/venv/site-packages".into()],
            conda_prefix: Some("/conda".into()),
            cuda_path: Some("/path".into()),
            cuda_home: Some("/home-cuda".into()),
            toolkits: vec!["/usr/local/cuda".into()],
            ..Environment::empty(System::Linux("x86_64"))
        }
    }

    #[test]
    fn an_explicit_choice_is_the_only_candidate() {
        let environment = Environment { explicit: Some("/x/libcudart.so.12".into()), ..everything() };
        let found = candidates(&environment);
        assert_eq!(
            found,
            [Candidate { target: "/x/libcudart.so.12".into(), rule: Rule::Variable(VARIABLE) }]
        );
    }

    #[test]
    fn an_explicit_relative_path_is_made_absolute_and_a_bare_name_is_left_to_the_loader() {
        assert!(explicit_target(Path::new("lib/libcudart.so.12")).is_absolute());
        assert_eq!(explicit_target(Path::new("libcudart.so.12")), Path::new("libcudart.so.12"));
    }

    #[test]
    fn rules_come_in_the_documented_order() {
        let mut rules: Vec<_> =
            candidates(&everything()).into_iter().map(|candidate| candidate.rule).collect();
        rules.dedup();
        let variable = Rule::Variable;
        assert_eq!(
            rules,
            [
                Rule::AlreadyLoaded,
                Rule::SitePackages,
                variable("CONDA_PREFIX"),
                Rule::SystemLoader,
                variable("CUDA_PATH"),
                variable("CUDA_HOME"),
                Rule::WellKnown
            ]
        );
    }

    #[test]
    fn a_private_copy_of_a_package_is_no_candidate() {
        let found = candidates(&everything());
        assert_eq!(found[0].target, Path::new("/app/libcudart.so.12"));
        assert!(found.iter().all(|candidate| !candidate.target.to_string_lossy().contains("9335f6a2")));
    }

    #[test]
    fn thirteen_comes_before_twelve_within_each_rule() {
        for rule in [Rule::SitePackages, Rule::SystemLoader, Rule::WellKnown] {
            let found = candidates(&everything());
            let first = found.iter().find(|candidate| candidate.rule == rule).unwrap();
            assert!(first.target.to_str().unwrap().ends_with("libcudart.so.13"), "{first:?}");
        }
    }

    #[test]
    fn every_candidate_is_absolute_or_a_versioned_name_and_stands_once() {
        let twice = Environment { cuda_home: Some("/path".into()), ..everything() };
        let found = candidates(&twice);
        for (index, candidate) in found.iter().enumerate() {
            let versioned =
                ["libcudart.so.13", "libcudart.so.12"].iter().any(|name| candidate.target == Path::new(name));
            assert!(candidate.target.is_absolute() || versioned, "{candidate:?}");
            assert!(found[..index].iter().all(|earlier| earlier.target != candidate.target), "{candidate:?}");
        }
    }

    #[test]
    fn windows_has_its_own_names_and_folders() {
        let environment =
            Environment { cuda_path: Some("C:/cuda".into()), ..Environment::empty(System::Windows) };
        let targets: Vec<_> =
            candidates(&environment).into_iter().map(|candidate| candidate.target).collect();
        assert!(targets.contains(&"cudart64_13.dll".into()));
        assert!(targets.contains(&"C:/cuda/bin/x64/cudart64_13.dll".into()));
        assert!(targets.contains(&"C:/cuda/bin/cudart64_12.dll".into()));
    }
}
