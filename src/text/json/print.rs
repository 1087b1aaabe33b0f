//! Printing a value in the style of the file it goes into. Tokens stay as they are, numbers and escapes too; only the
//! white space between them is ours.

use super::walk;

/// How a file is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Style {
    /// One level of indentation.
    pub(crate) unit: Vec<u8>,
    /// The line end.
    pub(crate) newline: &'static [u8],
    /// Between a member name and its value.
    pub(crate) colon: Vec<u8>,
    /// Between two children on one line.
    pub(crate) comma: Vec<u8>,
    /// Inside the braces of an object on one line.
    pub(crate) pad: Vec<u8>,
    /// Whether containers are broken into lines.
    pub(crate) lines: bool,
}

/// Where a value goes: whether it may be broken into lines, and then how its line is indented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Flow {
    /// All on one line.
    Line,
    /// Over several lines, the first of which is indented by this.
    Block(Vec<u8>),
}

impl Default for Style {
    fn default() -> Style {
        Style {
            unit: b"  ".to_vec(),
            newline: b"\n",
            colon: b": ".to_vec(),
            comma: b", ".to_vec(),
            pad: Vec::new(),
            lines: true,
        }
    }
}

/// Only so much of a file is looked at to learn its style.
const SAMPLE: usize = 64 << 10;

impl Style {
    /// The style of `text`, a whole JSON value. What it does not show is as most files have it.
    pub(crate) fn of(text: &[u8]) -> Style {
        let mut hints = Hints::default();
        hints.collect(&text[..text.len().min(SAMPLE)]);
        hints.forget_the_odd();
        let usual = Style::default();
        let inner = walk::skip_white(text, 1);
        let bare = !matches!(text.first(), Some(b'{' | b'[')) || matches!(text.get(inner), None | Some(b'}' | b']'));
        let colon = hints.colon.unwrap_or(usual.colon);
        let tight = colon == b":" && !hints.lines;
        Style {
            unit: hints.unit.unwrap_or(usual.unit),
            newline: if hints.carriage { b"\r\n" } else { b"\n" },
            comma: hints.comma.unwrap_or(if tight { b",".to_vec() } else { usual.comma }),
            colon,
            pad: hints.pad.unwrap_or_default(),
            lines: hints.lines || bare,
        }
    }

    /// The style of JSON Lines.
    pub(crate) fn of_lines(text: &[u8]) -> Style {
        let inner = if walk::trim(text).is_empty() { Style::default() } else { Style::of(walk::trim(text)) };
        let newline = memchr::memchr(b'\n', text).is_some_and(|at| text[..at].ends_with(b"\r"));
        Style { lines: false, newline: if newline { b"\r\n" } else { b"\n" }, ..inner }
    }
}

#[derive(Default)]
struct Hints {
    unit: Option<Vec<u8>>,
    colon: Option<Vec<u8>>,
    comma: Option<Vec<u8>>,
    pad: Option<Vec<u8>>,
    carriage: bool,
    lines: bool,
}

/// White space longer than this is no style: a file that has it once would get it with each child that is added.
const WIDE: usize = 32;

impl Hints {
    fn forget_the_odd(&mut self) {
        for white in [&mut self.unit, &mut self.colon, &mut self.comma, &mut self.pad] {
            white.take_if(|white| white.len() > WIDE);
        }
    }

    fn collect(&mut self, text: &[u8]) {
        let (mut at, mut depth) = (0, 0_usize);
        while let Some(&byte) = text.get(at) {
            let next = if byte == b'"' { walk::skip_string(text, at) } else { at + 1 };
            let end = walk::skip_white(text, next);
            let white = &text[next..end];
            match byte {
                b'{' | b'[' => {
                    depth += 1;
                    self.line_start(white, depth);
                    if byte == b'{' && !white.contains(&b'\n') && text.get(end) != Some(&b'}') {
                        self.pad.get_or_insert_with(|| white.to_vec());
                    }
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                b',' => {
                    self.line_start(white, depth);
                    if !white.contains(&b'\n') {
                        self.comma.get_or_insert_with(|| [b",", white].concat());
                    }
                }
                b':' => {
                    let before = &text[walk::back_white(text, at)..at];
                    if !white.contains(&b'\n') {
                        self.colon.get_or_insert_with(|| [before, b":", white].concat());
                    }
                }
                _ => {}
            }
            at = if matches!(byte, b' ' | b'\n' | b'\r' | b'\t') { next } else { end.max(next) };
        }
    }

    /// White space after which a child at `depth` starts.
    fn line_start(&mut self, white: &[u8], depth: usize) {
        let Some(newline) = memchr::memrchr(b'\n', white) else { return };
        self.lines = true;
        self.carriage |= newline > 0 && white[newline - 1] == b'\r';
        let indent = &white[newline + 1..];
        if self.unit.is_none() && !indent.is_empty() && depth > 0 && indent.len().is_multiple_of(depth) {
            self.unit = Some(indent[..indent.len() / depth].to_vec());
        }
    }
}

/// Appends `text` in the style given.
pub(crate) fn print(text: &[u8], style: &Style, flow: &Flow, out: &mut Vec<u8>) {
    let mut indent = match flow {
        Flow::Block(indent) => Some(indent.clone()),
        Flow::Line => None,
    };
    let mut open: Vec<u8> = Vec::new();
    let mut at = walk::skip_white(text, 0);
    while let Some(&byte) = text.get(at) {
        let mut next = at + 1;
        match byte {
            b'{' | b'[' => {
                out.push(byte);
                let inner = walk::skip_white(text, next);
                if matches!(text.get(inner), Some(b'}' | b']')) {
                    out.push(text[inner]);
                    next = inner + 1;
                } else {
                    open.push(byte);
                    if let Some(indent) = &mut indent {
                        indent.extend_from_slice(&style.unit);
                    }
                    line_break(style, indent.as_deref(), byte, out);
                }
            }
            b'}' | b']' => {
                let bracket = open.pop().unwrap_or(b'[');
                if let Some(indent) = &mut indent {
                    indent.truncate(indent.len().saturating_sub(style.unit.len()));
                }
                line_break(style, indent.as_deref(), bracket, out);
                out.push(byte);
            }
            b',' if indent.is_some() => {
                out.push(b',');
                line_break(style, indent.as_deref(), b'[', out);
            }
            b',' => out.extend_from_slice(&style.comma),
            b':' => out.extend_from_slice(&style.colon),
            _ => {
                next = walk::skip_value(text, at).max(next);
                // A member name is followed by its colon, at which a number would not end.
                if byte == b'"' {
                    next = walk::skip_string(text, at);
                }
                out.extend_from_slice(&text[at..next]);
            }
        }
        at = walk::skip_white(text, next);
    }
}

fn line_break(style: &Style, indent: Option<&[u8]>, bracket: u8, out: &mut Vec<u8>) {
    match indent {
        Some(indent) => {
            out.extend_from_slice(style.newline);
            out.extend_from_slice(indent);
        }
        None if bracket == b'{' => out.extend_from_slice(&style.pad),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str, style: &Style, flow: &Flow) -> String {
        let mut out = Vec::new();
        print(text.as_bytes(), style, flow, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_style_is_read_and_kept() {
        for text in [
            "{\n\t\"a\": {\n\t\t\"b\": [\n\t\t\t1,\n\t\t\t-0.0e1\n\t\t]\n\t},\n\t\"c\": {}\n}",
            "{\r\n    \"a\" : 1,\r\n    \"b\" : [\r\n        \"x,y\\\"\"\r\n    ]\r\n}",
            "[\n  {\n    \"a\": 1\n  },\n  []\n]",
        ] {
            let style = Style::of(text.as_bytes());
            assert_eq!(printed(text, &style, &Flow::Block(Vec::new())), text);
        }
        for text in ["{\"a\":[1,2,{\"b\":null}],\"c\":\"d\"}", "{ \"a\": [1, 2], \"b\": {} }"] {
            let style = Style::of(text.as_bytes());
            assert!(!style.lines);
            assert_eq!(printed(text, &style, &Flow::Line), text);
        }
    }

    #[test]
    fn an_empty_file_is_laid_out_in_lines_of_two_blanks() {
        let style = Style::of(b"{}");
        let text = printed("{\"a\":[1, 2]}", &style, &Flow::Block(Vec::new()));
        assert_eq!(text, "{\n  \"a\": [\n    1,\n    2\n  ]\n}");
    }
}
