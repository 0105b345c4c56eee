//! `doctor` and `roundtrip` with real libraries.
//!
//! `CUDA_TEST_LIBCUDART_12` and `_13` name NVIDIA's libcudart, `CUDA_TEST_EMULATOR_12` and `_13` the emulator built as a
//! shared library, which is a libcudart with two devices on any machine; `cargo xtask test` sets all four. Without the
//! variable a library's tests are ignored, for want of it.

mod common;

use common::{CHELSEA, Run, check_files, names, program, run};
use cuda_sys::cudart::cudaError;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use std::env;
use std::path::{Path, PathBuf};

/// A library to test with.
#[derive(Clone)]
struct Library {
    path: PathBuf,
    major: u32,
    /// Whether it has devices on any machine.
    emulator: bool,
}

type Check = fn(&Library) -> Result<(), Failed>;

const CHECKS: [(&str, Check); 5] = [
    ("doctor_takes_it_and_judges_its_devices", doctor_takes_it),
    ("doctor_shows_the_same_to_people", doctor_shows_it),
    ("roundtrip_runs_on_it_or_says_that_it_has_no_device", roundtrip_runs_on_it),
    ("roundtrip_with_auto_takes_it_if_it_has_a_device", roundtrip_with_auto),
    ("roundtrip_refuses_a_device_that_it_does_not_have", roundtrip_refuses_a_device),
];

fn main() {
    let mut trials = Vec::new();
    for (kind, emulator) in [("LIBCUDART", false), ("EMULATOR", true)] {
        for major in [12, 13] {
            let variable = format!("CUDA_TEST_{kind}_{major}");
            let path = env::var_os(&variable).map(PathBuf::from);
            if path.is_none() {
                println!("{variable} is not set: its tests are ignored for a missing library");
            }
            for (name, check) in CHECKS {
                let library = path.clone().map(|path| Library { path, major, emulator });
                let ignored = library.is_none();
                let run = move || check(&library.ok_or("no library")?);
                let name = format!("{}_{major}::{name}", kind.to_lowercase());
                trials.push(Trial::test(name, run).with_ignored_flag(ignored));
            }
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

impl Library {
    /// Whether some device is usable through it: what every test here depends on, decided without the program.
    fn has_device(&self) -> bool {
        // SAFETY: the variable names a libcudart.
        let runtime =
            unsafe { cuda_sys::Runtime::load_from(&self.path) }.expect("the variable names a libcudart");
        let mut count = 0;
        // SAFETY: the argument is a writable int.
        let status = unsafe { runtime.cudaGetDeviceCount(&mut count) }.expect("every libcudart has it");
        let usable = status == cudaError::cudaSuccess && count > 0;
        let lacking = [cudaError::cudaErrorNoDevice, cudaError::cudaErrorInsufficientDriver];
        let missing = !self.emulator && lacking.contains(&status);
        assert!(usable || missing, "{}: {status:?}, {count} devices", self.path.display());
        usable
    }

    fn doctor(&self, arguments: &[&str]) -> Run {
        run(program().arg("doctor").args(arguments).env("CUDA_SYS_CUDART", &self.path))
    }

    fn roundtrip(&self, out: &Path, arguments: &[&str]) -> Run {
        let mut command = program();
        command.args(["roundtrip", CHELSEA, "--out"]).arg(out).args(arguments);
        run(command.env("CUDA_SYS_CUDART", &self.path))
    }

    fn path(&self) -> &str {
        self.path.to_str().expect("the path is text")
    }
}

fn doctor_takes_it(library: &Library) -> Result<(), Failed> {
    let run = library.doctor(&["--json"]);
    let json = run.json();
    let real_path = library.path.canonicalize()?;
    let real_path = real_path.to_str().unwrap_or_default();

    let [candidate] = &json["candidates"].as_array().ok_or("a list")?[..] else { panic!("{json}") };
    assert_eq!(
        (&candidate["path"], &candidate["outcome"]),
        (&Value::from(library.path()), &Value::from("taken"))
    );
    assert_eq!(candidate["rule"], "environment variable CUDA_SYS_CUDART");
    let runtime = &json["runtime"];
    assert_eq!(runtime["path"], real_path);
    assert!(
        runtime["version"].as_str().ok_or("text")?.starts_with(&format!("{}.", library.major)),
        "{runtime}"
    );
    assert!(runtime["functions"].as_u64().ok_or("a number")? > 50, "{runtime}");
    assert!(json["loaded"].as_array().ok_or("a list")?.contains(&real_path.into()), "{json}");
    let driver = cuda_sys::driver_version().map(|version| version.to_string());
    assert_eq!(json["driver_version"].as_str(), driver.as_deref());

    let devices = json["devices"].as_array().ok_or("a list")?;
    if library.has_device() {
        assert_eq!((run.code, &json["status"]), (Some(0), &Value::from("usable")), "{run:?}");
        assert!(!devices.is_empty() && json["device_error"].is_null(), "{json}");
        for (ordinal, device) in devices.iter().enumerate() {
            assert_eq!((&device["ordinal"], &device["error"]), (&ordinal.into(), &Value::Null));
            assert_eq!(device["usable"], true);
            assert!(device["name"].as_str().is_some_and(|name| !name.is_empty()), "{device}");
            assert!(device["uuid"].as_str().is_some_and(|uuid| uuid.len() == 36), "{device}");
            assert!(device["pci_bus_id"].as_str().is_some_and(|address| address.contains(':')), "{device}");
            assert!(device["compute_capability"].as_str().is_some_and(|cc| cc.contains('.')), "{device}");
            assert!(
                device["free_memory_bytes"].as_u64() <= device["total_memory_bytes"].as_u64(),
                "{device}"
            );
            assert!(device["free_memory_bytes"].as_u64() > Some(0), "{device}");
        }
    } else {
        assert_eq!((run.code, &json["status"]), (Some(3), &Value::from("no_device")), "{run:?}");
        assert!(devices.is_empty() && json["device_error"].is_string(), "{json}");
        if driver.is_none() {
            let summary = json["summary"].as_str().ok_or("text")?;
            assert!(summary.contains("no NVIDIA driver on this machine"), "{summary}");
            assert!(
                json["device_error"].as_str().ok_or("text")?.contains("cudaErrorInsufficientDriver"),
                "{json}"
            );
        }
    }
    Ok(())
}

fn doctor_shows_it(library: &Library) -> Result<(), Failed> {
    let (text, json) = (library.doctor(&[]), library.doctor(&["--json"]).json());
    assert_eq!(text.stderr, "");
    let shown = |value: &Value| value.as_str().is_some_and(|value| text.stdout.contains(value));
    assert!(shown(&json["summary"]) && shown(&json["runtime"]["path"]), "{text:?}");
    assert!(shown(&json["device_error"]) || json["device_error"].is_null(), "{text:?}");
    for device in json["devices"].as_array().ok_or("a list")? {
        for field in ["name", "uuid", "pci_bus_id", "compute_capability"] {
            assert!(shown(&device[field]), "{field} in {text:?}");
        }
    }
    Ok(())
}

fn roundtrip_runs_on_it(library: &Library) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let run = library.roundtrip(folder.path(), &["--json", "--runtime", library.path()]);
    if !library.has_device() {
        run.refused(3, &["no usable GPU", library.path()]);
        assert!(names(folder.path()).is_empty());
        return Ok(());
    }
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{run:?}");
    check_files(&image::open(CHELSEA)?, folder.path());
    let runtime = &run.json()["runtime"];
    assert_eq!(
        (&runtime["emulated"], &runtime["rule"]),
        (&Value::Bool(false), &Value::from("named by the program"))
    );
    assert_eq!(runtime["library"], library.path.canonicalize()?.to_str().unwrap_or_default());
    Ok(())
}

fn roundtrip_with_auto(library: &Library) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let run = library.roundtrip(folder.path(), &["--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    check_files(&image::open(CHELSEA)?, folder.path());
    let runtime = &run.json()["runtime"];
    assert_eq!(runtime["emulated"], !library.has_device(), "{runtime}");
    assert_eq!(run.stderr.lines().count(), usize::from(!library.has_device()), "{run:?}");
    if library.has_device() {
        assert_eq!(runtime["rule"], "environment variable CUDA_SYS_CUDART");
    }
    Ok(())
}

fn roundtrip_refuses_a_device(library: &Library) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let run = library.roundtrip(folder.path(), &["--device", "4096", "--runtime", library.path()]);
    match library.has_device() {
        true => run.refused(2, &["device 4096 does not exist"]),
        false => run.refused(3, &["no usable GPU"]),
    }
    assert!(names(folder.path()).is_empty());
    Ok(())
}
