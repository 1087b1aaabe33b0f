//! The content of an answer: a node, or what a query selected, in the form that was chosen.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;

use super::refusal::{Problem, bad_query};
use super::representation::{self, Form};
use super::stream;
use crate::document::{Export, Node, Query, Selection, View};
use crate::message::Content;

/// A collection of more bytes than this is not put together in memory, but made while it is sent.
pub(super) const STREAMED: usize = 256 * 1024;

/// What was selected: an array, or the envelope.
pub(super) fn selected(
    columns: Option<Vec<String>>,
    form: Form,
    selection: &Selection<'_>,
) -> Result<Content, Problem> {
    Ok(match form {
        Form::Json if selection.links.is_some_and(|links| links.is_envelope) => envelope(selection),
        Form::Json | Form::Plain => Content::Pieces(selection.array()),
        Form::Lines => representation::lines(selection.records()),
        Form::Csv => representation::csv(columns, selection.records()).ok_or_else(not_flat)?,
    })
}

/// The envelope of json-server 1.x.
fn envelope(selection: &Selection<'_>) -> Content {
    let Some(links) = selection.links else { return Content::Pieces(selection.array()) };
    let number = |page: Option<usize>| page.map_or_else(|| "null".to_string(), |page| page.to_string());
    let head = format!(
        "{{\"first\":{},\"prev\":{},\"next\":{},\"last\":{},\"pages\":{},\"items\":{},\"data\":",
        links.first,
        number(links.prev),
        number(links.next),
        links.last,
        links.last,
        selection.total
    );
    let mut pieces = vec![Bytes::from(head)];
    pieces.extend(selection.array());
    pieces.push(Bytes::from_static(b"}"));
    Content::Pieces(pieces)
}

/// A node as it stands, in one of its forms.
#[inline]
pub(super) fn whole(view: &Arc<View>, path: &[Cow<'_, str>], node: &Node<'_>, form: Form) -> Result<Content, Problem> {
    if form == Form::Csv
        && let Some(text) = node.csv_text()
    {
        return Ok(Content::Pieces(text));
    }
    let is_made = form != Form::Json || node.is_rendered();
    if is_made
        && node.is_longer_as_json(STREAMED)
        && let Some(export) = Export::of(view, path, *node)
    {
        return stream::content(export, form, node.columns()).ok_or_else(not_flat);
    }
    match form {
        Form::Json => Ok(representation::json(node)),
        Form::Plain => representation::plain(node).ok_or_else(|| not_acceptable(&["application/json"])),
        Form::Lines | Form::Csv => {
            // As a query has them: with the keys by which an object holds its records.
            let all = Query::default();
            let selection = all.run(view, *node, &[""; 0]).map_err(|error| bad_query(&error))?;
            if form == Form::Lines {
                return Ok(representation::lines(selection.records()));
            }
            let columns = all.columns(*node).or_else(|| selection.is_empty().then(|| all.names(*node)));
            representation::csv(columns, selection.records()).ok_or_else(not_flat)
        }
    }
}

pub(super) fn not_acceptable(offered: &[&str]) -> Problem {
    let detail = format!("no form of this is acceptable, expected one of: {}", offered.join(", "));
    Problem::new(StatusCode::NOT_ACCEPTABLE, "not-acceptable", detail)
}

pub(super) fn not_flat() -> Problem {
    not_acceptable(&["application/json", "application/x-ndjson"])
}
