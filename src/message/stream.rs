//! Content that is made while it is sent.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;

/// Gives a content piece by piece. A piece is made on the thread that sends it, in less than about a millisecond.
pub struct Stream(Source);

enum Source {
    /// What comes until nothing comes any more.
    Endless(Box<dyn FnMut() -> Option<Bytes> + Send>),
    /// These bytes of something, each piece from where the one before it ended.
    Stretch(Range<u64>, Box<dyn FnMut(Range<u64>) -> Option<Bytes> + Send>),
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream")
    }
}

impl Stream {
    /// A content of what `next` gives until it gives nothing; its length is not known before.
    pub fn new(next: impl FnMut() -> Option<Bytes> + Send + 'static) -> Stream {
        Stream(Source::Endless(Box::new(next)))
    }

    /// A content of so many bytes. `read` is asked for those of a range, which is not empty, and gives its first ones, as
    /// many as it likes; nothing: they are not there, and the answer is broken off.
    pub fn of_length(length: u64, read: impl FnMut(Range<u64>) -> Option<Bytes> + Send + 'static) -> Stream {
        Stream(Source::Stretch(0..length, Box::new(read)))
    }

    /// How many bytes are still to come, if that is known.
    pub fn length(&self) -> Option<u64> {
        match &self.0 {
            Source::Endless(_) => None,
            Source::Stretch(range, _) => Some(range.end - range.start),
        }
    }

    /// These of the bytes that are still to come, where their number is known; else all.
    #[must_use]
    pub fn cut(self, part: Range<u64>) -> Stream {
        Stream(match self.0 {
            Source::Stretch(range, read) => {
                let end = range.start.saturating_add(part.end).min(range.end);
                Source::Stretch(range.start.saturating_add(part.start).min(end)..end, read)
            }
            endless => endless,
        })
    }

    /// The next piece; `None` at the end, or, while there is a [length](Stream::length), where it breaks off.
    pub fn next_piece(&mut self) -> Option<Bytes> {
        match &mut self.0 {
            Source::Endless(next) => next(),
            Source::Stretch(range, _) if range.is_empty() => None,
            Source::Stretch(range, read) => {
                let mut piece = read(range.clone()).filter(|piece| !piece.is_empty())?;
                piece.truncate(usize::try_from(range.end - range.start).unwrap_or(usize::MAX));
                range.start += piece.len() as u64;
                Some(piece)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_has_a_length_and_parts() {
        let text: &[u8] = b"0123456789";
        // Three bytes at a time, and more than are asked for.
        let read = move |range: Range<u64>| {
            let start = usize::try_from(range.start).unwrap();
            text.get(start..).map(|rest| Bytes::from_static(&rest[..rest.len().min(3)]))
        };
        for (length, part, expected, left) in [
            (10, 0..10, "0123456789", 0),
            (10, 2..7, "23456", 0),
            (4, 0..99, "0123", 0),
            (10, 5..5, "", 0),
            (12, 8..12, "89", 2),
        ] {
            let mut stream = Stream::of_length(length, read).cut(part);
            let made: Vec<u8> = std::iter::from_fn(|| stream.next_piece()).flatten().collect();
            assert_eq!((String::from_utf8(made).unwrap().as_str(), stream.length()), (expected, Some(left)));
        }
        let mut endless = Stream::new(|| None).cut(0..1);
        assert_eq!((endless.length(), endless.next_piece()), (None, None));
    }
}
