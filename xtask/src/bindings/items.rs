//! Reads what bindgen wrote for one major into items that can be compared: one entry a name.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use syn::{ForeignItem, ImplItem, Item};

/// Everything that one major's header declares.
pub(super) struct Items {
    /// The header packages, for the head of the generated files.
    pub(super) origin: String,
    /// Types and free constants, by name.
    pub(super) items: BTreeMap<String, Entry>,
    /// The names of `items` in the header's order.
    pub(super) order: Vec<String>,
    pub(super) functions: BTreeMap<String, Function>,
    /// Constants of the open newtypes, by (type, constant).
    pub(super) variants: BTreeMap<(String, String), syn::ImplItemConst>,
    /// The keys of `variants` in the header's order.
    pub(super) variant_order: Vec<(String, String)>,
}

/// A type with all that belongs to it (trait impls, layout assertions), or a free constant.
#[derive(Default)]
pub(super) struct Entry {
    pub(super) parts: Vec<Item>,
    /// Other items that this one names.
    pub(super) uses: BTreeSet<String>,
}

impl Entry {
    /// The text that two majors must share to agree on this item, apart from what it uses.
    pub(super) fn text(&self) -> String {
        self.parts.iter().map(|part| part.to_token_stream().to_string()).collect()
    }
}

/// One C function.
pub(super) struct Function {
    pub(super) signature: syn::Signature,
    /// Types it names.
    pub(super) uses: BTreeSet<String>,
}

impl Function {
    /// Parameter types and result, without the parameters' names: what two majors must share to agree.
    pub(super) fn shape(&self) -> String {
        let inputs = self.signature.inputs.iter().map(|input| match input {
            syn::FnArg::Typed(argument) => argument.ty.to_token_stream().to_string(),
            syn::FnArg::Receiver(_) => "self".to_owned(),
        });
        format!("({}) {}", inputs.collect::<Vec<_>>().join(", "), self.signature.output.to_token_stream())
    }
}

/// Reads bindgen's output.
pub(super) fn parse(source: &str, origin: String) -> Result<Items, String> {
    let file =
        syn::parse_file(source).map_err(|error| format!("bindgen wrote what syn cannot read: {error}"))?;
    let mut items = Items {
        origin,
        items: BTreeMap::new(),
        order: Vec::new(),
        functions: BTreeMap::new(),
        variants: BTreeMap::new(),
        variant_order: Vec::new(),
    };
    for item in file.items {
        items.add(item)?;
    }
    items.link();
    Ok(items)
}

impl Items {
    fn add(&mut self, item: Item) -> Result<(), String> {
        match item {
            Item::ForeignMod(block) => {
                for item in block.items {
                    let ForeignItem::Fn(function) = item else {
                        return Err(format!("unexpected foreign item: {}", item.to_token_stream()));
                    };
                    let name = function.sig.ident.to_string();
                    self.functions.insert(name, Function { signature: function.sig, uses: BTreeSet::new() });
                }
                Ok(())
            }
            Item::Impl(block) if block.trait_.is_none() && is_newtype_constants(&block) => {
                let owner = block.self_ty.to_token_stream().to_string();
                for item in block.items {
                    if let ImplItem::Const(constant) = item {
                        let key = (owner.clone(), constant.ident.to_string());
                        self.variant_order.push(key.clone());
                        self.variants.insert(key, constant);
                    }
                }
                Ok(())
            }
            item => {
                let name =
                    owner(&item).ok_or_else(|| format!("unexpected item: {}", item.to_token_stream()))?;
                if !self.items.contains_key(&name) {
                    self.order.push(name.clone());
                }
                self.items.entry(name).or_default().parts.push(item);
                Ok(())
            }
        }
    }

    fn link(&mut self) {
        let names: BTreeSet<String> = self.items.keys().cloned().collect();
        let reach = |tokens: TokenStream| {
            let mut found = BTreeSet::new();
            identifiers(tokens, &mut |identifier| {
                if names.contains(&identifier) {
                    found.insert(identifier);
                }
            });
            found
        };
        for (name, entry) in &mut self.items {
            entry.uses = entry.parts.iter().flat_map(|part| reach(part.to_token_stream())).collect();
            entry.uses.remove(name);
        }
        for function in self.functions.values_mut() {
            function.uses = reach(function.signature.to_token_stream());
        }
    }
}

/// The name that an item belongs to: its own, or for impls and assertions that of the type they are about.
fn owner(item: &Item) -> Option<String> {
    let type_name = |ty: &syn::Type| match ty {
        syn::Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    };
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Union(item) => Some(item.ident.to_string()),
        Item::Type(item) => Some(item.ident.to_string()),
        Item::Const(item) if item.ident == "_" => assertion_subject(item),
        Item::Const(item) => Some(item.ident.to_string()),
        Item::Impl(item) => type_name(&item.self_ty),
        Item::Use(item) => match &item.tree {
            syn::UseTree::Path(path) => match &*path.tree {
                syn::UseTree::Rename(rename) => Some(rename.rename.to_string()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The type in `const _: () = { ["Size of X"][size_of::<X>() - N]; ... }`.
fn assertion_subject(item: &syn::ItemConst) -> Option<String> {
    let mut previous = String::new();
    let mut subject = None;
    identifiers(item.expr.to_token_stream(), &mut |identifier| {
        if subject.is_none() && previous == "size_of" {
            subject = Some(identifier.clone());
        }
        previous = identifier;
    });
    subject
}

/// Whether an inherent impl only lists the constants of an open newtype (bitfield accessors are another kind).
fn is_newtype_constants(block: &syn::ItemImpl) -> bool {
    block.items.iter().all(|item| matches!(item, ImplItem::Const(_)))
}

fn identifiers(tokens: TokenStream, found: &mut impl FnMut(String)) {
    for tree in tokens {
        match tree {
            TokenTree::Ident(identifier) => found(identifier.to_string()),
            TokenTree::Group(group) => identifiers(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
