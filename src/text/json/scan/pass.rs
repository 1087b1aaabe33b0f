//! The pass itself: a recursive descent that keeps where the children of the open containers start.

use super::found::{Extent, Fault, Found, Inside};
use crate::text::json::{MAX_DEPTH, SyntaxKind, walk};

/// More duplicate names than this are not listed one by one.
const DUPLICATES: usize = 20;

/// Objects with more members than this are no pattern for their siblings.
const SHAPE: usize = 64;

/// How many bytes go by between two calls of `progress`.
const STRIDE: usize = 1 << 20;

/// See the module.
pub(super) struct Scan<'t, 'p> {
    text: &'t [u8],
    at: usize,
    large: usize,
    depth: usize,
    /// Where the children of the open containers start, the innermost last.
    starts: Vec<u32>,
    /// For each depth the member names (offset, length) of an object known to have no duplicates. Its siblings mostly
    /// have the same names in the same order, and then comparing bytes is all there is to do.
    shapes: Vec<Vec<(usize, usize)>>,
    containers: Vec<Extent>,
    duplicates: Vec<usize>,
    /// How many containers and escapes went by.
    opened: usize,
    escapes: usize,
    has_exponents: bool,
    /// A name in a pattern is escaped, so that names may be without being read.
    has_escaped_pattern: bool,
    progress: &'p mut dyn FnMut(usize),
    reported: usize,
}

/// The place where a container starts, and what had gone by until then.
#[derive(Clone, Copy)]
struct Opening {
    start: usize,
    /// The number of its first child.
    first: usize,
    opened: usize,
    escapes: usize,
}

impl<'t, 'p> Scan<'t, 'p> {
    /// A pass over `text`, which is UTF-8. See [`super::scan`] for `large`.
    pub(super) fn new(text: &'t [u8], large: usize, progress: &'p mut dyn FnMut(usize)) -> Scan<'t, 'p> {
        Scan {
            text,
            at: 0,
            large,
            depth: 0,
            starts: Vec::new(),
            shapes: Vec::new(),
            containers: Vec::new(),
            duplicates: Vec::new(),
            opened: 0,
            escapes: 0,
            has_exponents: false,
            has_escaped_pattern: false,
            progress,
            reported: 0,
        }
    }

    /// The text is one value.
    pub(super) fn value_alone(mut self, root: bool) -> Result<Found, Fault> {
        self.white();
        let start = self.at;
        self.value(None, root)?;
        let end = self.at;
        self.white();
        if self.at < self.text.len() {
            return Err(self.fault("expected the end of the text after the value"));
        }
        Ok(self.found((start, end), false))
    }

    /// Each line is one value, or blank.
    pub(super) fn value_per_line(mut self) -> Result<Found, Fault> {
        let whole = self.text;
        while self.at < whole.len() {
            let end = memchr::memchr(b'\n', &whole[self.at..]).map_or(whole.len(), |length| self.at + length);
            // A value ends where its line does.
            self.text = &whole[..end];
            self.white();
            if self.at < end {
                self.starts.push(offset(self.at));
                self.value(None, false)?;
                self.white();
            }
            if self.at < end {
                return Err(self.fault("expected the end of the line after the value: JSON Lines have one on each"));
            }
            self.at = end + 1;
        }
        self.at = whole.len();
        self.close(Opening { start: 0, first: 0, opened: 0, escapes: 0 }, None, true);
        Ok(self.found((0, whole.len()), true))
    }

    fn found(self, root: (usize, usize), is_lines: bool) -> Found {
        Found { root, containers: self.containers, duplicates: self.duplicates, is_lines }
    }

    fn fault(&self, expected: &'static str) -> Fault {
        Fault { offset: self.at, expected, kind: SyntaxKind::Malformed }
    }

    #[inline]
    fn peek(&self) -> u8 {
        // NUL is not allowed anywhere outside of escapes, so it can stand for the end.
        self.text.get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    fn white(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    #[inline]
    fn value(&mut self, name: Option<(usize, usize)>, root: bool) -> Result<(), Fault> {
        match self.peek() {
            b'"' => self.string(),
            b'{' => self.object(name, root),
            b'[' => self.array(name, root),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.literal(b"true", "expected 'true'"),
            b'f' => self.literal(b"false", "expected 'false'"),
            b'n' => self.literal(b"null", "expected 'null'"),
            _ => Err(self.fault("expected a value")),
        }
    }

    #[inline]
    fn enter(&mut self) -> Result<Opening, Fault> {
        if self.depth == MAX_DEPTH {
            let expected = "expected at most 128 levels of arrays and objects";
            return Err(Fault { offset: self.at, expected, kind: SyntaxKind::Depth });
        }
        self.depth += 1;
        if self.shapes.len() < self.depth {
            self.shapes.push(Vec::new());
        }
        self.opened += 1;
        let opening = Opening { start: self.at, first: self.starts.len(), opened: self.opened, escapes: self.escapes };
        self.at += 1;
        self.white();
        Ok(opening)
    }

    fn array(&mut self, name: Option<(usize, usize)>, root: bool) -> Result<(), Fault> {
        let opening = self.enter()?;
        if self.peek() == b']' {
            self.at += 1;
        } else {
            loop {
                self.starts.push(offset(self.at));
                self.value(None, false)?;
                self.white();
                match self.peek() {
                    b',' => self.at += 1,
                    b']' => break self.at += 1,
                    _ => return Err(self.fault("expected ',' or ']' after an element")),
                }
                self.white();
            }
        }
        self.depth -= 1;
        self.close(opening, name, root);
        Ok(())
    }

    fn object(&mut self, name: Option<(usize, usize)>, root: bool) -> Result<(), Fault> {
        let opening = self.enter()?;
        let mut alike = true;
        if self.peek() == b'}' {
            self.at += 1;
        } else {
            loop {
                alike &= self.member(opening.first)?;
                self.white();
                match self.peek() {
                    b',' => self.at += 1,
                    b'}' => break self.at += 1,
                    _ => return Err(self.fault("expected ',' or '}' after a member")),
                }
                self.white();
            }
        }
        self.depth -= 1;
        // The key table of a large object finds its duplicates.
        if !alike && self.at - opening.start < self.large {
            self.compare_names(opening.first);
        }
        self.close(opening, name, root);
        Ok(())
    }

    /// Reads a member; whether its name is that of the pattern.
    #[inline]
    fn member(&mut self, first: usize) -> Result<bool, Fault> {
        let start = self.at;
        let expected = self.shapes[self.depth - 1].get(self.starts.len() - first).copied();
        let alike = expected.is_some_and(|(offset, length)| {
            self.text.get(start..start + length) == self.text.get(offset..offset + length)
        });
        if alike {
            self.at += expected.map_or(0, |(_, length)| length);
        } else if self.peek() == b'"' {
            self.string()?;
        } else {
            return Err(self.fault("expected a member name in double quotes"));
        }
        let name = (start, self.at);
        self.starts.push(offset(start));
        self.white();
        if self.peek() != b':' {
            return Err(self.fault("expected ':' after the member name"));
        }
        self.at += 1;
        self.white();
        self.value(Some(name), false)?;
        Ok(alike)
    }

    /// Looks for duplicates among the names of the object that ends here, and makes it the pattern if there are none.
    fn compare_names(&mut self, first: usize) {
        let names = &self.starts[first..];
        let count = names.len();
        let text = self.text;
        let mut tokens: Vec<(usize, usize)> = names
            .iter()
            .map(|&start| start as usize)
            .map(|start| (start, walk::skip_string(text, start) - start))
            .collect();
        if count <= SHAPE {
            self.shapes[self.depth].clone_from(&tokens);
            self.has_escaped_pattern |=
                tokens.iter().any(|&(start, length)| text[start..start + length].contains(&b'\\'));
        }
        tokens.sort_by_cached_key(|&(start, length)| walk::decode(&text[start..start + length]));
        let decoded = |&(start, length): &(usize, usize)| walk::decode(&text[start..start + length]);
        let mut unique = true;
        for pair in tokens.windows(2) {
            if decoded(&pair[0]) == decoded(&pair[1]) {
                unique = false;
                if self.duplicates.len() < DUPLICATES {
                    self.duplicates.push(pair[0].0.max(pair[1].0));
                }
            }
        }
        if !unique {
            self.shapes[self.depth].clear();
        }
    }

    #[inline]
    fn close(&mut self, opening: Opening, name: Option<(usize, usize)>, root: bool) {
        let Opening { start, first, opened, escapes } = opening;
        if root || self.at - start >= self.large {
            let children = self.starts[first..].iter().map(|&child| child - offset(start)).collect();
            let has_escapes = self.escapes > escapes || self.has_escaped_pattern;
            let has_unique_names = self.duplicates.is_empty();
            let has_exponents = self.has_exponents;
            let inside = Inside { containers: self.opened - opened, has_escapes, has_unique_names, has_exponents };
            self.containers.push(Extent { start, end: self.at, name, children, inside });
        }
        self.starts.truncate(first);
        if self.at - self.reported >= STRIDE {
            self.reported = self.at;
            (self.progress)(self.at);
        }
    }

    #[inline]
    fn string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        loop {
            self.at += plain(&self.text[self.at..]);
            match self.text.get(self.at) {
                Some(b'"') => break self.at += 1,
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(self.fault("expected control characters in a string to be escaped")),
                None => return Err(self.fault("expected '\"' at the end of the string")),
            }
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Fault> {
        self.escapes += 1;
        self.at += 1;
        match self.peek() {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
            b'u' => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.peek().is_ascii_hexdigit() {
                        return Err(self.fault("expected four hexadecimal digits after '\\u'"));
                    }
                    self.at += 1;
                }
            }
            _ => return Err(self.fault("expected one of \" \\ / b f n r t u after '\\'")),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Fault> {
        if self.peek() == b'-' {
            self.at += 1;
        }
        match self.peek() {
            b'0' => self.at += 1,
            b'1'..=b'9' => self.digits(),
            _ => return Err(self.fault("expected a digit")),
        }
        if self.peek() == b'.' {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.has_exponents = true;
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            self.some_digits()?;
        }
        Ok(())
    }

    fn some_digits(&mut self) -> Result<(), Fault> {
        if !self.peek().is_ascii_digit() {
            return Err(self.fault("expected a digit"));
        }
        self.digits();
        Ok(())
    }

    #[inline]
    fn digits(&mut self) {
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
    }

    fn literal(&mut self, word: &'static [u8], expected: &'static str) -> Result<(), Fault> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(())
        } else {
            Err(self.fault(expected))
        }
    }
}

/// An offset as it is kept; longer texts are refused before they are scanned.
#[inline]
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// How many bytes go by before a quote, a backslash or a control character. Eight at a time: for each byte the high
/// bit is set when it is below 0x20, `"` or `\`.
#[inline]
fn plain(text: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut at = 0;
    while let Some(chunk) = text[at..].first_chunk::<8>() {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ (ONES * b'"' as u64);
        let slash = word ^ (ONES * b'\\' as u64);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let stop = (control | (quote.wrapping_sub(ONES) & !quote) | (slash.wrapping_sub(ONES) & !slash)) & HIGH;
        if stop != 0 {
            // The lowest mark is exact: a borrow only ever runs upwards from a true one.
            return at + stop.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + text[at..].iter().take_while(|&&byte| byte >= 0x20 && byte != b'"' && byte != b'\\').count()
}
