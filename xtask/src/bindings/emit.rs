//! Writes the generated files: types and constants into `common.rs`, `v12.rs`, `v13.rs`, functions into `table.rs`.

use super::{
    agreement::Agreement,
    items::{Function, Items},
    sections::Section,
    symbols::Since,
};
use quote::{ToTokens, format_ident, quote};
use std::fmt::Write as _;

/// The generated files: name and text.
pub(super) fn files(
    v12: &Items,
    v13: &Items,
    agreement: &Agreement,
    since: &Since,
    sections: &[Section],
) -> Result<Vec<(&'static str, String)>, String> {
    let shared = |name: &str| !agreement.items.contains_key(name);
    let common_origin = [v12.origin.as_str(), v13.origin.as_str()];
    let common_model =
        "What CUDA 12 and CUDA 13 declare alike: names, fields, sizes, alignments, offsets and values.";
    let mut common = head(&common_origin, common_model, "");
    common += &print(types(v13, |name| shared(name).then(String::new))?)?;
    common += &print(variants(v12, v13, agreement))?;
    Ok(vec![
        ("common.rs", common),
        ("v12.rs", versioned(v12, 12, agreement)?),
        ("v13.rs", versioned(v13, 13, agreement)?),
        ("table.rs", table(v12, v13, agreement, since, sections)?),
    ])
}

fn versioned(items: &Items, major: u8, agreement: &Agreement) -> Result<String, String> {
    let model = format!("What CUDA {major} declares alone, or otherwise than the other major.");
    let mut text = head(&[items.origin.as_str()], &model, "use super::common::*;\n\n");
    text += &print(types(items, |name| agreement.items.get(name).map(|split| split.explain(major)))?)?;
    let own = items.variant_order.iter().filter(|key| agreement.items.contains_key(&key.0));
    let mut constants = impls(own, |key| items.variants[key].to_token_stream());
    for (owner, name) in items.variant_order.iter().filter(|key| agreement.variants.contains(*key)) {
        if agreement.items.contains_key(owner) {
            continue;
        }
        let constant = &items.variants[&(owner.clone(), name.clone())];
        let (ident, owner, value) = (&constant.ident, format_ident!("{owner}"), &constant.expr);
        let doc = format!(" `{owner}::{name}`: each major gives it another value.");
        constants.push(syn::parse_quote! { #[doc = #doc] pub const #ident: #owner = #value; });
    }
    constants.push(errors(items));
    text += &print(constants)?;
    Ok(text)
}

/// Every error code of one header, for programs that need the list: tests, tables, an emulator.
fn errors(items: &Items) -> syn::Item {
    let codes = items.variant_order.iter().filter(|(owner, _)| owner == "cudaError").map(|(_, name)| {
        let ident = format_ident!("{name}");
        quote! { (cudaError::#ident, #name) }
    });
    let doc = " Every error code that this header names.";
    syn::parse_quote! { #[doc = #doc] pub const ERRORS: &[(cudaError, &str)] = &[#(#codes),*]; }
}

/// The types and free constants for which `reason` gives a line (empty: no line), in the header's order.
fn types(items: &Items, reason: impl Fn(&str) -> Option<String>) -> Result<Vec<syn::Item>, String> {
    let mut printed = Vec::new();
    for name in &items.order {
        let Some(reason) = reason(name) else { continue };
        for (index, part) in items.items[name].parts.iter().enumerate() {
            let mut part = part.clone();
            if index == 0 && !reason.is_empty() {
                let reason = format!(" {reason}");
                attributes(&mut part)
                    .ok_or_else(|| format!("{name}: no place for documentation"))?
                    .insert(0, syn::parse_quote! { #[doc = #reason] });
            }
            printed.push(part);
        }
    }
    Ok(printed)
}

fn attributes(item: &mut syn::Item) -> Option<&mut Vec<syn::Attribute>> {
    Some(match item {
        syn::Item::Struct(item) => &mut item.attrs,
        syn::Item::Union(item) => &mut item.attrs,
        syn::Item::Type(item) => &mut item.attrs,
        syn::Item::Const(item) => &mut item.attrs,
        syn::Item::Use(item) => &mut item.attrs,
        syn::Item::Impl(item) => &mut item.attrs,
        _ => return None,
    })
}

/// The constants of the shared open newtypes: those of either major, but those with two values.
fn variants(v12: &Items, v13: &Items, agreement: &Agreement) -> Vec<syn::Item> {
    let only_12 = v12.variant_order.iter().filter(|key| !v13.variants.contains_key(*key));
    let keys = v13.variant_order.iter().chain(only_12);
    let keys = keys.filter(|key| !agreement.items.contains_key(&key.0) && !agreement.variants.contains(*key));
    impls(keys, |key| {
        let (old, new) = (v12.variants.get(key), v13.variants.get(key));
        let note = match (old, new) {
            (None, _) => Some(" CUDA 13 only."),
            (_, None) => Some(" CUDA 12 only."),
            _ => None,
        };
        let (note, constant) = (note.map(|note| quote! { #[doc = #note] }), new.or(old));
        quote! { #note #constant }
    })
}

/// One `impl` for each owner in `keys`, with what `constant` prints for each of its keys.
fn impls<'a>(
    keys: impl Iterator<Item = &'a (String, String)>,
    constant: impl Fn(&(String, String)) -> proc_macro2::TokenStream,
) -> Vec<syn::Item> {
    let mut owners: Vec<(&str, Vec<proc_macro2::TokenStream>)> = Vec::new();
    for key in keys {
        let index = owners.iter().position(|(owner, _)| *owner == key.0).unwrap_or_else(|| {
            owners.push((&key.0, Vec::new()));
            owners.len() - 1
        });
        owners[index].1.push(constant(key));
    }
    let print = |(owner, constants): (&str, Vec<_>)| {
        let owner = format_ident!("{owner}");
        syn::parse_quote! { impl #owner { #(#constants)* } }
    };
    owners.into_iter().map(print).collect()
}

/// One table of functions.
struct Table<'a> {
    name: &'static str,
    module: &'static str,
    doc: &'static str,
    /// One of its functions, for the example.
    sample: &'static str,
    items: &'a Items,
    /// The majors whose libraries tell since when a symbol is there.
    majors: &'static [u32],
    /// Whether it holds what both majors share, or what `items` declares apart.
    shared: bool,
}

/// The function tables, as invocations of `functions!`: the version that introduced a symbol, then its C declaration.
fn table(
    v12: &Items,
    v13: &Items,
    agreement: &Agreement,
    since: &Since,
    sections: &[Section],
) -> Result<String, String> {
    let model =
        "The functions of `cuda_runtime_api.h`: the version that first exported each, and its signature.";
    let uses = "use super::super::functions::functions;\n\n";
    let mut text = head(&[v12.origin.as_str(), v13.origin.as_str()], model, uses);
    let common = "Functions whose signatures, and the types they reach, agree in CUDA 12 and 13.";
    let only_12 = "Functions that only CUDA 12 has, or that CUDA 13 declares otherwise.";
    let only_13 = "Functions that only CUDA 13 has, or that CUDA 12 declares otherwise.";
    let (sample, sample_12, sample_13) =
        ("cudaMalloc", "cudaMemPrefetchAsync_v2", "cudaMemGetDefaultMemPool");
    for Table { name, module, doc, sample, items, majors, shared } in [
        Table {
            name: "Common",
            module: "common",
            doc: common,
            sample,
            items: v13,
            majors: &[12, 13],
            shared: true,
        },
        Table {
            name: "V12",
            module: "v12",
            doc: only_12,
            sample: sample_12,
            items: v12,
            majors: &[12],
            shared: false,
        },
        Table {
            name: "V13",
            module: "v13",
            doc: only_13,
            sample: sample_13,
            items: v13,
            majors: &[13],
            shared: false,
        },
    ] {
        let own =
            if module == "common" { String::new() } else { format!("use super::super::{module}::*;\n") };
        let imports =
            format!("use super::super::common::*;\n{own}use super::functions;\nuse core::ffi::*;\n");
        let _ = writeln!(text, "mod {module} {{\n{imports}\nfunctions! {{\n/// {doc}\n///");
        // What is in an example has no braces, by which the lines are indented.
        for line in [
            "```",
            &format!("use cuda_sys::cudart::table::{name};"),
            "",
            &format!("assert!({name}::EMPTY.{sample}.is_none());"),
            &format!("assert!({name}::SYMBOLS.iter().any(|symbol| symbol.name == \"{sample}\"));"),
            "```",
        ] {
            let _ = writeln!(text, "{}", format!("/// {line}").trim_end());
        }
        let _ = writeln!(text, "{name} {{");
        for section in sections {
            let mut declared = String::new();
            for symbol in &section.functions {
                let Some(function) = items.functions.get(symbol) else { continue };
                if agreement.functions.contains_key(symbol) == shared {
                    continue;
                }
                let version = since.first(symbol, majors).ok_or_else(|| {
                    format!("{symbol} is declared by a header, but no pinned library exports it")
                })?;
                let _ = writeln!(declared, "    {version} {}", declaration(function));
            }
            if !declared.is_empty() {
                let _ = write!(text, "\n    // {}\n{declared}", section.title);
            }
        }
        let _ = writeln!(text, "}}\n}}\n}}\npub use {module}::{name};\n");
    }
    Ok(indented(&text))
}

/// `fn name(arguments) -> result;` on one line.
fn declaration(function: &Function) -> String {
    let signature = &function.signature;
    let arguments = signature.inputs.iter().map(|input| tidy(&input.to_token_stream().to_string()));
    let output = tidy(&signature.output.to_token_stream().to_string());
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    format!("fn {}({arguments}){}{output};", signature.ident, if output.is_empty() { "" } else { " " })
}

/// Takes out the blanks that a token stream prints around punctuation.
fn tidy(tokens: &str) -> String {
    let mut text = tokens.replace(":: core :: ffi :: ", "");
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" :", ":"),
        ("* ", "*"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        ("[ ", "["),
        (" ]", "]"),
        (" ;", ";"),
    ] {
        text = text.replace(from, to);
    }
    text.replace("->", " -> ").replace("  ", " ").trim().replace("* ", "*")
}

/// Indents each line by the braces that are open before it.
fn indented(text: &str) -> String {
    let mut depth = 0usize;
    let mut result = String::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('}') {
            depth = depth.saturating_sub(1);
        }
        let width = if line.is_empty() { 0 } else { 4 * depth };
        let _ = writeln!(result, "{:width$}{line}", "");
        if line.ends_with('{') {
            depth += 1;
        }
    }
    result
}

/// The first lines of a generated file.
fn head(origins: &[&str], model: &str, uses: &str) -> String {
    let origins = origins.iter().map(|origin| format!("// Headers: {origin}\n")).collect::<String>();
    format!("// Written by `cargo xtask bindings`; do not edit.\n{origins}\n//! {model}\n\n{uses}")
}

fn print(items: Vec<syn::Item>) -> Result<String, String> {
    let file = syn::File { shebang: None, attrs: Vec::new(), items };
    Ok(prettyplease::unparse(&file))
}
