//! What is asked of the connection and of what comes after the request, in curl's words: what other tools know of it they
//! translate, the rest they say in a comment.

use std::fmt::Display;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use bstr::{BStr, BString, ByteSlice};

use super::text::{MASK, shown};
use crate::cli::request::plan::Plan;
use crate::cli::request::retry::Retry;
use crate::client::transport::{Family, Interface, Keepalive, Settings, TlsSettings, TlsVersion};
use crate::client::{Follow, Protocol, Proxy, ProxyAuth, Request, RequestSpec};

/// One option and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extra {
    pub(super) option: &'static str,
    pub(super) value: Option<BString>,
    /// Whether a secret is in it.
    pub(super) is_secret: bool,
}

impl Extra {
    /// It as it is typed, without any quotes.
    pub(super) fn typed(&self) -> String {
        match &self.value {
            Some(value) => format!("--{} {}", self.option, shown(value)),
            None => format!("--{}", self.option),
        }
    }

    /// Its value.
    pub(super) fn value(&self) -> Option<&BStr> {
        self.value.as_ref().map(|value| value.as_bstr())
    }
}

/// What is not said, for comments.
pub(super) fn unsaid(extras: &[Extra], is_said: impl Fn(&Extra) -> bool) -> Vec<String> {
    let unsaid = extras.iter().filter(|extra| !is_said(extra));
    unsaid.map(|extra| format!("not said here: {}", extra.typed())).collect()
}

/// All that is asked.
pub(super) fn extras(request: &Request, spec: &RequestSpec, plan: &Plan, shows_secrets: bool) -> Vec<Extra> {
    let mut list = List { extras: Vec::new(), shows_secrets };
    match request.protocol {
        Protocol::Http10 => list.flag("http1.0", true),
        Protocol::Http2 => list.flag("http2", true),
        Protocol::Http2PriorKnowledge => list.flag("http2-prior-knowledge", true),
        Protocol::Http11 => {}
    }
    list.follow(&plan.follow, spec);
    list.settings(&plan.settings);
    list.tls(&plan.settings.tls, TLS);
    if let Some(proxy) = &request.proxy {
        list.proxy(proxy, spec);
        list.tls(&plan.settings.proxy_tls, PROXY_TLS);
    } else if plan.proxy.named.is_some() || plan.proxy.except.is_some() {
        list.maybe("noproxy", Some("*"));
    }
    list.maybe("proto-redir", Some(plan.follow.schemes.list()).filter(|list| !list.is_empty()));
    list.flag("disallow-username-in-url", plan.follow.reading.no_userinfo);
    list.retry(&plan.retry);
    list.extras
}

struct List {
    extras: Vec<Extra>,
    shows_secrets: bool,
}

/// How the options of TLS are called: towards the target, and towards a proxy.
const TLS: [&str; 6] = ["insecure", "cacert", "capath", "cert", "key", "pinnedpubkey"];
const PROXY_TLS: [&str; 6] =
    ["proxy-insecure", "proxy-cacert", "proxy-capath", "proxy-cert", "proxy-key", "proxy-pinnedpubkey"];

impl List {
    fn flag(&mut self, option: &'static str, is_set: bool) {
        if is_set {
            self.extras.push(Extra { option, value: None, is_secret: false });
        }
    }

    fn maybe(&mut self, option: &'static str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.extras.push(Extra { option, value: Some(value.to_string().into()), is_secret: false });
        }
    }

    fn path(&mut self, option: &'static str, path: Option<&Path>) {
        if let Some(path) = path {
            self.extras.push(Extra { option, value: Some(path.as_os_str().as_bytes().into()), is_secret: false });
        }
    }

    fn follow(&mut self, follow: &Follow, spec: &RequestSpec) {
        if !follow.follow {
            return;
        }
        match (follow.trust_all, spec.obeys) {
            (true, _) => self.flag("location-trusted", true),
            (false, true) => self.flag("follow", true),
            (false, false) => self.flag("location", true),
        }
        // 50 is what curl has.
        match follow.limit {
            None => self.maybe("max-redirs", Some(-1)),
            Some(limit) => self.maybe("max-redirs", Some(limit).filter(|limit| *limit != 50)),
        }
        self.flag("post301", follow.post301);
        self.flag("post302", follow.post302);
        self.flag("post303", follow.post303);
    }

    fn retry(&mut self, retry: &Retry) {
        let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
        self.maybe("retry", Some(retry.times).filter(|times| *times > 0));
        self.maybe("retry-delay", seconds(retry.delay));
        self.maybe("retry-max-time", seconds(retry.total));
        self.flag("retry-connrefused", retry.refused);
        self.flag("retry-all-errors", retry.all);
    }

    fn settings(&mut self, settings: &Settings) {
        let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
        self.maybe("max-time", seconds(settings.total_time));
        self.maybe("connect-timeout", seconds(settings.connect_time));
        self.maybe("expect100-timeout", seconds(settings.expect_time));
        for rule in &settings.resolve {
            let addresses: Vec<String> = rule.addresses.iter().map(ToString::to_string).collect();
            self.maybe("resolve", Some(format!("{}:{}:{}", bracketed(&rule.host), rule.port, addresses.join(","))));
        }
        for rule in &settings.connect_to {
            let port = |port: Option<u16>| port.map(|port| port.to_string()).unwrap_or_default();
            let (from, to) = (bracketed(&rule.from_host), bracketed(&rule.host));
            self.maybe("connect-to", Some(format!("{from}:{}:{to}:{}", port(rule.from_port), port(rule.port))));
        }
        self.path("unix-socket", settings.unix_socket.as_deref());
        self.flag("ipv4", settings.family == Some(Family::V4));
        self.flag("ipv6", settings.family == Some(Family::V6));
        self.maybe(
            "interface",
            settings.interface.as_ref().map(|interface| match interface {
                Interface::Address(address) => address.to_string(),
                Interface::Device(name) => format!("if!{name}"),
                Interface::Host(name) => format!("host!{name}"),
            }),
        );
        let usual = Keepalive::default();
        self.flag("no-keepalive", settings.keepalive.is_none());
        let wish = settings.keepalive.unwrap_or_default();
        self.maybe("keepalive-time", Some(wish.pause.as_secs()).filter(|_| wish.pause != usual.pause));
        self.maybe("keepalive-cnt", Some(wish.probes).filter(|_| wish.probes != usual.probes));
        self.flag("raw", settings.raw);
        self.flag("ignore-content-length", settings.ignores_length);
        self.flag("http0.9", settings.http09);
        self.maybe("limit-rate", settings.rate);
        self.maybe("speed-limit", settings.slowest.as_ref().map(|slowest| slowest.bytes));
        self.maybe("speed-time", settings.slowest.as_ref().map(|slowest| slowest.time.as_secs()));
    }

    fn tls(&mut self, tls: &TlsSettings, [insecure, file, folder, certificate, key, pinned]: [&'static str; 6]) {
        self.flag(insecure, tls.insecure);
        self.path(file, tls.authorities.as_deref());
        self.path(folder, tls.authority_folder.as_deref());
        self.path(certificate, tls.certificate.as_deref());
        self.path(key, tls.key.as_deref());
        self.maybe(pinned, tls.pinned.as_ref());
        match tls.oldest {
            Some(TlsVersion::Tls12) => self.flag("tlsv1.2", true),
            Some(TlsVersion::Tls13) => self.flag("tlsv1.3", true),
            None => {}
        }
        self.maybe("tls-max", tls.latest.map(|latest| if latest == TlsVersion::Tls12 { "1.2" } else { "1.3" }));
    }

    fn proxy(&mut self, proxy: &Proxy, spec: &RequestSpec) {
        let option = if proxy.is_old { "proxy1.0" } else { "proxy" };
        self.maybe(
            option,
            Some(match proxy.is_old {
                true => format!("{}:{}", proxy.host, proxy.port),
                false => proxy.to_string(),
            }),
        );
        if let Some(userinfo) = &proxy.userinfo {
            let password = if self.shows_secrets { &userinfo.password } else { MASK };
            let value = Some(format!("{}:{password}", userinfo.user).into());
            self.extras.push(Extra { option: "proxy-user", value, is_secret: true });
        }
        self.flag("proxy-digest", proxy.auth == ProxyAuth::Digest);
        self.flag("proxy-anyauth", proxy.auth == ProxyAuth::Any);
        self.flag("proxytunnel", proxy.tunnels);
        // Who stands before the proxy is known to nobody else.
        self.maybe("preproxy", proxy.before.as_ref());
        for line in spec.proxy_lines() {
            let is_secret = crate::print::is_secret(line.name()) && !self.shows_secrets;
            let value = if is_secret { format!("{}: {MASK}", line.name()).into() } else { BString::from(line.line()) };
            self.extras.push(Extra { option: "proxy-header", value: Some(value), is_secret });
        }
    }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}
