//! A form out of `-F` and `--form-string`.

use std::io::Read;
use std::path::Path;

use super::content;
use crate::client::form::{MULTIPART, Part, PartWish, Source, file_name, form, media_type, parse_part};
use crate::client::{Content, Error, FieldWish, Kind, Piece};

/// The content of a form and its media type, if there is one. A `Content-Type` that was typed is no field of its own
/// then: it gets the boundary.
///
/// # Errors
/// `Kind::Usage` for a part without `=`, or with several files; `Kind::Read` if a file cannot be read.
pub(crate) fn read(
    typed: &[(bool, String)],
    fields: &mut Vec<FieldWish>,
    input: &mut dyn Read,
) -> Result<Option<(Content, String)>, Error> {
    if typed.is_empty() {
        return Ok(None);
    }
    let mut parts = Vec::new();
    for (is_literal, text) in typed {
        parts.push(part(*is_literal, text, input)?);
    }
    let is_type = |wish: &mut FieldWish| matches!(wish, FieldWish::Send(line) if line.is("content-type"));
    let media_type = match fields.extract_if(.., is_type).next() {
        Some(FieldWish::Send(line)) => line.value().to_owned(),
        _ => MULTIPART.to_owned(),
    };
    form(&parts, &media_type).map(Some)
}

fn part(is_literal: bool, text: &str, input: &mut dyn Read) -> Result<Part, Error> {
    let wrong = || Error::new(Kind::Usage, format!("form field '{text}', expected 'name=content'"));
    let wish = match is_literal {
        true => {
            let (name, value) = text.split_once('=').ok_or_else(wrong)?;
            let source = Source::Text(value.to_owned());
            PartWish { name: name.to_owned(), source, file_name: None, media_type: None, fields: Vec::new() }
        }
        false => parse_part(text).ok_or_else(wrong)?,
    };
    let (piece, sent_name, sent_type) = match &wish.source {
        Source::Text(text) => (Piece::Octets(text.clone().into()), None, None),
        Source::Inside(path) => (piece(path, input)?, None, None),
        Source::File(path) => {
            let named = Path::new(wish.file_name.as_deref().map_or(path.as_os_str(), |name| name.as_ref()));
            (piece(path, input)?, Some(file_name(path)), Some(media_type(named).to_owned()))
        }
    };
    Ok(Part {
        name: wish.name,
        content: piece,
        file_name: wish.file_name.or(sent_name),
        media_type: wish.media_type.or(sent_type),
        fields: wish.fields,
    })
}

/// A file; standard input is read at once, since its length has to be known.
fn piece(path: &Path, input: &mut dyn Read) -> Result<Piece, Error> {
    if path.as_os_str() == "-" {
        return content::whole(input).map(|octets| Piece::Octets(octets.into()));
    }
    if path.to_string_lossy().contains(',') && !path.exists() {
        let message = format!("form file '{}': several files in one field are not built in", path.display());
        return Err(Error::new(Kind::Usage, message));
    }
    content::file(path)
}
