//! What a round trip came to: one struct, shown as JSON or as text.

use super::clock::Step;
use crate::table::{Align, aligned, grouped};
use serde::Serialize;

/// Everything that `roundtrip` tells. The fields are those of the JSON object, which `roundtrip --help` documents.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) image: Image,
    pub(super) runtime: Runtime,
    pub(super) device: Gpu,
    pub(super) shared_address: String,
    pub(super) steps: Vec<Step>,
    pub(super) outputs: Vec<File>,
}

/// The image that was read.
#[derive(Debug, Serialize)]
pub(super) struct Image {
    pub(super) path: String,
    pub(super) format: &'static str,
    pub(super) decoded: &'static str,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
    pub(super) bytes: usize,
}

/// The runtime that did the work.
#[derive(Debug, Serialize)]
pub(super) struct Runtime {
    pub(super) version: String,
    pub(super) library: String,
    pub(super) rule: String,
    pub(super) emulated: bool,
    pub(super) fallback: Option<String>,
}

/// The device that held the image.
#[derive(Debug, Serialize)]
pub(super) struct Gpu {
    pub(super) ordinal: usize,
    pub(super) name: String,
}

/// An image that was written.
#[derive(Debug, Serialize)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
    pub(super) verified: bool,
}

impl Report {
    /// The report for people.
    pub(super) fn text(&self) -> String {
        let Image { path, format, decoded, height, width, bytes, .. } = &self.image;
        let Runtime { version, library, rule, .. } = &self.runtime;
        let facts = [
            [
                "image",
                &format!("{path}: {width} x {height}, {decoded}, {format}, {} bytes", grouped(*bytes as u64)),
            ],
            ["runtime", &format!("CUDA {version} from {library} ({rule})")],
            ["device", &format!("{}: {}", self.device.ordinal, self.device.name)],
            ["shared", &format!("exported and imported at {}, without a copy", self.shared_address)],
        ];
        let facts = facts.map(|fact| fact.map(str::to_owned));

        let mut steps = vec![["step", "bytes", "time", "GB/s"].map(str::to_owned)];
        steps.extend(self.steps.iter().map(Step::row));

        let mut files = vec![["written", "width", "height", "channels", ""].map(str::to_owned)];
        files.extend(self.outputs.iter().map(File::row));

        let left = Align::Left;
        let right = Align::Right;
        [
            aligned("", [left; 2], &facts),
            aligned("", [left, right, right, right], &steps),
            aligned("", [left, right, right, right, left], &files),
        ]
        .join("\n")
    }
}

impl Step {
    fn row(&self) -> [String; 4] {
        let bytes = self.bytes.map(grouped).unwrap_or_default();
        let rate = self.gigabytes_per_second.map(|rate| format!("{rate:.3}")).unwrap_or_default();
        [self.name.clone(), bytes, format!("{:.3} ms", self.seconds * 1e3), rate]
    }
}

impl File {
    fn row(&self) -> [String; 5] {
        let verified = if self.verified { "every pixel is right" } else { "" };
        let numbers = [self.width, self.height, self.channels].map(|number| number.to_string());
        let [width, height, channels] = numbers;
        [self.path.clone(), width, height, channels, verified.into()]
    }
}
