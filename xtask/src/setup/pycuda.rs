//! PyCUDA, the one framework that comes as source: what its build needs where there is no CUDA toolkit and no driver.
//!
//! NVIDIA's own packages have the headers. The two libraries that it is linked to may be anything of the right name when it
//! is built: empty ones are made, and the driver's and cuRAND's are found when it runs.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folders, below that of NVIDIA's packages, of the headers and of cuRAND, and the parts of the toolkit they come in.
struct Toolkit {
    parts: &'static str,
    headers: &'static [&'static str],
    curand: &'static str,
}

const CUDA_12: Toolkit = Toolkit {
    parts: "cudart,curand,nvcc,profiler",
    headers: &["cuda_runtime/include", "curand/include", "cuda_nvcc/include", "cuda_profiler_api/include"],
    curand: "curand/lib",
};

/// All packages share one folder since CUDA 13, and what every header includes is a package of its own.
const CUDA_13: Toolkit =
    Toolkit { parts: "crt,cudart,curand,profiler", headers: &["cu13/include"], curand: "cu13/lib" };

/// The libraries, by what the linker asks for and what is asked for at run time.
const LIBRARIES: [(&str, &str); 2] = [("libcuda.so", "libcuda.so.1"), ("libcurand.so", "libcurand.so.10")];

/// What builds PyCUDA in an environment for a CUDA major.
pub(super) struct Build {
    folder: PathBuf,
    major: u32,
    toolkit: Toolkit,
}

impl Build {
    pub(super) fn new(environment: &Path, major: u32) -> Self {
        let toolkit = if major == 12 { CUDA_12 } else { CUDA_13 };
        Self { folder: environment.join(format!("cuda-{major}")), major, toolkit }
    }

    /// Refuses where there is no C++ compiler.
    pub(super) fn check() -> Result<(), String> {
        let found = Command::new("c++").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        match found {
            Ok(status) if status.success() => Ok(()),
            _ => Err(
                "PyCUDA comes as source, and there is no C++ compiler `c++` to build it with: install one, \
                      such as Debian's package g++"
                    .to_owned(),
            ),
        }
    }

    /// What is done before pip builds it: headers fetched, libraries made.
    pub(super) fn prepare(&self, mut pip: Command) -> Vec<Command> {
        pip.args(["install", "--target"]).arg(&self.folder);
        pip.arg(format!("cuda-toolkit[{}]=={}.*", self.toolkit.parts, self.major));
        let library = |(file, name): (&str, &str)| {
            let mut compiler = Command::new("c++");
            compiler.args(["-shared", "-o"]).arg(self.folder.join(file));
            compiler.arg(format!("-Wl,-soname,{name}")).args(["-x", "c++", "/dev/null"]);
            compiler
        };
        std::iter::once(pip).chain(LIBRARIES.map(library)).collect()
    }

    /// Tells the compiler and the linker that pip starts where to look. A toolkit that is installed comes first.
    pub(super) fn settings(&self) -> [(&'static str, OsString); 3] {
        let packages = self.folder.join("nvidia");
        let headers: Vec<OsString> =
            self.toolkit.headers.iter().map(|folder| packages.join(folder).into_os_string()).collect();
        // The libraries are kept although they are empty, and cuRAND's is looked for where it is.
        let mut flags = OsString::from("-Wl,--no-as-needed -Wl,-rpath,");
        flags.push(packages.join(self.toolkit.curand));
        [
            ("CPATH", headers.join(OsStr::new(":"))),
            ("LIBRARY_PATH", self.folder.clone().into_os_string()),
            ("LDFLAGS", flags),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_each_major_are_where_its_packages_put_them() {
        for (major, headers) in
            [(12, "/e/cuda-12/nvidia/cuda_runtime/include:/e/"), (13, "/e/cuda-13/nvidia/cu13/include")]
        {
            let build = Build::new(Path::new("/e"), major);
            let [(name, path), ..] = build.settings();
            assert_eq!(name, "CPATH");
            assert!(path.to_string_lossy().starts_with(headers), "{path:?}");
            let pip = format!("{:?}", build.prepare(Command::new("pip"))[0]);
            assert!(pip.contains(&format!("]=={major}.*")), "{pip}");
        }
    }

    #[test]
    fn the_libraries_have_the_names_that_are_asked_for_at_run_time() {
        let build = Build::new(Path::new("/e"), 13);
        let commands: Vec<_> =
            build.prepare(Command::new("pip")).iter().map(|command| format!("{command:?}")).collect();
        assert!(
            commands[1].contains("/e/cuda-13/libcuda.so") && commands[1].contains("soname,libcuda.so.1\"")
        );
        assert!(commands[2].contains("/e/cuda-13/libcurand.so") && commands[2].contains("libcurand.so.10"));
        let [.., (_, flags)] = build.settings();
        assert!(flags.to_string_lossy().ends_with("-rpath,/e/cuda-13/nvidia/cu13/lib"), "{flags:?}");
    }
}
