//! The request target and its four forms (RFC 9112 3.2).

use std::str;

use super::{ParseError, Target, is_authority};

/// A target, and the authority that an absolute-form or authority-form target names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ParsedTarget<'a> {
    pub(super) target: Target<'a>,
    pub(super) authority: Option<&'a str>,
}

/// Recognises the form of a target. Beyond the URI grammar, the visible characters that browsers send raw
/// (`"<>[\]^` and the like) are taken; a `#` is not, since a fragment is never sent.
///
/// # Errors
/// [`ParseError::Target`] for bytes or forms that are not valid, [`ParseError::Scheme`] for an `https` target.
pub(super) fn parse<'a>(bytes: &'a [u8], method: &str) -> Result<ParsedTarget<'a>, ParseError> {
    if bytes.is_empty() {
        return Err(ParseError::RequestLine);
    }
    if !bytes.iter().all(|&byte| matches!(byte, 0x21..=0x7E) && byte != b'#') {
        return Err(ParseError::Target("white space, control characters, '#' and bytes above 0x7E are not allowed"));
    }
    let text = str::from_utf8(bytes).map_err(|_| ParseError::Target("not ASCII"))?;
    if method == "CONNECT" {
        return authority_form(text);
    }
    if text.starts_with('/') {
        return Ok(ParsedTarget { target: path_and_query(text), authority: None });
    }
    if text == "*" {
        return if method == "OPTIONS" {
            Ok(ParsedTarget { target: Target::Asterisk, authority: None })
        } else {
            Err(ParseError::Target("'*' is for OPTIONS only"))
        };
    }
    absolute_form(text, method)
}

fn authority_form(text: &str) -> Result<ParsedTarget<'_>, ParseError> {
    let has_port = text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port && is_authority(text.as_bytes()) {
        Ok(ParsedTarget { target: Target::Authority(text), authority: Some(text) })
    } else {
        Err(ParseError::Target("CONNECT takes 'host:port'"))
    }
}

fn absolute_form<'a>(text: &'a str, method: &str) -> Result<ParsedTarget<'a>, ParseError> {
    let (scheme, rest) =
        text.split_once(':').ok_or(ParseError::Target("expected a path that begins with '/', or a URI"))?;
    if !is_scheme(scheme) {
        return Err(ParseError::Target("expected a path that begins with '/', or a URI"));
    }
    if !scheme.eq_ignore_ascii_case("http") {
        return Err(ParseError::Scheme);
    }
    let rest = rest.strip_prefix("//").ok_or(ParseError::Target("an http URI begins with 'http://'"))?;
    let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    if !is_authority(authority.as_bytes()) {
        return Err(ParseError::Target("the authority of the URI is not a host with an optional port"));
    }
    let target = match tail.strip_prefix('?') {
        Some(query) => Target::Path { path: "/", query: Some(query) },
        // `OPTIONS http://host` speaks for the whole server (RFC 9112 3.2.4).
        None if tail.is_empty() && method == "OPTIONS" => Target::Asterisk,
        None if tail.is_empty() => Target::Path { path: "/", query: None },
        None => path_and_query(tail),
    };
    Ok(ParsedTarget { target, authority: Some(authority) })
}

#[inline]
fn path_and_query(text: &str) -> Target<'_> {
    match memchr::memchr(b'?', text.as_bytes()) {
        Some(at) => Target::Path { path: &text[..at], query: Some(&text[at + 1..]) },
        None => Target::Path { path: text, query: None },
    }
}

/// `scheme` of RFC 3986 3.1.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path<'a>(path: &'a str, query: Option<&'a str>, authority: Option<&'a str>) -> ParsedTarget<'a> {
        ParsedTarget { target: Target::Path { path, query }, authority }
    }

    #[test]
    fn forms() {
        let asterisk = |authority| ParsedTarget { target: Target::Asterisk, authority };
        for (method, text, expected) in [
            ("GET", "/", path("/", None, None)),
            ("GET", "//a", path("//a", None, None)),
            ("GET", "/a/b?c=d?e", path("/a/b", Some("c=d?e"), None)),
            ("GET", "/?", path("/", Some(""), None)),
            ("GET", "/a[0]|{x}?q=\"y\"", path("/a[0]|{x}", Some("q=\"y\""), None)),
            ("GET", "http://h", path("/", None, Some("h"))),
            ("GET", "HTTP://h:1/x?y", path("/x", Some("y"), Some("h:1"))),
            ("GET", "http://h?y", path("/", Some("y"), Some("h"))),
            ("GET", "http://[::1]:8080/", path("/", None, Some("[::1]:8080"))),
            ("OPTIONS", "*", asterisk(None)),
            ("OPTIONS", "http://h", asterisk(Some("h"))),
            ("OPTIONS", "http://h/", path("/", None, Some("h"))),
            ("CONNECT", "h:443", ParsedTarget { target: Target::Authority("h:443"), authority: Some("h:443") }),
        ] {
            assert_eq!(parse(text.as_bytes(), method), Ok(expected), "{method} {text}");
        }
    }

    #[test]
    fn refused() {
        for (method, text) in [
            ("GET", "*"),
            ("GET", "a"),
            ("GET", "a/b"),
            ("GET", "h:443x"),
            ("GET", "/a#b"),
            ("GET", "/a\tb"),
            ("GET", "/a\u{e4}"),
            ("GET", "/a\u{7f}"),
            ("GET", "http:///x"),
            ("GET", "http://"),
            ("GET", "http:/x"),
            ("GET", "http://u@h/"),
            ("GET", "http://h:x/"),
            ("CONNECT", "/"),
            ("CONNECT", "h"),
            ("CONNECT", "h:"),
            ("CONNECT", "http://h:1/"),
            ("OPTIONS", "**"),
        ] {
            let error = parse(text.as_bytes(), method).unwrap_err();
            assert_eq!(error.status().as_u16(), if text == "h:443x" { 421 } else { 400 }, "{method} {text}");
        }
        assert_eq!(parse(b"https://h/", "GET"), Err(ParseError::Scheme));
    }
}
