//! The options of `request`: curl's under curl's names, and a few of our own under long names.

use clap::{Arg, ArgAction, Command, ValueHint};

use super::DialectChoice;
use super::definition::{Definition, named, names, number, one, possible, put};
use super::request::{DataKind, Destination, RequestArgs, Word};
use super::values::{FIELDS, METHODS, Parts, Pretty, When, octets, seconds};
use crate::client::Protocol;

type Row = Definition<RequestArgs>;

/// All options, under the headings of the help.
static OPTIONS: [(&str, &[Row]); 4] =
    [("Request", REQUEST), ("Response", RESPONSE), ("Output", OUTPUT), ("Connection", CONNECTION)];

/// The schemes that a URL may have.
const SCHEMES: &[&str] = &["http", "https"];
/// What may be the latest version of TLS.
const TLS_VERSIONS: &[&str] = &["default", "1.2", "1.3"];

/// The options in the order of the help.
pub(super) fn all() -> impl Iterator<Item = &'static Row> {
    OPTIONS.iter().flat_map(|(_, options)| options.iter())
}

/// The option of that long name, or of one of its other names.
pub(super) fn find(long: &str) -> Option<&'static Row> {
    all().find(|option| option.is_called(long))
}

/// The option of that letter.
pub(super) fn find_letter(letter: char) -> Option<&'static Row> {
    all().find(|option| option.letter == Some(letter))
}

/// The side `request` as clap knows it.
pub(super) fn command() -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::HelpShort).help("Print this help");
    let words = Arg::new("words")
        .value_name("[METHOD] URL")
        .value_hint(ValueHint::Url)
        .num_args(1..)
        .action(ArgAction::Append)
        .help("Method (if it is not the one that the options imply) and URL");
    let options = OPTIONS.iter().flat_map(|(heading, options)| options.iter().map(|option| option.arg(Some(heading))));
    Command::new("request")
        .about("Send a request and print the response")
        .override_usage("httpkit request [METHOD] URL... [OPTIONS]")
        .after_help(
            "Without METHOD: GET, or POST with data, PUT with -T, HEAD with -I.\n\
             A URL without scheme is http://, and on this machine without port :8080, where 'httpkit serve' listens.\n\
             ':3000/x' and ':/x' mean this machine.",
        )
        .args_override_self(true)
        .disable_help_flag(true)
        .arg(help)
        .arg(words)
        .args(options)
}

static REQUEST: &[Row] = &[
    Row::text("request", "METHOD", "Use this method", |args, text| args.request = Some(text)).letter('X').offering(METHODS),
    Row::text("header", "LINE", "Send this field; 'Name:' removes a default, 'Name;' sends it empty, '@file' reads lines", |args, text| args.header.push(text)).letter('H').offering(FIELDS).many(),
    Row::text("data", "DATA", "Send data, with POST; '@file' reads it, '@-' from standard input, line ends removed", |args, text| args.part(DataKind::Data, text)).letter('d').many().hint(ValueHint::FilePath),
    Row::text("data-ascii", "DATA", "The same", |args, text| args.part(DataKind::Data, text)).many().hint(ValueHint::FilePath),
    Row::text("data-raw", "DATA", "The same, '@' has no meaning", |args, text| args.part(DataKind::Raw, text)).many(),
    Row::text("data-binary", "DATA", "The same, with '@file' as it is", |args, text| args.part(DataKind::Binary, text)).many().hint(ValueHint::FilePath),
    Row::text("data-urlencode", "DATA", "The same, percent-encoded: 'content', '=content', 'name=content', '@file', 'name@file'", |args, text| args.part(DataKind::Encoded, text)).many().hint(ValueHint::FilePath),
    Row::text("json", "DATA", "Send JSON, with POST, and ask for JSON", |args, text| args.part(DataKind::Json, text)).many().hint(ValueHint::FilePath),
    Row::flag("get", "Put the data into the query of the URL instead", |args| args.get = true).letter('G'),
    Row::text("url-query", "DATA", "Add to the query of the URL, percent-encoded as with --data-urlencode; '+text' as it is", |args, text| args.url_query.push(text)).many().hint(ValueHint::FilePath),
    Row::flag("head", "Ask for the header section only, with HEAD", |args| args.head = true).letter('I'),
    Row::text("upload-file", "FILE", "Send this file, with PUT; '-' is standard input", |args, text| args.upload_file.push(text)).letter('T').many().hint(ValueHint::FilePath),
    Row::text("user", "USER:PASSWORD", "Name and password, for Basic authentication", |args, text| args.user = Some(text)).letter('u').hint(ValueHint::Username),
    Row::text("user-agent", "NAME", "Send this User-Agent; '' sends none", |args, text| args.user_agent = Some(text)).letter('A'),
    Row::text("referer", "URL", "Send this Referer; ';auto' behind it sets it when a redirect is followed", |args, text| args.referer = Some(text)).letter('e').hint(ValueHint::Url),
    Row::text("range", "RANGE", "Ask for these octets only", |args, text| args.range = Some(text)).letter('r'),
    Row::text("form", "NAME=CONTENT", "Send a form field, as multipart/form-data: 'name=content', 'name=@file', 'name=<file', ';type=', ';filename='", |args, text| args.forms.push((false, text))).letter('F').many().hint(ValueHint::FilePath),
    Row::text("form-string", "NAME=CONTENT", "The same, '@', '<' and ';type=' have no meaning", |args, text| args.forms.push((true, text))).many(),
    Row::text("cookie", "DATA|FILE", "Send these cookies, 'name=value; ...', or those of this file", |args, text| args.cookie.push(text)).letter('b').many().hint(ValueHint::FilePath),
    Row::path("cookie-jar", "FILE", "Write all cookies to this file afterwards; '-' is standard output", |args, path| args.cookie_jar = Some(path)).letter('c'),
    Row::flag("junk-session-cookies", "Leave out the file's cookies that end with the session", |args| args.junk_session_cookies = true).letter('j'),
    Row::flag("basic", "Send the password as it is, coded (the default)", |args| args.digest = false),
    Row::flag("digest", "Answer a challenge, so that the password is not sent", |args| args.digest = true),
    Row::text("oauth2-bearer", "TOKEN", "Send this token", |args, text| args.oauth2_bearer = Some(text)),
    Row::flag("netrc", "Take name and password from ~/.netrc", |args| args.netrc = true).letter('n'),
    Row::path("netrc-file", "FILE", "Take name and password from this file", |args, path| args.netrc_file = Some(path)),
    Row::flag("netrc-optional", "Take name and password from ~/.netrc if it is there", |args| args.netrc_optional = true),
    Row::text("continue-at", "OFFSET", "Go on from this octet; '-' is where the output file ends", |args, text| args.continue_at = Some(text)).letter('C'),
    Row::text("time-cond", "DATE|FILE", "Only if newer than this date or file ('-' before it: older)", |args, text| args.time_cond = Some(text)).letter('z').hint(ValueHint::FilePath),
    Row::flag("compressed", "Ask for compressed content, and decompress it", |args| args.compressed = true),
    Row::flag("http2", "Speak HTTP/2 where the server does (https)", |args| args.protocol = Some(Protocol::Http2)),
    Row::flag("http2-prior-knowledge", "Speak HTTP/2 without asking", |args| args.protocol = Some(Protocol::Http2PriorKnowledge)),
    Row::flag("globoff", "A URL's {a,b} and [1-9] have no meaning", |args| args.globoff = true).letter('g'),
    Row::text("config", "FILE", "Read options from this file; '-' is standard input", |_, _| ()).letter('K').many().hint(ValueHint::FilePath),
    Row::text("variable", "NAME=CONTENT", "Set a variable: 'NAME=CONTENT', 'NAME@FILE'; '%NAME' takes it from the environment. '{{NAME}}' in the value of \
         an option that is called --expand-OPTION stands for it, '{{NAME:FUNCTION}}' with trim, json, url, b64 or 64dec", |_, _| ()).many(),
    Row::flag("disable", "Read no ~/.httpkitrc (there is none)", |_| ()).letter('q'),
    Row::flag("next", "Begin anew: other options for the URLs that follow", |_| ()).letter(':'),
    Row::text("url", "URL", "A URL, as if it stood alone", |args, text| args.targets.push(Word::Url(text))).many().hint(ValueHint::Url),
    Row::text("request-target", "TARGET", "Put this into the request line instead of the URL's path and query", |args, text| args.request_target = Some(text)),
    Row::flag("path-as-is", "Keep /../ and /./ in the path", |args| args.path_as_is = true),
    Row::flag("http1.0", "Speak HTTP/1.0", |args| args.protocol = Some(Protocol::Http10)).letter('0'),
    Row::flag("http1.1", "Speak HTTP/1.1", |args| args.protocol = Some(Protocol::Http11)),
    Row::flag("http0.9", "Take a response without a header section", |args| args.http0_9 = true),
    Row::value("dialect", "NAME", "Speak to one of the original systems", |args, text| named(text).map(|dialect| args.dialect = dialect)).one_of(names::<DialectChoice>),
    Row::flag("dry-run", "Print the request as it would be sent, and send nothing", |args| args.dry_run = true).also(&["offline"]),
];

static RESPONSE: &[Row] = &[
    Row::flag("include", "Put the response's header section before the content", |args| args.include = true)
        .letter('i')
        .also(&["show-headers"]),
    Row::flag("echo-headers", "Print the header sections of request and response around the content", |args| {
        args.echo_headers = true
    }),
    Row::value(
        "print",
        "HBhbm",
        "Print these parts: H request head, B request content, h response head, b content, m time and sizes",
        |args, text| put(&mut args.print, Parts::read(text)),
    ),
    Row::flag("verbose", "Say what goes out ('>') and comes in ('<') on standard error", |args| {
        args.forget_traces();
        args.verbose = true;
    })
    .letter('v'),
    Row::path(
        "trace",
        "FILE",
        "Write all octets that cross the connection to this file, in hexadecimal; '-' is standard output, '%' standard \
         error",
        |args, path| {
            args.forget_traces();
            args.trace = Some(path);
        },
    ),
    Row::path("trace-ascii", "FILE", "The same, as text", |args, path| {
        args.forget_traces();
        args.trace_ascii = Some(path);
    }),
    Row::flag("trace-time", "Put the time before each block of a trace, and each line of -v", |args| {
        args.trace_time = true
    }),
    Row::flag("trace-ids", "Put the numbers of transfer and connection before each block of a trace", |args| {
        args.trace_ids = true
    }),
    Row::flag("fail", "Fail, with status 22 and without content, on 400 and above", |args| args.fail = true)
        .letter('f'),
    Row::flag("fail-with-body", "Fail, with status 22, on 400 and above, and print the content all the same", |args| {
        args.fail_with_body = true
    })
    .without("fail"),
    Row::flag("raw", "Hand out the message body with its chunk framing", |args| args.raw = true),
];

static OUTPUT: &[Row] = &[
    Row::path("output", "FILE", "Write the content to this file; '-' is standard output", |args, path| {
        args.destinations.push(Destination::File(path))
    })
    .letter('o')
    .many(),
    Row::flag("remote-name", "Name the file as the URL does", |args| args.destinations.push(Destination::RemoteName))
        .letter('O')
        .many(),
    Row::flag("remote-name-all", "Name all files as their URLs do", |args| args.remote_name_all = true),
    Row::flag("remote-header-name", "With -O, name the file as Content-Disposition does", |args| {
        args.remote_header_name = true
    })
    .letter('J'),
    Row::path("output-dir", "FOLDER", "Put files into this folder", |args, path| args.output_dir = Some(path))
        .hint(ValueHint::DirPath),
    Row::flag("create-dirs", "Make the folders that are missing", |args| args.create_dirs = true),
    Row::flag("no-clobber", "Leave files that are there alone, and take another name", |args| args.no_clobber = true),
    Row::flag("remove-on-error", "Remove the file if the transfer fails", |args| args.remove_on_error = true),
    Row::flag("remote-time", "Give the file the time that the server says", |args| args.remote_time = true).letter('R'),
    Row::value("max-filesize", "OCTETS", "Fail if the content is larger; k, M, G may follow", |args, text| {
        put(&mut args.max_filesize, octets(text))
    }),
    Row::path("dump-header", "FILE", "Write header sections to this file; '-' is standard output", |args, path| {
        args.dump_header = Some(path)
    })
    .letter('D'),
    Row::path(
        "stderr",
        "FILE",
        "Write what goes to standard error to this file; '-' is standard output",
        |args, path| args.stderr = Some(path),
    ),
    Row::flag("parallel", "Run several transfers at once", |args| args.parallel = true).letter('Z'),
    Row::value("parallel-max", "NUMBER", "At most so many at once (50)", |args, text| {
        put(&mut args.parallel_max, number(text, u32::MAX))
    }),
    Row::flag("parallel-immediate", "Rather open a connection than wait for another transfer's (always so)", |_| ()),
    Row::flag("fail-early", "End at the first transfer that fails", |args| args.fail_early = true),
    Row::flag("progress-bar", "Show progress as a bar (always so)", |_| ()).letter('#'),
    Row::text(
        "write-out",
        "FORMAT",
        "Print this at the end, with %{variables}: http_code, time_total, size_download, ...",
        |args, text| args.write_out = Some(text),
    )
    .letter('w'),
    Row::flag("silent", "Say nothing of failures and progress", |args| args.silent = true).letter('s'),
    Row::flag("show-error", "Say failures even with -s", |args| args.show_error = true).letter('S'),
    Row::flag("no-progress-meter", "Show no progress bar", |args| args.no_progress_meter = true),
    Row::flag("no-buffer", "Write each piece at once (always so)", |_| ()).letter('N'),
    Row::value("color", "WHEN", "When to use colours", |args, text| put(&mut args.color, named(text)))
        .one_of(names::<When>),
    Row::value("pretty", "HOW", "What to do for the eye: indent and colour JSON", |args, text| {
        put(&mut args.pretty, named(text))
    })
    .one_of(names::<Pretty>),
    Row::flag("show-secrets", "Show passwords and cookies on a terminal", |args| args.show_secrets = true),
    Row::flag("raw-terminal", "Print control characters and binary content on a terminal as they are", |args| {
        args.raw_terminal = true
    }),
];

static CONNECTION: &[Row] = &[
    Row::flag("location", "Follow redirects", |args| args.location = true).letter('L'),
    Row::flag("location-trusted", "Follow redirects, and send secrets to other origins too", |args| {
        args.location_trusted = true
    }),
    Row::value("max-redirs", "NUMBER", "Follow at most so many redirects; -1 is without end", |args, text| {
        put(&mut args.max_redirs, number(text, i64::MAX))
    }),
    Row::flag("post301", "Keep POST on 301", |args| args.post301 = true),
    Row::flag("post302", "Keep POST on 302", |args| args.post302 = true),
    Row::flag("post303", "Keep POST on 303", |args| args.post303 = true),
    Row::text("proto", "SCHEMES", "Speak these only, of http and https; '=https', '-http', 'all'", |args, text| {
        args.proto = Some(text)
    }),
    Row::text("proto-redir", "SCHEMES", "The same, for redirects", |args, text| args.proto_redir = Some(text)),
    Row::value("proto-default", "SCHEME", "The scheme of a URL without one", |args, text| {
        put(&mut args.proto_default, one(SCHEMES, text))
    })
    .one_of(|| possible(SCHEMES)),
    Row::flag("tcp-nodelay", "Send small pieces at once (always so)", |_| ()),
    Row::value("max-time", "SECONDS", "The most time for the whole transfer", |args, text| {
        put(&mut args.max_time, seconds(text))
    })
    .letter('m'),
    Row::value("connect-timeout", "SECONDS", "The most time until a connection stands", |args, text| {
        put(&mut args.connect_timeout, seconds(text))
    }),
    Row::value("expect100-timeout", "SECONDS", "How long content waits for '100 Continue'", |args, text| {
        put(&mut args.expect100_timeout, seconds(text))
    }),
    Row::value(
        "limit-rate",
        "OCTETS",
        "Receive and send at most so many octets of content a second; k, M, G may follow",
        |args, text| put(&mut args.limit_rate, octets(text)),
    ),
    Row::value(
        "speed-limit",
        "OCTETS",
        "Fail if it is slower than this, octets a second, for the time that -y says (30 s)",
        |args, text| put(&mut args.speed_limit, number(text, u64::MAX)),
    )
    .letter('Y'),
    Row::value(
        "speed-time",
        "SECONDS",
        "Fail if it is slower than -Y says (1 octet a second) for so long",
        |args, text| put(&mut args.speed_time, number(text, u64::MAX)),
    )
    .letter('y'),
    Row::text("resolve", "HOST:PORT:ADDRESS", "Use these addresses for a host and port", |args, text| {
        args.resolve.push(text)
    })
    .many(),
    Row::text("connect-to", "A:PORT:B:PORT", "Connect to host B and its port for what goes to host A", |args, text| {
        args.connect_to.push(text)
    })
    .many(),
    Row::path("unix-socket", "FILE", "Connect to this socket file", |args, path| args.unix_socket = Some(path)),
    Row::flag("ipv4", "Use IPv4 addresses only", |args| (args.ipv4, args.ipv6) = (true, false)).letter('4'),
    Row::flag("ipv6", "Use IPv6 addresses only", |args| (args.ipv4, args.ipv6) = (false, true)).letter('6'),
    Row::text(
        "interface",
        "NAME",
        "Connect from this network interface, address or host name; 'if!NAME' and 'host!NAME' say which it is",
        |args, text| args.interface = Some(text),
    ),
    Row::value("retry", "NUMBER", "Try again so often after a failure that may pass", |args, text| {
        put(&mut args.retry, number(text, u32::MAX))
    }),
    Row::value("retry-delay", "SECONDS", "Wait so long before each, not 1 s doubling", |args, text| {
        put(&mut args.retry_delay, seconds(text))
    }),
    Row::value("retry-max-time", "SECONDS", "Begin no further attempt after so long", |args, text| {
        put(&mut args.retry_max_time, seconds(text))
    }),
    Row::flag("retry-connrefused", "Try again also if the connection is refused", |args| args.retry_connrefused = true),
    Row::flag("retry-all-errors", "Try again after any failure", |args| args.retry_all_errors = true),
    Row::text("proxy", "URL", "Send through this proxy", |args, text| args.proxy = Some(text))
        .letter('x')
        .hint(ValueHint::Url),
    Row::text("proxy-user", "USER:PASSWORD", "Name and password for the proxy", |args, text| {
        args.proxy_user = Some(text)
    })
    .letter('U'),
    Row::flag("proxy-basic", "Send the proxy's password as it is, coded (always so)", |_| ()),
    Row::text("noproxy", "HOSTS", "Send to these hosts without a proxy; '*' is all", |args, text| {
        args.noproxy = Some(text)
    }),
    Row::path("cacert", "FILE", "Take certificates of these authorities (PEM)", |args, path| args.cacert = Some(path)),
    Row::path("capath", "FOLDER", "Take certificates of the authorities in this folder", |args, path| {
        args.capath = Some(path)
    })
    .hint(ValueHint::DirPath),
    Row::path("cert", "FILE", "Show this client certificate (PEM)", |args, path| args.cert = Some(path)).letter('E'),
    Row::path("key", "FILE", "The key of the client certificate (PEM)", |args, path| args.key = Some(path)),
    Row::flag("tlsv1", "Speak TLS 1.0 or later: the same, as older versions than 1.2 are not built in", |_| ())
        .letter('1')
        .also(&["tlsv1.0", "tlsv1.1"]),
    Row::flag("tlsv1.2", "Speak TLS 1.2 or later", |args| args.tlsv1_2 = true),
    Row::flag("tlsv1.3", "Speak TLS 1.3", |args| args.tlsv1_3 = true),
    Row::value("tls-max", "VERSION", "The latest version of TLS to speak", |args, text| {
        put(&mut args.tls_max, one(TLS_VERSIONS, text))
    })
    .one_of(|| possible(TLS_VERSIONS)),
    Row::flag("insecure", "Take any certificate", |args| args.insecure = true).letter('k'),
];
