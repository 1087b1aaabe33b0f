//! Content out of `-d` and its relatives.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::{BString, ByteSlice};
use percent_encoding::percent_encode;

use crate::cli::args::{DataKind, DataPart, UNRESERVED};
use crate::client::{Content, Error, Kind, Piece, reason, unreadable};

/// All data joined as curl joins it: with `&`, but for the parts of `--json`, with nothing.
///
/// A file that is sent as it is, and alone, is not read before it is sent.
///
/// # Errors
/// `Kind::Read` if a file or standard input cannot be read.
pub(crate) fn join(parts: &[DataPart], input: &mut dyn Read) -> Result<Content, Error> {
    if let [DataPart { kind: DataKind::Binary | DataKind::Json, value }] = parts
        && let Some(path) = value.strip_prefix(b"@").filter(|path| *path != b"-")
    {
        return Ok(Content(vec![file(path_of(path))?]));
    }
    let mut joined = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        if place > 0 && part.kind != DataKind::Json {
            joined.push(b'&');
        }
        joined.extend(read(part, input)?);
    }
    Ok(Content::bytes(joined))
}

/// A file as a stretch of content; one that has no length, such as a pipe, is sent without.
///
/// # Errors
/// `Kind::Read` if it is not there or cannot be read.
pub(crate) fn file(path: &Path) -> Result<Piece, Error> {
    let opened = File::open(path).map_err(|error| unreadable(path, &error))?;
    let metadata = opened.metadata().map_err(|error| unreadable(path, &error))?;
    if metadata.is_dir() {
        return Err(Error::new(Kind::Read, format!("cannot read '{}': it is a folder", path.display())));
    }
    match metadata.is_file() {
        true => Ok(Piece::File { path: path.to_owned(), offset: 0, length: metadata.len() }),
        false => Ok(Piece::Endless(path.to_owned())),
    }
}

/// One part of data as it is sent.
///
/// # Errors
/// `Kind::Read` if a file or standard input cannot be read.
pub(crate) fn read(part: &DataPart, input: &mut dyn Read) -> Result<Vec<u8>, Error> {
    let named = part.value.strip_prefix(b"@");
    match (part.kind, named) {
        (DataKind::Raw, _) => Ok(part.value.clone().into()),
        (DataKind::Data, Some(name)) => {
            let mut bytes = read_file(name, input)?;
            bytes.retain(|byte| !matches!(byte, b'\r' | b'\n' | b'\0'));
            Ok(bytes)
        }
        (DataKind::Binary | DataKind::Json, Some(name)) => read_file(name, input),
        (DataKind::Encoded, _) => encoded(&part.value, input).map(Vec::from),
        (DataKind::Data | DataKind::Binary | DataKind::Json, None) => Ok(part.value.clone().into()),
    }
}

/// `content`, `=content`, `name=content`, `@file`, `name@file` (curl(1) `--data-urlencode`).
///
/// # Errors
/// `Kind::Read` if a file or standard input cannot be read.
pub(crate) fn encoded(value: &[u8], input: &mut dyn Read) -> Result<BString, Error> {
    let at = value.find_byteset("=@");
    let (name, content): (&[u8], _) = match at {
        Some(at) if value[at] == b'=' => (&value[..at], value[at + 1..].to_vec()),
        Some(at) => (&value[..at], read_file(&value[at + 1..], input)?),
        None => (b"", value.to_vec()),
    };
    let content = percent_encode(&content, UNRESERVED).to_string().replace("%20", "+");
    Ok(if name.is_empty() { content.into() } else { [name, b"=", content.as_bytes()].concat().into() })
}

/// A format that was typed, or, after `@`, the one that a file holds, without its line ends (curl(1) `-w`).
///
/// # Errors
/// `Kind::Read` if the file or standard input cannot be read.
pub(crate) fn format(typed: String, input: &mut dyn Read) -> Result<String, Error> {
    let Some(name) = typed.strip_prefix('@') else { return Ok(typed) };
    let mut bytes = read_file(name.as_bytes(), input)?;
    bytes.retain(|byte| !matches!(byte, b'\r' | b'\n' | b'\0'));
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// All of standard input.
///
/// # Errors
/// `Kind::Read` if it cannot be read.
pub(crate) fn whole(input: &mut dyn Read) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    match input.read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Error::new(Kind::Read, format!("cannot read standard input: {}", reason(&error)))),
    }
}

/// A file, or after `-` standard input, whole.
///
/// # Errors
/// `Kind::Read` if it cannot be read.
pub(crate) fn read_file(name: &[u8], input: &mut dyn Read) -> Result<Vec<u8>, Error> {
    if name == b"-" {
        return whole(input);
    }
    let path = path_of(name);
    fs::read(path).map_err(|error| unreadable(path, &error))
}

/// Bytes as the name of a file.
fn path_of(name: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parts, standard input, and what comes of them.
    type Case<'a> = (&'a [(DataKind, &'a str)], &'a str, &'a str);

    fn joined(parts: &[(DataKind, &str)], input: &str) -> String {
        let parts: Vec<DataPart> =
            parts.iter().map(|(kind, value)| DataPart { kind: *kind, value: (*value).into() }).collect();
        String::from_utf8(join(&parts, &mut input.as_bytes()).unwrap().in_memory().unwrap()).unwrap()
    }

    #[test]
    fn data_is_joined_as_curl_joins_it() {
        use DataKind::{Binary, Data, Encoded, Json, Raw};
        let cases: &[Case<'_>] = &[
            (&[(Data, "a=1"), (Data, "b=2")], "", "a=1&b=2"),
            (&[(Data, "@-")], "a\r\nb\0c", "abc"),
            (&[(Binary, "@-")], "a\r\nb\0c", "a\r\nb\0c"),
            (&[(Raw, "@-")], "x", "@-"),
            (&[(Json, "{\"a\":"), (Json, "1}")], "", "{\"a\":1}"),
            (&[(Data, "a"), (Json, "b"), (Raw, "c")], "", "ab&c"),
            (&[(Encoded, "a b&c"), (Encoded, "=x=y"), (Encoded, "n=\u{fc} /~")], "", "a+b%26c&x%3Dy&n=%C3%BC+%2F~"),
            (&[(Encoded, "n@-")], "a\n", "n=a%0A"),
            (&[(Data, "")], "", ""),
        ];
        for (parts, input, expected) in cases {
            assert_eq!(joined(parts, input), *expected, "{parts:?}");
        }
    }

    #[test]
    fn a_missing_file_is_said_with_its_name() {
        let part = DataPart { kind: DataKind::Data, value: "@/nowhere/x".into() };
        let error = join(&[part], &mut std::io::empty()).unwrap_err();
        assert_eq!(error.kind, Kind::Read);
        assert_eq!(error.message, "cannot read '/nowhere/x': no such file or directory");
    }
}
