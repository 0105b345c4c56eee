//! Decides, item by item, whether CUDA 12 and CUDA 13 mean the same.
//!
//! A type agrees when both majors declare it with the same text (fields, size, alignment and offsets: bindgen's layout
//! assertions are part of the text) and everything it names agrees. A function agrees when parameter and result types
//! are the same and agree. Constants of open newtypes agree unless both majors give one name two values.

use super::items::Items;
use std::collections::{BTreeMap, BTreeSet};

/// Why an item is not shared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Split {
    /// Only one major declares it.
    OnlyIn(u8),
    /// Both declare it, differently.
    Differs,
    /// It is declared the same, but names an item that is not.
    Through(String),
}

impl Split {
    /// One line for the reader of the generated code; `major` is the file it stands in.
    pub(super) fn explain(&self, major: u8) -> String {
        let other = if major == 12 { 13 } else { 12 };
        match self {
            Self::OnlyIn(_) => format!("CUDA {major} only."),
            Self::Differs => format!("CUDA {other} declares it differently."),
            Self::Through(name) => {
                format!("Declared alike in CUDA {other}, but reaches `{name}`, which differs.")
            }
        }
    }
}

/// The verdicts. What is in no map is shared.
pub(super) struct Agreement {
    pub(super) items: BTreeMap<String, Split>,
    pub(super) functions: BTreeMap<String, Split>,
    /// Constants of open newtypes with two values.
    pub(super) variants: BTreeSet<(String, String)>,
    shared_functions: usize,
}

impl Agreement {
    pub(super) fn shared_functions(&self) -> usize {
        self.shared_functions
    }
}

/// Compares the two majors.
pub(super) fn compare(v12: &Items, v13: &Items) -> Result<Agreement, String> {
    let mut items = BTreeMap::new();
    for name in v12.items.keys().chain(v13.items.keys()) {
        match (v12.items.get(name), v13.items.get(name)) {
            (Some(_), None) => items.insert(name.clone(), Split::OnlyIn(12)),
            (None, Some(_)) => items.insert(name.clone(), Split::OnlyIn(13)),
            (Some(a), Some(b)) if a.text() != b.text() => items.insert(name.clone(), Split::Differs),
            _ => None,
        };
    }
    // A difference spreads to everything that names it, until nothing changes.
    loop {
        let mut spread = Vec::new();
        for (name, entry) in v12.items.iter().chain(&v13.items) {
            if !items.contains_key(name) {
                let cause = entry.uses.iter().find(|used| items.contains_key(*used));
                spread.extend(cause.map(|cause| (name.clone(), Split::Through(root_cause(&items, cause)))));
            }
        }
        if spread.is_empty() {
            break;
        }
        items.extend(spread);
    }

    let mut functions = BTreeMap::new();
    let mut shared_functions = 0;
    for name in v12.functions.keys().chain(v13.functions.keys()).collect::<BTreeSet<_>>() {
        let split = match (v12.functions.get(name), v13.functions.get(name)) {
            (Some(_), None) => Some(Split::OnlyIn(12)),
            (None, Some(_)) => Some(Split::OnlyIn(13)),
            (Some(a), Some(b)) if a.shape() != b.shape() => Some(Split::Differs),
            (Some(a), Some(_)) => {
                let cause = a.uses.iter().find(|used| items.contains_key(*used));
                cause.map(|cause| Split::Through(root_cause(&items, cause)))
            }
            (None, None) => None,
        };
        match split {
            Some(split) => drop(functions.insert(name.clone(), split)),
            None => shared_functions += 1,
        }
    }

    let mut variants = BTreeSet::new();
    for (key, ours) in &v12.variants {
        if v13.variants.get(key).is_some_and(|theirs| theirs.expr != ours.expr) {
            variants.insert(key.clone());
        }
    }
    Ok(Agreement { items, functions, variants, shared_functions })
}

fn root_cause(items: &BTreeMap<String, Split>, name: &str) -> String {
    match items.get(name) {
        Some(Split::Through(cause)) => cause.clone(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::items, Split, compare};

    fn compared(v12: &str, v13: &str) -> super::Agreement {
        let parse = |source| items::parse(source, String::new()).unwrap();
        compare(&parse(v12), &parse(v13)).unwrap()
    }

    #[test]
    fn a_struct_that_grew_splits_the_functions_that_reach_it() {
        let old = "pub struct Inner { a: u32 } pub struct Outer { inner: Inner }
                   extern \"C\" { fn f(outer: *mut Outer); fn g(n: u32); }";
        let new = "pub struct Inner { a: u32, b: u32 } pub struct Outer { inner: Inner }
                   extern \"C\" { fn f(outer: *mut Outer); fn g(m: u32); }";
        let agreement = compared(old, new);
        assert_eq!(agreement.items["Inner"], Split::Differs);
        assert_eq!(agreement.items["Outer"], Split::Through("Inner".into()));
        assert_eq!(agreement.functions["f"], Split::Through("Inner".into()));
        assert!(!agreement.functions.contains_key("g"), "a parameter's name is no difference");
        assert_eq!(agreement.shared_functions(), 1);
    }

    #[test]
    fn a_changed_parameter_and_a_removed_function_split() {
        let agreement =
            compared("extern \"C\" { fn f(n: u32); fn gone(); }", "extern \"C\" { fn f(n: u64); }");
        assert_eq!(agreement.functions["f"], Split::Differs);
        assert_eq!(agreement.functions["gone"], Split::OnlyIn(12));
    }

    #[test]
    fn layout_assertions_are_part_of_a_type() {
        let with = |size: usize| {
            format!(
                "pub struct S {{ a: u64 }} const _: () = {{ [\"Size of S\"][::core::mem::size_of::<S>() - {size}usize]; }};"
            )
        };
        assert_eq!(compared(&with(8), &with(16)).items["S"], Split::Differs);
        assert!(compared(&with(8), &with(8)).items.is_empty());
    }

    #[test]
    fn a_new_constant_is_shared_and_a_changed_one_is_not() {
        let agreement = compared(
            "pub struct E(pub u32); impl E { pub const A: E = E(1); } impl E { pub const B: E = E(2); }",
            "pub struct E(pub u32); impl E { pub const A: E = E(1); } impl E { pub const B: E = E(3); } impl E { pub const C: E = E(4); }",
        );
        assert!(agreement.items.is_empty());
        assert_eq!(agreement.variants.into_iter().collect::<Vec<_>>(), [("E".to_owned(), "B".to_owned())]);
    }
}
