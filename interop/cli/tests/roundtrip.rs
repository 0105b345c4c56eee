//! `roundtrip` on images of all kinds: the four files are right, and the report tells what was done.

mod common;

use common::{CHELSEA, FILES, check_files, encoded, image, names, program, roundtrip, run, save};
use image::{DynamicImage, ImageFormat};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Stdio;

fn out() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn the_photograph_comes_back_in_four_right_images() {
    let out = out();
    let run = run(&mut roundtrip(CHELSEA, out.path()));
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{run:?}");
    check_files(&image::open(CHELSEA).unwrap(), out.path());
    assert!(FILES.iter().all(|file| run.stdout.contains(file)), "{run:?}");
    for word in ["451 x 300", "405,900", "GB/s", "emulator", "host to device", "every pixel is right"] {
        assert!(run.stdout.contains(word), "{word:?} in {run:?}");
    }
}

#[test]
fn sizes_and_channels_of_all_kinds_come_back() {
    let sizes = [(1, 1), (2, 1), (1, 2), (2, 2), (1, 7), (9, 1), (3, 3), (7, 5), (8, 6), (301, 2), (64, 33)];
    for (index, (width, height)) in sizes.into_iter().enumerate() {
        // Every size with two of the four numbers of channels, and every number with many sizes.
        for channels in [1 + index % 4, 1 + (index + 2) % 4] {
            let (folder, out) = (tempfile::tempdir().unwrap(), out());
            let picture = image(width, height, channels);
            let path = save(&picture, folder.path(), "in.png");
            let run = run(roundtrip(path, out.path()).arg("--json"));
            assert_eq!(run.code, Some(0), "{run:?}");
            let told = &run.json()["image"];
            assert_eq!([&told["width"], &told["height"], &told["channels"]], [width, height, channels]);
            check_files(&picture, out.path());
        }
    }
}

#[test]
fn a_jpeg_comes_back_as_it_was_decoded() {
    for channels in [1, 3] {
        let (folder, out) = (tempfile::tempdir().unwrap(), out());
        // The name says nothing about the format.
        let path = folder.path().join("photograph");
        fs::write(&path, encoded(&image(37, 23, channels), ImageFormat::Jpeg)).unwrap();
        let run = run(roundtrip(&path, out.path()).arg("--json"));
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(run.json()["image"]["format"], "jpeg");
        let decoded = image::load_from_memory(&fs::read(&path).unwrap()).unwrap();
        check_files(&decoded, out.path());
    }
}

#[test]
fn sixteen_bits_are_reduced_to_eight_and_the_report_says_so() {
    let (folder, out) = (tempfile::tempdir().unwrap(), out());
    let eight = image(5, 4, 3);
    // 257 times an 8-bit value is the same brightness in 16 bits, however the reduction rounds.
    let wide = eight.as_bytes().iter().map(|&value| u16::from(value) * 257).collect();
    let wide = image::ImageBuffer::<image::Rgb<u16>, _>::from_raw(5, 4, wide).unwrap();
    let path = save(&DynamicImage::from(wide), folder.path(), "wide.png");
    let run = run(roundtrip(path, out.path()).arg("--json"));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.json()["image"]["decoded"], "16-bit RGB, reduced to 8");
    check_files(&eight, out.path());
}

#[test]
fn an_orientation_in_exif_data_is_ignored() {
    let (folder, out) = (tempfile::tempdir().unwrap(), out());
    let file = encoded(&image(6, 3, 3), ImageFormat::Jpeg);
    // A segment with one TIFF entry: orientation (tag 0x112, a short) is 6, which means turned by a quarter.
    let exif = b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let path = folder.path().join("turned.jpg");
    fs::write(&path, [&file[..2], exif, &file[2..]].concat()).unwrap();
    let run = run(&mut roundtrip(&path, out.path()));
    assert_eq!(run.code, Some(0), "{run:?}");
    check_files(&image::load_from_memory(&file).unwrap(), out.path());
}

#[test]
fn every_step_is_told_with_its_bytes_time_and_rate() {
    let out = out();
    let run = run(roundtrip(CHELSEA, out.path()).args(["--device", "1", "--json"]));
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{run:?}");
    let json = run.json();
    assert_eq!(json["image"]["bytes"], 451 * 300 * 3);
    assert_eq!(json["image"]["decoded"], "8-bit RGB");
    assert_eq!(
        (&json["runtime"]["emulated"], &json["runtime"]["fallback"]),
        (&Value::Bool(true), &Value::Null)
    );
    assert_eq!(json["device"]["ordinal"], 1);
    assert!(json["shared_address"].as_str().unwrap().starts_with("0x"), "{json}");

    let steps = json["steps"].as_array().unwrap();
    let bytes: Vec<_> =
        steps.iter().map(|step| (step["name"].as_str().unwrap(), step["bytes"].as_u64())).collect();
    let (whole, crop) = (Some(405_900), Some(226 * 150 * 3));
    for expected in [
        ("decode", whole),
        ("allocate", whole),
        ("host to device", whole),
        ("export, from_cuda", None),
        ("device to host: roundtrip.png", whole),
        ("device to host: crop.png", crop),
        ("device to host: flip.png", whole),
        ("device to host: planes.png", whole),
    ] {
        assert!(bytes.contains(&expected), "{expected:?} in {bytes:?}");
    }
    for step in steps {
        let seconds = step["seconds"].as_f64().unwrap();
        if let Some(rate) = step["gigabytes_per_second"].as_f64() {
            let moved = step["bytes"].as_u64().unwrap() as f64 / 1e9;
            assert!((moved / seconds - rate).abs() <= rate * 1e-9, "{step}");
        }
    }
    for (file, told) in FILES.iter().zip(json["outputs"].as_array().unwrap()) {
        assert_eq!(Path::new(told["path"].as_str().unwrap()), out.path().join(file));
        assert_eq!(told["verified"], true);
    }
}

#[test]
fn auto_takes_a_gpu_or_says_in_one_line_that_it_takes_the_emulator() {
    let out = out();
    let mut command = program();
    command.args(["roundtrip", CHELSEA, "--json", "--out"]).arg(out.path());
    let run = run(&mut command);
    assert_eq!(run.code, Some(0), "{run:?}");
    check_files(&image::open(CHELSEA).unwrap(), out.path());
    let runtime = &run.json()["runtime"];
    if runtime["emulated"] == true {
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
        assert!(run.stderr.starts_with("note: no usable GPU ("), "{run:?}");
        assert!(run.stderr.contains(runtime["fallback"].as_str().unwrap()), "{run:?}");
    } else {
        assert_eq!((&*run.stderr, &runtime["fallback"]), ("", &Value::Null));
    }
}

#[test]
fn auto_names_the_library_that_the_environment_chose_in_vain() {
    let out = out();
    let mut command = program();
    command
        .args(["roundtrip", CHELSEA, "--out"])
        .arg(out.path())
        .env("CUDA_SYS_CUDART", "/no/such/libcudart.so.12");
    let run = run(&mut command);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        run.stderr,
        "note: no usable GPU (/no/such/libcudart.so.12: no such file), so this runs on the built-in emulator\n"
    );
}

#[test]
fn the_default_folder_is_made_where_the_program_runs_and_filled_again_the_next_time() {
    let folder = out();
    let first = save(&image(4, 3, 3), folder.path(), "first.png");
    let second = save(&image(6, 5, 1), folder.path(), "second.png");
    for path in [&first, &second] {
        let mut command = program();
        command.current_dir(folder.path()).arg("roundtrip").arg(path).args(["--runtime", "emulator"]);
        let run = run(&mut command);
        assert_eq!(run.code, Some(0), "{run:?}");
        check_files(&image::open(path).unwrap(), &folder.path().join("roundtrip-out"));
    }
    assert_eq!(names(folder.path()), ["first.png", "roundtrip-out", "second.png"]);
}

#[test]
fn other_files_in_the_folder_stay() {
    let out = out();
    fs::write(out.path().join("notes.txt"), "mine").unwrap();
    assert_eq!(run(&mut roundtrip(CHELSEA, out.path())).code, Some(0));
    assert_eq!(fs::read(out.path().join("notes.txt")).unwrap(), b"mine");
    assert_eq!(names(out.path()).len(), 5);
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_text_is_no_trouble() {
    use std::os::unix::ffi::OsStrExt;
    let folder = out();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.png"));
    fs::copy(CHELSEA, &path).unwrap();
    let target = folder.path().join(std::ffi::OsStr::from_bytes(b"\xff"));
    let run = run(roundtrip(&path, &target).arg("--json"));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.json()["image"]["path"].as_str().unwrap().contains("caf"));
    check_files(&image::open(CHELSEA).unwrap(), &target);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let out = out();
    let mut child =
        roundtrip(CHELSEA, out.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), &output.stderr[..]), (Some(0), &b""[..]));
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_a_failure() {
    let out = out();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = roundtrip(CHELSEA, out.path()).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: cannot write to standard output"));
}

#[test]
fn help_tells_the_default_folder_and_every_field_of_the_json() {
    let help = run(program().args(["roundtrip", "--help"]));
    assert_eq!(help.code, Some(0));
    assert!(help.stdout.contains("roundtrip-out"));
    let json = run(roundtrip(CHELSEA, out().path()).arg("--json")).json();
    for (name, value) in json.as_object().unwrap() {
        assert!(help.stdout.contains(name), "{name} is not in the help");
        let first = value.as_array().map_or(value, |values| &values[0]);
        for field in first.as_object().map(|object| object.keys()).into_iter().flatten() {
            assert!(help.stdout.contains(field), "{name}.{field} is not in the help");
        }
    }
}
