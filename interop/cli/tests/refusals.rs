//! What `roundtrip` refuses: one line says why, the exit status says whose fault, and no file is left.

mod common;

use common::{CHELSEA, encoded, image, libc, names, program, roundtrip, run};
use image::ImageFormat;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of the test's own: what it gives the program, and where the program may write.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Refused as bad input with all of `words`, and nothing was written.
    fn refuses_image(&self, image: &Path, words: &[&str]) {
        let name = image.display().to_string();
        run(&mut roundtrip(image, &self.out())).refused(2, &[&[&*name], words].concat());
        self.is_untouched();
    }

    /// Refused when given these arguments besides a good image.
    fn refuses(&self, code: i32, arguments: &[&str], words: &[&str]) {
        let mut command = program();
        command.args(["roundtrip", CHELSEA, "--out"]).arg(self.out()).args(arguments);
        run(&mut command).refused(code, words);
        self.is_untouched();
    }

    fn is_untouched(&self) {
        assert!(!self.out().exists(), "{:?} is there", names(&self.out()));
    }
}

#[test]
fn a_file_that_is_not_there() {
    let bench = Bench::new();
    bench.refuses_image(&bench.folder.path().join("none.png"), &["No such file"]);
    bench.refuses_image(Path::new("/dev/null"), &["not a file"]);
    bench.refuses_image(bench.folder.path(), &["not a file"]);
}

#[test]
fn a_file_that_is_not_an_image() {
    let bench = Bench::new();
    for (name, content) in [
        ("empty.png", &b""[..]),
        ("text.png", b"this is text"),
        ("other.jpg", b"GIF89a\x01\0\x01\0\0\0\0;"),
        ("zeros.png", &[0; 4096]),
    ] {
        bench.refuses_image(&bench.file(name, content), &["neither a PNG nor a JPEG image"]);
    }
}

#[test]
fn an_image_that_was_cut_anywhere() {
    let bench = Bench::new();
    for (name, format) in [("cut.png", ImageFormat::Png), ("cut.jpg", ImageFormat::Jpeg)] {
        let whole = encoded(&image(40, 30, 3), format);
        let ends = [
            8,
            12,
            30,
            200,
            whole.len() / 2,
            whole.len() - 13,
            whole.len() - 12,
            whole.len() - 2,
            whole.len() - 1,
        ];
        for end in ends {
            bench.refuses_image(&bench.file(name, &whole[..end]), &["truncated"]);
        }
    }
    let photograph = fs::read(CHELSEA).unwrap();
    bench.refuses_image(&bench.file("half.png", &photograph[..photograph.len() / 2]), &["truncated"]);
}

#[test]
fn an_image_with_damaged_pixels() {
    let bench = Bench::new();
    let mut file = encoded(&image(40, 30, 3), ImageFormat::Png);
    let middle = file.len() / 2;
    file[middle] ^= 0x55;
    bench.refuses_image(&bench.file("damaged.png", &file), &["cannot be decoded"]);
}

#[test]
fn an_image_that_claims_to_be_huge() {
    let bench = Bench::new();
    let mut file = encoded(&image(4, 4, 3), ImageFormat::Png);
    file[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]); // 65536 x 65536
    let checksum = crc32(&file[12..29]).to_be_bytes();
    file[29..33].copy_from_slice(&checksum);
    bench.refuses_image(&bench.file("huge.png", &file), &["more than 1 GiB"]);
}

#[test]
fn a_runtime_that_is_none() {
    let bench = Bench::new();
    let text = bench.file("libcudart.so.12", b"not a library");
    let text = text.to_str().unwrap();
    bench.refuses(
        2,
        &["--runtime", "/no/such/libcudart.so.13"],
        &["/no/such/libcudart.so.13", "no such file"],
    );
    bench.refuses(2, &["--runtime", text], &[text]);
    bench.refuses(2, &["--runtime", bench.folder.path().to_str().unwrap()], &["no usable libcudart"]);
    bench.refuses(2, &["--runtime", "emulater"], &["--runtime emulater is no usable libcudart"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_library_that_is_not_libcudart() {
    let bench = Bench::new();
    let libc = libc();
    bench.refuses(2, &["--runtime", &libc], &[&libc, "not libcudart"]);
}

#[test]
fn a_device_that_does_not_exist() {
    let bench = Bench::new();
    bench.refuses(
        2,
        &["--runtime", "emulator", "--device", "2"],
        &["device 2 does not exist", "the emulator has 2 devices"],
    );
    bench.refuses(2, &["--device", "4096"], &["device 4096 does not exist"]);
}

#[test]
fn an_emulator_without_devices_is_no_usable_device() {
    let bench = Bench::new();
    let mut command = roundtrip(CHELSEA, &bench.out());
    run(command.env("CUDA_EMULATOR_DEVICES", "0")).refused(3, &["the emulator has no device"]);
    bench.is_untouched();
}

#[test]
fn a_device_without_room_for_the_image_leaves_no_file() {
    let bench = Bench::new();
    let large = bench.file("large.png", &encoded(&image(1024, 600, 3), ImageFormat::Png));
    let mut command = roundtrip(large, &bench.out());
    run(command.env("CUDA_EMULATOR_MEMORY", (1 << 20).to_string()))
        .refused(1, &["allocate", "cudaMalloc", "1843200 bytes"]);
    bench.is_untouched();
}

#[test]
fn a_folder_that_cannot_be_written() {
    let bench = Bench::new();
    let file = bench.file("file", b"mine");
    run(&mut roundtrip(CHELSEA, &file)).refused(2, &[&file.display().to_string()]);
    run(&mut roundtrip(CHELSEA, &file.join("below/it"))).refused(2, &["cannot make the folder"]);
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    assert_eq!(names(bench.folder.path()), ["file"]);
    #[cfg(target_os = "linux")]
    run(&mut roundtrip(CHELSEA, Path::new("/proc/none"))).refused(2, &["/proc/none"]);
}

#[cfg(unix)]
#[test]
fn a_folder_without_the_right_to_write() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    fs::create_dir(bench.out()).unwrap();
    fs::set_permissions(bench.out(), fs::Permissions::from_mode(0o555)).unwrap();
    let run = run(&mut roundtrip(CHELSEA, &bench.out()));
    // A superuser may write everywhere.
    if fs::write(bench.out().join("mine"), b"").is_ok() {
        assert_eq!(run.code, Some(0), "{run:?}");
    } else {
        run.refused(2, &["cannot write to the folder"]);
        assert!(names(&bench.out()).is_empty());
    }
    fs::set_permissions(bench.out(), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_folder_in_the_place_of_an_image() {
    let bench = Bench::new();
    fs::create_dir_all(bench.out().join("flip.png")).unwrap();
    run(&mut roundtrip(CHELSEA, &bench.out())).refused(2, &["flip.png is a folder"]);
    assert_eq!(names(&bench.out()), ["flip.png"]);
}

#[test]
fn an_image_that_would_overwrite_itself() {
    let bench = Bench::new();
    let content = fs::read(CHELSEA).unwrap();
    let path = bench.file("roundtrip.png", &content);
    run(&mut roundtrip(&path, bench.folder.path())).refused(2, &["is the image itself", "--out"]);
    assert_eq!(fs::read(&path).unwrap(), content);
    assert_eq!(names(bench.folder.path()), ["roundtrip.png"]);
}

#[test]
fn a_command_line_that_is_wrong() {
    for arguments in [
        &["roundtrip"][..],
        &["roundtrip", CHELSEA, "--out", ""],
        &["roundtrip", CHELSEA, "--nonsense"],
        &["nonsense"],
        &[],
    ] {
        let run = run(program().args(arguments));
        assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{arguments:?}: {run:?}");
        assert!(!run.stderr.is_empty());
    }
    assert!(!Path::new("roundtrip-out").exists());
}

#[test]
fn a_value_that_cannot_be_used_is_told_in_one_line() {
    for value in ["-1", "first", "18446744073709551616"] {
        for command in [&["roundtrip", CHELSEA][..], &["bench", "calls"], &["bench", "transfer"]] {
            let mut arguments = command.to_vec();
            arguments.extend(["--device", value]);
            run(program().args(arguments)).refused(2, &[value, "--device", "counted from 0"]);
        }
    }
    run(program().args(["roundtrip", CHELSEA, "--runtime", ""])).refused(2, &["--runtime", "a path"]);
}

/// The checksum of PNG's chunks.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}
