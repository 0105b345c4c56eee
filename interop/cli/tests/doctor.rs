//! `doctor` where no library is needed to test it: the four ways to have none, and the form of what it prints.

mod common;

use common::{Run, libc, program, run};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::process::Stdio;

/// `doctor` with a library named in the environment.
fn doctor(library: impl AsRef<OsStr>, arguments: &[&str]) -> Run {
    run(program().arg("doctor").args(arguments).env("CUDA_SYS_CUDART", library))
}

/// Checks for "no runtime" because the named library would not do.
fn has_no_runtime(library: &str, outcome: &str, detail: &str) {
    let run = doctor(library, &["--json"]);
    assert_eq!((run.code, &*run.stderr), (Some(4), ""), "{run:?}");
    let json = run.json();
    assert_eq!((&json["status"], &json["runtime"]), (&Value::from("no_runtime"), &Value::Null));
    let [candidate] = &json["candidates"].as_array().unwrap()[..] else { panic!("{json}") };
    assert_eq!(candidate["path"], library);
    assert_eq!(candidate["rule"], "environment variable CUDA_SYS_CUDART");
    assert_eq!(candidate["outcome"], outcome);
    assert!(candidate["detail"].as_str().unwrap().contains(detail), "{candidate}");
    let summary = json["summary"].as_str().unwrap();
    assert!(summary.contains("CUDA_SYS_CUDART") && summary.contains(library), "{summary}");
    assert_eq!((&json["devices"], &json["device_error"]), (&Value::Array(Vec::new()), &Value::Null));

    let run = doctor(library, &[]);
    assert_eq!((run.code, &*run.stderr), (Some(4), ""), "{run:?}");
    assert!(
        run.stdout.contains(library) && run.stdout.contains(detail) && run.stdout.contains(summary),
        "{run:?}"
    );
}

#[test]
fn a_missing_path_is_no_runtime() {
    has_no_runtime("/no/such/libcudart.so.12", "not_found", "no such file");
}

#[test]
fn a_text_file_is_no_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("libcudart.so.12");
    // As long as the header of a library, so that the loader looks at what it says.
    fs::write(&path, "text ".repeat(100)).unwrap();
    has_no_runtime(path.to_str().unwrap(), "not_loadable", "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_library_that_is_not_libcudart_is_no_runtime() {
    has_no_runtime(&libc(), "not_cudart", "not libcudart");
}

#[test]
fn without_the_variable_every_known_place_is_listed_with_its_rule() {
    let run = run(program().args(["doctor", "--json"]).env("CUDA_PATH", "/opt/some-cuda"));
    assert_eq!(run.stderr, "", "{run:?}");
    let json = run.json();
    let status = json["status"].as_str().unwrap();
    let expected = ["usable", "", "", "no_device", "no_runtime"];
    assert_eq!(run.code.and_then(|code| expected.get(code as usize)), Some(&status), "{run:?}");
    let candidates = json["candidates"].as_array().unwrap();
    let of_rule = |rule: &str| candidates.iter().filter(|candidate| candidate["rule"] == rule).count();
    assert_eq!(of_rule("environment variable CUDA_SYS_CUDART"), 0);
    assert!(of_rule("system loader") >= 1, "{json}");
    assert!(of_rule("environment variable CUDA_PATH") >= 2, "{json}");
    let taken = candidates.iter().filter(|candidate| candidate["outcome"] == "taken").count();
    assert_eq!(taken, usize::from(status != "no_runtime"), "{json}");
    assert_eq!(json["runtime"].is_null(), status == "no_runtime");
}

#[test]
fn the_emulator_is_described_as_it_is_configured() {
    let mut command = program();
    command
        .args(["doctor", "--json"])
        .env("CUDA_EMULATOR_DEVICES", "3")
        .env("CUDA_EMULATOR_MEMORY", "1048576");
    let emulator = &run(&mut command).json()["emulator"];
    assert_eq!((&emulator["available"], &emulator["error"]), (&Value::Bool(true), &Value::Null));
    assert_eq!((&emulator["devices"], &emulator["memory_bytes_per_device"]), (&3.into(), &1_048_576.into()));
    let majors: Vec<_> =
        emulator["versions"].as_array().unwrap().iter().filter_map(|v| v.as_str()?.get(..3)).collect();
    assert_eq!(majors, ["12.", "13."]);

    let emulator =
        &run(program().args(["doctor", "--json"]).env("CUDA_EMULATOR_DEVICES", "0")).json()["emulator"];
    assert_eq!(emulator["available"], false);
    assert!(emulator["error"].as_str().unwrap().contains("cudaErrorNoDevice"), "{emulator}");
}

#[test]
fn the_staging_setting_in_force_is_shown_and_a_bad_one_named() {
    let with = |setting: Option<&str>, arguments: &[&str]| {
        let mut command = program();
        command.arg("doctor").args(arguments).env_remove("CUDA_INTEROP_STAGING");
        run(command.envs(setting.map(|setting| ("CUDA_INTEROP_STAGING", setting))))
    };
    let staging = &with(None, &["--json"]).json()["staging"];
    assert_eq!((&staging["rule"], &staging["enabled"]), (&"default".into(), &true.into()));
    assert_eq!((&staging["threads"], &staging["limit_bytes"]), (&Value::Null, &(64 << 20).into()));

    let set = Some("threads=3,chunk=512K,limit=8M");
    let staging = &with(set, &["--json"]).json()["staging"];
    assert_eq!(staging["rule"], "environment variable CUDA_INTEROP_STAGING");
    assert_eq!((&staging["threads"], &staging["chunk_bytes"]), (&3.into(), &(512 << 10).into()));
    assert_eq!((&staging["limit_bytes"], &staging["error"]), (&(8 << 20).into(), &Value::Null));
    let text = with(set, &[]).stdout;
    assert!(
        text.contains("threads 3, chunk 524288 B, from measured at first use, limit 8388608 B"),
        "{text}"
    );

    assert_eq!(with(Some("off"), &["--json"]).json()["staging"]["enabled"], false);
    assert!(with(Some("off"), &[]).stdout.contains("off (environment variable CUDA_INTEROP_STAGING)"));

    let staging = &with(Some("threads=many"), &["--json"]).json()["staging"];
    assert_eq!((&staging["enabled"], &staging["limit_bytes"]), (&Value::Null, &Value::Null));
    let error = staging["error"].as_str().unwrap();
    assert!(error.contains("CUDA_INTEROP_STAGING") && error.contains("threads=many"), "{error}");
    assert!(with(Some("threads=many"), &[]).stdout.contains(error));
}

#[test]
fn help_tells_every_field_of_the_json_and_every_exit_status() {
    let help = run(program().args(["doctor", "--help"]));
    assert_eq!(help.code, Some(0));
    let json = doctor("/no/such/libcudart.so.12", &["--json"]).json();
    for (name, value) in json.as_object().unwrap() {
        assert!(help.stdout.contains(name), "{name} is not in the help");
        let first = value.as_array().and_then(|values| values.first()).unwrap_or(value);
        for field in first.as_object().map(|object| object.keys()).into_iter().flatten() {
            assert!(help.stdout.contains(field), "{name}.{field} is not in the help");
        }
    }
    for status in ["0  there is a usable GPU", "3  a CUDA runtime library", "4  no CUDA runtime library"] {
        assert!(help.stdout.contains(status), "{status:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut command = program();
    command.arg("doctor").env("CUDA_SYS_CUDART", "/none").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), &output.stderr[..]), (Some(4), &b""[..]));
}
