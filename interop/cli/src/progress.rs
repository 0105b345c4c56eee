//! How far it is, where somebody watches: a bar on standard error if that is a terminal, and nothing if not.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// Copies of fewer bytes are over before anybody sees a bar.
const LONG_COPY: usize = 256 << 20;

/// A bar that goes when it is dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar of so many steps.
    pub(crate) fn new(steps: usize) -> Self {
        Self::styled(steps, true, "{msg:<28} [{bar:40}] {pos}/{len}  {eta} left")
    }

    /// A bar of one copy of so many bytes, if that takes long enough to be seen.
    pub(crate) fn of_copy(what: &str, bytes: usize) -> Self {
        let bar = Self::styled(bytes, bytes >= LONG_COPY, "{msg:<28} [{bar:40}] {bytes}/{total_bytes}");
        bar.at(what);
        bar
    }

    fn styled(len: usize, wanted: bool, template: &str) -> Self {
        let watched = wanted && std::io::stderr().is_terminal();
        let target = if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(len as u64), target);
        // A style that cannot be read leaves the one that bars have anyway.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        Self(bar)
    }

    /// So much is done.
    pub(crate) fn reach(&self, position: usize) {
        self.0.set_position(position as u64);
    }

    /// What is being done.
    pub(crate) fn at(&self, what: impl Into<String>) {
        self.0.set_message(what.into());
    }

    /// One more step is done.
    pub(crate) fn step(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
