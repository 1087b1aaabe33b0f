//! Taking up what owners do to their files while they are served.

use std::time::{Instant, SystemTime};

use super::committer::Committer;
use super::file::{self, Identity};
use super::merge::brought_over;
use super::shadow::Late;
use super::sight::{self, Arriving, Look, Sight};
use crate::document::View;
use crate::document::state::Document;

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
        match sight::look(storage, &self.writers) {
            Look::Same => {}
            Look::Lost(why) => storage.sees_loss(why),
            Look::Changing(stamp) => storage.sees_writing(stamp),
            Look::Whole(arriving) => self.take_up(mount, arriving),
        }
    }

    fn take_up(&mut self, mount: usize, arriving: Arriving) {
        let Some(storage) = &mut self.storages[mount] else { return };
        let file = arriving.file.as_ref().unwrap_or(&storage.held);
        self.writers.forget_writes(storage.watched);
        let (text, stamp) = match file::read(file) {
            Ok(Some(read)) => read,
            Ok(None) => return storage.sees_writing(arriving.stamp),
            Err(error) => return storage.sees_loss(error.to_string()),
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
            Err(error) => storage.sees_broken(stamp, error),
            Ok(edited) => {
                let pending = storage.pending();
                let base = storage.base().cloned();
                storage.adopt(arriving, stamp, identity, &mut self.writers);
                match base.filter(|_| !pending.is_empty()) {
                    // What is in the journal only was acknowledged, so it is made to the new content too.
                    Some(base) => {
                        let both = brought_over(edited.clone(), &base, &pending);
                        self.settle(mount, both, Some(edited));
                    }
                    None => self.publish(mount, edited),
                }
            }
        }
    }

    /// Looks at files that were replaced while somebody may have had them open.
    fn look_behind(&mut self, mount: usize) {
        let Some(storage) = &mut self.storages[mount] else { return };
        if storage.shadows.is_empty() || !storage.sight.is_writable() {
            return;
        }
        if storage.shadows.iter().any(|shadow| shadow.is_being_written(&self.writers)) {
            return storage.sees_writing(storage.stamp);
        }
        storage.shadows.iter_mut().for_each(|shadow| shadow.notice(&self.writers));
        let late: Vec<Late> = storage.shadows.iter_mut().filter_map(|shadow| shadow.late(&mut self.writers)).collect();
        let now = Instant::now();
        for shadow in storage.shadows.extract_if(.., |shadow| shadow.end() <= now) {
            shadow.end_watch(&mut self.writers);
        }
        let reading = storage.reading.clone();
        for Late { text, base, since } in late {
            // What does not parse is no finished edit.
            if let Ok(edited) = Document::read(text, &reading, &mut Vec::new(), &mut |_| {}) {
                self.settle(mount, brought_over(edited, &base, &since), None);
            }
        }
    }

    /// Writes a document of two hands to the file at once, and serves it.
    fn settle(&mut self, mount: usize, document: Document, edited: Option<Document>) {
        let Some(storage) = &mut self.storages[mount] else { return };
        let written = storage.settle(&document, edited, &mut self.writers);
        self.watch.set(mount, storage);
        if written.is_err() {
            // A journal still has what is missing in the file, and is folded again; else the next write is of the whole.
            storage.is_behind();
        }
        self.publish(mount, document);
    }

    fn publish(&mut self, mount: usize, document: Document) {
        let mut next = View::clone(&self.current.peek());
        next.mounts[mount] = document;
        next.modified = SystemTime::now();
        self.overlay[mount] = 0;
        self.since[mount] = None;
        self.current.publish(next);
    }
}
