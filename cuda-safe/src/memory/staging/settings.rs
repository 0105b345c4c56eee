//! What the user decides about the engine: by environment, or by API.

use std::sync::OnceLock;
use std::thread::available_parallelism;

use crate::error::{Error, ErrorKind, Result};
use crate::memory::staging::{alone, slots};

/// The environment variable that [`Settings::from_environment`] reads.
pub const VARIABLE: &str = "CUDA_INTEROP_STAGING";

/// More threads than this keep no link busier.
const USEFUL_THREADS: usize = 12;
/// A ring larger than this holds more than a link takes while a chunk is copied.
const USEFUL_RING: usize = 8 << 20;
/// A limit that leaves as much for the rings has room for tiny copies too.
const AFFORDS_SLOTS: usize = 8 << 20;
/// Rings are cut in pages of this many bytes.
const PAGE: usize = 4096;

/// What the engine may use. The default suits most machines: what it leaves open is measured at first use.
///
/// ```
/// use cuda_safe::memory::staging::Settings;
///
/// let settings: Settings = "threads=4,chunk=512K,limit=16M".parse()?;
/// assert_eq!((settings.threads, settings.chunk, settings.limit), (Some(4), Some(512 << 10), 16 << 20));
/// assert!(!"off".parse::<Settings>()?.enabled);
/// assert!("threads=many".parse::<Settings>().is_err());
/// # Ok::<(), cuda_safe::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether copies are staged at all. If not, each is one plain call.
    pub enabled: bool,
    /// Threads that copy at once, the caller included, 1 to 64. Unless set: as many as keep the link busy by
    /// measurement, at most 12 and at most one for each core of the process.
    pub threads: Option<usize>,
    /// Bytes of a chunk. Unless set: chosen from the size of the copy and the link.
    pub chunk: Option<usize>,
    /// Bytes of page-locked memory for each device, at most.
    pub limit: usize,
    /// Copies of fewer bytes are one plain call, tiny ones too. Unless set: measured at first use.
    pub from: Option<usize>,
}

/// What comes of the settings on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) lanes: usize,
    pub(super) ring_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { enabled: true, threads: None, chunk: None, limit: 64 << 20, from: None }
    }
}

impl Settings {
    /// What `CUDA_INTEROP_STAGING` says, or the default if it is not set.
    ///
    /// # Errors
    /// A value that cannot be understood, with the reason.
    pub fn from_environment() -> Result<Self> {
        match std::env::var(VARIABLE) {
            Ok(text) => text.parse(),
            Err(std::env::VarError::NotPresent) => Ok(Self::default()),
            Err(std::env::VarError::NotUnicode(text)) => Err(refuse(&text.to_string_lossy(), "not Unicode")),
        }
    }

    /// The most threads that may be of use here.
    pub(super) fn most_threads(&self) -> usize {
        // Asking the system takes longer than a small copy.
        static CORES: OnceLock<usize> = OnceLock::new();
        let cores = *CORES.get_or_init(|| available_parallelism().map_or(1, usize::from));
        self.threads.unwrap_or(cores.min(USEFUL_THREADS))
    }

    /// What the limit leaves for tiny copies: nothing, if the rest would be short then or they are plain calls anyway.
    pub(super) fn slot_bytes(&self) -> usize {
        let rest = self.limit.saturating_sub(slots::BYTES);
        let affords = rest >= AFFORDS_SLOTS && rest >= self.chunk.unwrap_or(0);
        if self.enabled && self.from.is_none() && affords { slots::BYTES } else { 0 }
    }

    /// What the limit leaves for copies that their callers do alone, likewise.
    pub(super) fn alone_bytes(&self) -> usize {
        let rest = self.limit.saturating_sub(slots::BYTES + alone::BYTES);
        let affords = rest >= AFFORDS_SLOTS && rest >= self.chunk.unwrap_or(0);
        if self.enabled && self.from.is_none() && affords { alone::BYTES } else { 0 }
    }

    /// Lanes and rings within the limit, for that many threads.
    pub(super) fn shape(&self, threads: usize) -> Result<Shape> {
        let refused = |reason| Err(refuse(&self.to_string(), reason));
        let chunk = self.chunk.unwrap_or(PAGE);
        if !(1..=64).contains(&threads) {
            return refused("threads must be 1 to 64");
        }
        if chunk < PAGE {
            return refused("a chunk must have at least 4096 bytes");
        }
        let limit = self.limit - self.slot_bytes() - self.alone_bytes();
        let ring_bytes = (limit / threads / PAGE * PAGE).min(USEFUL_RING).max(chunk);
        match threads.min(limit / ring_bytes) {
            0 => refused("the limit must have room for a chunk"),
            lanes => Ok(Shape { lanes, ring_bytes }),
        }
    }
}

impl std::str::FromStr for Settings {
    type Err = Error;

    /// `off`, or `name=value` separated by commas: `threads`, and in bytes (`K`, `M`, `G` for powers of 1024) `chunk`,
    /// `limit`, `from`.
    fn from_str(text: &str) -> Result<Self> {
        let mut settings = Self::default();
        if text.trim() == "off" {
            return Ok(Self { enabled: false, ..settings });
        }
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (name, value) =
                item.split_once('=').ok_or_else(|| refuse(item, "neither `off` nor `name=value`"))?;
            let value = bytes(value).ok_or_else(|| refuse(item, "not a number of bytes or threads"))?;
            match name.trim() {
                "threads" => settings.threads = Some(value),
                "chunk" => settings.chunk = Some(value),
                "limit" => settings.limit = value,
                "from" => settings.from = Some(value),
                _ => return Err(refuse(item, "the names are threads, chunk, limit and from")),
            }
        }
        settings.shape(settings.most_threads())?;
        Ok(settings)
    }
}

impl std::fmt::Display for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.enabled {
            return f.write_str("off");
        }
        for (name, value) in [("threads", self.threads), ("chunk", self.chunk), ("from", self.from)] {
            if let Some(value) = value {
                write!(f, "{name}={value},")?;
            }
        }
        write!(f, "limit={}", self.limit)
    }
}

fn bytes(text: &str) -> Option<usize> {
    let text = text.trim();
    let (digits, unit) = match text.chars().last()? {
        'K' | 'k' => (&text[..text.len() - 1], 1 << 10),
        'M' | 'm' => (&text[..text.len() - 1], 1 << 20),
        'G' | 'g' => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    digits.parse::<usize>().ok()?.checked_mul(unit)
}

fn refuse(value: &str, reason: &'static str) -> Error {
    ErrorKind::Setting { name: VARIABLE, value: value.to_owned(), reason }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_means_the_same() {
        for text in ["off", "threads=3,chunk=65536,from=0,limit=1048576", "limit=67108864"] {
            assert_eq!(text.parse::<Settings>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn nonsense_is_refused_with_the_reason() {
        for text in [
            "on",
            "threads=0",
            "threads=65",
            "chunk=1",
            "limit=0",
            "limit=1M,chunk=2M",
            "colour=3",
            "chunk=K",
        ] {
            let error = text.parse::<Settings>().unwrap_err();
            assert!(error.to_string().contains(VARIABLE), "{error}");
        }
    }

    #[test]
    fn the_limit_holds_whatever_is_asked() {
        for limit in [4096, 100_000, 1 << 20, 10 << 20, 64 << 20, 1 << 30] {
            for threads in [None, Some(1), Some(7), Some(64)] {
                for chunk in [None, Some(4096), Some(100_000), Some(4 << 20)] {
                    let settings = Settings { limit, threads, chunk, ..Settings::default() };
                    if let Ok(Shape { lanes, ring_bytes }) = settings.shape(settings.most_threads()) {
                        assert!(lanes >= 1 && lanes * ring_bytes <= limit, "{settings}");
                        assert!(ring_bytes >= chunk.unwrap_or(1), "{settings}");
                    }
                }
            }
        }
    }
}
