//! What is known about an exchange besides its messages.

use std::net::SocketAddr;
use std::time::Duration;

use super::certificate::Certificate;
use crate::message::ReplyHead;

/// What is known about an exchange besides its messages, also when it failed. Durations count from its start.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Until the address was known.
    pub name_lookup: Option<Duration>,
    /// Until the TCP handshake was done, with the proxy if there is one.
    pub tcp: Option<Duration>,
    /// Until the proxy had let the connection through, where it is asked for that.
    pub proxy: Option<Duration>,
    /// Until the connection stood.
    pub connect: Option<Duration>,
    /// Until the TLS handshake was done.
    pub tls: Option<Duration>,
    /// Until the request could be written.
    pub pretransfer: Option<Duration>,
    /// Until the request was written, or given up.
    pub sent: Option<Duration>,
    /// Until the first byte of the response.
    pub first_byte: Option<Duration>,
    /// The peer.
    pub remote: Option<SocketAddr>,
    /// This side.
    pub local: Option<SocketAddr>,
    /// Connections that were opened.
    pub connects: u32,
    /// Whether the connection was there before.
    pub reused: bool,
    /// Bytes of the request's head.
    pub request_bytes: u64,
    /// Bytes of content that were sent.
    pub upload_bytes: u64,
    /// Bytes of response heads.
    pub head_bytes: u64,
    /// The number of the connection among those of the transport.
    pub connection: Option<u32>,
    /// The certificates that the peer has shown, its own first.
    pub certificates: Vec<Certificate>,
    /// What was wrong with them, in OpenSSL's numbers: 0 is nothing.
    pub verify_result: u32,
    /// The heads with which the proxy answered the request for a tunnel.
    pub tunnel: Vec<ReplyHead>,
    /// The lines of heads that came before what made the exchange fail.
    pub broken: Vec<u8>,
}
