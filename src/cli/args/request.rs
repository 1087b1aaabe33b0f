//! The arguments of `request`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use bstr::{BStr, BString};

use super::DialectChoice;
use super::values::{Parts, Pretty, TimingWish, Tool, When, WireWish, url_text};
use crate::client::Protocol;

/// The components of curl that `--trace-config` names: whatever they do is traced here without being asked for.
const COMPONENTS: &[&str] = &[
    "dns",
    "doh",
    "ftp",
    "h1-proxy",
    "h2-proxy",
    "h3-proxy",
    "haproxy",
    "happy-eyeballs",
    "http-proxy",
    "http/1",
    "http/2",
    "http/3",
    "https-connect",
    "lib-ids",
    "multi",
    "network",
    "protocol",
    "proxy",
    "read",
    "smtp",
    "socks",
    "ssl",
    "ssls",
    "tcp",
    "timer",
    "tls",
    "udp",
    "unix",
    "write",
    "ws",
];

/// What was typed after `httpkit request`, up to the next `--next`.
#[derive(Debug, Clone, Default)]
pub struct RequestArgs {
    /// What the user should know about the command line.
    pub warnings: Vec<String>,
    /// The first option that has no place where one of the original dialects is spoken.
    pub http_only: Option<&'static str>,
    /// Whether the command line is written as curl's are.
    pub spelling: Spelling,
    /// Words and `--url` values in the order in which they were typed.
    pub targets: Vec<Word>,
    /// Data in the order in which it was typed, whatever option it came with.
    pub parts: Vec<DataPart>,
    /// Form fields in the order in which they were typed; `true` for `--form-string`.
    pub forms: Vec<(bool, BString)>,
    /// Where each URL's content goes: `-o` and `-O` in the order in which they were typed.
    pub destinations: Vec<Destination>,
    /// `--form-escape`
    pub form_escape: bool,
    /// `--etag-save`
    pub etag_save: Option<PathBuf>,
    /// `--etag-compare`
    pub etag_compare: Option<PathBuf>,
    /// `--follow`
    pub follow: bool,
    /// `--skip-existing`
    pub skip_existing: bool,
    /// `--rate`, as the time between two transfers
    pub rate: Option<Duration>,
    /// `--ignore-content-length`
    pub ignore_content_length: bool,
    /// `--send`
    pub send: Option<PathBuf>,
    /// `--send-escaped`
    pub send_escaped: Option<PathBuf>,
    /// `-X`, `--request`
    pub request: Option<String>,
    /// `-H`, `--header`
    pub header: Vec<BString>,
    /// `-G`, `--get`
    pub get: bool,
    /// `--url-query`
    pub url_query: Vec<BString>,
    /// `-I`, `--head`
    pub head: bool,
    /// `-T`, `--upload-file`
    pub upload_file: Vec<PathBuf>,
    /// `-u`, `--user`
    pub user: Option<String>,
    /// `-A`, `--user-agent`
    pub user_agent: Option<BString>,
    /// `-e`, `--referer`
    pub referer: Option<BString>,
    /// `-r`, `--range`
    pub range: Option<String>,
    /// `-b`, `--cookie`
    pub cookie: Vec<BString>,
    /// `-c`, `--cookie-jar`
    pub cookie_jar: Option<PathBuf>,
    /// `-j`, `--junk-session-cookies`
    pub junk_session_cookies: bool,
    /// `--basic`
    pub basic: bool,
    /// `--digest`
    pub digest: bool,
    /// `--anyauth`
    pub any_auth: bool,
    /// `--oauth2-bearer`
    pub oauth2_bearer: Option<String>,
    /// `-n`, `--netrc`
    pub netrc: bool,
    /// `--netrc-file`
    pub netrc_file: Option<PathBuf>,
    /// `--netrc-optional`
    pub netrc_optional: bool,
    /// `-C`, `--continue-at`
    pub continue_at: Option<String>,
    /// `-z`, `--time-cond`
    pub time_cond: Option<String>,
    /// `--compressed`
    pub compressed: bool,
    /// `--http1.0`, `--http1.1`, `--http2`, `--http2-prior-knowledge`
    pub protocol: Option<Protocol>,
    /// `-g`, `--globoff`
    pub globoff: bool,
    /// `--request-target`
    pub request_target: Option<String>,
    /// `--path-as-is`
    pub path_as_is: bool,
    /// `--http0.9`
    pub http0_9: bool,
    /// `--dialect`
    pub dialect: DialectChoice,
    /// `--explain`
    pub explain: bool,
    /// `--explain-message`
    pub explain_message: Option<PathBuf>,
    /// `--explain-exit`
    pub explain_exit: bool,
    /// `--dry-run`
    pub dry_run: bool,
    /// `--as`
    pub as_tool: Option<Tool>,
    /// `-i`, `--include`
    pub include: bool,
    /// `--echo-headers`
    pub echo_headers: bool,
    /// `--print`
    pub print: Option<Parts>,
    /// `-v`, `--verbose`
    pub verbose: bool,
    /// `--pcap`
    pub pcap: Option<PathBuf>,
    /// `--pcap-plain`
    pub pcap_plain: bool,
    /// `--trace`
    pub trace: Option<PathBuf>,
    /// `--trace-ascii`
    pub trace_ascii: Option<PathBuf>,
    /// `--trace-time`
    pub trace_time: bool,
    /// `--hsts`
    pub hsts: Option<PathBuf>,
    /// `--disallow-username-in-url`
    pub disallow_username_in_url: bool,
    /// `--trace-ids`
    pub trace_ids: bool,
    /// `-f`, `--fail`
    pub fail: bool,
    /// `--fail-with-body`
    pub fail_with_body: bool,
    /// `--tr-encoding`
    pub tr_encoding: bool,
    /// `--raw`
    pub raw: bool,
    /// `--remote-name-all`: how many of the words come before it, for which it does not hold.
    pub remote_name_from: Option<usize>,
    /// `-J`, `--remote-header-name`
    pub remote_header_name: bool,
    /// `--output-dir`
    pub output_dir: Option<PathBuf>,
    /// `--create-dirs`
    pub create_dirs: bool,
    /// `--no-clobber`
    pub no_clobber: bool,
    /// `--remove-on-error`
    pub remove_on_error: bool,
    /// `-R`, `--remote-time`
    pub remote_time: bool,
    /// `--max-filesize`, in bytes
    pub max_filesize: Option<u64>,
    /// `-D`, `--dump-header`
    pub dump_header: Option<PathBuf>,
    /// `--stderr`
    pub stderr: Option<PathBuf>,
    /// `-Z`, `--parallel`
    pub parallel: bool,
    /// `--parallel-max`, in transfers
    pub parallel_max: Option<u32>,
    /// `--fail-early`
    pub fail_early: bool,
    /// `-w`, `--write-out`
    pub write_out: Option<String>,
    /// `-s`, `--silent`
    pub silent: bool,
    /// `-S`, `--show-error`
    pub show_error: bool,
    /// `--no-progress-meter`
    pub no_progress_meter: bool,
    /// `--color`
    pub color: Option<When>,
    /// `--pretty`
    pub pretty: Option<Pretty>,
    /// `--show-secrets`
    pub show_secrets: bool,
    /// `--progress-bar`
    pub progress_bar: bool,
    /// `--raw-terminal`
    pub raw_terminal: bool,
    /// `--raw-strings`
    pub raw_strings: bool,
    /// `-L`, `--location`
    pub location: bool,
    /// `--location-trusted`
    pub location_trusted: bool,
    /// `--max-redirs`; -1 is no limit
    pub max_redirs: Option<i64>,
    /// `--post301`
    pub post301: bool,
    /// `--post302`
    pub post302: bool,
    /// `--post303`
    pub post303: bool,
    /// `--proto`
    pub proto: Option<String>,
    /// `--proto-redir`
    pub proto_redir: Option<String>,
    /// `--proto-default`
    pub proto_default: Option<String>,
    /// `-m`, `--max-time`
    pub max_time: Option<Duration>,
    /// `--connect-timeout`
    pub connect_timeout: Option<Duration>,
    /// `--expect100-timeout`
    pub expect100_timeout: Option<Duration>,
    /// `--limit-rate`, in bytes a second
    pub limit_rate: Option<u64>,
    /// `-Y`, `--speed-limit`, in bytes a second
    pub speed_limit: Option<u64>,
    /// `-y`, `--speed-time`, in seconds
    pub speed_time: Option<u64>,
    /// `--resolve`
    pub resolve: Vec<String>,
    /// `--connect-to`
    pub connect_to: Vec<String>,
    /// `--unix-socket`
    pub unix_socket: Option<PathBuf>,
    /// `-4`, `--ipv4`
    pub ipv4: bool,
    /// `-6`, `--ipv6`
    pub ipv6: bool,
    /// `--haproxy-protocol`
    pub haproxy_protocol: bool,
    /// `--haproxy-clientip`
    pub haproxy_clientip: Option<IpAddr>,
    /// `--keepalive-time`, in seconds
    pub keepalive_time: Option<u64>,
    /// `--keepalive-cnt`
    pub keepalive_cnt: Option<u32>,
    /// `--no-keepalive`
    pub no_keepalive: bool,
    /// `--interface`
    pub interface: Option<String>,
    /// `--retry`: so many times
    pub retry: Option<u32>,
    /// `--retry-delay`
    pub retry_delay: Option<Duration>,
    /// `--retry-max-time`
    pub retry_max_time: Option<Duration>,
    /// `--retry-connrefused`
    pub retry_connrefused: bool,
    /// `--retry-all-errors`
    pub retry_all_errors: bool,
    /// `-x`, `--proxy`
    pub proxy: Option<String>,
    /// `-U`, `--proxy-user`
    pub proxy_user: Option<String>,
    /// `--timing`, `--timing=json`
    pub timing: Option<TimingWish>,
    /// `--har`
    pub har: Option<PathBuf>,
    /// `--wire`, `--wire=all`
    pub wire: Option<WireWish>,
    /// `--proxy-header`
    pub proxy_header: Vec<BString>,
    /// `--proxy-digest`
    pub proxy_digest: bool,
    /// `--proxy-anyauth`
    pub proxy_anyauth: bool,
    /// `-p`, `--proxytunnel`
    pub proxytunnel: bool,
    /// `--proxy1.0`
    pub proxy_old: bool,
    /// `--preproxy`
    pub preproxy: Option<String>,
    /// `--suppress-connect-headers`
    pub suppress_connect_headers: bool,
    /// `--proxy-cacert`
    pub proxy_cacert: Option<PathBuf>,
    /// `--proxy-pinnedpubkey`
    pub proxy_pinnedpubkey: Option<String>,
    /// `--proxy-capath`
    pub proxy_capath: Option<PathBuf>,
    /// `--proxy-cert`
    pub proxy_cert: Option<PathBuf>,
    /// `--proxy-key`
    pub proxy_key: Option<PathBuf>,
    /// `--proxy-insecure`
    pub proxy_insecure: bool,
    /// `--noproxy`
    pub noproxy: Option<String>,
    /// `--cacert`
    pub cacert: Option<PathBuf>,
    /// `--pinnedpubkey`
    pub pinnedpubkey: Option<String>,
    /// `--capath`
    pub capath: Option<PathBuf>,
    /// `-E`, `--cert`
    pub cert: Option<PathBuf>,
    /// `--key`
    pub key: Option<PathBuf>,
    /// `--tlsv1.2`
    pub tlsv1_2: bool,
    /// `--tlsv1.3`
    pub tlsv1_3: bool,
    /// `--tls-max`
    pub tls_max: Option<String>,
    /// `-k`, `--insecure`
    pub insecure: bool,
}

impl RequestArgs {
    /// Whether data came with `--json`.
    pub fn has_json(&self) -> bool {
        self.parts.iter().any(|part| part.kind == DataKind::Json)
    }

    pub(super) fn part(&mut self, kind: DataKind, value: BString) {
        self.parts.push(DataPart { kind, value });
    }

    /// `--trace-config`: switches what stands before each block of a trace on or off.
    ///
    /// # Errors
    /// Says which name is none.
    pub(super) fn configure_trace(&mut self, text: &str) -> Result<(), String> {
        for item in text.split([',', ' ']).filter(|item| !item.is_empty()) {
            let (name, is_on) = item.strip_prefix('-').map_or((item, true), |name| (name, false));
            match name.to_ascii_lowercase().as_str() {
                "ids" => self.trace_ids = is_on,
                "time" => self.trace_time = is_on,
                "all" => (self.trace_ids, self.trace_time) = (is_on, is_on),
                other if COMPONENTS.contains(&other) => {}
                other => {
                    return Err(format!(
                        "'{other}' is nothing to trace; expected ids, time, all or a component of curl's"
                    ));
                }
            }
        }
        Ok(())
    }

    /// Of `-v` and the traces, only the last holds.
    pub(super) fn forget_traces(&mut self) {
        (self.verbose, self.trace, self.trace_ascii) = (false, None, None);
    }
}

/// How a command line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spelling {
    /// `httpkit request ...`: every word is what it is to curl.
    #[default]
    Curl,
    /// `httpkit [METHOD] URL [ITEM]...`
    Short,
}

/// Where the content of one URL goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// `-o`
    File(PathBuf),
    /// `-O`
    RemoteName,
    /// `--out-null`
    Nowhere,
}

/// A word that is no option, or what `--url` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// A method or a URL.
    Plain(String),
    /// A URL.
    Url(String),
}

impl Word {
    /// A word as it was typed.
    pub(super) fn plain(typed: &BStr) -> Word {
        Word::Plain(url_text(typed))
    }

    /// What `--url` says.
    pub(super) fn url(typed: &BStr) -> Word {
        Word::Url(url_text(typed))
    }
}

/// Data as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataPart {
    /// The option.
    pub kind: DataKind,
    /// Its value.
    pub value: BString,
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
