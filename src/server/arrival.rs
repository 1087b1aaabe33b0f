//! How a request came, besides what it says.

use std::net::SocketAddr;
use std::time::Instant;

/// From whom a request came, on which connection, and in which bytes.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The peer's address.
    pub peer: SocketAddr,
    /// The number of the connection, counted from 1.
    pub connection: u64,
    /// Which request of its connection it is, counted from 1.
    pub request: u32,
    /// When its first byte came.
    pub since: Instant,
    /// The bytes up to the blank line and with it, empty lines before the request line included. Of a message that is
    /// too broken to be a request, all that came of it.
    pub head: &'a [u8],
    /// The bytes of the message body as they came, with what frames them: as many as were kept.
    pub body: &'a [u8],
    /// How many bytes the message body has.
    pub body_length: u64,
    /// The client was told to go on before it sent its content.
    pub(super) is_continued: bool,
}

impl Arrival<'_> {
    /// The head from its request line on.
    pub fn request_head(&self) -> &[u8] {
        let start = self.head.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(self.head.len());
        &self.head[start..]
    }
}

/// An arrival that has outlived the bytes it came in.
pub struct KeptArrival {
    peer: SocketAddr,
    connection: u64,
    request: u32,
    since: Instant,
    head: Vec<u8>,
    body: Vec<u8>,
    body_length: u64,
    is_continued: bool,
}

impl KeptArrival {
    /// A copy of the head, and of the body's first so many bytes; where nobody will look at it (`None`), of nothing.
    pub fn of(arrival: &Arrival<'_>, body: Option<usize>) -> KeptArrival {
        let (head, body) = match body {
            Some(most) => (arrival.head.to_vec(), arrival.body[..arrival.body.len().min(most)].to_vec()),
            None => (Vec::new(), Vec::new()),
        };
        KeptArrival {
            peer: arrival.peer,
            connection: arrival.connection,
            request: arrival.request,
            since: arrival.since,
            head,
            body,
            body_length: arrival.body_length,
            is_continued: arrival.is_continued,
        }
    }

    /// It as it is read everywhere.
    pub fn arrival(&self) -> Arrival<'_> {
        Arrival {
            peer: self.peer,
            connection: self.connection,
            request: self.request,
            since: self.since,
            head: &self.head,
            body: &self.body,
            body_length: self.body_length,
            is_continued: self.is_continued,
        }
    }
}
