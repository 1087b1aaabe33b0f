//! What bytes travel through: a socket, or TLS over another stream. Here, and nowhere else, bytes cross a connection of
//! ours, and whoever looks on is told.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::fs::sendfile;
use rustls::{ClientConnection, StreamOwned};

use super::certificate::Certificate;
use super::tap::{Crossing, Ear, Line, Seen};

/// What bytes travel through.
#[derive(Debug)]
pub(super) struct Stream {
    channel: Channel,
    ear: Option<Ear>,
    /// Whether what travels is TLS.
    carries_tls: bool,
}

#[derive(Debug)]
enum Channel {
    Tcp(TcpStream),
    Unix(UnixStream),
    Tls(Box<StreamOwned<ClientConnection, Stream>>),
}

impl Stream {
    /// A connection over TCP that was asked for then.
    pub(super) fn tcp(stream: TcpStream, ear: Option<Ear>, asked: Instant) -> Stream {
        let stream = Stream::new(Channel::Tcp(stream), ear);
        if let (Some(ear), (Some(remote), Some(local))) = (&stream.ear, stream.addresses()) {
            ear.tell(Seen::Connected { local, remote, waited: asked.elapsed() });
        }
        stream
    }

    /// A connection over a socket file, which has no addresses: those that are told are made up.
    pub(super) fn unix(stream: UnixStream, ear: Option<Ear>) -> Stream {
        if let Some(ear) = &ear {
            let place = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            let port = u16::try_from(ear.number() % 10_000).unwrap_or_default() + 50_000;
            ear.tell(Seen::Connected { local: place(port), remote: place(80), waited: Duration::ZERO });
        }
        Stream::new(Channel::Unix(stream), ear)
    }

    /// TLS over the stream that it has.
    pub(super) fn tls(tls: StreamOwned<ClientConnection, Stream>) -> Stream {
        let ear = tls.sock.ear.clone();
        Stream::new(Channel::Tls(Box::new(tls)), ear)
    }

    fn new(channel: Channel, ear: Option<Ear>) -> Stream {
        Stream { channel, ear, carries_tls: false }
    }

    /// The same stream, over which TLS begins now.
    pub(super) fn carrying_tls(mut self) -> Stream {
        self.carries_tls = true;
        self
    }

    /// Who looks on from now on.
    pub(super) fn listen(&mut self, line: Line<'_>) {
        self.ear = line.ear();
        if let Channel::Tls(tls) = &mut self.channel {
            tls.sock.listen(line);
        }
    }

    /// Who looks on.
    pub(super) fn ear(&self) -> Option<&Ear> {
        self.ear.as_ref()
    }

    /// Sets how long a read or write may take.
    pub(super) fn limit(&self, limit: Option<Duration>) -> io::Result<()> {
        match &self.channel {
            Channel::Tcp(stream) => stream.set_read_timeout(limit).and_then(|()| stream.set_write_timeout(limit)),
            Channel::Unix(stream) => stream.set_read_timeout(limit).and_then(|()| stream.set_write_timeout(limit)),
            Channel::Tls(tls) => tls.sock.limit(limit),
        }
    }

    /// Has the system send up to that many bytes of a file, from where it stands, without reading them here; `None` where
    /// they have to be seen or encrypted on their way.
    pub(super) fn send_file(&self, file: &File, most: usize) -> Option<io::Result<usize>> {
        let sent = match &self.channel {
            _ if self.ear.is_some() => return None,
            Channel::Tcp(stream) => sendfile(stream, file, None, most),
            Channel::Unix(stream) => sendfile(stream, file, None, most),
            Channel::Tls(_) => return None,
        };
        Some(sent.map_err(io::Error::from))
    }

    /// Ends the direction of the connection that this side writes to.
    pub(super) fn finish(&self) -> io::Result<()> {
        match &self.channel {
            Channel::Tcp(stream) => stream.shutdown(Shutdown::Write)?,
            Channel::Unix(stream) => stream.shutdown(Shutdown::Write)?,
            Channel::Tls(tls) => return tls.sock.finish(),
        }
        self.tell(|| Seen::Finished { is_peer: false });
        Ok(())
    }

    /// The peer and this side, where they have addresses.
    pub(super) fn addresses(&self) -> (Option<SocketAddr>, Option<SocketAddr>) {
        match &self.channel {
            Channel::Tcp(stream) => (stream.peer_addr().ok(), stream.local_addr().ok()),
            Channel::Unix(_) => (None, None),
            Channel::Tls(tls) => tls.sock.addresses(),
        }
    }

    pub(super) fn set_nonblocking(&self, wanted: bool) -> io::Result<()> {
        match &self.channel {
            Channel::Tcp(stream) => stream.set_nonblocking(wanted),
            Channel::Unix(stream) => stream.set_nonblocking(wanted),
            Channel::Tls(tls) => tls.sock.set_nonblocking(wanted),
        }
    }

    /// The certificates that the peer has shown.
    pub(super) fn certificates(&self) -> Vec<Certificate> {
        let Channel::Tls(tls) = &self.channel else { return Vec::new() };
        let shown = tls.conn.peer_certificates().unwrap_or_default();
        shown.iter().map(|certificate| Certificate(certificate.clone())).collect()
    }

    /// What both sides of a TLS connection have agreed on, in a line.
    pub(super) fn agreement(&self) -> String {
        let Channel::Tls(tls) = &self.channel else { return String::new() };
        let version =
            tls.conn.protocol_version().and_then(|version| version.as_str().map(|text| text.replace('_', ".")));
        let suite = tls.conn.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str());
        let protocol = tls.conn.alpn_protocol().map_or_else(|| "none".into(), String::from_utf8_lossy);
        let (version, suite) = (version.unwrap_or_default(), suite.unwrap_or_default());
        format!("SSL connection using {version} / {suite}, ALPN: {protocol}")
    }

    fn tell<'a>(&self, seen: impl FnOnce() -> Seen<'a>) {
        if let Some(ear) = &self.ear {
            ear.tell(seen());
        }
    }

    fn crossing<'a>(&self, bytes: &'a [u8]) -> Crossing<'a> {
        Crossing { bytes, is_socket: self.is_socket(), is_clear: !self.carries_tls }
    }

    fn is_socket(&self) -> bool {
        !matches!(self.channel, Channel::Tls(_))
    }

    /// Tells how a read or write of the socket shows that the peer has given the connection up.
    fn tell_break(&self, error: &io::Error) {
        if self.is_socket() && matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) {
            self.tell(|| Seen::Broken);
        }
    }

    /// Whether bytes came that nobody has read: who closes then breaks the connection (RFC 9293 3.10.4).
    fn has_unread(&self) -> bool {
        let Channel::Tcp(stream) = &self.channel else { return false };
        stream.set_nonblocking(true).is_ok() && matches!(stream.peek(&mut [0]), Ok(1..))
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.channel {
            Channel::Tcp(stream) => stream.read(buffer),
            Channel::Unix(stream) => stream.read(buffer),
            Channel::Tls(tls) => tls.read(buffer),
        };
        match &read {
            Ok(0) if self.is_socket() && !buffer.is_empty() => self.tell(|| Seen::Finished { is_peer: true }),
            Ok(0) => {}
            Ok(length) => self.tell(|| Seen::Received(self.crossing(&buffer[..*length]))),
            Err(error) => self.tell_break(error),
        }
        read
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &mut self.channel {
            Channel::Tcp(stream) => stream.write(bytes),
            Channel::Unix(stream) => stream.write(bytes),
            Channel::Tls(tls) => tls.write(bytes),
        };
        match &written {
            Ok(0) => {}
            Ok(length) => self.tell(|| Seen::Sent(self.crossing(&bytes[..*length]))),
            Err(error) => self.tell_break(error),
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.channel {
            Channel::Tcp(_) | Channel::Unix(_) => Ok(()),
            Channel::Tls(tls) => tls.flush(),
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(ear) = self.ear.as_ref().filter(|_| self.is_socket()) {
            ear.tell(Seen::Closed { is_broken: self.has_unread() });
        }
    }
}
