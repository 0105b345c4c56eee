//! Where libcudart can be: candidates in order, each with the rule that named it. Pure: it reads only an [`Environment`].
//!
//! | order | rule | why there |
//! |---|---|---|
//! | - | the variable `CUDA_SYS_CUDART` | an explicit choice: nothing else is tried |
//! | 0 | already loaded in this process | handles of one libcudart mean nothing to another |
//! | 1 | Python wheels below a site-packages folder | 13 before 12 |
//! | 2 | `CONDA_PREFIX` | |
//! | 3 | the system's loader, by versioned name | |
//! | 4 | `CUDA_PATH`, then `CUDA_HOME` | |
//! | 5 | well-known toolkit folders | |
//!
//! Only absolute paths and versioned names are candidates, never the working directory. In a set-user-id process the
//! environment variables are not read.

use std::{
    env, fmt, fs,
    path::{Path, PathBuf},
};

/// The environment variable that names the library to open.
pub const VARIABLE: &str = "CUDA_SYS_CUDART";

/// The majors this crate has bindings for, in the order they are looked for.
const MAJORS: [u8; 2] = [13, 12];

/// The rule that named a candidate.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// An absolute path, or a name for the system's loader.
    pub target: PathBuf,
    /// Why it is one.
    pub rule: Rule,
}

/// The kind of system, which decides names and folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Linux and its relatives; the architecture as toolkits spell it (`x86_64`, `sbsa`).
    Linux(&'static str),
    /// Windows.
    Windows,
}

/// All that the search depends on. [`Environment::of_process`] reads it; a program may add to it before it searches.
///
/// ```
/// use cuda_sys::search::{Environment, Rule, System, candidates};
///
/// let mut environment = Environment::empty(System::Linux("x86_64"));
/// environment.site_packages.push("/venv/lib/python3.12/site-packages".into());
/// let first = &candidates(&environment)[0];
/// assert_eq!(first.rule, Rule::SitePackages);
/// assert!(first.target.ends_with("nvidia/cu13/lib/libcudart.so.13"));
/// ```
#[derive(Clone, Debug)]
pub struct Environment {
    /// The kind of system.
    pub system: System,
    /// The value of `CUDA_SYS_CUDART`.
    pub explicit: Option<PathBuf>,
    /// Every libcudart that is mapped into this process.
    pub loaded: Vec<PathBuf>,
    /// Python's site-packages folders: those of `VIRTUAL_ENV`; a Python program adds its `sys.path`.
    pub site_packages: Vec<PathBuf>,
    /// `CONDA_PREFIX`.
    pub conda_prefix: Option<PathBuf>,
    /// `CUDA_PATH`.
    pub cuda_path: Option<PathBuf>,
    /// `CUDA_HOME`.
    pub cuda_home: Option<PathBuf>,
    /// Folders where toolkits are usually installed, newest first.
    pub toolkits: Vec<PathBuf>,
}

impl Environment {
    /// An environment that names nothing: only the system's loader is left.
    pub fn empty(system: System) -> Self {
        Self {
            system,
            explicit: None,
            loaded: Vec::new(),
            site_packages: Vec::new(),
            conda_prefix: None,
            cuda_path: None,
            cuda_home: None,
            toolkits: Vec::new(),
        }
    }

    /// What holds for this process now.
    pub fn of_process() -> Self {
        let secure = is_set_user_id();
        let folder = |name: &str| {
            let value = env::var_os(name).filter(|value| !secure && !value.is_empty()).map(PathBuf::from);
            value.filter(|path| path.is_absolute())
        };
        Self {
            system: this_system(),
            explicit: env::var_os(VARIABLE).filter(|value| !secure && !value.is_empty()).map(PathBuf::from),
            loaded: loaded_cudarts(),
            site_packages: folder("VIRTUAL_ENV").map(|root| site_packages_of(&root)).unwrap_or_default(),
            conda_prefix: folder("CONDA_PREFIX"),
            cuda_path: folder("CUDA_PATH"),
            cuda_home: folder("CUDA_HOME"),
            toolkits: installed_toolkits(),
        }
    }
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
    found.extend(environment.loaded.iter().map(|path| candidate(path.clone(), &Rule::AlreadyLoaded)));
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

fn this_system() -> System {
    match (cfg!(windows), cfg!(target_arch = "aarch64")) {
        (true, _) => System::Windows,
        (false, true) => System::Linux("sbsa"),
        (false, false) => System::Linux("x86_64"),
    }
}

/// Whether the environment may come from somebody with fewer rights than this process.
#[cfg(target_os = "linux")]
fn is_set_user_id() -> bool {
    // SAFETY: getauxval only reads the process's auxiliary vector.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}

#[cfg(not(target_os = "linux"))]
fn is_set_user_id() -> bool {
    false
}

/// The site-packages folders of a virtual environment.
fn site_packages_of(root: &Path) -> Vec<PathBuf> {
    let mut found = children(&root.join("lib"), "python3");
    found.iter_mut().for_each(|folder| folder.push("site-packages"));
    found.push(root.join("Lib").join("site-packages"));
    found.retain(|folder| folder.is_dir());
    found
}

fn installed_toolkits() -> Vec<PathBuf> {
    if cfg!(windows) {
        let root = Path::new(r"C:\Program Files\NVIDIA GPU Computing Toolkit\CUDA");
        return children(root, "v1");
    }
    let mut found = vec![PathBuf::from("/usr/local/cuda")];
    found.extend(children(Path::new("/usr/local"), "cuda-"));
    found.push(PathBuf::from("/opt/cuda"));
    found
}

/// The entries of `folder` whose names begin with `prefix`, last name first; none if there is no such folder.
fn children(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix)))
        .map(|entry| entry.path())
        .collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found
}

/// Every libcudart that is mapped into this process, in the order of its addresses.
pub fn loaded_cudarts() -> Vec<PathBuf> {
    // Only Linux has this file; elsewhere nothing is known to be loaded.
    cudarts_in(&fs::read_to_string("/proc/self/maps").unwrap_or_default())
}

/// The libcudart files named in the text of `/proc/self/maps`.
fn cudarts_in(maps: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for line in maps.lines() {
        let Some(start) = line.find('/') else { continue };
        let path = PathBuf::from(&line[start..]);
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with("libcudart")
            && name.contains(".so")
            && !name.ends_with(" (deleted)")
            && !found.contains(&path)
        {
            found.push(path);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> Environment {
        Environment {
            loaded: vec!["/app/libcudart-9335f6a2.so.12.1".into()],
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

    #[test]
    fn mapped_libraries_are_read_from_the_maps() {
        let maps = "\
            7f00-7f10 r-xp 00000000 08:01 1 /a b/libcudart.so.12\n\
            7f10-7f20 r--p 00001000 08:01 1 /a b/libcudart.so.12\n\
            7f20-7f30 r--p 00000000 08:01 2 /x/libcudart-9335f6a2.so.12.1\n\
            7f30-7f40 r--p 00000000 08:01 3 /x/libcuda.so.1\n\
            7f40-7f50 rw-p 00000000 00:00 0\n\
            7f50-7f60 r--p 00000000 08:01 4 /x/libcudart.so.13 (deleted)\n";
        assert_eq!(
            cudarts_in(maps),
            [Path::new("/a b/libcudart.so.12"), Path::new("/x/libcudart-9335f6a2.so.12.1")]
        );
    }
}
