//! Texts put together in few pieces: what stands in a file is not copied, unless it is short.

use bytes::Bytes;

/// The text of the JSON array of these texts.
pub(super) fn array(records: impl Iterator<Item = Vec<Bytes>>) -> Vec<Bytes> {
    let mut out = Pieces::default();
    out.bytes.push(b'[');
    for (at, record) in records.enumerate() {
        if at > 0 {
            out.comma();
        }
        for piece in record {
            out.piece(piece);
        }
    }
    out.open().push(b']');
    out.end()
}

/// What is shorter than this is copied: a great many short pieces take a worker longer to hand over than it takes to
/// copy them here.
const COPIED: usize = 4 << 10;

/// What is copied is given in pieces of about this size.
const PIECE: usize = 256 << 10;

/// A text in pieces, as few as there can be.
#[derive(Default)]
pub(super) struct Pieces<'v> {
    done: Vec<Bytes>,
    /// What is copied.
    pub(super) bytes: Vec<u8>,
    /// A stretch of a file, behind what is copied, that may go on.
    stretch: Option<(&'v Bytes, usize, usize)>,
}

impl<'v> Pieces<'v> {
    /// Appends the bytes from `start` to `end` of `owner`.
    #[inline]
    pub(super) fn stored(&mut self, owner: &'v Bytes, start: usize, end: usize) {
        match &mut self.stretch {
            Some((same, _, to)) if *to == start && same.as_ptr() == owner.as_ptr() => *to = end,
            _ => {
                self.settle();
                self.stretch = Some((owner, start, end));
            }
        }
    }

    /// Appends a comma; the one in the file, if it stands there.
    #[inline]
    pub(super) fn comma(&mut self) {
        match &mut self.stretch {
            Some((owner, _, end)) if owner.get(*end) == Some(&b',') => *end += 1,
            _ => self.open().push(b','),
        }
    }

    /// Where to copy to.
    pub(super) fn open(&mut self) -> &mut Vec<u8> {
        self.settle();
        if self.bytes.len() >= PIECE {
            self.flush();
        }
        &mut self.bytes
    }

    /// Appends a piece; says its length.
    pub(super) fn piece(&mut self, piece: Bytes) -> usize {
        let length = piece.len();
        let bytes = self.open();
        if length < COPIED {
            bytes.extend_from_slice(&piece);
        } else {
            self.flush();
            self.done.push(piece);
        }
        length
    }

    /// Ends the stretch.
    fn settle(&mut self) {
        let Some((owner, start, end)) = self.stretch.take() else { return };
        if end - start < COPIED {
            if self.bytes.len() >= PIECE {
                self.flush();
            }
            return self.bytes.extend_from_slice(&owner[start..end]);
        }
        self.flush();
        self.done.push(owner.slice(start..end));
    }

    fn flush(&mut self) {
        if !self.bytes.is_empty() {
            self.done.push(std::mem::take(&mut self.bytes).into());
        }
    }

    /// All of it.
    pub(super) fn end(mut self) -> Vec<Bytes> {
        self.settle();
        self.flush();
        self.done
    }
}
