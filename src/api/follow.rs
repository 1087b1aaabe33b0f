//! GET with `Accept: text/event-stream`: a stream of the changes to a node.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;

use super::accept::choose;
use super::contents::whole;
use super::events::{beginning, delete, end};
use super::refusal::{Problem, not_found};
use super::representation::{Compactor, Form};
use super::target::{parameters, path_of};
use crate::document::{Pointing, View};
use crate::message::{Content, Fields, Request, Response, Target};

/// The media type of change streams.
const EVENTS: &str = "text/event-stream";

/// What may be asked of a stream.
const PARAMETERS: [&str; 2] = ["_snapshot", "lastEventId"];

/// So much of a state is made at a time while it is sent.
const PIECE: usize = 64 << 10;

/// A stream of the changes to a node, as it is asked for.
#[derive(Debug)]
pub struct Follow {
    /// The node.
    pub path: Vec<String>,
    /// The state comes first.
    pub snapshot: bool,
    /// The last event that the client has.
    pub last: Option<String>,
    /// The answer, but for its content.
    pub response: Response,
}

/// Whether the values of `Accept` ask for a stream rather than for one of the forms that a node can have. What takes
/// anything does not.
pub(super) fn is_wanted(accept: &[&str]) -> bool {
    let names_it =
        |value: &&str| value.as_bytes().windows(EVENTS.len()).any(|part| part.eq_ignore_ascii_case(EVENTS.as_bytes()));
    let forms = Form::ALL.map(Form::media_type);
    accept.iter().any(names_it) && choose(accept, &[&forms[..], &[EVENTS]].concat()) == Some(EVENTS)
}

/// What is followed. A client that comes back is told that the node is gone; one that comes for the first time is told that
/// there is none.
pub(super) fn asked(
    fields: &Fields<'_>,
    parameters: &[(String, String)],
    view: &View,
    path: &[Cow<'_, str>],
) -> Result<Follow, Problem> {
    if let Some((name, _)) = parameters.iter().find(|(name, _)| !PARAMETERS.contains(&name.as_str())) {
        let detail =
            format!("a stream follows a whole node and has no parameter '{name}', expected _snapshot or lastEventId");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad-query", detail));
    }
    let parameter = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let last = last_of(fields, parameters);
    if let (Err(missing), None) = (view.find(path), &last) {
        return Err(match Pointing::at(view, path, missing).filter(|pointing| path.len() == pointing.depth()) {
            Some(pointing) => {
                let collection = path_of(&pointing.collection);
                let detail = format!("these are records of '{collection}' that a query selects; follow '{collection}'");
                Problem::new(StatusCode::NOT_ACCEPTABLE, "not-acceptable", detail)
            }
            None => not_found(path, missing.found),
        });
    }
    let snapshot = parameter("_snapshot").is_some_and(|value| !matches!(value, "0" | "false"));
    let path = path.iter().map(|segment| segment.to_string()).collect();
    Ok(Follow { path, snapshot, last, response: event_stream() })
}

/// Whether a stream of events is asked for rather than JSON.
pub fn wants_events(fields: &Fields<'_>) -> bool {
    let accept: Vec<&str> = fields.all("accept").filter_map(|value| str::from_utf8(value).ok()).collect();
    is_wanted(&accept)
}

/// The id of the last event that the client has, if it comes back. What it says itself is newer than the URL.
pub fn last_event(request: &Request<'_>) -> Option<String> {
    let query = if let Target::Path { query: Some(query), .. } = request.target { query } else { "" };
    last_of(&request.fields, &parameters(query).unwrap_or_default())
}

fn last_of(fields: &Fields<'_>, parameters: &[(String, String)]) -> Option<String> {
    let field = fields.first("last-event-id").and_then(|value| str::from_utf8(value).ok()).map(str::to_owned);
    let parameter = || parameters.iter().find(|(name, _)| name == "lastEventId").map(|(_, value)| value.clone());
    field.or_else(parameter).filter(|last| !last.is_empty())
}

/// The answer with a stream of events, but for its content.
pub fn event_stream() -> Response {
    Response::new(StatusCode::OK)
        .with("Content-Type", EVENTS)
        .with("X-Content-Type-Options", "nosniff")
        .with("Cache-Control", "no-store")
        .with("Vary", "Accept, Origin")
}

/// The state of a node as the request that makes it so, a piece at a time.
pub fn snapshot(view: &Arc<View>, path: &[String]) -> Box<dyn Iterator<Item = Bytes> + Send> {
    let segments: Vec<Cow<'_, str>> = path.iter().map(|segment| Cow::Borrowed(segment.as_str())).collect();
    let content =
        view.find(path).ok().map(|node| (whole(view, &segments, &node, Form::Json), end(Vec::new(), Some(node))));
    let Some((Ok(content), end)) = content else {
        return Box::new(delete(path).data.map(Bytes::from).into_iter());
    };
    let mut compactor = Compactor::default();
    let body = pieces(content).map(move |piece| {
        let mut out = Vec::with_capacity(piece.len());
        compactor.take(&piece, &mut out);
        out.into()
    });
    let first = Bytes::from(beginning("PUT", path));
    Box::new(std::iter::once(first).chain(body).chain(std::iter::once(end.into())))
}

/// A content in pieces that are soon looked at.
fn pieces(content: Content) -> Box<dyn Iterator<Item = Bytes> + Send> {
    let wholes: Box<dyn Iterator<Item = Bytes> + Send> = match content {
        Content::Whole(bytes) => Box::new(std::iter::once(bytes)),
        Content::Pieces(pieces) => Box::new(pieces.into_iter()),
        Content::Stream(mut stream) => Box::new(std::iter::from_fn(move || stream.next_piece())),
        Content::Live(_) => Box::new(std::iter::empty()),
    };
    Box::new(wholes.flat_map(|mut bytes| {
        std::iter::from_fn(move || {
            let length = bytes.len().min(PIECE);
            (length > 0).then(|| bytes.split_to(length))
        })
    }))
}
