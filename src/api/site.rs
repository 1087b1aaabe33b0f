//! Names of hosts and origins as they are compared: parsed, in lower case, with the port that a scheme implies.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// An origin (RFC 6454): scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: WebScheme,
    host: String,
    port: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WebScheme {
    Http,
    Https,
}

impl WebScheme {
    fn port(self) -> u16 {
        match self {
            WebScheme::Http => 80,
            WebScheme::Https => 443,
        }
    }
}

impl Origin {
    /// Reads an origin as browsers send it: `scheme://host[:port]` and nothing else.
    pub(super) fn parse(text: &str) -> Option<Origin> {
        let (scheme, authority) = text.split_once("://")?;
        let scheme = match scheme {
            scheme if scheme.eq_ignore_ascii_case("http") => WebScheme::Http,
            scheme if scheme.eq_ignore_ascii_case("https") => WebScheme::Https,
            _ => return None,
        };
        let (host, port) = parts(authority)?;
        Some(Origin { scheme, host, port: port.unwrap_or(scheme.port()) })
    }

    /// Whether it is of this machine.
    pub(super) fn is_loopback(&self) -> bool {
        self.host == "localhost" || ip_literal(&self.host).is_some_and(|ip| ip.is_loopback())
    }

    /// Whether it is the origin of a server that is reached by plain http under this authority.
    pub(super) fn is_of(&self, authority: &str) -> bool {
        let own = parts(authority).map(|(host, port)| (host, port.unwrap_or(WebScheme::Http.port())));
        self.scheme == WebScheme::Http && own.is_some_and(|(host, port)| (host, port) == (self.host.clone(), self.port))
    }
}

impl FromStr for Origin {
    type Err = String;

    /// Reads an origin as people type it: a slash may stand at its end.
    fn from_str(text: &str) -> Result<Origin, String> {
        let origin = Origin::parse(text.strip_suffix('/').unwrap_or(text));
        origin
            .ok_or_else(|| "expected an origin such as https://example.org or http://10.0.0.5:3000, or '*'".to_owned())
    }
}

/// A host name that is this server's, with a port or without; `*.NAME` stands for all names below NAME.
///
/// ```
/// use httpkit::api::HostRule;
///
/// assert!("*.example.org".parse::<HostRule>().is_ok() && "box:8080".parse::<HostRule>().is_ok());
/// assert!("https://example.org/".parse::<HostRule>().is_err(), "a URL is none");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRule {
    name: String,
    is_below: bool,
    port: Option<u16>,
}

impl HostRule {
    /// Whether an authority names this server.
    pub(super) fn covers(&self, authority: &str) -> bool {
        let host = host_of(authority);
        let is_named = match self.is_below {
            true => {
                let start = host.len().saturating_sub(self.name.len());
                start > 1
                    && host.is_char_boundary(start)
                    && host[start..].eq_ignore_ascii_case(&self.name)
                    && host[..start].ends_with('.')
            }
            false => host.eq_ignore_ascii_case(&self.name),
        };
        is_named && self.port.is_none_or(|port| parts(authority).is_some_and(|(_, named)| named.unwrap_or(80) == port))
    }
}

impl FromStr for HostRule {
    type Err = String;

    fn from_str(text: &str) -> Result<HostRule, String> {
        let (is_below, name) = match text.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, text),
        };
        let wrong = || "expected a host name such as data.lan, data.lan:8080 or *.lan".to_owned();
        let (name, port) = parts(name).ok_or_else(wrong)?;
        Ok(HostRule { name, is_below, port })
    }
}

/// The host of `host[:port]`, brackets of an IPv6 literal included.
#[inline]
pub(super) fn host_of(authority: &str) -> &str {
    let bytes = authority.as_bytes();
    match bytes.iter().rposition(|&byte| matches!(byte, b':' | b']')) {
        Some(end) if bytes[end] == b':' => &authority[..end],
        _ => authority,
    }
}

/// The address that a host is, if it is one (RFC 3986 3.2.2).
pub(super) fn ip_literal(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(v6) => v6.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

/// Host and port of an authority without user information (RFC 3986 3.2): the host in lower case, brackets of an IPv6
/// literal included.
fn parts(authority: &str) -> Option<(String, Option<u16>)> {
    let host = host_of(authority);
    let port = match authority[host.len()..].strip_prefix(':') {
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => Some(digits.parse().ok()?),
        None if authority.len() == host.len() => None,
        _ => return None,
    };
    let is_name = |host: &str| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
    };
    let is_host = is_name(host) || (host.starts_with('[') && ip_literal(host).is_some());
    is_host.then(|| (host.to_ascii_lowercase(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_never_match_is_no_rule() {
        for text in ["", "*", "*.", "a b", "http://a", "a/b", "a:b", "a:99999", "[::1", "user@a"] {
            assert!(text.parse::<HostRule>().is_err(), "{text}");
        }
        for text in ["", "example.org", "http://", "http://a/b", "ftp://a", "http://u@a", "null", "https://a:x"] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
        assert_eq!("HTTP://Example.org:80/".parse::<Origin>(), "http://example.org".parse());
        assert_ne!("https://example.org".parse::<Origin>(), "http://example.org".parse());
    }
}
