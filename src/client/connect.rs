//! What a request says to an HTTP proxy: the fields that are for it, and the request for a tunnel (RFC 9110 9.3.6).

use super::credentials::basic;
use super::hop::Hop;
use super::proxy::{Proxy, ProxyAuth};
use super::request::{FieldLine, Protocol, Request};
use super::spec::RequestSpec;
use super::target::Scheme;

/// Whether the request itself is for an HTTP proxy to read, in absolute-form: there is one, and no tunnel through it.
pub(super) fn is_for_proxy(hop: &Hop) -> bool {
    hop.proxy.as_ref().is_some_and(|proxy| proxy.kind.is_http() && !is_tunnel(hop, proxy))
}

/// Whether an HTTP proxy is asked for a tunnel: for https, where one was asked for, and where `--connect-to` names another
/// place than the URL does, which no absolute-form can say.
fn is_tunnel(hop: &Hop, proxy: &Proxy) -> bool {
    hop.target.scheme == Scheme::Https || proxy.tunnels || hop.place.is_some()
}

/// Where an HTTP proxy is asked for a tunnel to, if one is needed.
pub(super) fn tunnel_place(hop: &Hop) -> Option<String> {
    hop.proxy.as_ref().filter(|proxy| proxy.kind.is_http() && is_tunnel(hop, proxy))?;
    Some(match &hop.place {
        Some((host, port)) if host.contains(':') => format!("[{host}]:{port}"),
        Some((host, port)) => format!("{host}:{port}"),
        None => format!("{}:{}", hop.target.host, hop.target.effective_port()),
    })
}

/// The request that asks an HTTP proxy for a tunnel, if one is needed. Its fields are curl's, in curl's order.
pub(super) fn connect(spec: &RequestSpec, hop: &Hop) -> Option<Request> {
    let (proxy, place) = (hop.proxy.as_ref()?, tunnel_place(hop)?);
    let mut fields = Vec::new();
    let mut push = |name: &str, value: &[u8]| {
        if !value.is_empty() && !spec.is_for_proxy(name) {
            fields.push(FieldLine::new(name, value));
        }
    };
    push("Host", place.as_bytes());
    push("Proxy-Authorization", authorization(hop, proxy).unwrap_or_default().as_bytes());
    push("User-Agent", spec.agent());
    push("Proxy-Connection", b"Keep-Alive");
    // However they were typed.
    fields.extend(spec.proxy_lines().map(|line| FieldLine::new(line.name(), line.value())));
    Some(Request {
        method: "CONNECT".to_owned(),
        target: hop.target.clone(),
        request_target: place,
        protocol: if proxy.is_old { Protocol::Http10 } else { Protocol::Http11 },
        fields,
        content: None,
        chunked: false,
        proxy: Some(proxy.clone()),
        connect: None,
    })
}

/// The value of `Proxy-Authorization`: the answer to a challenge, else what goes without being asked.
pub(super) fn authorization(hop: &Hop, proxy: &Proxy) -> Option<String> {
    let unasked = || proxy.userinfo.as_ref().filter(|_| proxy.auth == ProxyAuth::Basic).map(basic);
    hop.proxy_authorization.clone().or_else(unasked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::build::build;
    use crate::client::proxy::{ProxyWish, proxy_for};
    use crate::client::spec::FieldWish;
    use crate::client::target::{Reading, TargetUri};

    fn sent(url: &str, wish: &ProxyWish, spec: &RequestSpec, place: Option<(String, u16)>) -> String {
        let target = TargetUri::parse(url, Reading::default()).unwrap();
        let proxy = proxy_for(&target, wish, &|_| None).unwrap();
        let request = build(spec, &Hop { proxy, place, ..Hop::first(target) }).unwrap();
        let heads = request.connect.iter().map(|connect| connect.head()).chain([request.head()]);
        heads.map(|head| String::from_utf8(head).unwrap().replace("\r\n", "|")).collect::<Vec<_>>().join("~")
    }

    #[test]
    fn a_proxy_is_told_what_is_for_it_and_the_server_the_rest() {
        let http = ProxyWish { named: Some("http://me:x@p".into()), ..ProxyWish::default() };
        let socks = ProxyWish { named: Some("socks5h://me:x@p".into()), ..ProxyWish::default() };
        let tunnels = ProxyWish { tunnels: true, is_old: true, ..http.clone() };
        let line = |line: &str| FieldWish::Send(FieldLine::typed(line).unwrap());
        let spec = RequestSpec {
            user_agent: Some("a".into()),
            fields: vec![line("X: y")],
            proxy_fields: vec![line("P: q")],
            ..RequestSpec::default()
        };
        let asked = "|Proxy-Authorization: Basic bWU6eA==|User-Agent: a|Proxy-Connection: Keep-Alive|P: q||";
        let inner = "HTTP/1.1|Host: h|User-Agent: a|Accept: */*|X: y||";
        for (url, wish, place, expected) in [
            (
                "http://h/z?q#f",
                &http,
                None,
                "GET http://h/z?q HTTP/1.1|Host: h|Proxy-Authorization: Basic bWU6eA==|User-Agent: a|Accept: */*|\
                 Proxy-Connection: Keep-Alive|X: y|P: q||"
                    .to_owned(),
            ),
            ("https://h/", &http, None, format!("CONNECT h:443 HTTP/1.1|Host: h:443{asked}~GET / {inner}")),
            ("http://h/", &tunnels, None, format!("CONNECT h:80 HTTP/1.0|Host: h:80{asked}~GET / {inner}")),
            (
                "http://h/",
                &http,
                Some(("::1".to_owned(), 9)),
                format!("CONNECT [::1]:9 HTTP/1.1|Host: [::1]:9{asked}~GET / {inner}"),
            ),
            ("https://h/", &socks, None, format!("GET / {inner}")),
        ] {
            assert_eq!(sent(url, wish, &spec, place), expected, "{url}");
        }
    }
}
