//! From a target URI to a connection: names, addresses, the TCP handshake.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionbio};
use socket2::{Domain, SockRef, Socket, TcpKeepalive, Type};

use super::super::error::{Error, Kind};
use super::super::proxy::{Proxy, ProxyKind};
use super::super::request::{Request, reason};
use super::super::target::{Scheme, TargetUri};
use super::deadline::{Deadline, LOOK};
use super::facts::Facts;
use super::failure::send_failure;
use super::plain::Plain;
use super::route::{Key, Place};
use super::settings::{Announcement, Family, Interface, Keepalive, Settings};
use super::socket::Connection;
use super::socks::{self, Door, Goal};
use super::stream::Stream;
use super::tap::Line;
use super::tls::Tls;

/// The longest wait for a connection when no limit was given: curl's.
const CONNECT_TIME: Duration = Duration::from_secs(300);

/// What makes a connection: routes, trust, the time that it may take, and who looks on.
pub(super) struct Dialer<'a> {
    pub(super) settings: &'a Settings,
    pub(super) tls: &'a Tls,
    pub(super) proxy_tls: &'a Tls,
    /// Until when the connection has to stand.
    pub(super) by: Deadline,
    pub(super) line: Line<'a>,
}

impl Dialer<'_> {
    /// Opens a connection for a request: to its target, TLS included, or to the HTTP proxy that is asked first.
    pub(super) fn dial(&self, request: &Request, facts: &mut Facts) -> Result<Connection, Error> {
        let target = &request.target;
        let http = request.proxy.as_ref().filter(|proxy| proxy.kind.is_http());
        let (place, socks) = match (http, &request.proxy) {
            (Some(http), _) => (Place::of_proxy(http), http.before.as_deref()),
            (None, Some(socks)) => (Place::of_target(target, self.settings), Some(socks)),
            (None, None) => (Place::of_target(target, self.settings), None),
        };
        let mut stream = match socks {
            Some(socks) => self.dial_through(socks, &place, facts)?,
            None => self.dial_raw(target, &place, facts)?,
        };
        let Some(http) = http else {
            self.announce(&mut stream)?;
            let stream = match target.scheme {
                Scheme::Http => stream,
                Scheme::Https => self.secure(stream, request, facts)?,
            };
            return Ok(Connection::new(stream, Key::of(request), self.line));
        };
        if http.kind == ProxyKind::Https {
            stream =
                self.proxy_tls.handshake(stream, http.bare_host(), self.by, self.settings.stop.as_deref(), facts)?;
            facts.proxy = Some(self.by.started.elapsed());
            self.line.remark(|| stream.agreement());
        }
        // Through a tunnel, it is for the server at the other end.
        if request.connect.is_none() {
            self.announce(&mut stream)?;
        }
        Ok(Connection::new(stream, Key::Proxy(http.clone()), self.line))
    }

    /// Says who has connected, if that was asked for, before anything else crosses the connection (version 1 of the PROXY
    /// protocol).
    pub(super) fn announce(&self, stream: &mut Stream) -> Result<(), Error> {
        let Some(announcement) = self.settings.announces else { return Ok(()) };
        let line = match stream.addresses() {
            (Some(peer), Some(own)) => {
                // Both addresses are of one family: where one is made up, so is the other, as with curl.
                let (client, server) = match announcement {
                    Announcement::ThisSide => (own.ip(), peer.ip()),
                    Announcement::Client(address) => (address, address),
                };
                let family = if client.is_ipv6() { "TCP6" } else { "TCP4" };
                format!("PROXY {family} {client} {server} {} {}\r\n", own.port(), peer.port())
            }
            _ => "PROXY UNKNOWN\r\n".to_owned(),
        };
        let written = stream.limit(self.by.left()?).and_then(|()| stream.write_all(line.as_bytes()));
        written.and_then(|()| stream.flush()).map_err(|error| send_failure(&error))?;
        if let Some(tap) = self.line.tap {
            tap.sent(line.as_bytes(), line.len(), Some(self.line.number));
        }
        Ok(())
    }

    /// Does the TLS handshake with the target of a request.
    pub(super) fn secure(&self, stream: Stream, request: &Request, facts: &mut Facts) -> Result<Stream, Error> {
        let stream =
            self.tls.handshake(stream, request.target.bare_host(), self.by, self.settings.stop.as_deref(), facts)?;
        facts.tls = Some(self.by.started.elapsed());
        facts.certificates = stream.certificates();
        self.line.remark(|| stream.agreement());
        Ok(stream)
    }

    /// Opens a bare connection to the target.
    pub(super) fn dial_plain(&self, target: &TargetUri, deadline: Deadline, facts: &mut Facts) -> Result<Plain, Error> {
        let stream = self.dial_raw(target, &Place::of_target(target, self.settings), facts)?;
        Ok(Plain::new(stream, deadline, self.settings.stop.clone(), self.line))
    }

    /// Opens a connection to a place through a SOCKS proxy.
    fn dial_through(&self, socks: &Proxy, place: &Place, facts: &mut Facts) -> Result<Stream, Error> {
        let mut stream = match &socks.socket {
            Some(path) => self.dial_socket(path, socks.bare_host(), facts)?,
            None => dial_tcp(&Place::of_proxy(socks), self.settings, self.by, self.line, facts)?,
        };
        facts.connects += 1;
        let goal = match place.host.parse() {
            Ok(address) => Goal::Address(address),
            Err(_) if socks::looks_up(socks.kind) => {
                let found = addresses(place, self.settings, self.by).map_err(|error| match error.kind {
                    Kind::Time | Kind::Aborted => error,
                    _ => Error::new(Kind::Proxy, error.message),
                })?;
                socks::choose(socks.kind, place, &found)?
            }
            Err(_) => Goal::Name(place.host.clone()),
        };
        self.line.remark(|| format!("{} connect to {}:{}", socks.kind.name(), place.host, place.port));
        let mut door = Door { stream: &mut stream, by: self.by, stop: self.settings.stop.as_deref() };
        door.pass(socks, &goal, place.port)?;
        self.line.remark(|| format!("{} request granted", socks.kind.name()));
        facts.connect = Some(self.by.started.elapsed());
        facts.proxy = facts.connect;
        Ok(stream)
    }

    fn dial_raw(&self, target: &TargetUri, place: &Place, facts: &mut Facts) -> Result<Stream, Error> {
        let stream = match &self.settings.unix_socket {
            Some(path) => self.dial_socket(path, target.bare_host(), facts)?,
            None => dial_tcp(place, self.settings, self.by, self.line, facts)?,
        };
        facts.connects += 1;
        facts.connect = facts.tcp;
        Ok(stream)
    }

    /// Opens a connection to whoever listens on a Unix socket.
    fn dial_socket(&self, path: &Path, host: &str, facts: &mut Facts) -> Result<Stream, Error> {
        self.line.remark(|| format!("  Trying {}...", path.display()));
        let stream = UnixStream::connect(path).map_err(|error| {
            Error::new(Kind::Connect, format!("failed to connect to '{}': {}", path.display(), reason(&error)))
        })?;
        facts.name_lookup = Some(self.by.started.elapsed());
        facts.tcp = facts.name_lookup;
        self.line.remark(|| format!("Connected to {host} ({})", path.display()));
        Ok(Stream::unix(stream, self.line.ear()))
    }
}

/// When a connection has to stand.
pub(super) fn within_connect_time(settings: &Settings, deadline: Deadline) -> Deadline {
    deadline.within(settings.connect_time.or(Some(CONNECT_TIME)))
}

fn dial_tcp(
    place: &Place,
    settings: &Settings,
    by: Deadline,
    line: Line<'_>,
    facts: &mut Facts,
) -> Result<Stream, Error> {
    let Place { host, port, .. } = place;
    let addresses = addresses(place, settings, by)?;
    facts.name_lookup = Some(by.started.elapsed());
    let mut failure = unknown(place, ": no address of that family");
    for (at, address) in addresses.iter().enumerate() {
        // The time that is left is shared by the addresses that are left.
        let share = u32::try_from(addresses.len() - at).unwrap_or(u32::MAX);
        let left = by.left()?.unwrap_or(CONNECT_TIME);
        line.remark(|| format!("  Trying {address}..."));
        let socket = settings.interface.as_ref().map(|interface| bound(*address, interface)).transpose();
        let socket = match socket {
            Ok(socket) => socket,
            Err(error) => {
                failure = error;
                continue;
            }
        };
        let asked = Instant::now();
        match connect(*address, socket, left / share, settings.stop.as_deref())? {
            Ok(stream) => {
                line.remark(|| format!("Connected to {host} ({}) port {port}", address.ip()));
                // One write holds a whole small request; waiting for more would only delay it.
                let tuned = stream.set_nodelay(true).and_then(|()| keep_alive(&stream, settings.keepalive));
                tuned.map_err(|error| Error::new(Kind::Connect, reason(&error)))?;
                facts.tcp = Some(by.started.elapsed());
                facts.remote = stream.peer_addr().ok();
                facts.local = stream.local_addr().ok();
                return Ok(Stream::tcp(stream, line.ear(), asked));
            }
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                let limit = by.limit.unwrap_or_default().as_millis();
                failure =
                    Error::new(Kind::Time, format!("connection to {host} port {port} timed out after {limit} ms"));
            }
            Err(error) => {
                line.remark(|| format!("connect to {address} failed: {}", reason(&error)));
                failure = unreachable(place, &reason(&error));
            }
        }
    }
    Err(failure)
}

fn keep_alive(stream: &TcpStream, wish: Option<Keepalive>) -> io::Result<()> {
    let Some(Keepalive { pause, probes }) = wish.map(Keepalive::possible) else { return Ok(()) };
    let probing = TcpKeepalive::new().with_time(pause).with_interval(pause).with_retries(probes);
    SockRef::from(stream).set_tcp_keepalive(&probing)
}

/// The failure that a place is which nobody can be connected to.
fn unreachable(place: &Place, why: &str) -> Error {
    let whose = if place.is_proxy { "proxy " } else { "" };
    let Place { host, port, .. } = place;
    Error::new(Kind::Connect, format!("failed to connect to {whose}{host} port {port}: {why}"))
}

/// Connects, or says why not.
///
/// # Errors
/// `Kind::Aborted` if all shall stop.
fn connect(
    address: SocketAddr,
    socket: Option<Socket>,
    limit: Duration,
    stop: Option<&AtomicBool>,
) -> Result<io::Result<TcpStream>, Error> {
    let started = Instant::now();
    let socket = match ask(address, socket) {
        Ok(socket) => socket,
        Err(error) => return Ok(Err(error)),
    };
    loop {
        let left = limit.saturating_sub(started.elapsed());
        match is_answered(&socket, if stop.is_some() { left.min(LOOK) } else { left }) {
            Ok(true) => return Ok(taken(socket)),
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Ok(Err(error)),
            _ if stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) => return Err(Error::aborted()),
            _ if left.is_zero() => return Ok(Err(io::ErrorKind::TimedOut.into())),
            _ => {}
        }
    }
}

/// Asks for a connection: the system goes on with the handshake.
fn ask(address: SocketAddr, socket: Option<Socket>) -> io::Result<Socket> {
    let socket = socket.map_or_else(|| Socket::new(Domain::for_address(address), Type::STREAM, None), Ok)?;
    ioctl_fionbio(&socket, true)?;
    match socket.connect(&address.into()) {
        Err(error) if error.raw_os_error() != Some(Errno::INPROGRESS.raw_os_error()) => Err(error),
        _ => Ok(socket),
    }
}

/// Whether the handshake has come to an end within that time, well or not.
fn is_answered(socket: &Socket, limit: Duration) -> io::Result<bool> {
    let limit = Timespec::try_from(limit).ok();
    Ok(poll(&mut [PollFd::new(socket, PollFlags::OUT)], limit.as_ref())? > 0)
}

/// The connection, if there is one.
fn taken(socket: Socket) -> io::Result<TcpStream> {
    if let Some(error) = socket.take_error()? {
        return Err(error);
    }
    ioctl_fionbio(&socket, false)?;
    Ok(socket.into())
}

/// Does what cannot be interrupted on a thread of its own. `None` if it takes longer than the limit.
///
/// # Errors
/// `Kind::Aborted` if all shall stop.
fn aside<T: Send + 'static>(
    job: impl FnOnce() -> T + Send + 'static,
    limit: Duration,
    stop: Option<&AtomicBool>,
) -> Result<Option<T>, Error> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::spawn(move || {
        // The receiver is gone when the time is up.
        let _ = sender.send(job());
    });
    let started = Instant::now();
    loop {
        let left = limit.saturating_sub(started.elapsed());
        match receiver.recv_timeout(if stop.is_some() { left.min(LOOK) } else { left }) {
            Ok(done) => return Ok(Some(done)),
            Err(_) if stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) => return Err(Error::aborted()),
            Err(_) if left <= LOOK => return Ok(None),
            Err(_) => {}
        }
    }
}

/// A socket that is bound to this side of the connection.
fn bound(address: SocketAddr, interface: &Interface) -> Result<Socket, Error> {
    let try_to = || {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        match interface {
            Interface::Address(local) => socket.bind(&SocketAddr::new(*local, 0).into())?,
            Interface::Device(name) => socket.bind_device(Some(name.as_bytes()))?,
            Interface::Host(name) => {
                let mut own = (name.as_str(), 0).to_socket_addrs()?;
                let own = own.find(|own| own.is_ipv4() == address.is_ipv4());
                socket.bind(&own.ok_or_else(|| io::Error::other("no address of that family"))?.into())?;
            }
        }
        Ok(socket)
    };
    try_to().map_err(|error: io::Error| {
        let (Interface::Device(name) | Interface::Host(name)) = interface else {
            return Error::new(Kind::Interface, format!("cannot connect from that address: {}", reason(&error)));
        };
        Error::new(Kind::Interface, format!("cannot connect from '{name}': {}", reason(&error)))
    })
}

fn addresses(place: &Place, settings: &Settings, by: Deadline) -> Result<Vec<SocketAddr>, Error> {
    let (host, port) = (place.host.as_str(), place.port);
    let mut found: Vec<SocketAddr> = match (settings.addresses_of(host, port), host.parse::<IpAddr>()) {
        (Some(addresses), _) => addresses.iter().map(|address| SocketAddr::new(*address, port)).collect(),
        (None, Ok(address)) => vec![
            place
                .zone
                .as_deref()
                .and_then(|zone| within(zone, host, port))
                .unwrap_or_else(|| SocketAddr::new(address, port)),
        ],
        (None, Err(_)) if is_own(host) => {
            // Names of this machine are not asked for (RFC 6761 6.3), and may be served under either address.
            let own = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
            own.into_iter().map(|address| SocketAddr::new(address, port)).collect()
        }
        // Whom Tor names are asked for learns where somebody goes: only a proxy may be told them (RFC 7686 2).
        (None, Err(_)) if is_onion(host) => {
            let kind = if place.is_proxy { Kind::ProxyName } else { Kind::Name };
            return Err(Error::new(kind, "Not resolving .onion address (RFC 7686)"));
        }
        (None, Err(_)) => look_up(place, by, settings.stop.as_deref())?,
    };
    found.retain(|address| match settings.family_of(host) {
        None => true,
        Some(Family::V4) => address.is_ipv4(),
        Some(Family::V6) => address.is_ipv6(),
    });
    Ok(found)
}

/// An IPv6 address as it is reached through the network interface that the zone names, if there is one of that name: only
/// the system knows.
fn within(zone: &str, address: &str, port: u16) -> Option<SocketAddr> {
    (format!("{address}%{zone}").as_str(), port).to_socket_addrs().ok()?.next()
}

/// Whether a name is this machine's own: `localhost` and what ends in `.localhost`.
fn is_own(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

fn is_onion(host: &str) -> bool {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase().ends_with(".onion")
}

/// Asks the system. The look-up itself knows no time limit and no end, so with one it goes aside.
fn look_up(place: &Place, by: Deadline, stop: Option<&AtomicBool>) -> Result<Vec<SocketAddr>, Error> {
    let (name, port) = (place.host.clone(), place.port);
    let ask = move || (name.as_str(), port).to_socket_addrs().map(Vec::from_iter);
    let limit = by.left()?.unwrap_or(CONNECT_TIME);
    let found = match limit < CONNECT_TIME || stop.is_some() {
        true => aside(ask, limit, stop)?,
        false => Some(ask()),
    };
    let found = found.ok_or_else(|| Error::new(Kind::Time, format!("resolving {} timed out", place.host)))?;
    found.map_err(|_| unknown(place, ""))
}

/// The failure that a host without addresses is.
fn unknown(place: &Place, why: &str) -> Error {
    let (kind, what) = if place.is_proxy { (Kind::ProxyName, "proxy") } else { (Kind::Name, "host") };
    Error::new(kind, format!("could not resolve {what}: {}{why}", place.host))
}
