//! Records of a large collection one after the other, each read when it is asked for: what is given away in another form
//! takes the memory of a piece, however many records there are.

use std::borrow::Cow;
use std::sync::Arc;

use super::members::Members;
use super::record::{Numbered, Record};
use super::selection::{Found, Selection, text};
use crate::document::{Node, View};
use crate::text::csv::Table;

/// Records that are still to be given away.
#[derive(Clone)]
pub struct Export {
    view: Arc<View>,
    path: Vec<String>,
    /// The member that keys are shown as, if they stand outside of the records.
    key: Option<Cow<'static, str>>,
    which: Which,
    members: Option<Members>,
}

#[derive(Clone)]
enum Which {
    /// All from this number on.
    From(u32),
    /// These, of which so many are done.
    These(Arc<[u32]>, usize),
}

/// A record as it is read.
pub(crate) enum Exported<'e> {
    /// Its JSON text.
    Json(&'e [u8]),
    /// A CSV row as it stands, of this table.
    Row(&'e [u8], &'e Table),
}

/// So many bytes of records, or of what is made of them, are given at once.
const PIECE: usize = 64 << 10;

/// A record is counted for at least so many.
const LEAST: usize = 32;

impl Export {
    /// All records of the collection at a path; `None`: it is small, or no collection.
    pub fn of(view: &Arc<View>, path: &[impl AsRef<str>], collection: Node<'_>) -> Option<Export> {
        let key = Numbered::of(collection)?.member;
        let path = path.iter().map(|segment| segment.as_ref().to_owned()).collect();
        Some(Export { view: Arc::clone(view), path, key, which: Which::From(0), members: None })
    }

    /// Gives some records to `take`, which says how many bytes each came to; `false`: there were no more.
    pub(crate) fn take_some(&mut self, take: &mut dyn FnMut(Exported<'_>) -> usize) -> bool {
        let Export { view, path, key, which, members } = self;
        let collection = view.find(path).ok();
        let Some(all) = collection.and_then(|found| Numbered::again(found, key.clone())) else { return false };
        let mut bytes = 0;
        while bytes < PIECE {
            let Some(number) = which.next(&all) else { return bytes > 0 };
            let record = all.record(number);
            bytes += give(&record, members.as_ref(), take).max(LEAST);
        }
        true
    }
}

/// Gives one record to `take`; says how long it is, or what was made of it: a row with many columns may be short.
fn give(record: &Record<'_>, members: Option<&Members>, take: &mut dyn FnMut(Exported<'_>) -> usize) -> usize {
    if members.is_none()
        && let Some((row, table)) = record.node.row()
    {
        return take(Exported::Row(row, table)).max(row.len());
    }
    let pieces = text(record, members, &Default::default());
    let length = pieces.iter().map(bytes::Bytes::len).sum();
    let made = match &pieces[..] {
        [text] => take(Exported::Json(text)),
        pieces => take(Exported::Json(&pieces.concat())),
    };
    made.max(length)
}

impl Which {
    fn next(&mut self, all: &Numbered<'_>) -> Option<u32> {
        match self {
            Which::From(from) => {
                let number = all.container.number_from(*from)?;
                *from = number + 1;
                Some(number)
            }
            Which::These(numbers, done) => {
                let number = numbers.get(*done).copied()?;
                *done += 1;
                Some(number)
            }
        }
    }
}

impl Selection<'_> {
    /// What was selected, to be read later; `None`: it is not told by numbers, or has relations.
    pub fn export(&self, view: &Arc<View>, path: &[impl AsRef<str>]) -> Option<Export> {
        let Found::Numbers(all, numbers) = &self.found else { return None };
        let path = path.iter().map(|segment| segment.as_ref().to_owned()).collect();
        let which = Which::These(numbers.as_slice().into(), 0);
        let (key, members) = (all.member.clone(), self.members.clone());
        let export = Export { view: Arc::clone(view), path, key, which, members };
        self.relations.is_empty().then_some(export)
    }
}
