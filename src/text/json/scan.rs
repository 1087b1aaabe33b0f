//! One pass over a JSON text: is it well-formed, and where do the children of its large containers start?

use super::{MAX_DEPTH, SyntaxError, SyntaxKind, walk};

/// A place where the text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Octet offset.
    pub(crate) offset: usize,
    /// What was expected there.
    pub(crate) expected: &'static str,
    /// Malformed, not UTF-8, or too deep.
    pub(crate) kind: SyntaxKind,
}

impl Fault {
    /// The fault with line and column.
    pub(crate) fn locate(&self, text: &[u8]) -> SyntaxError {
        SyntaxError::at(text, self.offset, self.expected, self.kind)
    }
}

/// What a scan found.
#[derive(Debug)]
pub(crate) struct Found {
    /// Where the root value stands.
    pub(crate) root: (usize, usize),
    /// The containers that were asked for, each after those inside it.
    pub(crate) containers: Vec<Extent>,
    /// Where a member name starts that its object (of those not in `containers`) holds already; at most
    /// [`DUPLICATES`] of them.
    pub(crate) duplicates: Vec<usize>,
}

/// A container and where its children start.
#[derive(Debug)]
pub(crate) struct Extent {
    /// Offset of the opening bracket.
    pub(crate) start: usize,
    /// Offset after the closing bracket.
    pub(crate) end: usize,
    /// The name token of the member whose value it is.
    pub(crate) name: Option<(usize, usize)>,
    /// Where each child starts, from the opening bracket: an element, or a member with its name.
    pub(crate) children: Vec<u32>,
    /// What is inside of it.
    pub(crate) inside: Inside,
}

/// What a scan saw inside of a JSON container.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Inside {
    /// How many objects and arrays, at any depth.
    pub(crate) containers: usize,
    /// A string in it is written with escapes.
    pub(crate) has_escapes: bool,
}

/// More duplicate names than this are not listed one by one.
const DUPLICATES: usize = 20;

/// Objects with more members than this are no pattern for their siblings.
const SHAPE: usize = 64;

/// Offsets are kept in 32 bits.
pub(crate) const MAX_LENGTH: usize = u32::MAX as usize - 1;

/// How many octets go by between two calls of `progress`.
const STRIDE: usize = 1 << 20;

/// Checks that `text` is one JSON value (RFC 8259) with white space around it, and lists the containers that are at
/// least `large` octets long, the root container always if `root` says so.
pub(crate) fn scan(text: &[u8], large: usize, root: bool, progress: &mut dyn FnMut(usize)) -> Result<Found, Fault> {
    if text.len() > MAX_LENGTH {
        return Err(Fault { offset: 0, expected: "expected at most 4 GiB", kind: SyntaxKind::Malformed });
    }
    if let Err(error) = std::str::from_utf8(text) {
        // What stands before it may be malformed earlier; the encoding is the more useful thing to be told.
        return Err(Fault { offset: error.valid_up_to(), expected: "expected UTF-8", kind: SyntaxKind::Encoding });
    }
    let mut scan = Scan {
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
        has_escaped_pattern: false,
        progress,
        reported: 0,
    };
    scan.white();
    let start = scan.at;
    scan.value(None, root)?;
    let end = scan.at;
    scan.white();
    if scan.at < text.len() {
        return Err(scan.fault("expected the end of the text after the value"));
    }
    Ok(Found { root: (start, end), containers: scan.containers, duplicates: scan.duplicates })
}

struct Scan<'t, 'p> {
    text: &'t [u8],
    at: usize,
    large: usize,
    depth: usize,
    /// Where the children of the open containers start, the innermost last.
    starts: Vec<u32>,
    /// For each depth the member names (offset, length) of an object known to have no duplicates. Its siblings mostly
    /// have the same names in the same order, and then comparing octets is all there is to do.
    shapes: Vec<Vec<(usize, usize)>>,
    containers: Vec<Extent>,
    duplicates: Vec<usize>,
    /// How many containers and escapes went by.
    opened: usize,
    escapes: usize,
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

impl Scan<'_, '_> {
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
            return Err(self.fault("expected a member name in quotes"));
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
            let inside = Inside { containers: self.opened - opened, has_escapes };
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

/// How many octets go by before a quote, a backslash or a control character. Eight at a time: for each octet the high
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
    at + text[at..].iter().take_while(|&&octet| octet >= 0x20 && octet != b'"' && octet != b'\\').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::json::check;

    #[track_caller]
    fn refused(text: &str, line: usize, column: usize, expected: &str) {
        let error = check(text.as_bytes()).unwrap_err();
        assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
        assert!(error.expected.contains(expected), "{text}: {error}");
    }

    #[test]
    fn says_where_and_what_was_expected() {
        refused("", 1, 1, "a value");
        refused("{\n  \"a\": tru\n}", 2, 8, "'true'");
        refused("{\"a\" 1}", 1, 6, "':'");
        refused("{\"a\":1,}", 1, 8, "member name");
        refused("[1 2]", 1, 4, "',' or ']'");
        refused("{\"a\":1 \"b\"", 1, 8, "',' or '}'");
        refused("[1,]", 1, 4, "a value");
        refused("\"é\u{1}\"", 1, 3, "control");
        refused("\"\\x\"", 1, 3, "after '\\'");
        refused("\"\\u12g4\"", 1, 6, "hexadecimal");
        refused("01", 1, 2, "end of the text");
        refused("-", 1, 2, "digit");
        refused("1.", 1, 3, "digit");
        refused("1e+", 1, 4, "digit");
        refused("\"abc", 1, 5, "end of the string");
        refused("{} x", 1, 4, "end of the text");
        refused("{\"a\":1,\n\"b\":2,\"\\u0061\":3}", 2, 7, "'a' occurs twice");
        refused(&"[".repeat(129), 1, 129, "128 levels");
    }

    #[test]
    fn utf8_is_asked_for() {
        let error = check(b"[\"a\xff\"]").unwrap_err();
        assert_eq!((error.line, error.column, error.kind), (1, 4, SyntaxKind::Encoding));
    }

    #[test]
    fn a_duplicate_among_alike_siblings_is_found() {
        refused("[{\"a\":1,\"b\":2},{\"a\":1,\"b\":2},{\"a\":1,\"a\":2}]", 1, 37, "'a' occurs twice");
        refused("[{\"a\":1},{\"b\":1},{\"b\":1,\"a\":2,\"b\":3}]", 1, 31, "'b' occurs twice");
    }

    #[test]
    fn agrees_with_serde_json() {
        let mut random = fastrand::Rng::with_seed(7);
        let seeds: &[&str] = &[
            r#"{"a":[1,-0,1.5e+3,true,false,null,"x\n\u00e9\\"],"b":{"c":"longer string here, over eight"}}"#,
            "[[],{},\t\"\",\r\n0.1E-2,[[[1]]], {\"k\" : \"v\"}]",
        ];
        for _ in 0..60_000 {
            let mut text = seeds[random.usize(..seeds.len())].as_bytes().to_vec();
            for _ in 0..random.usize(1..4) {
                let at = random.usize(..text.len());
                match random.u8(..3) {
                    0 => drop(text.remove(at)),
                    1 => text.insert(at, *random.choice(b"\"\\{}[]:,0e.-+tn u\n\x01\xc3").unwrap()),
                    _ => text[at] = random.u8(..),
                }
            }
            // serde_json skips over strings without looking at their octets when it ignores them, so give it `str`.
            let theirs = std::str::from_utf8(&text)
                .is_ok_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok());
            let ours = scan(&text, usize::MAX, false, &mut |_| {}).is_ok();
            assert_eq!(ours, theirs, "{:?}", String::from_utf8_lossy(&text));
        }
    }

    #[test]
    fn large_containers_are_listed_inner_first() {
        let text = br#" {"a": [10, 20, 30], "b": {}} "#;
        let found = scan(text, 12, true, &mut |_| {}).unwrap();
        assert_eq!(found.root, (1, 29));
        let seen: Vec<_> = found.containers.iter().map(|c| (c.start, c.end, c.name, c.children.clone())).collect();
        assert_eq!(seen, [(7, 19, Some((2, 5)), vec![1, 5, 9]), (1, 29, None, vec![1, 20])]);
    }
}
