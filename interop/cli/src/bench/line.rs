//! What a measuring process tells on standard output while it works: one JSON value a line.

use serde::{Deserialize, Serialize};

/// One line. `T` is what is measured.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line<T> {
    /// Everything is prepared; it goes on when it is told a line.
    Ready,
    /// A figure.
    Measured(T),
    /// One more case is done.
    Done,
    /// A package that cannot be measured, and why.
    Missing { peer: String, why: String },
    /// A package that is measured.
    Present { peer: String, version: String },
    /// A case that a package does not do, or for which there was no time.
    Refused { peer: String, what: String, why: String },
    /// What the engine holds and is set to after all copies, and the processor time that its threads, and all of the process,
    /// take while nothing is copied.
    Idle {
        pinned_bytes: usize,
        cpu_seconds_per_second: Option<f64>,
        process_cpu_seconds_per_second: Option<f64>,
        in_force: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_the_script_writes_them() {
        let read = |text: &str| serde_json::from_str::<Line<f64>>(text).unwrap();
        assert!(matches!(read(r#""done""#), Line::Done));
        assert!(matches!(read(r#"{"measured": 2.5}"#), Line::Measured(2.5)));
        assert!(matches!(
            read(r#"{"missing": {"peer": "Numba", "why": "not installed"}}"#),
            Line::Missing { .. }
        ));
    }
}
