//! Words of a POSIX shell.

use std::path::Path;

use bstr::ByteSlice;

use super::text::{is_plain, path_of};
use crate::client::Piece;

/// The longest line of a command that is not broken.
const LINE: usize = 80;

/// A word that a shell takes as that text, whatever is in it. A NUL cannot be in one.
pub(super) fn word(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    let Ok(text) = std::str::from_utf8(bytes) else { return substituted(bytes) };
    let is_safe = |sign: char| sign.is_ascii_alphanumeric() || "-_./:=@%+,".contains(sign);
    if !text.is_empty() && text.chars().all(is_safe) {
        return text.to_owned();
    }
    if is_typable(text) {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    substituted(bytes)
}

/// Bytes that a command writes; its substitution takes the line ends off its end.
fn substituted(bytes: &[u8]) -> String {
    let body = bytes.trim_end_with(|sign| sign == '\n');
    let ends = "\n".repeat(bytes.len() - body.len());
    let ends = if ends.is_empty() { ends } else { format!("'{ends}'") };
    format!("\"$(printf '{}')\"{ends}", printed(body))
}

/// Whether a text can stand within quotes as it is.
pub(super) fn is_typable(text: &str) -> bool {
    is_plain(&text.replace(['\n', '\t'], ""))
}

/// Bytes as the format of `printf`: in octal, what is no plain text of ASCII.
pub(super) fn printed(bytes: &[u8]) -> String {
    let mut format = String::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            // What begins with a dash would be an option.
            b'-' if at == 0 => format.push_str("\\055"),
            b'\n' => format.push_str("\\n"),
            b'\r' => format.push_str("\\r"),
            b'\t' => format.push_str("\\t"),
            b'\\' => format.push_str("\\\\"),
            b'%' => format.push_str("%%"),
            b'\'' => format.push_str("'\\''"),
            b' '..=b'~' => format.push(char::from(*byte)),
            _ => format.push_str(&format!("\\{byte:03o}")),
        }
    }
    format
}

/// The command that writes a piece.
pub(super) fn read(piece: &Piece) -> String {
    match piece {
        Piece::Bytes(bytes) => format!("printf '{}'", printed(bytes)),
        Piece::File { path, offset: 0, .. } | Piece::Endless(path) => format!("cat {}", operand(path)),
        Piece::File { path, offset, .. } => format!("tail -c +{} {}", offset + 1, operand(path)),
        Piece::Input => "cat".to_owned(),
    }
}

/// The name of a file that no command takes as an option.
fn operand(path: &Path) -> String {
    let name = path_of(path);
    if name.starts_with(b"-") { word([b"./", name].concat()) } else { word(name) }
}

/// A command, in one line where that is short, else with a line for each of its parts.
pub(super) fn command(parts: &[String]) -> String {
    let line = parts.join(" ");
    match line.len() <= LINE && !line.contains('\n') {
        true => line + "\n",
        false => parts.join(" \\\n  ") + "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_they_must_be() {
        for (text, expected) in [
            ("plain-1.2/x:y=z@%+,", "plain-1.2/x:y=z@%+,"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's $HOME `x` \"y\" \\ !", "'it'\\''s $HOME `x` \"y\" \\ !'"),
            ("two\nlines\t", "'two\nlines\t'"),
            ("gr\u{fc}n", "'gr\u{fc}n'"),
            ("\x1b[1m'%\\", "\"$(printf '\\033[1m'\\''%%\\\\')\""),
            ("a\u{202e}b", "\"$(printf 'a\\342\\200\\256b')\""),
            ("~", "'~'"),
            ("-\x01\n\n", "\"$(printf '\\055\\001')\"'\n\n'"),
        ] {
            assert_eq!(word(text), expected);
        }
    }
}
