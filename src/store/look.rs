//! Taking up what owners do to their files while they are served.

use std::time::{Instant, SystemTime};

use super::committer::Committer;
use super::file::{self, Identity};
use super::glance::{Arriving, Look, glance};
use super::merge::{brought_over, differences};
use super::open::Notice;
use super::shadow::{self, Late, Shadow};
use super::sight::{Seen, Sight};
use super::storage::Failure;
use crate::document::state::Document;
use crate::document::{News, View};

impl Committer {
    /// Takes up what owners did to their files.
    pub(super) fn look(&mut self) {
        self.writers.listen();
        for mount in 0..self.storages.len() {
            self.look_at(mount);
            self.look_behind(mount);
            if let Some(storage) = &self.storages[mount] {
                self.watch.set(mount, storage);
            }
        }
    }

    fn look_at(&mut self, mount: usize) {
        let Some(storage) = &mut self.storages[mount] else { return };
        if matches!(storage.sight, Sight::Unsaved) {
            // What memory alone holds would be lost.
            return;
        }
        match glance(storage, &self.writers) {
            Look::Same => {}
            Look::Lost(why, seen) => storage.sees_loss(why, seen),
            Look::Changing(stamp) => {
                storage.sees_writing(stamp);
                if storage.sight.is_stuck() {
                    self.writers.wait_no_longer(storage.watched);
                }
            }
            Look::Whole(arriving) => self.take_up(mount, arriving),
        }
    }

    fn take_up(&mut self, mount: usize, arriving: Arriving) {
        let Some(storage) = &mut self.storages[mount] else { return };
        let file = arriving.file.as_ref().unwrap_or(&storage.held);
        self.writers.forget_writes(storage.watched);
        storage.forget_arrival(arriving.stamp, &mut self.writers);
        let (text, stamp) = match file::read(file) {
            Ok(Some(read)) => read,
            Ok(None) => return storage.sees_writing(arriving.stamp),
            Err(error) => return storage.sees_loss(error.to_string(), Seen::Like(Some(arriving.stamp))),
        };
        self.writers.listen();
        let hand = self.writers.hand(storage.watched).filter(|_| arriving.file.is_none());
        if hand.is_some_and(|hand| hand.is_writing || hand.was_written) {
            return storage.sees_writing(stamp);
        }
        let identity = Identity::of(&text);
        if storage.is_known(identity) {
            return storage.adopt(arriving, stamp, identity, &mut self.writers);
        }
        if text.trim_ascii().is_empty() && storage.identity().length > 0 && !storage.sees_empty(stamp) {
            return;
        }
        match Document::read(text, &storage.reading, &mut Vec::new(), &mut |_| {}) {
            Err(error) => {
                storage.sees_broken(stamp, error.clone());
                let path = storage.shown.clone();
                self.tell(Notice::Broken { path, error });
            }
            Ok(edited) => {
                let pending = storage.pending();
                let base = storage.base().cloned();
                storage.adopt(arriving, stamp, identity, &mut self.writers);
                match base.filter(|_| !pending.is_empty()) {
                    // What is in the journal only was acknowledged, so it is made to the new content too.
                    Some(base) => {
                        let both = brought_over(edited.clone(), &base, &pending);
                        let _ = self.settle(mount, both, Some(edited));
                    }
                    None => self.serve(mount, edited),
                }
                if let Some(storage) = &self.storages[mount] {
                    self.tell(Notice::Reloaded { path: storage.shown.clone() });
                }
            }
        }
    }

    fn tell(&mut self, notice: Notice) {
        if let Some(teller) = &mut self.teller {
            teller(notice);
        }
    }

    /// Looks at files that were replaced while somebody may have had them open.
    fn look_behind(&mut self, mount: usize) {
        let Some(storage) = &mut self.storages[mount] else { return };
        if storage.shadows.is_empty() || !storage.sight.is_writable() {
            return;
        }
        shadow::keep(&mut storage.shadows, &mut self.writers, Shadow::notice);
        for _ in 0..=storage.shadows.len() {
            let Some(storage) = &mut self.storages[mount] else { return };
            let is_written = storage.is_written_behind(&mut self.writers);
            let late = if is_written { None } else { storage.late(&mut self.writers) };
            match late {
                Some(late) => self.bring_over(mount, late),
                None if storage.is_written_behind(&mut self.writers) => return storage.sees_writing(storage.stamp),
                None => break,
            }
        }
        let now = Instant::now();
        if let Some(storage) = &mut self.storages[mount] {
            shadow::keep(&mut storage.shadows, &mut self.writers, |shadow, _| shadow.end() > now);
        }
    }

    /// Brings what was written to a replaced file into the one that is served.
    fn bring_over(&mut self, mount: usize, late: Late) {
        let Some(storage) = &mut self.storages[mount] else { return };
        let Ok(edited) = Document::read(late.text, &storage.reading, &mut Vec::new(), &mut |_| {}) else {
            // What does not parse is no finished edit.
            return;
        };
        let document = brought_over(edited.clone(), &late.base, &late.since);
        let rest = differences(&edited, &document);
        if !self.settle(mount, document, None) {
            // The owner has put something else there at this moment. It is taken up first, then this is brought over.
            return;
        }
        // What is written to it after this is written over the edit.
        if let Some(storage) = &mut self.storages[mount] {
            shadow::keep(&mut storage.shadows, &mut self.writers, |shadow, _| {
                !shadow.is_of(&late.file) || rest.as_ref().is_some_and(|rest| shadow.restart(&edited, rest))
            });
        }
    }

    /// Writes a document of two hands to the file at once, and serves it; not if the owner changes the file meanwhile and
    /// what is to be written is only in one that was replaced. `edited` is what its owner has put there.
    fn settle(&mut self, mount: usize, document: Document, edited: Option<Document>) -> bool {
        let Some(storage) = &mut self.storages[mount] else { return false };
        let before = self.current.peek().mounts[mount].clone();
        let is_edited = edited.is_some();
        // An edit in the file that is served now is news for earlier files only.
        let changes = if is_edited && storage.shadows.is_empty() { None } else { differences(&before, &document) };
        if is_edited {
            storage.note_edit(changes.as_deref(), &mut self.writers);
        }
        let written = storage.settle(&document, &before, edited, &mut self.writers);
        if !is_edited && matches!(written, Err(Failure::Changed)) {
            return false;
        }
        if !is_edited {
            // The file that was replaced just now lacks the edit too.
            storage.note_edit(changes.as_deref(), &mut self.writers);
        }
        self.watch.set(mount, storage);
        if written.is_err() {
            // A journal still has what is missing in the file, and is folded again; else the next write is of the whole.
            storage.is_behind();
        }
        self.publish(mount, document);
        true
    }

    /// Serves what an owner has put into the file.
    fn serve(&mut self, mount: usize, document: Document) {
        if let Some(storage) = self.storages[mount].as_mut().filter(|storage| !storage.shadows.is_empty()) {
            let before = self.current.peek().mounts[mount].clone();
            storage.note_edit(differences(&before, &document).as_deref(), &mut self.writers);
        }
        self.publish(mount, document);
    }

    fn publish(&mut self, mount: usize, document: Document) {
        let before = self.current.view();
        let mut next = View::clone(&before);
        next.mounts[mount] = document;
        next.modified = SystemTime::now();
        self.overlay[mount] = 0;
        self.since[mount] = None;
        self.current.publish(next);
        if self.following.is_on() {
            self.following.tell(News::Edit { before, after: self.current.view() });
        }
    }
}
