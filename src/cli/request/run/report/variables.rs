//! The variables of `-w`: what each holds.

use std::net::SocketAddr;
use std::time::Duration;

use super::Report;
use crate::cli::write_out::VARIABLES;
use crate::client::transport::Certificate;
use crate::client::{Reading, TargetUri, has_scheme, typed_userinfo};
use crate::message::{ReplyVersion, Version};

/// What a variable holds.
enum Value {
    /// Text, if there is any.
    Text(Option<String>),
    /// A number, written as it is.
    Number(String),
    /// A status code, of three digits where it is printed.
    Status(u16),
}

impl Report {
    /// What is printed for a variable; `None` if there is none of that name.
    pub(super) fn text(&self, name: &str) -> Option<String> {
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
        let found = self.count(name).or_else(|| self.time(name)).or_else(|| self.place(name));
        found.or_else(|| self.word(name)).or_else(|| match name.split_once('.')? {
            ("url", part) => self.component(self.target.as_ref(), part),
            ("urle", part) => self.component(self.effective.as_ref().or(self.target.as_ref()), part),
            _ => None,
        })
    }

    /// How many, how much, how fast.
    fn count(&self, name: &str) -> Option<Value> {
        let facts = &self.facts;
        let number = match name {
            "size_download" => self.downloaded,
            "size_delivered" => self.delivered,
            "size_upload" => facts.upload_bytes,
            "size_header" => self.head_bytes,
            "size_request" => self.request_bytes,
            "speed_download" => self.speed(self.downloaded),
            "speed_upload" => self.speed(facts.upload_bytes),
            "num_redirects" => self.redirects.into(),
            "num_retries" => self.retries.into(),
            "num_connects" => self.connects.into(),
            "num_certs" => facts.certificates.len() as u64,
            "num_headers" => self.head.as_ref().map_or(self.made_fields, |head| head.fields.len()) as u64,
            "exitcode" => self.exit.into(),
            "proxy_used" => self.proxied.into(),
            "ssl_verify_result" => facts.verify_result.into(),
            // It is not kept.
            "proxy_ssl_verify_result" | "tls_earlydata" => 0,
            "urlnum" => self.url_number as u64,
            "xfer_id" => self.number as u64,
            _ => return None,
        };
        Some(Value::Number(number.to_string()))
    }

    /// When something had happened, since the first request began.
    fn time(&self, name: &str) -> Option<Value> {
        let facts = &self.facts;
        let since = |time: Option<Duration>| time.map_or(Duration::ZERO, |time| self.redirect_time + time);
        let time = match name {
            "time_namelookup" => since(facts.name_lookup),
            "time_connect" => since(facts.connect),
            "time_appconnect" => since(facts.tls),
            "time_pretransfer" => since(facts.pretransfer),
            "time_posttransfer" => since(facts.sent),
            "time_starttransfer" => since(facts.first_byte),
            // No transfer waits for the connection of another one.
            "time_queue" => Duration::ZERO,
            "time_redirect" => self.redirect_time,
            "time_total" => self.total_time,
            _ => return None,
        };
        Some(Value::Number(seconds(time)))
    }

    /// The two ends of the connection.
    fn place(&self, name: &str) -> Option<Value> {
        let facts = &self.facts;
        let ip = |address: Option<SocketAddr>| address.map_or(String::new(), |address| address.ip().to_string());
        let port = |address: Option<SocketAddr>| address.map_or(-1, |address| i32::from(address.port())).to_string();
        Some(match name {
            "remote_ip" => Value::Text(Some(ip(facts.remote))),
            "remote_port" => Value::Number(port(facts.remote)),
            "local_ip" => Value::Text(Some(ip(facts.local))),
            "local_port" => Value::Number(port(facts.local)),
            "conn_id" => Value::Number(facts.connection.map_or_else(|| "-1".to_owned(), |number| number.to_string())),
            _ => return None,
        })
    }

    /// What was asked, and what was said.
    fn word(&self, name: &str) -> Option<Value> {
        Some(match name {
            "http_code" | "response_code" => Value::Status(self.status()),
            "http_connect" => Value::Status(self.facts.tunnel.last().map_or(0, |head| head.status)),
            "content_type" => Value::Text(self.header("content-type")),
            "url" => Value::Text(Some(self.url.clone())),
            "url_effective" => Value::Text(Some(self.effective_url())),
            "redirect_url" => Value::Text(self.redirect.clone()),
            "referer" => Value::Text(self.referer.clone()),
            "method" => Value::Text(Some(self.method.clone())),
            "scheme" => {
                let of_file = self.local.then(|| "file".to_owned());
                Value::Text(of_file.or_else(|| self.effective.as_ref().map(scheme)))
            }
            "http_version" => Value::Text(Some(self.version().to_owned())),
            "errormsg" => Value::Text(self.message.clone()),
            "filename_effective" => Value::Text(self.file.clone()),
            "certs" => Value::Text(Some(self.facts.certificates.iter().map(Certificate::describe).collect())),
            // What other protocols have.
            "ftp_entry_path" => Value::Text(None),
            _ => return None,
        })
    }

    /// The URL that was asked for last, or that would have been.
    fn effective_url(&self) -> String {
        match (&self.effective, foreign(&self.url)) {
            (Some(url), _) => whole(url),
            (None, Some((scheme, url))) => whole(&url).replacen("http", &scheme, 1),
            (None, None) => self.url.clone(),
        }
    }

    /// The part of a URL behind the point of `url.` and `urle.`; `None` if there is no part of that name. Name and password
    /// stand there as they were typed.
    fn component(&self, url: Option<&TargetUri>, part: &str) -> Option<Value> {
        let foreign = url.is_none().then(|| foreign(&self.url)).flatten();
        let url = url.or(foreign.as_ref().map(|(_, url)| url));
        let of_url = |text: &dyn Fn(&TargetUri) -> Option<String>| Some(Value::Text(url.and_then(text)));
        let typed = || url.filter(|url| url.userinfo.is_some()).and_then(|_| typed_userinfo(&self.url));
        match part {
            "scheme" if foreign.is_some() => Some(Value::Text(foreign.map(|(scheme, _)| scheme))),
            "scheme" => of_url(&|url| Some(url.scheme.name().to_owned())),
            "user" => Some(Value::Text(typed().map(|(user, _)| user.to_owned()))),
            "password" => Some(Value::Text(typed().and_then(|(_, password)| password).map(str::to_owned))),
            "host" => of_url(&|url| Some(url.typed_host.as_ref().unwrap_or(&url.host).clone())),
            "zoneid" => of_url(&|url| url.zone.clone()),
            "port" if foreign.is_some() => of_url(&|url| url.port.map(|port| port.to_string())),
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
        let members = VARIABLES.iter().filter_map(|(name, _)| {
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

    /// Bytes per second.
    fn speed(&self, bytes: u64) -> u64 {
        let seconds = self.total_time.as_secs_f64();
        if seconds > 0.0 { (bytes as f64 / seconds).round() as u64 } else { 0 }
    }
}

/// The scheme of a URL that is not spoken here, and its other parts, which are read as those of `http`.
fn foreign(text: &str) -> Option<(String, TargetUri)> {
    let is_spoken = |scheme: &str| ["http", "https", "file"].iter().any(|spoken| scheme.eq_ignore_ascii_case(spoken));
    let (scheme, rest) = text.split_once("://").filter(|(scheme, _)| has_scheme(text) && !is_spoken(scheme))?;
    let read = |like: &str| TargetUri::parse(&format!("{like}://{rest}"), Reading::default()).ok();
    let (url, other) = (read("http")?, read("https")?);
    // A port that is left out as the usual one of the one is none of the other's.
    Some((scheme.to_ascii_lowercase(), TargetUri { port: url.port.or(other.port), ..url }))
}

/// A URL with its fragment and its host as they were written; name and password are left out.
fn whole(url: &TargetUri) -> String {
    let fragment = url.fragment.as_ref().map(|fragment| format!("#{fragment}"));
    let url = match &url.typed_host {
        Some(typed) => TargetUri { host: typed.clone(), ..url.clone() }.to_string(),
        None => url.to_string(),
    };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::write_out::SPECIAL;
    use crate::message::reply_head;

    #[test]
    fn what_is_told_of_a_variable_is_there() {
        let report = Report::default();
        for (name, _) in VARIABLES {
            assert!(report.value(name).is_some(), "{name}");
        }
        // Those in braces alone are variables; the others begin otherwise.
        let special = SPECIAL.iter().filter_map(|(form, _)| form.strip_prefix("%{")?.strip_suffix('}'));
        for name in special {
            assert!(report.text(name).is_some(), "{name}");
        }
    }

    #[test]
    fn json_holds_every_variable_that_there_is() {
        let json = Report::default().json();
        let serde_json::Value::Object(members) = serde_json::from_str(&json).unwrap() else { panic!("{json}") };
        assert!(VARIABLES.is_sorted() && members.len() == VARIABLES.len() + 1, "{json}");
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
