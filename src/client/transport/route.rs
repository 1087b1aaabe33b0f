//! Where a connection leads, which says what it can be used again for.

use std::net::IpAddr;

use super::super::proxy::Proxy;
use super::super::request::Request;
use super::super::target::{Scheme, TargetUri};
use super::settings::{Resolve, Settings};

/// What a connection can be used again for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// What is for an HTTP proxy to read, whatever the origin: absolute-form, and requests for tunnels.
    Proxy(Proxy),
    /// One origin, through a tunnel or a SOCKS proxy if there is one.
    Origin { scheme: Scheme, host: String, port: u16, through: Option<Proxy> },
}

impl Key {
    /// The key of the connection that a request goes over.
    pub(super) fn of(request: &Request) -> Key {
        match request.asked_proxy() {
            Some(proxy) => Key::Proxy(proxy.clone()),
            None => Key::origin(&request.target, request.proxy.clone()),
        }
    }

    /// The key of a connection to an origin.
    pub(super) fn origin(target: &TargetUri, through: Option<Proxy>) -> Key {
        let zone = target.zone.as_ref().map(|zone| format!("%{zone}"));
        let host = target.bare_host().to_ascii_lowercase() + &zone.unwrap_or_default();
        Key::Origin { scheme: target.scheme, host, port: target.effective_port(), through }
    }

    /// Whether a connection with that key leads there under both settings. An address that was given for a name holds until
    /// another one is.
    pub(super) fn leads_alike(&self, old: &Settings, new: &Settings) -> bool {
        let place = |settings: &Settings| match self {
            Key::Proxy(proxy) => (proxy.bare_host().to_owned(), proxy.port),
            Key::Origin { host, port, .. } => settings.place_for(host, *port).unwrap_or((host.clone(), *port)),
        };
        let (before, after) = (place(old), place(new));
        let given = new.addresses_of(&after.0, after.1);
        before == after && (given.is_none() || given == old.addresses_of(&before.0, before.1))
    }

    /// The host, as it is said to people.
    pub(super) fn host(&self) -> &str {
        match self {
            Key::Proxy(proxy) => proxy.bare_host(),
            Key::Origin { host, .. } => host,
        }
    }
}

/// A host and port to connect to, and whether a proxy listens there.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) host: String,
    /// The zone of an IPv6 address.
    pub(super) zone: Option<String>,
    pub(super) port: u16,
    pub(super) is_proxy: bool,
}

impl Place {
    /// Where that proxy listens.
    pub(super) fn of_proxy(proxy: &Proxy) -> Place {
        Place { host: proxy.bare_host().to_owned(), zone: proxy.zone.clone(), port: proxy.port, is_proxy: true }
    }

    /// Where the target is: at the host and port of the URL unless `--connect-to` names others.
    pub(super) fn of_target(target: &TargetUri, settings: &Settings) -> Place {
        let (host, zone, port) = match settings.place_of(target) {
            Some((host, port)) => (host, None, port),
            None => (target.bare_host().to_owned(), target.zone.clone(), target.effective_port()),
        };
        Place { host, zone, port, is_proxy: false }
    }
}

impl Settings {
    /// The host and port that `--connect-to` names in place of those of the target, if they are others.
    pub fn place_of(&self, target: &TargetUri) -> Option<(String, u16)> {
        self.place_for(target.bare_host(), target.effective_port())
    }

    /// The addresses that `--resolve` gives a host and port.
    pub(super) fn addresses_of(&self, host: &str, port: u16) -> Option<&[IpAddr]> {
        let is_its = |rule: &&Resolve| rule.port == port && (rule.host == "*" || rule.host.eq_ignore_ascii_case(host));
        self.resolve.iter().find(is_its).map(|rule| rule.addresses.as_slice())
    }

    fn place_for(&self, host: &str, port: u16) -> Option<(String, u16)> {
        let rule = self.connect_to.iter().find(|rule| {
            (rule.from_host.is_empty() || rule.from_host.eq_ignore_ascii_case(host))
                && rule.from_port.is_none_or(|from| from == port)
        })?;
        let instead = if rule.host.is_empty() { host } else { &rule.host };
        let place = (instead.to_owned(), rule.port.unwrap_or(port));
        Some(place).filter(|(other, other_port)| !other.eq_ignore_ascii_case(host) || *other_port != port)
    }
}
