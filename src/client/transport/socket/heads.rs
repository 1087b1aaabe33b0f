//! The heads of a response as they come: interim ones, then the final one, while the request is still being sent too.

use std::time::{Duration, Instant};

use memchr::memrchr;

use super::super::deadline::Deadline;
use super::super::facts::Facts;
use super::super::failure::{is_timeout, not_http, receive_failure};
use super::super::settings::Settings;
use super::connection::Connection;
use crate::client::dialect::remark;
use crate::client::error::{Error, Kind};
use crate::message::{BodyEnd, ReplyError, ReplyHead, reply_body_end, reply_head, reply_head_end, sound_lines};

/// The most bytes of one head: curl's.
const HEAD_LIMIT: usize = 300 * 1024;
/// The most interim responses before a final one.
const INTERIM_LIMIT: usize = 64;
/// How long content waits for `100 (Continue)` if nothing else was said: curl's.
const EXPECT_TIME: Duration = Duration::from_secs(1);

/// Where the body of the response ends; notes what came before the line that does not say it.
pub(super) fn body_end(
    method: &str,
    interim: &[ReplyHead],
    head: &ReplyHead,
    settings: &Settings,
    facts: &mut Facts,
) -> Result<BodyEnd, Error> {
    let end = |head: &ReplyHead| reply_body_end(method, head, settings.codings);
    end(head).map_err(|error| {
        let is_sound = |lines: &[u8]| reply_head(lines).and_then(|head| end(&head)).is_ok();
        facts.broken = bytes(interim);
        facts.broken.extend_from_slice(&head.bytes[..sound_lines(&head.bytes, is_sound)]);
        not_http(&error)
    })
}

fn bytes(heads: &[ReplyHead]) -> Vec<u8> {
    heads.iter().flat_map(|head| &head.bytes).copied().collect()
}

/// The heads of one response, as far as they have come.
pub(super) struct Heads {
    interim: Vec<ReplyHead>,
    last: Option<ReplyHead>,
    searched: usize,
    /// How much of the next one the tap was told.
    told: usize,
    http09: bool,
    /// Whether a tunnel was asked for.
    is_tunnel: bool,
    /// Whether nobody who speaks HTTP/0.9 can answer.
    is_modern: bool,
    /// How long content waits for one.
    patience: Duration,
    /// What went wrong while the request was sent.
    pub(super) failed: Option<Error>,
}

impl Heads {
    /// None yet of the response to that method.
    pub(super) fn new(method: &str, settings: &Settings) -> Heads {
        let is_modern = settings.http09 && method == "HEAD";
        // Whoever has no status line has opened no tunnel.
        let is_tunnel = method == "CONNECT";
        let http09 = settings.http09 && !is_tunnel;
        let patience = settings.expect_time.unwrap_or(EXPECT_TIME);
        let (interim, last, searched, told, failed) = (Vec::new(), None, 0, 0, None);
        Heads { interim, last, searched, told, http09, is_tunnel, is_modern, patience, failed }
    }

    /// Reads up to the final head; gives the interim ones and that one.
    pub(super) fn finish(
        mut self,
        connection: &mut Connection,
        deadline: Deadline,
        facts: &mut Facts,
    ) -> Result<(Vec<ReplyHead>, ReplyHead), Error> {
        let finished = self.read_to_final(connection, deadline, facts);
        if finished.is_err() {
            facts.broken = bytes(&self.interim);
            let rest = connection.pending();
            facts.broken.extend_from_slice(&rest[..sound_lines(rest, |lines| reply_head(lines).is_ok())]);
        }
        finished.map(|head| (self.interim, head))
    }

    fn read_to_final(
        &mut self,
        connection: &mut Connection,
        deadline: Deadline,
        facts: &mut Facts,
    ) -> Result<ReplyHead, Error> {
        loop {
            self.read(connection, deadline, facts)?;
            if let Some(head) = self.last.take() {
                return Ok(head);
            }
            match connection.fill(deadline) {
                Ok(0) => return Err(self.ended(connection)),
                Err(error) if error.kind == Kind::Receive => return Err(self.failed.take().unwrap_or(error)),
                filled => drop(filled?),
            }
        }
    }

    /// The failure that an end before the final head is: what went wrong while the request was sent, if something did.
    fn ended(&mut self, connection: &Connection) -> Error {
        if let Some(failure) = self.failed.take() {
            return failure;
        }
        if self.is_tunnel && is_no_reply(connection.pending()) {
            let refused = tunnel_refused(connection.pending(), &mut self.searched, true);
            let kind = refused.unwrap_or(Kind::Receive);
            return Error::new(kind, no_status_line(connection.pending()));
        }
        let (kind, what) = match (connection.pending().contains(&b'\n'), self.interim.is_empty()) {
            (true, _) => (Kind::Partial, "the connection was closed within the header section of the response"),
            (false, true) if connection.pending().is_empty() => (Kind::Empty, "empty reply from server"),
            (false, true) => (Kind::Empty, "the connection was closed within the status line of the response"),
            (false, false) => (Kind::Empty, "the connection was closed after an interim response"),
        };
        match remark(None, connection.pending()) {
            Some(remark) => Error::new(kind, format!("{what}; {remark}")),
            None => Error::new(kind, what),
        }
    }

    /// Waits a bounded time for `100 (Continue)` or a final response (RFC 9110 10.1.1).
    pub(super) fn may_go_on(
        &mut self,
        connection: &mut Connection,
        deadline: Deadline,
        facts: &mut Facts,
    ) -> Result<bool, Error> {
        let wait_until = Instant::now() + self.patience;
        loop {
            let left = wait_until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(true);
            }
            connection.limit(Some(connection.patience(deadline)?.unwrap_or(left).min(left)))?;
            match connection.receive() {
                // The end is seen again when the response is read.
                Ok(0) => return Ok(false),
                Ok(_) => {}
                Err(error) if is_timeout(&error) => {
                    connection.saw(0)?;
                    continue;
                }
                Err(error) => return Err(receive_failure(&error)),
            }
            let before = self.interim.len();
            if self.read(connection, deadline, facts)? {
                // Content is not sent after a final response, unless that is a success that came early.
                return Ok(self.last.as_ref().is_some_and(|head| head.status < 300));
            }
            if self.interim[before..].iter().any(|head| head.status == 100) {
                return Ok(true);
            }
        }
    }

    /// Looks, without waiting, whether a final response has come that makes the rest of the content pointless
    /// (RFC 9112 9.5).
    pub(super) fn was_refused(
        &mut self,
        connection: &mut Connection,
        deadline: Deadline,
        facts: &mut Facts,
    ) -> Result<bool, Error> {
        if self.last.is_some() {
            return Ok(false);
        }
        connection.stream.set_nonblocking(true).map_err(|error| receive_failure(&error))?;
        let got = connection.receive();
        connection.stream.set_nonblocking(false).map_err(|error| receive_failure(&error))?;
        match got {
            Ok(0) => {
                let what = "cannot send the request: the peer has closed the connection";
                self.failed = Some(Error::new(Kind::Send, what));
                Ok(true)
            }
            Ok(_) => {
                let is_final = self.read(connection, deadline, facts)?;
                Ok(is_final && self.last.as_ref().is_some_and(|head| head.status >= 300))
            }
            Err(error) if is_timeout(&error) => Ok(false),
            // What came before the failure is read first. The system tells of it once.
            Err(error) => {
                self.failed = Some(receive_failure(&error));
                Ok(true)
            }
        }
    }

    /// Understands what is in the buffer; says whether the final head is known.
    fn read(&mut self, connection: &mut Connection, deadline: Deadline, facts: &mut Facts) -> Result<bool, Error> {
        while self.last.is_none() {
            let input = connection.pending();
            if !input.is_empty() && facts.first_byte.is_none() {
                facts.first_byte = Some(deadline.started.elapsed());
            }
            if is_no_reply(input) {
                return self.take_other(connection, facts);
            }
            let end = reply_head_end(input, self.searched);
            // However much of it came at a time.
            if end.unwrap_or(input.len()) > HEAD_LIMIT {
                // What is wrong with it anyway is said first.
                reply_head(&input[..HEAD_LIMIT]).map_err(|error| not_http(&error))?;
                return Err(Error::new(Kind::Receive, format!("a header section of more than {HEAD_LIMIT} bytes")));
            }
            let Some(length) = end else {
                self.searched = input.len();
                self.told += connection.tell_lines(&input[self.told..]);
                return Ok(false);
            };
            connection.tell_lines(&input[self.told..length]);
            let head = reply_head(&input[..length]).map_err(|error| match error {
                ReplyError::Field(line) if self.is_tunnel && !line.contains(':') => {
                    Error::new(Kind::ProxyReply, ReplyError::Field(line).to_string())
                }
                error => not_http(&error),
            })?;
            connection.take(length);
            (self.searched, self.told) = (0, 0);
            facts.head_bytes += length as u64;
            if !head.is_interim() {
                self.last = Some(head);
            } else if self.interim.len() < INTERIM_LIMIT {
                self.interim.push(head);
            } else {
                return Err(Error::new(Kind::Reply, format!("more than {INTERIM_LIMIT} interim responses")));
            }
        }
        Ok(true)
    }

    /// What does not begin with a status line: the content of HTTP/0.9, or nothing that is understood.
    fn take_other(&mut self, connection: &mut Connection, facts: &Facts) -> Result<bool, Error> {
        let input = connection.pending();
        let is_all = input.len() >= HEAD_LIMIT;
        let refused = if self.is_tunnel { tunnel_refused(input, &mut self.searched, is_all) } else { None };
        if self.is_tunnel && refused.is_none() {
            return Ok(false);
        }
        // Who has spoken a later version does not speak HTTP/0.9.
        let has_spoken = facts.reused || !self.interim.is_empty() || self.is_modern;
        if has_spoken || !self.http09 {
            let kind = match (refused, has_spoken) {
                (Some(kind), _) => kind,
                (_, true) => Kind::Reply,
                (_, false) => not_http(&ReplyError::NotHttp).kind,
            };
            let failure = Error::new(kind, no_status_line(input));
            connection.tell_body(connection.start);
            return Err(failure);
        }
        self.last = Some(ReplyHead::nothing());
        Ok(true)
    }
}

/// Whether bytes cannot be the beginning of a response.
fn is_no_reply(input: &[u8]) -> bool {
    !b"HTTP/".starts_with(&input[..input.len().min(5)])
}

/// What kind of failure an answer to CONNECT is that does not begin with a status line, once that is known: a line behind
/// the first that is no field line, an end of the head, or another protocol. The kinds are curl's. The lines of the first
/// `judged` bytes are not looked at again, however much comes at a time.
fn tunnel_refused(input: &[u8], judged: &mut usize, is_all: bool) -> Option<Kind> {
    if matches!(input, [0x15 | 0x16, 3, ..]) {
        return Some(Kind::Receive);
    }
    let ends = if is_all { Some(Kind::Receive) } else { None };
    let fresh = &input[*judged..];
    let Some(end) = memrchr(b'\n', fresh) else { return ends };
    let first = usize::from(*judged == 0);
    *judged += end + 1;
    let kind = fresh[..end].split(|byte| *byte == b'\n').skip(first).find_map(|line| match line.trim_ascii() {
        [] => Some(Kind::Connect),
        line => (!line.contains(&b':')).then_some(Kind::ProxyReply),
    });
    kind.or(ends)
}

/// What is said of a response that is none: how it begins, and how to see the rest.
fn no_status_line(input: &[u8]) -> String {
    const SHOWN: usize = 40;
    let first = input.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let cut = if first.len() > SHOWN { "..." } else { "" };
    let shown = String::from_utf8_lossy(&first[..first.len().min(SHOWN)]).into_owned();
    // An alert or a handshake of TLS (RFC 8446 5.1).
    let hint = match input {
        [0x15 | 0x16, 3, ..] => "that is TLS: try https://",
        _ => remark(None, input).unwrap_or("--wire shows all that came"),
    };
    format!("the response does not begin with a status line but with '{shown}{cut}'; {hint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_proxy_says_is_judged_alike_however_it_comes() {
        let cases: [(&[u8], Option<Kind>); 8] = [
            (b"<html>\n<h1>no</h1>\n", Some(Kind::ProxyReply)),
            (b"<html>\r\na: b\r\nno\r\n", Some(Kind::ProxyReply)),
            (b"<html>\r\na: b\r\n\r\nno\r\n", Some(Kind::Connect)),
            (b"<html>\n\n", Some(Kind::Connect)),
            (b"<html>\r\na: b\r\nno", None),
            (b"SSH-2.0-x\r\n", None),
            (b"SSH", None),
            (b"\x15\x03\x01\x00\x02", Some(Kind::Receive)),
        ];
        for (input, expected) in cases {
            assert_eq!(tunnel_refused(input, &mut 0, false), expected, "{input:?}");
            assert_eq!(tunnel_refused(input, &mut 0, true), expected.or(Some(Kind::Receive)), "{input:?}");
            let mut judged = 0;
            let in_pieces = (1..=input.len()).find_map(|length| tunnel_refused(&input[..length], &mut judged, false));
            assert_eq!(in_pieces, expected, "{input:?}");
        }
    }
}
