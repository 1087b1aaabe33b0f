//! What is sent.

use clap::ValueHint;

use super::Row;
use crate::cli::args::DialectChoice;
use crate::cli::args::completion::Completion;
use crate::cli::args::definition::{named, names, path, put};
use crate::cli::args::request::{DataKind, Word};
use crate::cli::args::values::Tool;
use crate::client::Protocol;

pub(super) static REQUEST: &[Row] = &[
    Row::filled("request", "METHOD", "Use METHOD as the request method", |args, text| args.request = Some(text))
        .on_screen("request method")
        .letter('X')
        .completing(Completion::Methods)
        .in_dialects(),
    Row::bytes(
        "header",
        "LINE",
        "Send this field line; 'Name:' removes a default field, 'Name;' sends it empty, '@file' reads \
         field lines from a file",
        |args, text| args.header.push(text),
    )
    .on_screen("send a field line")
    .letter('H')
    .completing(Completion::Fields)
    .many(),
    Row::bytes(
        "data",
        "DATA",
        "Send DATA as the content, with POST; '@file' reads a file, '@-' standard input, without line \
         ends",
        |args, text| args.part(DataKind::Data, text),
    )
    .on_screen("send DATA with POST")
    .letter('d')
    .many()
    .completing(Completion::Content)
    .in_dialects(),
    Row::bytes("data-ascii", "DATA", "Like --data", |args, text| args.part(DataKind::Data, text))
        .many()
        .completing(Completion::Content)
        .in_dialects(),
    Row::bytes("data-raw", "DATA", "Like --data, but '@' has no special meaning", |args, text| {
        args.part(DataKind::Raw, text)
    })
    .many()
    .in_dialects(),
    Row::bytes("data-binary", "DATA", "Like --data, but '@file' is sent unchanged", |args, text| {
        args.part(DataKind::Binary, text)
    })
    .many()
    .completing(Completion::Content)
    .in_dialects(),
    Row::bytes(
        "data-urlencode",
        "DATA",
        "Like --data, percent-encoded: 'content', '=content', 'name=content', '@file' or 'name@file'",
        |args, text| args.part(DataKind::Encoded, text),
    )
    .many()
    .completing(Completion::Content)
    .in_dialects(),
    Row::bytes("json", "DATA", "Send DATA as JSON, with POST, and ask for JSON", |args, text| {
        args.part(DataKind::Json, text)
    })
    .on_screen("send JSON")
    .many()
    .completing(Completion::Content),
    Row::flag("get", "Put the data into the query of the URL and use GET", |args| args.get = true)
        .on_screen("data into the query")
        .letter('G'),
    Row::bytes(
        "url-query",
        "DATA",
        "Add DATA to the query of the URL, percent-encoded as with --data-urlencode; '+text' is added \
         unchanged",
        |args, text| args.url_query.push(text),
    )
    .many()
    .completing(Completion::Content),
    Row::flag("head", "Fetch the header section only, with HEAD", |args| args.head = true).letter('I').in_dialects(),
    Row::bytes(
        "upload-file",
        "FILE",
        "Send this file as the content, with PUT; '-' is standard input, '{a,b}' sends two files",
        |args, text| args.upload_file.push(path(text)),
    )
    .on_screen("send a file (PUT)")
    .letter('T')
    .many()
    .hint(ValueHint::FilePath),
    Row::text(
        "user",
        "USER[:PASSWORD]",
        "User name and password; sent with Basic unless --digest or --anyauth is given; a terminal is asked for a \
         password that is left out",
        |args, text| args.user = Some(text),
    )
    .on_screen("user and password")
    .letter('u')
    .hint(ValueHint::Username),
    Row::flag("disallow-username-in-url", "Refuse URLs with a user name in them", |args| {
        args.disallow_username_in_url = true
    }),
    Row::bytes("user-agent", "NAME", "Send this User-Agent; '' sends none", |args, text| args.user_agent = Some(text))
        .letter('A'),
    Row::bytes("referer", "URL", "Send this Referer; append ';auto' to update it on each redirect", |args, text| {
        args.referer = Some(text)
    })
    .letter('e')
    .hint(ValueHint::Url),
    Row::filled("range", "RANGE", "Request only this byte range, such as 0-499", |args, text| args.range = Some(text))
        .letter('r'),
    Row::bytes(
        "form",
        "NAME=CONTENT",
        "Send a multipart/form-data field: 'name=content', 'name=@file,file' or 'name=<file', with ';type=', \
         ';filename=', ';headers=' and ';encoder='; 'name=(' and '=)' put what is between them into one field",
        |args, text| args.forms.push((false, text)),
    )
    .on_screen("send a form field")
    .letter('F')
    .many()
    .completing(Completion::Content),
    Row::bytes(
        "form-string",
        "NAME=CONTENT",
        "Like --form, but '@', '<' and ';type=' have no special meaning",
        |args, text| args.forms.push((true, text)),
    )
    .many(),
    Row::flag(
        "form-escape",
        "Put a backslash before quotes in the names of a form, in place of percent-encoding",
        |args| args.form_escape = true,
    ),
    Row::bytes("cookie", "DATA|FILE", "Send these cookies ('name=value; ...') or those in this file", |args, text| {
        args.cookie.push(text)
    })
    .on_screen("send cookies")
    .letter('b')
    .many()
    .hint(ValueHint::FilePath),
    Row::path(
        "cookie-jar",
        "FILE",
        "Write all cookies to this file at the end; '-' is standard output",
        |args, path| args.cookie_jar = Some(path),
    )
    .on_screen("keep cookies")
    .letter('c'),
    Row::flag("junk-session-cookies", "Ignore the session cookies in the cookie file", |args| {
        args.junk_session_cookies = true
    })
    .letter('j'),
    Row::flag("basic", "Use Basic authentication: the password is sent encoded, not encrypted (the default)", |args| {
        args.basic = true
    }),
    Row::flag("digest", "Use Digest authentication: the password itself is never sent", |args| args.digest = true),
    Row::flag("anyauth", "Use the best authentication that the server offers: Digest before Basic", |args| {
        args.any_auth = true
    }),
    Row::filled("oauth2-bearer", "TOKEN", "Send this bearer token in Authorization", |args, text| {
        args.oauth2_bearer = Some(text)
    }),
    Row::flag("netrc", "Read user name and password from ~/.netrc", |args| args.netrc = true).letter('n'),
    Row::path("netrc-file", "FILE", "Read user name and password from this netrc file", |args, path| {
        args.netrc_file = Some(path)
    }),
    Row::flag("netrc-optional", "Like --netrc, but other credentials win", |args| args.netrc_optional = true),
    Row::text(
        "continue-at",
        "OFFSET",
        "Resume the transfer at this byte; '-' continues where the output file ends",
        |args, text| args.continue_at = Some(text),
    )
    .letter('C'),
    Row::text(
        "time-cond",
        "DATE|FILE",
        "Transfer only if changed since this date or the date of this file; '-DATE': only if not changed \
         since",
        |args, text| args.time_cond = Some(text),
    )
    .letter('z')
    .hint(ValueHint::FilePath),
    Row::flag(
        "plain",
        "Ask for plain text (Accept: text/plain): httpkit serve then sends a string without its quotes",
        |args| args.header.push("Accept: text/plain".into()),
    )
    .ours()
    .letter('W'),
    Row::flag("compressed", "Ask for compressed content (gzip, deflate, br or zstd) and decompress it", |args| args.compressed = true),
    Row::flag("http2", "Use HTTP/2 if the server offers it (https only)", |args| args.protocol = Some(Protocol::Http2)),
    Row::flag("http2-prior-knowledge", "Use HTTP/2 without negotiation", |args| {
        args.protocol = Some(Protocol::Http2PriorKnowledge)
    }),
    Row::flag("globoff", "Treat {a,b} and [1-9] in URLs as plain text", |args| args.globoff = true)
        .letter('g')
        .in_dialects(),
    Row::bytes("config", "FILE", "Read options from this file; '-' is standard input", |_, _| ())
        .letter('K')
        .many()
        .hint(ValueHint::FilePath)
        .in_dialects(),
    Row::bytes(
        "variable",
        "NAME=CONTENT",
        "Set a variable: 'NAME=CONTENT' or 'NAME@FILE'; '%NAME' imports it from the environment. \
         '--expand-OPTION' replaces '{{NAME}}' in its value, and '{{NAME:FUNCTION}}' with the functions \
         trim, json, url, b64 and 64dec",
        |_, _| (),
    )
    .many()
    .in_dialects(),
    Row::flag("disable", "Do not read ~/.httpkitrc (no such file is read anyway)", |_| ()).letter('q').in_dialects(),
    Row::flag("next", "Start a new group of options for the URLs that follow", |_| ()).letter(':').in_dialects(),
    Row::filled_bytes(
        "url",
        "URL",
        "Add a URL, as a word without an option does; '@file' names a file with a URL on each line",
        |args, text| args.targets.push(Word::url(text.as_ref())),
    )
    .many()
    .hint(ValueHint::Url)
    .in_dialects(),
    Row::filled(
        "request-target",
        "TARGET",
        "Send this request target in place of the URL's path and query",
        |args, text| args.request_target = Some(text),
    ),
    Row::path(
        "send",
        "FILE",
        "Send the bytes of FILE ('-' is standard input) as they are, in place of a request, and show what comes as \
         --wire does",
        |args, path| args.send = Some(path),
    )
    .ours(),
    Row::path(
        "send-escaped",
        "FILE",
        "Like --send, with bytes written as \\r, \\n, \\t, \\xNN and \\\\, as --wire writes them; line ends of the file itself are ignored",
        |args, path| args.send_escaped = Some(path),
    )
    .ours(),
    Row::flag("path-as-is", "Keep /../ and /./ in the path", |args| args.path_as_is = true),
    Row::flag("http1.0", "Use HTTP/1.0", |args| args.protocol = Some(Protocol::Http10)).letter('0'),
    Row::flag("http1.1", "Use HTTP/1.1", |args| args.protocol = Some(Protocol::Http11)),
    Row::flag("http0.9", "Accept a response without a header section", |args| args.http0_9 = true),
    Row::value("dialect", "NAME", "Speak to one of the original systems", |args, text| {
        named(text).map(|dialect| args.dialect = dialect)
    })
    .ours()
    .one_of(names::<DialectChoice>)
    .in_dialects(),
    Row::flag("dry-run", "Print the request exactly as it would be sent, and send nothing", |args| args.dry_run = true)
    .ours()
        .on_screen("only print it")
        .also(&["offline"])
        .in_dialects(),
    Row::value(
        "as",
        "TOOL",
        "Print the request as a command or a program for another tool, secrets masked, and send nothing",
        |args, text| put(&mut args.as_tool, named(text)),
    )
    .ours()
    .one_of(names::<Tool>),
];
