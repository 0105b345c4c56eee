//! Every public type of the libraries shows in its documentation how it is used, by code that `cargo test` runs.
//!
//! What is declared `pub` is public: the lint `unreachable_pub` refuses the word elsewhere. So one file after the other
//! is read, as tokens, which finds types that a macro like `bitflags!` declares too.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::fs;
use std::path::Path;

use super::finding::none;

/// Where the libraries are.
const LIBRARIES: [&str; 4] = ["cuda-sys/src/", "cuda-sys/emulator/src/", "cuda-safe/src/", "interop/src/"];

pub(super) fn check(root: &Path, files: &[String]) -> Result<(), String> {
    let mut found = Vec::new();
    let is_library =
        |file: &str| LIBRARIES.iter().any(|library| file.starts_with(library)) && file.ends_with(".rs");
    for file in files.iter().filter(|file| is_library(file) && !file.contains("/generated/")) {
        let text = fs::read_to_string(root.join(file)).map_err(|e| format!("cannot read {file}: {e}"))?;
        let tokens: TokenStream = text.parse().map_err(|e| format!("cannot read {file} as Rust: {e}"))?;
        let without = types(tokens).into_iter().filter(|declared| !is_shown(&declared.docs));
        found.extend(without.map(|declared| format!("{file}:{}: {}", declared.line, declared.name)));
    }
    none(&found, "these public types have no example that runs")
}

/// A public struct, enum, union or trait.
struct Type {
    name: String,
    line: usize,
    docs: String,
}

/// The public types that tokens declare, in modules, functions and macros too. Tests declare none.
fn types(tokens: TokenStream) -> Vec<Type> {
    let mut found = Vec::new();
    let (mut docs, mut is_public, mut is_test) = (String::new(), false, false);
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        match token {
            // An attribute stands before what it is about; one with `!` is about what is around it.
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                if let Some(TokenTree::Group(group)) = rest.peek() {
                    is_test |= group.stream().to_string().replace(' ', "") == "cfg(test)";
                    docs.push_str(&doc(group.stream()));
                    rest.next();
                }
                continue;
            }
            TokenTree::Ident(word) if word == "pub" => {
                // `pub(crate)` and the like are not public.
                is_public = rest.next_if(in_parentheses).is_none();
                continue;
            }
            TokenTree::Ident(word) if word == "unsafe" || is_test && word == "mod" => continue,
            TokenTree::Ident(word)
                if ["struct", "enum", "union", "trait"].iter().any(|kind| word == kind) =>
            {
                if let Some(TokenTree::Ident(name)) = rest.peek()
                    && is_public
                {
                    let line = name.span().start().line;
                    found.push(Type { name: name.to_string(), line, docs: std::mem::take(&mut docs) });
                }
            }
            // The name of a module of tests.
            TokenTree::Ident(_) if is_test => continue,
            TokenTree::Group(group) if !is_test => found.extend(types(group.stream())),
            _ => {}
        }
        (docs, is_public, is_test) = (String::new(), false, false);
    }
    found
}

fn in_parentheses(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}

/// The line of documentation that the inside of an attribute is, `doc = "..."`.
fn doc(attribute: TokenStream) -> String {
    let mut tokens = attribute.into_iter();
    match (tokens.next(), tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(word)), Some(TokenTree::Punct(_)), Some(TokenTree::Literal(line)))
            if word == "doc" =>
        {
            syn::parse_str::<syn::LitStr>(&line.to_string())
                .map(|line| line.value() + "\n")
                .unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Whether documentation has a block of code that is compiled and run as a test.
fn is_shown(docs: &str) -> bool {
    let mut fences = docs.lines().filter_map(|line| line.trim_start().strip_prefix("```"));
    while let Some(opening) = fences.next() {
        let mut words = opening.split([',', ' ']).filter(|word| !word.is_empty());
        if words.all(|word| word == "rust" || word == "should_panic" || word.starts_with("edition")) {
            return true;
        }
        fences.next();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        let file = "interop/src/a.rs";
        fs::create_dir_all(folder.path().join("interop/src")).unwrap();
        fs::write(folder.path().join(file), text).unwrap();
        check(folder.path(), &[file.to_owned()])
    }

    fn names(text: &str) -> Vec<String> {
        types(text.parse().unwrap()).into_iter().map(|declared| declared.name).collect()
    }

    #[test]
    fn a_type_without_an_example_is_found_and_one_with_an_example_is_not() {
        let shown = "/// Says.\n///\n/// ```\n/// let a = A;\n/// ```\n#[derive(Debug)]\npub struct A;\n";
        assert_eq!(checked(shown), Ok(()));
        let bare = format!("{shown}/// Says nothing more.\npub enum B {{}}\n");
        assert!(checked(&bare).unwrap_err().contains("interop/src/a.rs:9: B"));
    }

    #[test]
    fn code_that_does_not_run_is_no_example() {
        for opening in ["ignore", "text", "no_run", "compile_fail", "rust,ignore", "sh"] {
            let docs = format!("```{opening}\nlet a = A;\n```\n");
            assert!(!is_shown(&docs), "{opening}");
            assert!(is_shown(&format!("{docs}\n```\nlet a = A;\n```\n")), "{opening}, then one that runs");
        }
        for opening in ["", "rust", "should_panic", "edition2024"] {
            assert!(is_shown(&format!("Says.\n ```{opening}\n ```")), "{opening}");
        }
    }

    #[test]
    fn every_kind_of_public_type_is_found_wherever_it_is_declared() {
        let text = "pub struct A; pub unsafe trait B {} pub union C { a: u8 } mod m { pub enum D {} }
            bitflags! { #[derive(Clone)] pub struct E: u32 { const X = 1; } }";
        assert_eq!(names(text), ["A", "B", "C", "D", "E"]);
    }

    #[test]
    fn what_is_not_public_or_is_a_test_or_is_no_type_is_not_asked_for() {
        let text = "pub(crate) struct A; struct B; pub(in crate::a) enum C {} pub fn d() {} pub type E = u8;
            #[cfg(test)] mod tests { pub struct F; } macro_rules! g { () => { pub struct $name; } }";
        assert!(names(text).is_empty());
    }

    #[test]
    fn the_documentation_of_one_type_is_not_that_of_the_next() {
        let text = "/// ```\n/// a();\n/// ```\npub fn a() {}\n/// ```\n/// m::b();\n/// ```\npub mod m {}\npub struct B;";
        assert!(checked(text).unwrap_err().contains("B"));
    }
}
