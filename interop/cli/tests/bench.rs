//! `bench` on the emulator: every output is there and says what was measured, and what it was measured on.

mod common;

use common::{Run, names, program, run};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

const PLOTS: [&str; 3] = ["transfer-memory.svg", "transfer-threads.svg", "transfer.svg"];

fn bench(what: &str, out: &Path) -> Command {
    let mut command = program();
    command.args(["bench", what, "--runtime", "emulator", "--quick", "--out"]).arg(out);
    command
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn json_file(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&read(folder, name)).unwrap()
}

/// Stand-ins for Python's packages.
const PACKAGES: &str = "tests/assets/peers";

/// With the packages of this folder.
fn with_packages(command: &mut Command, folder: impl AsRef<Path>) -> Option<Run> {
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "these tests need python3");
        println!("not applicable: there is no python3");
        return None;
    }
    command.env("PYTHONPATH", folder.as_ref()).env("PYTHONDONTWRITEBYTECODE", "1");
    Some(run(command.arg("--peers")))
}

#[test]
fn transfer_writes_a_table_json_and_plots_that_all_say_it_was_the_emulator() {
    let out = tempfile::tempdir().unwrap();
    let told = run(&mut bench("transfer", out.path()));
    assert_eq!((told.code, &*told.stderr), (Some(0), ""), "{told:?}");
    assert_eq!(
        names(out.path()),
        ["transfer-memory.svg", "transfer-threads.svg", "transfer.json", "transfer.svg", "transfer.txt"]
    );
    assert_eq!(read(out.path(), "transfer.txt"), told.stdout);
    assert!(told.stdout.starts_with("EMULATOR, no GPU was measured: "), "{told:?}");
    for plot in PLOTS {
        let plot = read(out.path(), plot);
        assert!(plot.starts_with("<svg ") && plot.ends_with("</svg>\n"));
        assert!(plot.contains("EMULATOR, no GPU was measured") && plot.contains("GB/s"));
        assert!(plot.contains("stroke-dasharray") && plot.contains("pinned limit"));
    }
    let json = json_file(out.path(), "transfer.json");
    assert_eq!(json["environment"]["emulated"], true);
    assert_eq!(json["peers"], Value::Null);
    // Nothing that the emulator reaches is judged.
    let goals = json["goals"].as_array().unwrap();
    assert!(goals.len() > 20 && goals.iter().all(|goal| goal["met"].is_null()), "{goals:?}");
}

#[test]
fn transfer_measures_every_kind_of_memory_both_ways_by_every_method() {
    let out = tempfile::tempdir().unwrap();
    let json = run(bench("transfer", out.path()).args(["--json", "--threads", "2,1"])).json();
    assert_eq!(json, json_file(out.path(), "transfer.json"));
    let rows = json["rows"].as_array().unwrap();
    for direction in ["to_device", "to_host"] {
        for memory in ["pageable", "fresh", "pinned", "rows", "transposed"] {
            for method in ["ours", "plain"] {
                let row = rows.iter().find(|row| {
                    row["direction"] == direction && row["memory"] == memory && row["method"] == method
                });
                let row = row.unwrap_or_else(|| panic!("{direction} {memory} {method} is missing"));
                let figure = |name: &str| row[name].as_f64().unwrap();
                assert!(0.0 < figure("min") && figure("min") <= figure("median"), "{row}");
                assert!(figure("median") <= figure("max"), "{row}");
            }
        }
    }
    for method in ["ours", "each", "batch"] {
        assert!(rows.iter().any(|row| row["memory"] == "pieces" && row["method"] == method), "{method}");
    }
    let counts: Vec<_> = json["threads"].as_array().unwrap().iter().map(|row| &row["threads"]).collect();
    assert_eq!(counts, [1, 2, 1, 2]);
    let together = json["together"].as_array().unwrap();
    assert_eq!(together.len(), 2);
    for figure in ["alone", "two_threads", "two_processes"] {
        assert!(together.iter().all(|row| row[figure].as_f64().unwrap() > 0.0));
    }
    assert!(json["engine"]["pinned_bytes"].as_u64().unwrap() <= 64 << 20);
}

#[test]
fn without_threads_there_is_no_curve() {
    let out = tempfile::tempdir().unwrap();
    let told = run(bench("transfer", out.path()).args(["--threads", "none"]));
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(!names(out.path()).contains(&"transfer-threads.svg".to_owned()));
    assert!(!told.stdout.contains("threads of the engine"));
}

#[test]
fn five_processes_give_the_least_and_the_most() {
    let out = tempfile::tempdir().unwrap();
    let mut command = program();
    command.args(["bench", "calls", "--runtime", "emulator", "--json", "--out"]).arg(out.path());
    let json = run(&mut command).json();
    assert_eq!(json["processes"], 5);
    let calls = json["calls"].as_array().unwrap();
    let spread = |call: &Value| call["c"]["min"].as_f64().unwrap() < call["c"]["max"].as_f64().unwrap();
    assert!(calls.len() == 8 && calls.iter().any(spread), "{json}");
}

#[test]
fn calls_writes_a_table_json_and_a_plot_that_all_say_it_was_the_emulator() {
    let out = tempfile::tempdir().unwrap();
    let told = run(&mut bench("calls", out.path()));
    assert_eq!((told.code, &*told.stderr), (Some(0), ""), "{told:?}");
    assert_eq!(names(out.path()), ["calls.json", "calls.svg", "calls.txt"]);
    for file in ["calls.txt", "calls.svg"] {
        assert!(read(out.path(), file).contains("EMULATOR, no GPU was measured"), "{file}");
    }
    let json = json_file(out.path(), "calls.json");
    assert_eq!(json["environment"]["emulated"], true);
    let allocations = json["allocations"].as_array().unwrap();
    for kind in ["device", "pool", "pinned"] {
        let of = |method: &str| allocations.iter().any(|row| row["kind"] == kind && row["method"] == method);
        assert!(of("C") && of("cuda-interop"), "{kind} in {allocations:?}");
    }
}

#[test]
fn packages_are_measured_in_the_same_run_and_those_that_cannot_be_are_named() {
    let out = tempfile::tempdir().unwrap();
    let Some(told) = with_packages(&mut bench("transfer", out.path()), PACKAGES) else { return };
    assert_eq!((told.code, &*told.stderr), (Some(0), ""), "{told:?}");
    let json = json_file(out.path(), "transfer.json");
    let rows = json["rows"].as_array().unwrap();
    let measured = |method: &str, memory: &str| {
        rows.iter().any(|row| row["method"] == method && row["memory"] == memory)
    };
    for memory in ["pageable", "fresh", "rows", "transposed"] {
        assert!(measured("pytorch", memory), "{memory} in {rows:?}");
        assert_eq!(measured("cuda_bindings", memory), memory != "rows", "{rows:?}");
    }
    assert!(
        !measured("pytorch", "pinned") && !measured("cupy", "pageable") && !measured("numba", "pageable")
    );
    assert!(json["peers"]["failed"].is_null(), "{json}");
    for words in [
        "Measured in Python: PyTorch 1.2.3, cuda-bindings 4.5.6.\n",
        "Missing: CuPy (ImportError: libcupy.so: cannot open shared object file).\n",
        "Missing: Numba (not installed).\n",
        "Not measured: cuda-bindings, rows to_device, 65536 bytes (RuntimeError: 12).\n",
    ] {
        assert!(told.stdout.contains(words), "{words} in {}", told.stdout);
    }
    assert!(read(out.path(), "transfer.svg").contains(">PyTorch "));
    assert!(read(out.path(), "transfer-memory.svg").contains(">cuda-bindings "));
}

#[test]
fn allocations_of_packages_are_measured_in_the_same_run() {
    let out = tempfile::tempdir().unwrap();
    let Some(told) = with_packages(bench("calls", out.path()).arg("--json"), PACKAGES) else { return };
    let json = told.json();
    let methods = |kind: &str| -> Vec<&str> {
        let rows = json["allocations"].as_array().unwrap().iter();
        let rows = rows.filter(|row| row["kind"] == kind && row["bytes"] == 4096);
        rows.map(|row| row["method"].as_str().unwrap()).collect()
    };
    assert_eq!(methods("device"), ["C", "cuda-interop", "cuda-bindings"]);
    assert_eq!(methods("pool"), ["C", "cuda-interop", "PyTorch", "cuda-bindings"]);
    assert!(read(out.path(), "calls.svg").contains(">PyTorch</text>"));
}

#[test]
fn without_any_package_the_report_says_so() {
    let (out, empty) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // NumPy is what all of them need.
    fs::write(empty.path().join("numpy.py"), "raise ImportError('broken on purpose')").unwrap();
    let Some(told) = with_packages(&mut bench("calls", out.path()), empty.path()) else { return };
    assert_eq!((told.code, &*told.stderr), (Some(0), ""), "{told:?}");
    assert!(told.stdout.contains("No Python package could be measured.\n"), "{told:?}");
    assert!(
        told.stdout.contains("Missing: PyTorch (NumPy cannot be imported (broken on purpose))"),
        "{told:?}"
    );
}

#[test]
fn a_python_that_ends_early_is_named_and_the_rest_is_reported() {
    let (out, broken) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(broken.path().join("numpy.py"), "import sys\nsys.exit('gone for good')").unwrap();
    let Some(told) = with_packages(&mut bench("calls", out.path()), broken.path()) else { return };
    assert_eq!((told.code, &*told.stderr), (Some(0), ""), "{told:?}");
    assert!(told.stdout.contains("Python ended early: gone for good"), "{told:?}");
    assert!(told.stdout.contains("cudaStreamQuery"), "{told:?}");
}

#[test]
fn what_cannot_be_used_is_refused_in_one_line_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (out, file) = (folder.path().join("a/b"), folder.path().join("file"));
    fs::write(&file, "mine").unwrap();
    let refused = |what: &str, arguments: &[&str], words: &[&str]| {
        run(bench(what, &out).args(arguments)).refused(2, words);
        assert_eq!(names(folder.path()), ["file"]);
    };
    for what in ["transfer", "calls"] {
        refused(what, &["--device", "9"], &["device 9 does not exist"]);
        refused(what, &["--peers", "--python", "/no/such/python"], &["/no/such/python", "No such file"]);
        refused(what, &["--peers", "--python", "/bin/false"], &["/bin/false is none"]);
        let mut command = program();
        command.args(["bench", what, "--quick", "--runtime", "/no/such.so", "--out"]).arg(&out);
        run(&mut command).refused(2, &["/no/such.so", "no usable libcudart"]);
        run(&mut bench(what, &file)).refused(2, &[&file.display().to_string()]);
        run(bench(what, &out).env("CUDA_EMULATOR_DEVICES", "0")).refused(3, &["has no device"]);
    }
    let mut command = bench("transfer", &out);
    run(command.env("CUDA_INTEROP_STAGING", "threads=many"))
        .refused(2, &["CUDA_INTEROP_STAGING", "threads=many"]);
    for counts in ["0", "65", "1,x", ""] {
        let told = run(bench("transfer", &out).args(["--threads", counts]));
        assert_eq!((told.code, &*told.stdout), (Some(2), ""), "{told:?}");
    }
    assert_eq!(names(folder.path()), ["file"]);
    assert_eq!(fs::read(&file).unwrap(), b"mine");
}

#[test]
fn a_process_that_fails_leaves_no_file_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    for what in ["transfer", "calls"] {
        let mut command = program();
        command.args(["bench", what, "--runtime", "emulator", "--out"]).arg(folder.path().join("out"));
        // Less than the largest case needs.
        command.env("CUDA_EMULATOR_MEMORY", (1 << 20).to_string());
        run(&mut command).refused(1, &["a measuring process failed"]);
        assert!(names(folder.path()).is_empty());
    }
}

#[test]
fn help_has_examples_and_every_field_of_the_json() {
    for what in ["transfer", "calls"] {
        let help = run(program().args(["bench", what, "--help"]));
        assert!(help.stdout.contains("Examples:\n  cuda-interop bench "), "{help:?}");
        let out = tempfile::tempdir().unwrap();
        let json = run(bench(what, out.path()).arg("--json")).json();
        for (name, value) in json.as_object().unwrap() {
            assert!(help.stdout.contains(name), "{name} is not in the help");
            let first = value.as_array().map_or(value, |values| values.first().unwrap_or(&Value::Null));
            for field in first.as_object().map(|object| object.keys()).into_iter().flatten() {
                assert!(help.stdout.contains(field), "{name}.{field} is not in the help");
            }
        }
    }
}
