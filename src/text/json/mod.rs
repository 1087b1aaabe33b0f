//! JSON text: checking it, walking through it, printing it in a file's own style. There is no tree of values; a value
//! is the stretch of bytes it stands in.

pub(crate) mod equal;
pub(crate) mod print;
pub(crate) mod scan;
mod syntax;
pub(crate) mod walk;

pub use syntax::{MAX_DEPTH, SyntaxError, SyntaxKind};

/// Checks that `text` is one JSON value (RFC 8259), in UTF-8, at most [`MAX_DEPTH`] levels deep, with no member name
/// twice in one object.
///
/// ```
/// use httpkit::text::json;
///
/// assert!(json::check(b"{\"n\": 1.50}").is_ok());
/// let error = json::check(b"{\n  \"n\": 01\n}").unwrap_err();
/// assert_eq!((error.line, error.column), (2, 9));
/// ```
///
/// # Errors
/// The first place where it is not, and what was expected there.
pub fn check(text: &[u8]) -> Result<(), SyntaxError> {
    let found = scan::scan(text, usize::MAX, false, &mut |_| {}).map_err(|fault| fault.locate(text))?;
    match found.duplicates.first() {
        Some(&offset) => Err(SyntaxError::duplicate(text, offset)),
        None => Ok(()),
    }
}
