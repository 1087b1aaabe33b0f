//! What a JSON Patch may cost: its operations are few bytes, and each can order work on all of the document.

use std::cell::Cell;

use crate::document::change::Refusal;
use crate::document::state::Context;
use crate::memory;

/// So many bytes may the operations of one patch move, copy and compare: some tenths of a second.
const WORK: usize = 256 << 20;

/// A growth of more bytes than this asks first whether there is the memory for it.
const LARGE: usize = 64 << 10;

/// What is left of the work and of the growth that a patch may cause.
pub(super) struct Meter<'c> {
    pub(super) context: &'c Context,
    work: Cell<usize>,
    growth: Cell<usize>,
    room: usize,
}

impl<'c> Meter<'c> {
    /// `room`: the most bytes that the operations may add.
    pub(super) fn new(context: &'c Context, room: usize) -> Meter<'c> {
        Meter { context, work: Cell::new(WORK), growth: Cell::new(room), room }
    }

    /// Counts bytes that are looked at or moved.
    pub(super) fn work(&self, bytes: usize) -> Result<(), Refusal> {
        let reason = || {
            let most = WORK >> 20;
            format!("the operations move more than {most} MiB of the document, the most of one JSON Patch; send fewer")
        };
        take(&self.work, bytes).ok_or_else(|| Refusal::TooMuch { reason: reason() })
    }

    /// Counts bytes that are added to the document.
    pub(super) fn grow(&self, bytes: usize) -> Result<(), Refusal> {
        let reason = || {
            let most = self.room;
            format!(
                "the operations add more than {most} bytes to the document, the most of one JSON Patch (--max-body)"
            )
        };
        take(&self.growth, bytes).ok_or_else(|| Refusal::TooMuch { reason: reason() })?;
        // What is copied is laid out anew, and goes to the journal.
        if bytes > LARGE && !memory::has_room(bytes.saturating_mul(4)) {
            let reason = "there is not enough memory for this now; try again later".to_owned();
            return Err(Refusal::Storage { reason, full: false });
        }
        Ok(())
    }

    /// Bytes that were taken out, and are about to be counted again where they go.
    pub(super) fn shrink(&self, bytes: usize) {
        self.growth.set(self.growth.get().saturating_add(bytes));
    }
}

fn take(left: &Cell<usize>, bytes: usize) -> Option<()> {
    left.set(left.get().checked_sub(bytes)?);
    Some(())
}
