//! Refusals: the problem document, and which statuses each method may have.

use serde_json::{Map, Value, json};

use crate::api::access::Access;
use crate::api::method::Method;

/// A status, what its response is called, and what it says.
type ListedRefusal = (u16, &'static str, &'static str);

/// Any request may have these.
const ANY: &[ListedRefusal] = &[
    (400, "BadRequest", "The target, a field, the query or the body cannot be read."),
    (403, "Forbidden", "A page of another origin asks, which `--cors` does not allow."),
    (404, "NotFound", "There is nothing at the path."),
    (408, "RequestTimeout", "The request did not arrive in time."),
    (414, "TargetTooLong", "The target is longer than `--max-target`."),
    (421, "Misdirected", "The host is none that this server serves."),
    (431, "HeadTooLarge", "The header section is larger than `--max-head` or `--max-fields`."),
    (500, "InternalError", "A fault in the server."),
    (503, "Unavailable", "The file, memory or time is lacking for now; try again later."),
];

/// Of a server that asks for credentials.
const UNAUTHORIZED: ListedRefusal = (401, "Unauthorized", "The credentials are missing or wrong.");

const READ: &[ListedRefusal] = &[
    (406, "NotAcceptable", "No form of it is accepted."),
    (412, "PreconditionFailed", "The condition does not hold."),
    (422, "Unprocessable", "The value, or what would become of it, does not fit."),
];

const WRITE: &[ListedRefusal] = &[
    (405, "NotAllowed", "What is at the path now does not take the method; `Allow` lists those it takes."),
    (409, "Conflict", "The key or name is taken, or the request does not fit what is there."),
    (412, "PreconditionFailed", "The condition does not hold."),
    (413, "ContentTooLarge", "The body is longer than `--max-body`."),
    (415, "UnsupportedMediaType", "The body is of a media type or coding that is not taken."),
    (417, "ExpectationFailed", "`Expect` is something else than `100-continue`."),
    (422, "Unprocessable", "The value, or what would become of it, does not fit."),
    (507, "StorageFull", "The disk is full; nothing was changed."),
];

fn of(method: Method, is_asked: bool) -> impl Iterator<Item = &'static ListedRefusal> {
    let own = if method.is_safe() { READ } else { WRITE };
    let asked = if is_asked { &[UNAUTHORIZED][..] } else { &[] };
    ANY.iter().chain(asked).chain(own)
}

/// Adds the refusals that a method may have to its responses.
pub(super) fn add(method: Method, is_asked: bool, responses: &mut Map<String, Value>) {
    for (status, name, _) in of(method, is_asked) {
        responses.insert(status.to_string(), json!({"$ref": format!("#/components/responses/{name}")}));
    }
}

/// The responses that are referred to by these methods.
pub(super) fn components(is_written: bool, access: &Access) -> Map<String, Value> {
    let written = if is_written { Some(Method::Put) } else { None };
    let is_asked = !access.is_open();
    let reads = of(Method::Get, is_asked && !access.opens_reads);
    let all = reads.chain(written.into_iter().flat_map(|method| of(method, is_asked)));
    let content = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
    all.map(|(_, name, description)| {
        let mut response = json!({"description": description, "content": content});
        if *name == "NotAllowed" {
            response["headers"] = json!({"Allow": {"schema": {"type": "string"}}});
        }
        if *name == "Unauthorized" {
            response["headers"] = json!({"WWW-Authenticate": {"schema": {"type": "string"}}});
        }
        ((*name).to_owned(), response)
    })
    .collect()
}

/// The problem document (RFC 9457).
pub(super) fn problem() -> Value {
    json!({
        "type": "object",
        "description": "Why a request was refused (RFC 9457).",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string", "description": "The phrase of the status code."},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "One line for people."},
            "code": {"type": "string", "description": "A stable word for programs."},
            "instance": {"type": "string", "description": "The path of the request."},
            "line": {"type": "integer", "minimum": 1},
            "column": {"type": "integer", "minimum": 1},
        },
        "required": ["type", "title", "status", "detail", "code"],
    })
}
