//! Bytes as the strings that JSON has.

use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What stands in place of a secret.
pub(super) const MASK: &str = "***";

/// The value of a field: each byte is a character of its own where it is no UTF-8, as browsers show it.
pub(super) fn of_field(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

/// Content as it is, or, if it is no text, in base64; then the second is true.
pub(super) fn of_content(bytes: Vec<u8>) -> (String, bool) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => (STANDARD.encode(error.as_bytes()), true),
    }
}

/// A point in time, in the form of ISO 8601 that HAR asks for.
pub(super) fn of_time(moment: SystemTime) -> Option<String> {
    let moment = jiff::Timestamp::try_from(moment).ok()?;
    Some(moment.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string())
}
