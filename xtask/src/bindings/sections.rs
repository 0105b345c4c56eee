//! `cuda-sys/bindings.txt`: which functions are bound, by section.

use super::items::Items;
use std::{collections::BTreeSet, fs, path::Path};

/// The list, from the workspace's root.
pub(super) const FILE: &str = "cuda-sys/bindings.txt";

/// A group of functions, as `bindings.txt` lists them.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) functions: Vec<String>,
}

/// Reads the allow-list and proves that it names every function of either header, once, and nothing else.
pub(super) fn read(path: &Path, v12: &Items, v13: &Items) -> Result<Vec<Section>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut sections: Vec<Section> = Vec::new();
    let mut listed = BTreeSet::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(title) = line.strip_prefix("## ") {
            sections.push(Section { title: title.to_owned(), functions: Vec::new() });
        } else if !line.starts_with('#') {
            let section =
                sections.last_mut().ok_or(format!("{FILE}: {line} stands before the first section"))?;
            if !listed.insert(line.to_owned()) {
                return Err(format!("{FILE}: {line} is listed twice"));
            }
            section.functions.push(line.to_owned());
        }
    }
    let declared: BTreeSet<_> = v12.functions.keys().chain(v13.functions.keys()).cloned().collect();
    let missing: Vec<_> = declared.difference(&listed).map(String::as_str).collect();
    let unknown: Vec<_> = listed.difference(&declared).map(String::as_str).collect();
    if missing.is_empty() && unknown.is_empty() {
        return Ok(sections);
    }
    Err(format!("{FILE}: not listed: [{}]; in no header: [{}]", missing.join(", "), unknown.join(", ")))
}
