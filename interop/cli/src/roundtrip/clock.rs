//! The steps of a round trip with their times.

use serde::Serialize;
use std::time::Instant;

/// One step, run once: what was moved or held, and how long it took.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) bytes: Option<u64>,
    pub(super) seconds: f64,
    pub(super) gigabytes_per_second: Option<f64>,
}

/// Takes the time of one step after the other.
#[derive(Debug, Default)]
pub(super) struct Clock {
    steps: Vec<Step>,
}

impl Clock {
    /// Does the work and remembers how long it took.
    pub(super) fn time<T>(&mut self, name: &str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        let seconds = start.elapsed().as_secs_f64();
        self.steps.push(Step { name: name.into(), bytes: None, seconds, gigabytes_per_second: None });
        result
    }

    /// So many bytes were concerned by the last step, which its time does not depend on.
    pub(super) fn held(&mut self, bytes: usize) {
        if let Some(step) = self.steps.last_mut() {
            step.bytes = Some(bytes as u64);
        }
    }

    /// So many bytes were moved by the last step.
    pub(super) fn moved(&mut self, bytes: usize) {
        self.held(bytes);
        if let Some(step) = self.steps.last_mut().filter(|step| step.seconds > 0.0) {
            step.gigabytes_per_second = Some(bytes as f64 / step.seconds / 1e9);
        }
    }

    /// The steps so far.
    pub(super) fn into_steps(self) -> Vec<Step> {
        self.steps
    }
}
