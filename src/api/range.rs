//! Range requests for bytes of a node (RFC 9110 14). One range; several are answered with the whole.

use std::ops::Range;

use bytes::Bytes;

use crate::message::Content;

/// What a `Range` field asks of a content of some length.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Everything: no range, one of another unit, several, or none that is well-formed (RFC 9110 14.2).
    Whole,
    /// These bytes.
    Stretch(Range<usize>),
    /// Nothing of it is there (416).
    Nothing,
}

/// Reads a `Range` field for a content of `length` bytes. Numbers that are too large for the type are past every end.
pub(super) fn part(field: Option<&str>, length: usize) -> Part {
    let Some((unit, set)) = field.and_then(|field| field.split_once('=')) else { return Part::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return Part::Whole;
    }
    let Some((first, last)) = set.trim().split_once('-') else { return Part::Whole };
    match (position(first), position(last)) {
        (Some(Some(first)), Some(last)) if last.is_none_or(|last| last >= first) => {
            let end = last.map_or(length, |last| last.saturating_add(1).min(length));
            if first < length { Part::Stretch(first..end) } else { Part::Nothing }
        }
        (Some(None), Some(Some(suffix))) => match suffix.min(length) {
            0 => Part::Nothing,
            suffix => Part::Stretch(length - suffix..length),
        },
        _ => Part::Whole,
    }
}

/// Digits, or nothing at all; `None` for anything else.
fn position(text: &str) -> Option<Option<usize>> {
    let text = text.trim();
    match text {
        "" => Some(None),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => Some(Some(digits.parse().unwrap_or(usize::MAX))),
        _ => None,
    }
}

/// These bytes of a content, not copied where they are shared.
pub(super) fn cut(content: Content, range: &Range<usize>) -> Content {
    match content {
        Content::Whole(bytes) => Content::Whole(bytes.slice(range.clone())),
        // What has no length has no parts: whoever asks for one is given the whole.
        Content::Live(_) => content,
        Content::Stream(stream) => Content::Stream(stream.cut(range.start as u64..range.end as u64)),
        Content::Pieces(pieces) => Content::Pieces(cut_pieces(&pieces, range)),
    }
}

fn cut_pieces(pieces: &[Bytes], range: &Range<usize>) -> Vec<Bytes> {
    let mut at = 0;
    let mut cut = Vec::new();
    for piece in pieces {
        let (start, end) = (range.start.max(at), range.end.min(at + piece.len()));
        if start < end {
            cut.push(piece.slice(start - at..end - at));
        }
        at += piece.len();
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_range_asks() {
        let cases = [
            ("bytes=0-4", Part::Stretch(0..5)),
            ("bytes=5-", Part::Stretch(5..10)),
            ("bytes=-3", Part::Stretch(7..10)),
            ("bytes=-30", Part::Stretch(0..10)),
            ("Bytes = 9-99999999999999999999999", Part::Stretch(9..10)),
            ("bytes=10-", Part::Nothing),
            ("bytes=-0", Part::Nothing),
            ("bytes=99999999999999999999999-", Part::Nothing),
            ("bytes=4-2", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes", Part::Whole),
            ("lines=0-4", Part::Whole),
        ];
        for (field, expected) in cases {
            assert_eq!(part(Some(field), 10), expected, "{field}");
        }
        assert_eq!(part(None, 10), Part::Whole);
        assert_eq!(part(Some("bytes=0-0"), 0), Part::Nothing);
    }

    #[test]
    fn pieces_are_cut_where_the_range_cuts() {
        let pieces =
            || Content::Pieces(vec![Bytes::from_static(b"abc"), Bytes::from_static(b"defg"), Bytes::from_static(b"h")]);
        for (range, expected) in [(0..8, "abcdefgh"), (2..4, "cd"), (3..7, "defg"), (7..8, "h"), (1..2, "b")] {
            assert_eq!(cut(pieces(), &range).to_vec(), expected.as_bytes());
            assert_eq!(cut(Content::from(b"abcdefgh".to_vec()), &range).to_vec(), expected.as_bytes());
        }
    }
}
