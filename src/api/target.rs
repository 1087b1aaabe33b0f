//! From a request target to decoded path segments and query parameters.

use std::borrow::Cow;
use std::mem;
use std::ops::Deref;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What can be wrong with a target's percent-encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TargetError {
    /// A `%` without two hexadecimal digits behind it.
    BadEscape,
    /// The decoded bytes are not UTF-8.
    NotUtf8,
}

/// Everything but the unreserved characters of RFC 3986 2.3 and the sub-delimiters a segment may hold.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path of up to so many segments is kept without asking for memory.
const FEW: usize = 4;

/// The decoded segments of a path.
#[derive(Debug, Default)]
pub(super) struct Segments<'a> {
    few: [Cow<'a, str>; FEW],
    count: usize,
    /// All of them, if they are more than few.
    many: Vec<Cow<'a, str>>,
}

impl<'a> Segments<'a> {
    /// Splits a raw absolute path at `/` and decodes each segment once, so that `%2F` is a slash inside a key.
    /// One trailing `/` is dropped, so that `/a//` ends with an empty segment; `/` itself has no segments.
    #[inline]
    pub(super) fn fill(&mut self, path: &'a str) -> Result<(), TargetError> {
        let path = path.strip_prefix('/').unwrap_or(path);
        if path.is_empty() {
            return Ok(());
        }
        let path = path.strip_suffix('/').unwrap_or(path);
        // Paths are short: a step for each byte is less than a search for the end of each segment.
        let (mut start, mut has_escapes) = (0, false);
        for (end, byte) in path.bytes().chain([b'/']).enumerate() {
            has_escapes |= byte == b'%';
            if byte == b'/' {
                let segment = &path[start..end];
                self.push(if has_escapes { decoded(segment)? } else { Cow::Borrowed(segment) });
                start = end + 1;
            }
        }
        Ok(())
    }

    #[inline]
    fn push(&mut self, segment: Cow<'a, str>) {
        if self.count < FEW {
            self.few[self.count] = segment;
        } else {
            if self.count == FEW {
                self.many = mem::take(&mut self.few).into();
            }
            self.many.push(segment);
        }
        self.count += 1;
    }
}

impl<'a> Deref for Segments<'a> {
    type Target = [Cow<'a, str>];

    #[inline]
    fn deref(&self) -> &[Cow<'a, str>] {
        self.few.get(..self.count).unwrap_or(&self.many)
    }
}

/// A path made of segments, escaped where needed. One trailing `/` of a path is dropped, so a last segment that is empty
/// has one more.
pub fn path_of<S: AsRef<str>>(segments: &[S]) -> String {
    let mut path = path_into(segments);
    if segments.last().is_some_and(|last| !last.as_ref().is_empty()) {
        path.pop();
    }
    path
}

/// What the paths of all that is in the node at a path begin with: they go on with its name.
pub(super) fn path_into<S: AsRef<str>>(segments: &[S]) -> String {
    segments.iter().fold("/".to_owned(), |mut path, segment| {
        path.extend(utf8_percent_encode(segment.as_ref(), SEGMENT));
        path.push('/');
        path
    })
}

/// The URL of a path on this server, by the authority that the request named: a page of another server that follows it
/// would come to its own, if it were a path alone.
pub(super) fn link_to(authority: Option<&str>, path: &str) -> String {
    match authority {
        Some(authority) => format!("http://{authority}{path}"),
        // With two slashes it would begin with an authority (RFC 3986 4.2).
        None if path.starts_with("//") => format!("/.{path}"),
        None => path.to_string(),
    }
}

/// The parameters of a query or form in order, names and values form-decoded (`+` is a space). A part without `=` has
/// an empty value; empty parts (`a=1&&b=2`) are skipped, as the WHATWG URL standard has it.
pub(super) fn parameters(query: &str) -> Result<Vec<(String, String)>, TargetError> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((form_decoded(name)?, form_decoded(value)?))
        })
        .collect()
}

fn form_decoded(text: &str) -> Result<String, TargetError> {
    if text.contains('+') {
        decoded(&text.replace('+', " ")).map(Cow::into_owned)
    } else {
        decoded(text).map(Cow::into_owned)
    }
}

fn decoded(text: &str) -> Result<Cow<'_, str>, TargetError> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let escapes_are_whole = text
        .split('%')
        .skip(1)
        .all(|after| after.len() >= 2 && after.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit));
    if !escapes_are_whole {
        return Err(TargetError::BadEscape);
    }
    percent_decode_str(text).decode_utf8().map_err(|_| TargetError::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(path: &str) -> Result<Segments<'_>, TargetError> {
        let mut segments = Segments::default();
        segments.fill(path).map(|()| segments)
    }

    #[test]
    fn paths_are_split_before_they_are_decoded() {
        let cases: &[(&str, Result<&[&str], TargetError>)] = &[
            ("/", Ok(&[])),
            ("/a", Ok(&["a"])),
            ("/a/", Ok(&["a"])),
            ("/a//", Ok(&["a", ""])),
            ("//", Ok(&[""])),
            ("///", Ok(&["", ""])),
            ("/a/b/c/d", Ok(&["a", "b", "c", "d"])),
            ("/a/b/c/d/e", Ok(&["a", "b", "c", "d", "e"])),
            ("/a/b/%63/d//f/", Ok(&["a", "b", "c", "d", "", "f"])),
            ("//a", Ok(&["", "a"])),
            ("/a%2Fb/c", Ok(&["a/b", "c"])),
            ("/a+b", Ok(&["a+b"])),
            ("/%ED%95%9C", Ok(&["한"])),
            ("/%2e%2E/etc", Ok(&["..", "etc"])),
            ("/%", Err(TargetError::BadEscape)),
            ("/%4", Err(TargetError::BadEscape)),
            ("/%+1", Err(TargetError::BadEscape)),
            ("/%ff", Err(TargetError::NotUtf8)),
        ];
        for (path, expected) in cases {
            let found = segments(path);
            let found = found.as_ref().map(|all| all.iter().map(|s| &**s).collect::<Vec<_>>());
            assert_eq!(found.as_deref().map_err(|e| **e), *expected, "{path}");
        }
    }

    #[test]
    fn a_path_made_of_segments_decodes_to_them() {
        for segments_in in [
            vec![],
            vec!["a b"],
            vec!["a/b", "한", "%41"],
            vec!["x", ".."],
            vec![""],
            vec!["", "a"],
            vec!["a", ""],
            vec!["", ""],
        ] {
            let path = path_of(&segments_in);
            assert_eq!(*segments(&path).unwrap(), *segments_in, "{path}");
        }
    }

    #[test]
    fn parameters_are_form_decoded() {
        let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
        assert_eq!(parameters("a=1+2&&b=%26&c").unwrap(), [pair("a", "1 2"), pair("b", "&"), pair("c", "")]);
        assert_eq!(parameters("a=%zz"), Err(TargetError::BadEscape));
    }
}
