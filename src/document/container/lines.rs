//! The text of JSON Lines with their changes in it: a change touches the line of its child, and no other byte.

use bytes::Bytes;

use super::{Container, Edit, Emit};

impl Container {
    /// The JSON text of lines.
    pub(super) fn lines_as_array(&self) -> Bytes {
        let mut out = b"[".to_vec();
        for number in self.numbers() {
            out.extend_from_slice(if out.len() > 1 { b"," } else { b"" });
            self.child(number).pieces(&mut |owner, start, end| out.extend_from_slice(&owner[start..end]));
        }
        out.push(b']');
        out.into()
    }

    /// See [`Container::pieces`].
    pub(super) fn line_pieces(&self, emit: Emit<'_>) {
        let mut out = Out { base: &self.base.text, last: None, emit };
        let (count, mut next) = (self.base_count(), 0);
        for (&number, edit) in self.edits.range(..count) {
            let (start, end) = self.base_range(&self.base, number);
            match edit {
                Edit::Replaced(value) => {
                    out.base(next, start);
                    out.value(&value.to_bytes());
                    next = end;
                }
                Edit::Removed => {
                    out.base(next, line_start(&self.base.text, start).max(next));
                    next = line_end(&self.base.text, end);
                }
                Edit::Added(_) => {}
            }
        }
        out.base(next, self.base.text.len());
        // A file whose last line has no end is kept so.
        let is_ended = self.base.text.last().is_none_or(|last| *last == b'\n');
        for (_, edit) in self.edits.range(count..) {
            let (Edit::Added(added), Some(layout)) = (edit, &self.layout) else { continue };
            if out.last.is_some_and(|last| last != b'\n') {
                out.value(&layout.separator);
            }
            out.value(&added.value.to_bytes());
            if is_ended {
                out.value(&layout.separator);
            }
        }
    }
}

/// Where a text goes, and the last byte of it so far.
struct Out<'o, 'e> {
    base: &'o Bytes,
    last: Option<u8>,
    emit: Emit<'e>,
}

impl Out<'_, '_> {
    fn base(&mut self, start: usize, end: usize) {
        if start < end {
            self.last = self.base.get(end - 1).copied();
            (self.emit)(self.base, start, end);
        }
    }

    fn value(&mut self, value: &Bytes) {
        self.last = value.last().copied().or(self.last);
        (self.emit)(value, 0, value.len());
    }
}

/// Where the line starts in which only white space stands before `at`.
fn line_start(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1)
}

/// Where the next line starts.
fn line_end(text: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |length| at + length + 1)
}
