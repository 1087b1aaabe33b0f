//! One cookie out of a `Set-Cookie` field or a line of a cookie file.

use bstr::{BString, ByteSlice};

use super::cookie::{Cookie, domain_matches, is_address};
use crate::client::date::seconds;
use crate::client::suffixes::is_public_suffix;
use crate::message::cookie_date;
use std::time::SystemTime;

/// The most bytes of name and value together: curl's, and that of browsers.
const COOKIE_LIMIT: usize = 4096;
/// The most bytes of a field value that is looked at: curl's.
const LINE_LIMIT: usize = 5000;
/// The longest that a cookie is kept: 400 days (RFC 6265bis 5.5).
const LONGEST_LIFE: u64 = 400 * 24 * 3600;

/// Where a `Set-Cookie` field came from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    /// The host, in lower case; `None` for a line of a file.
    pub(super) host: Option<&'a str>,
    /// The path of the request.
    pub(super) path: &'a str,
    /// Nobody in between can have read or changed it.
    pub(super) is_secure: bool,
}

/// Reads the value of a `Set-Cookie` field (RFC 6265 5.2 and 5.3, as curl does). `None` for one that must not be kept.
pub(super) fn set_cookie(text: &[u8], origin: Origin<'_>, now: SystemTime) -> Option<Cookie> {
    if text.len() > LINE_LIMIT {
        return None;
    }
    let mut parts = text.split(|sign| *sign == b';');
    let (name, value) = pair(parts.next()?)?;
    let value = value?;
    if name.is_empty() || name.len() + value.len() > COOKIE_LIMIT {
        return None;
    }
    let mut cookie = Cookie {
        domain: origin.host.map(str::to_owned),
        is_wide: false,
        path: sane_path(default_path(origin.path).as_bytes()),
        is_secure: false,
        is_http_only: false,
        expires: None,
        name: name.into(),
        value: value.into(),
        is_live: origin.host.is_some(),
    };
    for part in parts {
        let (key, value) = pair(part)?;
        match (key.to_ascii_lowercase().as_slice(), value) {
            // A cookie that others may read on the way must not pretend to be one that they may not.
            (b"secure", None) if !origin.is_secure => return None,
            (b"secure", None) => cookie.is_secure = true,
            (b"httponly", None) => cookie.is_http_only = true,
            (b"path", Some(path)) if !path.is_empty() => cookie.path = sane_path(path),
            (b"domain", Some(domain)) if !domain.is_empty() => {
                take_domain(&mut cookie, domain.to_str().ok()?, origin.host)?
            }
            (b"max-age", Some(age)) if !age.is_empty() => cookie.expires = Some(end_of(&age.to_str_lossy(), now)),
            // Max-Age goes before, wherever it stands.
            (b"expires", Some(text)) if cookie.expires.is_none() => {
                cookie.expires = cookie_date(&text.to_str_lossy()).map(|end| capped(end, seconds(now)));
            }
            _ => {}
        }
    }
    Some(cookie).filter(is_true_to_its_prefix)
}

/// `domain, wide, path, secure, expires, name, value`, parted by tabs. The path may be left out.
pub(super) fn netscape(line: &[u8]) -> Option<Cookie> {
    let (line, is_http_only) = match line.strip_prefix(b"#HttpOnly_") {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    if line.starts_with(b"#") {
        return None;
    }
    let mut columns = line.split(|sign| *sign == b'\t').peekable();
    let domain = columns.next()?.to_str().ok()?;
    let is_wide = columns.next()?.eq_ignore_ascii_case(b"TRUE");
    let path = columns.next_if(|column| !matches!(*column, b"TRUE" | b"FALSE")).unwrap_or(b"/");
    let is_secure = columns.next()?.eq_ignore_ascii_case(b"TRUE");
    let expires = columns.next()?.to_str().ok()?;
    let digits = expires.bytes().take_while(u8::is_ascii_digit).count();
    let expires = expires[..digits].parse::<u64>().ok()?;
    let (name, value) = (columns.next()?, columns.next().unwrap_or_default());
    let cookie = Cookie {
        domain: Some(domain.strip_prefix('.').unwrap_or(domain).to_ascii_lowercase()),
        is_wide,
        path: sane_path(path),
        is_secure,
        is_http_only,
        expires: Some(expires).filter(|expires| *expires > 0),
        name: name.into(),
        value: value.into(),
        is_live: false,
    };
    let is_clean = is_clean(name) && is_clean(value) && columns.next().is_none();
    // Nobody may have set one for all that stands below a public suffix.
    let is_for_all = cookie.is_wide && cookie.domain.as_deref().is_some_and(is_public_suffix);
    Some(cookie).filter(|cookie| is_clean && !is_for_all && is_true_to_its_prefix(cookie))
}

/// Name and value of a part, without the blanks around them; the value is `None` where there is no `=`. `None` if either
/// holds a control character: some servers refuse a request with one, and a tab would make columns in a file.
fn pair(part: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let (name, value) = match part.split_once_str("=") {
        Some((name, value)) => (trim_blanks(name), Some(trim_blanks(value))),
        None => (trim_blanks(part), None),
    };
    (is_clean(name) && is_clean(value.unwrap_or_default())).then_some((name, value))
}

fn trim_blanks(text: &[u8]) -> &[u8] {
    text.trim_with(|sign| matches!(sign, ' ' | '\t'))
}

fn is_clean(text: &[u8]) -> bool {
    !text.iter().any(u8::is_ascii_control)
}

/// The host must belong to the domain, and a domain that belongs to nobody gets no cookies; `None` drops the cookie.
fn take_domain(cookie: &mut Cookie, domain: &str, host: Option<&str>) -> Option<()> {
    let domain = domain.strip_prefix('.').unwrap_or(domain).to_ascii_lowercase();
    let is_whole = |host: &str| host == domain && (is_address(host) || is_public_suffix(host));
    let is_within = |host: &str| domain_matches(host, &domain) && !is_public_suffix(&domain);
    match host {
        Some(host) if is_whole(host) => cookie.is_wide = false,
        Some(host) if !is_within(host) => return None,
        None if is_public_suffix(&domain) => return None,
        _ => cookie.is_wide = !is_address(&domain),
    }
    cookie.domain = Some(domain);
    Some(())
}

/// What `__Secure-` and `__Host-` promise (RFC 6265bis 4.1.3).
fn is_true_to_its_prefix(cookie: &Cookie) -> bool {
    match cookie.name.as_slice() {
        name if name.starts_with(b"__Secure-") => cookie.is_secure,
        name if name.starts_with(b"__Host-") => cookie.is_secure && cookie.path == "/" && !cookie.is_wide,
        _ => true,
    }
}

/// The path up to its last slash.
fn default_path(path: &str) -> &str {
    path.rfind('/').map_or("/", |at| &path[..=at])
}

/// A path as it is kept: without quotes around it and without a slash at its end; what does not begin with a slash is
/// the root, as for curl.
fn sane_path(path: &[u8]) -> BString {
    let path = path.strip_prefix(b"\"").map_or(path, |path| path.strip_suffix(b"\"").unwrap_or(path));
    match path {
        path if !path.starts_with(b"/") => "/".into(),
        b"/" => "/".into(),
        path => path.strip_suffix(b"/").unwrap_or(path).into(),
    }
}

/// When a cookie of that `Max-Age` ends; what is no number has ended.
fn end_of(age: &str, now: SystemTime) -> u64 {
    let age = age.strip_prefix('"').unwrap_or(age);
    let digits = age.bytes().take_while(u8::is_ascii_digit).count();
    match &age[..digits] {
        "" => 1,
        digits => match digits.parse::<u64>().unwrap_or(u64::MAX) {
            0 => 1,
            age => capped(seconds(now).saturating_add(age), seconds(now)),
        },
    }
}

fn capped(end: u64, now: u64) -> u64 {
    // Whole minutes, as curl has it, so that the end of what is capped can be told.
    let cap = (now + LONGEST_LIFE + 30) / 60 * 60;
    if end > now + LONGEST_LIFE { cap } else { end }
}
