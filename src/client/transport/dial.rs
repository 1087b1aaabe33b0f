//! From a target URI to a connection: names, addresses, the TCP handshake.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use super::super::error::{Error, Kind};
use super::super::request::reason;
use super::super::target::{Scheme, TargetUri};
use super::pace::LOOK;
use super::plain::Plain;
use super::socket::{Connection, is_timeout};
use super::stream::{Raw, Stream};
use super::tap::{Seen, Tap};
use super::tls::Tls;
use super::{Deadline, Facts, Family, Interface, Settings};

/// The longest wait for a connection when no limit was given: curl's.
const CONNECT_TIME: Duration = Duration::from_secs(300);

/// The connection that is to be opened, for whoever looks on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Its number among those of the transport.
    pub(super) number: u32,
    pub(super) tap: Option<&'a Tap>,
}

impl Line<'_> {
    fn remark(self, text: impl FnOnce() -> String) {
        if let Some(tap) = self.tap {
            tap.tell(Seen::Remark(&text()), Some(self.number));
        }
    }
}

/// What a connection can be used again for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    scheme: Scheme,
    pub(super) host: String,
    port: u16,
}

impl Key {
    pub(super) fn of(target: &TargetUri) -> Key {
        let host = target.bare_host().to_ascii_lowercase();
        Key { scheme: target.scheme, host, port: target.effective_port() }
    }
}

/// Opens a connection to the target, TLS included.
pub(super) fn dial(
    target: &TargetUri,
    settings: &Settings,
    tls: &Tls,
    deadline: Deadline,
    line: Line<'_>,
    facts: &mut Facts,
) -> Result<Connection, Error> {
    let by = within_connect_time(settings, deadline);
    let raw = dial_raw(target, settings, by, line, facts)?;
    let stream = match target.scheme {
        Scheme::Http => Stream::Plain(raw),
        Scheme::Https => tls.handshake(raw, target.bare_host(), by, facts)?,
    };
    if target.scheme == Scheme::Https {
        facts.tls = Some(by.started.elapsed());
        facts.certificates = stream.certificates();
        line.remark(|| stream.agreement());
    }
    Ok(Connection::new(stream, Key::of(target), line))
}

/// Opens a bare connection to the target.
pub(super) fn dial_plain(
    target: &TargetUri,
    settings: &Settings,
    deadline: Deadline,
    line: Line<'_>,
    facts: &mut Facts,
) -> Result<Plain, Error> {
    let raw = dial_raw(target, settings, within_connect_time(settings, deadline), line, facts)?;
    Ok(Plain::new(raw, deadline, line))
}

fn within_connect_time(settings: &Settings, deadline: Deadline) -> Deadline {
    deadline.within(settings.connect_time.or(Some(CONNECT_TIME)))
}

fn dial_raw(
    target: &TargetUri,
    settings: &Settings,
    by: Deadline,
    line: Line<'_>,
    facts: &mut Facts,
) -> Result<Raw, Error> {
    let raw = match &settings.unix_socket {
        Some(path) => {
            line.remark(|| format!("  Trying {}...", path.display()));
            let stream = UnixStream::connect(path).map_err(|error| {
                Error::new(Kind::Connect, format!("failed to connect to '{}': {}", path.display(), reason(&error)))
            })?;
            facts.name_lookup = Some(by.started.elapsed());
            line.remark(|| format!("Connected to {} ({})", target.bare_host(), path.display()));
            Raw::Unix(stream)
        }
        None => Raw::Tcp(dial_tcp(target, settings, by, line, facts)?),
    };
    facts.connects += 1;
    facts.connect = Some(by.started.elapsed());
    Ok(raw)
}

fn dial_tcp(
    target: &TargetUri,
    settings: &Settings,
    by: Deadline,
    line: Line<'_>,
    facts: &mut Facts,
) -> Result<TcpStream, Error> {
    let (host, port) = destination(target, settings);
    let addresses = addresses(&host, port, settings, by)?;
    facts.name_lookup = Some(by.started.elapsed());
    let mut failure = Error::new(Kind::Name, format!("could not resolve host: {host}: no address of that family"));
    for (place, address) in addresses.iter().enumerate() {
        // The time that is left is shared by the addresses that are left.
        let share = u32::try_from(addresses.len() - place).unwrap_or(u32::MAX);
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
        match connect(*address, socket, left / share, settings.stop.as_deref())? {
            Ok(stream) => {
                line.remark(|| format!("Connected to {host} ({}) port {port}", address.ip()));
                // One write holds a whole small request; waiting for more would only delay it.
                stream.set_nodelay(true).map_err(|error| Error::new(Kind::Connect, reason(&error)))?;
                facts.remote = stream.peer_addr().ok();
                facts.local = stream.local_addr().ok();
                return Ok(stream);
            }
            Err(error) if is_timeout(&error) => {
                let limit = by.limit.unwrap_or_default().as_millis();
                failure =
                    Error::new(Kind::Time, format!("connection to {host} port {port} timed out after {limit} ms"));
            }
            Err(error) => {
                line.remark(|| format!("connect to {address} failed: {}", reason(&error)));
                let what = format!("failed to connect to {host} port {port}: {}", reason(&error));
                failure = Error::new(Kind::Connect, what);
            }
        }
    }
    Err(failure)
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
    let connect = move || {
        let Some(socket) = socket else { return TcpStream::connect_timeout(&address, limit) };
        socket.connect_timeout(&address.into(), limit)?;
        Ok(socket.into())
    };
    match stop {
        None => Ok(connect()),
        Some(_) => {
            aside(connect, limit, stop).map(|connected| connected.unwrap_or(Err(io::ErrorKind::TimedOut.into())))
        }
    }
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

/// The host and port to connect to: those of the URL unless `--connect-to` names others.
fn destination(target: &TargetUri, settings: &Settings) -> (String, u16) {
    let (host, port) = (target.bare_host(), target.effective_port());
    let matching = settings.connect_to.iter().find(|rule| {
        (rule.from_host.is_empty() || rule.from_host.eq_ignore_ascii_case(host))
            && rule.from_port.is_none_or(|from| from == port)
    });
    match matching {
        Some(rule) => {
            let host = if rule.host.is_empty() { host } else { &rule.host };
            (host.to_owned(), rule.port.unwrap_or(port))
        }
        None => (host.to_owned(), port),
    }
}

fn addresses(host: &str, port: u16, settings: &Settings, by: Deadline) -> Result<Vec<SocketAddr>, Error> {
    let given = settings
        .resolve
        .iter()
        .find(|rule| rule.port == port && (rule.host == "*" || rule.host.eq_ignore_ascii_case(host)))
        .map(|rule| rule.addresses.clone());
    let mut found: Vec<SocketAddr> = match (given, host.parse::<IpAddr>()) {
        (Some(addresses), _) => addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect(),
        (None, Ok(address)) => vec![SocketAddr::new(address, port)],
        (None, Err(_)) => look_up(host, port, by, settings.stop.as_deref())?,
    };
    found.retain(|address| match settings.family {
        None => true,
        Some(Family::V4) => address.is_ipv4(),
        Some(Family::V6) => address.is_ipv6(),
    });
    Ok(found)
}

/// Asks the system. The look-up itself knows no time limit and no end, so with one it goes aside.
fn look_up(host: &str, port: u16, by: Deadline, stop: Option<&AtomicBool>) -> Result<Vec<SocketAddr>, Error> {
    let name = host.to_owned();
    let ask = move || (name.as_str(), port).to_socket_addrs().map(Vec::from_iter);
    let limit = by.left()?.unwrap_or(CONNECT_TIME);
    let found = match limit < CONNECT_TIME || stop.is_some() {
        true => aside(ask, limit, stop)?,
        false => Some(ask()),
    };
    let found = found.ok_or_else(|| Error::new(Kind::Time, format!("resolving {host} timed out")))?;
    found.map_err(|_| Error::new(Kind::Name, format!("could not resolve host: {host}")))
}
