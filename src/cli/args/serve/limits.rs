//! How much `serve` takes from whom, and how long it may take.

use clap::ValueHint;

use super::typed::{Row, set};
use crate::cli::args::definition::count;
use crate::cli::args::quantities::Size;

/// The bytes of the shortest head that a request can have: `GET / HTTP/1.0` and the empty line behind it.
const SHORTEST_HEAD: usize = 18;

/// A size that some request fits in.
fn head_size(text: &str) -> Result<Size, String> {
    let size: Size = text.parse()?;
    match size.0 >= SHORTEST_HEAD {
        true => Ok(size),
        false => Err(format!("expected at least {SHORTEST_HEAD} bytes, as the shortest request head has")),
    }
}

pub(super) static LIMITS: &[Row] = &[
    Row::value("max-head", "SIZE", "Maximum size of a request head", |args, text| {
        set(&mut args.max_head, head_size(text))
    })
    .default("32k")
    .hint(ValueHint::Other),
    Row::value("max-target", "SIZE", "Maximum length of a request target", |args, text| {
        set(&mut args.max_target, text.parse())
    })
    .default("8k")
    .hint(ValueHint::Other),
    Row::value("max-fields", "COUNT", "Maximum number of field lines in a request", |args, text| {
        set(&mut args.max_fields, count(text))
    })
    .default("100")
    .hint(ValueHint::Other),
    Row::value("max-body", "SIZE", "Maximum size of a request body", |args, text| {
        set(&mut args.max_body, text.parse())
    })
    .default("16m")
    .hint(ValueHint::Other),
    Row::value(
        "max-pending",
        "SIZE",
        "Maximum size of all request bodies that are still arriving, and of all answers made in memory that are still unread",
        |args, text| set(&mut args.max_pending, text.parse()),
    )
    .default("256m")
    .hint(ValueHint::Other),
    Row::value("max-connections", "COUNT", "Maximum number of open connections; further ones wait", |args, text| {
        set(&mut args.max_connections, count(text))
    })
    .default("10000")
    .hint(ValueHint::Other),
    Row::value("head-timeout", "TIME", "Time within which a request head must arrive", |args, text| {
        set(&mut args.head_timeout, text.parse())
    })
    .default("10s")
    .hint(ValueHint::Other),
    Row::value("body-timeout", "TIME", "How long a request body may lag behind the minimum rate", |args, text| {
        set(&mut args.body_timeout, text.parse())
    })
    .default("10s")
    .hint(ValueHint::Other),
    Row::value("idle-timeout", "TIME", "How long a connection may be idle between requests", |args, text| {
        set(&mut args.idle_timeout, text.parse())
    })
    .default("60s")
    .hint(ValueHint::Other),
    Row::value("write-timeout", "TIME", "How long a client may leave its responses unread", |args, text| {
        set(&mut args.write_timeout, text.parse())
    })
    .default("30s")
    .hint(ValueHint::Other),
    Row::value("query-timeout", "TIME", "How long an answer may be worked on", |args, text| {
        set(&mut args.query_timeout, text.parse())
    })
    .default("30s")
    .hint(ValueHint::Other),
];
