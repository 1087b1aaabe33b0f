//! `pairs`, and `banner`, which frames alike: the URL in `Host`, the target always `/`.

use super::reply::{declared, head_end};
use super::{Call, Message};
use crate::message::reply_head;

/// The head and the data. A URL without a slash is written `?/?`, as the original client did.
pub(super) fn message(call: &Call<'_>) -> Message {
    let host = match call.url.path() {
        Some(path) => format!("{}/{path}", call.url.host),
        None => "?/?".to_owned(),
    };
    let (method, length) = (call.method, call.data.len());
    let head = format!(
        "{method} / HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/html\r\nConnection: keep-alive\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    Message { head: head.into_bytes(), content: call.data.to_vec(), is_last: false }
}

/// With a blank line and the declared content an answer may be whole; the originals may send more than they declare.
pub(super) fn is_settled(bytes: &[u8]) -> bool {
    let end = head_end(bytes);
    let is_closed = bytes[..end].ends_with(b"\n\n") || bytes[..end].ends_with(b"\n\r\n");
    let head = reply_head(&bytes[..end]).ok().filter(|_| is_closed);
    head.is_some_and(|head| bytes.len() - end >= declared(&head).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::super::{Dialect, Progress, Url};
    use super::*;

    #[test]
    fn the_url_travels_in_host() {
        for (method, url, data, expected_host) in [
            ("HEAD", "127.0.0.1/", "", "127.0.0.1/"),
            ("POST", "127.0.0.1:8081/create", "ID: 1", "127.0.0.1/create"),
            ("GET", "127.0.0.1??", "", "?/?"),
            ("GET", "127.0.0.1", "", "?/?"),
            ("PRRT", "http://127.0.5.1/", "", "127.0.5.1/"),
            ("POST", "127.0.0.1/create", "이름: 김", "127.0.0.1/create"),
        ] {
            let url = Url::parse(url).unwrap();
            let message = message(&Call { method, url: &url, data: data.as_bytes() });
            let expected = format!(
                "{method} / HTTP/1.1\r\nHost: {expected_host}\r\nContent-Type: text/html\r\n\
                 Connection: keep-alive\r\nContent-Length: {}\r\n\r\n",
                data.len()
            );
            assert_eq!(String::from_utf8(message.head).unwrap(), expected);
            assert_eq!(message.content, data.as_bytes());
        }
    }

    #[test]
    fn an_answer_may_be_whole_with_its_declared_content() {
        for (bytes, expected) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", Progress::Partial),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na", Progress::Partial),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", Progress::Settled),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\nabc", Progress::Settled),
            ("HTTP/1.1 100 CONTINUE\r\n\r\n", Progress::Settled),
        ] {
            assert_eq!(Dialect::Pairs.progress(bytes.as_bytes()), expected, "{bytes}");
        }
    }
}
