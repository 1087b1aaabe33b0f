//! What `-F` says about one part of a form, before any file is looked at (curl(1) `-F`).

use std::path::PathBuf;

/// What one `-F` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PartWish {
    /// A part, and its name.
    One(Option<String>, Wish),
    /// Several files under one name.
    Files(Option<String>, Vec<Wish>),
    /// `=(`: what follows is within one part.
    Open(Option<String>, Wish),
    /// `=)`: the end of that.
    Close,
}

impl PartWish {
    /// A part of text that is taken as it is.
    pub(crate) fn text(name: &str, value: &str) -> PartWish {
        PartWish::One(named(name), Wish { origin: Origin::Text(value.to_owned()), ..Wish::default() })
    }
}

/// A content and what is said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) origin: Origin,
    pub(crate) file_name: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) encoder: Option<String>,
    pub(crate) fields: Vec<String>,
    /// Files that hold further fields.
    pub(crate) field_files: Vec<PathBuf>,
}

/// Where the content of a part comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// What was typed.
    Text(String),
    /// `@file`: a file, sent as one.
    File(PathBuf),
    /// `<file`: what a file holds.
    Inside(PathBuf),
}

impl Default for Origin {
    fn default() -> Origin {
        Origin::Text(String::new())
    }
}

fn named(name: &str) -> Option<String> {
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

/// Reads `name=content`, `name=@file,file`, `name=<file`, `=(` and `=)`, with `;type=`, `;filename=`, `;headers=` and
/// `;encoder=`; what else stands behind a semicolon is left out with a warning. `None` if there is no `=`.
pub(crate) fn parse(text: &str, warnings: &mut Vec<String>) -> Option<PartWish> {
    let (name, rest) = text.split_once('=')?;
    let name = named(name);
    let mut reader = Reader { rest, warnings };
    Some(match rest.chars().next() {
        Some('(') => PartWish::Open(name, reader.wish(None, |_| Origin::default())),
        Some(')') if rest == ")" && name.is_none() => PartWish::Close,
        Some('@') => {
            let mut files = Vec::new();
            while reader.rest.starts_with(['@', ',']) {
                reader.rest = &reader.rest[1..];
                files.push(reader.wish(Some(','), |path| Origin::File(path.into())));
            }
            match <[Wish; 1]>::try_from(files) {
                Ok([one]) => PartWish::One(name, one),
                Err(files) => PartWish::Files(name, files),
            }
        }
        Some('<') => {
            reader.rest = &rest[1..];
            PartWish::One(name, reader.wish(None, |path| Origin::Inside(path.into())))
        }
        _ => PartWish::One(name, reader.wish(None, Origin::Text)),
    })
}

struct Reader<'t, 'w> {
    rest: &'t str,
    warnings: &'w mut Vec<String>,
}

impl Reader<'_, '_> {
    /// A content and what is said of it, up to the end or that separator.
    fn wish(&mut self, end: Option<char>, origin: impl Fn(String) -> Origin) -> Wish {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
        let mut wish = Wish { origin: origin(self.word(end)), ..Wish::default() };
        while let Some(parameter) = self.rest.strip_prefix(';') {
            self.rest = parameter.trim_start_matches([' ', '\t']);
            if self.takes("type=") && wish.media_type.is_none() {
                wish.media_type = Some(self.media_type(end));
            } else if self.takes("filename=") {
                wish.file_name = Some(self.word(end));
            } else if self.takes("encoder=") {
                wish.encoder = Some(self.word(end));
            } else if self.takes("headers=") {
                if self.rest.starts_with(['@', '<']) {
                    self.rest = &self.rest[1..];
                    wish.field_files.push(self.word(end).into());
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
        let is_here = self.rest.get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key));
        if is_here {
            self.rest = self.rest[key.len()..].trim_start_matches([' ', '\t']);
        }
        is_here
    }

    /// A word up to a semicolon or that separator, in quotes or not; the blanks behind one without quotes do not count.
    fn word(&mut self, end: Option<char>) -> String {
        let is_end = |sign: char| sign == ';' || Some(sign) == end;
        if let Some((value, behind)) = self.rest.strip_prefix('"').and_then(quoted) {
            self.rest = behind.find(is_end).map_or("", |at| &behind[at..]);
            return value;
        }
        let (word, behind) = self.rest.split_at(self.rest.find(is_end).unwrap_or(self.rest.len()));
        self.rest = behind;
        word.trim_end_matches([' ', '\t']).to_owned()
    }

    /// A media type with parameters of its own: those that are not for the form field.
    fn media_type(&mut self, end: Option<char>) -> String {
        let all = self.rest;
        let mut length = 0;
        loop {
            let behind = &all[length..];
            let next = behind.find(|sign: char| sign == ';' || Some(sign) == end).map_or(all.len(), |at| length + at);
            let parameter =
                all.get(next + 1..).unwrap_or_default().trim_start_matches([' ', '\t']).to_ascii_lowercase();
            let is_ours = ["filename=", "headers=", "encoder="].iter().any(|key| parameter.starts_with(key));
            if is_ours || !all[next..].starts_with(';') {
                self.rest = &all[next..];
                return all[..next].trim_ascii_end().to_owned();
            }
            length = next + 1;
        }
    }
}

/// What stands before the closing quote, and what behind it: only a quote and a backslash are escaped. `None` if nothing
/// closes it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut signs = text.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(signs.next_if(|(_, next)| matches!(next, '"' | '\\')).map_or('\\', |(_, next)| next)),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Wish {
        match parse(text, &mut Vec::new()) {
            Some(PartWish::One(_, wish)) => wish,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn text(value: &str) -> Origin {
        Origin::Text(value.to_owned())
    }

    #[test]
    fn a_part_is_read_as_curl_reads_it() {
        assert_eq!(one("a=  b ;type=x").origin, text("b"));
        assert_eq!(one("a=b;type=text/x").media_type.as_deref(), Some("text/x"));
        assert_eq!(one("a=\"b;type=x \"").origin, text("b;type=x "));
        assert_eq!(one("a=\"b").origin, text("\"b"));
        assert_eq!(one("a=\"b\\c\\\\\\\"\"").origin, text("b\\c\\\""));
        assert_eq!(one("a=<f").origin, Origin::Inside("f".into()));
        let file =
            one("f=@p.bin;type=text/x; charset=utf-8;filename=\"q\\\"z\";headers=\"X: y\";headers=@h;encoder=8bit");
        assert_eq!(file.origin, Origin::File("p.bin".into()));
        assert_eq!(file.media_type.as_deref(), Some("text/x; charset=utf-8"));
        assert_eq!(file.file_name.as_deref(), Some("q\"z"));
        assert_eq!((file.fields, file.field_files), (vec!["X: y".to_owned()], vec![PathBuf::from("h")]));
        assert_eq!(file.encoder.as_deref(), Some("8bit"));
        assert_eq!(parse("nothing", &mut Vec::new()), None);
        let mut warnings = Vec::new();
        assert!(matches!(parse("a=b;c", &mut warnings), Some(PartWish::One(_, wish)) if wish.origin == text("b")));
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn several_files_and_groups_are_one_part() {
        let Some(PartWish::Files(name, files)) = parse("f=@a,\"b,c\";type=x/y,d", &mut Vec::new()) else {
            panic!("no files");
        };
        let paths: Vec<Origin> = files.iter().map(|wish| wish.origin.clone()).collect();
        assert_eq!(
            (name.as_deref(), paths),
            (Some("f"), ["a", "b,c", "d"].map(|path| Origin::File(path.into())).to_vec())
        );
        assert_eq!(files[1].media_type.as_deref(), Some("x/y"));
        assert!(matches!(parse("=(;type=multipart/alternative", &mut Vec::new()),
            Some(PartWish::Open(None, wish)) if wish.media_type.as_deref() == Some("multipart/alternative")));
        assert_eq!(parse("=)", &mut Vec::new()), Some(PartWish::Close));
    }
}
