//! One cookie, and what its domain and its time mean.

use bstr::BString;

/// A cookie, as RFC 6265 5.3 keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cookie {
    /// `None` for one out of a file that names none: it goes to every host.
    pub(super) domain: Option<String>,
    /// Whether subdomains get it too.
    pub(super) is_wide: bool,
    /// It goes with requests at this path and below.
    pub(super) path: BString,
    /// It goes over TLS only.
    pub(super) is_secure: bool,
    /// No script reads it.
    pub(super) is_http_only: bool,
    /// Seconds since 1970; `None` ends with the session.
    pub(super) expires: Option<u64>,
    /// Its name.
    pub(super) name: BString,
    /// Its value.
    pub(super) value: BString,
    /// A response has set it, which a file does not undo.
    pub(super) is_live: bool,
}

/// Whether a host is an IP address.
pub(super) fn is_address(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_ok()
}

/// Whether a host is in a domain (RFC 6265 5.1.3).
pub(super) fn domain_matches(host: &str, domain: &str) -> bool {
    host == domain
        || (!is_address(host)
            && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.') && !domain.is_empty()))
}
