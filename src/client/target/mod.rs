//! The target URI: what was typed, as RFC 3986 understands it, and its resolution against a base.

mod host;
mod path;

use std::fmt;

use percent_encoding::percent_decode_str;

use super::error::{Error, Kind};
use host::{HostPort, parse_host_port, parse_port};
use path::{encode, encode_query, merge, remove_dot_segments, split_path};

/// The schemes that are spoken here (RFC 9110 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
}

impl Scheme {
    /// The scheme in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    /// The port that needs no mention.
    pub fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

/// A user name and a password, decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Userinfo {
    /// The user's name.
    pub user: String,
    /// The password, empty if none was given.
    pub password: String,
}

impl Userinfo {
    /// Whether it names nobody, and has no password either: then it says nothing.
    pub fn is_empty(&self) -> bool {
        self.user.is_empty() && self.password.is_empty()
    }
}

impl fmt::Debug for Userinfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Userinfo").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A target URI (RFC 9110 7.1), checked: what is here can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetUri {
    /// The scheme.
    pub scheme: Scheme,
    /// User and password from the authority; they are never sent as part of a URI (RFC 9110 4.2.4).
    pub userinfo: Option<Userinfo>,
    /// The host as in the `Host` field; an IPv6 address is in brackets.
    pub host: String,
    /// The host as it was written, if its letters are not ASCII: what a person would know again.
    pub typed_host: Option<String>,
    /// The zone of an IPv6 address: by which network interface it is reached. Only this machine knows what it means, so
    /// that no `Host` field has it (RFC 6874 4).
    pub zone: Option<String>,
    /// The port if it was written and is not the scheme's own.
    pub port: Option<u16>,
    /// The path, at least `/`.
    pub path: String,
    /// The query without its `?`.
    pub query: Option<String>,
    /// The fragment without its `#`; it never leaves the machine.
    pub fragment: Option<String>,
}

/// How text becomes a target URI.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading {
    /// Keeps `/../` and `/./` in the path.
    pub path_as_is: bool,
    /// Takes spaces, which are percent-encoded then: servers write them into `Location`.
    pub spaces: bool,
    /// Refuses a URI with userinfo in it (curl(1) `--disallow-username-in-url`).
    pub no_userinfo: bool,
}

impl TargetUri {
    /// Reads an absolute `http` or `https` URI.
    ///
    /// Blanks, where they are taken at all, and what is not ASCII are percent-encoded; all else stays as it was typed.
    ///
    /// ```
    /// use httpkit::client::{Reading, TargetUri};
    ///
    /// let target = TargetUri::parse("http://[::1]:8080/a/../b?c=d", Reading::default())?;
    /// assert_eq!((target.path.as_str(), target.query.as_deref()), ("/b", Some("c=d")));
    /// assert_eq!(target.bare_host(), "::1");
    /// assert!(TargetUri::parse("ftp://example.com/", Reading::default()).is_err());
    /// # Ok::<(), httpkit::client::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Kind::Protocol` for another scheme; `Kind::Userinfo` for userinfo where that is refused; `Kind::Url` for no scheme, an empty or impossible host, an impossible port,
    /// white space or control characters.
    pub fn parse(text: &str, reading: Reading) -> Result<TargetUri, Error> {
        let wrong = |what: &str| Error::new(Kind::Url, format!("URL '{}': {what}", shown(text)));
        if text.bytes().any(|byte| byte.is_ascii_control() || (byte == b' ' && !reading.spaces)) {
            return Err(wrong("white space or a control character, write it as %20 or so"));
        }
        let Some((scheme, rest)) = split_scheme(text) else {
            return Err(wrong("expected a scheme, as in http://"));
        };
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            other => {
                return Err(Error::new(
                    Kind::Protocol,
                    format!("protocol '{other}' is not built in, expected http, https or file"),
                ));
            }
        };
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (userinfo, host_port) = match authority.split_once('@') {
            Some(_) if reading.no_userinfo => {
                let what = "a user name in it, which --disallow-username-in-url refuses";
                return Err(Error::new(Kind::Userinfo, format!("URL '{}': {what}", shown(text))));
            }
            Some((userinfo, host_port)) => (Some(parse_userinfo(userinfo)), host_port),
            None => (None, authority),
        };
        let HostPort { host, typed, zone, port } = parse_host_port(host_port).map_err(|what| wrong(&what))?;
        let (path, query, fragment) = split_path(rest);
        let path = encode(if path.is_empty() { "/" } else { path });
        let path = if reading.path_as_is { path } else { remove_dot_segments(&path) };
        Ok(TargetUri {
            scheme,
            userinfo: userinfo.filter(|userinfo| !userinfo.is_empty()),
            host,
            typed_host: typed,
            zone,
            port: port.filter(|port| *port != scheme.default_port()),
            path,
            query: query.map(encode_query),
            fragment: fragment.map(encode),
        })
    }

    /// The port to connect to.
    pub fn effective_port(&self) -> u16 {
        self.port.unwrap_or(self.scheme.default_port())
    }

    /// The host without the brackets of an IPv6 address.
    pub fn bare_host(&self) -> &str {
        self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&self.host)
    }

    /// Host and, unless it is the scheme's own, port: the value of `Host` (RFC 9112 3.2).
    pub fn authority(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// The request target in origin-form (RFC 9112 3.2.1).
    pub fn origin_form(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// Whether both are of one origin: scheme, host and port (RFC 6454 4).
    pub fn same_origin(&self, other: &TargetUri) -> bool {
        self.scheme == other.scheme
            && self.host.eq_ignore_ascii_case(&other.host)
            && self.zone == other.zone
            && self.effective_port() == other.effective_port()
    }

    /// The URI that `reference` means here (RFC 3986 5.2). A fragment is not inherited: only one who shows the content
    /// would have a use for it (RFC 9110 10.2.2).
    ///
    /// # Errors
    /// As [`TargetUri::parse`], for what comes out.
    pub fn resolve(&self, reference: &str, reading: Reading) -> Result<TargetUri, Error> {
        let reading = Reading { spaces: true, ..reading };
        if has_scheme(reference) {
            TargetUri::parse(reference, reading)
        } else if let Some(rest) = reference.strip_prefix("//") {
            TargetUri::parse(&format!("{}://{rest}", self.scheme.name()), reading)
        } else {
            let (path, query, fragment) = split_path(reference);
            let (path, query) = match (path, query) {
                ("", None) => (self.path.clone(), self.query.clone()),
                ("", Some(query)) => (self.path.clone(), Some(query.to_owned())),
                (path, query) if path.starts_with('/') => (path.to_owned(), query.map(str::to_owned)),
                (path, query) => (merge(&self.path, path), query.map(str::to_owned)),
            };
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
            let authority = format!("{}://{}", self.scheme.name(), self.authority());
            let mut target = TargetUri::parse(&format!("{authority}{path}{query}{fragment}"), reading)?;
            target.userinfo.clone_from(&self.userinfo);
            target.zone.clone_from(&self.zone);
            target.typed_host.clone_from(&self.typed_host);
            Ok(target)
        }
    }
}

/// The URI without userinfo and fragment: what may be shown and sent.
impl fmt::Display for TargetUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, target) = (self.scheme.name(), self.origin_form());
        match &self.zone {
            None => write!(f, "{scheme}://{}{target}", self.authority()),
            Some(zone) => {
                let port = self.port.map_or_else(String::new, |port| format!(":{port}"));
                write!(f, "{scheme}://[{}%25{zone}]{port}{target}", self.bare_host())
            }
        }
    }
}

/// A URL as it may stand in a message: the password masked.
pub fn shown(text: &str) -> String {
    let start = split_scheme(text).map_or(0, |(_, rest)| text.len() - rest.trim_start_matches('/').len());
    let end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
    // What stands in the place of a port and is none may be the first part of a password, up to a slash in it.
    let behind_address = text[start..end].rfind(']').map_or(start, |at| start + at);
    let port = text[behind_address..end].rsplit_once(':').map_or("", |(_, port)| port);
    let is_torn = !text[start..end].contains('@') && !port.is_empty() && parse_port(port).is_none();
    let end = if is_torn { text.len() } else { end };
    match text[start..end].rfind('@') {
        Some(at) => format!("{}***{}", &text[..start], &text[start + at..]),
        None => text.to_owned(),
    }
}

/// The user name of a URL, and its password if there is one, as they were typed.
pub fn typed_userinfo(text: &str) -> Option<(&str, Option<&str>)> {
    let rest = split_scheme(text).map_or(text, |(_, rest)| rest);
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let (userinfo, _) = authority.split_once('@')?;
    Some(userinfo.split_once(':').map_or((userinfo, None), |(user, password)| (user, Some(password))))
}

/// Whether text starts with a scheme and a colon (RFC 3986 3.1).
pub fn has_scheme(text: &str) -> bool {
    match text.split_once(':') {
        Some((scheme, _)) => {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        }
        None => false,
    }
}

/// The scheme, and what follows the slashes behind it: one to three of them, as people type them.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':').filter(|(_, rest)| rest.starts_with('/') && has_scheme(text))?;
    let slashes = rest.bytes().take_while(|byte| *byte == b'/').count();
    Some((scheme, &rest[slashes.min(3)..]))
}

fn parse_userinfo(text: &str) -> Userinfo {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Userinfo { user: decoded(user), password: decoded(password) }
}

/// The name of the file that a path ends in: what `-O` calls it. It is not decoded, and slashes behind it do not count
/// (curl(1) `-O`).
pub fn last_segment(target: &TargetUri) -> &str {
    target.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<TargetUri, Error> {
        TargetUri::parse(text, Reading::default())
    }

    #[test]
    fn what_is_typed_becomes_host_and_request_target() {
        for (typed, authority, target) in [
            ("http://example.com", "example.com", "/"),
            ("HTTP://Example.com/a", "Example.com", "/a"),
            ("http://example.com:80/a?b=c#d", "example.com", "/a?b=c"),
            ("http://example.com:/", "example.com", "/"),
            ("https://example.com:80/", "example.com:80", "/"),
            ("http://u:p@example.com:8080?x", "example.com:8080", "/?x"),
            ("http://[::1]:3000/x", "[::1]:3000", "/x"),
            ("http://127.1/", "127.0.0.1", "/"),
            ("http://b\u{fc}cher.example/\u{fc}?\u{fc}", "xn--bcher-kva.example", "/%C3%BC?%C3%BC"),
            ("http:/h/a", "h", "/a"),
            ("http:///h/a", "h", "/a"),
            ("http://[::1%25lo]:81/", "[::1]:81", "/"),
            ("http://[fe80::1%lo]/", "[fe80::1]", "/"),
            ("http://a.example.1/", "a.example.1", "/"),
            ("http://1.2.3.256/", "1.2.3.256", "/"),
            ("http://h/a/./b/../c/..", "h", "/a/"),
            ("http://h/../../x", "h", "/x"),
            ("http://h//a//b", "h", "//a//b"),
            ("http://h/%7e%2f?q=\"{x}[1]", "h", "/%7e%2f?q=\"{x}[1]"),
        ] {
            let uri = parse(typed).unwrap();
            assert_eq!((uri.authority().as_str(), uri.origin_form().as_str()), (authority, target), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for (typed, kind) in [
            ("ftp://example.com/", Kind::Protocol),
            ("file:///etc/passwd", Kind::Protocol),
            ("example.com", Kind::Url),
            ("http://", Kind::Url),
            ("http:////path", Kind::Url),
            ("http://u@v:80@h/", Kind::Url),
            ("http://:80/", Kind::Url),
            ("http://h:port/", Kind::Url),
            ("http://h:65536/", Kind::Url),
            ("http://h:-1/", Kind::Url),
            ("http://h/a b", Kind::Url),
            ("http://h/a\r\nX: y", Kind::Url),
            ("http://[::1/", Kind::Url),
            ("http://a<b/", Kind::Url),
        ] {
            assert_eq!(parse(typed).map_err(|error| error.kind), Err(kind), "{typed}");
        }
    }

    #[test]
    fn a_label_that_dns_cannot_hold_is_no_host() {
        let host = |letters: usize| parse(&format!("http://\u{fc}{}.test/", "b".repeat(letters)));
        assert!(host(50).is_ok());
        let refused = host(60).unwrap_err();
        assert!(refused.kind == Kind::Url && refused.message.contains("63 bytes"), "{}", refused.message);
        // Names of ASCII letters have an end too.
        let long = |letters: usize| parse(&format!("http://{}/", "a".repeat(letters))).map_err(|error| error.kind);
        assert!(long(65_535).is_ok());
        assert_eq!(long(65_536), Err(Kind::Url));
    }

    #[test]
    fn the_userinfo_is_decoded_and_never_shown() {
        let uri = parse("http://m%40e:s%3Acret@h/").unwrap();
        assert_eq!(uri.userinfo, Some(Userinfo { user: "m@e".into(), password: "s:cret".into() }));
        assert_eq!(uri.to_string(), "http://h/");
        assert_eq!(shown("http://me:secret@h/a@b"), "http://***@h/a@b");
        // However many slashes were typed.
        assert_eq!(shown("http:/me:secret@h/a@b"), "http:/***@h/a@b");
        assert_eq!(shown("http://///me:secret@h"), "http://///***@h");
        // A slash in the password ends the authority too early.
        assert_eq!(shown("http://me:sec/ret@h/"), "http://***@h/");
        assert_eq!(shown("http://me:123456/ret@h/"), "http://***@h/");
        assert_eq!(shown("http://h:80/a@b"), "http://h:80/a@b");
        assert_eq!(shown("http://[::1]/a@b"), "http://[::1]/a@b");
        let error = parse("http://me:sec/ret@h/").unwrap_err().message;
        assert!(!error.contains("sec") && !error.contains("ret"), "{error}");
    }

    #[test]
    fn references_resolve_as_in_rfc_3986_section_5_4() {
        let base = parse("http://a/b/c/d;p?q").unwrap();
        for (reference, expected) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"),
            (";x", "http://a/b/c/;x"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            ("..g", "http://a/b/c/..g"),
            ("./../g", "http://a/b/g"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("https://g/", "https://g/"),
            ("/a b", "http://a/a%20b"),
        ] {
            assert_eq!(base.resolve(reference, Reading::default()).unwrap().to_string(), expected, "{reference}");
        }
        assert_eq!(base.resolve("file:///x", Reading::default()).unwrap_err().kind, Kind::Protocol);
        let marked = parse("http://a/b#part").unwrap();
        assert_eq!(marked.resolve("/c", Reading::default()).unwrap().fragment, None);
        assert_eq!(marked.resolve("/c#other", Reading::default()).unwrap().fragment.as_deref(), Some("other"));
    }
}
