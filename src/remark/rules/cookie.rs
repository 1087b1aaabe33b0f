//! Cookies: what comes back, and which a client stores (RFC 6265).

use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::message::{cookie_date, is_authority};
use crate::remark::rule::At::{Answered, Asked};
use crate::remark::rule::{Here, Rule, info, note, when, wrong};
use crate::remark::value::{brief, date, number, parameter, span};

const SET: crate::remark::rule::At = Answered("set-cookie");

pub(super) const RULES: &[Rule] = &[
    info("cookie", "RFC 6265 5.4", Asked("cookie"), |h| {
        let names: Vec<&str> =
            h.value.split(';').map(|pair| pair.split('=').next().unwrap_or_default().trim()).collect();
        Some(match names.len() {
            1 => format!("gives the server the cookie {}", brief(names[0])),
            count => format!("gives the server {count} cookies: {}", brief(&names.join(", "))),
        })
    }),
    wrong("cookie-repeated", "RFC 6265 5.4", Asked("cookie"), |h| {
        when(!h.is_first(), "a second Cookie field: a user agent must send all cookies in one")
    }),
    wrong("cookie-grammar", "RFC 6265 4.2.1", Asked("cookie"), |h| {
        when(
            !h.value.split(';').all(|pair| pair.contains('=')),
            "a cookie is name=value, and pairs stand between semicolons",
        )
    }),
    info("set-cookie", "RFC 6265 5.3", SET, |h| {
        let name = name(h).filter(|_| refused(h).is_none())?;
        Some(match domain(h) {
            Some(domain) => {
                format!("stores the cookie {}, to be sent to {} and all hosts below it", brief(name), brief(domain))
            }
            None => format!("stores the cookie {}, to be sent to this host only", brief(name)),
        })
    }),
    info("set-cookie-life", "RFC 6265 5.3", SET, |h| {
        name(h).filter(|_| refused(h).is_none())?;
        match life(h) {
            Life::Over => None,
            Life::Seconds(seconds) => Some(format!("it lives for {}", span(seconds))),
            Life::Until(expires) => Some(format!("it lives until {}", brief(expires))),
            Life::Session => Some("it lives until the client's session ends".to_owned()),
        }
    }),
    info("set-cookie-delete", "RFC 6265 3.1", SET, |h| {
        when(name(h).is_some() && life(h) == Life::Over, "its time is over at once: the cookie is deleted")
    }),
    wrong("set-cookie-grammar", "RFC 6265 5.2", SET, |h| {
        when(name(h).is_none(), "no name before a '=': the client ignores the whole field")
    }),
    wrong("set-cookie-refused", "RFC 6265 5.3", SET, refused_for_domain),
    wrong("set-cookie-unsafe", "RFC 6265bis 5.7", SET, refused_as_unsafe),
    note("set-cookie-scripts", "RFC 6265 4.1.2.6", SET, |h| {
        when(name(h).is_some() && !has(h, "httponly"), "without HttpOnly, scripts of the page can read it")
    }),
    note("set-cookie-clear", "RFC 6265 4.1.2.5", SET, |h| {
        when(name(h).is_some() && !has(h, "secure"), "without Secure, it is sent in the clear over http too")
    }),
    info("set-cookie-path", "RFC 6265 5.1.4", SET, |h| {
        let path = attribute(h, "path").filter(|path| path.starts_with('/') && *path != "/")?;
        Some(format!("it is sent for {} and what is below it only", brief(path)))
    }),
    info("set-cookie-same-site", "RFC 6265bis 5.6.7", SET, |h| {
        let value = attribute(h, "samesite")?.to_ascii_lowercase();
        Some(match value.as_str() {
            "strict" => "SameSite=Strict: never sent with a request that another site caused".to_owned(),
            "lax" => "SameSite=Lax: of the requests that another site caused, only following a link has it".to_owned(),
            "none" => "SameSite=None: sent with requests that other sites cause, too".to_owned(),
            _ => format!("'{}' is no value of SameSite: browsers take their default, Lax", brief(&value)),
        })
    }),
    note("set-cookie-shared", "RFC 9111 7.3", SET, |h| {
        let keeps = h.message.all("cache-control").any(|value| parameter(value, b',', "public").is_some());
        when(keeps, "a cookie in an answer that shared caches may keep: others may get it too")
    }),
    note("set-cookie2", "RFC 6265 9.4", Answered("set-cookie2"), |_| {
        Some("obsolete, and ignored everywhere: Set-Cookie says it".to_owned())
    }),
];

/// The name of the cookie.
fn name<'h>(h: &Here<'h>) -> Option<&'h str> {
    let pair = h.value.split(';').next().unwrap_or_default();
    pair.split_once('=').map(|(name, _)| name.trim()).filter(|name| !name.is_empty())
}

/// The value of an attribute, which stands behind the pair; the last one of a name counts, and quotes mean nothing
/// (RFC 6265 5.2 and 5.3).
fn attribute<'h>(h: &Here<'h>, name: &str) -> Option<&'h str> {
    let pieces = h.value.split(';').skip(1).map(|piece| piece.split_once('=').unwrap_or((piece, "")));
    let values = pieces.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim());
    values.last()
}

fn has(h: &Here<'_>, name: &str) -> bool {
    attribute(h, name).is_some()
}

fn domain<'h>(h: &Here<'h>) -> Option<&'h str> {
    attribute(h, "domain").map(|domain| domain.trim_start_matches('.')).filter(|domain| !domain.is_empty())
}

/// Why a client does not store the cookie, as far as it can be seen.
fn refused(h: &Here<'_>) -> Option<String> {
    refused_for_domain(h).or_else(|| refused_as_unsafe(h))
}

fn refused_for_domain(h: &Here<'_>) -> Option<String> {
    let (domain, host) = (name(h).and_then(|_| domain(h))?, host(h)?);
    (!is_within(host, domain)).then(|| format!("refused: {} does not belong to {}", brief(host), brief(domain)))
}

fn refused_as_unsafe(h: &Here<'_>) -> Option<String> {
    let name = name(h)?;
    let begins = |prefix: &str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if begins("__Secure-") && !has(h, "secure") {
        return Some("refused: a name that begins with __Secure- needs the attribute Secure".to_owned());
    }
    if begins("__Host-") && !(has(h, "secure") && domain(h).is_none() && attribute(h, "path") == Some("/")) {
        return Some("refused: a name that begins with __Host- needs Secure, Path=/ and no Domain".to_owned());
    }
    let is_none = attribute(h, "samesite").is_some_and(|value| value.eq_ignore_ascii_case("none"));
    if is_none && !has(h, "secure") {
        return Some("refused by browsers: SameSite=None needs Secure".to_owned());
    }
    // Nobody is on the way to this machine itself.
    let is_here = host(h).is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    when(
        h.around.is_tls == Some(false) && has(h, "secure") && !is_here,
        "refused: a cookie with Secure cannot be set over http",
    )
}

/// The host that answers, without its port.
fn host<'h>(h: &Here<'h>) -> Option<&'h str> {
    let host = h.asked("host").filter(|host| is_authority(host.as_bytes()))?;
    Some(
        host.rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
            .map_or(host, |(host, _)| host),
    )
}

/// Whether a host belongs to a domain (RFC 6265 5.1.3).
fn is_within(host: &str, domain: &str) -> bool {
    let (host, domain) = (host.to_ascii_lowercase(), domain.to_ascii_lowercase());
    let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    host == domain || (!is_address && host.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.')))
}

/// How long a cookie lives.
#[derive(Debug, PartialEq, Eq)]
enum Life<'h> {
    Over,
    Seconds(u64),
    Until(&'h str),
    Session,
}

/// What Max-Age says, else Expires, as far as they can be read (RFC 6265 5.3).
fn life<'h>(h: &Here<'h>) -> Life<'h> {
    if let Some(age) = attribute(h, "max-age")
        && let Some(seconds) = number(age.strip_prefix('-').unwrap_or(age))
    {
        return if seconds == 0 || age.starts_with('-') { Life::Over } else { Life::Seconds(seconds) };
    }
    let text = attribute(h, "expires").unwrap_or_default();
    let Some(expires) = cookie_date(text).map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds)) else {
        return Life::Session;
    };
    if expires <= sent(h) { Life::Over } else { Life::Until(text) }
}

/// When the answer was sent; without a date, long ago.
fn sent(h: &Here<'_>) -> SystemTime {
    let year = Duration::from_secs(86_400 * 366);
    h.message.first("date").and_then(date).or(h.around.now).unwrap_or(UNIX_EPOCH + year)
}
