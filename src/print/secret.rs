//! What is not shown to somebody who did not ask for it: credentials in fields, and passwords in URLs.

use std::borrow::Cow;

/// What stands in the place of a secret.
pub const MASK: &str = "***";

/// Fields whose values are secrets (RFC 9110 11.6.2, RFC 6265).
const SECRET: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// Whether the values of fields of that name are secrets.
pub fn is_secret(name: &str) -> bool {
    SECRET.iter().any(|secret| name.trim().eq_ignore_ascii_case(secret))
}

/// A text with `***` for the passwords of the URLs in it: what stands between the name of a user and the `@` before a host
/// (RFC 3986 3.2.1).
pub fn without_passwords(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, authority) = rest.split_at(at + 3);
        let is_end = |character: char| character.is_whitespace() || "/?#\"'<>\\".contains(character);
        let length = authority.find(is_end).unwrap_or(authority.len());
        out.push_str(before);
        rest = authority;
        if let Some((userinfo, _)) = authority[..length].rsplit_once('@')
            && let Some((user, _)) = userinfo.split_once(':')
        {
            out.push_str(user);
            out.push(':');
            out.push_str(MASK);
            rest = &authority[userinfo.len()..];
        }
    }
    if out.is_empty() {
        return Cow::Borrowed(text);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Hides the secrets of a header section line by line; it remembers whether a line that goes on is of a secret.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hider {
    is_secret: bool,
}

impl Hider {
    /// The next line, without its end, as it is shown, and whether something is hidden in it. The start line has no field.
    pub(super) fn line<'t>(&mut self, text: &'t str, is_start: bool) -> (Cow<'t, str>, bool) {
        let is_folded = !is_start && (text.starts_with([' ', '\t']) || text.starts_with("\\x09"));
        if is_folded && self.is_secret {
            return (Cow::Owned(format!(" {MASK}")), true);
        }
        if !is_folded {
            let name = text.split_once(':').map(|(name, _)| name).filter(|_| !is_start);
            self.is_secret = name.is_some_and(is_secret);
            if let (Some(name), true) = (name, self.is_secret) {
                return (Cow::Owned(format!("{name}: {MASK}")), true);
            }
        }
        let shown = without_passwords(text);
        let is_hidden = matches!(shown, Cow::Owned(_)) && shown != text;
        (shown, is_hidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_urls_are_hidden_wherever_they_stand() {
        for (text, shown) in [
            ("http://h/a:b@c", "http://h/a:b@c"),
            ("Location: http://u:p@h/z", "Location: http://u:***@h/z"),
            ("<http://u:p:q@h>; rel=x, <https://v:w@i/>", "<http://u:***@h>; rel=x, <https://v:***@i/>"),
            ("http://u@h/", "http://u@h/"),
            ("http://u:@h/", "http://u:***@h/"),
            ("http://u:p@q@h/", "http://u:***@h/"),
            ("goes on to http://u:p@h", "goes on to http://u:***@h"),
            ("a:b@c", "a:b@c"),
            ("://", "://"),
            ("://:@://:@", "://:***@://:***@"),
        ] {
            assert_eq!(without_passwords(text), shown);
        }
    }

    #[test]
    fn a_secret_that_goes_on_is_one_to_its_end() {
        let mut hider = Hider::default();
        let lines = ["HTTP/1.1 200 OK", "Set-Cookie:", " a=b", "\tc", "X: y", " z", "Cookie:a", "X: http://u:p@h/"];
        let shown: Vec<_> =
            lines.iter().enumerate().map(|(at, line)| hider.line(line, at == 0).0.into_owned()).collect();
        let expected =
            ["HTTP/1.1 200 OK", "Set-Cookie: ***", " ***", " ***", "X: y", " z", "Cookie: ***", "X: http://u:***@h/"];
        assert_eq!(shown, expected);
    }
}
