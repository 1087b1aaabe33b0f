//! What a request's content means: its media type, or what it looks like where the type says little.

use bytes::Bytes;
use http::StatusCode;

use super::method::Allowed;
use super::pairs;
use super::refusal::Problem;
use crate::document::{Kind, Node, Refusal};
use crate::message::Request;
use crate::text::bulk::{self, BulkKind};
use crate::text::json;

/// The content of a request that changes something.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// Well-formed JSON text without duplicate member names.
    Json(Bytes),
    /// JSON text, explicitly of the type `application/json-patch+json`.
    JsonPatch(Bytes),
    /// No content at all, and no type that says so is meant.
    Nothing,
    /// Text that is not JSON, of a type (or of none) that does not promise JSON.
    Text(String),
    /// `text/plain`: for a scalar, the text as it is to the last byte.
    Plain(String),
}

/// See [`super::Settings::room`].
pub(super) const AMPLE: usize = 4;

/// Reads the content of a request for a node. `room`: see [`super::Settings::room`].
///
/// # Errors
/// 415 for a media type or content coding that is not taken, 400 for text that is not UTF-8, for broken JSON where JSON
/// was promised (with line and column) and for duplicate member names.
pub(super) fn read(request: &Request<'_>, node: Option<Node<'_>>, room: usize) -> Result<Body, Problem> {
    let codings = request.fields.all("content-encoding").flat_map(|value| value.split(|byte| *byte == b','));
    let mut codings = codings.map(<[u8]>::trim_ascii).filter(|coding| !coding.is_empty());
    if let Some(coding) = codings.find(|coding| !coding.eq_ignore_ascii_case(b"identity")) {
        let detail =
            format!("the content coding '{}' is not supported, expected none", String::from_utf8_lossy(coding));
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-coding", detail));
    }
    let text = str::from_utf8(request.content).map_err(|error| {
        let before = String::from_utf8_lossy(&request.content[..error.valid_up_to()]);
        let (line, column) =
            (before.matches('\n').count() + 1, before.chars().rev().take_while(|c| *c != '\n').count() + 1);
        let detail = format!("line {line}, column {column}: expected UTF-8");
        Problem::new(StatusCode::BAD_REQUEST, "not-utf-8", detail).at(line, column)
    })?;
    let media_type = media_type(request)?;
    if media_type.as_deref() == Some("text/plain") {
        return Ok(Body::Plain(text.to_string()));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match media_type.as_deref() {
        Some("application/json-patch+json") => Ok(Body::JsonPatch(json_text(text)?)),
        Some(json) if json == "application/json" || json.ends_with("+json") => Ok(Body::Json(json_text(text)?)),
        None | Some("application/x-www-form-urlencoded") if text.trim().is_empty() => Ok(Body::Nothing),
        None | Some("application/x-www-form-urlencoded") => match json::check(text.as_bytes()) {
            Ok(()) => Ok(Body::Json(trimmed(text))),
            Err(error) if looks_like_json(text) => Err(malformed(&error)),
            Err(_) => Ok(Body::Text(text.to_string())),
        },
        Some("text/csv") => csv_records(text, node, room.saturating_mul(AMPLE)).map(Body::Json),
        Some(other) => {
            let detail = format!(
                "the media type '{other}' is not supported, expected application/json, application/merge-patch+json, \
                 application/json-patch+json, application/x-www-form-urlencoded, text/csv or text/plain"
            );
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", detail))
        }
    }
}

impl Body {
    /// The content as one JSON value. Text becomes an object where it is made of pairs or a form, unless it is meant
    /// for a scalar, of that kind, which takes the text as it is.
    ///
    /// # Errors
    /// 400 for text that is neither, and for a JSON Patch, which is no value.
    pub(super) fn into_value(self, scalar: Option<Kind>) -> Result<Bytes, Problem> {
        match (self, scalar) {
            (Body::Json(text), _) => Ok(text),
            (Body::Nothing, _) => object(""),
            (Body::Text(text), Some(_)) => Ok(string(text.trim_end_matches(['\r', '\n'])).into()),
            (Body::Plain(text), Some(kind)) => Ok(of_kind(&text, kind)),
            (Body::Text(text), None) => object(&text),
            (Body::Plain(text), None) => of_text(text.strip_prefix('\u{feff}').unwrap_or(&text)),
            (Body::JsonPatch(_), _) => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "a JSON Patch goes with PATCH, expected a value here",
            )),
        }
    }

    /// Whether the text is neither JSON nor a list of pairs nor a form.
    pub(super) fn is_bare_word(&self) -> bool {
        let (Body::Text(text) | Body::Plain(text)) = self else { return false };
        !text.contains([':', '=', '&']) && !text.trim().is_empty() && json::check(text.as_bytes()).is_err()
    }
}

/// The text as the value of a scalar that is of that kind: it stays one where the text is that of one, so that what was
/// read as text can be sent back.
fn of_kind(text: &str, kind: Kind) -> Bytes {
    let token = text.trim_matches([' ', '\t', '\r', '\n']);
    let stays = match kind {
        Kind::Number => {
            json::check(token.as_bytes()).is_ok()
                && token.starts_with(|sign: char| sign == '-' || sign.is_ascii_digit())
        }
        Kind::Boolean => matches!(token, "true" | "false"),
        Kind::Null if token.is_empty() => return Bytes::from_static(b"null"),
        _ => false,
    };
    if stays { Bytes::copy_from_slice(token.as_bytes()) } else { string(text).into() }
}

/// The value of text that is for no scalar. Browsers send JSON so where a page names no type: `fetch` of a string, and
/// `sendBeacon`.
fn of_text(text: &str) -> Result<Bytes, Problem> {
    match json::check(text.as_bytes()) {
        Ok(()) => Ok(trimmed(text)),
        Err(error) if looks_like_json(text) => Err(malformed(&error)),
        Err(_) => object(text),
    }
}

/// Pairs or a form as the text of a JSON object with string values.
fn object(text: &str) -> Result<Bytes, Problem> {
    let pairs =
        pairs::parse(text).map_err(|reason| Problem::new(StatusCode::BAD_REQUEST, "malformed-pairs", reason))?;
    let members: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}:{}", string(name), string(value))).collect();
    Ok(format!("{{{}}}", members.join(",")).into())
}

/// The JSON text of a string.
pub(super) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// CSV as the JSON of its records, of at most so many bytes.
fn csv_records(text: &str, node: Option<Node<'_>>, most: usize) -> Result<Bytes, Problem> {
    let columns = node.and_then(|node| node.columns()).unwrap_or_default();
    let table = node.and_then(|node| node.delimiter()).map(|delimiter| (&*columns, delimiter));
    bulk::records(text, table, most).map_err(|error| match error.kind {
        BulkKind::Malformed => {
            Problem::new(StatusCode::BAD_REQUEST, "malformed-csv", error.to_string()).at(error.line, 1)
        }
        BulkKind::TooMuch => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too-much", error.to_string()),
        BulkKind::Unknown { column } => {
            let columns = columns.clone();
            Problem::of_refusal(&Refusal::UnknownColumn { column, columns }, Allowed::READ)
        }
    })
}

fn json_text(text: &str) -> Result<Bytes, Problem> {
    json::check(text.as_bytes()).map_err(|error| malformed(&error))?;
    Ok(trimmed(text))
}

fn trimmed(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.trim_matches([' ', '\t', '\r', '\n']).as_bytes())
}

fn malformed(error: &json::SyntaxError) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed-json", error.to_string()).at(error.line, error.column)
}

/// Text that starts as an object, an array or a string was meant as JSON; a bare word was perhaps not.
fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[', '"'])
}

/// The media type of the content, in lower case and without parameters; `None` when there is no `Content-Type`.
fn media_type(request: &Request<'_>) -> Result<Option<String>, Problem> {
    let Some(value) = request.fields.first("content-type") else { return Ok(None) };
    let value = str::from_utf8(value).unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let foreign_charset = value.split(';').skip(1).find_map(|parameter| {
        let (name, charset) = parameter.trim().split_once('=')?;
        let charset = charset.trim_matches('"');
        (name.eq_ignore_ascii_case("charset")
            && !["utf-8", "utf8", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known)))
        .then_some(charset)
    });
    if let Some(charset) = foreign_charset {
        let detail = format!("the charset '{charset}' is not supported, expected UTF-8");
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-charset", detail));
    }
    Ok((!media_type.is_empty()).then_some(media_type))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Field, Fields, Target, Version};

    fn body(media_type: Option<&str>, content: &[u8]) -> Result<Body, (u16, &'static str)> {
        let field = media_type.map(|value| Field { name: "Content-Type", value: value.as_bytes() });
        read(
            &Request {
                method: "PUT",
                target: Target::Path { path: "/", query: None },
                authority: None,
                version: Version::Http11,
                fields: Fields(field.as_slice()),
                content,
            },
            None,
            16 << 20,
        )
        .map_err(|problem| (problem.0.status.as_u16(), problem.0.code))
    }

    #[test]
    fn what_content_means() {
        const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
        let json = |text: &'static str| Ok(Body::Json(Bytes::from_static(text.as_bytes())));
        let text = |text: &str| Ok(Body::Text(text.to_string()));
        let plain = |text: &str| Ok(Body::Plain(text.to_string()));
        type Case<'c> = (Option<&'c str>, &'c [u8], Result<Body, (u16, &'c str)>);
        let cases: &[Case<'_>] = &[
            (Some("application/json"), b" {\"a\": 1.0} \r\n", json("{\"a\": 1.0}")),
            (Some("Application/JSON; charset=UTF-8"), b"1e400", json("1e400")),
            (Some("application/merge-patch+json"), b"{}", json("{}")),
            (Some("application/json"), b"{\"a\": }", Err((400, "malformed-json"))),
            (Some("application/json"), b"", Err((400, "malformed-json"))),
            (Some("application/json"), b"{\"a\":1,\"a\":2}", Err((400, "malformed-json"))),
            (Some("application/json; charset=latin1"), b"{}", Err((415, "unsupported-charset"))),
            (FORM, b"{\"a\":1}", json("{\"a\":1}")),
            (FORM, b"{\"a\":1", Err((400, "malformed-json"))),
            (FORM, b"key:val", text("key:val")),
            (FORM, b"5", json("5")),
            (FORM, b"007", text("007")),
            (None, b"[1]", json("[1]")),
            (None, b"", Ok(Body::Nothing)),
            (FORM, b"\r\n", Ok(Body::Nothing)),
            (Some("text/plain"), b"", plain("")),
            (Some("text/plain"), b"5", plain("5")),
            (Some("text/plain; charset=utf-8"), b"\xef\xbb\xbfa\r\n", plain("\u{feff}a\r\n")),
            (Some("text/html"), b"<p>", Err((415, "unsupported-media-type"))),
            (Some("text/csv"), b"a;b\n1;2,3\n", json("[{\"a\":\"1\",\"b\":\"2,3\"}]")),
            (Some("application/xml"), b"<a/>", Err((415, "unsupported-media-type"))),
            (Some("text/html"), b"{\"a\":1}", Err((415, "unsupported-media-type"))),
            (Some("text/csv"), b"a\n1\n", json("[{\"a\":\"1\"}]")),
            (Some("text/csv"), b"a\n1,2\n", Err((400, "malformed-csv"))),
            (None, b"\xff", Err((400, "not-utf-8"))),
        ];
        for (media_type, content, expected) in cases {
            assert_eq!(body(*media_type, content), *expected, "{media_type:?} {:?}", String::from_utf8_lossy(content));
        }
    }

    #[test]
    fn text_as_a_value() {
        let value = |body: Body, scalar| body.into_value(scalar).map_err(|problem| problem.0.code);
        let text = |text: &str, scalar| value(Body::Text(text.into()), scalar);
        assert_eq!(text("a: 1&b: \"x\"", None).unwrap(), r#"{"a":"1","b":"\"x\""}"#);
        assert_eq!(text("a: 1\n", Some(Kind::String)).unwrap(), "\"a: 1\"");
        assert_eq!(text("word", None), Err("malformed-pairs"));
        let cases: &[(&str, Option<Kind>, Result<&str, &str>)] = &[
            ("a\r\n", Some(Kind::String), Ok(r#""a\r\n""#)),
            ("\u{feff}a", Some(Kind::String), Ok("\"\u{feff}a\"")),
            ("5", Some(Kind::String), Ok("\"5\"")),
            ("1.50\n", Some(Kind::Number), Ok("1.50")),
            ("007", Some(Kind::Number), Ok("\"007\"")),
            ("true", Some(Kind::Boolean), Ok("true")),
            ("yes", Some(Kind::Boolean), Ok("\"yes\"")),
            ("", Some(Kind::Null), Ok("null")),
            ("{\"a\": 1}\n", None, Ok("{\"a\": 1}")),
            ("\u{feff}[1]", None, Ok("[1]")),
            ("5", None, Ok("5")),
            ("{\"a\": ", None, Err("malformed-json")),
            ("a: 1", None, Ok(r#"{"a":"1"}"#)),
            ("word", None, Err("malformed-pairs")),
        ];
        for (text, scalar, expected) in cases {
            let found = value(Body::Plain(text.to_string()), *scalar);
            assert_eq!(found.as_deref().map_err(|code| *code), expected.map(str::as_bytes), "{text:?} {scalar:?}");
        }
        assert!(Body::Text("word".into()).is_bare_word());
        assert!(!Body::Text("a:b".into()).is_bare_word());
    }
}
