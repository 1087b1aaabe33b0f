//! Bytes as the strings that JSON has.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The value of a field: each byte is a character of its own where it is no UTF-8, as browsers show it.
pub(super) fn of_field(octets: &[u8]) -> String {
    match std::str::from_utf8(octets) {
        Ok(text) => text.to_owned(),
        Err(_) => octets.iter().copied().map(char::from).collect(),
    }
}

/// Content as it is, or, if it is no text, in base64; then the second is true.
pub(super) fn of_content(octets: Vec<u8>) -> (String, bool) {
    match String::from_utf8(octets) {
        Ok(text) => (text, false),
        Err(error) => (STANDARD.encode(error.as_bytes()), true),
    }
}
