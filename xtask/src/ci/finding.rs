//! How a check says what it found.

/// A failure that lists what was found, if anything was.
pub(super) fn none(found: &[String], rule: &str) -> Result<(), String> {
    if found.is_empty() { Ok(()) } else { Err(format!("{rule}:\n  {}", found.join("\n  "))) }
}
