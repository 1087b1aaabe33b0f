//! Exchanges line by line, each with what it means, for `/_/requests?_explain`.

use std::borrow::Cow;

use crate::message::json;
use crate::remark::{Around, Explained, Level, Part, explain_exchange};

/// Appends the lines of both messages as a JSON array. `mask` gives a line as it may be shown: nothing is said of one that
/// is a secret, since that could say what is in it.
pub(super) fn write<'m>(
    received: &'m [u8],
    sent: &'m [u8],
    around: &Around,
    mask: impl Fn(&'m [u8]) -> Cow<'m, [u8]>,
    out: &mut Vec<u8>,
) {
    out.push(b'[');
    let mut is_secret = false;
    for (at, line) in explain_exchange(received, sent, around).iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let mut shown = mask(line.line.bytes);
        // A folded line goes on with the one before it.
        is_secret = match line.line.part {
            Part::Folded if is_secret => {
                shown = Cow::Borrowed(b" ***\r\n");
                true
            }
            _ => matches!(shown, Cow::Owned(_)),
        };
        write_line(line, &shown, is_secret, out);
    }
    out.push(b']');
}

fn write_line(line: &Explained<'_>, shown: &[u8], is_secret: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"side\":");
    json::quote(if line.is_response { "response" } else { "request" }, out);
    out.extend_from_slice(b",\"line\":");
    json::bytes(shown, None, shown.len() as u64, out);
    out.extend_from_slice(b",\"remarks\":[");
    if is_secret {
        remark("info", "a secret, which is not shown; --show-secrets shows it", "", out);
    }
    for (at, said) in line.remarks.iter().filter(|_| !is_secret).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let level = match said.level {
            Level::Info => "info",
            Level::Note => "note",
            Level::Wrong => "wrong",
        };
        remark(level, &said.text, said.section, out);
    }
    out.extend_from_slice(b"]}");
}

fn remark(level: &str, text: &str, section: &str, out: &mut Vec<u8>) {
    for (start, value) in [("{\"level\":", level), (",\"text\":", text), (",\"section\":", section)] {
        out.extend_from_slice(start.as_bytes());
        json::quote(value, out);
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(received: &[u8], sent: &[u8]) -> serde_json::Value {
        let mut out = Vec::new();
        let mask = |line: &'static [u8]| match line.starts_with(b"Cookie") {
            true => Cow::Owned(b"Cookie: ***\r\n".to_vec()),
            false => Cow::Borrowed(line),
        };
        write(received.to_vec().leak(), sent.to_vec().leak(), &Around::default(), mask, &mut out);
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn each_line_stands_with_its_remarks_and_secrets_with_none() {
        let lines = explained(
            b"GET / HTTP/1.1\r\nHost: a\r\nCookie: secret=1\r\n more=2\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xff\n",
        );
        let lines = lines.as_array().unwrap();
        assert_eq!(lines[0]["line"]["text"], "GET / HTTP/1.1\r\n");
        assert!(
            lines[0]["remarks"]
                .as_array()
                .unwrap()
                .iter()
                .any(|remark| remark["section"].as_str().unwrap().starts_with("RFC 9110"))
        );
        assert_eq!(lines[2]["line"]["text"], "Cookie: ***\r\n");
        assert_eq!(lines[3]["line"]["text"], " ***\r\n");
        assert_eq!(lines[2]["remarks"].as_array().unwrap().len(), 1);
        let all = serde_json::to_string(lines).unwrap();
        assert!(!all.contains("secret=1") && !all.contains("more=2"), "{all}");
        let last = lines.last().unwrap();
        assert_eq!((&last["side"], &last["line"]["base64"]), (&"response".into(), &"/wo=".into()));
    }
}
