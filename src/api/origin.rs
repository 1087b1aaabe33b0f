//! Which sites may talk to the server: the defence against DNS rebinding (the Host check) and against other people's
//! web pages (origins).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::message::{Fields, Request};

/// Which host names and origins the server answers to besides its own.
#[derive(Debug, Clone, Default)]
pub struct Sites {
    /// Host names that are this server's, besides IP literals and `localhost`; compared whole, without case.
    pub hosts: Vec<String>,
    /// Origins that may read and write, as browsers send them (`https://example.org`), besides loopback ones.
    pub origins: Vec<String>,
    /// Any origin may (`--cors '*'`).
    pub any_origin: bool,
}

/// What the origin of a request means for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing<'a> {
    /// No browser, or one on a page of this very server.
    Own,
    /// A page of another origin that may read and write; the origin goes into `Access-Control-Allow-Origin`.
    Permitted(&'a str),
    /// A page that may not.
    Foreign,
}

impl Sites {
    /// Whether the request was sent to this server by a name of its own. A request without an authority (HTTP/1.0)
    /// comes from no browser and passes.
    #[inline]
    pub(super) fn serves(&self, authority: Option<&str>) -> bool {
        authority.is_none_or(|authority| {
            let host = host_of(authority);
            // The usual ones are known without being parsed.
            matches!(host, "127.0.0.1" | "localhost")
                || is_ip_literal(host)
                || host.eq_ignore_ascii_case("localhost")
                || self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
        })
    }

    /// Whether a service that knows nothing of origins may answer the request: it was sent to this server by a name of
    /// its own, and not by a page of somebody else.
    pub fn admits(&self, request: &Request<'_>) -> bool {
        self.serves(request.authority) && self.standing(request) != Standing::Foreign
    }

    /// How the request's origin stands to this server (Fetch standard, `Origin` and `Sec-Fetch-Site`).
    #[inline]
    pub(super) fn standing<'a>(&self, request: &Request<'a>) -> Standing<'a> {
        let Some(origin) = text_of(&request.fields, "origin") else {
            // Sent by browsers only, also where they leave Origin out (GET and HEAD without CORS).
            return match text_of(&request.fields, "sec-fetch-site") {
                Some("cross-site") if !self.any_origin => Standing::Foreign,
                _ => Standing::Own,
            };
        };
        if self.any_origin
            || self.origins.iter().any(|own| own.eq_ignore_ascii_case(origin))
            || is_loopback_origin(origin)
        {
            return Standing::Permitted(origin);
        }
        match (origin.split_once("://"), request.authority) {
            (Some(("http", host)), Some(own)) if host.eq_ignore_ascii_case(own) => Standing::Own,
            _ => Standing::Foreign,
        }
    }
}

#[inline]
fn text_of<'a>(fields: &Fields<'a>, name: &str) -> Option<&'a str> {
    fields.first(name).map(|value| str::from_utf8(value).unwrap_or("(not text)"))
}

/// The host of `host[:port]`, brackets of an IPv6 literal included.
#[inline]
fn host_of(authority: &str) -> &str {
    let octets = authority.as_bytes();
    match octets.iter().rposition(|&octet| matches!(octet, b':' | b']')) {
        Some(end) if octets[end] == b':' => &authority[..end],
        _ => authority,
    }
}

fn ip_literal(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(v6) => v6.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

fn is_ip_literal(host: &str) -> bool {
    ip_literal(host).is_some()
}

fn is_loopback_origin(origin: &str) -> bool {
    let after = |scheme: &str| origin.strip_prefix(scheme);
    let Some(authority) = after("http://").or_else(|| after("https://")) else { return false };
    let host = host_of(authority);
    host.eq_ignore_ascii_case("localhost") || ip_literal(host).is_some_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Field, Target, Version};

    fn sites() -> Sites {
        Sites { hosts: vec!["data.lan".into()], origins: vec!["https://app.example".into()], any_origin: false }
    }

    #[test]
    fn own_hosts_are_compared_whole() {
        let cases = [
            ("127.0.0.1:8080", true),
            ("localhost", true),
            ("LOCALHOST:1", true),
            ("[::1]:8080", true),
            ("[::1]", true),
            ("192.168.1.7:80", true),
            ("data.lan:8080", true),
            ("Data.Lan", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("data.lan.evil.example", false),
            ("xlocalhost", false),
            ("", false),
            ("[::1", false),
            ("0x7f.1", false),
        ];
        for (authority, expected) in cases {
            assert_eq!(sites().serves(Some(authority)), expected, "{authority}");
        }
        assert!(sites().serves(None), "HTTP/1.0 without Host");
    }

    #[test]
    fn origins() {
        use Standing::{Foreign, Own, Permitted};
        let cases: &[(&[(&str, &str)], Standing<'_>)] = &[
            (&[], Own),
            (&[("Origin", "http://localhost:3000")], Permitted("http://localhost:3000")),
            (&[("Origin", "http://127.0.0.1:5173")], Permitted("http://127.0.0.1:5173")),
            (&[("Origin", "https://[::1]")], Permitted("https://[::1]")),
            (&[("Origin", "https://app.example")], Permitted("https://app.example")),
            (&[("Origin", "http://data.lan:8080")], Own),
            (&[("Origin", "http://app.example")], Foreign),
            (&[("Origin", "http://localhost.evil.example")], Foreign),
            (&[("Origin", "null")], Foreign),
            (&[("Origin", "file://localhost")], Foreign),
            (&[("Sec-Fetch-Site", "cross-site")], Foreign),
            (&[("Sec-Fetch-Site", "same-origin")], Own),
            (&[("Sec-Fetch-Site", "none")], Own),
        ];
        for (lines, expected) in cases {
            let fields: Vec<_> = lines.iter().map(|(name, value)| Field { name, value: value.as_bytes() }).collect();
            let request = Request {
                method: "PUT",
                target: Target::Path { path: "/", query: None },
                authority: Some("data.lan:8080"),
                version: Version::Http11,
                fields: Fields(&fields),
                content: b"",
            };
            assert_eq!(sites().standing(&request), *expected, "{lines:?}");
        }
    }
}
