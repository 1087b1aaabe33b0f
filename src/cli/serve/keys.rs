//! Values of `--key` that name nothing in the data: a slip, by which other keys would count without a word.

use bstr::ByteSlice;

use crate::cli::args::meant;
use crate::document::{Kind, Node, View};

/// Of an object so many members are looked at; what stands behind them or deeper is looked for in the text.
const MOST: usize = 1000;

/// What is to be said of them. A table says itself that it has no such column.
pub(super) fn idle(values: &[String], view: &View) -> Vec<String> {
    let collections = collections(view);
    if values.is_empty() || collections.iter().all(|(_, node)| node.is_empty()) {
        // The first record may bear them out.
        return Vec::new();
    }
    let said = |value: &String| {
        let reason = match value.split_once('=') {
            Some((collection, member)) => of_collection(collection, member, &collections, view),
            None => of_all(value, &collections, view),
        };
        reason.map(|reason| format!("'--key {value}': {reason}"))
    };
    values.iter().filter_map(said).collect()
}

/// The arrays and tables that are a document or a member of one, each with its name, if that counts for its key.
fn collections(view: &View) -> Vec<(Option<String>, Node<'_>)> {
    let mut found = Vec::new();
    for (name, document) in documents(view) {
        if document.kind() == Kind::Object {
            let members = document.children().take(MOST);
            found.extend(members.map(|(name, node)| (Some(name.into_owned()), node)));
        }
        found.push((name, document));
    }
    found.retain(|(_, node)| matches!(node.kind(), Kind::Array | Kind::Table));
    found
}

/// The root of each file; one that is served alone has no name.
fn documents(view: &View) -> Vec<(Option<String>, Node<'_>)> {
    match view.is_mounted() {
        true => view.root().children().map(|(name, node)| (Some(name.into_owned()), node)).collect(),
        false => vec![(None, view.root())],
    }
}

/// What is wrong with `--key NAME`.
fn of_all(member: &str, collections: &[(Option<String>, Node<'_>)], view: &View) -> Option<String> {
    let fits = collections.iter().any(|(_, node)| node.kind() == Kind::Table || bears(*node, member));
    (!fits && !is_deeper(member, view)).then(|| format!("no record has a member '{member}'"))
}

/// What is wrong with `--key COLLECTION=NAME`.
fn of_collection(name: &str, member: &str, collections: &[(Option<String>, Node<'_>)], view: &View) -> Option<String> {
    let named = collections.iter().filter(|(own, _)| own.as_deref() == Some(name));
    let mut named = named.map(|(_, node)| *node).peekable();
    if named.peek().is_some() {
        let fits = named.any(|node| node.kind() == Kind::Table || node.is_empty() || bears(node, member));
        return (!fits).then(|| format!("no record of '{name}' has a member '{member}'"));
    }
    if is_deeper(name, view) {
        return None;
    }
    let hint = match collections {
        [(None, _)] => format!("; the file is served alone, '--key {member}' names its key"),
        _ => meant(name, collections.iter().filter_map(|(own, _)| own.as_deref()))
            .map_or(String::new(), |own| format!(", did you mean '{own}'?")),
    };
    Some(format!("there is no collection '{name}'{hint}"))
}

/// Whether a record has that member.
fn bears(collection: Node<'_>, member: &str) -> bool {
    collection.values().any(|record| record.kind() == Kind::Object && record.child(member).is_some())
}

/// Whether some member has that name, wherever it stands.
fn is_deeper(name: &str, view: &View) -> bool {
    let quoted = format!("\"{name}\"");
    let is_name = |text: &[u8]| {
        let mut places = text.find_iter(&quoted);
        places.any(|at| text[at + quoted.len()..].trim_ascii_start().starts_with(b":"))
    };
    documents(view).iter().any(|(_, node)| node.kind() != Kind::Table && node.text().iter().any(|text| is_name(text)))
}
