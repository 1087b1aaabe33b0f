//! `-w`: what is known about a transfer, in a form of one's own.

use std::time::Duration;

use crate::client::TargetUri;
use crate::client::transport::Facts;
use crate::message::{ReplyHead, ReplyVersion, Version};

/// What is known about a transfer when it is over.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) url: String,
    pub(super) effective: Option<TargetUri>,
    pub(super) redirect: Option<TargetUri>,
    pub(super) method: String,
    pub(super) head: Option<ReplyHead>,
    pub(super) redirects: u32,
    pub(super) connects: u32,
    pub(super) facts: Facts,
    pub(super) redirect_time: Duration,
    pub(super) total_time: Duration,
    pub(super) downloaded: u64,
    pub(super) head_octets: u64,
    pub(super) request_octets: u64,
    pub(super) retries: u32,
    /// Whether content has gone where it cannot be taken back from.
    pub(super) is_begun: bool,
    pub(super) exit: u8,
    pub(super) message: Option<String>,
    pub(super) file: Option<String>,
    pub(super) number: usize,
}

/// What `-w` asks for, and where.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// For standard output.
    pub(super) output: String,
    /// For standard error.
    pub(super) error: String,
    /// Variables that do not exist.
    pub(super) unknown: Vec<String>,
}

impl Report {
    /// Fills the variables of a format in.
    pub(super) fn write(&self, format: &str) -> Written {
        let mut written = Written::default();
        let mut to_error = false;
        let mut rest = format;
        while let Some(first) = rest.chars().next() {
            let (text, used) = if let Some((name, used)) = variable(rest) {
                match name {
                    "stdout" => to_error = false,
                    "stderr" => to_error = true,
                    // The rest is for failures only.
                    "onerror" if self.exit == 0 => break,
                    _ => {}
                }
                let value = self.value(name);
                if value.is_none() {
                    written.unknown.push(name.to_owned());
                }
                (value.unwrap_or_default(), used)
            } else if let Some((name, used)) = header(rest) {
                (self.header(name), used)
            } else {
                escape(rest).unwrap_or_else(|| (first.to_string(), first.len_utf8()))
            };
            rest = &rest[used..];
            if to_error { written.error.push_str(&text) } else { written.output.push_str(&text) }
        }
        written
    }

    /// Time and sizes in one line, for people.
    pub(super) fn meta(&self) -> String {
        let milliseconds = self.total_time.as_secs_f64() * 1e3;
        let (up, down) = (self.facts.upload_octets, self.downloaded);
        let status = self.head.as_ref().map_or(0, |head| head.status);
        format!("status {status:03}, {milliseconds:.1} ms, {up} octets up, {down} octets down\n")
    }

    fn header(&self, name: &str) -> String {
        self.head.as_ref().and_then(|head| head.text(name)).unwrap_or_default()
    }

    fn value(&self, name: &str) -> Option<String> {
        let facts = &self.facts;
        let time = |time: Option<Duration>| seconds(time.map_or(Duration::ZERO, |time| self.redirect_time + time));
        let address = |address: Option<std::net::SocketAddr>| address.map(|address| address.ip().to_string());
        let port = |address: Option<std::net::SocketAddr>| address.map_or(0, |address| address.port()).to_string();
        let status = self.head.as_ref().map_or(0, |head| head.status);
        Some(match name {
            "http_code" | "response_code" => format!("{status:03}"),
            "content_type" => self.header("content-type"),
            "size_download" => self.downloaded.to_string(),
            "size_upload" => facts.upload_octets.to_string(),
            "size_header" => self.head_octets.to_string(),
            "size_request" => self.request_octets.to_string(),
            "speed_download" => self.speed(self.downloaded),
            "speed_upload" => self.speed(facts.upload_octets),
            "time_namelookup" => time(facts.name_lookup),
            "time_connect" => time(facts.connect),
            "time_appconnect" => time(facts.tls),
            "time_pretransfer" => time(facts.pretransfer),
            "time_starttransfer" => time(facts.first_octet),
            "time_redirect" => seconds(self.redirect_time),
            "time_total" => seconds(self.total_time),
            "url" => self.url.clone(),
            "url_effective" => self.effective.as_ref().map_or_else(|| self.url.clone(), ToString::to_string),
            "redirect_url" => self.redirect.as_ref().map(ToString::to_string).unwrap_or_default(),
            "num_redirects" => self.redirects.to_string(),
            "num_retries" => self.retries.to_string(),
            "num_connects" => self.connects.to_string(),
            "num_headers" => self.head.as_ref().map_or(0, |head| head.fields.len()).to_string(),
            "method" => self.method.clone(),
            "scheme" => self.effective.as_ref().map(|url| url.scheme.name().to_ascii_uppercase()).unwrap_or_default(),
            "http_version" => self.version().to_owned(),
            "exitcode" => self.exit.to_string(),
            "errormsg" => self.message.clone().unwrap_or_default(),
            "remote_ip" => address(facts.remote).unwrap_or_default(),
            "remote_port" => port(facts.remote),
            "local_ip" => address(facts.local).unwrap_or_default(),
            "local_port" => port(facts.local),
            "ssl_verify_result" => "0".to_owned(),
            "filename_effective" => self.file.clone().unwrap_or_default(),
            "urlnum" => self.number.to_string(),
            "stdout" | "stderr" | "onerror" => String::new(),
            _ => return None,
        })
    }

    fn version(&self) -> &'static str {
        match self.head.as_ref().map(|head| head.version) {
            None | Some(ReplyVersion::Http09) => "0",
            Some(ReplyVersion::Http1(Version::Http10)) => "1.0",
            Some(ReplyVersion::Http1(Version::Http11)) => "1.1",
            Some(ReplyVersion::Http2) => "2",
        }
    }

    fn speed(&self, octets: u64) -> String {
        let seconds = self.total_time.as_secs_f64();
        if seconds > 0.0 { format!("{:.0}", octets as f64 / seconds) } else { "0".to_owned() }
    }
}

/// Seconds with six digits behind the point.
fn seconds(time: Duration) -> String {
    format!("{}.{:06}", time.as_secs(), time.subsec_micros())
}

/// The name in `%{name}`, and the length of it all.
fn variable(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix("%{")?;
    let end = inner.find('}')?;
    Some((&inner[..end], end + 3))
}

/// The name in `%header{name}`, and the length of it all.
fn header(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix("%header{")?;
    let end = inner.find('}')?;
    Some((&inner[..end], end + 9))
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
            assert_eq!(report.write(format).output, expected, "{format}");
        }
        let written = report.write("a%{stderr}b%{stdout}c%{nothing}");
        assert_eq!((written.output.as_str(), written.error.as_str()), ("ac", "b"));
        assert_eq!(written.unknown, ["nothing"]);
        assert_eq!(Report::default().write("%{http_code}").output, "000");
    }
}
