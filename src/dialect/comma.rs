//! `comma`: `METHOD,URL` in, one status text out. No HTTP at all, and no data.

use super::exchange::{Answer, Dialect, Plan, Scene};
use super::head::Framing;
use super::manner::Manner;

const OK: &str = "HTTP/200 OK";
const CREATED: &str = "HTTP/201 CREATED";
const BAD: &str = "HTTP/400 BAD REQUEST";

/// The method and URL checker.
#[derive(Debug, Clone)]
pub struct Comma {
    /// The site whose URLs are right.
    pub site: String,
}

impl Dialect for Comma {
    fn manner(&self) -> Manner {
        Manner::Comma
    }

    fn framing(&self) -> Framing {
        Framing::Line
    }

    fn respond(&self, message: &[u8], _scene: &Scene<'_>) -> Plan {
        Plan::Answer(answer(verdict(message, &self.site)))
    }

    fn malformed(&self, _scene: &Scene<'_>) -> Answer {
        answer(BAD)
    }
}

/// The verdict on `METHOD,URL`: each method has one URL that is right; any method besides the first three is taken for
/// PUT, as the original did.
fn verdict(message: &[u8], site: &str) -> &'static str {
    let Some((method, url)) =
        str::from_utf8(message).ok().and_then(|text| text.trim_end_matches(['\r', '\n']).split_once(','))
    else {
        return BAD;
    };
    let Some(path) = url.strip_prefix(site) else { return BAD };
    match (method, path) {
        ("GET", "") | ("HEAD", "/option") => OK,
        ("POST", "/create") => CREATED,
        ("GET" | "HEAD" | "POST" | "", _) => BAD,
        (_, "/update") => OK,
        _ => BAD,
    }
}

/// The text is all there is: it has no head, and it is no content.
fn answer(text: &'static str) -> Answer {
    let status = text["HTTP/".len()..].split(' ').next().and_then(|status| status.parse().ok());
    Answer { status: status.unwrap_or(400), bytes: text.into(), content: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_has_its_url() {
        for (message, expected) in [
            ("GET,test.com", OK),
            ("GET,test.com\r\n", OK),
            ("POST,test.com/create", CREATED),
            ("HEAD,test.com/option\n", OK),
            ("PUT,test.com/update", OK),
            ("DELETE,test.com/update", OK),
            ("GET,test.com/", BAD),
            ("GET,test.com/create", BAD),
            ("POST,test.com", BAD),
            ("HEAD,test.com", BAD),
            ("PUT,test.com", BAD),
            ("DELETE,test.com/create", BAD),
            ("GET,other.com", BAD),
            ("get,test.com", BAD),
            ("GET, test.com", BAD),
            ("GET,test.com,", BAD),
            (",test.com/update", BAD),
            ("GET", BAD),
            ("", BAD),
            (",", BAD),
        ] {
            assert_eq!(verdict(message.as_bytes(), "test.com"), expected, "{message:?}");
        }
        assert_eq!(verdict(b"GET,\xff", "test.com"), BAD);
        assert_eq!(verdict("GET,한국.kr".as_bytes(), "한국.kr"), OK);
    }

    #[test]
    fn the_status_is_that_of_the_text() {
        assert_eq!([OK, CREATED, BAD].map(|text| answer(text).status), [200, 201, 400]);
    }
}
