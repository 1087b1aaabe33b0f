//! Header sections as people see them.

use super::secret::Hider;
use super::style::{Palette, Tone};
use super::visible;

/// How a header section is shown on one stream.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// The colours.
    pub palette: Palette,
    /// Whether a person reads it: control characters are made visible.
    pub visible: bool,
    /// Whether secrets are shown as `***`.
    pub mask: bool,
}

/// A head as it stands in `bytes`, each line after `prefix`.
pub fn head(bytes: &[u8], prefix: &str, manner: Manner) -> Vec<u8> {
    lines(bytes, prefix, true, manner)
}

/// Lines of a head as they come, the first of which begins the head or goes on with it, each after `prefix`.
pub fn lines(bytes: &[u8], prefix: &str, mut is_first: bool, manner: Manner) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut hider = Hider::default();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        out.extend_from_slice(manner.palette.paint(Tone::Faint, prefix).as_bytes());
        let (text, end) = split_end(line);
        let shown = match manner {
            Manner { visible: false, mask: false, palette } if !palette.is_on() => text.to_vec(),
            _ => show(text, is_first, manner, &mut hider).into_bytes(),
        };
        out.extend_from_slice(&shown);
        out.extend_from_slice(end);
        is_first = false;
    }
    out
}

/// A line and its end.
fn split_end(line: &[u8]) -> (&[u8], &[u8]) {
    match line {
        [.., b'\r', b'\n'] => line.split_at(line.len() - 2),
        [.., b'\n'] => line.split_at(line.len() - 1),
        _ => (line, &[]),
    }
}

fn show(text: &[u8], is_first: bool, manner: Manner, hider: &mut Hider) -> String {
    let text = match manner.visible {
        true => visible::line(&String::from_utf8_lossy(text)),
        false => String::from_utf8_lossy(text).into_owned(),
    };
    let text = match manner.mask {
        true => hider.line(&text, is_first).0.into_owned(),
        false => text,
    };
    if is_first {
        return start_line(&text, manner.palette);
    }
    match text.split_once(':') {
        Some((name, value)) => format!("{}:{value}", manner.palette.paint(Tone::Name, name)),
        None => text,
    }
}

pub(super) fn start_line(text: &str, palette: Palette) -> String {
    let mut words = text.splitn(3, ' ');
    match (words.next(), words.next(), words.next()) {
        (Some(version), Some(status), reason) if version.starts_with("HTTP/") => {
            let tone = Tone::of_status(status.parse().unwrap_or_default());
            let reason = reason.map(|reason| format!(" {reason}")).unwrap_or_default();
            format!("{version} {}", palette.paint(tone, &format!("{status}{reason}")))
        }
        (Some(method), Some(target), rest) => {
            let rest = rest.map(|rest| format!(" {rest}")).unwrap_or_default();
            format!("{} {target}{rest}", palette.paint(Tone::Start, method))
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::style::Choice;

    #[test]
    fn a_pipe_gets_the_very_bytes() {
        let bytes = b"HTTP/1.1 200 OK\r\nX:\x1b\xff \nCookie: a\r\n\r\n";
        assert_eq!(head(bytes, "", Manner::default()), bytes);
    }

    #[test]
    fn a_person_sees_control_characters_and_no_secret() {
        let manner = Manner { visible: true, mask: true, ..Manner::default() };
        let shown = head(b"GET / HTTP/1.1\r\nauthorization:Basic x\r\nX: \x1b[1m\r\n\r\n", "> ", manner);
        assert_eq!(
            String::from_utf8(shown).unwrap(),
            "> GET / HTTP/1.1\r\n> authorization: ***\r\n> X: \\x1b[1m\r\n> \r\n"
        );
    }

    #[test]
    fn colours_do_not_touch_the_text() {
        let manner = Manner { palette: Palette::choose(Choice::Always, false, |_| None), visible: true, mask: false };
        let shown = String::from_utf8(head(b"HTTP/1.1 404 Not Found\r\nA: b\r\n\r\n", "", manner)).unwrap();
        assert_eq!(shown, "HTTP/1.1 \x1b[38;5;196m404 Not Found\x1b[0m\r\n\x1b[38;5;32mA\x1b[0m: b\r\n\r\n");
    }
}
