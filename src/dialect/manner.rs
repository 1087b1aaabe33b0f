//! What a request is written in, told by how it begins.

use super::head::Message;

/// A way of writing requests that looks like no other one.
///
/// ```
/// use httpkit::dialect::Manner;
///
/// assert_eq!(Manner::of(b"GET /posts HTTP/1.1\r\nHost: a\r\n\r\n"), Some(Manner::Http));
/// assert_eq!(Manner::of(b"GET,test.com"), Some(Manner::Comma));
/// assert_eq!(Manner::of(&[0x16, 3, 1]), Some(Manner::Tls));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// HTTP/1.1 as RFC 9112 has it.
    Http,
    /// HTTP within TLS, as clients speak to `https` URLs.
    Tls,
    /// The target is a file name without a slash.
    Dialog,
    /// The URL is in `Host`: `pairs` and `banner`.
    Pairs,
    /// A method, a comma, a URL.
    Comma,
}

impl Manner {
    /// What this is the beginning of, if it is that of anything.
    pub fn of(bytes: &[u8]) -> Option<Manner> {
        // A handshake of any version of TLS (RFC 8446 5.1).
        if let [0x16, 3, ..] = bytes {
            return Some(Manner::Tls);
        }
        let message = Message::parse(bytes)?;
        match message.words.as_slice() {
            [_, target, version, ..] if version.starts_with("HTTP/") => Some(match target.chars().next() {
                Some('/' | '*') if message.host.contains('/') => Manner::Pairs,
                Some('/' | '*') => Manner::Http,
                _ if target.contains("://") || message.method() == "CONNECT" => Manner::Http,
                _ => Manner::Dialog,
            }),
            [word, ..] => {
                let (method, url) = word.split_once(',')?;
                let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
                (is_method && !url.is_empty()).then_some(Manner::Comma)
            }
            [] => None,
        }
    }

    /// What people call it, and what a server has to be started with to understand it.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Manner::Http => ("plain HTTP", "serve without --dialect"),
            Manner::Tls => ("TLS, as for an https:// URL", "ask with http://"),
            Manner::Dialog => ("the dialect 'dialog'", "serve with --dialect dialog"),
            Manner::Pairs => ("the dialect 'pairs' or 'banner'", "serve with --dialect pairs or banner"),
            Manner::Comma => ("the dialect 'comma'", "serve with --dialect comma"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_manner_is_told_by_its_beginning() {
        for (bytes, expected) in [
            (&b"GET /x HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"[..], Some(Manner::Http)),
            (b"\r\nGET /x HTTP/1.1\r\nHost: h\r\n", Some(Manner::Http)),
            (b"GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", Some(Manner::Http)),
            (b"OPTIONS * HTTP/1.1\r\n\r\n", Some(Manner::Http)),
            (b"CONNECT h:443 HTTP/1.1\r\n\r\n", Some(Manner::Http)),
            (b"GET students.json HTTP/1.1\nHost: 127.0.0.1\n", Some(Manner::Dialog)),
            (b"GET / HTTP/1.1\r\nHost: 127.0.0.1/create\r\n\r\n", Some(Manner::Pairs)),
            (b"GET / HTTP/1.1\r\nHost: ?/?\r\n\n", Some(Manner::Pairs)),
            (b"GET,test.com", Some(Manner::Comma)),
            (b"GET,test.com/a\r\n", Some(Manner::Comma)),
            (b"\x16\x03\x01\x02\x00\x01", Some(Manner::Tls)),
            (b"hello", None),
            (b"a,b", None),
            (b"GET,", None),
            (b"GET / X\r\n\r\n", None),
            (b"\xff\xfe", None),
            (b"", None),
        ] {
            assert_eq!(Manner::of(bytes), expected, "{}", bytes.escape_ascii());
        }
    }
}
