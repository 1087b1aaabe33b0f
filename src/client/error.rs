//! What can go wrong between the wish and the whole response.

use std::fmt;

/// The kinds of failure that a caller tells apart; `cli::exit` gives each one its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A scheme or a protocol version that is not spoken here.
    Protocol,
    /// The command line contradicts itself, or asks for something that cannot be sent.
    Usage,
    /// The URL does not follow the grammar (RFC 3986).
    Url,
    /// A user name in a URL that must not have one.
    Userinfo,
    /// The name of the proxy was not found.
    ProxyName,
    /// The name of the host was not found.
    Name,
    /// No connection could be made.
    Connect,
    /// The response is not HTTP/1.1 as RFC 9112 defines it.
    Reply,
    /// The response ended before its message body did (RFC 9112 8).
    Partial,
    /// The status is 400 or above and the caller asked for that to be a failure.
    Status,
    /// The output could not be written.
    Write,
    /// An input file or standard input could not be read.
    Read,
    /// A time limit passed.
    Time,
    /// The range asked for was not what came.
    Range,
    /// The name of a place in a URL pattern that there is none of.
    Glob,
    /// A file of a `file` URL could not be read.
    Local,
    /// A file of a `file` URL ends before the place that was asked for.
    Resume,
    /// Content cannot be sent in the way that the protocol version has.
    Upload,
    /// A rule for routes is written as none can be.
    Rule,
    /// The TLS handshake failed.
    Tls,
    /// Another transfer failed, and with it all.
    Aborted,
    /// No connection can be made from this side.
    Interface,
    /// More redirects than allowed.
    Redirects,
    /// The connection was closed without one byte of a response.
    Empty,
    /// The request could not be written to the connection.
    Send,
    /// The response could not be read from the connection.
    Receive,
    /// The client certificate or its key could not be used.
    ClientCertificate,
    /// The peer's certificate was not accepted.
    PeerCertificate,
    /// The content coding is unknown, or the content does not follow it.
    Coding,
    /// The content is larger than allowed.
    Size,
    /// A head is larger than is taken, or than is sent.
    Large,
    /// Content that was read once cannot be sent again.
    Rewind,
    /// The peer has another public key than those that were named.
    PublicKey,
    /// The file of certificate authorities could not be used.
    CaFile,
    /// The proxy refused.
    Proxy,
    /// What a proxy answers to CONNECT has a line that is no field line.
    ProxyReply,
    /// Standard output was closed by its reader, which is no failure and ends the run quietly.
    Closed,
}

/// A failure: its kind for programs, a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What kind of failure it is.
    pub kind: Kind,
    /// One line, lower case, without a full stop; bytes from the network may be in it.
    pub message: String,
}

impl Error {
    /// The end of a transfer because the run ends: another one failed, or a signal came.
    pub fn aborted() -> Error {
        Error::new(Kind::Aborted, "ended with the run, before it was over")
    }

    /// A failure of this kind, described by `message`.
    pub fn new(kind: Kind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
