//! Names of files that come from the network.

use super::plan::Transfer;
use crate::print::{line, turns_text};

/// The last part of a name from the network: no folder, no way up, no control character, nothing that turns the direction
/// of text around, and no dot before it, which would hide the file.
pub(crate) fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|sign| !sign.is_control() && !turns_text(*sign)).collect();
    name.trim_start_matches('.').to_owned()
}

/// What a transfer is called where several are at work: its file, else its URL without the scheme.
pub(crate) fn label(transfer: &Transfer) -> String {
    let file = transfer.file.as_deref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy());
    let url = transfer.target.as_ref().map_or(transfer.url.clone(), |target| format!("{}{}", target.host, target.path));
    line(file.as_deref().unwrap_or(&url))
}

/// The file's name in `Content-Disposition` (RFC 6266), made safe. Like curl, it takes `filename` and not `filename*`,
/// with a type before it or not, in quotes of either kind or in none.
pub(crate) fn disposition_name(value: &str) -> Option<String> {
    let mut rest = value;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ';']);
        let (key, after) = match rest.find([';', '=']) {
            Some(at) if rest[at..].starts_with('=') => (&rest[..at], &rest[at + 1..]),
            Some(at) => {
                rest = &rest[at..];
                continue;
            }
            None => return None,
        };
        let (name, behind) = quotable(after.trim_ascii_start());
        if key.trim_ascii().eq_ignore_ascii_case("filename") {
            return Some(safe_name(name)).filter(|name| !name.is_empty());
        }
        rest = behind;
    }
}

/// The file's name in the target of a redirect, made safe.
pub(crate) fn target_name(location: &str) -> Option<String> {
    let path = location.split(['?', '#']).next().unwrap_or_default();
    Some(safe_name(path)).filter(|name| !name.is_empty())
}

/// A value in quotes or up to a semicolon, and what follows it.
fn quotable(text: &str) -> (&str, &str) {
    match text.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
        Some(quote) => text[1..].split_once(quote).unwrap_or((&text[1..], "")),
        None => {
            let (word, rest) = text.split_once(';').unwrap_or((text, ""));
            (word.trim_ascii_end(), rest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_the_network_stay_in_the_folder() {
        for (value, expected) in [
            ("attachment; filename=\"a b.txt\"", Some("a b.txt")),
            ("attachment; FileName=x.bin; size=3", Some("x.bin")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"..\\\\..\\\\evil\"", Some("evil")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"/\"", None),
            ("attachment", None),
            ("filename=plain.txt", Some("plain.txt")),
            ("filename=plain; charset=x", Some("plain")),
            ("inline; filename=\"a;b=c.txt\"; x=y", Some("a;b=c.txt")),
            ("inline; x=\"; filename=no\"; filename='it; is'", Some("it; is")),
            ("inline; filename='open", Some("open")),
            ("attachment; filename*=UTF-8''x", None),
            ("attachment; filename*=UTF-8''x; filename=y", Some("y")),
            ("attachment; filename=.bashrc", Some("bashrc")),
            ("attachment; filename=\"evil\u{202e}txt.exe\"", Some("eviltxt.exe")),
            ("", None),
        ] {
            assert_eq!(disposition_name(value).as_deref(), expected, "{value}");
        }
        assert_eq!(safe_name("a\x1b[1m\nb"), "a[1mb");
    }
}
