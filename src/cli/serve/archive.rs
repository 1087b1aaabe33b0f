//! A HAR file as what it recorded: requests, and the answers they got.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::error::ServeError;
use crate::message::{Content, Response};
use crate::print::line;

/// What the server itself says of each message, or what held between two others only. Who may read an answer is said anew.
const LEFT_OUT: [&str; 11] = [
    "connection",
    "content-encoding",
    "content-length",
    "date",
    "keep-alive",
    "proxy-authenticate",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "proxy-connection",
];

/// A request of an archive and its answer.
pub(super) struct Entry {
    pub(super) method: String,
    /// Path and query of its URL.
    pub(super) target: String,
    status: StatusCode,
    fields: Vec<(String, String)>,
    content: Bytes,
}

/// Reads the archive at that path; gives the exchanges that got an answer, in the order of the archive, and the number of
/// the others.
///
/// # Errors
/// It cannot be read, or is none.
pub(super) fn read(path: &Path) -> Result<(Vec<Entry>, usize), ServeError> {
    let wrong = |what: String| ServeError::Archive(format!("'{}': {what}", line(&path.to_string_lossy())));
    let text = std::fs::read(path).map_err(|error| wrong(crate::client::reason(&error).to_string()))?;
    let archive: Value =
        serde_json::from_slice(&text).map_err(|error| wrong(format!("expected a HAR archive: {error}")))?;
    let Some(all) = archive.pointer("/log/entries").and_then(Value::as_array) else {
        return Err(wrong("expected a HAR archive, an object with log.entries".to_owned()));
    };
    let entries: Vec<Entry> = all.iter().filter_map(entry).collect();
    let unanswered = all.len() - entries.len();
    Ok((entries, unanswered))
}

/// An entry with an answer; one that was broken off has the status 0.
fn entry(value: &Value) -> Option<Entry> {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
    let status = value.pointer("/response/status").and_then(Value::as_u64)?;
    let status = StatusCode::from_u16(u16::try_from(status).ok()?).ok().filter(|status| !status.is_informational())?;
    let content = text("/response/content/text").unwrap_or_default();
    let is_coded = text("/response/content/encoding") == Some("base64");
    let content =
        if is_coded { STANDARD.decode(content).ok()?.into() } else { Bytes::copy_from_slice(content.as_bytes()) };
    let fields = value.pointer("/response/headers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let fields = fields.iter().flat_map(|field| field_lines(field, is_coded)).collect();
    // A browser had the content already; whoever asks here has not.
    let is_known = status == StatusCode::NOT_MODIFIED && !content.is_empty();
    Some(Entry {
        method: text("/request/method")?.to_owned(),
        target: target(text("/request/url")?)?,
        status: if is_known { StatusCode::OK } else { status },
        fields,
        content,
    })
}

/// Path and query of a URL.
fn target(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    Some(format!("{}{query}", url.path()))
}

/// The field lines of a field as a browser writes it: one line each.
fn field_lines(field: &Value, is_coded: bool) -> Vec<(String, String)> {
    let text = |name: &str| field.get(name).and_then(Value::as_str).unwrap_or_default();
    let name = text("name").to_ascii_lowercase();
    if LEFT_OUT.contains(&name.as_str()) || name.starts_with(':') || name.starts_with("access-control-") {
        return Vec::new();
    }
    let value = match name.as_str() {
        // What was text in the archive is UTF-8 now.
        "content-type" if !is_coded => in_utf8(text("value")),
        _ => text("value").to_owned(),
    };
    value.split('\n').map(|line| (text("name").to_owned(), line.to_owned())).collect()
}

/// A media type whose charset, if it names one, is UTF-8.
fn in_utf8(media_type: &str) -> String {
    let parts = media_type.split(';').map(|part| match part.trim().to_ascii_lowercase().starts_with("charset=") {
        true => " charset=utf-8",
        false => part,
    });
    parts.collect::<Vec<_>>().join(";")
}

impl Entry {
    /// The answer.
    pub(super) fn response(&self) -> Response {
        let mut response = Response::new(self.status);
        for (name, value) in &self.fields {
            response.fields.push_named(name, value);
        }
        response.with_content(Content::Whole(self.content.clone()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn entries_are_what_can_be_answered() {
        let made = |status: u16, content: Value, headers: Value| {
            entry(&json!({
                "request": {"method": "GET", "url": "https://h.example/a/b?c=d#e"},
                "response": {"status": status, "headers": headers, "content": content},
            }))
        };
        let fields = json!([
            {"name": "Content-Type", "value": "text/plain;charset=EUC-KR"},
            {"name": "content-length", "value": "9"},
            {"name": ":status", "value": "200"},
            {"name": "Set-Cookie", "value": "a=1\nb=2"},
            {"name": "Access-Control-Allow-Origin", "value": "*"},
        ]);
        let found = made(200, json!({"text": "né"}), fields).unwrap();
        assert_eq!((found.method.as_str(), found.target.as_str()), ("GET", "/a/b?c=d"));
        let response = found.response();
        let lines: Vec<_> = response.fields.iter().collect();
        let expected = [("Content-Type", "text/plain; charset=utf-8"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")];
        assert_eq!((lines.as_slice(), response.content.to_vec()), (&expected[..], "né".as_bytes().to_vec()));
        for (status, content, expected) in [
            (200, json!({"text": "AAE=", "encoding": "base64"}), Some((200, vec![0, 1]))),
            (204, json!({}), Some((204, vec![]))),
            (304, json!({"text": "x"}), Some((200, vec![b'x']))),
            (304, json!({}), Some((304, vec![]))),
            (0, json!({}), None),
            (101, json!({}), None),
            (200, json!({"text": "*", "encoding": "base64"}), None),
        ] {
            let found = made(status, content, json!([])).map(|entry| entry.response());
            assert_eq!(
                found.map(|response| (response.status.as_u16(), response.content.to_vec())),
                expected,
                "{status}"
            );
        }
        assert!(entry(&json!({"request": {"method": "GET", "url": "no url"}, "response": {"status": 200}})).is_none());
        assert!(entry(&json!([1])).is_none());
    }
}
