//! What `serve` logs, keeps and shows of its exchanges.

use clap::ValueHint;

use super::choices::LogChoice;
use super::typed::{Row, set};
use crate::cli::args::When;
use crate::cli::args::definition::{named, names, number};
use crate::cli::args::instead::Instead::{Archive, Dialect, Echo};

/// What `--journal` may keep.
const MOST_EXCHANGES: usize = 10_000;

pub(super) static LOG: &[Row] = &[
    Row::value("log", "FORMAT", "Format of the request log on standard error. An answer of no known length, such as a change stream, is logged when it ends or its client leaves, with the bytes sent", |args, text| {
        set(&mut args.log, named(text))
    })
    .on_screen("how to log requests")
    .one_of(names::<LogChoice>)
    .default("short"),
    Row::flag("echo-headers", "Log the header sections of requests and responses, secrets masked", |args| {
        args.echo_headers = true
    })
    .on_screen("log header sections"),
    Row::value("color", "WHEN", "When to use colors", |args, text| set(&mut args.color, named(text)))
        .one_of(names::<When>)
        .default("auto"),
];

pub(super) static SEE: &[Row] = &[
    Row::flag(
        "echo",
        "Serve no file, but answer each request with the bytes that came, or as JSON if it accepts that; \
         '?_status=503', '?_delay=2s' and '?_header=NAME:VALUE' shape the answer",
        |args| args.echo = true,
    ),
    Row::value(
        "journal",
        "COUNT",
        "Keep the last COUNT exchanges byte for byte for GET /_/requests, at most 4 MiB in all and of each content the first 16 KiB; 0 keeps none. They are shown to clients on this machine only, or with --token or --basic to whoever has the credentials",
        |args, text| set(&mut args.journal, number(text, MOST_EXCHANGES)),
    )
    .default("100")
    .hint(ValueHint::Other),
    Row::path(
        "pcap",
        "FILE",
        "Capture what crosses the connections for Wireshark (pcapng), '-' for standard output; the URL then goes to \
         standard error",
        |args, path| args.pcap = Some(path),
    ),
    Row::value("max-pcap", "SIZE", "Maximum size of a capture, which ends there", |args, text| {
        set(&mut args.max_pcap, text.parse())
    })
    .default("1g")
    .hint(ValueHint::Other),
    Row::flag("trace", "Answer TRACE with the request as it came, without credentials", |args| args.trace = true)
    .not_with(&[Echo, Archive, Dialect]),
    Row::flag("show-secrets", "Show Authorization, Cookie and Set-Cookie in GET /_/requests and with --echo-headers", |args| {
        args.show_secrets = true
    }),
];
