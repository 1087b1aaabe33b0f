//! Descriptors that are kept for the store, so that connections that use them all up cannot keep it from writing.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::storage::Failure;

/// How many descriptors a write needs at the most: a temporary file, its folder, a journal, one to spare.
const COUNT: usize = 4;

/// Open descriptors to give away when there are no others.
pub(crate) struct Reserve {
    place: PathBuf,
    kept: Vec<File>,
}

impl Reserve {
    /// A full reserve; `place` is something that can be opened.
    pub(crate) fn new(place: &Path) -> Reserve {
        let mut reserve = Reserve { place: place.to_owned(), kept: Vec::new() };
        reserve.fill();
        reserve
    }

    /// Takes descriptors as far as there are some.
    pub(crate) fn fill(&mut self) {
        while self.kept.len() < COUNT {
            match File::open(&self.place) {
                Ok(file) => self.kept.push(file),
                Err(_) => return,
            }
        }
    }

    /// Whether a write failed for want of descriptors; then those that were kept are free now.
    pub(crate) fn helps(&mut self, result: &Result<(), Failure>) -> bool {
        let is_short = |error: &io::Error| {
            error
                .raw_os_error()
                .is_some_and(|code| [Errno::MFILE, Errno::NFILE].map(Errno::raw_os_error).contains(&code))
        };
        let helps = matches!(result, Err(Failure::Io(error)) if is_short(error)) && !self.kept.is_empty();
        if helps {
            self.kept.clear();
        }
        helps
    }
}
