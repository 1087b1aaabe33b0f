//! The sources as a compiler reads them, and the paths that each file names.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// A path that a file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// Where it stands, from 1.
    pub line: usize,
    /// Its segments; from the crate's root on if `is_own`, else as they are written.
    pub segments: Vec<String>,
    /// It begins with `crate`, `self`, `super` or this package's name.
    pub is_own: bool,
    /// The name that a `use` gives to it here.
    pub known_as: Option<String>,
    /// A `pub use` passes it on.
    pub is_passed_on: bool,
    /// It stands under `#[cfg(test)]`.
    pub is_test: bool,
}

/// What the checks read of one file.
pub(crate) struct Source {
    /// The modules from the crate's root to it.
    pub module: Vec<String>,
    pub named: Vec<Named>,
    /// How many lines it has.
    pub lines: usize,
}

impl Source {
    /// Reads the text of the file at a path below `src/`.
    pub(crate) fn read(path: &str, text: &str) -> Self {
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("src/{path}: {error}"));
        let module = module_of(path);
        let mut reader = Reader {
            source: Self { module: module.clone(), lines: text.lines().count(), named: Vec::new() },
            module,
            tests: 0,
        };
        reader.visit_file(&file);
        reader.source
    }
}

/// The modules from the crate's root to a file.
fn module_of(path: &str) -> Vec<String> {
    let mut parts: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

struct Reader {
    source: Source,
    /// The modules that enclose what is read, inline ones too.
    module: Vec<String>,
    /// How many of what encloses it are for tests.
    tests: usize,
}

impl Reader {
    fn add(&mut self, line: usize, segments: &[String], known_as: Option<String>, is_passed_on: bool) {
        let mut rest = segments;
        let mut from = Some(self.module.clone());
        match rest.first().map(String::as_str) {
            Some("crate" | "httpkit") => (from, rest) = (Some(Vec::new()), &rest[1..]),
            Some("self") => rest = &rest[1..],
            Some("super") => {}
            _ => from = None,
        }
        while rest.first().is_some_and(|segment| segment == "super") {
            from.as_mut().map(Vec::pop);
            rest = &rest[1..];
        }
        let is_own = from.is_some();
        let segments = from.unwrap_or_default().into_iter().chain(rest.iter().cloned()).collect();
        self.source.named.push(Named { line, segments, is_own, known_as, is_passed_on, is_test: self.tests > 0 });
    }

    fn add_use(&mut self, tree: &syn::UseTree, before: &[String], is_passed_on: bool) {
        let line = tree.span().start().line;
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.add_use(&path.tree, &with(&path.ident), is_passed_on),
            syn::UseTree::Name(name) if name.ident == "self" => {
                self.add(line, before, before.last().cloned(), is_passed_on);
            }
            syn::UseTree::Name(name) => self.add(line, &with(&name.ident), Some(name.ident.to_string()), is_passed_on),
            syn::UseTree::Rename(name) => {
                self.add(line, &with(&name.ident), Some(name.rename.to_string()), is_passed_on);
            }
            syn::UseTree::Glob(_) => self.add(line, before, None, is_passed_on),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_use(tree, before, is_passed_on)),
        }
    }

    /// The paths among the tokens of a macro's call, which are no syntax tree.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut segments = Vec::new();
        let mut colons = 0;
        let mut line = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(sign) if sign.as_char() == ':' && !segments.is_empty() => colons += 1,
                TokenTree::Ident(name) if colons == 2 => {
                    segments.push(name.to_string());
                    colons = 0;
                }
                other => {
                    self.add_segments(line, &std::mem::take(&mut segments));
                    colons = 0;
                    match other {
                        TokenTree::Ident(name) => {
                            line = name.span().start().line;
                            segments.push(name.to_string());
                        }
                        TokenTree::Group(group) => self.add_tokens(group.stream()),
                        _ => {}
                    }
                }
            }
        }
        self.add_segments(line, &segments);
    }

    fn add_segments(&mut self, line: usize, segments: &[String]) {
        if segments.len() > 1 {
            self.add(line, segments, None, false);
        }
    }

    fn within(&mut self, attributes: &[syn::Attribute], read: impl FnOnce(&mut Self)) {
        let is_test = |attribute: &syn::Attribute| {
            let condition = attribute.meta.require_list().ok().filter(|list| list.path.is_ident("cfg"));
            condition.is_some_and(|list| list.tokens.to_string() == "test")
        };
        let tests = usize::from(attributes.iter().any(is_test));
        self.tests += tests;
        read(self);
        self.tests -= tests;
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.within(&module.attrs, |reader| {
            reader.module.push(module.ident.to_string());
            visit::visit_item_mod(reader, module);
            reader.module.pop();
        });
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_passed_on = !matches!(item.vis, syn::Visibility::Inherited);
        // `::name` is a package, whatever else has its name here.
        self.within(&item.attrs, |reader| reader.add_use(&item.tree, &[], is_passed_on));
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.within(&item.attrs, |reader| visit::visit_item_fn(reader, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.within(&item.attrs, |reader| visit::visit_impl_item_fn(reader, item));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add_segments(path.span().start().line, &segments);
        visit::visit_path(self, path);
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {
        // `pub(in path)` names nothing.
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        visit::visit_meta_list(self, list);
        self.add_tokens(list.tokens.clone());
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        visit::visit_macro(self, call);
        self.add_tokens(call.tokens.clone());
    }
}

/// The Rust files below a folder: the path from there, and the text.
pub(crate) fn rust_files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// The sources below `src/`, by their paths from there.
pub(crate) static SOURCES: LazyLock<BTreeMap<String, Source>> = LazyLock::new(|| {
    let files = rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(files.len() > 10, "the sources were not found: {:?}", files.len());
    files.into_iter().map(|(path, text)| (path.clone(), Source::read(&path, &text))).collect()
});
