//! Through an HTTP proxy: the request for a tunnel, its answer, and what the connection is from then on (RFC 9110 9.3.6).

use super::super::error::{Error, Kind};
use super::super::request::Request;
use super::body::{Reply, SocketBody};
use super::dial::Dialer;
use super::facts::Facts;
use super::route::Key;
use super::socket::Connection;
use crate::client::target::Scheme;

/// The most content of a refusal that is read so that the connection can be used again.
const REFUSAL: usize = 64 * 1024;

/// What became of the request for a tunnel.
pub(super) enum Tunnel {
    /// The connection leads to the target now.
    Open(Connection),
    /// The proxy refused; the connection is there if it can be used again.
    Refused(Error, Option<Connection>),
}

/// Asks the proxy at the other end of a connection for a tunnel to the target of a request.
pub(super) fn open(
    connection: Connection,
    ask: &Request,
    request: &Request,
    dialer: &Dialer<'_>,
    facts: &mut Facts,
) -> Result<Tunnel, Error> {
    connection.remark(|_| format!("Establish HTTP proxy tunnel to {}", ask.request_target));
    let answered = connection.exchange(ask, &mut std::io::empty(), dialer.by, dialer.settings, facts);
    let Reply { interim, head, body, .. } = answered.map_err(|error| match error.kind {
        // It is no answer of the server's that breaks off.
        Kind::Empty | Kind::Partial => Error::new(Kind::Receive, format!("no tunnel: {}", error.message)),
        _ => error,
    })?;
    let status = head.status;
    // What is said about content has no meaning there (RFC 9110 9.3.6).
    let untrue = ["Content-Length", "Transfer-Encoding"].into_iter().filter(|name| head.first(name).is_some());
    let untrue: Vec<&str> = untrue.collect();
    facts.tunnel = interim.into_iter().chain([head]).collect();
    // What follows is about the exchange within.
    (facts.first_byte, facts.sent) = (None, None);
    // Nobody has spoken within it, however often the proxy has.
    facts.reused = false;
    if !(200..300).contains(&status) {
        let error = Error::new(Kind::Connect, format!("CONNECT tunnel failed, response {status}"));
        return Ok(Tunnel::Refused(error, drain(body)?));
    }
    facts.proxy = Some(dialer.by.started.elapsed());
    let connection = body.into_tunnel();
    for name in untrue {
        connection.remark(|_| format!("Ignoring {name} in CONNECT {status} response"));
    }
    connection.remark(|_| format!("CONNECT tunnel established, response {status}"));
    let key = Key::of(request);
    if request.target.scheme == Scheme::Http {
        let mut connection = connection.lead_to(key);
        dialer.announce(connection.stream())?;
        return Ok(Tunnel::Open(connection));
    }
    if !connection.pending().is_empty() {
        return Err(Error::new(Kind::Receive, "the proxy sent bytes before the TLS handshake within its tunnel"));
    }
    let mut stream = connection.into_stream();
    dialer.announce(&mut stream)?;
    let stream = dialer.secure(stream, request, facts)?;
    Ok(Tunnel::Open(Connection::new(stream, key, dialer.line)))
}

/// Reads the content of a refusal, if it is short and the proxy leaves the connection open.
///
/// # Errors
/// Those of reading, unless the content merely breaks off.
fn drain(mut body: SocketBody) -> Result<Option<Connection>, Error> {
    let mut length = 0;
    while length <= REFUSAL && body.may_stay {
        match body.read() {
            Ok(Some(content)) => length += content.len(),
            Ok(None) => return Ok(body.into_connection()),
            Err(error) if error.kind == Kind::Partial => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
