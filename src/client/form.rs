//! `multipart/form-data` as curl writes it (RFC 7578), its files read only when they are sent.

use std::path::{Path, PathBuf};

use super::error::Error;
use super::request::{Content, Piece};
use crate::message::quoted_string;

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The name of the form field.
    pub name: String,
    /// What is in it.
    pub content: Piece,
    /// The name of the file, if it counts as one.
    pub file_name: Option<String>,
    /// The media type, if it is said.
    pub media_type: Option<String>,
    /// Further field lines of the part.
    pub fields: Vec<String>,
}

/// The media type of a form.
pub const MULTIPART: &str = "multipart/form-data";

/// The content of a form, and its media type, which gets a boundary. As another type than [`MULTIPART`] its parts are
/// called attachments: what curl does.
///
/// # Errors
/// The system gives no random octets for the boundary.
pub fn form(parts: &[Part], media_type: &str) -> Result<(Content, String), Error> {
    let boundary = boundary()?;
    let is_form = media_type.get(..MULTIPART.len()).is_some_and(|start| start.eq_ignore_ascii_case(MULTIPART));
    let disposition = if is_form { "form-data" } else { "attachment" };
    Ok((Content(pieces(parts, &boundary, disposition)), format!("{media_type}; boundary={boundary}")))
}

fn boundary() -> Result<String, Error> {
    let mut octets = [0; 8];
    super::digest::random(&mut octets)?;
    let digits: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    Ok(format!("------------------------{digits}"))
}

fn pieces(parts: &[Part], boundary: &str, disposition: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    for part in parts {
        let name = quoted(&part.name);
        text.push_str(&format!("--{boundary}\r\nContent-Disposition: {disposition}; name=\"{name}\""));
        if let Some(name) = &part.file_name {
            text.push_str(&format!("; filename=\"{}\"", quoted(name)));
        }
        text.push_str("\r\n");
        if let Some(media_type) = &part.media_type {
            text.push_str(&format!("Content-Type: {media_type}\r\n"));
        }
        for field in &part.fields {
            text.push_str(&format!("{field}\r\n"));
        }
        text.push_str("\r\n");
        pieces.push(Piece::Octets(std::mem::take(&mut text).into()));
        pieces.push(part.content.clone());
        text.push_str("\r\n");
    }
    text.push_str(&format!("--{boundary}--\r\n"));
    pieces.push(Piece::Octets(text.into()));
    pieces
}

/// Quotes and line ends as browsers write them (RFC 7578 4.2 leaves it open).
fn quoted(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// The name that a file is sent under: the last part of its path.
pub fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The media type that the end of a file's name stands for, by curl's short list.
pub fn media_type(path: &Path) -> &'static str {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref().unwrap_or_default() {
        "gif" => "image/gif",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain",
        "htm" | "html" => "text/html",
        "pdf" => "application/pdf",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

/// A part as `-F` describes it, before its file is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartWish {
    /// The name of the form field.
    pub name: String,
    /// Where the content comes from.
    pub source: Source,
    /// `;filename=`
    pub file_name: Option<String>,
    /// `;type=`
    pub media_type: Option<String>,
    /// `;headers=`
    pub fields: Vec<String>,
}

/// Where the content of a part comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// What was typed.
    Text(String),
    /// `@file`: a file, sent as one.
    File(PathBuf),
    /// `<file`: what a file holds.
    Inside(PathBuf),
}

/// Reads `name=content`, `name=@file`, `name=<file`, with `;type=`, `;filename=` and `;headers=`. `None` if there is no
/// `=`.
pub fn parse_part(text: &str) -> Option<PartWish> {
    let (name, rest) = text.split_once('=')?;
    let (mark, rest) = match rest.chars().next() {
        Some(mark @ ('@' | '<')) => (Some(mark), &rest[1..]),
        _ => (None, rest),
    };
    let (value, mut rest) = word(rest, mark.is_none());
    let mut wish = PartWish {
        name: name.to_owned(),
        source: match mark {
            Some('@') => Source::File(value.into()),
            Some(_) => Source::Inside(value.into()),
            None => Source::Text(value),
        },
        file_name: None,
        media_type: None,
        fields: Vec::new(),
    };
    while let Some(parameter) = rest.strip_prefix(';') {
        let parameter = parameter.trim_ascii_start();
        let (key, after) = parameter.split_once('=').unwrap_or((parameter, ""));
        let (value, left) = word(after, false);
        match key.trim_ascii_end().to_ascii_lowercase().as_str() {
            "filename" => wish.file_name = Some(value),
            "headers" => wish.fields.push(value),
            "type" => {
                // Parameters of the media type itself belong to it.
                let (more, left) = type_parameters(left);
                wish.media_type = Some(value + more);
                rest = left;
                continue;
            }
            _ => {}
        }
        rest = left;
    }
    Some(wish)
}

/// A word up to `;`, in quotes or not. Text that was typed keeps a `;` that begins no parameter of ours.
fn word(text: &str, is_text: bool) -> (String, &str) {
    // What is not closed is no quoted string: its quote is part of the word.
    if let Some((value, Some(rest))) = text.strip_prefix('"').map(quoted_string) {
        return (value, &rest[rest.find(';').unwrap_or(rest.len())..]);
    }
    let is_ours = |rest: &str| {
        let rest = rest[1..].trim_ascii_start().to_ascii_lowercase();
        ["type=", "filename=", "headers="].iter().any(|key| rest.starts_with(key))
    };
    let end = text.match_indices(';').map(|(at, _)| at).find(|at| !is_text || is_ours(&text[*at..]));
    let (value, rest) = text.split_at(end.unwrap_or(text.len()));
    (value.to_owned(), rest)
}

/// What of the rest still belongs to a media type: parameters that are not ours.
fn type_parameters(text: &str) -> (&str, &str) {
    let is_ours = |rest: &str| {
        let rest = rest[1..].trim_ascii_start().to_ascii_lowercase();
        ["filename=", "headers=", "encoder="].iter().any(|key| rest.starts_with(key))
    };
    let end = text.match_indices(';').map(|(at, _)| at).find(|at| is_ours(&text[*at..]));
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_as_curl_reads_it() {
        let wish = |text: &str| parse_part(text).unwrap();
        assert_eq!(wish("a=b;c").source, Source::Text("b;c".into()));
        assert_eq!(wish("a=b;type=text/x").media_type.as_deref(), Some("text/x"));
        assert_eq!(wish("a=\"b;type=x\"").source, Source::Text("b;type=x".into()));
        assert_eq!(wish("a=<f").source, Source::Inside("f".into()));
        let file = wish("f=@p.bin;type=text/x; charset=utf-8;filename=\"q\\\"z\";headers=\"X: y\"");
        assert_eq!(file.source, Source::File("p.bin".into()));
        assert_eq!(file.media_type.as_deref(), Some("text/x; charset=utf-8"));
        assert_eq!(file.file_name.as_deref(), Some("q\"z"));
        assert_eq!(file.fields, ["X: y"]);
        assert_eq!(parse_part("nothing"), None);
    }

    #[test]
    fn a_form_is_written_as_curl_writes_it() {
        let part = |name: &str, text: &'static str, file_name: Option<&str>, media_type: Option<&str>| Part {
            name: name.to_owned(),
            content: Piece::Octets(text.into()),
            file_name: file_name.map(str::to_owned),
            media_type: media_type.map(str::to_owned),
            fields: Vec::new(),
        };
        let parts = [part("a", "b", None, None), part("f\"", "x", Some("n.txt"), Some("text/plain"))];
        let octets = Content(pieces(&parts, "B", "form-data")).in_memory().unwrap();
        assert_eq!(
            String::from_utf8(octets).unwrap(),
            "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--B\r\nContent-Disposition: form-data; \
             name=\"f%22\"; filename=\"n.txt\"\r\nContent-Type: text/plain\r\n\r\nx\r\n--B--\r\n"
        );
    }
}
