//! An error as a document: `application/problem+json` (RFC 9457).

use std::io::Write;

use http::StatusCode;

use super::json::quote;
use super::{Content, Response, reason_phrase};

/// A problem document in the making. `type` is `about:blank`, so `title` is the status code's phrase; `code` is the
/// stable word a program can rely on, `detail` one line for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    members: Vec<(&'static str, Member)>,
}

/// The value of a further member of a problem document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    /// A JSON number.
    Number(u64),
    /// A JSON string; it is escaped when written.
    Text(String),
    /// An object with the number of these bytes, as given, and the bytes, as far as they are there: `text` where they are
    /// UTF-8, else `base64`.
    Bytes(Vec<u8>, u64),
}

impl From<usize> for Member {
    fn from(number: usize) -> Member {
        Member::Number(number as u64)
    }
}

impl From<&str> for Member {
    fn from(text: &str) -> Member {
        Member::Text(text.to_owned())
    }
}

impl From<String> for Member {
    fn from(text: String) -> Member {
        Member::Text(text)
    }
}

impl Problem {
    /// A problem with its status, its stable code and one line that says what, where and what was expected.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Problem {
        Problem { status, code, detail: detail.into(), members: Vec::new() }
    }

    /// The same with one more member (`instance`, `line`, `column`, ...).
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Member>) -> Problem {
        self.members.push((name, value.into()));
        self
    }

    /// The same with more in the line for people: what was perhaps meant, or what may be tried.
    #[must_use]
    pub fn hinting(mut self, hint: &str) -> Problem {
        self.detail.push_str("; ");
        self.detail.push_str(hint);
        self
    }

    /// The response that carries the document.
    ///
    /// ```
    /// use httpkit::message::Problem;
    /// let response = Problem::new(http::StatusCode::NOT_FOUND, "not-found", "there is nothing at '/x'").response();
    /// assert_eq!(response.status, 404);
    /// assert_eq!(response.fields.first("Content-Type"), Some("application/problem+json"));
    /// ```
    pub fn response(&self) -> Response {
        let mut text = Vec::with_capacity(160);
        text.extend_from_slice(b"{\"type\":\"about:blank\",\"title\":");
        quote(reason_phrase(self.status), &mut text);
        // Writing to a Vec cannot fail.
        let _ = write!(text, ",\"status\":{},\"detail\":", self.status.as_u16());
        quote(&self.detail, &mut text);
        text.extend_from_slice(b",\"code\":");
        quote(self.code, &mut text);
        for (name, value) in &self.members {
            text.push(b',');
            quote(name, &mut text);
            text.push(b':');
            match value {
                Member::Number(number) => drop(write!(text, "{number}")),
                Member::Text(value) => quote(value, &mut text),
                Member::Bytes(bytes, length) => {
                    let cut = ((bytes.len() as u64) < *length).then_some(bytes.len());
                    super::json::bytes(bytes, cut, *length, &mut text);
                }
            }
        }
        text.push(b'}');
        Response::new(self.status)
            .with("Content-Type", "application/problem+json")
            .with("X-Content-Type-Options", "nosniff")
            .with_content(Content::from(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_json_with_all_members() {
        let problem = Problem::new(StatusCode::BAD_REQUEST, "bad-json", "say \"x\"\n\u{9b}\\")
            .with("line", 3)
            .with("instance", "/a\tb");
        let text = problem.response().content.to_vec();
        let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "type": "about:blank", "title": "Bad Request", "status": 400, "detail": "say \"x\"\n\u{9b}\\",
                "code": "bad-json", "line": 3, "instance": "/a\tb",
            })
        );
    }
}
