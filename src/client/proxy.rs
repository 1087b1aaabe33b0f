//! Which requests go through a proxy: what was said, else the environment, as curl reads it.

use super::error::{Error, Kind};
use super::target::{Scheme, TargetUri, Userinfo};

/// A proxy to send through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Its URL, without name and password.
    pub url: String,
    /// Who asks, if the proxy wants to know.
    pub userinfo: Option<Userinfo>,
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
}

/// The proxy for a target, if it has one.
///
/// `HTTP_PROXY` in capitals is not read for `http`: a web server sets it from a field of the request it serves.
///
/// # Errors
/// `Kind::Usage` for a scheme that no proxy has; `Kind::Url` for a URL that is none.
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
    let named = wish.named.clone().or_else(|| of_scheme().or_else(|| either("all_proxy", "ALL_PROXY")));
    let Some(text) = named.filter(|text| !text.is_empty()) else { return Ok(None) };
    let except = wish.except.clone().or_else(|| either("no_proxy", "NO_PROXY")).unwrap_or_default();
    if is_excepted(target.bare_host(), &except) {
        return Ok(None);
    }
    parse(&text).map(|proxy| Some(Proxy { userinfo: wish.userinfo.clone().or(proxy.userinfo), ..proxy }))
}

fn parse(text: &str) -> Result<Proxy, Error> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let scheme = scheme.to_ascii_lowercase();
    // curl's names for the versions of SOCKS; with `h` or `a` the proxy looks the name up.
    let known = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    if !known.contains(&scheme.as_str()) {
        return Err(Error::new(Kind::Usage, format!("proxy scheme '{scheme}', expected one of {}", known.join(", "))));
    }
    let read = TargetUri::parse(&format!("http://{rest}"), super::target::Reading::default())?;
    // curl's port for a proxy that names none.
    let port = match (read.port, rest.contains(":80")) {
        (Some(port), _) => port,
        (None, true) => 80,
        (None, false) => 1080,
    };
    Ok(Proxy { url: format!("{scheme}://{}:{port}", read.host), userinfo: read.userinfo })
}

/// Whether a host is in the list: `*` is every host, a name stands for its subdomains too.
fn is_excepted(host: &str, list: &str) -> bool {
    let host = host.to_ascii_lowercase();
    list.split([',', ' ']).map(str::trim).filter(|item| !item.is_empty()).any(|item| {
        let item = item.to_ascii_lowercase();
        let name = item.trim_start_matches('.').trim_matches(['[', ']']);
        let is_below = || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
        item == "*" || host == name || (host.parse::<std::net::IpAddr>().is_err() && is_below())
    })
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
        proxy_for(&target, &wish, &variable).unwrap().map(|proxy| proxy.url)
    }

    #[test]
    fn what_was_said_counts_more_than_the_environment() {
        let http = "http://h.example/";
        for (url, named, environment, expected) in [
            (http, None, &[][..], None),
            (http, Some("p:3128"), &[], Some("http://p:3128")),
            (http, Some("p"), &[], Some("http://p:1080")),
            (http, Some("http://p:80"), &[], Some("http://p:80")),
            (http, Some("socks5h://u:w@p:9"), &[], Some("socks5h://p:9")),
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
        assert_eq!(parse("ftp://p").unwrap_err().kind, Kind::Usage);
        assert_eq!(parse("http://p:x").unwrap_err().kind, Kind::Url);
    }
}
