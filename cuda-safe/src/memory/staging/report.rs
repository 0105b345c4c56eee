//! What is in force: what was asked for, what was measured, what is held, and what was missing.

use std::fmt;

use crate::memory::staging::settings::Settings;
use crate::memory::staging::tuning::Tuning;

/// What is in force.
///
/// ```
/// use cuda_safe::Device;
/// use cuda_safe::memory::staging::{Engine, Report};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let engine = Engine::new(device, "threads=4,limit=16M,from=1M".parse()?)?;
/// let report: Report = engine.report();
/// assert_eq!((report.settings.limit, report.upload_from), (16 << 20, 1 << 20));
/// // Nothing was copied yet, so nothing was measured.
/// assert_eq!((report.threads, report.pinned_bytes, report.tuning), (0, 0, None));
/// assert!(engine.measure()?.to_string().contains(" of 16777216 page-locked bytes held"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// What was asked for.
    pub settings: Settings,
    /// What was measured or given, with the threads that large copies were found to need since; `None` before the first
    /// copy through a ring.
    pub tuning: Option<Tuning>,
    /// Bytes a second that the link was measured to carry to the device; `None` if it was not measured.
    pub upload_link: Option<u64>,
    /// The same from the device.
    pub download_link: Option<u64>,
    /// Threads that may copy at once, the callers included; 0 before the first copy through a ring.
    pub threads: usize,
    /// Threads that the engine has started so far.
    pub workers: usize,
    /// Bytes of page-locked memory held now.
    pub pinned_bytes: usize,
    /// Uploads of as many bytes go through a ring, as far as that is decided: where nothing is set, the first copies of
    /// each size are tried either way.
    pub upload_from: usize,
    /// The same of downloads.
    pub download_from: usize,
    /// Copies that the engine could not begin ([`NotBegun`](crate::ErrorKind::NotBegun)). Whoever asked for them may have
    /// copied another way.
    pub fallbacks: u64,
    /// What the engine had to do without when it was last refused something: page-locked memory or a thread.
    pub shortage: Option<String>,
}

/// One line for people.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.settings.enabled {
            return f.write_str("off");
        }
        match self.tuning {
            None => f.write_str("not used yet")?,
            Some(Tuning { upload, download }) => write!(
                f,
                "{} threads to the device, {} back, {} started; chunks of {} to {} bytes, {} to {} back",
                upload.threads,
                download.threads,
                self.workers,
                self.settings.chunk.unwrap_or(upload.least_chunk),
                self.settings.chunk.unwrap_or(upload.most_chunk),
                self.settings.chunk.unwrap_or(download.least_chunk),
                self.settings.chunk.unwrap_or(download.most_chunk),
            )?,
        }
        if let (Some(up), Some(down)) = (self.upload_link, self.download_link) {
            write!(f, "; link {:.1} GB/s to the device, {:.1} back", up as f64 / 1e9, down as f64 / 1e9)?;
        }
        write!(f, "; from {} bytes to the device, {} back", self.upload_from, self.download_from)?;
        write!(f, "; {} of {} page-locked bytes held", self.pinned_bytes, self.settings.limit)?;
        if self.fallbacks > 0 {
            write!(f, "; {} copies could not be begun", self.fallbacks)?;
        }
        match &self.shortage {
            Some(reason) => write!(f, "; refused: {reason}"),
            None => Ok(()),
        }
    }
}
