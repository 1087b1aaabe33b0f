//! What octets travel through: a socket, or TLS over it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustls::{ClientConnection, StreamOwned};

use super::certificate::Certificate;

/// A connected socket.
#[derive(Debug)]
pub(super) enum Raw {
    Tcp(TcpStream),
    Unix(UnixStream),
    /// TLS to a proxy, through which something else travels.
    Within(Box<StreamOwned<ClientConnection, Raw>>),
}

impl Raw {
    /// A stream that something else travels through.
    pub(super) fn within(stream: Stream) -> Raw {
        match stream {
            Stream::Plain(raw) => raw,
            Stream::Tls(tls) => Raw::Within(tls),
        }
    }

    /// Sets how long a read or write may take.
    pub(super) fn limit(&self, limit: Option<Duration>) -> io::Result<()> {
        match self {
            Raw::Tcp(stream) => stream.set_read_timeout(limit).and_then(|()| stream.set_write_timeout(limit)),
            Raw::Unix(stream) => stream.set_read_timeout(limit).and_then(|()| stream.set_write_timeout(limit)),
            Raw::Within(tls) => tls.sock.limit(limit),
        }
    }

    /// Ends one direction of the connection.
    pub(super) fn shutdown(&self, direction: Shutdown) -> io::Result<()> {
        match self {
            Raw::Tcp(stream) => stream.shutdown(direction),
            Raw::Unix(stream) => stream.shutdown(direction),
            Raw::Within(tls) => tls.sock.shutdown(direction),
        }
    }

    /// The peer and this side, where they have addresses.
    pub(super) fn addresses(&self) -> (Option<SocketAddr>, Option<SocketAddr>) {
        match self {
            Raw::Tcp(stream) => (stream.peer_addr().ok(), stream.local_addr().ok()),
            Raw::Unix(_) => (None, None),
            Raw::Within(tls) => tls.sock.addresses(),
        }
    }

    pub(super) fn set_nonblocking(&self, wanted: bool) -> io::Result<()> {
        match self {
            Raw::Tcp(stream) => stream.set_nonblocking(wanted),
            Raw::Unix(stream) => stream.set_nonblocking(wanted),
            Raw::Within(tls) => tls.sock.set_nonblocking(wanted),
        }
    }
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Raw::Tcp(stream) => stream.read(buffer),
            Raw::Unix(stream) => stream.read(buffer),
            Raw::Within(tls) => tls.read(buffer),
        }
    }
}

impl Write for Raw {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self {
            Raw::Tcp(stream) => stream.write(octets),
            Raw::Unix(stream) => stream.write(octets),
            Raw::Within(tls) => tls.write(octets),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Raw::Tcp(_) | Raw::Unix(_) => Ok(()),
            Raw::Within(tls) => tls.flush(),
        }
    }
}

/// What octets travel through: a socket, or TLS over it.
#[derive(Debug)]
pub(super) enum Stream {
    Plain(Raw),
    Tls(Box<StreamOwned<ClientConnection, Raw>>),
}

impl Stream {
    pub(super) fn raw(&self) -> &Raw {
        match self {
            Stream::Plain(raw) => raw,
            Stream::Tls(tls) => &tls.sock,
        }
    }

    /// The certificates that the peer has shown.
    pub(super) fn certificates(&self) -> Vec<Certificate> {
        match self {
            Stream::Plain(_) => Vec::new(),
            Stream::Tls(tls) => {
                let shown = tls.conn.peer_certificates().unwrap_or_default();
                shown.iter().map(|certificate| Certificate(certificate.clone())).collect()
            }
        }
    }

    /// What both sides of a TLS connection have agreed on, in a line.
    pub(super) fn agreement(&self) -> String {
        let Stream::Tls(tls) = self else { return String::new() };
        let version =
            tls.conn.protocol_version().and_then(|version| version.as_str().map(|text| text.replace('_', ".")));
        let suite = tls.conn.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str());
        let protocol = tls.conn.alpn_protocol().map_or_else(|| "none".into(), String::from_utf8_lossy);
        let (version, suite) = (version.unwrap_or_default(), suite.unwrap_or_default());
        format!("SSL connection using {version} / {suite}, ALPN: {protocol}")
    }

    pub(super) fn io(&mut self) -> &mut dyn ReadWrite {
        match self {
            Stream::Plain(raw) => raw,
            Stream::Tls(tls) => tls.as_mut(),
        }
    }
}

pub(super) trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}
