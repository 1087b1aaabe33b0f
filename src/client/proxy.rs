//! Which requests go through a proxy: what was said, else the environment, as curl reads it.

use std::ffi::OsString;
use std::fmt;
use std::net::IpAddr;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use super::error::{Error, Kind};
use super::target::{Scheme, TargetUri, Userinfo, has_scheme};

/// What a proxy speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// HTTP in the clear.
    Http,
    /// HTTP over TLS.
    Https,
    /// SOCKS 4, which knows IPv4 addresses only.
    Socks4,
    /// SOCKS 4 with names.
    Socks4a,
    /// SOCKS 5 (RFC 1928), names looked up here.
    Socks5,
    /// SOCKS 5, names looked up by the proxy.
    Socks5h,
}

impl ProxyKind {
    const ALL: [(&'static str, ProxyKind); 7] = [
        ("http", ProxyKind::Http),
        ("https", ProxyKind::Https),
        ("socks4", ProxyKind::Socks4),
        ("socks4a", ProxyKind::Socks4a),
        ("socks5", ProxyKind::Socks5),
        ("socks5h", ProxyKind::Socks5h),
        ("socks", ProxyKind::Socks4),
    ];

    /// Its name as the scheme of a URL.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Whether it speaks HTTP, over TLS or not.
    pub fn is_http(self) -> bool {
        matches!(self, ProxyKind::Http | ProxyKind::Https)
    }

    /// curl's port for a proxy that names none.
    fn default_port(self) -> u16 {
        if self == ProxyKind::Https { 443 } else { 1080 }
    }
}

/// How a proxy is told who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProxyAuth {
    /// Basic (RFC 7617), without being asked.
    #[default]
    Basic,
    /// Digest (RFC 7616), once challenged.
    Digest,
    /// The safest one that the proxy offers.
    Any,
}

/// A proxy to send through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// What it speaks.
    pub kind: ProxyKind,
    /// Its host; an IPv6 address is in brackets.
    pub host: String,
    /// The zone of an IPv6 address, by which it is reached.
    pub zone: Option<String>,
    /// Its port.
    pub port: u16,
    /// The Unix socket that it listens on in place of host and port.
    pub socket: Option<PathBuf>,
    /// Who asks, if the proxy wants to know.
    pub userinfo: Option<Userinfo>,
    /// How it is told who asks.
    pub auth: ProxyAuth,
    /// Whether it is asked for a tunnel for plain `http` too.
    pub tunnels: bool,
    /// Whether it is asked for tunnels in HTTP/1.0.
    pub is_old: bool,
    /// The SOCKS proxy through which this one is reached.
    pub before: Option<Box<Proxy>>,
}

impl Proxy {
    /// The host without the brackets of an IPv6 address.
    pub fn bare_host(&self) -> &str {
        self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&self.host)
    }

    /// Whether it is an HTTP proxy that is told who asks, and by Digest alone.
    pub fn wants_digest(&self) -> bool {
        self.kind.is_http() && self.auth == ProxyAuth::Digest && self.userinfo.is_some()
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.socket {
            Some(path) => write!(f, "{}://{}{}", self.kind.name(), self.host, path.display()),
            None => write!(f, "{}://{}:{}", self.kind.name(), self.host, self.port),
        }
    }
}

/// What was said about proxies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProxyWish {
    /// The proxy that was named; an empty one is none, whatever the environment says.
    pub named: Option<String>,
    /// Who asks.
    pub userinfo: Option<Userinfo>,
    /// Hosts that are reached without one.
    pub except: Option<String>,
    /// How the proxy is told who asks.
    pub auth: ProxyAuth,
    /// Whether it is asked for a tunnel for plain `http` too.
    pub tunnels: bool,
    /// Whether it is asked for tunnels in HTTP/1.0.
    pub is_old: bool,
    /// The SOCKS proxy through which the proxy is reached.
    pub before: Option<String>,
}

/// The proxy for a target, if it has one.
///
/// `HTTP_PROXY` in capitals is not read for `http`: a web server sets it from a field of the request it serves.
///
/// ```
/// use httpkit::client::{ProxyWish, Reading, TargetUri, proxy_for};
///
/// let environment = |name: &str| match name {
///     "http_proxy" => Some("http://10.0.0.1:3128".to_owned()),
///     "no_proxy" => Some("example.org".to_owned()),
///     _ => None,
/// };
/// let of = |url| proxy_for(&TargetUri::parse(url, Reading::default())?, &ProxyWish::default(), &environment);
/// assert_eq!(of("http://example.com/")?.unwrap().to_string(), "http://10.0.0.1:3128");
/// assert!(of("http://example.org/")?.is_none() && of("https://example.com/")?.is_none());
/// # Ok::<(), httpkit::client::Error>(())
/// ```
///
/// # Errors
/// `Kind::Connect` for a scheme that no proxy has; `Kind::ProxyName` for a URL that is none: curl's.
pub fn proxy_for(
    target: &TargetUri,
    wish: &ProxyWish,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Proxy>, Error> {
    let either = |lower: &str, upper: &str| variable(lower).or_else(|| variable(upper));
    let of_scheme = || match target.scheme {
        Scheme::Http => variable("http_proxy"),
        Scheme::Https => either("https_proxy", "HTTPS_PROXY"),
    };
    let named = match (&wish.named, &wish.before) {
        (Some(named), _) => Some(named.clone()),
        (None, Some(_)) => None,
        (None, None) => of_scheme().or_else(|| either("all_proxy", "ALL_PROXY")),
    };
    let texts = [wish.before.clone(), named].map(|text| text.filter(|text| !text.is_empty()));
    if texts.iter().all(Option::is_none) {
        return Ok(None);
    }
    let except = wish.except.clone().or_else(|| either("no_proxy", "NO_PROXY")).unwrap_or_default();
    if is_excepted(target.bare_host(), &except) {
        return Ok(None);
    }
    let [before, named] = texts;
    let before = before.map(|text| parse(&text)).transpose()?;
    if let Some(wrong) = before.as_ref().filter(|before| before.kind.is_http()) {
        return Err(Error::new(Kind::ProxyName, format!("--preproxy '{wrong}', expected a SOCKS proxy")));
    }
    let Some(named) = named else { return Ok(before) };
    let proxy = parse(&named)?;
    Ok(Some(Proxy {
        userinfo: wish.userinfo.clone().or(proxy.userinfo),
        auth: wish.auth,
        tunnels: wish.tunnels,
        is_old: wish.is_old,
        before: before.map(Box::new),
        ..proxy
    }))
}

fn parse(text: &str) -> Result<Proxy, Error> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let scheme = scheme.to_ascii_lowercase();
    let Some((_, kind)) = ProxyKind::ALL.iter().find(|(name, _)| *name == scheme) else {
        let known = ProxyKind::ALL.map(|(name, _)| name);
        // What is no scheme may be part of a password.
        let scheme = if has_scheme(text) { &scheme } else { "***" };
        let what = format!("proxy scheme '{scheme}', expected one of {}", known[..6].join(", "));
        return Err(Error::new(Kind::Connect, what));
    };
    let read = TargetUri::parse(&format!("http://{rest}"), super::target::Reading::default())
        .map_err(|error| Error::new(Kind::ProxyName, format!("proxy: {}", error.message)))?;
    // A port that is the usual one of `http` was written all the same.
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    let usual = if place.ends_with(":80") { 80 } else { kind.default_port() };
    let port = read.port.unwrap_or(usual);
    // A path behind the name of this machine is the socket that a SOCKS proxy listens on (curl(1) `--proxy`).
    let is_socket = !kind.is_http() && read.host.eq_ignore_ascii_case("localhost") && read.path != "/";
    let socket = is_socket.then(|| PathBuf::from(OsString::from_vec(percent_decode_str(&read.path).collect())));
    Ok(Proxy {
        kind: *kind,
        host: read.host,
        zone: read.zone,
        port,
        socket,
        userinfo: read.userinfo,
        auth: ProxyAuth::default(),
        tunnels: false,
        is_old: false,
        before: None,
    })
}

/// Whether a host is in the list: `*` is every host, a name stands for its subdomains too, `10.0.0.0/8` for a network.
fn is_excepted(host: &str, list: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host);
    let address = host.parse::<IpAddr>().ok();
    list.split([',', ' ']).map(str::trim).filter(|item| !item.is_empty()).any(|item| {
        let item = item.to_ascii_lowercase();
        let name = item.trim_start_matches('.').trim_matches(['[', ']']);
        let name = name.strip_suffix('.').unwrap_or(name);
        let is_below = || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
        match address {
            _ if item == "*" => true,
            None => host == name || is_below(),
            Some(address) => host == name || is_within(address, name),
        }
    })
}

/// Whether an address is this one, or in the network `ADDRESS/BITS` (RFC 4632 3.1).
fn is_within(address: IpAddr, network: &str) -> bool {
    let (base, bits) = network.split_once('/').map_or((network, None), |(base, bits)| (base, Some(bits)));
    let shifted = |size: u32, one: u128, other: u128| {
        let bits = bits.map_or(Ok(size), str::parse::<u32>);
        bits.is_ok_and(|bits| bits <= size && (one ^ other).checked_shr(size - bits).unwrap_or(0) == 0)
    };
    match (address, base.trim_matches(['[', ']']).parse()) {
        (IpAddr::V4(one), Ok(IpAddr::V4(other))) => shifted(32, one.to_bits().into(), other.to_bits().into()),
        (IpAddr::V6(one), Ok(IpAddr::V6(other))) => shifted(128, one.to_bits(), other.to_bits()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::target::Reading;

    fn found(url: &str, named: Option<&str>, environment: &[(&str, &str)]) -> Option<String> {
        let target = TargetUri::parse(url, Reading::default()).unwrap();
        let wish = ProxyWish { named: named.map(str::to_owned), ..ProxyWish::default() };
        let variable =
            |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        proxy_for(&target, &wish, &variable).unwrap().map(|proxy| proxy.to_string())
    }

    #[test]
    fn what_was_said_counts_more_than_the_environment() {
        let http = "http://h.example/";
        for (url, named, environment, expected) in [
            (http, None, &[][..], None),
            (http, Some("p:3128"), &[], Some("http://p:3128")),
            (http, Some("p"), &[], Some("http://p:1080")),
            (http, Some("http://p:80"), &[], Some("http://p:80")),
            (http, Some("http://u:80x@p"), &[], Some("http://p:1080")),
            (http, Some("https://p"), &[], Some("https://p:443")),
            (http, Some("[::1]:80"), &[], Some("http://[::1]:80")),
            ("http://10.1.2.3/", Some("p:1"), &[("no_proxy", "10.0.0.0/8")], None),
            ("http://11.1.2.3/", Some("p:1"), &[("no_proxy", "10.0.0.0/8, 10.0.0.0/x, /8")], Some("http://p:1")),
            ("http://11.1.2.3/", Some("p:1"), &[("no_proxy", "1.2.3.4/0")], None),
            ("http://[fe80::1]/", Some("p:1"), &[("no_proxy", "fe80::/10")], None),
            ("http://h.example./", Some("p:1"), &[("no_proxy", "example")], None),
            (http, Some("p:1"), &[("no_proxy", "h.example.")], None),
            (http, Some("socks5h://u:w@p:9"), &[], Some("socks5h://p:9")),
            (http, Some("socks5://localhost/run/a%20b"), &[], Some("socks5://localhost/run/a b")),
            (http, Some("socks5://h/run/x"), &[], Some("socks5://h:1080")),
            (http, Some("http://localhost/run/x"), &[], Some("http://localhost:1080")),
            (http, Some(""), &[("http_proxy", "p:1")], None),
            (http, None, &[("http_proxy", "p:1")], Some("http://p:1")),
            (http, None, &[("HTTP_PROXY", "p:1")], None),
            (http, None, &[("HTTPS_PROXY", "p:1")], None),
            ("https://h.example/", None, &[("HTTPS_PROXY", "p:1")], Some("http://p:1")),
            (http, None, &[("ALL_PROXY", "p:1")], Some("http://p:1")),
            (http, None, &[("ALL_PROXY", "p:1"), ("NO_PROXY", "x, .example")], None),
            (http, None, &[("ALL_PROXY", "p:1"), ("no_proxy", "*")], None),
            (http, None, &[("ALL_PROXY", "p:1"), ("no_proxy", "ample")], Some("http://p:1")),
            ("http://[::1]/", Some("p:1"), &[("no_proxy", "::1")], None),
        ] {
            assert_eq!(found(url, named, environment).as_deref(), expected, "{url} {named:?} {environment:?}");
        }
    }

    #[test]
    fn a_scheme_that_no_proxy_has_is_refused() {
        assert_eq!(parse("ftp://p").unwrap_err().kind, Kind::Connect);
        assert_eq!(parse("http://p:x").unwrap_err().kind, Kind::ProxyName);
    }
}
