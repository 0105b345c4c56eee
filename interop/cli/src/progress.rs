//! How far it is, where somebody watches: a bar on standard error if that is a terminal, and nothing if not.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// A bar that goes when it is dropped.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar of so many steps.
    pub(super) fn new(steps: usize) -> Self {
        let watched = std::io::stderr().is_terminal();
        let target = if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(steps as u64), target);
        // A style that cannot be read leaves the one that bars have anyway.
        if let Ok(style) = ProgressStyle::with_template("{msg:<28} [{bar:40}] {pos}/{len}  {eta} left") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self(bar)
    }

    /// What is being done.
    pub(super) fn at(&self, what: impl Into<String>) {
        self.0.set_message(what.into());
    }

    /// One more step is done.
    pub(super) fn step(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
