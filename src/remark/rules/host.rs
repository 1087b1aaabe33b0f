//! `Host`: for whom the request is.

use crate::message::is_authority;
use crate::remark::line::Part;
use crate::remark::rule::At::{Asked, Each};
use crate::remark::rule::{Rule, info, note, when, wrong};
use crate::remark::value::brief;

pub(super) const RULES: &[Rule] = &[
    info("host", "RFC 9110 7.2", Asked("host"), |h| {
        (!h.value.is_empty() && is_authority(h.value.as_bytes()))
            .then(|| format!("the request is for {}, one of perhaps many hosts behind this address", brief(h.value)))
    }),
    note("host-empty", "RFC 9110 7.2", Asked("host"), |h| {
        when(h.value.is_empty(), "empty: the target URI has no authority, so no host is meant")
    }),
    wrong("host-invalid", "RFC 9112 3.2", Asked("host"), |h| {
        (!h.value.is_empty() && !is_authority(h.value.as_bytes()))
            .then(|| format!("'{}' is not a host with an optional port: a server answers 400", brief(h.value)))
    }),
    wrong("host-repeated", "RFC 9112 3.2", Asked("host"), |h| {
        when(
            !h.is_first(),
            "a second Host, even an equal one: a server answers 400, since two parties might believe two different ones",
        )
    }),
    wrong("host-missing", "RFC 9112 3.2", Each(Part::Blank), |h| {
        when(
            h.is_request() && !h.message.is_old() && !h.message.has("host"),
            "a request in HTTP/1.1 without Host: a server answers 400",
        )
    }),
    note("host-overruled", "RFC 9112 3.2.2", Asked("host"), |h| {
        let (_, rest) = h.message.target().split_once("://")?;
        let authority = &rest[..rest.find(['/', '?']).unwrap_or(rest.len())];
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        (!authority.eq_ignore_ascii_case(h.value))
            .then(|| format!("the target names {}, which counts; this value is ignored", brief(authority)))
    }),
    note("host-late", "RFC 9110 7.2", Asked("host"), |h| {
        let first = h.message.lines.iter().find(|line| line.part == Part::Field)?;
        when(first.name != "host", "Host had better be the first field: a server needs it to know whom it answers for")
    }),
];
