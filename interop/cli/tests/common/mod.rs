//! What the test programs share: the program under test, images to give it, and what must come back.

#![allow(dead_code, reason = "each test program uses a part of this")]

use image::{DynamicImage, ImageFormat};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// The photograph that comes with the program; tests run in the package's folder.
pub(crate) const CHELSEA: &str = "assets/chelsea.png";

/// The files of a round trip.
pub(crate) const FILES: [&str; 4] = ["roundtrip.png", "crop.png", "flip.png", "planes.png"];

/// What a run of the program left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The program, in an environment that names no library and configures no emulator.
pub(crate) fn program() -> Command {
    // Where the tests are not run from where they were built, the environment says where the program is.
    let path = env::var_os("CARGO_BIN_EXE_cuda-interop");
    let mut command = Command::new(path.unwrap_or_else(|| env!("CARGO_BIN_EXE_cuda-interop").into()));
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CUDA_EMULATOR_")) {
            command.env_remove(name);
        }
    }
    command.env_remove("CUDA_SYS_CUDART").stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub(crate) fn run(command: &mut Command) -> Run {
    let output = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes text");
    let run = Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) };
    assert!(!run.stderr.contains("panicked"), "{run:?}");
    run
}

/// `roundtrip` on the emulator.
pub(crate) fn roundtrip(image: impl AsRef<OsStr>, out: &Path) -> Command {
    let mut command = program();
    command.arg("roundtrip").arg(image).arg("--out").arg(out).args(["--runtime", "emulator"]);
    command
}

impl Run {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Checks for a refusal: this status, nothing on standard output, one line on standard error with all of `words`.
    pub(crate) fn refused(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        assert!(self.stderr.starts_with("error: ") && self.stderr.ends_with('\n'), "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        assert!(words.iter().all(|word| self.stderr.contains(word)), "{words:?} in {self:?}");
    }
}

/// A library that is not libcudart.
#[cfg(target_os = "linux")]
pub(crate) fn libc() -> String {
    let maps = fs::read_to_string("/proc/self/maps").expect("Linux has this file");
    let mut mapped = maps.lines().filter_map(|line| line.find('/').map(|start| &line[start..]));
    let libc = mapped.find(|path| path.contains("/libc.so") || path.contains("/libc-"));
    libc.expect("the C library is mapped").to_owned()
}

/// An image with other values in each pixel and channel.
pub(crate) fn image(width: usize, height: usize, channels: usize) -> DynamicImage {
    let value = |index: usize| (index.wrapping_mul(2_654_435_761) >> 7) as u8;
    let bytes = (0..width * height * channels).map(value).collect();
    from_bytes(width, height, channels, bytes)
}

/// An image of these bytes, in the order row, column, channel.
pub(crate) fn from_bytes(width: usize, height: usize, channels: usize, bytes: Vec<u8>) -> DynamicImage {
    let (w, h) = (width.try_into().unwrap(), height.try_into().unwrap());
    let image = match channels {
        1 => image::GrayImage::from_raw(w, h, bytes).map(DynamicImage::from),
        2 => image::GrayAlphaImage::from_raw(w, h, bytes).map(DynamicImage::from),
        3 => image::RgbImage::from_raw(w, h, bytes).map(DynamicImage::from),
        _ => image::RgbaImage::from_raw(w, h, bytes).map(DynamicImage::from),
    };
    image.expect("as many bytes as the shape says")
}

/// Writes an image to `folder`.
pub(crate) fn save(image: &DynamicImage, folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    image.save(&path).expect("the image is written");
    path
}

/// An image as the bytes of a file.
pub(crate) fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    image.write_to(&mut file, format).expect("the image is encoded");
    file.into_inner()
}

/// The names in a folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Checks the four files in `folder` against the image, which has 8 bits a channel.
pub(crate) fn check_files(image: &DynamicImage, folder: &Path) {
    let mut expected: Vec<_> = FILES.map(str::to_owned).into();
    expected.sort();
    assert_eq!(names(folder), expected);

    let (width, height) = (image.width() as usize, image.height() as usize);
    let channels = usize::from(image.color().channel_count());
    let bytes = image.as_bytes();
    let at = |row: usize, column: usize, channel: usize| bytes[(row * width + column) * channels + channel];
    let check = |file: &str, expected: DynamicImage| {
        let found = image::open(folder.join(file)).expect("the file is an image");
        assert_eq!(found.color(), expected.color(), "{file}");
        assert_eq!((found.width(), found.height()), (expected.width(), expected.height()), "{file}");
        assert!(found.as_bytes() == expected.as_bytes(), "{file} differs");
    };

    check("roundtrip.png", image.clone());

    let (rows, columns) = (height - height / 2, width - width / 2);
    let (top, left) = ((height - rows) / 2, (width - columns) / 2);
    let mut crop = Vec::new();
    for row in top..top + rows {
        for column in left..left + columns {
            crop.extend((0..channels).map(|channel| at(row, column, channel)));
        }
    }
    check("crop.png", from_bytes(columns, rows, channels, crop));

    let mut flip = Vec::new();
    for row in 0..height {
        for column in (0..width).rev() {
            flip.extend((0..channels).map(|channel| at(row, column, channel)));
        }
    }
    check("flip.png", from_bytes(width, height, channels, flip));

    let mut planes = vec![0; bytes.len()];
    for row in 0..height {
        for column in 0..width {
            for channel in 0..channels {
                planes[row * width * channels + channel * width + column] = at(row, column, channel);
            }
        }
    }
    check("planes.png", from_bytes(width * channels, height, 1, planes));
}
