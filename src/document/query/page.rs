//! Which part of the records: by page, or by offsets.

/// The part that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// How many records are before it.
    pub(super) start: usize,
    /// How many it has at most.
    pub(super) limit: usize,
    /// Whether the answer is the envelope of `_page` with `_per_page`.
    pub(super) is_envelope: bool,
    /// Whether it was asked for by its number, and so has neighbours.
    pub(super) is_numbered: bool,
}

/// The numbers of a page's neighbours, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLinks {
    /// Always 1.
    pub first: usize,
    /// The page before, unless this is the first.
    pub prev: Option<usize>,
    /// The page after, unless this is the last.
    pub next: Option<usize>,
    /// The last page; 1 when there are no records.
    pub last: usize,
    /// Whether the answer is the envelope rather than an array.
    pub is_envelope: bool,
    /// Whether the page was asked for by its number; else there is nothing to link to.
    pub is_numbered: bool,
}

/// How many records a page has if nothing is said.
pub(super) const PAGE_LENGTH: usize = 10;

/// The smallest value that a paging parameter takes.
pub(super) fn least(parameter: &str) -> usize {
    usize::from(matches!(parameter, "_page" | "_per_page"))
}

impl Default for Page {
    /// Everything.
    fn default() -> Page {
        Page { start: 0, limit: usize::MAX, is_envelope: false, is_numbered: false }
    }
}

impl Page {
    /// How many records there are up to its end.
    pub(super) fn end(&self) -> usize {
        self.start.saturating_add(self.limit)
    }

    /// The records of the page, and the number of all.
    pub(super) fn cut<T>(&self, all: impl Iterator<Item = T>) -> (Vec<T>, usize) {
        let (mut part, mut total) = (Vec::new(), 0);
        for record in all {
            if total >= self.start && part.len() < self.limit {
                part.push(record);
            }
            total += 1;
        }
        (part, total)
    }

    /// The page's neighbours among `total` records.
    pub(super) fn links(&self, total: usize) -> PageLinks {
        let limit = self.limit.max(1);
        let last = total.div_ceil(limit).max(1);
        let number = (self.start / limit).saturating_add(1);
        PageLinks {
            first: 1,
            prev: (number > 1).then(|| (number - 1).min(last)),
            next: (number < last).then(|| number + 1),
            last,
            is_envelope: self.is_envelope,
            is_numbered: self.is_numbered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours() {
        let links = |start, total| Page { start, limit: 10, is_envelope: false, is_numbered: true }.links(total);
        let cases = [
            (0, 0, (None, None, 1)),
            (0, 10, (None, None, 1)),
            (0, 11, (None, Some(2), 2)),
            (10, 35, (Some(1), Some(3), 4)),
            (30, 35, (Some(3), None, 4)),
            (90, 35, (Some(4), None, 4)),
            (usize::MAX, 35, (Some(4), None, 4)),
        ];
        for (start, total, (prev, next, last)) in cases {
            let found = links(start, total);
            assert_eq!((found.prev, found.next, found.last), (prev, next, last), "{start} of {total}");
        }
        let past = Page { start: usize::MAX, limit: 0, is_envelope: false, is_numbered: false }.links(3);
        assert_eq!((past.prev, past.next, past.last), (Some(3), None, 3));
    }

    #[test]
    fn a_page_is_cut_and_all_are_counted() {
        let page = Page { start: 2, limit: 2, is_envelope: false, is_numbered: true };
        assert_eq!(page.cut(0..7), (vec![2, 3], 7));
        assert_eq!(page.cut(0..1), (vec![], 1));
        assert_eq!(Page::default().cut(0..3), (vec![0, 1, 2], 3));
    }
}
