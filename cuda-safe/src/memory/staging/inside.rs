//! Whether this thread is in the middle of a copy, so that a callback that copies too is one of the engine's own threads.
//!
//! Such a thread may hold a lane. If it waited for another one, and all were held like that, nobody would go on.

use std::cell::Cell;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// As long as it lives, this thread takes part in a copy.
pub(super) struct Inside {
    before: bool,
}

impl Inside {
    pub(super) fn enter() -> Self {
        Self { before: INSIDE.replace(true) }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(self.before);
    }
}

/// Whether this thread takes part in a copy.
pub(super) fn is_inside() -> bool {
    INSIDE.get()
}
