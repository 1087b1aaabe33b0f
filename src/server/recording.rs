//! What crosses the connections, as packets on their way to a capture.

use std::io::{self, IoSlice, Write};
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::SystemTime;

use super::backlog::Backlog;
use crate::capture::{self, Flow, Side};

/// So many bytes may wait for the writer.
const WAITING: usize = 8 << 20;

/// A worker hands over no later than with so many.
const BATCH: usize = 1 << 20;

/// The capture of a server's connections.
pub struct CaptureConfig {
    /// Where the capture goes. A writer that blocks delays nobody: packets are left out, and their number is said in the
    /// capture.
    pub writer: Box<dyn Write + Send>,
    /// How many bytes it may have; it ends with the last packet that fits.
    pub most: u64,
    /// The program that makes it, with its version.
    pub program: &'static str,
    /// Told what is to be known of the capture besides itself, from its own thread.
    pub told: Box<dyn FnMut(CaptureNews) + Send>,
}

/// What is to be known of a capture.
#[derive(Debug)]
pub enum CaptureNews {
    /// It cannot be written, and ends.
    Failed(io::Error),
    /// It has as many bytes as it may have, and ends.
    Full,
    /// Its writer did not take all, for the first time.
    LeavesOut,
}

/// Starts the thread that writes the capture.
///
/// # Errors
/// The system has no thread to give.
pub(super) fn start(config: CaptureConfig) -> io::Result<Arc<Backlog>> {
    let CaptureConfig { mut writer, most, program, mut told } = config;
    let (mut written, mut left_out) = (0, 0);
    let backlog = Backlog::start("capture", WAITING, move |blocks, more_left_out| {
        if more_left_out > 0 {
            if left_out == 0 {
                told(CaptureNews::LeavesOut);
            }
            left_out += more_left_out as u64;
            capture::left_out(blocks, left_out, SystemTime::now());
        }
        let room = usize::try_from(most - written).unwrap_or(usize::MAX);
        let fits = capture::whole_blocks(blocks, room);
        written += fits as u64;
        let is_full = fits < blocks.len();
        let news = match writer.write_all(&blocks[..fits]).and_then(|()| writer.flush()) {
            Ok(()) if !is_full => return ControlFlow::Continue(()),
            Ok(()) => CaptureNews::Full,
            Err(error) => CaptureNews::Failed(error),
        };
        told(news);
        ControlFlow::Break(())
    })?;
    let mut blocks = Vec::new();
    let comment =
        "made by the server of what it read and wrote: the bytes are the true ones, the TCP around them is made up";
    capture::beginning(&mut blocks, program, comment);
    backlog.push(&mut blocks, |_| 0);
    Ok(backlog)
}

/// The packets that a worker has gathered during a batch of events.
pub(super) struct Packets {
    backlog: Arc<Backlog>,
    blocks: Vec<u8>,
    is_over: bool,
}

impl Packets {
    pub(super) fn new(backlog: Arc<Backlog>) -> Packets {
        Packets { backlog, blocks: Vec::new(), is_over: false }
    }

    /// A new connection between these two.
    pub(super) fn open(&mut self, client: SocketAddr, server: SocketAddr) -> Box<Flow> {
        let now = SystemTime::now();
        Box::new(Flow::open(&mut self.blocks, client, server, now, now))
    }

    /// Bytes that were read or written.
    pub(super) fn carry(&mut self, flow: &mut Flow, from: Side, bytes: &[u8], comment: Option<&str>) {
        if self.is_over {
            return;
        }
        flow.carry(&mut self.blocks, from, bytes, SystemTime::now(), comment);
        if self.blocks.len() > BATCH {
            self.hand_over();
        }
    }

    /// One side sends nothing more.
    pub(super) fn finish(&mut self, flow: &mut Flow, from: Side) {
        flow.finish(&mut self.blocks, from, SystemTime::now());
    }

    /// One side has given the connection up.
    pub(super) fn reset(&mut self, flow: &mut Flow, from: Side) {
        flow.reset(&mut self.blocks, from, SystemTime::now());
    }

    /// Hands the packets over; where too many wait, these are left out.
    pub(super) fn hand_over(&mut self) {
        if !self.blocks.is_empty() {
            self.is_over = !self.backlog.push(&mut self.blocks, capture::packets);
        }
    }
}

/// A connection whose bytes are captured as they are written.
pub(super) struct Captured<'a, W> {
    pub(super) stream: &'a mut W,
    pub(super) packets: &'a mut Packets,
    pub(super) flow: &'a mut Flow,
}

impl<W: Write> Write for Captured<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let length = self.stream.write_vectored(slices)?;
        let mut left = length;
        for slice in slices {
            let own = slice.len().min(left);
            self.packets.carry(self.flow, Side::Server, &slice[..own], None);
            left -= own;
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
