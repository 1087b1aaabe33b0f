//! `comma`: the method, a comma, the URL, and no line end; the end of what is sent is the end of the message.

use super::{Call, Message};
use crate::client::error::{Error, Kind};

pub(super) fn message(call: &Call<'_>) -> Result<Message, Error> {
    if !call.data.is_empty() {
        return Err(Error::new(Kind::Usage, "the dialect 'comma' has no place for data"));
    }
    let head = format!("{},{}{}", call.method, call.url.host, call.url.rest);
    Ok(Message { head: head.into_bytes(), content: Vec::new(), is_last: true })
}

#[cfg(test)]
mod tests {
    use super::super::{Dialect, Url};
    use super::*;

    #[test]
    fn method_and_url_are_all_there_is() {
        for (method, typed, expected) in [
            ("GET", "test.com", "GET,test.com"),
            ("POST", "http://test.com:10000/create", "POST,test.com/create"),
            ("HEAD", "test.com/option?a,b", "HEAD,test.com/option?a,b"),
        ] {
            let url = Url::parse(typed).unwrap();
            let message = Dialect::Comma.message(&Call { method, url: &url, data: b"" }).unwrap();
            assert_eq!(String::from_utf8(message.head).unwrap(), expected);
            assert!(message.is_last);
        }
        let url = Url::parse("test.com").unwrap();
        for (method, data) in [("GET", &b"x"[..]), ("G,T", b""), ("", b""), ("G T", b"")] {
            let error = Dialect::Comma.message(&Call { method, url: &url, data }).unwrap_err();
            assert_eq!(error.kind, Kind::Usage, "{method}");
        }
    }
}
