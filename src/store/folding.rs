//! Bringing the journal's changes into the file, in the background.

use super::committer::{Committer, Message, OVERLAY};
use super::fold::{Folded, Order};
use super::merge::replayed;
use super::replace::Unprepared;
use super::storage::Failure;
use crate::document::View;

impl Committer {
    /// Writes the present state to a temporary file in the background, while changes go on into the journal.
    pub(super) fn start_fold(&mut self, mount: usize) {
        let Some(storage) = &mut self.storages[mount] else { return };
        let document = self.current.peek().mounts[mount].clone();
        let reread = self.overlay[mount] >= OVERLAY.max(document.base_length() / 4);
        let (order, sender) = (Order::of(storage, document, reread), self.sender.clone());
        let work = move || {
            // The committer may have ended meanwhile; then it has folded itself.
            let _ = sender.send(Message::Folded(Box::new(order.prepare(mount))));
        };
        if std::thread::Builder::new().name("fold".to_owned()).spawn(work).is_ok() {
            storage.folding();
            self.since[mount] = reread.then(Vec::new);
        }
    }

    pub(super) fn finish_fold(&mut self, folded: Folded) {
        let mount = folded.mount;
        self.look();
        let since = self.since[mount].take();
        let Some(storage) = &mut self.storages[mount] else { return };
        // What was prepared holds nothing of an edit that its owner has made meanwhile.
        let is_of_this =
            storage.writable() && storage.identity() == folded.over && storage.journal_length() >= folded.upto;
        let result = match folded.prepared {
            _ if !is_of_this => Err(Failure::Changed),
            Ok(prepared) => {
                let result = storage.put(prepared, folded.upto, None, &mut self.writers);
                self.watch.set(mount, storage);
                result
            }
            // A new file cannot stand for this one: it is written in its place, from the present state.
            Err(Unprepared::Unlike) => {
                let document = self.current.peek().mounts[mount].clone();
                let result = storage.close(&document, &mut self.writers);
                self.watch.set(mount, storage);
                result
            }
            Err(Unprepared::Io(error)) => Err(Failure::Io(error)),
        };
        storage.folded(&result);
        if let (Some(fresh), Some(since), Ok(())) = (folded.fresh, since, &result) {
            let mut next = View::clone(&self.current.peek());
            next.mounts[mount] = replayed(fresh, &since).document;
            self.overlay[mount] = 0;
            self.current.publish(next);
        }
    }
}
