//! `-w`: what is known about a transfer, in a form of one's own.

use std::net::SocketAddr;
use std::time::Duration;

use crate::client::transport::{Certificate, Facts};
use crate::client::{TargetUri, typed_userinfo};
use crate::message::{ReplyHead, ReplyVersion, Version};
use crate::print;

/// What is known about a transfer when it is over.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) url: String,
    /// What the URL that was typed means.
    pub(crate) target: Option<TargetUri>,
    pub(crate) effective: Option<TargetUri>,
    /// Where it was pointed to and did not go.
    pub(crate) redirect: Option<String>,
    pub(crate) method: String,
    pub(crate) referer: Option<String>,
    /// Whether a proxy was asked.
    pub(crate) proxied: bool,
    pub(crate) head: Option<ReplyHead>,
    /// Whether it read a file of this machine.
    pub(crate) local: bool,
    /// The heads of the responses before.
    pub(crate) earlier: Vec<ReplyHead>,
    pub(crate) redirects: u32,
    pub(crate) connects: u32,
    pub(crate) facts: Facts,
    pub(crate) redirect_time: Duration,
    pub(crate) total_time: Duration,
    pub(crate) downloaded: u64,
    /// How much was written, decoded or not.
    pub(crate) delivered: u64,
    pub(crate) head_octets: u64,
    pub(crate) request_octets: u64,
    pub(crate) retries: u32,
    pub(crate) exit: u8,
    pub(crate) message: Option<String>,
    pub(crate) file: Option<String>,
    /// The number of the URL on the command line, and that of the transfer in the run.
    pub(crate) url_number: usize,
    pub(crate) number: usize,
}

/// Where a part of what `-w` says goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
    /// A file, made anew or added to.
    File { name: String, appends: bool },
}

/// Which streams a person looks at, so that a server must not steer them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Looks {
    pub(crate) output: bool,
    pub(crate) error: bool,
}

impl Looks {
    fn at(self, place: &Place) -> bool {
        match place {
            Place::Output => self.output,
            Place::Error => self.error,
            Place::File { .. } => false,
        }
    }
}

/// What `-w` says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// Its parts in order.
    pub(crate) parts: Vec<(Place, String)>,
    /// Variables that do not exist.
    pub(crate) unknown: Vec<String>,
}

/// What a variable holds.
enum Value {
    /// Text, if there is any.
    Text(Option<String>),
    /// A number, written as it is.
    Number(String),
    /// A status code, of three digits where it is printed.
    Status(u16),
}

/// The variables that `%{json}` prints, in its order.
const NAMES: &[&str] = &[
    "certs",
    "conn_id",
    "content_type",
    "errormsg",
    "exitcode",
    "filename_effective",
    "ftp_entry_path",
    "http_code",
    "http_connect",
    "http_version",
    "local_ip",
    "local_port",
    "method",
    "num_certs",
    "num_connects",
    "num_headers",
    "num_redirects",
    "num_retries",
    "proxy_ssl_verify_result",
    "proxy_used",
    "redirect_url",
    "referer",
    "remote_ip",
    "remote_port",
    "response_code",
    "scheme",
    "size_delivered",
    "size_download",
    "size_header",
    "size_request",
    "size_upload",
    "speed_download",
    "speed_upload",
    "ssl_verify_result",
    "time_appconnect",
    "time_connect",
    "time_namelookup",
    "time_posttransfer",
    "time_pretransfer",
    "time_redirect",
    "time_starttransfer",
    "time_total",
    "url",
    "url.fragment",
    "url.host",
    "url.options",
    "url.password",
    "url.path",
    "url.port",
    "url.query",
    "url.scheme",
    "url.user",
    "url.zoneid",
    "url_effective",
    "urle.fragment",
    "urle.host",
    "urle.options",
    "urle.password",
    "urle.path",
    "urle.port",
    "urle.query",
    "urle.scheme",
    "urle.user",
    "urle.zoneid",
    "urlnum",
    "xfer_id",
];

impl Report {
    /// Fills the variables of a format in. What servers said is shown with its control characters visible where a person
    /// looks at it.
    pub(crate) fn write(&self, format: &str, looks: Looks) -> Written {
        let mut written = Written::default();
        let mut place = Place::Output;
        let mut rest = format;
        while let Some(first) = rest.chars().next() {
            let is_looked_at = looks.at(&place);
            let shown = |text: String| if is_looked_at { print::text(&text) } else { text };
            let (text, used) = if let Some((name, used)) = braced(rest, "%{") {
                match name {
                    "stdout" => place = Place::Output,
                    "stderr" => place = Place::Error,
                    // The rest is for failures only.
                    "onerror" if self.exit == 0 => break,
                    _ => {}
                }
                let value = self.text(name);
                if value.is_none() {
                    written.unknown.push(name.to_owned());
                }
                (shown(value.unwrap_or_default()), used)
            } else if let Some((name, used)) = escaped_braces(rest, "%header{") {
                (shown(self.headers(&name)), used)
            } else if let Some((name, used)) = braced(rest, "%output{") {
                let appends = name.starts_with(">>");
                place = Place::File { name: name.trim_start_matches(">>").to_owned(), appends };
                // Named is made, though nothing may follow for it.
                written.parts.push((place.clone(), String::new()));
                (String::new(), used)
            } else {
                escape(rest).unwrap_or_else(|| (first.to_string(), first.len_utf8()))
            };
            rest = &rest[used..];
            match written.parts.last_mut().filter(|(last, _)| *last == place) {
                Some((_, before)) => before.push_str(&text),
                None if text.is_empty() => {}
                None => written.parts.push((place.clone(), text)),
            }
        }
        written
    }

    /// Time and sizes in one line, for people.
    pub(crate) fn meta(&self) -> String {
        let milliseconds = self.total_time.as_secs_f64() * 1e3;
        let (up, down) = (self.facts.upload_octets, self.downloaded);
        format!("status {:03}, {milliseconds:.1} ms, {up} bytes up, {down} bytes down\n", self.status())
    }

    fn status(&self) -> u16 {
        self.head.as_ref().map_or(0, |head| head.status)
    }

    fn header(&self, name: &str) -> Option<String> {
        self.head.as_ref().and_then(|head| head.text(name))
    }

    /// `name`, the first field of that name, or `name:all:separator`, all of them.
    fn headers(&self, text: &str) -> String {
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        match (rest.strip_prefix("all:"), &self.head) {
            (Some(separator), Some(head)) => {
                let heads = self.earlier.iter().chain([head]);
                let values: Vec<_> = heads.flat_map(|head| head.all(name)).map(String::from_utf8_lossy).collect();
                values.join(separator)
            }
            _ => self.header(name).unwrap_or_default(),
        }
    }

    /// What is printed for a variable; `None` if there is none of that name.
    fn text(&self, name: &str) -> Option<String> {
        match name {
            "stdout" | "stderr" | "onerror" => Some(String::new()),
            "json" => Some(self.json()),
            "header_json" => Some(self.header_json()),
            name => self.value(name).map(|value| match value {
                Value::Text(text) => text.unwrap_or_default(),
                Value::Number(number) => number,
                Value::Status(status) => format!("{status:03}"),
            }),
        }
    }

    fn value(&self, name: &str) -> Option<Value> {
        let facts = &self.facts;
        let number = |number: u64| Value::Number(number.to_string());
        let time = |time: Option<Duration>| {
            Value::Number(seconds(time.map_or(Duration::ZERO, |time| self.redirect_time + time)))
        };
        let text = |text: &str| Value::Text(Some(text.to_owned()));
        let ip = |address: Option<SocketAddr>| text(&address.map_or(String::new(), |address| address.ip().to_string()));
        let port = |address: Option<SocketAddr>| number(address.map_or(0, |address| address.port()).into());
        Some(match name {
            "http_code" | "response_code" => Value::Status(self.status()),
            "http_connect" => Value::Status(facts.tunnel.last().map_or(0, |head| head.status)),
            "content_type" => Value::Text(self.header("content-type")),
            "size_download" => number(self.downloaded),
            "size_delivered" => number(self.delivered),
            "size_upload" => number(facts.upload_octets),
            "size_header" => number(self.head_octets),
            "size_request" => number(self.request_octets),
            "speed_download" => self.speed(self.downloaded),
            "speed_upload" => self.speed(facts.upload_octets),
            "time_namelookup" => time(facts.name_lookup),
            "time_connect" => time(facts.connect),
            "time_appconnect" => time(facts.tls),
            "time_pretransfer" => time(facts.pretransfer),
            "time_posttransfer" => time(facts.sent),
            "time_starttransfer" => time(facts.first_octet),
            "time_redirect" => Value::Number(seconds(self.redirect_time)),
            "time_total" => Value::Number(seconds(self.total_time)),
            "url" => text(&self.url),
            "url_effective" => text(&self.effective.as_ref().map_or_else(|| self.url.clone(), whole)),
            "redirect_url" => Value::Text(self.redirect.clone()),
            "referer" => Value::Text(self.referer.clone()),
            "num_redirects" => number(self.redirects.into()),
            "num_retries" => number(self.retries.into()),
            "num_connects" => number(self.connects.into()),
            "num_certs" => number(facts.certificates.len() as u64),
            "num_headers" => number(self.head.as_ref().map_or(0, |head| head.fields.len()) as u64),
            "method" => text(&self.method),
            "scheme" => {
                let of_file = self.local.then(|| "file".to_owned());
                let asked = self.effective.as_ref().filter(|_| self.connects > 0 || self.head.is_some());
                Value::Text(of_file.or_else(|| asked.map(scheme)))
            }
            "http_version" => text(self.version()),
            "exitcode" => number(self.exit.into()),
            "errormsg" => Value::Text(self.message.clone()),
            "remote_ip" => ip(facts.remote),
            "remote_port" => port(facts.remote),
            "local_ip" => ip(facts.local),
            "local_port" => port(facts.local),
            "ssl_verify_result" => number(facts.verify_result.into()),
            "proxy_used" => number(self.proxied.into()),
            "filename_effective" => Value::Text(self.file.clone()),
            "urlnum" => number(self.url_number as u64),
            "xfer_id" => number(self.number as u64),
            "conn_id" => Value::Number(facts.connection.map_or_else(|| "-1".to_owned(), |number| number.to_string())),
            // What other protocols have, and what is not kept.
            "ftp_entry_path" => Value::Text(None),
            "proxy_ssl_verify_result" => number(0),
            "certs" => text(&facts.certificates.iter().map(Certificate::describe).collect::<String>()),
            name => match name.split_once('.') {
                Some(("url", part)) => self.component(self.target.as_ref(), part)?,
                Some(("urle", part)) => self.component(self.effective.as_ref().or(self.target.as_ref()), part)?,
                _ => return None,
            },
        })
    }

    /// The part of a URL behind the point of `url.` and `urle.`; `None` if there is no part of that name. Name and password
    /// stand there as they were typed.
    fn component(&self, url: Option<&TargetUri>, part: &str) -> Option<Value> {
        let of_url = |text: &dyn Fn(&TargetUri) -> Option<String>| Some(Value::Text(url.and_then(text)));
        let typed = || url.filter(|url| url.userinfo.is_some()).and_then(|_| typed_userinfo(&self.url));
        match part {
            "scheme" => of_url(&|url| Some(url.scheme.name().to_owned())),
            "user" => Some(Value::Text(typed().map(|(user, _)| user.to_owned()))),
            "password" => Some(Value::Text(typed().and_then(|(_, password)| password).map(str::to_owned))),
            "host" => of_url(&|url| Some(url.host.clone())),
            "zoneid" => of_url(&|url| url.zone.clone()),
            "port" => of_url(&|url| Some(url.effective_port().to_string())),
            "path" => of_url(&|url| Some(url.path.clone())),
            "query" => of_url(&|url| url.query.clone()),
            "fragment" => of_url(&|url| url.fragment.clone()),
            // No scheme that is spoken here has any.
            "options" => Some(Value::Text(None)),
            _ => None,
        }
    }

    /// All variables as a JSON object.
    fn json(&self) -> String {
        let members = NAMES.iter().filter_map(|name| {
            let value = match self.value(name)? {
                Value::Text(None) => "null".to_owned(),
                Value::Text(Some(text)) => quoted(&text),
                Value::Number(number) => number,
                Value::Status(status) => status.to_string(),
            };
            Some(format!("\"{name}\":{value},"))
        });
        let members: String = members.collect();
        format!("{{{members}\"curl_version\":\"httpkit/{}\"}}", env!("CARGO_PKG_VERSION"))
    }

    /// The fields of the last response as a JSON object: names in lower case, each with its values in an array.
    fn header_json(&self) -> String {
        let mut members: Vec<(String, Vec<String>)> = Vec::new();
        for (name, value) in self.head.iter().flat_map(|head| &head.fields) {
            let (name, value) = (name.to_ascii_lowercase(), quoted(&String::from_utf8_lossy(value)));
            match members.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => values.push(value),
                None => members.push((name, vec![value])),
            }
        }
        let members: Vec<String> =
            members.iter().map(|(name, values)| format!("{}:[{}]", quoted(name), values.join(","))).collect();
        format!("{{{}\n}}", members.join(",\n"))
    }

    fn version(&self) -> &'static str {
        match self.head.as_ref().map(|head| head.version) {
            None | Some(ReplyVersion::Http09) => "0",
            Some(ReplyVersion::Http1(Version::Http10)) => "1",
            Some(ReplyVersion::Http1(Version::Http11)) => "1.1",
            Some(ReplyVersion::Http2) => "2",
        }
    }

    fn speed(&self, octets: u64) -> Value {
        let seconds = self.total_time.as_secs_f64();
        Value::Number(if seconds > 0.0 { format!("{:.0}", octets as f64 / seconds) } else { "0".to_owned() })
    }
}

/// A URL with its fragment; name and password are left out.
fn whole(url: &TargetUri) -> String {
    let fragment = url.fragment.as_ref().map(|fragment| format!("#{fragment}"));
    format!("{url}{}", fragment.unwrap_or_default())
}

fn scheme(url: &TargetUri) -> String {
    url.scheme.name().to_owned()
}

/// A text as a JSON string (RFC 8259 7).
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Seconds with six digits behind the point.
fn seconds(time: Duration) -> String {
    format!("{}.{:06}", time.as_secs(), time.subsec_micros())
}

/// The name behind such an opening and before the next brace, and the length of it all.
fn braced<'t>(text: &'t str, opening: &str) -> Option<(&'t str, usize)> {
    let inner = text.strip_prefix(opening)?;
    let end = inner.find('}')?;
    Some((&inner[..end], opening.len() + end + 1))
}

/// As [`braced`], where a backslash before a closing brace makes it part of the name.
fn escaped_braces(text: &str, opening: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix(opening)?;
    let end = inner.match_indices('}').map(|(at, _)| at).find(|at| !inner[..*at].ends_with('\\'))?;
    Some((inner[..end].replace("\\}", "}"), opening.len() + end + 1))
}

/// `\n`, `\r`, `\t` and `%%`, and their length.
fn escape(text: &str) -> Option<(String, usize)> {
    let meaning = match text.get(..2)? {
        "\\n" => "\n",
        "\\r" => "\r",
        "\\t" => "\t",
        "%%" => "%",
        _ => return None,
    };
    Some((meaning.to_owned(), 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::reply_head;

    #[test]
    fn a_format_is_filled_in() {
        let head = reply_head(b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nX-A: b\r\n\r\n").unwrap();
        let report = Report {
            url: "h/x".into(),
            head: Some(head),
            downloaded: 12,
            total_time: Duration::from_micros(1_250_000),
            ..Report::default()
        };
        for (format, expected) in [
            ("%{http_code} %{response_code}\\n", "404 404\n"),
            ("%{content_type}\\t%header{x-a}", "text/plain\tb"),
            ("%{size_download} %{time_total} %{speed_download}", "12 1.250000 10"),
            ("100%% %{num_redirects} %d \\q", "100% 0 %d \\q"),
            ("%{onerror}never", ""),
            ("%{http_version} %{url_effective}", "1.1 h/x"),
            ("\u{e9}%{", "\u{e9}%{"),
        ] {
            let said: String = report.write(format, Looks::default()).parts.into_iter().map(|(_, text)| text).collect();
            assert_eq!(said, expected, "{format}");
        }
        let written = report.write("a%{stderr}b%{stdout}c%output{x}%{nothing}%output{>>y}d", Looks::default());
        let file = |name: &str, appends| Place::File { name: name.to_owned(), appends };
        let expected = [
            (Place::Output, "a"),
            (Place::Error, "b"),
            (Place::Output, "c"),
            (file("x", false), ""),
            (file("y", true), "d"),
        ];
        assert_eq!(written.parts, expected.map(|(place, text)| (place, text.to_owned())));
        assert_eq!(written.unknown, ["nothing"]);
        assert_eq!(
            Report::default().write("%{http_code}", Looks::default()).parts,
            [(Place::Output, "000".to_owned())]
        );
    }

    #[test]
    fn what_a_server_said_does_not_steer_a_terminal() {
        let head = reply_head(b"HTTP/1.1 200 OK\r\nX: \x1b[1m\xc2\x9b\r\n\r\n").unwrap();
        let report = Report { head: Some(head), ..Report::default() };
        let looks = Looks { output: true, error: false };
        let parts = report.write("\x1b%header{x}%{stderr}%header{x}", looks).parts;
        let plain = "\u{1b}[1m\u{9b}".to_owned();
        assert_eq!(parts, [(Place::Output, "\x1b\\x1b[1m\\x9b".to_owned()), (Place::Error, plain)]);
    }

    #[test]
    fn json_holds_every_variable_that_there_is() {
        let json = Report::default().json();
        let serde_json::Value::Object(members) = serde_json::from_str(&json).unwrap() else { panic!("{json}") };
        assert!(NAMES.is_sorted() && members.len() == NAMES.len() + 1, "{json}");
        assert_eq!(members["http_code"], 0);
        assert!(members["errormsg"].is_null() && members["scheme"].is_null());
    }

    #[test]
    fn fields_are_gathered_by_name() {
        let head = reply_head(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX: \"q\"\r\nset-cookie: b\r\n\r\n").unwrap();
        let report = Report { head: Some(head), ..Report::default() };
        assert_eq!(report.header_json(), "{\"set-cookie\":[\"a=1\",\"b\"],\n\"x\":[\"\\\"q\\\"\"]\n}");
        assert_eq!(Report::default().header_json(), "{\n}");
    }
}
