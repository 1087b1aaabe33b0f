//! Which sites may talk to the server: the defence against DNS rebinding (the Host check) and against other people's
//! web pages (origins).

use super::site::{HostRule, Origin, host_of, ip_literal};
use crate::message::{Fields, Request, Response};

/// Which host names and origins the server answers to besides its own.
#[derive(Debug, Clone, Default)]
pub struct Sites {
    /// Host names that are this server's, besides IP literals and `localhost`.
    pub hosts: Vec<HostRule>,
    /// Origins that may read and write, besides loopback ones.
    pub origins: Vec<Origin>,
    /// Any origin may (`--cors '*'`).
    pub any_origin: bool,
}

/// What the origin of a request means for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing<'a> {
    /// No browser, or one on a page of this very server.
    Own,
    /// A page of another origin that may read and write.
    Permitted(Permit<'a>),
    /// A page that may not.
    Foreign,
}

/// What a page of another origin gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Permit<'a> {
    /// Goes into `Access-Control-Allow-Origin`.
    pub(super) origin: &'a str,
    /// The user has named the origin, so that its pages may send credentials too.
    pub(super) is_named: bool,
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
                || self.hosts.iter().any(|own| own.covers(authority))
        })
    }

    /// Whether a service that knows nothing of origins may answer the request: it was sent to this server by a name of
    /// its own, and not by a page of somebody else.
    pub fn admits(&self, request: &Request<'_>) -> bool {
        self.serves(request.authority) && !self.is_foreign(request)
    }

    /// Whether a page of somebody else has sent the request, or a link on one.
    pub fn is_foreign(&self, request: &Request<'_>) -> bool {
        self.standing(request) == Standing::Foreign
    }

    /// Whether the lines of a message that only looks like HTTP name this server as its host. What stands in `Host` may
    /// be no host at all there: only one that a browser could have been sent to counts.
    pub fn serves_lines(&self, message: &[u8]) -> bool {
        let host = lines(message, "host").next().and_then(|host| str::from_utf8(host).ok());
        let host = host.map(|host| host.split('/').next().unwrap_or_default());
        let is_name = |host: &&str| host.contains(|sign: char| sign.is_ascii_alphabetic());
        host.filter(is_name).is_none_or(|host| self.serves(Some(host)))
    }

    /// Whether such a message was not sent by a page of somebody else.
    pub fn admits_lines(&self, message: &[u8]) -> bool {
        let origin = lines(message, "origin").next();
        self.stands(origin, lines(message, "sec-fetch-site"), None) != Standing::Foreign
    }

    /// Lets the page that sent a message read the refusal of it, which the message was too broken for to be understood.
    pub fn permit_lines(&self, message: &[u8], response: &mut Response) {
        let origin = lines(message, "origin").next();
        if let Standing::Permitted(permit) = self.stands(origin, lines(message, "sec-fetch-site"), None) {
            allow(response, permit);
        }
    }

    /// How the request's origin stands to this server (Fetch standard, `Origin` and `Sec-Fetch-Site`).
    #[inline]
    pub(super) fn standing<'a>(&self, request: &Request<'a>) -> Standing<'a> {
        let origin = request.fields.first("origin");
        self.stands(origin, request.fields.all("sec-fetch-site"), request.authority)
    }

    #[inline]
    fn stands<'a>(
        &self,
        origin: Option<&'a [u8]>,
        mut sec_fetch_site: impl Iterator<Item = &'a [u8]>,
        authority: Option<&str>,
    ) -> Standing<'a> {
        let Some(origin) = origin else {
            // Sent by browsers only, also where they leave Origin out (GET and HEAD without CORS).
            return match sec_fetch_site.any(|site| site == b"cross-site") && !self.any_origin {
                true => Standing::Foreign,
                false => Standing::Own,
            };
        };
        let Ok(text) = str::from_utf8(origin) else { return Standing::Foreign };
        let parsed = Origin::parse(text);
        let is_named = parsed.as_ref().is_some_and(|origin| self.origins.contains(origin));
        if is_named || self.any_origin || parsed.as_ref().is_some_and(Origin::is_loopback) {
            return Standing::Permitted(Permit { origin: text, is_named });
        }
        match parsed.zip(authority) {
            Some((origin, own)) if origin.is_of(own) => Standing::Own,
            _ => Standing::Foreign,
        }
    }
}

/// Whether a browser says that a page of another site has ordered what it will never be shown: an image, a script. It is
/// told all the same whether that was there, so nothing is done for it.
pub(super) fn is_blind(fields: &Fields<'_>) -> bool {
    fields.all("sec-fetch-site").any(|site| site == b"cross-site")
        && fields.all("sec-fetch-mode").any(|mode| mode == b"no-cors")
}

/// Lets the page of that origin read the response.
pub(super) fn allow(response: &mut Response, permit: Permit<'_>) {
    response.fields.push_parts("Access-Control-Allow-Origin", &[permit.origin]);
    if permit.is_named {
        response.fields.push("Access-Control-Allow-Credentials", "true");
    }
    response.fields.push("Access-Control-Expose-Headers", "Allow, ETag, Link, Location, X-Total-Count");
}

/// The values of the lines of that name in a message that was not understood.
fn lines<'a>(message: &'a [u8], name: &str) -> impl Iterator<Item = &'a [u8]> {
    let head = message.split(|byte| *byte == b'\n').map(|line| line.trim_ascii_end());
    head.skip(1).take_while(|line| !line.is_empty()).filter_map(move |line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        line[..colon].eq_ignore_ascii_case(name.as_bytes()).then(|| line[colon + 1..].trim_ascii())
    })
}

fn is_ip_literal(host: &str) -> bool {
    ip_literal(host).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Field, Target, Version};

    fn sites() -> Sites {
        Sites {
            hosts: ["data.lan", "api.lan:9000", "*.wild.lan"].map(|rule| rule.parse().unwrap()).into(),
            origins: ["https://App.example:443", "http://plain.example:81"].map(|text| text.parse().unwrap()).into(),
            any_origin: false,
        }
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
            ("api.lan:9000", true),
            ("API.LAN:9000", true),
            ("api.lan", false),
            ("api.lan:80", false),
            ("a.wild.lan", true),
            ("a.b.wild.lan:1", true),
            ("wild.lan", false),
            ("xwild.lan", false),
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
        use Standing::{Foreign, Own};
        let permitted = |origin, is_named| Standing::Permitted(Permit { origin, is_named });
        let cases: &[(&[(&str, &str)], Standing<'_>)] = &[
            (&[], Own),
            (&[("Origin", "http://localhost:3000")], permitted("http://localhost:3000", false)),
            (&[("Origin", "http://127.0.0.1:5173")], permitted("http://127.0.0.1:5173", false)),
            (&[("Origin", "https://[::1]")], permitted("https://[::1]", false)),
            (&[("Origin", "https://app.example")], permitted("https://app.example", true)),
            (&[("Origin", "http://plain.example:81")], permitted("http://plain.example:81", true)),
            (&[("Origin", "http://plain.example")], Foreign),
            (&[("Origin", "http://localhost:80@evil.example")], Foreign),
            (&[("Origin", "http://localhost:evil.example")], Foreign),
            (&[("Origin", "http://localhost:99999")], Foreign),
            (&[("Origin", "http://localhost/")], Foreign),
            (&[("Origin", "http://localhost?x")], Foreign),
            (&[("Origin", "http://[::1]evil.example")], Foreign),
            (&[("Origin", "http://127.0.0.1.evil.example")], Foreign),
            (&[("Origin", "http://")], Foreign),
            (&[("Origin", "")], Foreign),
            (&[("Origin", "http://data.lan:8080")], Own),
            (&[("Origin", "http://app.example")], Foreign),
            (&[("Origin", "http://localhost.evil.example")], Foreign),
            (&[("Origin", "null")], Foreign),
            (&[("Origin", "file://localhost")], Foreign),
            (&[("Sec-Fetch-Site", "cross-site")], Foreign),
            (&[("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")], Foreign),
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

    #[test]
    fn messages_that_only_look_like_http() {
        for (text, expected) in [
            ("GET students.json HTTP/1.1\nHost: localhost\n\n", true),
            ("GET students.json HTTP/1.1\nHost: 127.0.0.1\n\n", true),
            ("GET students.json HTTP/1.1\n\n", true),
            ("PUT / HTTP/1.1\r\nHost: 127.0.0.1/update\r\n\r\nHost: evil.example", true),
            ("PUT / HTTP/1.1\r\nHost: ?/?\r\n\r\n", true),
            ("GET students.json HTTP/1.1\nhost: evil.example\n\n", false),
            ("GET / HTTP/1.1\r\nHost: evil.example/update\r\n\r\n", false),
            ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\n\r\n", false),
            ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: cross-site\r\n\r\n", false),
        ] {
            let is_own = sites().serves_lines(text.as_bytes()) && sites().admits_lines(text.as_bytes());
            assert_eq!(is_own, expected, "{text:?}");
        }
    }
}
