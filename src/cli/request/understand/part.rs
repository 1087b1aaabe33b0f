//! What `-F` says about one part of a form, before any file is looked at (curl(1) `-F`).

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use bstr::{BStr, BString, ByteSlice};

/// What one `-F` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PartWish {
    /// A part, and its name.
    One(Option<BString>, Wish),
    /// Several files under one name.
    Files(Option<BString>, Vec<Wish>),
    /// `=(`: what follows is within one part.
    Open(Option<BString>, Wish),
    /// `=)`: the end of that.
    Close,
}

impl PartWish {
    /// A part of text that is taken as it is.
    pub(crate) fn text(name: &[u8], value: &[u8]) -> PartWish {
        PartWish::One(named(name), Wish { origin: Origin::Text(value.into()), ..Wish::default() })
    }
}

/// A content and what is said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) origin: Origin,
    pub(crate) file_name: Option<BString>,
    pub(crate) media_type: Option<BString>,
    pub(crate) encoder: Option<BString>,
    pub(crate) fields: Vec<BString>,
    /// Files that hold further fields.
    pub(crate) field_files: Vec<PathBuf>,
}

/// Where the content of a part comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// What was typed.
    Text(BString),
    /// `@file`: a file, sent as one.
    File(PathBuf),
    /// `<file`: what a file holds.
    Inside(PathBuf),
}

impl Default for Origin {
    fn default() -> Origin {
        Origin::Text(BString::default())
    }
}

fn named(name: &[u8]) -> Option<BString> {
    Some(BString::from(name)).filter(|name| !name.is_empty())
}

/// Reads `name=content`, `name=@file,file`, `name=<file`, `=(` and `=)`, with `;type=`, `;filename=`, `;headers=` and
/// `;encoder=`; what else stands behind a semicolon is left out with a warning. `None` if there is no `=`.
pub(crate) fn parse(text: &BStr, warnings: &mut Vec<String>) -> Option<PartWish> {
    let (name, rest) = text.split_once_str("=")?;
    let name = named(name);
    let mut reader = Reader { rest, warnings };
    Some(match rest.first() {
        Some(b'(') => PartWish::Open(name, reader.wish(None, |_| Origin::default())),
        Some(b')') if rest == b")" && name.is_none() => PartWish::Close,
        Some(b'@') => {
            let mut files = Vec::new();
            while matches!(reader.rest.first(), Some(b'@' | b',')) {
                reader.rest = &reader.rest[1..];
                files.push(reader.wish(Some(b','), |path| Origin::File(path_of(path))));
            }
            match <[Wish; 1]>::try_from(files) {
                Ok([one]) => PartWish::One(name, one),
                Err(files) => PartWish::Files(name, files),
            }
        }
        Some(b'<') => {
            reader.rest = &rest[1..];
            PartWish::One(name, reader.wish(None, |path| Origin::Inside(path_of(path))))
        }
        _ => PartWish::One(name, reader.wish(None, Origin::Text)),
    })
}

struct Reader<'t, 'w> {
    rest: &'t [u8],
    warnings: &'w mut Vec<String>,
}

impl Reader<'_, '_> {
    /// A content and what is said of it, up to the end or that separator.
    fn wish(&mut self, end: Option<u8>, origin: impl Fn(BString) -> Origin) -> Wish {
        self.rest = self.rest.trim_start_with(is_blank);
        let mut wish = Wish { origin: origin(self.word(end)), ..Wish::default() };
        while let Some(parameter) = self.rest.strip_prefix(b";") {
            self.rest = parameter.trim_start_with(is_blank);
            if self.takes("type=") && wish.media_type.is_none() {
                wish.media_type = Some(self.media_type(end));
            } else if self.takes("filename=") {
                wish.file_name = Some(self.word(end));
            } else if self.takes("encoder=") {
                wish.encoder = Some(self.word(end));
            } else if self.takes("headers=") {
                if matches!(self.rest.first(), Some(b'@' | b'<')) {
                    self.rest = &self.rest[1..];
                    wish.field_files.push(path_of(self.word(end)));
                } else {
                    wish.fields.push(self.word(end));
                }
            } else {
                let word = self.word(end);
                if !word.is_empty() {
                    self.warnings.push(format!("'{word}' says nothing about a form field and is left out"));
                }
            }
        }
        wish
    }

    fn takes(&mut self, key: &str) -> bool {
        let is_here = self.rest.get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key.as_bytes()));
        if is_here {
            self.rest = self.rest[key.len()..].trim_start_with(is_blank);
        }
        is_here
    }

    /// A word up to a semicolon or that separator, in quotes or not; the blanks behind one without quotes do not count.
    fn word(&mut self, end: Option<u8>) -> BString {
        let is_end = |sign: &u8| *sign == b';' || Some(*sign) == end;
        if let Some((value, behind)) = self.rest.strip_prefix(b"\"").and_then(quoted) {
            self.rest = behind.iter().position(is_end).map_or(b"", |at| &behind[at..]);
            return value;
        }
        let (word, behind) = self.rest.split_at(self.rest.iter().position(is_end).unwrap_or(self.rest.len()));
        self.rest = behind;
        word.trim_end_with(is_blank).into()
    }

    /// A media type with parameters of its own: those that are not for the form field.
    fn media_type(&mut self, end: Option<u8>) -> BString {
        let all = self.rest;
        let mut length = 0;
        loop {
            let behind = &all[length..];
            let next =
                behind.iter().position(|sign| *sign == b';' || Some(*sign) == end).map_or(all.len(), |at| length + at);
            let parameter = all.get(next + 1..).unwrap_or_default().trim_start_with(is_blank).to_ascii_lowercase();
            let is_ours = ["filename=", "headers=", "encoder="].iter().any(|key| parameter.starts_with(key.as_bytes()));
            if is_ours || !all[next..].starts_with(b";") {
                self.rest = &all[next..];
                return all[..next].trim_ascii_end().into();
            }
            length = next + 1;
        }
    }
}

/// What stands before the closing quote, and what behind it: only a quote and a backslash are escaped. `None` if nothing
/// closes it.
fn quoted(text: &[u8]) -> Option<(BString, &[u8])> {
    let mut value = Vec::new();
    let mut rest = text;
    loop {
        let (sign, behind) = rest.split_first()?;
        rest = behind;
        match (sign, behind) {
            (b'"', _) => return Some((value.into(), behind)),
            (b'\\', [escaped @ (b'"' | b'\\'), behind @ ..]) => {
                value.push(*escaped);
                rest = behind;
            }
            (other, _) => value.push(*other),
        }
    }
}

fn is_blank(sign: char) -> bool {
    matches!(sign, ' ' | '\t')
}

fn path_of(name: BString) -> PathBuf {
    PathBuf::from(OsString::from_vec(name.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Wish {
        match parse(BStr::new(text), &mut Vec::new()) {
            Some(PartWish::One(_, wish)) => wish,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn text(value: &str) -> Origin {
        Origin::Text(value.into())
    }

    #[test]
    fn a_part_is_read_as_curl_reads_it() {
        assert_eq!(one("a=  b ;type=x").origin, text("b"));
        assert_eq!(one("a=b;type=text/x").media_type, Some(b"text/x".into()));
        assert_eq!(one("a=\"b;type=x \"").origin, text("b;type=x "));
        assert_eq!(one("a=\"b").origin, text("\"b"));
        assert_eq!(one("a=\"b\\c\\\\\\\"\"").origin, text("b\\c\\\""));
        assert_eq!(one("a=<f").origin, Origin::Inside("f".into()));
        let file =
            one("f=@p.bin;type=text/x; charset=utf-8;filename=\"q\\\"z\";headers=\"X: y\";headers=@h;encoder=8bit");
        assert_eq!(file.origin, Origin::File("p.bin".into()));
        assert_eq!(file.media_type, Some(b"text/x; charset=utf-8".into()));
        assert_eq!(file.file_name, Some(b"q\"z".into()));
        assert_eq!((file.fields, file.field_files), (vec![BString::from("X: y")], vec![PathBuf::from("h")]));
        assert_eq!(file.encoder, Some(b"8bit".into()));
        assert_eq!(parse(BStr::new("nothing"), &mut Vec::new()), None);
        let mut warnings = Vec::new();
        assert!(
            matches!(parse(BStr::new("a=b;c"), &mut warnings), Some(PartWish::One(_, wish)) if wish.origin == text("b"))
        );
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn several_files_and_groups_are_one_part() {
        let Some(PartWish::Files(name, files)) = parse(BStr::new("f=@a,\"b,c\";type=x/y,d"), &mut Vec::new()) else {
            panic!("no files");
        };
        let paths: Vec<Origin> = files.iter().map(|wish| wish.origin.clone()).collect();
        assert_eq!((name, paths), (Some("f".into()), ["a", "b,c", "d"].map(|path| Origin::File(path.into())).to_vec()));
        assert_eq!(files[1].media_type, Some(b"x/y".into()));
        assert!(matches!(parse(BStr::new("=(;type=multipart/alternative"), &mut Vec::new()),
            Some(PartWish::Open(None, wish)) if wish.media_type == Some(b"multipart/alternative".into())));
        assert_eq!(parse(BStr::new("=)"), &mut Vec::new()), Some(PartWish::Close));
    }
}
