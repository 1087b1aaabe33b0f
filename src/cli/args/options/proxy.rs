//! Which proxy requests go through, and what it is told.

use clap::ValueHint;

use super::Row;
use crate::cli::args::completion::Completion;
use crate::cli::args::request::RequestArgs;

pub(super) static PROXY: &[Row] = &[
    Row::text("proxy", "URL", "Send requests through this proxy", |args, text| args.proxy = Some(text))
        .on_screen("use this proxy")
        .letter('x')
        .hint(ValueHint::Url),
    Row::text("proxy-user", "USER:PASSWORD", "User name and password for the proxy", |args, text| {
        args.proxy_user = Some(text)
    })
    .letter('U'),
    Row::flag("proxy-basic", "Use Basic authentication with the proxy (the default)", |args| {
        (args.proxy_digest, args.proxy_anyauth) = (false, false);
    }),
    Row::flag("proxy-digest", "Use Digest authentication with the proxy", |args| args.proxy_digest = true),
    Row::flag("proxy-anyauth", "Use the safest authentication that the proxy offers", |args| args.proxy_anyauth = true),
    Row::bytes(
        "proxy-header",
        "LINE",
        "Send this field line to the HTTP proxy only; forms as with --header",
        |args, text| args.proxy_header.push(text),
    )
    .completing(Completion::Fields)
    .many(),
    Row::flag("proxytunnel", "Ask the HTTP proxy for a tunnel (CONNECT) for http:// too", |args| {
        args.proxytunnel = true
    })
    .letter('p'),
    Row::filled(
        "proxy1.0",
        "HOST:PORT",
        "Send requests through this HTTP proxy, asking for tunnels in HTTP/1.0",
        |args, text| {
            (args.proxy, args.proxy_old) = (Some(text), true);
        },
    ),
    Row::flag("suppress-connect-headers", "Do not show the response of the proxy to CONNECT", |args| {
        args.suppress_connect_headers = true
    }),
    Row::filled("socks4", "HOST:PORT", "Send requests through this SOCKS4 proxy", |args, text| {
        socks(args, "socks4", &text)
    }),
    Row::filled(
        "socks4a",
        "HOST:PORT",
        "Send requests through this SOCKS4a proxy, which looks names up",
        |args, text| socks(args, "socks4a", &text),
    ),
    Row::filled("socks5", "HOST:PORT", "Send requests through this SOCKS5 proxy", |args, text| {
        socks(args, "socks5", &text)
    }),
    Row::filled(
        "socks5-hostname",
        "HOST:PORT",
        "Send requests through this SOCKS5 proxy, which looks names up",
        |args, text| socks(args, "socks5h", &text),
    ),
    Row::flag("socks5-basic", "Use the user name and password with a SOCKS5 proxy (always on)", |_| ()),
    Row::filled("preproxy", "URL", "Reach the proxy through this SOCKS proxy", |args, text| args.preproxy = Some(text))
        .hint(ValueHint::Url),
    Row::text("noproxy", "HOSTS", "Connect to these hosts without a proxy; '*' means all", |args, text| {
        args.noproxy = Some(text)
    }),
    Row::path("proxy-cacert", "FILE", "Like --cacert, for an https proxy", |args, path| args.proxy_cacert = Some(path)),
    Row::path("proxy-capath", "FOLDER", "Like --capath, for an https proxy", |args, path| {
        args.proxy_capath = Some(path)
    })
    .hint(ValueHint::DirPath),
    Row::filled("proxy-pinnedpubkey", "HASHES|FILE", "Like --pinnedpubkey, for an https proxy", |args, text| {
        args.proxy_pinnedpubkey = Some(text)
    })
    .hint(ValueHint::FilePath),
    Row::path("proxy-cert", "FILE", "Like --cert, for an https proxy", |args, path| args.proxy_cert = Some(path)),
    Row::path("proxy-key", "FILE", "Like --key, for an https proxy", |args, path| args.proxy_key = Some(path)),
    Row::flag("proxy-insecure", "Accept any certificate of an https proxy", |args| args.proxy_insecure = true),
    Row::flag("proxy-tlsv1", "Use TLS 1.2 or later with an https proxy (always on)", |_| ()),
];

/// A SOCKS proxy under its own option: a scheme that was typed counts more.
fn socks(args: &mut RequestArgs, scheme: &str, text: &str) {
    args.proxy = Some(if text.contains("://") { text.to_owned() } else { format!("{scheme}://{text}") });
}
