//! The outline of a node: what it is, what it takes, and a stretch of its children, each with its kind and size. The page
//! at `/` walks a document with it that is too large to be read at once.

use std::borrow::Cow;
use std::io::Write;

use http::StatusCode;

use super::beginning::begun;
use super::method::Allowed;
use super::refusal::Problem;
use crate::document::{Kind, Node, View, shown_key, takes};
use crate::message::{Content, Response, json};

/// The media type that asks for it.
pub(super) const MEDIA_TYPE: &str = "application/vnd.httpkit.outline+json";

/// So many children are told of unless the query says otherwise, and so many at most.
const USUAL: usize = 100;
const MOST: usize = 1000;

/// Of a longer scalar only the beginning is told.
const SHORT: usize = 300;

/// Which of the children are asked for: `_start` and `_limit`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    start: usize,
    limit: usize,
}

impl Stretch {
    /// Reads the query; other parameters are those of the data and mean nothing here.
    ///
    /// # Errors
    /// Not a number.
    pub(super) fn of(parameters: &[(String, String)]) -> Result<Stretch, Problem> {
        let number = |name: &str, usual: usize| match parameters.iter().find(|(given, _)| given == name) {
            Some((_, value)) => value.parse().map_err(|_| {
                let detail = format!("'{name}' is '{value}', expected a number of children");
                Problem::new(StatusCode::BAD_REQUEST, "bad-query", detail)
            }),
            None => Ok(usual),
        };
        Ok(Stretch { start: number("_start", 0)?, limit: number("_limit", USUAL)?.min(MOST) })
    }
}

/// The answer. It has no entity tag: what it tells of children is in no state of the node alone.
pub(super) fn response(node: &Node<'_>, view: &View, allowed: Allowed, stretch: Stretch) -> Response {
    begun(StatusCode::OK, view.modified(), None)
        .with("Content-Type", MEDIA_TYPE)
        .with("X-Content-Type-Options", "nosniff")
        .with_content(Content::from(outline(node, view, allowed, stretch)))
}

/// The outline as JSON.
fn outline(node: &Node<'_>, view: &View, allowed: Allowed, stretch: Stretch) -> Vec<u8> {
    let mut out = b"{".to_vec();
    describe(node, &mut out);
    out.extend_from_slice(b",\"allow\":");
    json::quote(&allowed.list(), &mut out);
    if node.is_collection() {
        out.extend_from_slice(b",\"key\":");
        json::quote(&shown_key(*node), &mut out);
    }
    if let Some(columns) = node.columns() {
        list(b",\"columns\":[", &columns, &mut out, |column, out| json::quote(column, out));
    }
    let children: Vec<_> =
        node.children().skip(stretch.start).take(stretch.limit).take_while(|_| takes(SHORT)).collect();
    let are_files = view.is_mounted() && node.is_root();
    list(b",\"children\":[", &children, &mut out, |child, out| member(child, are_files, out));
    out.push(b'}');
    out
}

/// One of the children; of a file also the collections in it, which stand beside those that are a file.
fn member((name, child): &(Cow<'_, str>, Node<'_>), is_file: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"name\":");
    json::quote(name, out);
    out.push(b',');
    describe(child, out);
    if is_file && !child.is_collection() {
        let children = child.children().take(USUAL).filter(|(_, inner)| inner.is_collection());
        let collections: Vec<_> = children.take_while(|_| takes(SHORT)).collect();
        list(b",\"children\":[", &collections, out, |collection, out| member(collection, false, out));
    }
    out.push(b'}');
}

fn list<T>(start: &[u8], items: &[T], out: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>)) {
    out.extend_from_slice(start);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(b']');
}

/// Kind and size, and of a scalar the value or its beginning.
fn describe(node: &Node<'_>, out: &mut Vec<u8>) {
    let kind = match node.kind() {
        Kind::Object => "object",
        Kind::Array => "array",
        Kind::Table => "table",
        Kind::Row => "row",
        Kind::String => "string",
        Kind::Number => "number",
        Kind::Boolean => "boolean",
        Kind::Null => "null",
    };
    // Writing to a Vec cannot fail.
    let _ = write!(out, "\"kind\":\"{kind}\"");
    if matches!(node.kind(), Kind::Object | Kind::Array | Kind::Table | Kind::Row) {
        let _ = write!(out, ",\"collection\":{},\"size\":{}", node.is_collection(), node.len());
        return;
    }
    let text = node.text().concat();
    if text.len() <= SHORT {
        out.extend_from_slice(b",\"value\":");
        out.extend_from_slice(&text);
        return;
    }
    let start: String = node.scalar_text().chars().take(SHORT).collect();
    let _ = write!(out, ",\"bytes\":{},\"start\":", text.len());
    json::quote(&start, out);
}
