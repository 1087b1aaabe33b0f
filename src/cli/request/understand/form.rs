//! A form out of `-F` and `--form-string`.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::content;
use super::encoder::Encoder;
use super::part::{Origin, PartWish, Wish, parse};
use crate::client::form::{Inside, MULTIPART, Part, Quoting, file_name, form, media_type};
use crate::client::{Content, Error, FieldWish, Kind, Piece};

/// Groups within groups, no deeper.
const DEPTH: usize = 32;

/// The content of a form and its media type, if there is one. A `Content-Type` that was typed is no field of its own
/// then: it gets the boundary.
///
/// # Errors
/// `Kind::Usage` for a part without `=`, or an encoder that there is not; `Kind::Read` if a file cannot be read.
pub(crate) fn read(
    typed: &[(bool, BString)],
    quoting: Quoting,
    fields: &mut Vec<FieldWish>,
    around: &mut Around<'_>,
) -> Result<Option<(Content, BString)>, Error> {
    if typed.is_empty() {
        return Ok(None);
    }
    let parts = parts(typed, around)?;
    let is_type = |wish: &mut FieldWish| matches!(wish, FieldWish::Send(line) if line.is("content-type"));
    let media_type = match fields.extract_if(.., is_type).next() {
        Some(FieldWish::Send(line)) => line.value().to_owned(),
        _ => MULTIPART.into(),
    };
    form(&parts, &media_type, quoting).map(Some)
}

/// Standard input, and where warnings go.
pub(crate) struct Around<'a> {
    pub(crate) input: &'a mut dyn Read,
    pub(crate) warnings: &'a mut Vec<String>,
}

fn parts(typed: &[(bool, BString)], around: &mut Around<'_>) -> Result<Vec<Part>, Error> {
    // The last one is what the next part belongs to; `=(` opens one and `=)` closes it.
    let mut open: Vec<(Option<Part>, Vec<Part>)> = vec![(None, Vec::new())];
    for (is_literal, text) in typed {
        let wrong = |what: &str| Error::new(Kind::Usage, format!("form field '{text}', {what}"));
        let wish = match is_literal {
            true => text.split_once_str("=").map(|(name, value)| PartWish::text(name, value)),
            false => parse(text.as_bstr(), around.warnings),
        };
        match wish.ok_or_else(|| wrong("expected 'name=content'"))? {
            PartWish::Open(_, _) if open.len() > DEPTH => return Err(wrong("which opens too many groups")),
            PartWish::Open(name, wish) => open.push((Some(group(name, &wish, Vec::new())), Vec::new())),
            PartWish::Close => match open.pop() {
                Some((Some(group), parts)) => add(&mut open, Part { inside: Inside::Parts(parts), ..group }),
                _ => return Err(wrong("which closes a group that was not opened")),
            },
            PartWish::One(name, wish) => {
                let part = part(name, wish, around)?;
                add(&mut open, part);
            }
            PartWish::Files(name, wishes) => {
                let parts = wishes.into_iter().map(|wish| part(None, wish, around)).collect::<Result<_, _>>()?;
                add(&mut open, group(name, &Wish::default(), parts));
            }
        }
    }
    // What was not closed ends with the form.
    while let [.., (Some(_), _)] = open.as_slice() {
        if let Some((Some(group), parts)) = open.pop() {
            add(&mut open, Part { inside: Inside::Parts(parts), ..group });
        }
    }
    Ok(open.pop().map(|(_, parts)| parts).unwrap_or_default())
}

fn add(open: &mut [(Option<Part>, Vec<Part>)], part: Part) {
    if let Some((_, parts)) = open.last_mut() {
        parts.push(part);
    }
}

fn group(name: Option<BString>, wish: &Wish, parts: Vec<Part>) -> Part {
    Part {
        name,
        inside: Inside::Parts(parts),
        file_name: None,
        media_type: wish.media_type.clone(),
        encoding: None,
        fields: wish.fields.clone(),
    }
}

fn part(name: Option<BString>, wish: Wish, around: &mut Around<'_>) -> Result<Part, Error> {
    let (content, sent_name, sent_type) = match &wish.origin {
        Origin::Text(text) => (Piece::Bytes(Vec::from(text.clone()).into()), None, None),
        Origin::Inside(path) => (piece(path, around.input)?, None, media_type(path)),
        Origin::File(path) => (piece(path, around.input)?, Some(file_name(path)), media_type(path)),
    };
    let file_name = wish.file_name.or(sent_name);
    let by_name = file_name.as_ref().and_then(|name| media_type(Path::new(OsStr::from_bytes(name))));
    // A file is of some type; plain text that is no file needs none.
    let is_file = file_name.is_some();
    let guessed = match (&wish.origin, by_name.or(sent_type)) {
        (Origin::File(path), None) if path.as_os_str() != "-" => Some("application/octet-stream"),
        (_, guessed) => guessed.filter(|guessed| is_file || *guessed != "text/plain"),
    };
    let fields = match wish.field_files.is_empty() {
        true => wish.fields,
        false => wish.fields.into_iter().chain(lines_of(&wish.field_files)?).collect(),
    };
    let encoder = wish.encoder.as_ref().map(|name| Encoder::named(&name.to_str_lossy())).transpose()?;
    Ok(Part {
        name,
        inside: Inside::Content(match encoder {
            Some(encoder) => encoder.apply(content, around.input)?,
            None => content,
        }),
        file_name,
        media_type: wish.media_type.or(guessed.map(BString::from)),
        encoding: encoder.map(Encoder::name),
        fields,
    })
}

/// The field lines that files hold, a line each; `#` begins a remark.
fn lines_of(files: &[PathBuf]) -> Result<Vec<BString>, Error> {
    let mut lines = Vec::new();
    for path in files {
        let bytes = std::fs::read(path).map_err(|error| crate::client::unreadable(path, &error))?;
        let unfolded = bytes.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
        let lines_here =
            unfolded.lines().map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty() && !line.starts_with(b"#"));
        lines.extend(lines_here.map(BString::from));
    }
    Ok(lines)
}

/// A file; standard input is read at once, since its length has to be known.
fn piece(path: &Path, input: &mut dyn Read) -> Result<Piece, Error> {
    if path.as_os_str() == "-" {
        return content::whole(input).map(|bytes| Piece::Bytes(bytes.into()));
    }
    content::file(path)
}
