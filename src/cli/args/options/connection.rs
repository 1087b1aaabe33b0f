//! How connections are made, kept to and trusted.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use clap::ValueHint;

use super::Row;
use crate::cli::args::definition::{number, one, possible, put};
use crate::cli::args::values::{bytes, pace, seconds, without_password};

/// The schemes that a URL may have.
const SCHEMES: &[&str] = &["http", "https", "file"];
/// What may be the latest version of TLS.
const TLS_VERSIONS: &[&str] = &["default", "1.2", "1.3"];

/// A number of redirects, or -1 for any; curl refuses what is below.
fn redirects(text: &str) -> Result<i64, String> {
    let number = number(text, i64::MAX)?;
    match number >= -1 {
        true => Ok(number),
        false => Err("expected a whole number, or -1 for any".to_owned()),
    }
}

pub(super) static CONNECTION: &[Row] = &[
    Row::flag("location", "Follow redirects", |args| (args.location, args.follow) = (true, false))
        .on_screen("follow redirects")
        .letter('L'),
    Row::flag("follow", "Follow redirects with the method that each of them asks for, even with -X", |args| {
        args.follow = true
    }),
    Row::flag("location-trusted", "Follow redirects, and send credentials to other origins too", |args| {
        (args.location_trusted, args.follow) = (true, false)
    }),
    Row::value(
        "max-redirs",
        "NUMBER",
        "Follow at most NUMBER redirects; -1 is unlimited (default: 50)",
        |args, text| put(&mut args.max_redirs, redirects(text)),
    ),
    Row::flag("post301", "Keep POST after a 301", |args| args.post301 = true),
    Row::flag("post302", "Keep POST after a 302", |args| args.post302 = true),
    Row::flag("post303", "Keep POST after a 303", |args| args.post303 = true),
    Row::text(
        "proto",
        "SCHEMES",
        "Allow only these schemes of http, https and file: '=https', '-http', 'all'",
        |args, text| args.proto = Some(text),
    ),
    Row::text("proto-redir", "SCHEMES", "Like --proto, for redirects", |args, text| args.proto_redir = Some(text)),
    Row::text("proto-default", "SCHEME", "Scheme of a URL that has none: http, https or file", |args, text| {
        args.proto_default = Some(text)
    })
    .offering(SCHEMES),
    Row::flag("tcp-nodelay", "Send small pieces at once (always on)", |_| ()).in_dialects(),
    Row::value(
        "keepalive-time",
        "SECONDS",
        "Probe a connection that was idle for SECONDS, and again after as many (default: 60)",
        |args, text| put(&mut args.keepalive_time, number(text, u64::MAX)),
    )
    .in_dialects(),
    Row::value(
        "keepalive-cnt",
        "NUMBER",
        "Take a connection for lost after NUMBER probes without an answer (default: 9)",
        |args, text| put(&mut args.keepalive_cnt, number(text, u32::MAX)),
    )
    .in_dialects(),
    Row::flag("no-keepalive", "Do not probe idle connections", |args| args.no_keepalive = true).in_dialects(),
    Row::value("max-time", "SECONDS", "Maximum time for the whole transfer", |args, text| {
        put(&mut args.max_time, seconds(text))
    })
    .on_screen("time limit")
    .letter('m')
    .in_dialects(),
    Row::value("connect-timeout", "SECONDS", "Connection timeout", |args, text| {
        put(&mut args.connect_timeout, seconds(text))
    })
    .in_dialects(),
    Row::value(
        "expect100-timeout",
        "SECONDS",
        "How long to wait for '100 Continue' before sending the content",
        |args, text| put(&mut args.expect100_timeout, seconds(text)),
    ),
    Row::value(
        "rate",
        "NUMBER/UNIT",
        "Start at most NUMBER transfers per s, m, h or d, such as 10/m or 5/15s",
        |args, text| put(&mut args.rate, pace(text)),
    ),
    Row::flag(
        "ignore-content-length",
        "Ignore Content-Length: read the content until the connection is closed",
        |args| args.ignore_content_length = true,
    ),
    Row::value(
        "limit-rate",
        "SIZE",
        "Limit the transfer rate to SIZE bytes a second; k, M or G may follow",
        |args, text| put(&mut args.limit_rate, bytes(text)),
    ),
    Row::value(
        "speed-limit",
        "NUMBER",
        "Fail if the transfer is slower than NUMBER bytes a second for the time of --speed-time \
         (default: 30 s)",
        |args, text| put(&mut args.speed_limit, number(text, u64::MAX)),
    )
    .letter('Y'),
    Row::value(
        "speed-time",
        "SECONDS",
        "Fail if the transfer is slower than --speed-limit (default: 1 byte a second) for SECONDS",
        |args, text| put(&mut args.speed_time, number(text, u64::MAX)),
    )
    .letter('y'),
    Row::text("resolve", "HOST:PORT:ADDRESS", "Use these addresses for a host and port", |args, text| {
        args.resolve.push(text)
    })
    .many()
    .in_dialects(),
    Row::text("connect-to", "A:PORT:B:PORT", "Connect to host B and its port in place of host A", |args, text| {
        args.connect_to.push(text)
    })
    .many()
    .in_dialects(),
    Row::path("unix-socket", "FILE", "Connect through this Unix domain socket", |args, path| {
        args.unix_socket = Some(path)
    })
    .in_dialects(),
    Row::flag("ipv4", "Use IPv4 addresses only", |args| (args.ipv4, args.ipv6) = (true, false))
        .letter('4')
        .in_dialects(),
    Row::flag("ipv6", "Use IPv6 addresses only", |args| (args.ipv4, args.ipv6) = (false, true))
        .letter('6')
        .in_dialects(),
    Row::filled(
        "interface",
        "NAME",
        "Connect from this network interface, address or host name; 'if!NAME' and 'host!NAME' say which \
         it is",
        |args, text| args.interface = Some(text),
    )
    .in_dialects(),
    Row::flag(
        "haproxy-protocol",
        "Begin each connection with the line of HAProxy's PROXY protocol, which tells the client's address",
        |args| args.haproxy_protocol = true,
    ),
    Row::value(
        "haproxy-clientip",
        "ADDRESS",
        "Like --haproxy-protocol, with ADDRESS as the client's",
        |args, text| put(&mut args.haproxy_clientip, text.parse().map_err(|_| "expected an IP address".to_owned())),
    ),
    Row::value(
        "retry",
        "NUMBER",
        "Retry transient failures NUMBER times; a file keeps the content of the last attempt, standard output that of all",
        |args, text| put(&mut args.retry, number(text, u32::MAX)),
    ),
    Row::value(
        "retry-delay",
        "SECONDS",
        "Wait SECONDS between retries, instead of 1 s doubling each time",
        |args, text| put(&mut args.retry_delay, seconds(text)),
    ),
    Row::value("retry-max-time", "SECONDS", "Start no further retry after SECONDS", |args, text| {
        put(&mut args.retry_max_time, seconds(text))
    }),
    Row::flag("retry-connrefused", "Also retry when the connection is refused", |args| args.retry_connrefused = true),
    Row::flag("retry-all-errors", "Retry after any failure", |args| args.retry_all_errors = true),
    Row::path("cacert", "FILE", "Trust the certificate authorities in this file (PEM)", |args, path| {
        args.cacert = Some(path)
    }),
    Row::path("capath", "FOLDER", "Trust the certificate authorities in this folder", |args, path| {
        args.capath = Some(path)
    })
    .hint(ValueHint::DirPath),
    Row::bytes(
        "hsts",
        "FILE",
        "Use https with hosts that have asked for it (HSTS): those in this file, which is updated at the end, and those of \
         this run; '' keeps no file",
        |args, text| args.hsts = Some(PathBuf::from(OsString::from_vec(text.into()))),
    )
    .hint(ValueHint::FilePath),
    Row::filled(
        "pinnedpubkey",
        "HASHES|FILE",
        "Accept no other public key than these: 'sha256//HASH', with ';' between several, or a file (PEM or DER)",
        |args, text| args.pinnedpubkey = Some(text),
    )
    .hint(ValueHint::FilePath),
    Row::path(
        "cert",
        "FILE[:PASSWORD]",
        "Client certificate (PEM); a password is ignored, as encrypted keys are not supported",
        |args, path| {
            args.cert = Some(without_password(&path));
        },
    )
    .letter('E'),
    Row::path("key", "FILE", "Private key of the client certificate (PEM)", |args, path| args.key = Some(path)),
    Row::flag("tlsv1", "Use TLS 1.0 or later (that is 1.2 or later: older versions are not built in)", |_| ())
        .letter('1')
        .also(&["tlsv1.0", "tlsv1.1"]),
    Row::flag("tlsv1.2", "Use TLS 1.2 or later", |args| args.tlsv1_2 = true),
    Row::flag("tlsv1.3", "Use TLS 1.3", |args| args.tlsv1_3 = true),
    Row::value("tls-max", "VERSION", "Latest TLS version to use", |args, text| {
        put(&mut args.tls_max, one(TLS_VERSIONS, text))
    })
    .one_of(|| possible(TLS_VERSIONS)),
    Row::flag("insecure", "Accept any certificate", |args| args.insecure = true)
        .on_screen("trust any certificate")
        .letter('k'),
];
