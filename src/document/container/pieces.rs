//! The text of a container with its changes in it.

use bytes::Bytes;

use super::{Container, Edit, Emit, Shape, Value};

impl Container {
    /// Gives the text to `emit`, piece by piece: what was not changed in runs as long as they are.
    pub(crate) fn pieces(&self, emit: Emit<'_>) {
        if !self.is_edited() || (self.live == 0 && self.base.starts.is_empty()) {
            return emit(&self.base.text, 0, self.base.text.len());
        }
        if self.is_lines() {
            return self.line_pieces(emit);
        }
        if self.live == 0 {
            let empty = Bytes::from(self.empty_text());
            return emit(&empty, 0, empty.len());
        }
        let mut run = JoinedRun { base: &self.base.text, pending: None, first: true, is_ended: false, emit };
        self.open(&mut run);
        let count = self.base_count();
        let mut next = 0;
        for (&number, edit) in self.edits.range(..count) {
            self.stretch(next, number, &mut run);
            match edit {
                Edit::Replaced(value) => {
                    self.gap_before(number, &mut run);
                    let (start, _) = self.base_range(&self.base, number);
                    if matches!(self.shape, Shape::Object) {
                        run.base(start, self.value_start(start));
                    }
                    run.value(value);
                }
                Edit::Removed if run.first => self.blank_lines_behind(number, &mut run),
                Edit::Removed => self.blank_lines_before(number, &mut run),
                Edit::Added(_) => {}
            }
            next = number + 1;
        }
        self.stretch(next, count, &mut run);
        if matches!(self.shape, Shape::Table(_)) && count > 0 {
            self.added_rows(&mut run);
        } else {
            self.added_children(&mut run);
            self.close(&mut run);
        }
        run.flush();
    }

    fn added_children(&self, run: &mut JoinedRun<'_, '_>) {
        for (_, edit) in self.edits.range(self.base_count()..) {
            if let (Edit::Added(added), Some(layout)) = (edit, &self.layout) {
                if !run.first {
                    run.bytes(&layout.separator);
                }
                run.first = false;
                run.bytes(&added.lead);
                run.value(&added.value);
            }
        }
    }

    /// The end of a table, and the rows that were added behind it, blank lines too. A last row without a line end is
    /// followed by one.
    fn added_rows(&self, run: &mut JoinedRun<'_, '_>) {
        let count = self.base_count();
        let (text, end) = (&self.base.text, self.base_range(&self.base, count - 1).1);
        // Where no row is left, the line end of the last one goes with it.
        let own = if run.first && end < text.len() { own_length(&text[end..], <[u8]>::starts_with) } else { 0 };
        run.base(end + own, text.len());
        for (_, edit) in self.edits.range(count..) {
            let (Edit::Added(added), Some(layout)) = (edit, &self.layout) else { continue };
            if !run.is_ended {
                run.bytes(&layout.separator);
            }
            run.value(&added.value);
            // A file whose last row has no line end is kept so.
            if end < text.len() {
                run.bytes(&layout.separator);
                run.is_ended = true;
            }
        }
    }

    /// What stays of the line ends before a row that was taken out: with it goes its own line end alone, if it has one.
    fn blank_lines_before(&self, number: u32, run: &mut JoinedRun<'_, '_>) {
        if matches!(self.shape, Shape::Table(_)) {
            let (from, to) = (self.base_range(&self.base, number - 1).1, self.base.starts[number as usize] as usize);
            let has_own = self.base_range(&self.base, number).1 < self.base.text.len();
            let own = if has_own { own_length(&self.base.text[from..to], <[u8]>::ends_with) } else { 0 };
            run.base(from, to - own);
        }
    }

    /// The same of those behind one before which no row is left.
    fn blank_lines_behind(&self, number: u32, run: &mut JoinedRun<'_, '_>) {
        if matches!(self.shape, Shape::Table(_))
            && let Some(&to) = self.base.starts.get(number as usize + 1)
        {
            let (from, to) = (self.base_range(&self.base, number).1, to as usize);
            run.base(from + own_length(&self.base.text[from..to], <[u8]>::starts_with), to);
        }
    }

    /// The children `from..to` of the base as they stand.
    fn stretch(&self, from: u32, to: u32, run: &mut JoinedRun<'_, '_>) {
        if from < to {
            self.gap_before(from, run);
            run.base(self.base.starts[from as usize] as usize, self.base_range(&self.base, to - 1).1);
        }
    }

    /// What separates a child of the base from the one before, unless it is the first to be written.
    fn gap_before(&self, number: u32, run: &mut JoinedRun<'_, '_>) {
        if !run.first && number > 0 {
            let (_, end) = self.base_range(&self.base, number - 1);
            run.base(end, self.base.starts[number as usize] as usize);
        }
        run.first = false;
    }

    fn open(&self, run: &mut JoinedRun<'_, '_>) {
        match (self.base.starts.first(), &self.layout) {
            (Some(&first), _) => run.base(0, first as usize),
            (None, Some(layout)) => run.bytes(&layout.open),
            (None, None) => {}
        }
    }

    fn close(&self, run: &mut JoinedRun<'_, '_>) {
        match (self.base_count().checked_sub(1), &self.layout) {
            (Some(last), _) => run.base(self.base_range(&self.base, last).1, self.base.text.len()),
            (None, Some(layout)) => run.bytes(&layout.close),
            (None, None) => {}
        }
    }

    fn empty_text(&self) -> Vec<u8> {
        match &self.shape {
            Shape::Object => b"{}".to_vec(),
            Shape::Array(_) => b"[]".to_vec(),
            // The header row and the line ends after it, of which only the last row's own may be missing.
            Shape::Table(_) => self.opening().to_vec(),
        }
    }
}

/// The length of the line end that stands at that end of the line ends.
fn own_length(line_ends: &[u8], stands: fn(&[u8], &[u8]) -> bool) -> usize {
    if stands(line_ends, b"\r\n") { 2 } else { 1 }
}

/// Joins neighbouring stretches of the base to one piece.
struct JoinedRun<'r, 'e> {
    base: &'r Bytes,
    pending: Option<(usize, usize)>,
    first: bool,
    /// What was written last is a line end.
    is_ended: bool,
    emit: Emit<'e>,
}

impl JoinedRun<'_, '_> {
    fn base(&mut self, start: usize, end: usize) {
        if start >= end {
            return;
        }
        self.is_ended = matches!(self.base[end - 1], b'\n' | b'\r');
        self.pending = match self.pending {
            Some((from, to)) if to == start => Some((from, end)),
            _ => {
                self.flush();
                Some((start, end))
            }
        };
    }

    fn bytes(&mut self, bytes: &Bytes) {
        self.flush();
        (self.emit)(bytes, 0, bytes.len());
    }

    fn value(&mut self, value: &Value) {
        self.flush();
        self.is_ended = false;
        value.pieces(self.emit);
    }

    fn flush(&mut self) {
        if let Some((start, end)) = self.pending.take() {
            (self.emit)(self.base, start, end);
        }
    }
}
