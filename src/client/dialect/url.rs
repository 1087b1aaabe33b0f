//! A URL as the original clients had it: sent as it is typed, without a scheme and a port.

use super::super::error::{Error, Kind};
use super::super::target::shown;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// The host; an IPv6 address is in brackets.
    pub host: String,
    /// The port, if it was written.
    pub port: Option<u16>,
    /// Everything behind the authority, as typed: empty, or from the first `/`, `?` or `#` on.
    pub rest: String,
}

impl Url {
    /// Reads what was typed. A colon in place of the host is this machine, as in `:8080/x`.
    ///
    /// # Errors
    /// `Kind::Protocol` for a scheme other than `http`; `Kind::Url` for an empty host, a port that is none, white space
    /// and control characters.
    pub fn parse(typed: &str) -> Result<Url, Error> {
        let wrong = |what: &str| Error::new(Kind::Url, format!("URL '{}': {what}", shown(typed)));
        if typed.chars().any(|sign| sign.is_control() || sign.is_whitespace()) {
            return Err(wrong("white space or a control character"));
        }
        let text = match typed.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some((scheme, _)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                let what = format!("protocol '{scheme}' is not spoken in a dialect");
                return Err(Error::new(Kind::Protocol, what));
            }
            _ => typed,
        };
        let (authority, rest) = text.split_at(text.find(['/', '?', '#']).unwrap_or(text.len()));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port),
            _ => (authority, ""),
        };
        let port = match port {
            "" => None,
            digits => Some(digits.parse().map_err(|_| wrong("the port is none"))?),
        };
        let host = if authority.starts_with(':') { "127.0.0.1" } else { host };
        match host {
            "" => Err(wrong("expected a host")),
            host => Ok(Url { host: host.to_owned(), port, rest: rest.to_owned() }),
        }
    }

    /// The path behind its slash; `None` if there is no slash.
    pub fn path(&self) -> Option<&str> {
        self.rest.strip_prefix('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_kept_as_typed() {
        for (typed, host, port, rest) in [
            ("127.0.0.1/create", "127.0.0.1", None, "/create"),
            ("http://127.0.0.1:81/create", "127.0.0.1", Some(81), "/create"),
            ("test.com", "test.com", None, ""),
            ("127.0.0.1??", "127.0.0.1", None, "??"),
            (":8081/x", "127.0.0.1", Some(8081), "/x"),
            (":/x", "127.0.0.1", None, "/x"),
            ("[::1]:81/x", "[::1]", Some(81), "/x"),
            ("[::1]/x", "[::1]", None, "/x"),
            ("h/a/../b%20?x=http://y", "h", None, "/a/../b%20?x=http://y"),
            ("한국.kr/가", "한국.kr", None, "/가"),
        ] {
            let expected = Url { host: host.to_owned(), port, rest: rest.to_owned() };
            assert_eq!(Url::parse(typed).unwrap(), expected, "{typed}");
        }
        for (typed, kind) in [
            ("https://a/", Kind::Protocol),
            ("ftp://a/", Kind::Protocol),
            ("a:x/", Kind::Url),
            ("a:65536/", Kind::Url),
            ("/x", Kind::Url),
            ("", Kind::Url),
            ("a/b c", Kind::Url),
            ("a/\r\nEvil: 1", Kind::Url),
        ] {
            assert_eq!(Url::parse(typed).unwrap_err().kind, kind, "{typed}");
        }
    }
}
