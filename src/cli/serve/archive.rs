//! A HAR file as what it recorded: requests, and the answers they got.

use std::collections::HashSet;
use std::path::Path;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;
use url::Url;

use super::asked::{canonical, target};
use super::error::ServeError;
use crate::message::{Content, Response, Stream};
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

/// Padding is left out by some.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A request of an archive and its answer.
pub(super) struct Entry {
    pub(super) method: String,
    /// Path and query of its URL, in the form in which [targets](target) are compared.
    pub(super) target: String,
    url: Url,
    status: StatusCode,
    fields: Vec<(String, String)>,
    /// What it said of the length of its content.
    length: Option<u64>,
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
    // Fiddler begins with a BOM.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let archive: Value =
        serde_json::from_slice(text).map_err(|error| wrong(format!("expected a HAR archive: {error}")))?;
    let Some(all) = archive.pointer("/log/entries").and_then(Value::as_array) else {
        return Err(wrong("expected a HAR archive, an object with log.entries".to_owned()));
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut entries: Vec<Entry> = all.iter().filter_map(|value| entry(value, folder)).collect();
    let unanswered = all.len() - entries.len();
    stay(&mut entries);
    Ok((entries, unanswered))
}

/// A redirect to a server of the archive leads to what stands in for it.
fn stay(entries: &mut [Entry]) {
    let origins: HashSet<url::Origin> = entries.iter().map(|entry| entry.url.origin()).collect();
    for Entry { url, fields, .. } in entries {
        for (_, value) in fields.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case("location")) {
            if let Ok(to) = url.join(value)
                && origins.contains(&to.origin())
            {
                let fragment = to.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
                *value = format!("{}{fragment}", target(&to));
            }
        }
    }
}

/// An entry with an answer; one that was broken off has the status 0. Requests by other means than HTTP never get here.
fn entry(value: &Value, folder: &Path) -> Option<Entry> {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
    let status = value.pointer("/response/status").and_then(Value::as_u64)?;
    let status = StatusCode::from_u16(u16::try_from(status).ok()?).ok().filter(|status| !status.is_informational())?;
    let url = Url::parse(text("/request/url")?).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let (content, is_text) = content(value.pointer("/response/content").unwrap_or(&Value::Null), folder)?;
    let lines = value.pointer("/response/headers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut fields: Vec<_> = lines.iter().flat_map(|field| field_lines(field, is_text)).collect();
    let has_type = fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if let Some(media_type) = text("/response/content/mimeType").filter(|_| !has_type && !content.is_empty())
        && media_type.parse::<mime::Mime>().is_ok()
    {
        fields.push(("Content-Type".to_owned(), if is_text { in_utf8(media_type) } else { media_type.to_owned() }));
    }
    // A browser had the content already; whoever asks here has not.
    let is_known = status == StatusCode::NOT_MODIFIED && !content.is_empty();
    Some(Entry {
        method: text("/request/method")?.to_owned(),
        target: canonical(&url),
        url,
        status: if is_known { StatusCode::OK } else { status },
        fields,
        length: stated_length(lines),
        content,
    })
}

/// The content, and whether it was text in the archive. Playwright can write it to files beside the archive.
fn content(value: &Value, folder: &Path) -> Option<(Bytes, bool)> {
    let member = |name: &str| value.get(name).and_then(Value::as_str);
    if let (None, Some(name)) = (member("text"), member("_file")) {
        // The archive may come from somebody else: it names nothing that is elsewhere.
        let file = folder.join(Path::new(name).file_name().filter(|only| *only == name)?);
        return file.is_file().then(|| std::fs::read(file).ok()).flatten().map(|content| (content.into(), false));
    }
    let text = member("text").unwrap_or_default();
    if member("encoding") != Some("base64") {
        return Some((Bytes::copy_from_slice(text.as_bytes()), true));
    }
    let digits: Vec<u8> = text.bytes().filter(|digit| !digit.is_ascii_whitespace()).collect();
    Some((BASE64.decode(digits).ok()?.into(), false))
}

/// What the answer said of its length.
fn stated_length(fields: &[Value]) -> Option<u64> {
    let text = |field: &Value, name: &str| field.get(name).and_then(Value::as_str).map(str::to_owned);
    let is_length =
        |field: &&Value| text(field, "name").is_some_and(|name| name.eq_ignore_ascii_case("content-length"));
    text(fields.iter().find(is_length)?, "value")?.trim().parse().ok()
}

/// The field lines of a field as a browser writes it: one line each.
fn field_lines(field: &Value, is_text: bool) -> Vec<(String, String)> {
    let text = |name: &str| field.get(name).and_then(Value::as_str).unwrap_or_default();
    let name = text("name").to_ascii_lowercase();
    if LEFT_OUT.contains(&name.as_str()) || name.starts_with(':') || name.starts_with("access-control-") {
        return Vec::new();
    }
    let value = match name.as_str() {
        // What was text in the archive is UTF-8 now.
        "content-type" if is_text => in_utf8(text("value")),
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
        response.with_content(match self.length {
            // Of an answer to HEAD there is only the length; nobody ever asks for the rest.
            Some(length) if self.method == "HEAD" => Content::Stream(Stream::of_length(length, |_| None)),
            _ => Content::Whole(self.content.clone()),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn entries_are_what_can_be_answered() {
        let made = |status: u16, content: Value, headers: Value| {
            let value = json!({
                "request": {"method": "GET", "url": "https://h.example/a/b?c=d#e"},
                "response": {"status": status, "headers": headers, "content": content},
            });
            entry(&value, Path::new(""))
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
            (200, json!({"text": "AA\r\nE", "encoding": "base64"}), Some((200, vec![0, 1]))),
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
        for url in ["no url", "data:text/plain,x", "blob:https://h.example/1", "about:blank", "file:///a"] {
            let value = json!({"request": {"method": "GET", "url": url}, "response": {"status": 200}});
            assert!(entry(&value, Path::new("")).is_none(), "{url}");
        }
        assert!(entry(&json!([1]), Path::new("")).is_none());
    }
}
