//! What is said of ordinary messages, and what is not: the rule, a part of its text, and bytes in which it appears
//! (`SAID`) or does not (`NOT_SAID`). `|` is CRLF, `[clear]` before them is a connection without TLS, and there may be bytes that are
//! not UTF-8.

use httpkit::remark::{Around, explain};

const SAID: &[(&str, &str, &[u8])] = &[
    ("reason-phrase", "registered one is 'Not Found'", b"HTTP/1.1 404 Introuvable \xe9|Content-Length: 0||"),
    ("status-404", "404: ", b"HTTP/1.1 404 \xe9|Content-Length: 0||"),
    ("target-characters", "not even UTF-8", b"GET /caf\xe9 HTTP/1.1|Host: h||"),
    ("host", "is for h", b"GET /caf\xe9 HTTP/1.1|Host: h||"),
    (
        "multipart-form",
        "begins with --abc",
        b"POST / HTTP/1.1|Host: h|Content-Type: multipart/form-data;|  boundary=abc|Content-Length: 0||",
    ),
    (
        "set-cookie-life",
        "lives until Wed, 21-Oct-2026",
        b"HTTP/1.1 200 OK|Date: Wed, 01 Jan 2025 08:49:37 GMT|Set-Cookie: a=b; Expires=Wed, 21-Oct-2026 07:28:00 GMT||",
    ),
    (
        "set-cookie-delete",
        "deleted",
        b"HTTP/1.1 200 OK|Date: Wed, 01 Jan 2025 08:49:37 GMT|Set-Cookie: a=; expires=Mon, 11-Oct-1999 22:00:00 GMT||",
    ),
    ("set-cookie-delete", "deleted", b"HTTP/1.1 200 OK|Set-Cookie: a=; expires=Thu, 01-Jan-1970 00:00:01 GMT||"),
    ("set-cookie-delete", "deleted", b"HTTP/1.1 200 OK|Set-Cookie: a=; Max-Age=-1||"),
    ("set-cookie-life", "session ends", b"HTTP/1.1 200 OK|Set-Cookie: a=b; Max-Age=x||"),
    ("set-cookie", "to this host only", b"HTTP/1.1 200 OK|Set-Cookie: domain=evil||"),
    ("set-cookie", "to b.example and all", b"HTTP/1.1 200 OK|Set-Cookie: a=1; Domain=c.example; Domain=b.example||"),
    ("set-cookie-clear", "over http too", b"HTTP/1.1 200 OK|Set-Cookie: secure=1||"),
    ("set-cookie-unsafe", "__Secure- needs", b"HTTP/1.1 200 OK|Set-Cookie: __secure-a=1||"),
    ("set-cookie-unsafe", "over http", b"[clear]GET / HTTP/1.1|Host: h||HTTP/1.1 200 OK|Set-Cookie: a=1; Secure||"),
    ("empty-line-after", "a server skips it", b"POST / HTTP/1.1|Host: h|Content-Length: 2||{}\n"),
];

const NOT_SAID: &[(&str, &[u8])] = &[
    ("start-line", b"HTTP/1.1 404 Introuvable \xe9|Content-Length: 0||"),
    ("start-line", b"GET /caf\xe9 HTTP/1.1|Host: h||"),
    ("multipart-boundary", b"POST / HTTP/1.1|Host: h|Content-Type: multipart/form-data;|\tboundary=abc||"),
    ("set-cookie-scripts", b"HTTP/1.1 200 OK|Set-Cookie: a=\"; Secure; HttpOnly||"),
    ("set-cookie-clear", b"HTTP/1.1 200 OK|Set-Cookie: a=\"; Secure; HttpOnly||"),
    ("set-cookie-unsafe", b"[clear]GET / HTTP/1.1|Host: localhost:81||HTTP/1.1 200 OK|Set-Cookie: a=1; Secure||"),
    ("surplus-at-request", b"POST / HTTP/1.1|Host: h|Content-Length: 2||{}\n"),
];

/// What stands before a letter, the letter, how often it stands there, what stands behind it, and the rules that speak of
/// such a message and those that must not.
type Long = (&'static str, &'static str, usize, &'static str, &'static [&'static str], &'static [&'static str]);

/// A target of 70,000 bytes, and values of 9,000.
const LONG: &[Long] = &[
    ("GET /", "a", 70_000, " HTTP/1.1|Host: h||", &["target-long", "host"], &["start-line"]),
    (
        "HTTP/1.1 302 Found|Location: /",
        "a",
        9_000,
        "||",
        &["field-long"],
        &["field-repeated", "redirect-without-location"],
    ),
    ("GET / HTTP/1.1|Host: h|Referer: http://h/", "a", 9_000, "||", &["kept"], &["field-repeated"]),
];

fn rules(bytes: &[u8]) -> Vec<(&'static str, String)> {
    let is_tls = bytes.starts_with(b"[clear]").then_some(false);
    let bytes = bytes.strip_prefix(b"[clear]").unwrap_or(bytes);
    let bytes = bytes.split(|byte| *byte == b'|').collect::<Vec<_>>().join(&b"\r\n"[..]);
    let remarks = explain(&bytes, &Around { is_tls, ..Around::default() }).into_iter().flat_map(|line| line.remarks);
    remarks.map(|remark| (remark.rule, remark.text)).collect()
}

#[test]
fn what_is_so_is_said_of_ordinary_messages_and_nothing_else() {
    for (rule, text, bytes) in SAID {
        let said = rules(bytes);
        let is_said = said.iter().any(|(name, said)| name == rule && said.contains(text));
        assert!(is_said, "{rule}: no '{text}' in {}: {said:?}", bytes.escape_ascii());
    }
    for (rule, bytes) in NOT_SAID {
        let said = rules(bytes).into_iter().find(|(name, _)| name == rule);
        assert_eq!(said, None, "{}", bytes.escape_ascii());
    }
}

#[test]
fn what_is_long_is_not_taken_for_what_is_missing_or_repeated() {
    for (before, letter, count, after, said, not_said) in LONG {
        let rules = rules(format!("{before}{}{after}", letter.repeat(*count)).as_bytes());
        let has = |rule: &&&str| rules.iter().any(|(name, _)| *name == **rule);
        assert_eq!(said.iter().find(|rule| !has(rule)), None, "{before}: {rules:?}");
        assert_eq!(not_said.iter().find(has), None, "{before}");
    }
}
