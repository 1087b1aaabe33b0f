//! What a query selected, and its text.

use bytes::Bytes;

use super::members::{Members, members, object};
use super::page::PageLinks;
use super::pieces::Pieces;
use super::record::{Numbered, Record};
use super::relation::Relations;
use crate::document::patience::{Pace, takes};

/// The records that a query selected, borrowed from the view.
pub struct Selection<'v> {
    pub(super) found: Found<'v>,
    pub(super) members: Option<Members>,
    pub(super) relations: Relations<'v>,
    /// How many records there are without paging.
    pub total: usize,
    /// Where the page lies, if one was asked for.
    pub links: Option<PageLinks>,
}

pub(super) enum Found<'v> {
    /// Of a large collection.
    Numbers(Numbered<'v>, Vec<u32>),
    Records(Vec<Record<'v>>),
}

impl<'v> Selection<'v> {
    /// Nothing was selected.
    pub(super) fn none(relations: Relations<'v>) -> Selection<'v> {
        Selection { found: Found::Records(Vec::new()), members: None, relations, total: 0, links: None }
    }

    /// How many records there are on the page.
    pub fn len(&self) -> usize {
        match &self.found {
            Found::Numbers(_, numbers) => numbers.len(),
            Found::Records(records) => records.len(),
        }
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same for a table: what was chosen inside other members is a column of its own.
    pub fn as_columns(mut self) -> Selection<'v> {
        self.members = self.members.map(|members| members.as_columns());
        self
    }

    /// The text of each record.
    pub fn records(&self) -> Box<dyn Iterator<Item = Vec<Bytes>> + '_> {
        match &self.found {
            Found::Numbers(all, numbers) => Box::new(numbers.iter().map(|number| self.text(&all.record(*number)))),
            Found::Records(records) => Box::new(records.iter().map(|record| self.text(record))),
        }
    }

    /// The text of the JSON array of the records. What stands so in the file is not copied, unless it is short.
    pub fn array(&self) -> Vec<Bytes> {
        let (mut out, mut pace) = (Pieces::default(), Pace::default());
        out.bytes.push(b'[');
        let mut goes_on = |written| takes(written) && pace.goes_on(written);
        match &self.found {
            Found::Numbers(all, numbers) => {
                let numbers = numbers.iter().enumerate();
                numbers.take_while(|(at, number)| goes_on(self.write(*at, &all.record(**number), &mut out))).count();
            }
            Found::Records(records) => {
                let records = records.iter().enumerate();
                records.take_while(|(at, record)| goes_on(self.write(*at, record, &mut out))).count();
            }
        }
        out.open().push(b']');
        out.end()
    }

    fn is_whole(&self, record: &Record<'_>) -> bool {
        self.members.is_none() && self.relations.is_empty() && !record.is_keyed()
    }

    fn text(&self, record: &Record<'_>) -> Vec<Bytes> {
        text(record, self.members.as_ref(), &self.relations)
    }

    /// Appends a record, with a comma before it unless it is the first. Says how many bytes had to be put together.
    #[inline]
    fn write(&self, position: usize, record: &Record<'v>, out: &mut Pieces<'v>) -> usize {
        if position > 0 {
            out.comma();
        }
        if !self.is_whole(record) {
            return self.text(record).into_iter().map(|piece| out.piece(piece)).sum();
        }
        match (record.node.stored(), record.node.raw()) {
            (Some((owner, start, end)), _) => {
                out.stored(owner, start, end);
                0
            }
            (None, Some(_)) => {
                let bytes = out.open();
                let before = bytes.len();
                record.node.write_text(bytes);
                bytes.len() - before
            }
            (None, None) => record.node.text().into_iter().map(|piece| out.piece(piece)).sum(),
        }
    }
}

/// The text of one record, with the members asked for and with its relations.
pub(super) fn text(record: &Record<'_>, asked: Option<&Members>, relations: &Relations<'_>) -> Vec<Bytes> {
    if asked.is_none() && relations.is_empty() && !record.is_keyed() {
        return record.node.text();
    }
    let mut all = members(record, asked);
    all.extend(relations.members(record));
    object(&all)
}
