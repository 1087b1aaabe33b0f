//! The failures of a connection, in the words of the client.

use std::io;

use super::super::error::{Error, Kind};
use super::super::request::reason;
use crate::message::ReplyError;

/// Whether nothing came or went for as long as it may take.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
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
