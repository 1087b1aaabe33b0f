//! The cookies of a message as an archive has them: those that were sent, and those that were set.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use super::text::{MASK, of_time};
use crate::message::cookie_date;

/// The cookies in a `Cookie` field (RFC 6265 4.2).
pub(super) fn sent(value: &str, masks: bool) -> Vec<Value> {
    let pairs = value.split(';').map(str::trim).filter(|pair| !pair.is_empty());
    pairs.map(|pair| Value::Object(named(pair, masks))).collect()
}

/// The cookie in a `Set-Cookie` field (RFC 6265 4.1).
pub(super) fn set(value: &str, masks: bool) -> Value {
    let mut parts = value.split(';').map(str::trim);
    let mut cookie = named(parts.next().unwrap_or_default(), masks);
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let (key, value) = match key.trim_end().to_ascii_lowercase().as_str() {
            "path" => ("path", json!(value)),
            "domain" => ("domain", json!(value)),
            "httponly" => ("httpOnly", json!(true)),
            "secure" => ("secure", json!(true)),
            "expires" => match cookie_date(value).and_then(moment) {
                Some(time) => ("expires", json!(time)),
                None => continue,
            },
            _ => continue,
        };
        cookie.insert(key.to_owned(), value);
    }
    Value::Object(cookie)
}

fn named(pair: &str, masks: bool) -> serde_json::Map<String, Value> {
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    let value = if masks { MASK } else { value.trim() };
    let members = [("name", name.trim()), ("value", value)];
    members.map(|(name, value)| (name.to_owned(), json!(value))).into_iter().collect()
}

fn moment(seconds: u64) -> Option<String> {
    of_time(UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_read_as_they_stand() {
        assert_eq!(
            json!(sent("a=1; b=x=y;; c", false)),
            json!([
                {"name": "a", "value": "1"}, {"name": "b", "value": "x=y"}, {"name": "", "value": "c"},
            ])
        );
        for (value, expected) in [
            ("a=1", json!({"name": "a", "value": "1"})),
            (
                "a=1; Path=/x; domain=h; HttpOnly; Secure; SameSite=Lax; Expires=Sun, 06 Nov 1994 08:49:37 GMT",
                json!({"name": "a", "value": "1", "path": "/x", "domain": "h", "httpOnly": true, "secure": true,
                    "expires": "1994-11-06T08:49:37.000Z"}),
            ),
            ("a=; expires=soon", json!({"name": "a", "value": ""})),
        ] {
            assert_eq!(set(value, false), expected);
        }
        assert_eq!(set("a=1; Path=/", true), json!({"name": "a", "value": "***", "path": "/"}));
    }
}
