//! The one boundary of sending: a complete request goes in, one exchange comes out, with interim responses, head,
//! content as it arrives, trailers, times and addresses. Above it nothing knows how octets travel.

mod buffer;
mod dial;
mod exchange;
mod library;
mod pace;
mod plain;
mod route;
mod socket;
mod socks;
mod stream;
mod tap;
mod tls;
mod trust;
mod tunnel;

use std::io::Read;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use dial::{Dialer, Line};
pub use exchange::Exchange;
pub use pace::Slowest;
pub use plain::{Plain, Received};
use route::Key;
use socket::Connection;
pub use tap::{Seen, Tap};
use tunnel::Tunnel;

use super::error::{Error, Kind};
use super::request::{Protocol, Request};
use super::target::{Scheme, TargetUri};
use crate::message::ReplyHead;

/// How connections are made and what they may take, for all exchanges of a run.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The most time from the start of a transfer to its end.
    pub total_time: Option<Duration>,
    /// The most time for a connection to stand, name look-up and TLS included.
    pub connect_time: Option<Duration>,
    /// How long content waits for `100 (Continue)`.
    pub expect_time: Option<Duration>,
    /// Addresses to use for a host and port instead of looking them up.
    pub resolve: Vec<Resolve>,
    /// Hosts and ports to connect to in place of others.
    pub connect_to: Vec<ConnectTo>,
    /// A socket file to connect to, whatever the host.
    pub unix_socket: Option<PathBuf>,
    /// Addresses of one family only.
    pub family: Option<Family>,
    /// Where to connect from.
    pub interface: Option<Interface>,
    /// How peers prove who they are.
    pub tls: TlsSettings,
    /// How proxies that are reached over TLS do.
    pub proxy_tls: TlsSettings,
    /// Hands out message bodies with their chunk framing (`--raw`).
    pub raw: bool,
    /// Reads content up to the end of the connection, whatever `Content-Length` says.
    pub ignores_length: bool,
    /// Takes a response without a head as content (HTTP/0.9).
    pub http09: bool,
    /// The most octets of content a second, either way.
    pub rate: Option<u64>,
    /// The slowest that a transfer may be.
    pub slowest: Option<Slowest>,
    /// Set from outside to end the exchange that is under way.
    pub stop: Option<Arc<AtomicBool>>,
}

impl Settings {
    /// Whether both reach a target over the same connection.
    fn reaches_alike(&self, other: &Settings) -> bool {
        self.resolve == other.resolve
            && self.connect_to == other.connect_to
            && self.unix_socket == other.unix_socket
            && self.family == other.family
            && self.interface == other.interface
            && self.tls == other.tls
            && self.proxy_tls == other.proxy_tls
    }
}

/// An address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// IPv4
    V4,
    /// IPv6
    V6,
}

/// This side of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interface {
    /// An address.
    Address(IpAddr),
    /// A network interface, by the name that the system has for it.
    Device(String),
    /// A host name, which stands for its addresses.
    Host(String),
}

/// `--resolve HOST:PORT:ADDRESS,...`; a host `*` is every host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What to use in order.
    pub addresses: Vec<IpAddr>,
}

/// `--connect-to HOST1:PORT1:HOST2:PORT2`; an empty part stands for every host or port, or for the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectTo {
    /// The host of the URL.
    pub from_host: String,
    /// The port of the URL.
    pub from_port: Option<u16>,
    /// The host to connect to.
    pub host: String,
    /// The port to connect to.
    pub port: Option<u16>,
}

/// How peers prove who they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsSettings {
    /// Takes any certificate (`-k`).
    pub insecure: bool,
    /// A file of certificate authorities instead of the system's.
    pub authorities: Option<PathBuf>,
    /// A folder of certificate authorities instead of the system's.
    pub authority_folder: Option<PathBuf>,
    /// The client's certificate.
    pub certificate: Option<PathBuf>,
    /// Its key, if it is in another file.
    pub key: Option<PathBuf>,
    /// The oldest version of TLS to speak.
    pub oldest: Option<TlsVersion>,
    /// The latest version of TLS to speak.
    pub latest: Option<TlsVersion>,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2 (RFC 5246)
    Tls12,
    /// TLS 1.3 (RFC 8446)
    Tls13,
}

/// When an exchange has to be over.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    started: Instant,
    limit: Option<Duration>,
}

impl Deadline {
    /// A deadline that starts now.
    pub fn after(limit: Option<Duration>) -> Deadline {
        Deadline { started: Instant::now(), limit }
    }

    /// The same limit, counted from the same start, with times measured from now on.
    #[must_use]
    pub fn from_now(self) -> Deadline {
        let started = Instant::now();
        Deadline { started, limit: self.limit.map(|limit| limit.saturating_sub(started - self.started)) }
    }

    /// The same start, and the nearer one of both limits.
    fn within(self, limit: Option<Duration>) -> Deadline {
        let now = self.started.elapsed();
        let limit = limit.map(|limit| now + limit);
        Deadline { limit: [self.limit, limit].into_iter().flatten().min(), ..self }
    }

    /// What is left, `None` without a limit.
    ///
    /// # Errors
    /// `Kind::Time` when nothing is left.
    pub fn left(self) -> Result<Option<Duration>, Error> {
        let Some(limit) = self.limit else { return Ok(None) };
        match limit.checked_sub(self.started.elapsed()).filter(|left| !left.is_zero()) {
            Some(left) => Ok(Some(left)),
            None => Err(self.passed()),
        }
    }

    fn passed(self) -> Error {
        let limit = self.limit.unwrap_or_default().as_millis();
        Error::new(Kind::Time, format!("operation timed out after {limit} milliseconds"))
    }
}

/// What is known about an exchange besides its messages, also when it failed. Durations count from its start.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Until the address was known.
    pub name_lookup: Option<Duration>,
    /// Until the TCP handshake was done, with the proxy if there is one.
    pub tcp: Option<Duration>,
    /// Until the proxy had let the connection through, where it is asked for that.
    pub proxy: Option<Duration>,
    /// Until the connection stood.
    pub connect: Option<Duration>,
    /// Until the TLS handshake was done.
    pub tls: Option<Duration>,
    /// Until the request could be written.
    pub pretransfer: Option<Duration>,
    /// Until the request was written, or given up.
    pub sent: Option<Duration>,
    /// Until the first octet of the response.
    pub first_octet: Option<Duration>,
    /// The peer.
    pub remote: Option<SocketAddr>,
    /// This side.
    pub local: Option<SocketAddr>,
    /// Connections that were opened.
    pub connects: u32,
    /// Whether the connection was there before.
    pub reused: bool,
    /// Octets of the request's head.
    pub request_octets: u64,
    /// Octets of content that were sent.
    pub upload_octets: u64,
    /// Octets of response heads.
    pub head_octets: u64,
    /// The number of the connection among those of the transport.
    pub connection: Option<u32>,
    /// How many certificates the peer has shown.
    pub certificates: usize,
    /// What was wrong with them, in OpenSSL's numbers: 0 is nothing.
    pub verify_result: u32,
    /// The heads with which the proxy answered the request for a tunnel.
    pub tunnel: Vec<ReplyHead>,
}

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
        if !self.settings.reaches_alike(&settings) {
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
        if goes_over_library(request) {
            let tap = self.tap.clone();
            return library::send(request, input, deadline, &self.settings, &self.tls, tap, &mut self.facts);
        }
        // The peer may have closed what was kept, or say something that nobody asked for.
        self.idle.retain_mut(Connection::is_quiet);
        if let Some(connection) = self.take_idle(&Key::of(request)) {
            match connection.exchange(request, input, deadline, &self.settings, &mut self.facts) {
                Err(error) if may_repeat(request) && self.facts.first_octet.is_none() && is_stale(&error) => {
                    self.facts = Facts::default();
                }
                outcome => return outcome,
            }
        }
        let connection = self.connect(request, deadline)?;
        connection.exchange(request, input, deadline, &self.settings, &mut self.facts)
    }

    /// A connection that was kept for that.
    fn take_idle(&mut self, key: &Key) -> Option<Connection> {
        let at = self.idle.iter().position(|connection| connection.key == *key)?;
        let mut connection = self.idle.swap_remove(at);
        connection.tap.clone_from(&self.tap);
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
                Err(error) if self.facts.first_octet.is_none() && is_stale(&error) => {
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

/// What a socket of ours does not speak: HTTP/2. Through a proxy, 1.1 is agreed on with the server.
fn goes_over_library(request: &Request) -> bool {
    match request.protocol {
        Protocol::Http2PriorKnowledge => true,
        // Without TLS there is nobody to agree on HTTP/2 with (RFC 9113 3.1): it stays 1.1.
        Protocol::Http2 => request.target.scheme == Scheme::Https && request.proxy.is_none(),
        Protocol::Http10 | Protocol::Http11 => false,
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
