//! `dialog`: a head with LF lines; a 300 asks for one line more on the same connection.

use super::reply::Reply;
use super::{Call, Message};
use crate::client::error::{Error, Kind};

/// The target has no slash before it: the original server opened the file of that very name.
pub(super) fn message(call: &Call<'_>) -> Result<Message, Error> {
    let target = call.url.path().unwrap_or_default();
    if target.is_empty() {
        let what = "the URL names no file, expected one as in 127.0.0.1/students.json";
        return Err(Error::new(Kind::Url, what));
    }
    let (method, host, version) = (call.method, &call.url.host, env!("CARGO_PKG_VERSION"));
    let head =
        format!("{method} {target} HTTP/1.1\nHost: {host}\nUser-Agent: httpkit/{version}\nConnection: Keep-Alive\n\n");
    Ok(Message { head: head.into_bytes(), content: Vec::new(), is_last: false })
}

/// After a question the server waits, and nothing marks its end; every other answer ends with the connection.
pub(super) fn is_settled(bytes: &[u8]) -> bool {
    bytes.split(|byte| *byte == b' ').nth(1) == Some(b"300") && bytes.split(|byte| *byte == b'\n').count() > 3
}

/// The words that a 300 asks for.
pub(super) fn question<'r>(reply: &'r Reply<'_>) -> Option<&'r str> {
    let text = str::from_utf8(reply.content).ok()?.trim();
    let words = text.strip_prefix("Enter follow data :").unwrap_or(text).trim();
    reply.head.as_ref().filter(|head| head.status == 300).map(|_| words)
}

#[cfg(test)]
mod tests {
    use super::super::{Dialect, Progress, Url, read_reply};
    use super::*;

    #[test]
    fn the_target_is_the_file_name() {
        let url = Url::parse("127.0.0.1:9/students.json").unwrap();
        let message = message(&Call { method: "POST", url: &url, data: b"" }).unwrap();
        let head = String::from_utf8(message.head).unwrap();
        assert!(head.starts_with("POST students.json HTTP/1.1\nHost: 127.0.0.1\n"), "{head}");
        assert!(head.ends_with("\nConnection: Keep-Alive\n\n"), "{head}");
        for url in ["127.0.0.1", "127.0.0.1/"].map(|typed| Url::parse(typed).unwrap()) {
            let error = super::message(&Call { method: "GET", url: &url, data: b"" }).unwrap_err();
            assert_eq!(error.kind, Kind::Url);
        }
    }

    #[test]
    fn only_a_question_ends_with_a_silence() {
        let head = "HTTP/1.1 300 Multiple Choices\nDate: x\nHost: localhost\n";
        for (bytes, expected) in [
            ("", Progress::Partial),
            ("HTTP/1.1 300 Mult", Progress::Partial),
            (&format!("{head}key"), Progress::Settled),
            ("HTTP/1.1 200 OK\nDate: x\nHost: localhost\n", Progress::Partial),
        ] {
            assert_eq!(Dialect::Dialog.progress(bytes.as_bytes()), expected, "{bytes}");
        }
        for (content, expected) in [
            ("key", "key"),
            ("key wantToUpdate value", "key wantToUpdate value"),
            ("\nEnter follow data : key student_number grade ", "key student_number grade"),
        ] {
            let bytes = format!("{head}{content}");
            let reply = read_reply(Dialect::Dialog, "PUT", bytes.as_bytes()).unwrap();
            assert_eq!(question(&reply), Some(expected));
        }
        let done = read_reply(Dialect::Dialog, "PUT", b"HTTP/1.1 200 OK\nkey").unwrap();
        assert_eq!(question(&done), None);
    }
}
