//! The host and port of a URI (RFC 3986 3.2.2 and 3.2.3).

use std::net::{Ipv4Addr, Ipv6Addr};

/// Host, zone and port, as they were written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HostPort {
    pub(super) host: String,
    /// The host as it was written, if its letters are not ASCII.
    pub(super) typed: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) port: Option<u16>,
}

/// Reads what stands behind the userinfo.
///
/// # Errors
/// Says what is wrong. A port that is none is not repeated: it may be part of a password.
pub(super) fn parse_host_port(text: &str) -> Result<HostPort, String> {
    let after_host = text.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = match text[after_host..].rfind(':') {
        Some(at) => (&text[..after_host + at], &text[after_host + at + 1..]),
        None => (text, ""),
    };
    let port = match port {
        "" => None,
        port => Some(parse_port(port).ok_or("the port is no number from 0 to 65535")?),
    };
    if host.is_empty() {
        return Err("no host".to_owned());
    }
    if host.len() > HOST_LIMIT {
        return Err(format!("a host of {} bytes, expected {HOST_LIMIT} at most", host.len()));
    }
    if is_plain(host) {
        return Ok(HostPort { host: host.to_owned(), typed: None, zone: None, port });
    }
    let (address, zone) = split_zone(host).map_or((None, None), |(address, zone)| (Some(address), Some(zone)));
    let typed = (!host.is_ascii()).then(|| host.to_owned());
    let host = match url::Host::parse(address.as_deref().unwrap_or(host)) {
        // What ends like a number and is no address is a name all the same, as resolvers and proxies have it.
        Err(_) if host.bytes().all(is_name_byte) => host.to_owned(),
        Err(error) => return Err(format!("host '{host}': {error}")),
        // A name keeps the case in which it was typed; anything but ASCII becomes its `xn--` form.
        Ok(url::Host::Domain(_)) if host.is_ascii() && !host.contains('%') => host.to_owned(),
        // What is not ASCII has an `xn--` form only as a name of DNS, whose labels have an end (RFC 5890 2.3.1).
        Ok(url::Host::Domain(name)) if !host.is_ascii() && name.split('.').any(|label| label.len() > LABEL_LIMIT) => {
            return Err(format!("host '{host}': a label of more than {LABEL_LIMIT} bytes as '{name}'"));
        }
        Ok(parsed) => parsed.to_string(),
    };
    Ok(HostPort { host, typed, zone, port })
}

/// A port: digits that say no more than 65535.
pub(super) fn parse_port(text: &str) -> Option<u16> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The longest host: curl's.
const HOST_LIMIT: usize = 65_535;
/// The longest zone in bytes: that of the name of a network interface.
const ZONE_LIMIT: usize = 15;

/// The longest label of a name of DNS (RFC 1035 2.3.4).
const LABEL_LIMIT: usize = 63;

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

/// An IPv6 address in brackets, and its zone behind `%25`, or a bare `%` as people type it (RFC 6874).
fn split_zone(host: &str) -> Option<(String, String)> {
    let (address, zone) = host.strip_prefix('[')?.strip_suffix(']')?.split_once('%')?;
    let zone = zone.strip_prefix("25").filter(|rest| !rest.is_empty()).unwrap_or(zone);
    let is_zone = (1..=ZONE_LIMIT).contains(&zone.len()) && zone.bytes().all(|byte| byte.is_ascii_graphic());
    (is_zone && address.parse::<Ipv6Addr>().is_ok()).then(|| (format!("[{address}]"), zone.to_owned()))
}

/// Whether a host stays as it is, which most do: an IPv4 address in its usual form, or a name of ASCII letters that is no
/// `xn--` form. The tables of Unicode are not touched for it, which a short start shows.
fn is_plain(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_name = host.bytes().all(is_name_byte) && last.starts_with(|first: char| first.is_ascii_alphabetic());
    let is_coded =
        || host.split('.').any(|label| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--")));
    (is_name && !is_coded()) || host.parse::<Ipv4Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_host_is_one_that_the_library_leaves_as_it_is() {
        for (host, expected) in [
            ("localhost", true),
            ("Api-1.my_host.Example", true),
            ("a..b", true),
            ("127.0.0.1", true),
            ("127.1", false),
            ("0127.0.0.1", false),
            ("1.2.3.256", false),
            ("h.1", false),
            ("h.0x10", false),
            ("example.com.", false),
            ("XN--bcher-kva.example", false),
            ("a.xn--a.b", false),
            ("a%20b", false),
            ("[::1]", false),
            ("b\u{fc}cher", false),
        ] {
            assert_eq!(is_plain(host), expected, "{host}");
            if expected {
                assert_eq!(url::Host::parse(host).unwrap().to_string(), host.to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn a_zone_is_read_however_its_sign_is_written() {
        for (text, expected) in [
            ("[fe80::1%25eth0]:81", Some(("[fe80::1]", Some("eth0"), Some(81)))),
            ("[fe80::1%eth0]", Some(("[fe80::1]", Some("eth0"), None))),
            ("[::1%2512]", Some(("[::1]", Some("12"), None))),
            ("[::1%25]", Some(("[::1]", Some("25"), None))),
            ("[::1]", Some(("[::1]", None, None))),
            ("[::1%]", None),
            ("[::1%25a b]", None),
            ("[::1%25a23456789012345]", Some(("[::1]", Some("a23456789012345"), None))),
            ("[::1%25a234567890123456]", None),
            ("[127.0.0.1%25lo]", None),
            ("[h%25lo]", None),
        ] {
            let read = parse_host_port(text).ok();
            let read = read.as_ref().map(|it| (it.host.as_str(), it.zone.as_deref(), it.port));
            assert_eq!(read, expected, "{text}");
        }
    }
}
