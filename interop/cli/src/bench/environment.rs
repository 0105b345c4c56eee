//! Where it was measured.

use serde::Serialize;

use crate::exit::Failure;
use crate::runtime::Choice;

/// The machine, as far as the figures depend on it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Environment {
    /// The device's name.
    pub(super) device: String,
    /// The runtime's version.
    pub(super) runtime: String,
    /// Whether it is the emulator: the figures then say nothing about a GPU.
    pub(super) emulated: bool,
    /// The processor's name, where the system tells.
    pub(super) processor: Option<String>,
    /// Cores that this process may use.
    pub(super) cores: usize,
    /// This program's version.
    pub(super) version: &'static str,
}

impl Environment {
    pub(super) fn of(choice: &Choice) -> Result<Self, Failure> {
        Ok(Self {
            device: choice.device.name().map_err(Failure::failed)?,
            runtime: choice.device.runtime().version().to_string(),
            emulated: choice.emulated,
            processor: processor(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            version: env!("CARGO_PKG_VERSION"),
        })
    }

    /// In one line, for the head of a text or a plot.
    pub(super) fn title(&self) -> String {
        let processor = self.processor.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
        let emulated = if self.emulated { "EMULATOR, no GPU was measured: " } else { "" };
        let cores = crate::table::counted(self.cores, "core");
        format!("{emulated}{}, CUDA {}, {cores}{processor}", self.device, self.runtime)
    }
}

/// What Linux calls the processor.
fn processor() -> Option<String> {
    let told = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = told.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned()).filter(|name| !name.is_empty())
}
