//! The media types of files, by the ends of their names.

use std::path::Path;

use memchr::memmem;

/// A line for each media type: its name, and the extensions of its files, a blank before each; `build.rs` writes it.
const TYPES: &str = include_str!(concat!(env!("OUT_DIR"), "/media-types.txt"));

/// What a file is of which nothing else is known (RFC 2046 4.5.1).
const UNKNOWN: &str = "application/octet-stream";

/// The media type of a file with that name: `type/subtype`, without parameters.
pub(super) fn of(name: &str) -> &'static str {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let is_word = !extension.is_empty() && !extension.contains(char::is_whitespace);
    let found = if is_word { line_with(&extension.to_ascii_lowercase()) } else { None };
    found.and_then(|line| line.split(' ').next()).unwrap_or(UNKNOWN)
}

/// The line that has that extension.
fn line_with(extension: &str) -> Option<&'static str> {
    let word = format!(" {extension}");
    memmem::find_iter(TYPES.as_bytes(), &word).find_map(|at| {
        let (before, behind) = (&TYPES[..at], &TYPES[at + word.len()..]);
        let is_whole = behind.starts_with([' ', '\n']);
        is_whole.then(|| &TYPES[before.rfind('\n').map_or(0, |end| end + 1)..at])
    })
}

/// Whether what has that type is text, which gzip makes smaller.
pub(super) fn is_text(media_type: &str) -> bool {
    let (kind, subtype) = media_type.split_once('/').unwrap_or((media_type, ""));
    kind == "text"
        || subtype.ends_with("+json")
        || subtype.ends_with("+xml")
        || matches!(subtype, "javascript" | "json" | "xml" | "wasm" | "ttf" | "otf" | "sql")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_type() {
        let cases = [
            ("index.html", "text/html"),
            ("INDEX.HTML", "text/html"),
            ("a.b.css", "text/css"),
            ("app.js", "text/javascript"),
            ("data.json", "application/json"),
            ("font.woff2", "font/woff2"),
            ("photo.jpeg", "image/jpeg"),
            ("picture.svg", "image/svg+xml"),
            ("module.wasm", "application/wasm"),
            ("tables.7z", "application/x-7z-compressed"),
            ("notes", UNKNOWN),
            (".html", UNKNOWN),
            ("a.", UNKNOWN),
            ("a.htm l", UNKNOWN),
            ("a.text/html", UNKNOWN),
            ("a.no-such-extension", UNKNOWN),
            ("ä.ä", UNKNOWN),
        ];
        for (name, media_type) in cases {
            assert_eq!(of(name), media_type, "{name}");
        }
    }

    #[test]
    fn every_line_is_a_type_with_extensions() {
        for line in TYPES.lines() {
            let (media_type, extensions) = line.split_once(' ').unwrap();
            assert!(media_type.parse::<mime::Mime>().is_ok(), "{line}");
            for extension in extensions.split(' ') {
                assert_eq!(of(&format!("file.{extension}")), media_type, "{line}");
            }
        }
    }

    #[test]
    fn text_is_what_people_write() {
        for media_type in
            ["text/plain", "application/json", "image/svg+xml", "application/manifest+json", "text/javascript"]
        {
            assert!(is_text(media_type), "{media_type}");
        }
        for media_type in ["image/png", "application/zip", UNKNOWN, "font/woff2", "application/jsonx"] {
            assert!(!is_text(media_type), "{media_type}");
        }
    }
}
