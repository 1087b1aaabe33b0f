//! `-w`: what is known about a transfer, in a form of one's own.

mod variables;

use std::time::{Duration, SystemTime};

use crate::client::transport::Facts;
use crate::client::{TargetUri, dated};
use crate::message::ReplyHead;
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
    /// The status that an answer without a head told.
    pub(crate) told: Option<u16>,
    /// Whether it read a file of this machine.
    pub(crate) local: bool,
    /// How many fields were made for that file.
    pub(crate) made_fields: usize,
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
    pub(crate) head_bytes: u64,
    pub(crate) request_bytes: u64,
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
            } else if let Some((format, used)) = braced(rest, "%time{") {
                (dated(SystemTime::now(), format), used)
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
        let (up, down) = (self.facts.upload_bytes, self.downloaded);
        format!("status {:03}, {milliseconds:.1} ms, {up} bytes up, {down} bytes down\n", self.status())
    }

    fn status(&self) -> u16 {
        self.head.as_ref().map(|head| head.status).or(self.told).unwrap_or(0)
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

/// `\n`, `\r`, `\t` and `%%`, and their length. A backslash before anything else stands for itself together with that.
fn escape(text: &str) -> Option<(String, usize)> {
    let meaning = match text.get(..2)? {
        "\\n" => "\n",
        "\\r" => "\r",
        "\\t" => "\t",
        "%%" => "%",
        other if other.starts_with('\\') => other,
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
            ("a\\\\n\\x\\", "a\\\\n\\x\\"),
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
}
