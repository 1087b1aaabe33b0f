//! A trace of bytes in the layout of curl's `--trace` and `--trace-ascii`, so that tools for those read it.

use std::fmt::Write;

/// How bytes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dump {
    /// Sixteen in a row, in hexadecimal and as text.
    Hex,
    /// As text; CR LF ends a row.
    Text,
}

/// A block of bytes under a label.
pub fn block(label: &str, bytes: &[u8], dump: Dump) -> String {
    let length = bytes.len();
    let mut text = format!("{label}, {length} bytes (0x{length:x})\n");
    match dump {
        Dump::Hex => hex(bytes, &mut text),
        Dump::Text => rows(bytes, &mut text),
    }
    text
}

fn hex(bytes: &[u8], text: &mut String) {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    for (number, row) in bytes.chunks(16).enumerate() {
        // Writing to a text cannot fail.
        let _ = write!(text, "{:04x}: ", number * 16);
        for byte in row {
            text.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)], ' ']);
        }
        text.extend(std::iter::repeat_n(' ', 3 * (16 - row.len())));
        text.extend(row.iter().map(|byte| character(*byte)));
        text.push('\n');
    }
}

fn rows(bytes: &[u8], text: &mut String) {
    const WIDTH: usize = 64;
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        // A line end right behind a full row ends that row, and gives no empty one.
        let end = rest.windows(2).take(WIDTH + 1).position(|pair| pair == b"\r\n");
        let length = end.unwrap_or(WIDTH.min(rest.len()));
        let shown: String = rest[..length].iter().map(|byte| character(*byte)).collect();
        let _ = writeln!(text, "{at:04x}: {shown}");
        at += length + if end.is_some() { 2 } else { 0 };
    }
}

fn character(byte: u8) -> char {
    if (0x20..0x7f).contains(&byte) { char::from(byte) } else { '.' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_stand_sixteen_in_a_row() {
        let shown = block("=> Send header", b"GET / HTTP/1.1\r\nA: b\x7f", Dump::Hex);
        assert_eq!(
            shown,
            "=> Send header, 21 bytes (0x15)\n\
             0000: 47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a GET / HTTP/1.1..\n\
             0010: 41 3a 20 62 7f                                  A: b.\n"
        );
    }

    #[test]
    fn text_breaks_where_its_lines_do() {
        let full = "x".repeat(64);
        for (bytes, rows) in [
            ("a\r\nb", "0000: a\n0003: b\n".to_owned()),
            ("a\r\n\r\n", "0000: a\n0003: \n".to_owned()),
            ("a\nb\r", "0000: a.b.\n".to_owned()),
            ("", String::new()),
            (&format!("{full}\r\ny"), format!("0000: {full}\n0042: y\n")),
            (&format!("{full}y"), format!("0000: {full}\n0040: y\n")),
            (&format!("{full}y\r\n"), format!("0000: {full}\n0040: y\n")),
        ] {
            let shown = block("12:00 <= Recv data", bytes.as_bytes(), Dump::Text);
            let length = bytes.len();
            assert_eq!(shown, format!("12:00 <= Recv data, {length} bytes (0x{length:x})\n{rows}"), "{bytes:?}");
        }
    }
}
