//! The languages of SOCKS proxies: 4, 4a, 5 (RFC 1928) and its passwords (RFC 1929).

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::AtomicBool;

use super::super::error::{Error, Kind};
use super::super::proxy::{Proxy, ProxyKind};
use super::super::request::reason;
use super::deadline::Deadline;
use super::failure::is_timeout;
use super::route::Place;
use super::stream::Stream;

/// Where a SOCKS proxy is asked to connect to: an address, or a name for the proxy to look up.
#[derive(Debug, Clone)]
pub(super) enum Goal {
    Address(IpAddr),
    Name(String),
}

/// Whether the host is looked up here and not by the proxy.
pub(super) fn looks_up(kind: ProxyKind) -> bool {
    matches!(kind, ProxyKind::Socks4 | ProxyKind::Socks5)
}

/// The address that such a proxy can be asked for, out of those that a host has.
pub(super) fn choose(kind: ProxyKind, place: &Place, found: &[SocketAddr]) -> Result<Goal, Error> {
    let fits = |address: &&SocketAddr| kind != ProxyKind::Socks4 || address.is_ipv4();
    match found.iter().find(fits) {
        Some(address) => Ok(Goal::Address(address.ip())),
        None => Err(refused(format!("SOCKS4 knows no address of {}, only IPv4 ones", place.host))),
    }
}

/// A connection to a SOCKS proxy that has not let us through yet.
pub(super) struct Door<'a> {
    pub(super) stream: &'a mut Stream,
    pub(super) by: Deadline,
    pub(super) stop: Option<&'a AtomicBool>,
}

impl Door<'_> {
    /// Asks the proxy to connect to a host; afterwards the connection is one to that.
    pub(super) fn pass(&mut self, proxy: &Proxy, goal: &Goal, port: u16) -> Result<(), Error> {
        match proxy.kind {
            ProxyKind::Socks4 | ProxyKind::Socks4a => self.pass_4(proxy, goal, port),
            _ => self.pass_5(proxy, goal, port),
        }
    }

    fn pass_4(&mut self, proxy: &Proxy, goal: &Goal, port: u16) -> Result<(), Error> {
        let (address, name) = match goal {
            Goal::Address(IpAddr::V4(address)) => (address.octets(), None),
            Goal::Address(IpAddr::V6(address)) => ([0, 0, 0, 1], Some(address.to_string())),
            Goal::Name(name) => ([0, 0, 0, 1], Some(name.clone())),
        };
        let user = proxy.userinfo.as_ref().map_or("", |userinfo| &userinfo.user);
        let mut ask = [&[4, 1][..], &port.to_be_bytes(), &address, short(user, "user name")?, &[0]].concat();
        if let Some(name) = &name {
            ask.extend_from_slice(short(name, "host name")?);
            ask.push(0);
        }
        self.write(&ask)?;
        match self.read::<8>()? {
            [0, 90, ..] => Ok(()),
            [0, 91, ..] => Err(refused("the SOCKS4 proxy refused, or could not connect (91)")),
            [0, 92, ..] => Err(refused("the SOCKS4 proxy wants to ask an identd here (92)")),
            [0, 93, ..] => Err(refused("the SOCKS4 proxy says that user and identd differ (93)")),
            [0, code, ..] => Err(refused(format!("the SOCKS4 proxy gave the unknown answer {code}"))),
            [version, ..] => Err(refused(format!("no SOCKS4 answer: version {version}, expected 0"))),
        }
    }

    fn pass_5(&mut self, proxy: &Proxy, goal: &Goal, port: u16) -> Result<(), Error> {
        let ways: &[u8] = if proxy.userinfo.is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] };
        self.write(ways)?;
        match (self.read::<2>()?, &proxy.userinfo) {
            ([5, 0], _) => {}
            ([5, 2], Some(userinfo)) => {
                let (user, password) = (short(&userinfo.user, "user name")?, short(&userinfo.password, "password")?);
                self.write(&[&[1, length(user)][..], user, &[length(password)], password].concat())?;
                let answer = self.read::<2>()?;
                if answer[1] != 0 {
                    return Err(refused(format!("the SOCKS5 proxy refused the user ({})", answer[1])));
                }
            }
            ([5, 0xff], _) => return Err(refused("the SOCKS5 proxy takes no way of authentication that is here")),
            ([5, way], _) => return Err(refused(format!("the SOCKS5 proxy wants authentication {way}"))),
            ([version, _], _) => return Err(refused(format!("no SOCKS5 answer: version {version}, expected 5"))),
        }
        let mut ask = vec![5, 1, 0];
        match goal {
            Goal::Address(IpAddr::V4(address)) => ask.extend([&[1][..], &address.octets()].concat()),
            Goal::Address(IpAddr::V6(address)) => ask.extend([&[4][..], &address.octets()].concat()),
            Goal::Name(name) => {
                let name = short(name, "host name")?;
                ask.extend([&[3, length(name)][..], name].concat());
            }
        }
        ask.extend(port.to_be_bytes());
        self.write(&ask)?;
        self.read_5()
    }

    /// The answer to a request (RFC 1928 6).
    fn read_5(&mut self) -> Result<(), Error> {
        let [version, code, _, kind] = self.read::<4>()?;
        if version != 5 {
            return Err(refused(format!("no SOCKS5 answer: version {version}, expected 5")));
        }
        if code != 0 {
            let what = match code {
                1 => "general failure",
                2 => "not allowed",
                3 => "network unreachable",
                4 => "host unreachable",
                5 => "connection refused",
                6 => "time to live expired",
                7 => "command not known",
                8 => "kind of address not known",
                _ => "unknown answer",
            };
            return Err(refused(format!("the SOCKS5 proxy could not connect: {what} ({code})")));
        }
        let rest = match kind {
            1 => 4,
            3 => usize::from(self.read::<1>()?[0]),
            4 => 16,
            other => return Err(refused(format!("the SOCKS5 proxy gave an address of the unknown kind {other}"))),
        };
        self.fill(&mut vec![0; rest + 2])
    }

    fn read<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], Error> {
        let mut bytes = [0; LENGTH];
        self.fill(&mut bytes).map(|()| bytes)
    }

    fn fill(&mut self, mut bytes: &mut [u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            self.wait()?;
            match self.stream.read(bytes) {
                Ok(0) => return Err(refused("the SOCKS proxy closed the connection within its answer")),
                Ok(length) => bytes = &mut bytes[length..],
                Err(error) => may_go_on(&error)?,
            }
        }
        Ok(())
    }

    fn write(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            self.wait()?;
            match self.stream.write(bytes) {
                Ok(length) => bytes = &bytes[length..],
                Err(error) => may_go_on(&error)?,
            }
        }
        Ok(())
    }

    /// Sets how long the next step may take.
    fn wait(&mut self) -> Result<(), Error> {
        let limit = self.by.step(self.stop)?;
        self.stream.limit(limit).map_err(|error| refused(reason(&error)))
    }
}

fn may_go_on(error: &io::Error) -> Result<(), Error> {
    match is_timeout(error) || error.kind() == io::ErrorKind::Interrupted {
        true => Ok(()),
        false => Err(refused(format!("the connection to the SOCKS proxy broke: {}", reason(error)))),
    }
}

/// Text whose length fits into one byte, and which ends no other text.
fn short<'a>(text: &'a str, what: &str) -> Result<&'a [u8], Error> {
    match text.len() <= 255 && !text.contains('\0') {
        true => Ok(text.as_bytes()),
        false => Err(refused(format!("a {what} for a SOCKS proxy has at most 255 bytes and no NUL"))),
    }
}

fn length(bytes: &[u8]) -> u8 {
    u8::try_from(bytes.len()).unwrap_or(u8::MAX)
}

fn refused(what: impl Into<String>) -> Error {
    Error::new(Kind::Proxy, what)
}
