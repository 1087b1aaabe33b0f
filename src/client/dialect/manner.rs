//! Whose answer it is, told by how it begins: somebody may have asked a server in a way that is not its own.

use super::Dialect;
use super::banner::GREETING;
use crate::message::{ReplyHead, reply_head};

/// The fields that answers of the originals have.
const FIELDS: [&str; 5] = ["date", "host", "content-type", "content-length", "connection"];

/// What is said of an answer that is not written as this dialect's are, or, without one, as HTTP's; `None` if it may be.
pub fn remark(asked: Option<Dialect>, answer: &[u8]) -> Option<&'static str> {
    let (is_own, remark) = match spoken(answer)? {
        SpokenSystem::Http => (asked.is_none(), "this server speaks HTTP: leave --dialect out"),
        SpokenSystem::In(Dialect::Dialog) => {
            (asked == Some(Dialect::Dialog), "a server of the dialect 'dialog' answers so: try --dialect dialog")
        }
        SpokenSystem::In(Dialect::Pairs) => {
            (asked == Some(Dialect::Pairs), "a server of the dialect 'pairs' answers so: try --dialect pairs")
        }
        SpokenSystem::In(Dialect::Comma) => {
            (asked == Some(Dialect::Comma), "a server of the dialect 'comma' answers so: try --dialect comma")
        }
        SpokenSystem::In(Dialect::Banner) => {
            (asked == Some(Dialect::Banner), "a server of the dialect 'banner' greets so: try --dialect banner")
        }
    };
    (!is_own).then_some(remark)
}

enum SpokenSystem {
    Http,
    In(Dialect),
}

fn spoken(answer: &[u8]) -> Option<SpokenSystem> {
    if answer.starts_with(GREETING) {
        return Some(SpokenSystem::In(Dialect::Banner));
    }
    if let [digits @ .., b' '] = answer.strip_prefix(b"HTTP/")?.get(..4)?
        && digits.iter().all(u8::is_ascii_digit)
    {
        return Some(SpokenSystem::In(Dialect::Comma));
    }
    let head = reply_head(&answer[..super::reply::head_end(answer)]).ok()?;
    of_head(&head)
}

fn of_head(head: &ReplyHead) -> Option<SpokenSystem> {
    if !head.fields.iter().all(|(name, _)| FIELDS.contains(&name.to_ascii_lowercase().as_str())) {
        return Some(SpokenSystem::Http);
    }
    let host = head.text("host")?;
    if host.contains('/') {
        return Some(SpokenSystem::In(Dialect::Pairs));
    }
    let is_bare = head.bytes.contains(&b'\n') && !head.bytes.contains(&b'\r');
    (is_bare && head.first("date").is_some()).then_some(SpokenSystem::In(Dialect::Dialog))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_another_kind_is_named() {
        let http = "HTTP/1.1 404 Not Found\r\nDate: x\r\nVary: Origin\r\nContent-Length: 0\r\n\r\n";
        let dialog = "HTTP/1.1 404 Not Found\nDate: 2026-11-26 17:29:54.7\nHost: localhost\n";
        let pairs = "HTTP/1.1 404 NOT_FOUND\r\nHost: ?/?\r\nContent-Type: text/html\r\n\r\nInvalid Address(url)";
        let banner = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n";
        for (asked, answer, expected) in [
            (None, http, None),
            (None, dialog, Some("--dialect dialog")),
            (None, pairs, Some("--dialect pairs")),
            (None, "HTTP/400 BAD REQUEST", Some("--dialect comma")),
            (None, "Welcome to the server!!HTTP/1.1 200 OK\r\n\r\n", Some("--dialect banner")),
            (None, banner, None),
            (None, "SSH-2.0-x\r\n", None),
            (None, "", None),
            (Some(Dialect::Dialog), http, Some("leave --dialect out")),
            (Some(Dialect::Dialog), dialog, None),
            (Some(Dialect::Dialog), pairs, Some("--dialect pairs")),
            (Some(Dialect::Pairs), pairs, None),
            (Some(Dialect::Pairs), banner, None),
            (Some(Dialect::Pairs), "HTTP/400 BAD REQUEST", Some("--dialect comma")),
            (Some(Dialect::Comma), "HTTP/400 BAD REQUEST", None),
            (Some(Dialect::Comma), http, Some("leave --dialect out")),
            (Some(Dialect::Banner), banner, None),
            (Some(Dialect::Banner), "Welcome to the server!!", None),
        ] {
            let remark = remark(asked, answer.as_bytes());
            assert_eq!(remark.is_some(), expected.is_some(), "{asked:?} {answer:?}: {remark:?}");
            assert!(remark.unwrap_or_default().ends_with(expected.unwrap_or_default()), "{remark:?}");
        }
    }
}
