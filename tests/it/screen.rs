//! A pseudo-terminal, so that a program which asks itself whether it is at a terminal is at one.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::kit::PATIENCE;

/// The screen of a terminal, and all that was shown on it.
pub(crate) struct Screen {
    pieces: Receiver<Vec<u8>>,
    keyboard: File,
    shown: Vec<u8>,
}

impl Screen {
    /// A screen, and the side of the terminal that a program writes to.
    pub(crate) fn open() -> (Screen, OwnedFd) {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let controller = openpt(flags).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        tcsetwinsize(&controller, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let program = ioctl_tiocgptpeer(&controller, flags).unwrap();
        let (sender, pieces) = mpsc::channel();
        let mut controller = File::from(controller);
        let keyboard = controller.try_clone().unwrap();
        thread::spawn(move || {
            let mut piece = [0; 4096];
            // When the last program has closed its side, Linux says so with an error.
            while let Ok(length @ 1..) = controller.read(&mut piece) {
                if sender.send(piece[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        (Screen { pieces, keyboard, shown: Vec::new() }, program)
    }

    /// Waits until this is on the screen.
    pub(crate) fn until(&mut self, text: &str) {
        while !self.text().contains(text) {
            match self.pieces.recv_timeout(PATIENCE) {
                Ok(piece) => self.shown.extend(piece),
                Err(_) => panic!("{text:?} is not shown, but {:?}", self.text()),
            }
        }
    }

    /// Types this.
    pub(crate) fn enter(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// All that is shown until the program has ended.
    pub(crate) fn rest(mut self) -> String {
        while let Ok(piece) = self.pieces.recv_timeout(PATIENCE) {
            self.shown.extend(piece);
        }
        self.text()
    }

    /// What is shown, without the CRs that the terminal puts before line feeds.
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown).replace('\r', "")
    }
}
