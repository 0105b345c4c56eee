//! [`Environment`]: what the search for libcudart depends on, and what holds for this process: its variables, its mapped
//! files, what is installed.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The environment variable that names the library to open.
pub const VARIABLE: &str = "CUDA_SYS_CUDART";

/// The kind of system, which decides names and folders.
///
/// ```
/// use cuda_sys::search::{Environment, System, candidates};
///
/// let names = candidates(&Environment::empty(System::Windows));
/// assert_eq!(names[0].target.to_str(), Some("cudart64_13.dll"));
/// ```
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
    cudarts_in(&fs::read("/proc/self/maps").unwrap_or_default())
}

/// The libcudart files named in `/proc/self/maps`, which is bytes: the paths of others need not be text.
fn cudarts_in(maps: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for line in maps.split(|&byte| byte == b'\n') {
        let Some(start) = line.iter().position(|&byte| byte == b'/') else { continue };
        let path = path_of(&line[start..]);
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

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;

    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            cudarts_in(maps.as_bytes()),
            [Path::new("/a b/libcudart.so.12"), Path::new("/x/libcudart-9335f6a2.so.12.1")]
        );
    }

    #[test]
    #[cfg(unix)]
    fn a_path_that_is_no_text_hides_no_library() {
        let maps =
            b"7f00-7f10 r--p 0 08:01 1 /caf\xe9/font\n7f20-7f30 r--p 0 08:01 2 /caf\xe9/libcudart.so.13\n";
        assert_eq!(cudarts_in(maps), [path_of(b"/caf\xe9/libcudart.so.13")]);
    }
}
