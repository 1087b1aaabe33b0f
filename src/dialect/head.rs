//! The head of a message that looks like HTTP, read as leniently as the original systems did: any line end, any words.

use memchr::memchr_iter;

/// How a message ends, if not with the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// With a head up to a blank line, and as much content as its `Content-Length` says. Input that ends earlier is
    /// malformed.
    Head,
    /// As [`Framing::Head`], but the end of the input makes what is there a message.
    OpenHead,
    /// With a line end, with the end of the input, or with a short silence after the first bytes.
    Line,
}

/// How much a message may hold; a larger one is malformed.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The most bytes of a head, or of a line.
    pub head: usize,
    /// The most bytes of content.
    pub content: usize,
}

/// Finds the end of a message, however its bytes are split. Every byte is looked at once.
#[derive(Debug)]
pub struct Framer {
    framing: Framing,
    bounds: Bounds,
    /// The search goes on here.
    searched: usize,
    /// Where the content begins, and its declared length.
    content: Option<(usize, usize)>,
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many bytes are the message.
    Complete(usize),
    /// More must come. `silence_ends` tells whether a short silence makes what is there a message.
    Partial {
        /// A short silence after the first bytes ends the message.
        silence_ends: bool,
    },
    /// It cannot become a message.
    Malformed,
}

impl Framer {
    /// A search for the end of a message that is framed like this.
    pub fn new(framing: Framing, bounds: Bounds) -> Framer {
        Framer { framing, bounds, searched: 0, content: None }
    }

    /// How far the message has come with these bytes, which begin with those of the last call.
    pub fn progress(&mut self, bytes: &[u8]) -> Progress {
        match self.framing {
            Framing::Line => self.line(bytes),
            Framing::Head | Framing::OpenHead => self.head(bytes),
        }
    }

    /// How many bytes are the message when the input has ended, or fallen silent, and it is not complete.
    pub fn ended(&self, bytes: &[u8]) -> Option<usize> {
        let is_message = match self.framing {
            Framing::Head => false,
            Framing::OpenHead => self.content.is_none(),
            Framing::Line => true,
        };
        is_message.then_some(bytes.len())
    }

    fn line(&mut self, bytes: &[u8]) -> Progress {
        let found = memchr_iter(b'\n', &bytes[self.searched..]).next();
        let end = found.map(|at| self.searched + at + 1);
        self.searched = bytes.len();
        match end {
            _ if end.unwrap_or(bytes.len()) > self.bounds.head => Progress::Malformed,
            Some(end) => Progress::Complete(end),
            None => Progress::Partial { silence_ends: !bytes.is_empty() },
        }
    }

    fn head(&mut self, bytes: &[u8]) -> Progress {
        if self.content.is_none() {
            let Some(end) = self.head_end(bytes) else {
                return match bytes.len() > self.bounds.head {
                    true => Progress::Malformed,
                    false => Progress::Partial { silence_ends: false },
                };
            };
            match content_length(&bytes[..end]) {
                Some(length) if length <= self.bounds.content && end <= self.bounds.head => {
                    self.content = Some((end, length));
                }
                _ => return Progress::Malformed,
            }
        }
        let Some((start, length)) = self.content else { return Progress::Malformed };
        match content_end(&bytes[start..], length) {
            Some(end) => Progress::Complete(start + end),
            None => Progress::Partial { silence_ends: false },
        }
    }

    /// Where the head ends; the next search goes on where this one stopped.
    fn head_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let (end, searched) = search_head_end(bytes, self.searched);
        self.searched = searched;
        end
    }
}

/// Where the blank line ends that closes the head, and how far was searched, beginning at `from`. An empty line before
/// the first word closes nothing.
fn search_head_end(bytes: &[u8], from: usize) -> (Option<usize>, usize) {
    let first_word = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(bytes.len());
    let from = from.max(first_word);
    for line_end in memchr_iter(b'\n', &bytes[from..]).map(|at| from + at) {
        match bytes[line_end + 1..] {
            [b'\n', ..] => return (Some(line_end + 2), line_end),
            [b'\r', b'\n', ..] => return (Some(line_end + 3), line_end),
            // The line end must be seen again when more is there.
            [] | [b'\r'] => return (None, line_end),
            _ => {}
        }
    }
    (None, bytes.len())
}

/// Where content of the declared length ends.
///
/// Two of the original clients declare the number of characters, Python's `len` of a str, and not that of bytes. So
/// content that came whole and has exactly so many characters is taken whole, and one is not cut within a character.
fn content_end(content: &[u8], length: usize) -> Option<usize> {
    let counted = content.get(..length)?;
    if str::from_utf8(content).is_ok_and(|text| text.chars().count() == length) {
        return Some(content.len());
    }
    let is_cut = str::from_utf8(counted).is_err_and(|error| error.error_len().is_none());
    (!is_cut).then_some(length)
}

/// The declared length of the content, 0 if none is; `None` if the value is no number, or there are two.
fn content_length(head: &[u8]) -> Option<usize> {
    let mut found = None;
    for line in head.split(|byte| *byte == b'\n').skip(1) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        if !line[..colon].trim_ascii().eq_ignore_ascii_case(b"content-length") {
            continue;
        }
        let value = str::from_utf8(line[colon + 1..].trim_ascii()).ok()?;
        let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let value = is_number.then(|| value.parse().ok()).flatten()?;
        if found.is_some_and(|found| found != value) {
            return None;
        }
        found = Some(value);
    }
    Some(found.unwrap_or(0))
}

/// A message in parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message<'a> {
    /// The words of the first line.
    pub(super) words: Vec<&'a str>,
    /// The value of `Host`, empty if there is none.
    pub(super) host: &'a str,
    /// The content.
    pub(super) content: &'a str,
}

impl Message<'_> {
    /// Takes a whole message apart. `None` if it is not UTF-8 or has no word.
    pub(super) fn parse(bytes: &[u8]) -> Option<Message<'_>> {
        let text = str::from_utf8(bytes).ok()?.trim_start_matches(['\r', '\n']);
        let end = search_head_end(text.as_bytes(), 0).0.unwrap_or(text.len());
        let (head, content) = text.split_at(end);
        let mut lines = head.lines();
        let words: Vec<&str> = lines.next()?.split_whitespace().collect();
        let host = lines.filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("host"));
        (!words.is_empty()).then_some(Message { words, host: host.map_or("", |(_, value)| value.trim()), content })
    }

    /// The method, as sent.
    pub(super) fn method(&self) -> &str {
        self.words.first().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { head: 32 << 10, content: 16 << 20 };
    const PARTIAL: Progress = Progress::Partial { silence_ends: false };
    const OPEN: Progress = Progress::Partial { silence_ends: true };

    /// The same verdict whether the bytes come at once or one by one.
    #[track_caller]
    fn check(framing: Framing, bytes: &[u8], expected: Progress) {
        assert_eq!(Framer::new(framing, BOUNDS).progress(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
        let mut framer = Framer::new(framing, BOUNDS);
        let mut last = PARTIAL;
        for end in 1..=bytes.len() {
            last = framer.progress(&bytes[..end]);
            if !matches!(last, Progress::Partial { .. }) {
                break;
            }
        }
        assert_eq!(last, expected, "one by one: {:?}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn a_head_ends_with_a_blank_line_of_any_kind() {
        for (bytes, expected) in [
            (&b"GET / HTTP/1.1\r\nHost: a/\r\n\r\n"[..], Progress::Complete(28)),
            (b"GET / HTTP/1.1\r\nHost: a/\r\n\n", Progress::Complete(27)),
            (b"GET x HTTP/1.1\nHost: a\n\n", Progress::Complete(24)),
            (b"GET x HTTP/1.1\r\nHost: a\r\n", PARTIAL),
            (b"GET x", PARTIAL),
            (b"\r\n\r\nGET x\r\n\r\n", Progress::Complete(13)),
            (b"\r\n\n", PARTIAL),
        ] {
            check(Framing::Head, bytes, expected);
            check(Framing::OpenHead, bytes, expected);
        }
    }

    #[test]
    fn content_is_as_long_as_declared() {
        for (bytes, expected) in [
            ("PUT / X\r\nContent-Length: 3\r\n\r\na:b", Progress::Complete(33)),
            ("PUT / X\r\ncontent-length:3\r\n\na:b", Progress::Complete(31)),
            ("PUT / X\r\nContent-Length: 4\r\n\r\na:b", PARTIAL),
            ("PUT / X\r\nContent-Length: 0\r\n\r\n", Progress::Complete(30)),
            ("PUT / X\r\nContent-Length: x\r\n\r\n", Progress::Malformed),
            ("PUT / X\r\nContent-Length: -1\r\n\r\n", Progress::Malformed),
            ("PUT / X\r\nContent-Length:\r\n\r\n", Progress::Malformed),
            ("PUT / X\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", Progress::Malformed),
            ("PUT / X\r\nContent-Length: 99999999999999999999\r\n\r\n", Progress::Malformed),
            ("PUT / X\r\nContent-Length: 16777217\r\n\r\n", Progress::Malformed),
            ("PUT / X\r\nContent-Length: 6\r\n\r\n가나", Progress::Complete(36)),
        ] {
            check(Framing::Head, bytes.as_bytes(), expected);
        }
    }

    #[test]
    fn a_length_in_characters_is_understood() {
        // Python's len("이름: 김") is 5; in bytes it is 11.
        let message = "PUT / X\r\nContent-Length: 5\r\n\r\n이름: 김";
        let whole = Progress::Complete(message.len());
        assert_eq!(Framer::new(Framing::Head, BOUNDS).progress(message.as_bytes()), whole);
        let cut = message.len() - "름: 김".len() - 1;
        assert_eq!(Framer::new(Framing::Head, BOUNDS).progress(&message.as_bytes()[..cut]), PARTIAL);
        // What is behind content of the right length is not content.
        let more = "PUT / X\r\nContent-Length: 3\r\n\r\na:b and more";
        assert_eq!(Framer::new(Framing::Head, BOUNDS).progress(more.as_bytes()), Progress::Complete(33));
    }

    #[test]
    fn a_line_ends_with_its_end() {
        check(Framing::Line, b"GET,test.com\n", Progress::Complete(13));
        check(Framing::Line, b"GET,test.com\r\nmore", Progress::Complete(14));
        check(Framing::Line, b"GET,test.com", OPEN);
        assert_eq!(Framer::new(Framing::Line, BOUNDS).progress(b""), PARTIAL);
    }

    #[test]
    fn what_is_too_large_is_malformed() {
        let long = vec![b'a'; BOUNDS.head + 1];
        for framing in [Framing::Head, Framing::OpenHead, Framing::Line] {
            assert_eq!(Framer::new(framing, BOUNDS).progress(&long), Progress::Malformed);
        }
    }

    #[test]
    fn the_end_of_the_input_completes_where_that_is_harmless() {
        for (framing, bytes, expected) in [
            (Framing::Line, "GET,x", Some(5)),
            (Framing::OpenHead, "GET students.json", Some(17)),
            (Framing::OpenHead, "GET x\r\nContent-Length: 9\r\n\r\nabc", None),
            (Framing::Head, "PUT / HTTP/1.1\r\nHost: 127.0.0.1/up", None),
        ] {
            let mut framer = Framer::new(framing, BOUNDS);
            framer.progress(bytes.as_bytes());
            assert_eq!(framer.ended(bytes.as_bytes()), expected, "{bytes}");
        }
    }

    #[test]
    fn messages_are_taken_apart() {
        let whole =
            Message::parse(b"PUT / HTTP/1.1\r\nX: y\r\nhost: 127.0.0.1/up\r\nContent-Length: 3\r\n\r\na:b").unwrap();
        assert_eq!(whole, Message { words: vec!["PUT", "/", "HTTP/1.1"], host: "127.0.0.1/up", content: "a:b" });
        assert_eq!(whole.method(), "PUT");
        let bare = Message::parse(b"\r\nGET students.json").unwrap();
        assert_eq!(bare, Message { words: vec!["GET", "students.json"], host: "", content: "" });
        assert_eq!(Message::parse(b"\r\n\r\n"), None);
        assert_eq!(Message::parse(b"PUT \xff"), None);
    }
}
