//! `multipart/form-data` as curl writes it (RFC 7578), its files read only when they are sent.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::{BString, ByteSlice};

use super::error::Error;
use super::request::{Content, FieldLine, Piece};

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The name of the form field; a part of a group may have none.
    pub name: Option<BString>,
    /// What is in it.
    pub inside: Inside,
    /// The name of the file, if it counts as one.
    pub file_name: Option<BString>,
    /// The media type, if it is said.
    pub media_type: Option<BString>,
    /// The name of the coding that the content is in, if it is in one.
    pub encoding: Option<&'static str>,
    /// Further field lines of the part.
    pub fields: Vec<BString>,
}

/// What is in a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inside {
    /// Content.
    Content(Piece),
    /// Parts, under a boundary of their own.
    Parts(Vec<Part>),
}

/// The media type of a form.
pub const MULTIPART: &str = "multipart/form-data";

/// How names are written that hold a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    /// Percent-encoded, as browsers do (RFC 7578 4.2 leaves it open).
    Percent,
    /// With a backslash (RFC 2183 2).
    Backslash,
}

/// The content of a form, and its media type, which gets a boundary. As another type than [`MULTIPART`] its parts are
/// called attachments: what curl does.
///
/// # Errors
/// The system gives no random bytes for the boundary.
pub fn form(parts: &[Part], media_type: &[u8], quoting: Quoting) -> Result<(Content, BString), Error> {
    let boundary = boundary()?;
    let is_form =
        media_type.get(..MULTIPART.len()).is_some_and(|start| start.eq_ignore_ascii_case(MULTIPART.as_bytes()));
    let disposition = if is_form { "form-data" } else { "attachment" };
    let mut writer = FormWriter { pieces: Vec::new(), text: Vec::new(), quoting };
    writer.parts(parts, &boundary, disposition)?;
    writer.end_piece();
    let media_type = [media_type, b"; boundary=", boundary.as_bytes()].concat();
    Ok((Content(writer.pieces), media_type.into()))
}

/// 24 dashes and 22 random letters and digits, as long as curl's.
fn boundary() -> Result<String, Error> {
    const SIGNS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut bytes = [0; 22];
    super::digest::random(&mut bytes)?;
    let signs: String = bytes.iter().map(|byte| char::from(SIGNS[usize::from(*byte) % SIGNS.len()])).collect();
    Ok(format!("------------------------{signs}"))
}

struct FormWriter {
    pieces: Vec<Piece>,
    text: Vec<u8>,
    quoting: Quoting,
}

impl FormWriter {
    fn parts(&mut self, parts: &[Part], boundary: &str, disposition: &str) -> Result<(), Error> {
        for part in parts {
            self.line(format!("--{boundary}"));
            self.part(part, disposition)?;
        }
        self.line(format!("--{boundary}--"));
        Ok(())
    }

    fn part(&mut self, part: &Part, disposition: &str) -> Result<(), Error> {
        let is_typed = |name: &str| part.fields.iter().filter_map(FieldLine::typed).any(|line| line.is(name));
        let has_name = part.name.is_some() || part.file_name.is_some();
        if (has_name || disposition == "form-data") && !is_typed("content-disposition") {
            let named = |what: &str, name: &Option<BString>| match name {
                Some(name) => [b"; ", what.as_bytes(), b"=\"", &self.quoted(name), b"\""].concat(),
                None => Vec::new(),
            };
            let (name, file_name) = (named("name", &part.name), named("filename", &part.file_name));
            self.line([b"Content-Disposition: ", disposition.as_bytes(), &name, &file_name].concat());
        }
        let boundary = match part.inside {
            Inside::Parts(_) => Some(boundary()?),
            Inside::Content(_) => None,
        };
        match (&part.media_type, &boundary) {
            (media_type, Some(boundary)) => {
                let media_type = media_type.as_ref().map_or(b"multipart/mixed".as_slice(), |media_type| media_type);
                self.line([b"Content-Type: ", media_type, b"; boundary=", boundary.as_bytes()].concat());
            }
            (Some(media_type), None) if !is_typed("content-type") => {
                self.line([b"Content-Type: ", media_type.as_slice()].concat())
            }
            _ => {}
        }
        if let Some(encoding) = part.encoding.filter(|_| !is_typed("content-transfer-encoding")) {
            self.line(format!("Content-Transfer-Encoding: {encoding}"));
        }
        part.fields.iter().for_each(|field| self.line(field));
        self.line("");
        match (&part.inside, boundary) {
            (Inside::Parts(parts), Some(boundary)) => self.parts(parts, &boundary, "attachment")?,
            (Inside::Parts(_), None) => {}
            (Inside::Content(piece), _) => {
                self.end_piece();
                self.pieces.push(piece.clone());
            }
        }
        self.line("");
        Ok(())
    }

    fn line(&mut self, line: impl AsRef<[u8]>) {
        self.text.extend_from_slice(line.as_ref());
        self.text.extend_from_slice(b"\r\n");
    }

    fn end_piece(&mut self) {
        self.pieces.push(Piece::Bytes(std::mem::take(&mut self.text).into()));
    }

    fn quoted(&self, text: &[u8]) -> Vec<u8> {
        match self.quoting {
            Quoting::Percent => text.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A"),
            Quoting::Backslash => text.replace("\\", "\\\\").replace("\"", "\\\""),
        }
    }
}

/// The name that a file is sent under: the last part of its path.
pub fn file_name(path: &Path) -> BString {
    path.file_name().map(|name| name.as_bytes().into()).unwrap_or_default()
}

/// The media type that the end of a file's name stands for, by curl's short list.
pub fn media_type(path: &Path) -> Option<&'static str> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    Some(match extension.as_deref().unwrap_or_default() {
        "gif" => "image/gif",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain",
        "htm" | "html" => "text/html",
        "pdf" => "application/pdf",
        "xml" => "application/xml",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_written_as_curl_writes_it() {
        let part = |name: Option<&str>, text: &'static str, file_name: Option<&str>, media_type: Option<&str>| Part {
            name: name.map(BString::from),
            inside: Inside::Content(Piece::Bytes(text.into())),
            file_name: file_name.map(BString::from),
            media_type: media_type.map(BString::from),
            encoding: None,
            fields: Vec::new(),
        };
        let written = |parts: &[Part], quoting: Quoting| {
            let (content, media_type) = form(parts, MULTIPART.as_bytes(), quoting).unwrap();
            let boundary = media_type.to_str().unwrap().split_once("boundary=").unwrap().1;
            let text = String::from_utf8(content.in_memory().unwrap()).unwrap();
            assert_eq!(boundary.len(), 46);
            text.replace(boundary, "B").replace("\r\n", "|")
        };
        let parts = [part(Some("a"), "b", None, None), part(Some("f\""), "x", Some("n.txt"), Some("text/plain"))];
        let first = "--B|Content-Disposition: form-data; name=\"a\"||b|--B|Content-Disposition: form-data; ";
        let end = "; filename=\"n.txt\"|Content-Type: text/plain||x|--B--|";
        assert_eq!(written(&parts, Quoting::Percent), format!("{first}name=\"f%22\"{end}"));
        assert_eq!(written(&parts, Quoting::Backslash), format!("{first}name=\"f\\\"\"{end}"));
        let inner = vec![part(None, "1", Some("a.txt"), Some("text/plain")), part(None, "2", None, None)];
        let group = Part { inside: Inside::Parts(inner), fields: vec!["X: y".into()], ..part(None, "", None, None) };
        let text = written(&[group], Quoting::Percent);
        let own = text.split_once("boundary=").unwrap().1.split('|').next().unwrap().to_owned();
        assert_eq!(
            text.replace(&own, "I"),
            "--B|Content-Disposition: form-data|Content-Type: multipart/mixed; boundary=I|X: y||--I|Content-Disposition: \
             attachment; filename=\"a.txt\"|Content-Type: text/plain||1|--I||2|--I--||--B--|"
        );
    }
}
