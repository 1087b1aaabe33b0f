//! What a status, a method or a field means, told of a line that has it: by the rules that explain an exchange.

use http::StatusCode;

use crate::cli::args::METHODS;
use crate::message::reason_phrase;
use crate::print::{Page, explained};
use crate::remark::{Around, explain};

/// Fields with a value each, as requests and as responses have them.
const ASKED: &[(&str, &str)] = &[
    ("Accept", "application/json, text/*;q=0.5"),
    ("Accept-Encoding", "gzip, br"),
    ("Accept-Language", "de, en;q=0.5"),
    ("Authorization", "Bearer abc"),
    ("Cache-Control", "no-cache"),
    ("Connection", "close"),
    ("Content-Length", "12"),
    ("Content-Type", "application/json"),
    ("Cookie", "theme=dark"),
    ("Expect", "100-continue"),
    ("Forwarded", "for=192.0.2.1"),
    ("From", "me@example.com"),
    ("Host", "example.com"),
    ("Idempotency-Key", "\"8e03978e\""),
    ("If-Match", "\"5d8c\""),
    ("If-Modified-Since", "Wed, 25 Nov 2026 10:00:00 GMT"),
    ("If-None-Match", "\"5d8c\""),
    ("If-Range", "\"5d8c\""),
    ("If-Unmodified-Since", "Wed, 25 Nov 2026 10:00:00 GMT"),
    ("Last-Event-ID", "7"),
    ("Max-Forwards", "3"),
    ("Origin", "https://example.com"),
    ("Prefer", "return=minimal"),
    ("Priority", "u=1"),
    ("Proxy-Authorization", "Basic bWU6eA=="),
    ("Range", "bytes=0-499"),
    ("Referer", "https://example.com/page"),
    ("Sec-Fetch-Site", "same-origin"),
    ("TE", "trailers"),
    ("Trailer", "Content-Digest"),
    ("Transfer-Encoding", "chunked"),
    ("Upgrade", "websocket"),
    ("User-Agent", "httpkit"),
    ("Via", "1.1 proxy"),
    ("X-Forwarded-For", "192.0.2.1"),
    ("X-Requested-With", "XMLHttpRequest"),
];
const ANSWERED: &[(&str, &str)] = &[
    ("Accept-Patch", "application/merge-patch+json"),
    ("Accept-Ranges", "bytes"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Max-Age", "600"),
    ("Age", "30"),
    ("Allow", "GET, PUT"),
    ("Alt-Svc", "h3=\":443\""),
    ("Cache-Control", "max-age=600"),
    ("Connection", "close"),
    ("Content-Disposition", "attachment; filename=\"a.pdf\""),
    ("Content-Encoding", "gzip"),
    ("Content-Language", "de"),
    ("Content-Length", "12"),
    ("Content-Location", "/posts/7"),
    ("Content-Range", "bytes 0-499/1234"),
    ("Content-Security-Policy", "default-src 'self'"),
    ("Content-Type", "application/json"),
    ("Date", "Wed, 25 Nov 2026 10:00:00 GMT"),
    ("ETag", "\"5d8c\""),
    ("Expires", "Wed, 25 Nov 2026 10:00:00 GMT"),
    ("Keep-Alive", "timeout=5"),
    ("Last-Modified", "Wed, 25 Nov 2026 10:00:00 GMT"),
    ("Link", "</posts?_page=2>; rel=\"next\""),
    ("Location", "/posts/7"),
    ("Pragma", "no-cache"),
    ("Proxy-Authenticate", "Basic realm=\"proxy\""),
    ("Retry-After", "120"),
    ("Server", "httpkit"),
    ("Set-Cookie", "theme=dark; Path=/; Secure"),
    ("Strict-Transport-Security", "max-age=31536000"),
    ("Transfer-Encoding", "chunked"),
    ("Vary", "Accept"),
    ("WWW-Authenticate", "Basic realm=\"api\""),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
];

/// A status code, by the status line that has it.
pub(super) fn status(code: u16, page: Page) -> String {
    let phrase = StatusCode::from_u16(code).map(reason_phrase).unwrap_or_default();
    line(&format!("HTTP/1.1 {code} {phrase}"), "\r\n\r\n", 0, page)
}

/// A method in any case, by the request line that has it; nothing for another word.
pub(super) fn method(word: &str, page: Page) -> String {
    match METHODS.iter().find(|method| method.eq_ignore_ascii_case(word)) {
        Some(method) => line(&format!("{method} /posts/7 HTTP/1.1"), "\r\nHost: example.com\r\n\r\n", 0, page),
        None => String::new(),
    }
}

/// A field, by lines of a request and of a response that have it; nothing for another word.
pub(super) fn field(word: &str, page: Page) -> String {
    let of = |table: &[(&str, &str)], start: &str, end: &str| {
        let found = table.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        found.map_or(String::new(), |(name, value)| line(&format!("{start}\r\n{name}: {value}"), end, 1, page))
    };
    // Some mean nothing without another.
    let asked = match word.to_ascii_lowercase().as_str() {
        "expect" => of(ASKED, "PUT / HTTP/1.1", "\r\nContent-Length: 2\r\n\r\n{}"),
        "te" => of(ASKED, "GET / HTTP/1.1", "\r\nConnection: TE\r\n\r\n"),
        "upgrade" => of(ASKED, "GET / HTTP/1.1", "\r\nConnection: Upgrade\r\n\r\n"),
        "if-range" => of(ASKED, "GET / HTTP/1.1", "\r\nRange: bytes=0-499\r\n\r\n"),
        _ => of(ASKED, "GET / HTTP/1.1", "\r\n\r\n"),
    };
    asked + &of(ANSWERED, "HTTP/1.1 200 OK", "\r\n\r\n")
}

/// The names of the fields that there are samples of.
pub(super) fn fields() -> impl Iterator<Item = &'static str> {
    ASKED.iter().chain(ANSWERED).map(|(name, _)| *name)
}

/// One line of a message, and what is to be said of it.
fn line(start: &str, end: &str, number: usize, page: Page) -> String {
    let message = format!("{start}{end}");
    let lines = explain(message.as_bytes(), &Around::default());
    // No sample holds a secret of anybody.
    let page = Page { mask: false, ..page };
    let mut shown = Vec::new();
    // Writing to a `Vec` does not fail.
    let _ = explained(&mut shown, lines.get(number..=number).unwrap_or_default(), page);
    String::from_utf8_lossy(&shown).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::Palette;

    #[test]
    fn every_sample_is_explained() {
        let page = Page { palette: Palette::default(), columns: 80, mask: false };
        for (name, _) in ASKED.iter().chain(ANSWERED) {
            let text = field(name, page);
            assert!(text.contains("RFC") || text.contains("("), "{name}: {text}");
            assert!(!text.contains("wrong:") && !text.contains("unknown"), "{name}: {text}");
        }
        for method_name in METHODS {
            assert!(method(method_name, page).contains("RFC"), "{method_name}");
        }
        for code in [
            100, 101, 200, 201, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 409, 412, 415, 416,
            422, 429, 500, 501, 502, 503, 504,
        ] {
            assert!(status(code, page).contains("RFC"), "{code}: {}", status(code, page));
        }
    }
}
