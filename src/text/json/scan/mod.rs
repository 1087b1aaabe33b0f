//! One pass over a JSON text: is it well-formed, and where do the children of its large containers start?

mod found;
mod pass;
#[cfg(test)]
mod tests;

use super::SyntaxKind;

pub(crate) use found::{Extent, Fault, Found, Inside};
use pass::Scan;

/// Offsets are kept in 32 bits.
pub(crate) const MAX_LENGTH: usize = u32::MAX as usize - 1;

/// Checks that `text` is one JSON value (RFC 8259) with white space around it, and lists the containers that are at
/// least `large` bytes long, the root container always if `root` says so.
pub(crate) fn scan(text: &[u8], large: usize, root: bool, progress: &mut dyn FnMut(usize)) -> Result<Found, Fault> {
    check_bytes(text)?;
    Scan::new(text, large, progress).value_alone(root)
}

/// Checks that each line of `text` is one JSON value or blank (JSON Lines), and lists the containers that are at least
/// `large` bytes long; the last is the text itself, whose children are those values.
pub(crate) fn lines(text: &[u8], large: usize, progress: &mut dyn FnMut(usize)) -> Result<Found, Fault> {
    check_bytes(text)?;
    Scan::new(text, large, progress).value_per_line()
}

/// Whether the text is UTF-8 and no longer than offsets can say.
fn check_bytes(text: &[u8]) -> Result<(), Fault> {
    if text.len() > MAX_LENGTH {
        return Err(Fault { offset: 0, expected: "expected at most 4 GiB", kind: SyntaxKind::Malformed });
    }
    // What stands before it may be malformed earlier; the encoding is the more useful thing to be told.
    let fault = |offset| Fault { offset, expected: "expected UTF-8", kind: SyntaxKind::Encoding };
    std::str::from_utf8(text).map(drop).map_err(|error| fault(error.valid_up_to()))
}
