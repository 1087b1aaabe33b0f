//! The line of the log about an answer that is made while it is sent: what it says is known at its end.

use std::net::IpAddr;
use std::time::Instant;

use http::StatusCode;

use super::LogEntry;
use super::clock::Clock;
use super::log::Lines;

/// A line without the number of bytes and the time that it took.
#[derive(Debug)]
pub(super) struct OwedLine {
    peer: IpAddr,
    request_line: Box<[u8]>,
    status: Option<StatusCode>,
    fault: Option<&'static str>,
    request_head: Box<[u8]>,
    response_head: Box<[u8]>,
    since: Instant,
}

impl OwedLine {
    /// What the line will say of this entry, to this peer.
    pub(super) fn of(entry: &LogEntry<'_>, fault: Option<&'static str>, peer: IpAddr, log: &Lines) -> OwedLine {
        let head = |head: &[u8]| if log.has_heads() { head.into() } else { Box::default() };
        OwedLine {
            peer,
            request_line: entry.request_line.into(),
            status: entry.status,
            fault,
            request_head: head(entry.request_head),
            response_head: head(entry.response_head),
            since: entry.since,
        }
    }

    /// Writes it, so many bytes of content having been sent.
    pub(super) fn write(&self, sent: u64, log: &mut Lines, clock: &Clock) {
        let entry = LogEntry {
            request_line: &self.request_line,
            status: self.status,
            size: usize::try_from(sent).ok().filter(|sent| *sent > 0),
            fault: self.fault,
            request_head: &self.request_head,
            response_head: &self.response_head,
            since: self.since,
            note: "",
        };
        log.push(&entry, self.peer, clock);
    }
}
