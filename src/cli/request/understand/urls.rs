//! The URLs of a command line: typed ones, those that a file lists, and what `file://` means.

use std::io::Read;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use super::content;
use super::glob::{self, Globbed};
use crate::cli::args::Word;
use crate::client::{Error, Kind, shown};

/// A URL as it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) text: String,
    /// The number of the word that names it.
    pub(crate) word: usize,
    /// Whether a file listed it: it is no pattern then, and its content goes to a file.
    pub(crate) is_listed: bool,
}

impl Named {
    /// The URLs that it stands for.
    ///
    /// # Errors
    /// `Kind::Url` for a pattern that is none.
    pub(crate) fn expand(&self, is_plain: bool) -> Result<Vec<Globbed>, Error> {
        if is_plain || self.is_listed { Ok(vec![Globbed::plain(&self.text)]) } else { glob::expand(&self.text) }
    }
}

/// The URLs that these words name; `--url @FILE` names those that a file lists, a line each.
///
/// # Errors
/// `Kind::Read` if the file cannot be read.
pub(crate) fn named(words: &[Word], input: &mut dyn Read) -> Result<Vec<Named>, Error> {
    let mut urls = Vec::new();
    for (word, text) in words.iter().enumerate() {
        match text {
            Word::Url(text) if text.starts_with('@') => {
                let bytes = content::read_file(&text.as_bytes()[1..], input)?;
                let list = String::from_utf8_lossy(&bytes);
                let lines = list.lines().map(str::trim_ascii).filter(|line| !line.is_empty() && !line.starts_with('#'));
                urls.extend(lines.map(|line| Named { text: line.to_owned(), word, is_listed: true }));
            }
            Word::Plain(text) | Word::Url(text) => urls.push(Named { text: text.clone(), word, is_listed: false }),
        }
    }
    Ok(urls)
}

/// The path that a `file` URL means (RFC 8089), if it is one.
///
/// # Errors
/// `Kind::Url` for another host than this one, or a null byte.
pub(crate) fn local_path(url: &str) -> Option<Result<PathBuf, Error>> {
    let rest = url.get(..5).filter(|start| start.eq_ignore_ascii_case("file:")).map(|_| &url[5..])?;
    let wrong = |what: &str| Err(Error::new(Kind::Url, format!("URL '{}': {what}", shown(url))));
    let path = match rest.strip_prefix("//") {
        Some(rest) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            if !matches!(host.to_ascii_lowercase().as_str(), "" | "localhost" | "127.0.0.1") {
                return Some(wrong(&format!("host '{host}' of a file, expected none or localhost")));
            }
            path
        }
        None => rest,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let bytes: Vec<u8> = percent_decode_str(path).collect();
    if !path.starts_with('/') {
        return Some(wrong("expected a whole path, as in file:///folder/file"));
    }
    if bytes.contains(&0) {
        return Some(wrong("a null byte in the path"));
    }
    Some(Ok(PathBuf::from(std::ffi::OsString::from_vec(bytes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lists_urls() {
        let words = [Word::Url("@-".into()), Word::Plain("@x".into())];
        let urls = named(&words, &mut "h/a{b}\r\n\n # no\n h/c \n".as_bytes()).unwrap();
        let texts: Vec<(&str, bool)> = urls.iter().map(|url| (url.text.as_str(), url.is_listed)).collect();
        assert_eq!(texts, [("h/a{b}", true), ("h/c", true), ("@x", false)]);
        assert_eq!(urls[0].expand(false).unwrap()[0].url, "h/a{b}");
        assert_eq!(named(&[Word::Url("@/nowhere/x".into())], &mut std::io::empty()).unwrap_err().kind, Kind::Read);
    }

    #[test]
    fn a_file_url_is_a_path() {
        for (url, expected) in [
            ("file:///a/b%20c?d#e", Some("/a/b c")),
            ("FILE://LocalHost/a", Some("/a")),
            ("file://127.0.0.1/a", Some("/a")),
            ("file:/a", Some("/a")),
            ("file://host/a", None),
            ("file://a", None),
            ("file:a", None),
            ("file:///a%00b", None),
        ] {
            assert_eq!(local_path(url).unwrap().ok(), expected.map(PathBuf::from), "{url}");
        }
        assert!(local_path("http://file:/").is_none());
    }
}
