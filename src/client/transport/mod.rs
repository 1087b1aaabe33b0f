//! The one boundary of sending: a complete request goes in, one exchange comes out, with interim responses, head,
//! content as it arrives, trailers, times and addresses. Above it nothing knows how bytes travel.

mod authorities;
mod body;
mod buffer;
mod certificate;
mod deadline;
mod dial;
mod exchange;
mod facts;
mod failure;
mod library;
mod pace;
mod pins;
mod plain;
mod route;
mod settings;
mod socket;
mod socks;
mod stream;
mod tap;
mod tls;
mod trust;
mod tunnel;

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

pub use certificate::Certificate;
pub use deadline::Deadline;
use dial::Dialer;
pub use exchange::Exchange;
pub use facts::Facts;
use library::Library;
pub use plain::{Plain, Received};
use route::Key;
pub use settings::{
    Announcement, ConnectTo, Family, Interface, Keepalive, Resolve, Settings, Slowest, TlsSettings, TlsVersion,
};
use socket::Connection;
use tap::Line;
pub use tap::{Crossing, Seen, Tap};
use tunnel::Tunnel;

use super::error::{Error, Kind};
use super::request::{Protocol, Request};
use super::target::{Scheme, TargetUri};

/// Sends requests, and keeps the connections that can be used again.
#[derive(Debug)]
pub struct Transport {
    settings: Settings,
    tls: tls::Tls,
    proxy_tls: tls::Tls,
    idle: Vec<Connection>,
    facts: Facts,
    tap: Option<Tap>,
    /// How many connections were opened.
    opened: Arc<AtomicU32>,
}

impl Transport {
    /// A transport without any connection.
    pub fn new(settings: Settings) -> Transport {
        let (tls, proxy_tls) = (tls::Tls::new(settings.tls.clone()), tls::Tls::new(settings.proxy_tls.clone()));
        let (idle, facts) = (Vec::new(), Facts::default());
        Transport { settings, tls, proxy_tls, idle, facts, tap: None, opened: Arc::default() }
    }

    /// A transport without connections that numbers its own together with this one's.
    pub fn another(&self) -> Transport {
        Transport { opened: Arc::clone(&self.opened), ..Transport::new(self.settings.clone()) }
    }

    /// Works with other limits and routes from now on; connections that they do not concern are kept.
    pub fn configure(&mut self, settings: Settings) {
        if self.settings.connects_alike(&settings) {
            self.idle.retain(|connection| connection.key.leads_alike(&self.settings, &settings));
        } else {
            self.idle.clear();
            self.tls = tls::Tls::new(settings.tls.clone());
            self.proxy_tls = tls::Tls::new(settings.proxy_tls.clone());
        }
        self.settings = settings;
    }

    /// Tells what crosses its connections from now on.
    pub fn watch(&mut self, tap: Option<Tap>) {
        self.tap = tap;
    }

    /// The limits and routes that it works with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What is known about the last exchange.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Sends a request and reads the response up to its content.
    ///
    /// A connection kept from before is used again if there is one; if the peer has closed it meanwhile, the request
    /// goes over a new one.
    ///
    /// # Errors
    /// Whatever kept the response from coming.
    pub fn send(
        &mut self,
        request: &Request,
        input: &mut (dyn Read + Send),
        deadline: Deadline,
    ) -> Result<Exchange, Error> {
        self.facts = Facts::default();
        if self.goes_over_library(request) {
            let library = Library { settings: &self.settings, tls: &self.tls, tap: self.tap.as_ref() };
            return library.send(request, input, deadline, &mut self.facts).map(Exchange::over_library);
        }
        // The peer may have closed what was kept, or say something that nobody asked for.
        self.idle.retain_mut(Connection::is_quiet);
        if let Some(connection) = self.take_idle(&Key::of(request)) {
            match connection.exchange(request, input, deadline, &self.settings, &mut self.facts) {
                Err(error) if may_repeat(request) && self.facts.first_byte.is_none() && is_stale(&error) => {
                    self.facts = Facts::default();
                }
                outcome => return outcome.map(Exchange::over_socket),
            }
        }
        let connection = self.connect(request, deadline)?;
        let reply = connection.exchange(request, input, deadline, &self.settings, &mut self.facts)?;
        Ok(Exchange::over_socket(reply))
    }

    /// What a socket of ours does not speak: HTTP/2. Through a proxy, and behind an announcement, 1.1 is agreed on with the
    /// server.
    fn goes_over_library(&self, request: &Request) -> bool {
        match request.protocol {
            Protocol::Http2PriorKnowledge => true,
            // Without TLS there is nobody to agree on HTTP/2 with (RFC 9113 3.1): it stays 1.1.
            Protocol::Http2 => {
                request.target.scheme == Scheme::Https && request.proxy.is_none() && self.settings.announces.is_none()
            }
            Protocol::Http10 | Protocol::Http11 => false,
        }
    }

    /// A connection that was kept for that.
    fn take_idle(&mut self, key: &Key) -> Option<Connection> {
        let at = self.idle.iter().position(|connection| connection.key == *key)?;
        let mut connection = self.idle.swap_remove(at);
        connection.watch(self.tap.as_ref());
        connection.remark(|key| format!("Re-using existing connection with host {}", key.host()));
        self.facts.reused = true;
        (self.facts.remote, self.facts.local) = connection.addresses();
        Some(connection)
    }

    /// A new connection for a request, through a tunnel if it needs one.
    fn connect(&mut self, request: &Request, deadline: Deadline) -> Result<Connection, Error> {
        let Some(ask) = &request.connect else { return self.dial(request, deadline) };
        // A proxy that has refused may have left its connection open for a better request.
        let kept = request.proxy.clone().and_then(|proxy| self.take_idle(&Key::Proxy(proxy)));
        let connection = match kept {
            Some(kept) => match self.tunnel(kept, ask, request, deadline) {
                Err(error) if self.facts.first_byte.is_none() && is_stale(&error) => {
                    self.facts = Facts::default();
                    self.dial(request, deadline)?
                }
                outcome => return outcome,
            },
            None => self.dial(request, deadline)?,
        };
        self.tunnel(connection, ask, request, deadline)
    }

    fn dial(&mut self, request: &Request, deadline: Deadline) -> Result<Connection, Error> {
        let number = self.opened.fetch_add(1, Ordering::Relaxed);
        self.with_dialer(deadline, number, |dialer, facts| dialer.dial(request, facts))
    }

    fn tunnel(
        &mut self,
        connection: Connection,
        ask: &Request,
        request: &Request,
        deadline: Deadline,
    ) -> Result<Connection, Error> {
        let number = connection.number();
        let asked =
            self.with_dialer(deadline, number, |dialer, facts| tunnel::open(connection, ask, request, dialer, facts));
        match asked? {
            Tunnel::Open(connection) => Ok(connection),
            Tunnel::Refused(error, connection) => {
                self.idle.extend(connection);
                Err(error)
            }
        }
    }

    /// Whether the connection that the request would go over leads to a peer that has answered in HTTP/1.0.
    pub fn is_old(&self, request: &Request) -> bool {
        !self.idle.is_empty() && {
            let key = Key::of(request);
            self.idle.iter().any(|connection| connection.is_old && connection.key == key)
        }
    }

    /// Opens a bare connection, for what is not HTTP/1.1.
    ///
    /// # Errors
    /// Whatever kept the connection from standing.
    pub fn open(&mut self, target: &TargetUri, deadline: Deadline) -> Result<Plain, Error> {
        self.facts = Facts::default();
        let number = self.opened.fetch_add(1, Ordering::Relaxed);
        self.with_dialer(deadline, number, |dialer, facts| dialer.dial_plain(target, deadline, facts))
    }

    /// Makes the connection of that number with what this transport was told.
    fn with_dialer<T>(
        &mut self,
        deadline: Deadline,
        number: u32,
        dial: impl FnOnce(&Dialer<'_>, &mut Facts) -> T,
    ) -> T {
        let Transport { settings, tls, proxy_tls, facts, tap, .. } = self;
        let by = dial::within_connect_time(settings, deadline);
        dial(&Dialer { settings, tls, proxy_tls, by, line: Line { number, tap: tap.as_ref() } }, facts)
    }

    /// Takes a connection back after the whole response was read, if it can be used again.
    pub fn keep(&mut self, exchange: Exchange) {
        if let Some(connection) = exchange.into_connection() {
            self.idle.push(connection);
        }
    }
}

/// Whether a request can be sent twice: content that comes from a pipe is read once only.
fn may_repeat(request: &Request) -> bool {
    request.content.as_ref().is_none_or(super::request::Content::is_repeatable)
}

/// Whether a kept connection failed in the way that one does which the peer has closed.
fn is_stale(error: &Error) -> bool {
    matches!(error.kind, Kind::Empty | Kind::Send | Kind::Receive)
}
