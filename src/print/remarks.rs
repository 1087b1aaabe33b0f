//! An exchange line by line, each with what is to be said of it: beside the line where there is room, else below it.

use std::io::{self, Write};

use super::escape::{ending, escaped};
use super::head::start_line;
use super::secret::{Hider, MASK, is_secret, without_passwords};
use super::style::{Palette, Tone};
use super::trace::{Dump, block};
use super::visible;
use crate::remark::{Explained, Level, Part, Remark};

/// From so many columns on, remarks stand beside the lines.
const WIDE: usize = 120;
/// Of a line, and of the content of a message, so many bytes are shown.
const SHOWN: usize = 16 * 1024;
/// Of bytes that are not text, so many.
const SHOWN_BINARY: usize = 512;

/// How an explained exchange is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// The colours.
    pub palette: Palette,
    /// The columns of the terminal.
    pub columns: usize,
    /// Whether secrets are shown as `***`.
    pub mask: bool,
}

/// Writes the lines with their remarks.
///
/// # Errors
/// When the writer fails.
pub fn explained(out: &mut impl Write, lines: &[Explained<'_>], page: Page) -> io::Result<()> {
    let left = left_column(lines, page);
    let mut budget = SHOWN;
    let mut is_masked = false;
    let mut hider = Hider::default();
    for (at, line) in lines.iter().enumerate() {
        if line.line.part == Part::Start {
            budget = SHOWN;
            if at > 0 {
                writeln!(out)?;
            }
        }
        let (rows, hidden) = rows(line, page, &mut budget, &mut hider);
        is_masked |= hidden;
        write_line(out, &rows, &said(line, page), left, page)?;
    }
    match is_masked {
        true => writeln!(out, "{}", faint(page, "* secrets are shown as ***; --show-secrets shows them")),
        false => Ok(()),
    }
}

/// A row of the left side: as it is painted, and how many columns it takes.
struct Row {
    painted: String,
    columns: usize,
}

impl Row {
    fn plain(mark: &str, text: &str, page: Page) -> Row {
        Row { painted: format!("{}{text}", faint(page, mark)), columns: mark.len() + text.chars().count() }
    }
}

/// How wide the left side is, if remarks stand beside it.
fn left_column(lines: &[Explained<'_>], page: Page) -> Option<usize> {
    let is_line = |line: &&Explained<'_>| !matches!(line.line.part, Part::Content | Part::ChunkData | Part::Rest);
    let most = page.columns * 2 / 5;
    let widths = lines.iter().filter(is_line).map(|line| line.line.bytes.len() + 6);
    // A line that is longer than most has its remarks below it, and makes the column no wider.
    let widest = widths.filter(|width| *width <= most).max();
    (page.columns >= WIDE).then(|| widest.unwrap_or(most).max(24))
}

fn write_line(
    out: &mut impl Write,
    rows: &[Row],
    remarks: &[Remark],
    left: Option<usize>,
    page: Page,
) -> io::Result<()> {
    let (indent, width) = match left {
        Some(left) => (left + 2, page.columns.saturating_sub(left + 3)),
        None => (4, page.columns.saturating_sub(5)),
    };
    let mut told = remarks.iter().flat_map(|remark| told(remark, width.max(20), page));
    for row in rows {
        let is_narrow = left.is_some_and(|left| row.columns <= left);
        match if is_narrow { told.next() } else { None } {
            Some(text) => writeln!(out, "{}{:gap$}{text}", row.painted, "", gap = indent - row.columns)?,
            None => writeln!(out, "{}", row.painted)?,
        }
    }
    told.try_for_each(|text| writeln!(out, "{:indent$}{text}", ""))
}

/// The rows of a remark.
fn told(remark: &Remark, width: usize, page: Page) -> Vec<String> {
    let (prefix, tone) = match remark.level {
        Level::Info => ("", None),
        Level::Note => ("note:", Some(Tone::Notice)),
        Level::Wrong => ("wrong:", Some(Tone::Bad)),
    };
    let text = visible::line(&remark.text);
    // The section is one word, so that it is never parted.
    let section = format!("({})", remark.section.replace(' ', "\u{a0}"));
    let words = prefix.split_terminator(' ').chain(text.split(' ')).chain([section.as_str()]);
    let mut rows = wrapped(words, width);
    if let (Some(tone), Some(first)) = (tone, rows.first_mut()) {
        *first = first.replacen(prefix, &page.palette.paint(tone, prefix), 1);
    }
    if let Some(last) = rows.last_mut() {
        let painted = faint(page, &section);
        *last = last.replace(&section, &painted);
    }
    rows.into_iter().map(|row| row.replace('\u{a0}', " ")).collect()
}

/// Words in rows of at most `width` columns; a longer word is broken.
pub fn wrapped<'w>(words: impl Iterator<Item = &'w str>, width: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    let mut used = 0;
    for word in words {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            rows.push(String::new());
            used = 0;
        }
        for (at, character) in word.chars().enumerate() {
            if at > 0 && used == width {
                rows.push(String::new());
                used = 0;
            } else if at == 0 && used > 0 {
                rows.last_mut().into_iter().for_each(|row| row.push(' '));
                used += 1;
            }
            rows.last_mut().into_iter().for_each(|row| row.push(character));
            used += 1;
        }
    }
    rows
}

/// The rows of a line, and whether a secret was hidden in it. Content is taken off the budget.
fn rows(line: &Explained<'_>, page: Page, budget: &mut usize, hider: &mut Hider) -> (Vec<Row>, bool) {
    let mark = if line.is_response { "< " } else { "> " };
    let bytes = line.line.bytes;
    match line.line.part {
        Part::Missing => (vec![Row::plain("* ", "the bytes end here", page)], false),
        Part::Content | Part::ChunkData | Part::Rest | Part::Unread => (content(mark, bytes, page, budget), false),
        part => {
            let shown = &bytes[..bytes.len().min(SHOWN)];
            let (text, is_hidden) = masked(&escaped(shown), part, page, hider);
            let mut rows = vec![Row {
                columns: mark.len() + text.chars().count(),
                painted: format!("{}{}", faint(page, mark), painted(&text, part, page)),
            }];
            rows.extend(more(bytes.len() - shown.len(), page));
            (rows, is_hidden)
        }
    }
}

/// The text of a line with the secrets in it hidden.
fn masked(text: &str, part: Part, page: Page, hider: &mut Hider) -> (String, bool) {
    if !page.mask {
        return (text.to_owned(), false);
    }
    let (body, end) = ending(text);
    let (shown, is_hidden) = hider.line(body, part == Part::Start);
    (format!("{shown}{end}"), is_hidden)
}

/// The remarks on a line. What quotes it tells no secret of it.
fn said(line: &Explained<'_>, page: Page) -> Vec<Remark> {
    let text = String::from_utf8_lossy(line.line.bytes);
    let (name, value) = text.split_once(':').map_or(("", ""), |(name, value)| (name, value.trim()));
    let hides = page.mask && line.line.part != Part::Start && is_secret(name);
    let told = |remark: &Remark| {
        let text = match hides && value.len() > 1 {
            true => remark.text.replace(value, MASK),
            false => remark.text.clone(),
        };
        let text = if page.mask { without_passwords(&text).into_owned() } else { text };
        Remark { text, ..remark.clone() }
    };
    line.remarks.iter().map(told).collect()
}

/// A line of a head in its colours; what ends it is of little weight.
fn painted(text: &str, part: Part, page: Page) -> String {
    let (body, end) = ending(text);
    let end = faint(page, end);
    match (part, body.split_once(':')) {
        (Part::Start, _) => format!("{}{end}", start_line(body, page.palette)),
        (Part::Field | Part::Trailer, Some((name, value))) => {
            format!("{}:{value}{end}", page.palette.paint(Tone::Name, name))
        }
        _ => format!("{body}{end}"),
    }
}

/// Content: its lines, or a dump if it is not text, and how much of it is not shown.
fn content(mark: &str, bytes: &[u8], page: Page, budget: &mut usize) -> Vec<Row> {
    let is_text = is_text(&bytes[..bytes.len().min(*budget)]);
    let most = if is_text { *budget } else { SHOWN_BINARY.min(*budget) };
    let shown = &bytes[..bytes.len().min(most)];
    *budget -= shown.len();
    let mut rows: Vec<Row> = match is_text {
        true => {
            shown.split_inclusive(|byte| *byte == b'\n').map(|line| Row::plain(mark, &escaped(line), page)).collect()
        }
        false => {
            let dump = block("", shown, Dump::Hex);
            dump.lines().skip(1).map(|line| Row::plain(mark, line, page)).collect()
        }
    };
    rows.extend(more(bytes.len() - shown.len(), page));
    rows
}

/// The row that says how much is not shown.
fn more(left: usize, page: Page) -> Option<Row> {
    (left > 0).then(|| Row::plain("* ", &format!("{left} more bytes, not shown"), page))
}

/// Whether bytes are text: UTF-8, but for a character that was cut, and hardly any control characters.
fn is_text(bytes: &[u8]) -> bool {
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => return false,
    };
    let is_odd = |byte: &&u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r' | b'\n' | 0x1b);
    bytes[..valid].iter().filter(is_odd).count() * 32 <= bytes.len()
}

fn faint(page: Page, text: &str) -> String {
    page.palette.paint(Tone::Faint, text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remark::{Around, explain};

    fn shown(bytes: &[u8], columns: usize) -> String {
        let page = Page { palette: Palette::default(), columns, mask: true };
        let mut out = Vec::new();
        explained(&mut out, &explain(bytes, &Around::default()), page).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn remarks_stand_beside_the_lines_from_120_columns_on() {
        let message = b"HTTP/1.0 204 No Content\r\nAge: x\r\n\r\n";
        let below = shown(message, 119);
        assert!(below.contains("\n< Age: x\\r\\n\n    wrong: 'x' is no age"), "{below}");
        let beside = shown(message, 120);
        assert!(beside.contains("\n< Age: x\\r\\n                     wrong: 'x' is no age"), "{beside}");
        for (text, columns) in [(below, 119), (beside, 120)] {
            assert!(text.lines().all(|line| line.chars().count() < columns), "{text}");
        }
    }

    #[test]
    fn no_secret_is_told_by_a_remark_or_a_line_that_goes_on() {
        for message in [
            "GET / HTTP/1.1\r\nHost: h\r\nCookie: s3cret\r\nReferer: http://u:s3cret@h/\r\n\r\n",
            "GET http://u:s3cret@h/ HTTP/1.1\r\nHost: h\r\nProxy-Authorization: s3cret\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: http://u:s3cret@h/z\r\nSet-Cookie:\r\n a=s3cret\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nSet-Cookie: a=s3cret\r\n\r\n",
        ] {
            let text = shown(message.as_bytes(), 80);
            assert!(!text.contains("s3cret") && text.contains("***"), "{text}");
        }
    }

    #[test]
    fn nothing_steers_a_terminal_and_no_secret_is_shown() {
        let message = b"GET /\x1b[31m HTTP/1.1\r\nHost: \x1b]0;\x07\xff\\\r\nCookie: a=secret\r\n\r\n\x1b[2J";
        let text = shown(message, 80);
        assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text:?}");
        assert!(
            text.contains("> GET /\\x1b[31m HTTP/1.1\\r\\n\n")
                && text.contains("> Host: \\x1b]0;\\x07\\xff\\\\\\r\\n\n")
        );
        assert!(text.contains("> Cookie: ***\\r\\n\n") && !text.contains("secret\\r"), "{text}");
        assert!(text.ends_with("* secrets are shown as ***; --show-secrets shows them\n"), "{text}");
    }

    #[test]
    fn long_and_binary_content_is_cut_and_said() {
        let head = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        let text = shown(&[&head[..], &b"ab\n".repeat(100_000)].concat(), 80);
        assert!(text.ends_with("* 283616 more bytes, not shown\n"), "{}", &text[text.len() - 100..]);
        let text = shown(&[&head[..], &[0, 1, 2, 255].repeat(1_000)].concat(), 80);
        assert!(text.contains("\n< 0010: 00 01 02 ff ") && text.ends_with("* 3488 more bytes, not shown\n"), "{text}");
        assert!(shown(&vec![b'x'; 1 << 20], 80).len() < 20_000);
    }
}
