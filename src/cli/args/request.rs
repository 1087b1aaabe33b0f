//! The arguments of `request`: curl's options under curl's names, and a few of our own under long names.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::values::{FIELDS, METHODS, Names, Parts, Pretty, When, octets, seconds};

/// What may follow `httpkit request`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    override_usage = "httpkit request [METHOD] URL... [OPTIONS]",
    after_help = "Without METHOD: GET, or POST with data, PUT with -T, HEAD with -I.\n\
                  A URL without scheme is http://, and on this machine without port :8080, where 'httpkit serve' \
                  listens.\n':3000/x' and ':/x' mean this machine.",
    args_override_self = true,
    disable_help_flag = true
)]
pub struct RequestArgs {
    /// Print this help
    #[arg(short, long, action = clap::ArgAction::HelpShort, global = false)]
    help: Option<bool>,

    /// Method (if it is not the one that the options imply) and URL
    #[arg(value_name = "[METHOD] URL", value_hint = ValueHint::Url)]
    pub words: Vec<String>,

    /// Use this method
    #[arg(short = 'X', long, value_name = "METHOD", help_heading = "Request", value_parser = Names(METHODS), hide_possible_values = true)]
    pub request: Option<String>,
    /// Send this field; 'Name:' removes a default, 'Name;' sends it empty, '@file' reads lines
    #[arg(short = 'H', long, value_name = "LINE", help_heading = "Request", value_parser = Names(FIELDS), hide_possible_values = true)]
    pub header: Vec<String>,
    /// Send data, with POST; '@file' reads it, '@-' from standard input, line ends removed
    #[arg(short, long, value_name = "DATA", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub data: Vec<String>,
    /// The same
    #[arg(long, value_name = "DATA", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub data_ascii: Vec<String>,
    /// The same, '@' has no meaning
    #[arg(long, value_name = "DATA", help_heading = "Request")]
    pub data_raw: Vec<String>,
    /// The same, with '@file' as it is
    #[arg(long, value_name = "DATA", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub data_binary: Vec<String>,
    /// The same, percent-encoded: 'content', '=content', 'name=content', '@file', 'name@file'
    #[arg(long, value_name = "DATA", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub data_urlencode: Vec<String>,
    /// Send JSON, with POST, and ask for JSON
    #[arg(long, value_name = "DATA", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub json: Vec<String>,
    /// Put the data into the query of the URL instead
    #[arg(short = 'G', long, help_heading = "Request")]
    pub get: bool,
    /// Add to the query of the URL, percent-encoded as with --data-urlencode; '+text' as it is
    #[arg(long, value_name = "DATA", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub url_query: Vec<String>,
    /// Ask for the header section only, with HEAD
    #[arg(short = 'I', long, help_heading = "Request")]
    pub head: bool,
    /// Send this file, with PUT; '-' is standard input
    #[arg(short = 'T', long, value_name = "FILE", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub upload_file: Vec<String>,
    /// Name and password, for Basic authentication
    #[arg(short, long, value_name = "USER:PASSWORD", help_heading = "Request", value_hint = ValueHint::Username)]
    pub user: Option<String>,
    /// Send this User-Agent; '' sends none
    #[arg(short = 'A', long, value_name = "NAME", help_heading = "Request")]
    pub user_agent: Option<String>,
    /// Send this Referer; ';auto' behind it sets it when a redirect is followed
    #[arg(short = 'e', long, value_name = "URL", help_heading = "Request", value_hint = ValueHint::Url)]
    pub referer: Option<String>,
    /// Ask for these octets only
    #[arg(short, long, value_name = "RANGE", help_heading = "Request")]
    pub range: Option<String>,
    /// Send a form field, as multipart/form-data: 'name=content', 'name=@file', 'name=<file', ';type=', ';filename='
    #[arg(short = 'F', long, value_name = "NAME=CONTENT", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub form: Vec<String>,
    /// The same, '@', '<' and ';type=' have no meaning
    #[arg(long, value_name = "NAME=CONTENT", help_heading = "Request")]
    pub form_string: Vec<String>,
    /// Send these cookies, 'name=value; ...', or those of this file
    #[arg(short = 'b', long, value_name = "DATA|FILE", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub cookie: Vec<String>,
    /// Write all cookies to this file afterwards; '-' is standard output
    #[arg(short = 'c', long, value_name = "FILE", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub cookie_jar: Option<PathBuf>,
    /// Leave out the file's cookies that end with the session
    #[arg(short = 'j', long, help_heading = "Request")]
    pub junk_session_cookies: bool,
    /// Send the password as it is, coded (the default)
    #[arg(long, help_heading = "Request", overrides_with = "digest")]
    pub basic: bool,
    /// Answer a challenge, so that the password is not sent
    #[arg(long, help_heading = "Request", overrides_with = "basic")]
    pub digest: bool,
    /// Send this token
    #[arg(long, value_name = "TOKEN", help_heading = "Request")]
    pub oauth2_bearer: Option<String>,
    /// Take name and password from ~/.netrc
    #[arg(short, long, help_heading = "Request")]
    pub netrc: bool,
    /// Take name and password from this file
    #[arg(long, value_name = "FILE", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub netrc_file: Option<PathBuf>,
    /// Take name and password from ~/.netrc if it is there
    #[arg(long, help_heading = "Request")]
    pub netrc_optional: bool,
    /// Go on from this octet; '-' is where the output file ends
    #[arg(short = 'C', long, value_name = "OFFSET", help_heading = "Request")]
    pub continue_at: Option<String>,
    /// Only if newer than this date or file ('-' before it: older)
    #[arg(short = 'z', long, value_name = "DATE|FILE", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub time_cond: Option<String>,
    /// Ask for compressed content, and decompress it
    #[arg(long, help_heading = "Request")]
    pub compressed: bool,
    /// Speak HTTP/2 where the server does (https)
    #[arg(long, help_heading = "Request", overrides_with_all = ["http1_0", "http1_1", "http2_prior_knowledge"])]
    pub http2: bool,
    /// Speak HTTP/2 without asking
    #[arg(long, help_heading = "Request", overrides_with_all = ["http1_0", "http1_1", "http2"])]
    pub http2_prior_knowledge: bool,
    /// A URL's {a,b} and [1-9] have no meaning
    #[arg(short = 'g', long, help_heading = "Request")]
    pub globoff: bool,
    /// Read options from this file; '-' is standard input
    #[arg(short = 'K', long, value_name = "FILE", help_heading = "Request", value_hint = ValueHint::FilePath)]
    pub config: Vec<String>,
    /// Set a variable: 'NAME=CONTENT', 'NAME@FILE'; '%NAME' takes it from the environment. '{{NAME}}' in the value of an
    /// option that is called --expand-OPTION stands for it, '{{NAME:FUNCTION}}' with trim, json, url, b64 or 64dec
    #[arg(long, value_name = "NAME=CONTENT", help_heading = "Request")]
    pub variable: Vec<String>,
    /// Read no ~/.httpkitrc (there is none)
    #[arg(short = 'q', long, help_heading = "Request")]
    pub disable: bool,
    /// Begin anew: other options for the URLs that follow
    #[arg(long, short = ':', help_heading = "Request")]
    pub next: bool,
    /// A URL, as if it stood alone
    #[arg(long, value_name = "URL", help_heading = "Request", value_hint = ValueHint::Url)]
    pub url: Vec<String>,
    /// Put this into the request line instead of the URL's path and query
    #[arg(long, value_name = "TARGET", help_heading = "Request")]
    pub request_target: Option<String>,
    /// Keep /../ and /./ in the path
    #[arg(long, help_heading = "Request")]
    pub path_as_is: bool,
    /// Speak HTTP/1.0
    #[arg(short = '0', long = "http1.0", help_heading = "Request")]
    pub http1_0: bool,
    /// Speak HTTP/1.1
    #[arg(long = "http1.1", help_heading = "Request")]
    pub http1_1: bool,
    /// Take a response without a header section
    #[arg(long = "http0.9", help_heading = "Request")]
    pub http0_9: bool,
    /// Speak to one of the original systems
    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Request",
        value_enum,
        default_value = "http",
        hide_default_value = true
    )]
    pub dialect: super::DialectChoice,
    /// Print the request as it would be sent, and send nothing
    #[arg(long, alias = "offline", help_heading = "Request")]
    pub dry_run: bool,

    /// Put the response's header section before the content
    #[arg(short, long, alias = "show-headers", help_heading = "Response")]
    pub include: bool,
    /// Print the header sections of request and response around the content
    #[arg(long, help_heading = "Response")]
    pub echo_headers: bool,
    /// Print these parts: H request head, B request content, h response head, b content, m time and sizes
    #[arg(long, value_name = "HBhbm", help_heading = "Response", value_parser = Parts::read)]
    pub print: Option<Parts>,
    /// Say what goes out ('>') and comes in ('<') on standard error
    #[arg(short, long, help_heading = "Response", overrides_with_all = ["trace", "trace_ascii"])]
    pub verbose: bool,
    /// Write all octets that cross the connection to this file, in hexadecimal; '-' is standard output, '%' standard error
    #[arg(long, value_name = "FILE", help_heading = "Response", value_hint = ValueHint::FilePath, overrides_with_all = ["trace_ascii", "verbose"])]
    pub trace: Option<PathBuf>,
    /// The same, as text
    #[arg(long, value_name = "FILE", help_heading = "Response", value_hint = ValueHint::FilePath, overrides_with_all = ["trace", "verbose"])]
    pub trace_ascii: Option<PathBuf>,
    /// Put the time before each block of a trace, and each line of -v
    #[arg(long, help_heading = "Response")]
    pub trace_time: bool,
    /// Put the numbers of transfer and connection before each block of a trace
    #[arg(long, help_heading = "Response")]
    pub trace_ids: bool,
    /// Fail, with status 22 and without content, on 400 and above
    #[arg(short, long, help_heading = "Response")]
    pub fail: bool,
    /// Fail, with status 22, on 400 and above, and print the content all the same
    #[arg(long, help_heading = "Response", conflicts_with = "fail")]
    pub fail_with_body: bool,
    /// Hand out the message body with its chunk framing
    #[arg(long, help_heading = "Response")]
    pub raw: bool,

    /// Write the content to this file; '-' is standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output", value_hint = ValueHint::FilePath)]
    pub output: Vec<PathBuf>,
    /// Name the file as the URL does
    #[arg(short = 'O', long, help_heading = "Output", action = clap::ArgAction::Count)]
    pub remote_name: u8,
    /// Name all files as their URLs do
    #[arg(long, help_heading = "Output")]
    pub remote_name_all: bool,
    /// With -O, name the file as Content-Disposition does
    #[arg(short = 'J', long, help_heading = "Output")]
    pub remote_header_name: bool,
    /// Put files into this folder
    #[arg(long, value_name = "FOLDER", help_heading = "Output", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// Make the folders that are missing
    #[arg(long, help_heading = "Output")]
    pub create_dirs: bool,
    /// Leave files that are there alone, and take another name
    #[arg(long, help_heading = "Output")]
    pub no_clobber: bool,
    /// Remove the file if the transfer fails
    #[arg(long, help_heading = "Output")]
    pub remove_on_error: bool,
    /// Give the file the time that the server says
    #[arg(short = 'R', long, help_heading = "Output")]
    pub remote_time: bool,
    /// Fail if the content is larger; k, M, G may follow
    #[arg(long, value_name = "OCTETS", help_heading = "Output", value_parser = octets)]
    pub max_filesize: Option<u64>,
    /// Write header sections to this file; '-' is standard output
    #[arg(short = 'D', long, value_name = "FILE", help_heading = "Output", value_hint = ValueHint::FilePath)]
    pub dump_header: Option<PathBuf>,
    /// Write what goes to standard error to this file; '-' is standard output
    #[arg(long, value_name = "FILE", help_heading = "Output", value_hint = ValueHint::FilePath)]
    pub stderr: Option<PathBuf>,
    /// Run several transfers at once
    #[arg(short = 'Z', long, help_heading = "Output")]
    pub parallel: bool,
    /// At most so many at once (50)
    #[arg(long, value_name = "NUMBER", help_heading = "Output")]
    pub parallel_max: Option<u32>,
    /// Rather open a connection than wait for another transfer's (always so)
    #[arg(long, help_heading = "Output")]
    pub parallel_immediate: bool,
    /// End at the first transfer that fails
    #[arg(long, help_heading = "Output")]
    pub fail_early: bool,
    /// Show progress as a bar (always so)
    #[arg(short = '#', long, help_heading = "Output")]
    pub progress_bar: bool,
    /// Print this at the end, with %{variables}: http_code, time_total, size_download, ...
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output")]
    pub write_out: Option<String>,
    /// Say nothing of failures and progress
    #[arg(short, long, help_heading = "Output")]
    pub silent: bool,
    /// Say failures even with -s
    #[arg(short = 'S', long, help_heading = "Output")]
    pub show_error: bool,
    /// Show no progress bar
    #[arg(long, help_heading = "Output")]
    pub no_progress_meter: bool,
    /// Write each piece at once (always so)
    #[arg(short = 'N', long, help_heading = "Output")]
    pub no_buffer: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", help_heading = "Output", value_enum)]
    pub color: Option<When>,
    /// What to do for the eye: indent and colour JSON
    #[arg(long, value_name = "HOW", help_heading = "Output", value_enum)]
    pub pretty: Option<Pretty>,
    /// Show passwords and cookies on a terminal
    #[arg(long, help_heading = "Output")]
    pub show_secrets: bool,
    /// Print control characters and binary content on a terminal as they are
    #[arg(long, help_heading = "Output")]
    pub raw_terminal: bool,

    /// Follow redirects
    #[arg(short = 'L', long, help_heading = "Connection")]
    pub location: bool,
    /// Follow redirects, and send secrets to other origins too
    #[arg(long, help_heading = "Connection")]
    pub location_trusted: bool,
    /// Follow at most so many redirects; -1 is without end
    #[arg(long, value_name = "NUMBER", help_heading = "Connection", allow_negative_numbers = true)]
    pub max_redirs: Option<i64>,
    /// Keep POST on 301
    #[arg(long, help_heading = "Connection")]
    pub post301: bool,
    /// Keep POST on 302
    #[arg(long, help_heading = "Connection")]
    pub post302: bool,
    /// Keep POST on 303
    #[arg(long, help_heading = "Connection")]
    pub post303: bool,
    /// Speak these only, of http and https; '=https', '-http', 'all'
    #[arg(long, value_name = "SCHEMES", help_heading = "Connection")]
    pub proto: Option<String>,
    /// The same, for redirects
    #[arg(long, value_name = "SCHEMES", help_heading = "Connection")]
    pub proto_redir: Option<String>,
    /// The scheme of a URL without one
    #[arg(long, value_name = "SCHEME", help_heading = "Connection", value_parser = ["http", "https"])]
    pub proto_default: Option<String>,
    /// Send small pieces at once (always so)
    #[arg(long, help_heading = "Connection")]
    pub tcp_nodelay: bool,
    /// The most time for the whole transfer
    #[arg(short, long, value_name = "SECONDS", help_heading = "Connection", value_parser = seconds)]
    pub max_time: Option<std::time::Duration>,
    /// The most time until a connection stands
    #[arg(long, value_name = "SECONDS", help_heading = "Connection", value_parser = seconds)]
    pub connect_timeout: Option<std::time::Duration>,
    /// How long content waits for '100 Continue'
    #[arg(long = "expect100-timeout", value_name = "SECONDS", help_heading = "Connection", value_parser = seconds)]
    pub expect100_timeout: Option<std::time::Duration>,
    /// Receive and send at most so many octets of content a second; k, M, G may follow
    #[arg(long, value_name = "OCTETS", help_heading = "Connection", value_parser = octets)]
    pub limit_rate: Option<u64>,
    /// Fail if it is slower than this, octets a second, for the time that -y says (30 s)
    #[arg(short = 'Y', long, value_name = "OCTETS", help_heading = "Connection")]
    pub speed_limit: Option<u64>,
    /// Fail if it is slower than -Y says (1 octet a second) for so long
    #[arg(short = 'y', long, value_name = "SECONDS", help_heading = "Connection")]
    pub speed_time: Option<u64>,
    /// Use these addresses for a host and port
    #[arg(long, value_name = "HOST:PORT:ADDRESS", help_heading = "Connection")]
    pub resolve: Vec<String>,
    /// Connect to another host and port
    #[arg(long, value_name = "HOST1:PORT1:HOST2:PORT2", help_heading = "Connection")]
    pub connect_to: Vec<String>,
    /// Connect to this socket file
    #[arg(long, value_name = "FILE", help_heading = "Connection", value_hint = ValueHint::FilePath)]
    pub unix_socket: Option<PathBuf>,
    /// Use IPv4 addresses only
    #[arg(short = '4', long, help_heading = "Connection", overrides_with = "ipv6")]
    pub ipv4: bool,
    /// Use IPv6 addresses only
    #[arg(short = '6', long, help_heading = "Connection", overrides_with = "ipv4")]
    pub ipv6: bool,
    /// Connect from this network interface, address or host name; 'if!NAME' and 'host!NAME' say which it is
    #[arg(long, value_name = "NAME", help_heading = "Connection")]
    pub interface: Option<String>,
    /// Try again so often after a failure that may pass
    #[arg(long, value_name = "NUMBER", help_heading = "Connection")]
    pub retry: Option<u32>,
    /// Wait so long before each, not 1 s doubling
    #[arg(long, value_name = "SECONDS", help_heading = "Connection", value_parser = seconds)]
    pub retry_delay: Option<std::time::Duration>,
    /// Begin no further attempt after so long
    #[arg(long, value_name = "SECONDS", help_heading = "Connection", value_parser = seconds)]
    pub retry_max_time: Option<std::time::Duration>,
    /// Try again also if the connection is refused
    #[arg(long, help_heading = "Connection")]
    pub retry_connrefused: bool,
    /// Try again after any failure
    #[arg(long, help_heading = "Connection")]
    pub retry_all_errors: bool,
    /// Send through this proxy
    #[arg(short = 'x', long, value_name = "URL", help_heading = "Connection", value_hint = ValueHint::Url)]
    pub proxy: Option<String>,
    /// Name and password for the proxy
    #[arg(short = 'U', long, value_name = "USER:PASSWORD", help_heading = "Connection")]
    pub proxy_user: Option<String>,
    /// Send the proxy's password as it is, coded (always so)
    #[arg(long, help_heading = "Connection")]
    pub proxy_basic: bool,
    /// Send to these hosts without a proxy; '*' is all
    #[arg(long, value_name = "HOSTS", help_heading = "Connection")]
    pub noproxy: Option<String>,
    /// Take certificates of these authorities (PEM)
    #[arg(long, value_name = "FILE", help_heading = "Connection", value_hint = ValueHint::FilePath)]
    pub cacert: Option<PathBuf>,
    /// Take certificates of the authorities in this folder
    #[arg(long, value_name = "FOLDER", help_heading = "Connection", value_hint = ValueHint::DirPath)]
    pub capath: Option<PathBuf>,
    /// Show this client certificate (PEM)
    #[arg(short = 'E', long, value_name = "FILE", help_heading = "Connection", value_hint = ValueHint::FilePath)]
    pub cert: Option<PathBuf>,
    /// The key of the client certificate (PEM)
    #[arg(long, value_name = "FILE", help_heading = "Connection", value_hint = ValueHint::FilePath)]
    pub key: Option<PathBuf>,
    /// Speak TLS 1.0 or later: the same, as older versions than 1.2 are not built in
    #[arg(short = '1', long = "tlsv1", aliases = ["tlsv1.0", "tlsv1.1"], help_heading = "Connection")]
    pub tlsv1: bool,
    /// Speak TLS 1.2 or later
    #[arg(long = "tlsv1.2", help_heading = "Connection")]
    pub tlsv1_2: bool,
    /// Speak TLS 1.3
    #[arg(long = "tlsv1.3", help_heading = "Connection")]
    pub tlsv1_3: bool,
    /// The latest version of TLS to speak
    #[arg(long, value_name = "VERSION", help_heading = "Connection", value_parser = ["default", "1.2", "1.3"])]
    pub tls_max: Option<String>,
    /// Take any certificate
    #[arg(short = 'k', long, help_heading = "Connection")]
    pub insecure: bool,

    /// What the user should know about the command line.
    #[arg(skip)]
    pub warnings: Vec<String>,
    /// Where each URL's content goes.
    #[arg(skip)]
    pub destinations: Vec<Destination>,
    /// Form fields in the order in which they were typed; `true` for `--form-string`.
    #[arg(skip)]
    pub forms: Vec<(bool, String)>,
    /// Data in the order in which it was typed, whatever option it came with.
    #[arg(skip)]
    pub parts: Vec<DataPart>,
    /// Words and `--url` values in the order in which they were typed.
    #[arg(skip)]
    pub targets: Vec<Word>,
}

/// Where the content of one URL goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// `-o`
    File(PathBuf),
    /// `-O`
    RemoteName,
}

/// A word that is no option, or what `--url` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// A method or a URL.
    Plain(String),
    /// A URL.
    Url(String),
}

/// Data as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataPart {
    /// The option.
    pub kind: DataKind,
    /// Its value.
    pub value: String,
}

/// The options that give data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataKind {
    /// `-d`, `--data-ascii`
    Data,
    /// `--data-raw`
    Raw,
    /// `--data-binary`
    Binary,
    /// `--data-urlencode`
    Encoded,
    /// `--json`
    Json,
}

/// The identifiers of the arguments that give data.
pub(super) const DATA: [(&str, DataKind); 6] = [
    ("data", DataKind::Data),
    ("data_ascii", DataKind::Data),
    ("data_raw", DataKind::Raw),
    ("data_binary", DataKind::Binary),
    ("data_urlencode", DataKind::Encoded),
    ("json", DataKind::Json),
];
