//! Cookies: what comes back, and which a client stores (RFC 6265).

use std::net::IpAddr;

use crate::remark::rule::At::{Answered, Asked};
use crate::remark::rule::{Here, Rule, info, note, when, wrong};
use crate::remark::value::{brief, date, parameter, span};

const SET: crate::remark::rule::At = Answered("set-cookie");

pub(super) const RULES: &[Rule] = &[
    info("cookie", "RFC 6265 5.4", Asked("cookie"), |h| {
        let names: Vec<&str> =
            h.value.split(';').map(|pair| pair.split('=').next().unwrap_or_default().trim()).collect();
        Some(match names.len() {
            1 => format!("gives the cookie {} back that this server set", brief(names[0])),
            count => format!("gives {count} cookies back that this server set: {}", brief(&names.join(", "))),
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
        Some(match parameter(h.value, b';', "domain").filter(|domain| !domain.is_empty()) {
            Some(domain) => {
                let domain = domain.trim_start_matches('.');
                format!("stores the cookie {}, to be sent to {} and all hosts below it", brief(name), brief(domain))
            }
            None => format!("stores the cookie {}, to be sent to this host only", brief(name)),
        })
    }),
    info("set-cookie-life", "RFC 6265 5.3", SET, |h| {
        name(h).filter(|_| refused(h).is_none() && !is_deleted(h))?;
        Some(match (max_age(h), parameter(h.value, b';', "expires").and_then(date)) {
            (Some(seconds), _) => format!("it lives for {}", span(seconds)),
            (None, Some(_)) => format!("it lives until {}", brief(parameter(h.value, b';', "expires")?)),
            (None, None) => "it lives until the client's session ends".to_owned(),
        })
    }),
    info("set-cookie-delete", "RFC 6265 3.1", SET, |h| {
        when(name(h).is_some() && is_deleted(h), "its time is over at once: the cookie is deleted")
    }),
    wrong("set-cookie-grammar", "RFC 6265 5.2", SET, |h| {
        when(name(h).is_none(), "no name before a '=': the client ignores the whole field")
    }),
    wrong("set-cookie-refused", "RFC 6265 5.3", SET, refused),
    note("set-cookie-scripts", "RFC 6265 4.1.2.6", SET, |h| {
        when(name(h).is_some() && !has(h, "httponly"), "without HttpOnly, scripts of the page can read it")
    }),
    note("set-cookie-clear", "RFC 6265 4.1.2.5", SET, |h| {
        when(name(h).is_some() && !has(h, "secure"), "without Secure, it is sent in the clear over http too")
    }),
    info("set-cookie-path", "RFC 6265 5.1.4", SET, |h| {
        let path = parameter(h.value, b';', "path").filter(|path| path.starts_with('/') && *path != "/")?;
        Some(format!("it is sent for paths below {} only", brief(path)))
    }),
    info("set-cookie-same-site", "RFC 6265bis 5.5.7", SET, |h| {
        let value = parameter(h.value, b';', "samesite")?.to_ascii_lowercase();
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

fn has(h: &Here<'_>, attribute: &str) -> bool {
    parameter(h.value, b';', attribute).is_some()
}

/// Why a client does not store the cookie, as far as it can be seen.
fn refused(h: &Here<'_>) -> Option<String> {
    let name = name(h)?;
    let domain = parameter(h.value, b';', "domain")
        .map(|domain| domain.trim_start_matches('.'))
        .filter(|domain| !domain.is_empty());
    if let (Some(domain), Some(host)) = (domain, host(h))
        && !is_within(host, domain)
    {
        return Some(format!("refused: {} does not belong to {}", brief(host), brief(domain)));
    }
    if name.starts_with("__Secure-") && !has(h, "secure") {
        return Some("refused: a name that begins with __Secure- needs the attribute Secure".to_owned());
    }
    if name.starts_with("__Host-")
        && !(has(h, "secure") && domain.is_none() && parameter(h.value, b';', "path") == Some("/"))
    {
        return Some("refused: a name that begins with __Host- needs Secure, Path=/ and no Domain".to_owned());
    }
    let is_none = parameter(h.value, b';', "samesite").is_some_and(|value| value.eq_ignore_ascii_case("none"));
    if is_none && !has(h, "secure") {
        return Some("refused by browsers: SameSite=None needs Secure".to_owned());
    }
    when(h.around.is_tls == Some(false) && has(h, "secure"), "refused: a cookie with Secure cannot be set over http")
}

/// The host that answers, without its port.
fn host<'h>(h: &Here<'h>) -> Option<&'h str> {
    let host = h.asked("host").filter(|host| crate::message::is_authority(host.as_bytes()))?;
    Some(
        host.rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|octet| octet.is_ascii_digit()))
            .map_or(host, |(host, _)| host),
    )
}

/// Whether a host belongs to a domain (RFC 6265 5.1.3).
fn is_within(host: &str, domain: &str) -> bool {
    let (host, domain) = (host.to_ascii_lowercase(), domain.to_ascii_lowercase());
    let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    host == domain || (!is_address && host.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.')))
}

/// `Max-Age` as far as it is positive.
fn max_age(h: &Here<'_>) -> Option<u64> {
    parameter(h.value, b';', "max-age").and_then(crate::remark::value::number).filter(|seconds| *seconds > 0)
}

fn is_deleted(h: &Here<'_>) -> bool {
    match parameter(h.value, b';', "max-age") {
        Some(age) => {
            age == "0" || age.strip_prefix('-').is_some_and(|rest| crate::remark::value::number(rest).is_some())
        }
        None => {
            let past = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(86_400 * 366);
            parameter(h.value, b';', "expires").and_then(date).is_some_and(|expires| expires < past)
        }
    }
}
