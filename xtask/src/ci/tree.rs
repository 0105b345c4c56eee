//! The modules of one crate as its source files declare them: what each defines, passes on and uses.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, UseTree, Visibility};

/// One part of a path: an identifier, or `*` at the end of a glob import.
pub(super) type Name = String;

/// The modules of one crate by their path from the root, and their files.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) files: Vec<PathBuf>,
    pub(super) modules: BTreeMap<Vec<Name>, Module>,
}

/// One module, of a file of its own or inside one.
#[derive(Default)]
pub(super) struct Module {
    pub(super) file: usize,
    /// What is defined here.
    pub(super) items: BTreeSet<Name>,
    /// What a `use` brings here, with where it is from.
    pub(super) aliases: BTreeMap<Name, Vec<Name>>,
    /// The modules whose whole content a `pub use` passes on.
    pub(super) globs: Vec<Vec<Name>>,
    /// Each path that code here uses, and each that it imports for itself.
    pub(super) uses: BTreeSet<Vec<Name>>,
}

impl Tree {
    /// Reads a crate from its `lib.rs` or `main.rs`.
    pub(super) fn read(root: &Path) -> Result<Tree, String> {
        let mut tree = Tree::default();
        let folder = root.parent().unwrap_or(root).to_path_buf();
        tree.file(root, &folder, Vec::new())?;
        Ok(tree)
    }

    /// Reads one file; `folder` is where the files of its modules are.
    fn file(&mut self, path: &Path, folder: &Path, place: Vec<Name>) -> Result<(), String> {
        let text = fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        let parsed =
            syn::parse_file(&text).map_err(|e| format!("cannot read {} as Rust: {e}", path.display()))?;
        self.files.push(path.to_path_buf());
        self.module(parsed.items, self.files.len() - 1, folder, place)
    }

    fn module(
        &mut self,
        items: Vec<Item>,
        file: usize,
        folder: &Path,
        place: Vec<Name>,
    ) -> Result<(), String> {
        let mut module = Module { file, ..Module::default() };
        for item in items.into_iter().filter(|item| !is_test(attributes(item))) {
            if let Item::Mod(child) = item {
                self.child(child, file, folder, &place)?;
            } else {
                module.items.extend(name(&item));
                module.visit_item(&item);
            }
        }
        self.modules.insert(place, module);
        Ok(())
    }

    fn child(&mut self, child: ItemMod, file: usize, folder: &Path, place: &[Name]) -> Result<(), String> {
        let name = child.ident.to_string();
        let place = [place, std::slice::from_ref(&name)].concat();
        let inside = folder.join(&name);
        if let Some((_, items)) = child.content {
            return self.module(items, file, &inside, place);
        }
        let own = folder.join(format!("{name}.rs"));
        if own.is_file() {
            self.file(&own, &inside, place)
        } else {
            self.file(&inside.join("mod.rs"), &inside, place)
        }
    }
}

impl Module {
    fn import(&mut self, tree: &UseTree, before: &[Name], passes_on: bool) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.import(&path.tree, &with(&path.ident), passes_on),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, before, passes_on)),
            UseTree::Glob(_) if passes_on => self.globs.push(before.to_vec()),
            UseTree::Glob(_) => {
                self.uses.insert([before, &["*".to_owned()]].concat());
            }
            UseTree::Name(name) if name.ident == "self" => {
                self.aliases.extend(before.last().map(|last| (last.clone(), before.to_vec())));
            }
            UseTree::Name(name) => self.bring(name.ident.to_string(), with(&name.ident), passes_on),
            UseTree::Rename(rename) => self.bring(rename.rename.to_string(), with(&rename.ident), passes_on),
        }
    }

    fn bring(&mut self, name: Name, path: Vec<Name>, passes_on: bool) {
        if !passes_on {
            self.uses.insert(path.clone());
        }
        self.aliases.insert(name, path);
    }

    /// Paths in the arguments of a macro, which are not parsed: names with `::` between them.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<Name> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.uses.insert(std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => colons = 0,
            }
        }
        self.uses.insert(path);
    }
}

impl Visit<'_> for Module {
    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        if item.leading_colon.is_none() {
            self.import(&item.tree, &[], !matches!(item.vis, Visibility::Inherited));
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() {
            self.uses.insert(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &syn::Macro) {
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

/// The name that an item defines. An `impl` defines none.
fn name(item: &Item) -> Option<Name> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        _ => return None,
    };
    Some(ident.to_string())
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.meta.to_token_stream().to_string() == "cfg (test)")
}
