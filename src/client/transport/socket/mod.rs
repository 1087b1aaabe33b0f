//! HTTP/1.1 over a std socket: the request is written as it was built, the response is read as it comes.

mod connection;
mod heads;
mod sending;

use std::io::Read;

use bstr::ByteSlice;

use super::super::error::Error;
use super::super::request::Request;
use super::body::{Reply, SocketBody};
use super::deadline::Deadline;
use super::facts::Facts;
use super::pace::Pace;
use super::settings::Settings;
use super::tap::Seen;
use crate::message::{ReplyHead, ReplyVersion, TransferCodings, Version, transfer_codings};
pub(super) use connection::Connection;
use heads::Heads;
use sending::Sent;

impl Connection {
    /// Sends the request and reads heads up to the final one.
    pub(super) fn exchange(
        mut self,
        request: &Request,
        input: &mut (dyn Read + Send),
        deadline: Deadline,
        settings: &Settings,
        facts: &mut Facts,
    ) -> Result<Reply, Error> {
        facts.pretransfer = Some(deadline.started.elapsed());
        facts.connection = Some(self.number);
        self.pace = Pace::of(settings);
        if let Some(tap) = &self.tap {
            let (method, target) = (&request.method, &request.request_target);
            tap.tell(Seen::Request { method, target }, Some(self.number));
        }
        let mut heads = Heads::new(&request.method, settings);
        let sent = self.send(request, input, deadline, &mut heads, facts)?;
        facts.sent = Some(deadline.started.elapsed());
        let (interim, head) = heads.finish(&mut self, deadline, facts)?;
        self.turn();
        self.tell_body(self.start);
        let may_stay = sent == Sent::Whole && keeps_open(request, &head);
        let end = heads::body_end(&request.method, &interim, &head, settings, facts)?;
        self.is_old = head.version == ReplyVersion::Http1(Version::Http10);
        let body = SocketBody::new(self, end, may_stay, deadline, settings);
        Ok(Reply { interim, codings: codings(&head, settings), head, body })
    }
}

/// The codings that the content is in besides its chunks.
fn codings(head: &ReplyHead, settings: &Settings) -> Vec<String> {
    let found = match settings.codings {
        TransferCodings::Asked => transfer_codings(head, TransferCodings::Asked).unwrap_or_default(),
        TransferCodings::None | TransferCodings::Raw => Vec::new(),
    };
    found.into_iter().filter(|coding| coding != "chunked").collect()
}

/// Whether both sides leave the connection open (RFC 9112 9.3).
fn keeps_open(request: &Request, head: &ReplyHead) -> bool {
    let asked =
        request.field("connection").is_none_or(|field| !field.value().to_ascii_lowercase().contains_str("close"));
    let is_open = match head.version {
        ReplyVersion::Http1(Version::Http11) => {
            !(head.lists("connection", "close")
                || (request.asked_proxy().is_some() && head.lists("proxy-connection", "close")))
        }
        ReplyVersion::Http1(Version::Http10) => {
            head.lists("connection", "keep-alive")
                || (request.asked_proxy().is_some() && head.lists("proxy-connection", "keep-alive"))
        }
        _ => false,
    };
    asked && is_open && head.status != 101
}
