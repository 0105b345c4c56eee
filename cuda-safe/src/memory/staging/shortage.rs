//! What the engine had to do without: copies that it could not begin, and why it did less than it might.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
pub(super) struct Shortage {
    fallbacks: AtomicU64,
    latest: Mutex<Option<String>>,
}

impl Shortage {
    /// A copy could not be begun.
    pub(super) fn fell_back(&self, reason: String) {
        self.fallbacks.fetch_add(1, Ordering::Relaxed);
        self.note(reason);
    }

    /// Something was refused, and the work goes on without it.
    pub(super) fn note(&self, reason: String) {
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    pub(super) fn fallbacks(&self) -> u64 {
        self.fallbacks.load(Ordering::Relaxed)
    }

    pub(super) fn latest(&self) -> Option<String> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
