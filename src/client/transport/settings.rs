//! How connections are made, and what exchanges may take.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::message::TransferCodings;

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
    /// When an idle connection is probed, if it is.
    pub keepalive: Option<Keepalive>,
    /// How peers prove who they are.
    pub tls: TlsSettings,
    /// How proxies that are reached over TLS do.
    pub proxy_tls: TlsSettings,
    /// Hands out message bodies with their chunk framing (`--raw`).
    pub raw: bool,
    /// Which transfer codings are taken besides `chunked`.
    pub codings: TransferCodings,
    /// Reads content up to the end of the connection, whatever `Content-Length` says.
    pub ignores_length: bool,
    /// What a connection begins with for a load balancer (`--haproxy-protocol`).
    pub announces: Option<Announcement>,
    /// Takes a response without a head as content (HTTP/0.9).
    pub http09: bool,
    /// The most bytes of content a second, either way.
    pub rate: Option<u64>,
    /// The slowest that a transfer may be.
    pub slowest: Option<Slowest>,
    /// Set from outside to end the exchange that is under way.
    pub stop: Option<Arc<AtomicBool>>,
}

impl Settings {
    /// The family that the addresses of a host are to be of; an address that was typed has no other.
    pub(super) fn family_of(&self, host: &str) -> Option<Family> {
        self.family.filter(|_| host.parse::<IpAddr>().is_err())
    }

    /// Whether both make connections alike, wherever they lead.
    pub(super) fn connects_alike(&self, other: &Settings) -> bool {
        self.unix_socket == other.unix_socket
            && self.announces == other.announces
            && self.family == other.family
            && self.interface == other.interface
            && self.tls == other.tls
            && self.proxy_tls == other.proxy_tls
    }
}

/// When the system asks whether the other side of an idle connection is still there, so that one that has gone without a word
/// is not waited for without an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keepalive {
    /// The time before the first probe, and between two; at most [`Keepalive::LONGEST`] of it counts.
    pub pause: Duration,
    /// After so many without an answer the connection is lost; at most [`Keepalive::MOST`].
    pub probes: u32,
}

impl Keepalive {
    /// The longest pause that Linux takes.
    pub const LONGEST: Duration = Duration::from_secs(32_767);
    /// The most probes that it takes.
    pub const MOST: u32 = 127;

    /// As the system can keep to it.
    pub(super) fn possible(self) -> Keepalive {
        Keepalive { pause: self.pause.min(Keepalive::LONGEST), probes: self.probes.min(Keepalive::MOST) }
    }
}

impl Default for Keepalive {
    /// curl's.
    fn default() -> Keepalive {
        Keepalive { pause: Duration::from_secs(60), probes: 9 }
    }
}

/// The slowest that a transfer may be: fewer bytes a second for so long end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slowest {
    /// Bytes in a second, both ways together.
    pub bytes: u64,
    /// How long it may be slower.
    pub time: Duration,
}

/// The line of HAProxy's protocol that says who has connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announcement {
    /// This side of the connection.
    ThisSide,
    /// A client with this address.
    Client(IpAddr),
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
    /// The public keys that a peer may have and no other: their hashes, or a file (`--pinnedpubkey`).
    pub pinned: Option<String>,
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
