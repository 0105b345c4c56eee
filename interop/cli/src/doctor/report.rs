//! What `doctor` found: one struct, shown as JSON or as text.

use crate::exit::Exit;
use crate::table::{Align, aligned, counted, gibibytes};
use serde::Serialize;
use std::fmt::Write;

/// Everything that `doctor` tells. The fields are those of the JSON object, which `doctor --help` documents.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) status: Status,
    pub(super) summary: String,
    pub(super) candidates: Vec<Candidate>,
    pub(super) runtime: Option<Library>,
    pub(super) driver_version: Option<String>,
    pub(super) loaded: Vec<String>,
    pub(super) devices: Vec<Gpu>,
    pub(super) device_error: Option<String>,
    pub(super) staging: Staging,
    pub(super) emulator: Emulator,
}

/// What this machine can do with CUDA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Usable,
    NoDevice,
    NoRuntime,
}

/// A place where libcudart could be, and what came of it.
#[derive(Debug, Serialize)]
pub(super) struct Candidate {
    pub(super) path: String,
    pub(super) rule: String,
    pub(super) outcome: &'static str,
    pub(super) detail: String,
}

/// The library that was taken.
#[derive(Debug, Serialize)]
pub(super) struct Library {
    pub(super) path: String,
    pub(super) rule: String,
    pub(super) version: String,
    pub(super) functions: usize,
}

/// A device, as far as it answers.
#[derive(Debug, Serialize)]
pub(super) struct Gpu {
    pub(super) ordinal: usize,
    pub(super) name: Option<String>,
    pub(super) uuid: Option<String>,
    pub(super) pci_bus_id: Option<String>,
    pub(super) compute_capability: Option<String>,
    pub(super) total_memory_bytes: Option<u64>,
    pub(super) free_memory_bytes: Option<u64>,
    pub(super) usable: bool,
    pub(super) error: Option<String>,
}

/// What is set for copies of pageable memory; null is left to measurement, or not known for the error.
#[derive(Debug, Serialize)]
pub(super) struct Staging {
    pub(super) rule: String,
    pub(super) enabled: Option<bool>,
    pub(super) threads: Option<usize>,
    pub(super) chunk_bytes: Option<usize>,
    pub(super) from_bytes: Option<usize>,
    pub(super) limit_bytes: Option<usize>,
    pub(super) engines: Vec<Engine>,
    pub(super) error: Option<String>,
}

/// What is in force on one device.
#[derive(Debug, Serialize)]
pub(super) struct Engine {
    pub(super) device: usize,
    pub(super) upload: Option<Way>,
    pub(super) download: Option<Way>,
    pub(super) pinned_bytes: Option<usize>,
    pub(super) fallbacks: Option<u64>,
    pub(super) shortage: Option<String>,
    #[serde(skip)]
    pub(super) text: Option<String>,
    pub(super) error: Option<String>,
}

/// What was measured of one direction, and what follows.
#[derive(Debug, Serialize)]
pub(super) struct Way {
    pub(super) threads: Option<usize>,
    pub(super) least_chunk_bytes: Option<usize>,
    pub(super) most_chunk_bytes: Option<usize>,
    pub(super) link_bytes_per_second: Option<u64>,
    pub(super) from_bytes: usize,
}

/// The emulator that is built in.
#[derive(Debug, Serialize)]
pub(super) struct Emulator {
    pub(super) available: bool,
    pub(super) versions: Vec<String>,
    pub(super) devices: usize,
    pub(super) memory_bytes_per_device: Option<u64>,
    pub(super) error: Option<String>,
}

impl Report {
    /// The exit status that tells the same.
    pub(super) fn exit(&self) -> Exit {
        match self.status {
            Status::Usable => Exit::Success,
            Status::NoDevice => Exit::NoDevice,
            Status::NoRuntime => Exit::NoRuntime,
        }
    }

    /// The report for people.
    pub(super) fn text(&self) -> String {
        let mut text = "Places where libcudart can be, in the order they are tried:\n".to_owned();
        let row = |place: &Candidate| [place.rule.clone(), place.path.clone(), place.detail.clone()];
        let rows: Vec<_> = self.candidates.iter().map(row).collect();
        text += &aligned("  ", [Align::Left; 3], &rows);
        text.push('\n');

        let mut facts = vec![["runtime".to_owned(), self.runtime_text()]];
        let driver = self.driver_version.as_ref();
        facts.push([
            "driver".into(),
            driver.map_or("none".into(), |version| format!("supports CUDA up to {version}")),
        ]);
        let mapped = if self.loaded.is_empty() { &["none".to_owned()] } else { &self.loaded[..] };
        facts.extend(labelled("in this process", mapped));
        let devices = self.devices_text();
        facts.extend(labelled("devices", devices.lines()));
        facts.extend(labelled("staging", self.staging.text().lines()));
        facts.push(["emulator".into(), self.emulator.text()]);
        text += &aligned("", [Align::Left; 2], &facts);
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{}\n", self.summary);
        text
    }

    fn runtime_text(&self) -> String {
        match &self.runtime {
            None => "none".into(),
            Some(Library { path, rule, version, functions }) => {
                format!("CUDA {version} from {path} ({rule}), {functions} functions")
            }
        }
    }

    fn devices_text(&self) -> String {
        if self.devices.is_empty() {
            return self.device_error.clone().unwrap_or_else(|| "none".into());
        }
        let rows: Vec<_> = self.devices.iter().map(Gpu::row).collect();
        aligned("", [Align::Right, Align::Left, Align::Left, Align::Left, Align::Left, Align::Left], &rows)
    }
}

impl Gpu {
    fn row(&self) -> [String; 6] {
        let known = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".into());
        let memory = match (self.total_memory_bytes, self.free_memory_bytes) {
            (Some(total), Some(free)) => format!("{}, {} free", gibibytes(total), gibibytes(free)),
            (Some(total), None) => gibibytes(total),
            (None, _) => "?".into(),
        };
        let state = self.error.as_ref().map_or("usable".into(), |error| format!("NOT USABLE: {error}"));
        let capability = format!("compute {}", known(&self.compute_capability));
        let identity = format!("{}  {}", known(&self.uuid), known(&self.pci_bus_id));
        [self.ordinal.to_string(), known(&self.name), identity, memory, capability, state]
    }
}

impl Staging {
    pub(super) fn text(&self) -> String {
        if let Some(error) = &self.error {
            return format!("NOT USABLE: {error}");
        }
        if self.enabled == Some(false) {
            return format!("off ({})", self.rule);
        }
        let value = |value: Option<usize>, unit| {
            value.map_or("measured at first use".to_owned(), |value| format!("{value}{unit}"))
        };
        let mut text = format!(
            "on ({}): threads {}, chunk {}, from {}, limit {}",
            self.rule,
            value(self.threads, ""),
            value(self.chunk_bytes, " B"),
            value(self.from_bytes, " B"),
            value(self.limit_bytes, " B"),
        );
        for engine in &self.engines {
            let state = engine.text.as_ref().or(engine.error.as_ref()).map_or("unknown", String::as_str);
            // Writing to a string cannot fail.
            let _ = write!(text, "\ndevice {}: {state}", engine.device);
        }
        text
    }
}

impl Emulator {
    fn text(&self) -> String {
        let versions = self.versions.join(" and ");
        let devices = counted(self.devices, "device");
        match (&self.error, self.memory_bytes_per_device) {
            (Some(error), _) => format!("built in, but not usable: {error}"),
            (None, Some(bytes)) => {
                format!("built in: CUDA {versions}, {devices} with {} each", gibibytes(bytes))
            }
            (None, None) => format!("built in: CUDA {versions}, {devices}"),
        }
    }
}

/// Rows that show a label beside the first of some lines.
fn labelled<S: Into<String>>(label: &str, lines: impl IntoIterator<Item = S>) -> Vec<[String; 2]> {
    let label = |index| if index == 0 { label.to_owned() } else { String::new() };
    lines.into_iter().enumerate().map(|(index, line)| [label(index), line.into()]).collect()
}
