//! The forms in which a node is served: JSON as it stands in the file, and what can be made of it.

use std::borrow::Cow;

use bytes::Bytes;

use super::accept;
use super::rows::{Names, Rows};
use crate::document::{Kind, Node, Pace, takes};
use crate::message::Content;
use crate::text::json::walk;

/// A form of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `application/json`: for a JSON file the very bytes of the file.
    Json,
    /// `application/x-ndjson`: a collection, one record a line.
    Lines,
    /// `text/csv`: a collection of flat records (RFC 4180).
    Csv,
    /// `text/plain`: a scalar without quotes.
    Plain,
}

/// So many forms there are.
pub(super) const FORMS: usize = Form::ALL.len();

impl Form {
    /// All forms that there are, whatever a node has.
    pub(super) const ALL: [Form; 4] = [Form::Json, Form::Csv, Form::Lines, Form::Plain];

    /// The value of `Content-Type`.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Form::Json => "application/json",
            Form::Lines => "application/x-ndjson",
            Form::Csv => "text/csv; charset=utf-8",
            Form::Plain => "text/plain; charset=utf-8",
        }
    }

    /// What tells its entity tag from those of the other forms.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Form::Json => "",
            Form::Lines => "-lines",
            Form::Csv => "-csv",
            Form::Plain => "-plain",
        }
    }

    /// The media type that `_format` names.
    pub(super) fn named(name: &str) -> Option<&'static str> {
        let form = match name {
            "json" => Form::Json,
            "csv" => Form::Csv,
            "ndjson" => Form::Lines,
            _ => return None,
        };
        Some(form.media_type())
    }

    pub(super) fn media_type(self) -> &'static str {
        self.content_type().split(';').next().unwrap_or_default()
    }

    /// The forms that a node of that kind has, in the order of preference.
    #[inline]
    fn offered(is_collection: bool, kind: Kind) -> &'static [Form] {
        match kind {
            _ if is_collection => &[Form::Json, Form::Csv, Form::Lines],
            Kind::String | Kind::Number | Kind::Boolean | Kind::Null => &[Form::Json, Form::Plain],
            _ => &[Form::Json],
        }
    }

    /// The media types of those.
    pub(super) fn media_types(is_collection: bool, kind: Kind) -> Vec<&'static str> {
        Form::offered(is_collection, kind).iter().map(|form| form.media_type()).collect()
    }

    /// Chooses by the values of `Accept`; `Err` lists the media types that there are (406).
    #[inline]
    pub(super) fn choose(accept: &[&str], is_collection: bool, kind: Kind) -> Result<Form, Vec<&'static str>> {
        let offered = Form::offered(is_collection, kind);
        if accept.is_empty() {
            return Ok(offered[0]);
        }
        let names = Form::media_types(is_collection, kind);
        let chosen = accept::choose(accept, &names);
        offered.iter().find(|form| Some(form.media_type()) == chosen).copied().ok_or(names)
    }
}

/// The JSON text of a node.
#[inline]
pub(super) fn json(node: &Node<'_>) -> Content {
    node.stretch().map_or_else(|| Content::Pieces(node.text()), Content::Whole)
}

/// A scalar without quotes. `None`: half of a surrogate pair is in it, which no text can hold.
pub(super) fn plain(node: &Node<'_>) -> Option<Content> {
    let is_text = node.kind() != Kind::String || !walk::has_lone_surrogate(&node.text().concat());
    is_text.then(|| Content::from(scalar_text(node).into_owned().into_bytes()))
}

/// The records, as long as there are time and room for them.
fn bounded(records: impl Iterator<Item = Vec<Bytes>>) -> impl Iterator<Item = Vec<Bytes>> {
    let mut pace = Pace::default();
    records.take_while(move |record| {
        let bytes = record.iter().map(Bytes::len).sum();
        takes(bytes) && pace.goes_on(bytes)
    })
}

/// One record a line, white space between tokens left out.
pub(super) fn lines(records: impl Iterator<Item = Vec<Bytes>>) -> Content {
    let mut out = Vec::new();
    for record in bounded(records) {
        compact(&record.concat(), &mut out);
        out.push(b'\n');
    }
    Content::from(out)
}

/// Comma-separated values with a header row and CRLF. The columns are those given (of a table), else every member name
/// in the order of its first appearance. `None`: some record is not flat.
pub(super) fn csv(columns: Option<Vec<String>>, records: impl Iterator<Item = Vec<Bytes>>) -> Option<Content> {
    let mut names = Names::default();
    let mut texts = Vec::new();
    for record in bounded(records) {
        let text = match <[Bytes; 1]>::try_from(record) {
            Ok([text]) => text,
            Err(pieces) => Bytes::from(pieces.concat()),
        };
        if !names.take(&text) {
            return None;
        }
        texts.push(text);
    }
    let (rows, mut out) = (Rows::of(columns.unwrap_or(names.columns)), Vec::new());
    rows.header(&mut out);
    let mut pace = Pace::default();
    for text in texts {
        let start = out.len();
        rows.json(&text, &mut out);
        // A record with few members can be a long row.
        if !takes(out.len() - start) || !pace.goes_on(out.len() - start) {
            break;
        }
    }
    Some(Content::from(out))
}

/// A string decoded, a number or boolean by its text, null as nothing.
fn scalar_text<'v>(node: &Node<'v>) -> Cow<'v, str> {
    match node.kind() {
        Kind::String => node.string().unwrap_or_default(),
        Kind::Null => Cow::Borrowed(""),
        _ => Cow::Owned(String::from_utf8_lossy(&node.text().concat()).into_owned()),
    }
}

/// Copies JSON text without the white space between its tokens.
pub(super) fn compact(text: &[u8], out: &mut Vec<u8>) {
    Compactor::default().take(text, out);
}

/// The same of a text that comes in pieces.
#[derive(Debug, Default)]
pub(super) struct Compactor {
    in_string: bool,
    escaped: bool,
}

impl Compactor {
    pub(super) fn take_all(&mut self, pieces: &[Bytes], out: &mut Vec<u8>) {
        pieces.iter().for_each(|piece| self.take(piece, out));
    }

    pub(super) fn take(&mut self, text: &[u8], out: &mut Vec<u8>) {
        for &byte in text {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' if !self.in_string => continue,
                b'"' if !self.escaped => self.in_string = !self.in_string,
                _ => {}
            }
            self.escaped = self.in_string && byte == b'\\' && !self.escaped;
            out.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compaction_leaves_strings_alone() {
        let mut out = Vec::new();
        compact(b"{ \"a b\" : [1 ,\n\t\"\\\" x\\\\\" , 2 ] }", &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), r#"{"a b":[1,"\" x\\",2]}"#);
    }

    #[test]
    fn forms_by_kind() {
        assert_eq!(Form::choose(&["text/plain"], false, Kind::String), Ok(Form::Plain));
        assert_eq!(Form::choose(&["text/plain"], false, Kind::Object), Err(vec!["application/json"]));
        assert_eq!(Form::choose(&["text/csv"], true, Kind::Array), Ok(Form::Csv));
        assert_eq!(Form::choose(&[], true, Kind::Table), Ok(Form::Json));
    }
}
