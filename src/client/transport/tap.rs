//! Looking on while bytes cross a connection: what is told is what went, when it went.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// What crosses a connection, or happens to it. The bytes of messages are told twice: as messages, and as what crosses the
/// connection, which for https is TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen<'a> {
    /// A connection stands, so long after it was asked for.
    Connected {
        /// This side.
        local: SocketAddr,
        /// The peer.
        remote: SocketAddr,
        /// From the first packet to the last of the handshake.
        waited: Duration,
    },
    /// Keys of its TLS, as a line of a key log. It is told before anything that was protected by them.
    Secrets(&'a str),
    /// A request is about to be sent.
    Request {
        /// Its method.
        method: &'a str,
        /// Its target, in the form in which it is sent.
        target: &'a str,
    },
    /// Bytes that this side has written.
    Sent(Crossing<'a>),
    /// Bytes that the peer has sent.
    Received(Crossing<'a>),
    /// One side sends nothing more.
    Finished {
        /// Whether it is the peer.
        is_peer: bool,
    },
    /// The peer has given the connection up.
    Broken,
    /// This side has closed the connection.
    Closed {
        /// Whether bytes had come that nobody has read, which tells the peer that the connection was given up.
        is_broken: bool,
    },
    /// Something about the connection.
    Remark(&'a str),
    /// Bytes of a request's head.
    RequestHead(&'a [u8]),
    /// Bytes of a request's message body, with their chunk framing.
    RequestBody(&'a [u8]),
    /// One line of a response's head, with its end.
    ResponseLine(&'a [u8]),
    /// Bytes of a response's message body, with their chunk framing and the trailer section.
    ResponseBody(&'a [u8]),
}

/// Bytes at one of the places that they cross: the socket, and each TLS above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crossing<'a> {
    /// What was read or written at a time.
    pub bytes: &'a [u8],
    /// Whether this is the socket itself, below all TLS.
    pub is_socket: bool,
    /// Whether no TLS is above this place.
    pub is_clear: bool,
}

/// Whom to tell; the second argument is the number of the connection, counted from 0, once there is one.
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::TcpListener;
/// use std::sync::mpsc;
/// use httpkit::client::transport::{Deadline, Seen, Settings, Tap, Transport};
/// use httpkit::client::{Hop, Reading, RequestSpec, TargetUri, build};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let target = format!("http://{}/", listener.local_addr()?);
/// let server = std::thread::spawn(move || {
///     let (mut peer, _) = listener.accept().unwrap();
///     peer.read(&mut [0; 1024]).unwrap();
///     peer.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
/// });
/// let (sender, lines) = mpsc::channel();
/// let mut transport = Transport::new(Settings::default());
/// transport.watch(Some(Tap::new(move |seen, _connection| {
///     if let Seen::ResponseLine(line) = seen {
///         sender.send(String::from_utf8_lossy(line).into_owned()).unwrap();
///     }
/// })));
/// let target = TargetUri::parse(&target, Reading::default())?;
/// let request = build(&RequestSpec::default(), &Hop::first(target))?;
/// let exchange = transport.send(&request, &mut std::io::empty(), Deadline::after(None))?;
/// assert_eq!(exchange.head.status, 204);
/// assert_eq!(lines.try_iter().collect::<Vec<_>>(), ["HTTP/1.1 204 No Content\r\n", "\r\n"]);
/// # server.join().unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Tap(Arc<Tell>);

type Tell = dyn Fn(Seen<'_>, Option<u32>) + Send + Sync;

impl Tap {
    /// A tap that hands on what it sees.
    pub fn new(tell: impl Fn(Seen<'_>, Option<u32>) + Send + Sync + 'static) -> Tap {
        Tap(Arc::new(tell))
    }

    /// A tap that tells this one, then the other.
    #[must_use]
    pub fn and(self, other: Tap) -> Tap {
        Tap::new(move |seen, connection| {
            self.tell(seen, connection);
            other.tell(seen, connection);
        })
    }

    pub(super) fn tell(&self, seen: Seen<'_>, connection: Option<u32>) {
        (self.0)(seen, connection);
    }

    /// Tells bytes that were sent, the first `head` of which belong to the head.
    pub(super) fn sent(&self, bytes: &[u8], head: usize, connection: Option<u32>) {
        let (head, body) = bytes.split_at(head.min(bytes.len()));
        if !head.is_empty() {
            self.tell(Seen::RequestHead(head), connection);
        }
        if !body.is_empty() {
            self.tell(Seen::RequestBody(body), connection);
        }
    }

    /// Tells the whole lines at the beginning of `bytes`, and how long they are together.
    pub(super) fn lines(&self, bytes: &[u8], connection: Option<u32>) -> usize {
        let whole = bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
        whole.map(|line| (self.tell(Seen::ResponseLine(line), connection), line.len()).1).sum()
    }

    /// Tells bytes of a response's body, if there are any.
    pub(super) fn body(&self, bytes: &[u8], connection: Option<u32>) {
        if !bytes.is_empty() {
            self.tell(Seen::ResponseBody(bytes), connection);
        }
    }
}

/// The connection that is to be opened, for whoever looks on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Its number among those of the transport.
    pub(super) number: u32,
    pub(super) tap: Option<&'a Tap>,
}

impl Line<'_> {
    pub(super) fn ear(self) -> Option<Ear> {
        self.tap.map(|tap| Ear { tap: tap.clone(), number: self.number })
    }

    pub(super) fn remark(self, text: impl FnOnce() -> String) {
        if let Some(tap) = self.tap {
            tap.tell(Seen::Remark(&text()), Some(self.number));
        }
    }
}

/// A tap at a connection.
#[derive(Debug, Clone)]
pub(super) struct Ear {
    tap: Tap,
    number: u32,
}

impl Ear {
    pub(super) fn tell(&self, seen: Seen<'_>) {
        self.tap.tell(seen, Some(self.number));
    }

    pub(super) fn tap(&self) -> &Tap {
        &self.tap
    }

    pub(super) fn number(&self) -> u32 {
        self.number
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tap")
    }
}
