//! Imports between the files of one crate: they form no cycle, so that each file can be read after those below it.
//!
//! An import is a path, in a `use` or in code, that leads to another file. A `pub use` only passes a name on: whoever
//! uses the name there imports the file that it comes from. Tests inside a file may use what they like.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::finding::none;
use super::tree::{Name, Tree};
use crate::metadata::Metadata;

pub(super) fn cycles(metadata: &Metadata) -> Result<(), String> {
    let mut found = Vec::new();
    for package in metadata.members() {
        let source = package.manifest_path.with_file_name("src");
        for root in ["lib.rs", "main.rs"].map(|file| source.join(file)).iter().filter(|root| root.is_file()) {
            found.extend(cycle_below(root)?.map(|cycle| format!("{}: {cycle}", package.name)));
        }
    }
    none(&found, "these files import each other; move what they share into a file below them")
}

/// A cycle among the files of the crate with this root, written `a.rs -> b.rs -> a.rs`.
fn cycle_below(root: &Path) -> Result<Option<String>, String> {
    let tree = Tree::read(root)?;
    let imports = imports(&tree);
    let mut done = BTreeSet::new();
    let cycle = (0..tree.files.len()).find_map(|file| cycle_from(file, &imports, &mut Vec::new(), &mut done));
    let folder = root.parent().unwrap_or(root);
    let name = |file: usize| {
        tree.files[file].strip_prefix(folder).unwrap_or(&tree.files[file]).display().to_string()
    };
    Ok(cycle.map(|files| files.into_iter().map(name).collect::<Vec<_>>().join(" -> ")))
}

/// Which files each file imports.
fn imports(tree: &Tree) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut imports: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (place, module) in &tree.modules {
        for path in &module.uses {
            let target = target(tree, place, path);
            if let Some(file) = target.filter(|file| *file != module.file) {
                imports.entry(module.file).or_default().insert(file);
            }
        }
    }
    imports
}

/// The file that `path`, written in module `place`, leads to. A name that no item of its module defines comes from a
/// macro there, so the module's file counts. A module as a whole is no target: the paths through it are.
fn target(tree: &Tree, place: &[Name], path: &[Name]) -> Option<usize> {
    let inside = |length: usize| resolve(tree, place, &[&path[..length], &["*".to_owned()]].concat(), 0);
    match resolve(tree, place, path, 0) {
        None if inside(path.len()).is_none() => (0..path.len()).rev().find_map(inside),
        found => found,
    }
}

/// The file that holds what `path`, written in module `place`, ends on. `None` for what is not of this crate, is not
/// seen as an item, or is a module.
fn resolve(tree: &Tree, place: &[Name], path: &[Name], depth: usize) -> Option<usize> {
    // Names that pass each other on in a circle do not compile; the bound is for code that is being written.
    if depth > 32 {
        return None;
    }
    let module = tree.modules.get(place)?;
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => return resolve(tree, &[], rest, depth + 1),
        "self" => return resolve(tree, place, rest, depth + 1),
        "super" => return resolve(tree, place.split_last()?.1, rest, depth + 1),
        "*" => return Some(module.file),
        _ => {}
    }
    let child = [place, std::slice::from_ref(first)].concat();
    if tree.modules.contains_key(&child) {
        return resolve(tree, &child, rest, depth + 1);
    }
    if let Some(origin) = module.aliases.get(first) {
        return resolve(tree, place, &[origin, rest].concat(), depth + 1);
    }
    if module.items.contains(first) {
        return Some(module.file);
    }
    let mut passed_on = module.globs.iter();
    passed_on.find_map(|glob| resolve(tree, place, &[glob, path].concat(), depth + 1))
}

/// The first way from `file` back to a file on the way to it.
fn cycle_from(
    file: usize,
    imports: &BTreeMap<usize, BTreeSet<usize>>,
    way: &mut Vec<usize>,
    done: &mut BTreeSet<usize>,
) -> Option<Vec<usize>> {
    if let Some(start) = way.iter().position(|passed| *passed == file) {
        return Some([&way[start..], &[file]].concat());
    }
    if !done.insert(file) {
        return None;
    }
    way.push(file);
    let mut next = imports.get(&file).into_iter().flatten();
    let cycle = next.find_map(|next| cycle_from(*next, imports, way, done));
    way.pop();
    cycle
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// The cycle found in a crate of these files.
    fn cycle(files: &[(&str, &str)]) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        cycle_below(&folder.path().join("lib.rs")).unwrap()
    }

    #[test]
    fn two_files_that_import_each_other_are_found() {
        let files = [
            ("lib.rs", "mod event; mod stream;"),
            ("event.rs", "use crate::stream::Stream; pub struct Event;"),
            ("stream.rs", "pub struct Stream; fn wait(event: &crate::event::Event) {}"),
        ];
        assert_eq!(cycle(&files).unwrap(), "event.rs -> stream.rs -> event.rs");
    }

    #[test]
    fn files_that_import_only_what_is_below_them_pass() {
        let files = [
            ("lib.rs", "mod event; mod stream; pub use event::Event; pub use stream::Stream;"),
            ("event.rs", "use crate::Stream; pub struct Event;"),
            ("stream.rs", "pub struct Stream; #[cfg(test)] mod tests { use crate::Event; }"),
        ];
        assert_eq!(cycle(&files), None);
    }

    #[test]
    fn a_name_that_was_passed_on_leads_to_where_it_comes_from() {
        let files = [
            ("lib.rs", "mod event; mod stream; pub use event::*; pub use stream::Stream;"),
            ("event.rs", "use crate::Stream; pub struct Event;"),
            ("stream.rs", "use crate::Event; pub struct Stream;"),
        ];
        assert_eq!(cycle(&files).unwrap(), "event.rs -> stream.rs -> event.rs");
    }

    #[test]
    fn folders_aliases_and_macros_are_followed() {
        let files = [
            ("lib.rs", "mod memory;"),
            ("memory/mod.rs", "pub mod copy; pub mod device;"),
            ("memory/copy.rs", "use super::device as d; fn f() { println!(\"{}\", d::LEN) }"),
            ("memory/device.rs", "pub const LEN: usize = 1; fn f() { super::copy::f() }"),
        ];
        assert_eq!(cycle(&files).unwrap(), "memory/copy.rs -> memory/device.rs -> memory/copy.rs");
    }

    #[test]
    fn what_a_macro_defines_counts_for_the_file_of_its_module() {
        let files = [
            ("lib.rs", "mod flags; mod stream;"),
            ("flags.rs", "bitflags! { pub struct Flags: u32 {} } use crate::stream;  fn f() { stream::f() }"),
            ("stream.rs", "use crate::flags::Flags; pub fn f() { std::mem::drop(0) }"),
        ];
        assert_eq!(cycle(&files).unwrap(), "flags.rs -> stream.rs -> flags.rs");
    }

    #[test]
    fn three_files_in_a_ring_are_found_and_a_parent_that_uses_its_child_is_not() {
        let ring = [
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "use crate::c::C; pub struct B;"),
            ("c.rs", "use crate::a::A; pub struct C;"),
        ];
        assert_eq!(cycle(&ring).unwrap(), "a.rs -> b.rs -> c.rs -> a.rs");
        let family = [("lib.rs", "mod child; pub fn f() { child::f() }"), ("child.rs", "pub fn f() {}")];
        assert_eq!(cycle(&family), None);
    }
}
