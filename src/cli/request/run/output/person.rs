//! What is said to a person who looks on, beside the content.

use std::io::Write;
use std::time::Duration;

use super::{Output, say, to_stdout};
use crate::client::Error;
use crate::client::dialect::remark;
use crate::message::ReplyHead;
use crate::print::{self, Bars};

impl Output<'_> {
    /// Says to a person what was saved in which time, if a file was.
    pub(crate) fn say_saved(&mut self, taken: Duration, bars: &Bars) {
        let saved = self.file.as_ref().and_then(|file| file.metadata().ok()).filter(|metadata| metadata.is_file());
        if let (Some(metadata), Some(path), true) =
            (saved, &self.path, self.layout.shows_progress && self.stderr.is_terminal)
        {
            let (size, time) = (print::size(metadata.len()), print::time(taken));
            let line = format!("saved {}, {size}, {time}\n", print::line(&path.display().to_string()));
            bars.aside(|| say(self.stderr, &line));
        }
    }

    /// Shows the status line of a response without content to a person who would see nothing at all.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(crate) fn say_status(&mut self, head: &ReplyHead) -> Result<(), Error> {
        let layout = self.layout;
        let shows_else = layout.include
            || layout.verbose
            || layout.parts.is_some()
            || layout.wire.is_some()
            || layout.write_out.is_some();
        if shows_else || layout.silent || self.discards || self.path.is_some() || !self.stdout.is_terminal {
            return Ok(());
        }
        let line = head.bytes.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
        to_stdout(self.stdout, &print::lines(line, "", true, layout.manner(true)))
    }

    /// Says to a person that bytes have come behind the content.
    pub(crate) fn tell_surplus(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() && self.stderr.is_terminal {
            let first = String::from_utf8_lossy(&bytes[..bytes.len().min(30)]);
            let size = print::size(bytes.len() as u64);
            self.warn(&format!("{size} behind the content belong to no response: '{first}'; --wire shows them"));
        }
    }

    /// Says to a person that a server has answered which speaks HTTP only nearly.
    pub(crate) fn tell_dialect(&mut self, head: &ReplyHead) {
        if let Some(remark) = Some(head).filter(|_| self.stderr.is_terminal).and_then(|head| remark(None, &head.bytes))
        {
            self.warn(remark);
        }
    }

    /// Says how much a terminal was not shown, if that is so.
    pub(crate) fn warn_of_withheld(&mut self, body: &print::Body, bytes: u64) {
        if body.is_withheld() {
            self.warn(&format!("{bytes} bytes of binary content are not shown; -o FILE saves them"));
        }
    }

    /// Asks a person for these words, if one types.
    pub(crate) fn prompt(&mut self, words: &str, is_terminal: bool) {
        if is_terminal {
            // Where a prompt cannot be written, the answer can still be read.
            let _ = write!(self.stderr, "{}: ", print::line(words));
        }
    }
}
