//! What makes changes to one file durable: small files are replaced, changes to large ones go to a journal first.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use super::file::{self, Birth, Identity, Stamp};
use super::in_place;
use super::journal::{Journal, Recorded, records};
use super::open::SyncPolicy;
use super::replace::{self, Prepared, Stopped, Unprepared};
use super::sight::Sight;
use super::storage::{Failure, Storage, Way};
use super::writers::{Hand, Writers};
use crate::document::state::Document;

/// Files up to this length are replaced with each change.
pub(crate) const SMALL: u64 = 1 << 20;

/// A content that has got to its place.
struct Exchanged {
    file: File,
    stamp: Stamp,
    /// Whether it will be there after a loss of power is not known.
    failure: Option<io::Error>,
}

impl Storage {
    /// Makes `document` durable; `changes` led to it from `previous`.
    pub(crate) fn write(
        &mut self,
        document: &Document,
        previous: &Document,
        changes: &[Recorded],
        writers: &mut Writers,
    ) -> Result<(), Failure> {
        if !self.save {
            self.sight = Sight::Unsaved;
            return Ok(());
        }
        self.last_write = Instant::now();
        let large = self.stamp.length() > SMALL;
        let trusted = self.journal.as_ref().is_none_or(|journal| !journal.is_poisoned());
        let is_journalled = (large || self.journal.is_some()) && self.way == Way::Replace;
        if is_journalled && trusted && !self.is_stale() {
            match self.append(previous, changes) {
                Err(Failure::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists => {
                    // Somebody else's file has the name of the journal.
                    self.way = Way::Whole;
                    self.replace(document, Some(previous), writers)?;
                }
                result => result?,
            }
        } else {
            self.replace(document, Some(previous), writers)?;
        }
        if self.sync_policy() == SyncPolicy::Batch && self.unsynced.is_none() {
            self.unsynced = Some(Instant::now());
        }
        Ok(())
    }

    fn append(&mut self, previous: &Document, changes: &[Recorded]) -> Result<(), Failure> {
        let (sync, records) = (self.syncs(), records(changes));
        if let Some(journal) = &mut self.journal {
            return Ok(journal.append(&records, sync)?);
        }
        let mut journal = Journal::create(&self.path, self.identity, sync)?;
        match journal.append(&records, sync) {
            Ok(()) => {
                (self.journal, self.base) = (Some(journal), Some(previous.clone()));
                Ok(())
            }
            Err(error) => {
                journal.remove();
                Err(error.into())
            }
        }
    }

    /// Replaces the content by `document`. If that fails half way the file gets back the content of `previous`.
    fn replace(
        &mut self,
        document: &Document,
        previous: Option<&Document>,
        writers: &mut Writers,
    ) -> Result<(), Failure> {
        if self.way == Way::InPlace {
            return self.rewrite(document, writers);
        }
        let upto = self.journal.as_ref().map_or(0, Journal::length);
        let prepared = match self.prepare(document) {
            Err(Unprepared::Unlike) => return self.rewrite(document, writers),
            Err(Unprepared::Io(error)) => return Err(error.into()),
            Ok(prepared) => prepared,
        };
        let result = match self.put(prepared, upto, previous, writers) {
            Err(Failure::Io(_)) if self.way == Way::InPlace => return self.rewrite(document, writers),
            other => other,
        };
        if self.is_stale()
            && let Some(previous) = previous
            && let Ok(prepared) = self.prepare(previous)
        {
            // The old content, so that nothing can be read from the file that was not acknowledged.
            let _ = self.put(prepared, upto, None, writers);
            self.sight = Sight::Stale;
        }
        result
    }

    fn prepare(&self, document: &Document) -> Result<Prepared, Unprepared> {
        replace::prepare(&self.path, &self.held, document, self.syncs())
    }

    /// Writes the file itself.
    fn rewrite(&mut self, document: &Document, writers: &mut Writers) -> Result<(), Failure> {
        let content = document.to_bytes();
        let identity = Identity::of(&content);
        if let Some(journal) = self.journal.as_mut().filter(|journal| !journal.is_poisoned()) {
            // The file stays the same one, so its birth tells nothing.
            journal.mark(journal.length(), identity, Birth::default(), true)?;
        }
        self.coming.in_place();
        in_place::write(&self.path, &self.held, self.stamp, &content)?;
        writers.forget_writes(self.watched);
        // The kernel does not say who has written. Where something else is there, somebody wrote in this moment; with the
        // old stamp it is taken up as their edit.
        let there = file::read(&self.held).ok().flatten().filter(|(text, _)| Identity::of(text) == identity);
        self.stamp = there.map_or(self.stamp, |(_, stamp)| stamp);
        (self.identity, self.sight) = (identity, Sight::Known);
        self.end_journal();
        Ok(())
    }

    fn end_journal(&mut self) {
        if let Some(journal) = self.journal.take() {
            journal.remove();
        }
        self.base = None;
    }

    /// Puts a content in the place of the file that holds all changes up to the offset `upto` of the journal. `previous`
    /// is what the file holds, if it is known.
    pub(crate) fn put(
        &mut self,
        prepared: Prepared,
        upto: u64,
        previous: Option<&Document>,
        writers: &mut Writers,
    ) -> Result<(), Failure> {
        let sync = self.syncs();
        let identity = prepared.identity;
        let before_mark = self.journal.as_ref().map_or(0, Journal::length);
        if let Some(journal) = self.journal.as_mut().filter(|journal| !journal.is_poisoned()) {
            journal.mark(upto, identity, Birth::of(prepared.file()), sync)?;
        }
        let watched = writers.watch_file(prepared.file(), Hand::default());
        let exchanged = self.exchange(prepared, writers);
        let Exchanged { file, stamp, failure } = exchanged.inspect_err(|_| {
            watched.into_iter().for_each(|watched| writers.forget(watched));
        })?;
        self.forget_arrival(stamp, writers);
        self.leave_shadow(previous, writers);
        (self.held, self.stamp, self.identity, self.watched) = (Arc::new(file), stamp, identity, watched);
        self.sight = match failure {
            Some(_) => Sight::Stale,
            // Somebody has opened and written it since it got its name, and its stamp may tell of that already.
            None if writers.was_written(watched) => Sight::Changing(stamp, Instant::now()),
            None => Sight::Known,
        };
        if let Some(error) = failure {
            if self.journal.is_none() {
                self.base = None;
            }
            return Err(error.into());
        }
        match self.journal.take() {
            Some(mut journal) if before_mark > upto => {
                // Should this fail, the mark still tells which records are left.
                let _ = journal.rotate(upto, before_mark, identity, sync);
                self.journal = Some(journal);
            }
            journal => {
                self.journal = journal;
                self.end_journal();
            }
        }
        Ok(())
    }

    /// Puts a prepared content in the place of the file, if that still is what is known.
    fn exchange(&mut self, prepared: Prepared, writers: &mut Writers) -> Result<Exchanged, Failure> {
        self.coming.file(prepared.inode);
        let mut is_untouched = || {
            writers.listen();
            !writers.was_written(self.watched)
        };
        match prepared.replace(&self.path, self.stamp, &mut is_untouched, self.syncs()) {
            Ok((file, stamp)) => Ok(Exchanged { file, stamp, failure: None }),
            Err(Stopped::After(error, file, stamp)) => Ok(Exchanged { file, stamp, failure: Some(error) }),
            Err(Stopped::Changed) => Err(Failure::Changed),
            Err(Stopped::Fixed(error)) => {
                self.way = Way::InPlace;
                Err(error.into())
            }
            Err(Stopped::Before(error)) => Err(error.into()),
        }
    }

    /// The whole of a document into the file at once, whatever the journal holds. `previous` is what was served before,
    /// `edited` what its owner has put into the file meanwhile.
    pub(crate) fn settle(
        &mut self,
        document: &Document,
        previous: &Document,
        edited: Option<Document>,
        writers: &mut Writers,
    ) -> Result<(), Failure> {
        if !self.save {
            return Ok(());
        }
        self.base = edited.or(self.base.take()).or_else(|| Some(previous.clone()));
        self.replace(document, None, writers)
    }

    /// Everything into the file, at the end.
    pub(crate) fn close(&mut self, document: &Document, writers: &mut Writers) -> Result<(), Failure> {
        if !self.save {
            return Ok(());
        }
        if !self.sight.is_writable() {
            // The file is as its owner left it, and the journal stays.
            return match self.journal {
                Some(_) => Err(io::Error::other("its owner has changed it, and it cannot be read").into()),
                None => Ok(()),
            };
        }
        if self.journal.is_some() || self.is_stale() {
            return self.replace(document, None, writers);
        }
        if self.unsynced.take().is_some() {
            self.held.sync_all()?;
            file::sync_folder(&self.path)?;
        }
        Ok(())
    }
}
