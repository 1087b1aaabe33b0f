//! TRACE: the request comes back as it was received (RFC 9110 9.3.8).

use http::StatusCode;

use super::refusal::Problem;
use crate::message::{Content, Fields, Request, Response, Target, Version};

/// Fields that a page or a log must not learn from the answer.
const SECRET: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// The request line and field lines in the order and case in which they came, without credentials.
///
/// # Errors
/// The request has content, which TRACE has not.
pub(super) fn trace(request: &Request<'_>) -> Result<Response, Problem> {
    if !request.content.is_empty() {
        let detail = "TRACE has no content (RFC 9110 9.3.8)";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "content-not-allowed", detail));
    }
    let content = Content::from(received(request));
    Ok(Response::new(StatusCode::OK)
        .with("Content-Type", "message/http")
        .with("X-Content-Type-Options", "nosniff")
        .with("Cache-Control", "no-store")
        .with_content(content))
}

fn received(request: &Request<'_>) -> Vec<u8> {
    let (path, query) = match request.target {
        Target::Path { path, query } => (path, query),
        Target::Asterisk => ("*", None),
        Target::Authority(authority) => (authority, None),
    };
    let version = match request.version {
        Version::Http10 => "HTTP/1.0",
        Version::Http11 => "HTTP/1.1",
    };
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let mut out = format!("{} {path}{query} {version}\r\n", request.method).into_bytes();
    let Fields(fields) = request.fields;
    for field in fields.iter().filter(|field| SECRET.iter().all(|secret| !field.name.eq_ignore_ascii_case(secret))) {
        for part in [field.name.as_bytes(), b": ", field.value, b"\r\n"] {
            out.extend_from_slice(part);
        }
    }
    out.extend_from_slice(b"\r\n");
    out
}
