//! The failures of a connection, in the words of the client.

use std::io;

use super::super::error::{Error, Kind};
use super::super::request::reason;
use crate::message::ReplyError;

/// Whether nothing came or went for as long as it may take. That the system has given a connection up, as nothing answers
/// there any more, is another thing: it is lost.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    match error.kind() {
        io::ErrorKind::WouldBlock => true,
        io::ErrorKind::TimedOut => error.raw_os_error().is_none(),
        _ => false,
    }
}

/// The failure that bytes are which are no response, or one whose body has no certain end.
pub(super) fn not_http(error: &ReplyError) -> Error {
    let kind = match error {
        // Another protocol than the one that was spoken.
        ReplyError::Version(version) if version.starts_with('2') => Kind::Reply,
        ReplyError::NotHttp | ReplyError::Version(_) | ReplyError::Status(_) => Kind::Protocol,
        ReplyError::TransferCoding(_) => Kind::Coding,
        ReplyError::LongLine | ReplyError::ManyLines => Kind::Large,
        _ => Kind::Reply,
    };
    Error::new(kind, error.to_string())
}

/// The failure to read from the connection.
pub(super) fn receive_failure(error: &io::Error) -> Error {
    Error::new(Kind::Receive, format!("cannot read the response: {}", reason(error)))
}

/// The failure to write to the connection.
pub(super) fn send_failure(error: &io::Error) -> Error {
    Error::new(Kind::Send, format!("cannot send the request: {}", reason(error)))
}

#[cfg(test)]
mod tests {
    use rustix::io::Errno;

    use super::*;

    #[test]
    fn a_connection_that_is_lost_is_not_waited_for() {
        assert!(is_timeout(&Errno::AGAIN.into()) && is_timeout(&io::ErrorKind::TimedOut.into()));
        assert!(!is_timeout(&Errno::TIMEDOUT.into()) && !is_timeout(&Errno::CONNRESET.into()));
    }
}
