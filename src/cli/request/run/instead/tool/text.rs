//! What stands in every text that is made for a tool: comments, masks, and signs that steer no terminal.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::print::turns_text;

/// What stands in place of a secret.
pub(super) const MASK: &str = "***";
/// The form of content that `-d` sends if nothing else is said.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Bytes as a text in which nothing steers a terminal, for a comment.
pub(super) fn shown(bytes: impl AsRef<[u8]>) -> String {
    crate::print::escaped(bytes.as_ref())
}

/// Whether a text can stand as it is: no control character, and nothing that turns its direction.
pub(super) fn is_plain(text: &str) -> bool {
    !text.chars().any(|sign| sign.is_control() || turns_text(sign))
}

/// A text as a literal of Python and of JavaScript, which agree on these escapes.
pub(super) fn literal(text: &str) -> String {
    let unicode = |sign| format!("\\u{:04x}", u32::from(sign));
    let escaped = text.chars().map(|sign| match sign {
        '\'' => "\\'".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        // Among them the two line ends of Unicode.
        '\u{2028}' | '\u{2029}' => unicode(sign),
        _ if sign.is_control() || turns_text(sign) => unicode(sign),
        _ => sign.to_string(),
    });
    format!("'{}'", escaped.collect::<String>())
}

/// The name of a file, byte by byte.
pub(super) fn path_of(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

/// Comment lines, each behind that mark.
pub(super) fn comments(mark: &str, remarks: &[String]) -> String {
    remarks.iter().map(|remark| format!("{mark} {remark}\n")).collect()
}

/// What is to be said where secrets are masked.
pub(super) const MASKED: &str = "secrets are shown as ***; with --show-secrets they stand here";
