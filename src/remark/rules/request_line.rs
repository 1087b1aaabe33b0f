//! The request target and its form, the version, and the line ends.

use crate::remark::line::Part;
use crate::remark::message::Start;
use crate::remark::rule::At::Each;
use crate::remark::rule::{Here, Rule, info, note, when, wrong};
use crate::remark::value::{brief, bytes, grouped};

const LINE: crate::remark::rule::At = Each(Part::Start);

pub(super) const RULES: &[Rule] = &[
    info("target-origin-form", "RFC 9112 3.2.1", LINE, |h| {
        let target = h.message.target().strip_prefix('/').map(|_| h.message.target())?;
        Some(match target.split_once('?') {
            Some((path, query)) => {
                format!("target in origin-form: path '{}', query '{}'", brief(path), brief(query))
            }
            None => format!("target in origin-form: path '{}'; the host is in Host", brief(target)),
        })
    }),
    info("target-absolute-form", "RFC 9112 3.2.2", LINE, |h| {
        let (scheme, _) = h.message.target().split_once("://").filter(|(scheme, _)| is_scheme(scheme))?;
        Some(format!("target in absolute-form, a whole {scheme} URI, as it is sent to a proxy"))
    }),
    info("target-authority-form", "RFC 9112 3.2.3", LINE, |h| {
        let target = authority_form(h)?;
        Some(format!("target in authority-form: the tunnel is to end at {}", brief(target)))
    }),
    info("target-asterisk-form", "RFC 9112 3.2.4", LINE, |h| {
        when(
            h.message.target() == "*" && h.message.method() == "OPTIONS",
            "target in asterisk-form: the question is about the server, not about one resource",
        )
    }),
    wrong("target-asterisk-misused", "RFC 9112 3.2.4", LINE, |h| {
        when(
            h.message.target() == "*" && h.message.method() != "OPTIONS",
            "'*' is a target for OPTIONS only: a server answers 400",
        )
    }),
    wrong("target-connect", "RFC 9112 3.2.3", LINE, |h| {
        when(
            h.message.method() == "CONNECT" && authority_form(h).is_none(),
            "the target of CONNECT is host:port and nothing else: a server answers 400",
        )
    }),
    wrong("target-form", "RFC 9112 3.2", LINE, |h| {
        let target = h.message.target();
        let is_form = target.starts_with('/') || target == "*" || h.message.method() == "CONNECT";
        let is_form = is_form || target.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme));
        (h.is_request() && !is_form && !target.is_empty()).then(|| {
            format!(
                "'{}' is no target: it begins neither with '/' nor with a scheme; a server answers 400",
                brief(target)
            )
        })
    }),
    wrong("target-missing", "RFC 9112 3", LINE, |h| {
        when(
            h.is_request() && h.message.target().is_empty(),
            "there is no target between method and version: a server answers 400",
        )
    }),
    wrong("target-fragment", "RFC 9112 3.2.1", LINE, |h| {
        let (_, fragment) = h.message.target().split_once('#')?;
        Some(format!("a fragment ('#{}') is never sent: it is for the user agent alone", brief(fragment)))
    }),
    wrong("target-blank", "RFC 9112 3.2", LINE, |h| {
        when(
            h.message.target().contains([' ', '\t']),
            "white space within the target, which must be written %20: a server answers 400",
        )
    }),
    wrong("target-characters", "RFC 9112 3.2", LINE, |h| {
        let odd = h.message.target().chars().find(|at| !matches!(at, ' '..='~' | '\t'))?;
        Some(match odd {
            '\u{fffd}' => "the target has bytes that are not even UTF-8: they must be percent-encoded".to_owned(),
            odd => {
                format!("the target has a character (U+{:04X}) that must be percent-encoded as UTF-8", u32::from(odd))
            }
        })
    }),
    wrong("target-userinfo", "RFC 9110 4.2.4", LINE, |h| {
        when(
            authority(h.message.target()).is_some_and(|authority| authority.contains('@')),
            "user name and password must not stand in a URI that is sent",
        )
    }),
    wrong("target-host", "RFC 9110 4.2.1", LINE, |h| {
        when(
            authority(h.message.target()).is_some_and(|authority| authority.is_empty() || authority.starts_with(':')),
            "an http URI with an empty host is invalid: a recipient must refuse it",
        )
    }),
    note("target-long", "RFC 9112 3", LINE, |h| {
        let length = h.message.target().len();
        (length > 8_000).then(|| {
            format!("the target has {}; more than 8,000 may be too long for a server (414)", bytes(length as u64))
        })
    }),
    info("version-1.1", "RFC 9112 2.3", LINE, |h| {
        when(
            h.is_request() && h.message.version() == "HTTP/1.1",
            "HTTP/1.1: the client understands chunks and interim responses, and the connection stays open unless said",
        )
    }),
    info("version-1.0", "RFC 9112 C.2", LINE, |h| {
        when(
            h.message.version() == "HTTP/1.0",
            "HTTP/1.0: no chunks, no interim responses, and the connection closes unless both sides say keep-alive",
        )
    }),
    note("version-minor", "RFC 9110 6.2", LINE, |h| {
        let minor = h.message.version().strip_prefix("HTTP/1.").filter(|minor| !matches!(*minor, "0" | "1"))?;
        let is_digit = minor.len() == 1 && minor.as_bytes()[0].is_ascii_digit();
        is_digit.then(|| format!("HTTP/1.{minor} is read as HTTP/1.1, the highest minor version that is known"))
    }),
    wrong("version-major", "RFC 9110 15.6.6", LINE, |h| {
        let version = h.message.version();
        let is_other = is_version(version) && !version.starts_with("HTTP/1.");
        is_other.then(|| match h.is_request() {
            true => format!("{version} is not spoken in this form: a server answers 505"),
            false => format!("{version} is not spoken in this form: a client stops here"),
        })
    }),
    wrong("version-grammar", "RFC 9112 2.3", LINE, |h| {
        let version = h.message.version();
        (!version.is_empty() && !is_version(version)).then(|| {
            format!(
                "'{}' is no version: it is HTTP/, a digit, a dot and a digit, in capitals; {}",
                brief(version),
                h.refusal()
            )
        })
    }),
    wrong("version-missing", "RFC 9112 3", LINE, |h| {
        when(
            h.is_request() && h.message.version().is_empty(),
            "a request line without a version is HTTP/0.9, which is not spoken any more: a server answers 400 and closes the connection",
        )
    }),
    wrong("request-line-blanks", "RFC 9112 3", LINE, |h| {
        let Start::Request(line) = &h.message.start else { return None };
        let written = [&*line.method, &*line.target, &*line.version].into_iter().filter(|part| !part.is_empty());
        let expected = written.collect::<Vec<_>>().join(" ");
        when(
            h.value != expected,
            "exactly one space stands between method, target and version: a server may answer 400",
        )
    }),
    wrong("start-line", "RFC 9112 2.1", LINE, |h| {
        let is_neither = matches!(h.message.start, Start::Neither);
        (is_neither && !h.line.bytes.is_empty()).then(|| {
            "this is neither a request line nor a status line, so it is not HTTP/1.1: a server answers 400 and closes the connection, a client closes it and reports an error".to_owned()
        })
    }),
    wrong("nothing", "RFC 9112 2.1", LINE, |h| when(h.line.bytes.is_empty(), "there is no message: not one byte")),
    wrong("carriage-return-alone", "RFC 9112 2.2", LINE, |h| {
        let is_http = !matches!(h.message.start, Start::Neither);
        (is_http && h.value.contains('\r'))
            .then(|| format!("a CR without LF is never a line end, since others may take it for one: {}", h.refusal()))
    }),
    wrong("target-https-in-the-clear", "RFC 9110 7.4", LINE, |h| {
        let is_https = h.message.target().get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
        when(
            is_https && h.around.is_tls == Some(false),
            "an https target on a connection without TLS: a server must not serve it",
        )
    }),
    note("empty-line-before", "RFC 9112 2.2", Each(Part::Before), |_| {
        Some("an empty line before the start line: a server skips it, a client does not expect it".to_owned())
    }),
    note("line-feeds-alone", "RFC 9112 2.2", LINE, |h| {
        let lines = h.message.lines.iter().filter(|line| is_of_head(line.part) && line.bytes.ends_with(b"\n"));
        let (mut all, mut alone) = (0_u64, 0_u64);
        for line in lines {
            all += 1;
            alone += u64::from(!line.bytes.ends_with(b"\r\n"));
        }
        (alone > 0).then(|| {
            format!(
                "{} of {} lines of the head end with LF alone: a line ends with CRLF, and a recipient may, but need not, forgive that",
                grouped(alone),
                grouped(all)
            )
        })
    }),
];

fn is_of_head(part: Part) -> bool {
    matches!(part, Part::Start | Part::Field | Part::Folded | Part::NoField | Part::Blank)
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

fn is_version(text: &str) -> bool {
    matches!(text.strip_prefix("HTTP/").map(str::as_bytes),
        Some([major, b'.', minor]) if major.is_ascii_digit() && minor.is_ascii_digit())
}

/// The authority of an http or https URI.
fn authority(target: &str) -> Option<&str> {
    let (scheme, rest) = target.split_once("://")?;
    let is_http = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    is_http.then(|| &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())])
}

fn authority_form<'h>(h: &Here<'h>) -> Option<&'h str> {
    let target = h.message.target();
    let (_, port) = target.rsplit_once(':').filter(|_| h.message.method() == "CONNECT")?;
    let is_form = port.parse::<u16>().is_ok() && crate::message::is_authority(target.as_bytes());
    is_form.then_some(target)
}
