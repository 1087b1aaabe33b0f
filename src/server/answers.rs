//! Answers that are given again: the same head, asked of the same state, has the same answer.
//!
//! Clients that look at one thing again and again are common (a page that polls, a script that waits, a load test), and
//! reading, finding and formatting anew each time costs ten times what comparing does.

use xxhash_rust::xxh3::xxh3_64;

/// So many heads have a place; those that fall on the same one take turns.
const PLACES: usize = 256;

/// Heads and answers of more bytes than this are not kept: comparing and copying them is no longer what costs little.
const LONGEST: usize = 4 << 10;

/// What stands before the date in the answer, behind its status line.
const DATE: &[u8] = b"Date: ";

/// The answers of one worker. Which state they belong to is the caller's to say, with a number for each.
pub(super) struct Answers {
    places: Vec<AnswerSlot>,
}

#[derive(Default)]
struct AnswerSlot {
    /// The hash of the last head that came here and was not the one kept: a head is kept when it comes again, so that
    /// those which come once cost no more than that number.
    seen: u64,
    kept: Option<KeptAnswer>,
}

/// A head and its answer.
pub(super) struct KeptAnswer {
    state: u64,
    request_head: Box<[u8]>,
    bytes: Box<[u8]>,
    /// Where the date stands in the bytes.
    date: usize,
    /// Where the content begins in the bytes.
    content: usize,
}

/// Where a head belongs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key(u64);

impl Key {
    /// The key of a request's head.
    #[inline]
    pub(super) fn of(request_head: &[u8]) -> Key {
        Key(xxh3_64(request_head))
    }

    #[inline]
    fn place(self) -> usize {
        self.0 as usize % PLACES
    }
}

impl Answers {
    pub(super) fn new() -> Answers {
        Answers { places: (0..PLACES).map(|_| AnswerSlot::default()).collect() }
    }

    /// The answer that this head had in this state.
    #[inline]
    pub(super) fn find(&self, state: u64, key: Key, request_head: &[u8]) -> Option<&KeptAnswer> {
        let kept = self.places[key.place()].kept.as_ref()?;
        (kept.state == state && *kept.request_head == *request_head).then_some(kept)
    }

    /// Keeps an answer, if the head comes for the second time in a row. `bytes` are the whole answer, whose first
    /// field is the date.
    pub(super) fn keep(&mut self, state: u64, key: Key, request_head: &[u8], bytes: &[u8]) {
        if request_head.len() > LONGEST || bytes.len() > LONGEST {
            return;
        }
        let place = &mut self.places[key.place()];
        if place.seen != key.0 {
            place.seen = key.0;
            return;
        }
        place.kept = KeptAnswer::of(state, request_head, bytes);
    }
}

impl KeptAnswer {
    fn of(state: u64, request_head: &[u8], bytes: &[u8]) -> Option<KeptAnswer> {
        let line = memchr::memchr(b'\n', bytes)? + 1;
        let content = memchr::memmem::find(bytes, b"\r\n\r\n")? + 4;
        bytes[line..].starts_with(DATE).then(|| KeptAnswer {
            state,
            request_head: request_head.into(),
            bytes: bytes.into(),
            date: line + DATE.len(),
            content,
        })
    }

    /// Appends the answer as it is at this date, which is as long as any IMF-fixdate.
    #[inline]
    pub(super) fn write(&self, date: &[u8], out: &mut Vec<u8>) {
        let start = out.len() + self.date;
        out.extend_from_slice(&self.bytes);
        out[start..start + date.len()].copy_from_slice(date);
    }

    /// The number of bytes of its head.
    #[inline]
    pub(super) fn head_length(&self) -> usize {
        self.content
    }

    /// The number of bytes of its content.
    #[inline]
    pub(super) fn content_length(&self) -> usize {
        self.bytes.len() - self.content
    }

    /// The three digits of its status code.
    pub(super) fn status(&self) -> &[u8] {
        // `HTTP/1.1 ` stands before them.
        &self.bytes[9..12]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    const ANSWER: &[u8] =
        b"HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 2\r\n\r\n{}";
    const LATER: &[u8] = b"Mon, 07 Nov 1994 08:49:38 GMT";

    fn twice(answers: &mut Answers, state: u64, head: &[u8], bytes: &[u8]) {
        (0..2).for_each(|_| answers.keep(state, Key::of(head), head, bytes));
    }

    #[test]
    fn the_second_time_an_answer_is_kept_and_given_at_the_date_of_the_day() {
        let (mut answers, key) = (Answers::new(), Key::of(HEAD));
        answers.keep(7, key, HEAD, ANSWER);
        assert!(answers.find(7, key, HEAD).is_none());
        answers.keep(7, key, HEAD, ANSWER);
        let kept = answers.find(7, key, HEAD).unwrap();
        let mut out = b"before".to_vec();
        kept.write(LATER, &mut out);
        let expected = String::from_utf8(ANSWER.to_vec()).unwrap().replace("Sun, 06", "Mon, 07").replace(":37", ":38");
        assert_eq!(String::from_utf8(out).unwrap(), format!("before{expected}"));
        assert_eq!((kept.status(), kept.content_length()), (&b"404"[..], 2));
        assert!(ANSWER[..kept.head_length()].ends_with(b"\r\n\r\n"));
    }

    #[test]
    fn another_state_or_another_head_has_another_answer() {
        let mut answers = Answers::new();
        twice(&mut answers, 7, HEAD, ANSWER);
        assert!(answers.find(8, Key::of(HEAD), HEAD).is_none());
        // A head whose hash is the same.
        assert!(answers.find(7, Key::of(HEAD), b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n").is_none());
        twice(&mut answers, 8, HEAD, ANSWER);
        assert!(answers.find(8, Key::of(HEAD), HEAD).is_some() && answers.find(7, Key::of(HEAD), HEAD).is_none());
    }

    #[test]
    fn what_is_long_or_no_ordinary_answer_is_not_kept() {
        let mut answers = Answers::new();
        let long = [ANSWER, &[b' '; LONGEST]].concat();
        for bytes in [&long[..], b"HTTP/1.1 200 OK\r\n\r\n", b"no answer"] {
            twice(&mut answers, 7, HEAD, bytes);
            assert!(answers.find(7, Key::of(HEAD), HEAD).is_none());
        }
        twice(&mut answers, 7, &long, ANSWER);
        assert!(answers.find(7, Key::of(&long), &long).is_none());
    }
}
