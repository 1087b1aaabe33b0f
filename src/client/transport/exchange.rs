//! One exchange from its final head on: the content as it arrives, the trailer section, the connection back.

use super::super::error::Error;
use super::body::{Reply, SocketBody};
use super::library::Arriving;
use super::socket::Connection;
use crate::message::ReplyHead;

/// A response whose content is still to be read.
#[derive(Debug)]
pub struct Exchange {
    /// The interim responses in order.
    pub interim: Vec<ReplyHead>,
    /// The head of the final response.
    pub head: ReplyHead,
    /// The transfer codings that the content is still in, in the order in which they were applied.
    pub codings: Vec<String>,
    incoming: IncomingContent,
    received: u64,
}

/// Where content comes from.
#[derive(Debug)]
enum IncomingContent {
    /// A socket of ours.
    Socket(Box<SocketBody>),
    /// The library.
    Library(Box<Arriving>),
}

impl Exchange {
    /// The exchange that a response on a socket of ours begins.
    pub(super) fn over_socket(reply: Reply) -> Exchange {
        let Reply { interim, head, codings, body } = reply;
        Exchange { interim, head, codings, incoming: IncomingContent::Socket(Box::new(body)), received: 0 }
    }

    /// The exchange that a response of the library begins.
    pub(super) fn over_library((head, arriving): (ReplyHead, Arriving)) -> Exchange {
        let incoming = IncomingContent::Library(Box::new(arriving));
        Exchange { interim: Vec::new(), head, codings: Vec::new(), incoming, received: 0 }
    }

    /// The declared length of the content in bytes, if there is one.
    pub fn expected(&self) -> Option<u64> {
        match &self.incoming {
            IncomingContent::Socket(body) => body.expected(),
            IncomingContent::Library(arriving) => arriving.expected(),
        }
    }

    /// Whether it is worth reading to its end what nobody wants, as the connection can be used again then.
    pub fn may_be_kept(&self) -> bool {
        match &self.incoming {
            IncomingContent::Socket(body) => body.may_stay,
            IncomingContent::Library(_) => true,
        }
    }

    /// How many bytes of content have been handed out.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The next stretch of content, `None` after the last one.
    ///
    /// # Errors
    /// `Kind::Partial` if the response ends before its body does, `Kind::Receive` if the connection breaks or the
    /// chunks are none, `Kind::Time`.
    pub fn read(&mut self) -> Result<Option<&[u8]>, Error> {
        let bytes = match &mut self.incoming {
            IncomingContent::Socket(body) => body.read(),
            IncomingContent::Library(arriving) => arriving.read(),
        }?;
        self.received += bytes.map_or(0, <[u8]>::len) as u64;
        Ok(bytes)
    }

    /// The trailer section as received, once the content has ended.
    pub fn trailer(&self) -> &[u8] {
        match &self.incoming {
            IncomingContent::Socket(body) => &body.trailer,
            IncomingContent::Library(_) => &[],
        }
    }

    /// Bytes that have come behind the whole response and belong to none (RFC 9112 6.3).
    pub fn surplus(&self) -> &[u8] {
        match &self.incoming {
            IncomingContent::Socket(body) => body.surplus(),
            IncomingContent::Library(_) => &[],
        }
    }

    /// The connection, if it can be used again.
    pub(super) fn into_connection(self) -> Option<Connection> {
        match self.incoming {
            IncomingContent::Socket(body) => body.into_connection(),
            IncomingContent::Library(_) => None,
        }
    }
}
