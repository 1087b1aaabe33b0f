//! A terminal that does not show what is typed.

use rustix::stdio;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Standard input without its echo, for as long as this is kept.
pub struct Quiet(Termios);

impl Quiet {
    /// Turns the echo off; `None` where standard input is no terminal, or cannot be told to be quiet.
    pub fn begin() -> Option<Quiet> {
        let before = tcgetattr(stdio::stdin()).ok()?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(stdio::stdin(), OptionalActions::Flush, &quiet).ok()?;
        Some(Quiet(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // A terminal that is gone has no echo to give back.
        let _ = tcsetattr(stdio::stdin(), OptionalActions::Flush, &self.0);
    }
}
