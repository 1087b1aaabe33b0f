//! What is shown of a response.

use super::Row;
use crate::cli::args::RequestArgs;
use crate::cli::args::definition::put;
use crate::cli::args::values::Parts;

pub(super) static RESPONSE: &[Row] = &[
    Row::flag("include", "Include the header section of the response in the output", |args| args.include = true)
        .on_screen("with header section")
        .letter('i')
        .also(&["show-headers"])
        .in_dialects(),
    Row::flag("echo-headers", "Print the header sections of request and response around the content", |args| {
        args.echo_headers = true
    })
    .ours()
    .in_dialects(),
    Row::value(
        "print",
        "HBhbm",
        "Print these parts: H request head, B request content, h response head, b response content, m \
         time and sizes",
        |args, text| put(&mut args.print, Parts::read(text)),
    )
    .ours()
    .in_dialects(),
    Row::flag("verbose", "Show what is sent ('>') and received ('<') on standard error", |args| {
        args.forget_traces();
        args.verbose = true;
    })
    .on_screen("show both sides")
    .letter('v')
    .in_dialects(),
    Row::path(
        "trace",
        "FILE",
        "Write all bytes that cross the connection to this file, in hexadecimal; '-' is standard output, \
         '%' standard error",
        |args, path| {
            args.forget_traces();
            args.trace = Some(path);
        },
    )
    .in_dialects(),
    Row::path("trace-ascii", "FILE", "Like --trace, as text", |args, path| {
        args.forget_traces();
        args.trace_ascii = Some(path);
    })
    .in_dialects(),
    Row::flag("trace-time", "Start each block of a trace and each line of -v with the time", |args| {
        args.trace_time = true
    })
    .in_dialects(),
    Row::flag("trace-ids", "Start each block of a trace with the numbers of the transfer and the connection", |args| {
        args.trace_ids = true
    })
    .in_dialects(),
    Row::value(
        "trace-config",
        "NAMES",
        "Switch 'ids' (--trace-ids), 'time' (--trace-time) or 'all' on, or off with '-' before it; ',' between several. The names of curl's components are accepted and change nothing",
        RequestArgs::configure_trace,
    )
    .in_dialects(),
    Row::flag("fail", "Fail with exit status 22 on a status of 400 or above, and do not print the content", |args| {
        (args.fail, args.fail_with_body) = (true, false)
    })
    .on_screen("fail on 4xx and 5xx")
    .letter('f')
    .in_dialects(),
    Row::flag(
        "fail-with-body",
        "Fail with exit status 22 on a status of 400 or above, but print the content",
        |args| (args.fail, args.fail_with_body) = (false, true),
    )
    .in_dialects(),
    Row::flag("tr-encoding", "Ask for a compressed transfer (TE) and decompress it", |args| {
        args.tr_encoding = true
    }),
    Row::flag("raw", "Print the message body as it came, with chunks and content codings", |args| args.raw = true),
];
