//! Bodies that are lists of names and values: `key: value&key2: value2` as the original systems wrote them, and forms.

use super::target;
use crate::text::names::first_repeated;

/// Reads pairs or a form; which of the two is told by the first separator in the text. Names and values of pairs are
/// trimmed, and a value may hold further `:`. A form is percent-decoded.
///
/// # Errors
/// One sentence saying which part is not a pair, or that there is none.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("the body is empty, expected 'key: value', a form or a JSON object".to_string());
    }
    let pairs = match text.find([':', '=']) {
        Some(at) if text.as_bytes()[at] == b'=' => form(text)?,
        _ => text.split('&').map(pair).collect::<Result<Vec<_>, _>>()?,
    };
    match first_repeated(pairs.iter().map(|(name, _)| name.as_str())) {
        Some(name) => Err(format!("the name '{name}' stands there twice")),
        None => Ok(pairs),
    }
}

/// What stands in no name of a pair or form.
const NO_NAME: [char; 8] = ['{', '}', '<', '>', '"', '\n', '\r', '\t'];

fn form(text: &str) -> Result<Vec<(String, String)>, String> {
    if let Some(part) = text.split('&').find(|part| !part.contains('=') || part.starts_with('=')) {
        return Err(format!("'{part}' is not 'name=value'"));
    }
    // What is no form may hold a '=' as well: a form would have these in percent-encoding.
    let is_name = |part: &str| !part.split('=').next().unwrap_or_default().contains(NO_NAME);
    if let Some(part) = text.split('&').find(|part| !is_name(part)) {
        return Err(format!("'{}' is no field of a form", part.escape_default()));
    }
    target::parameters(text).map_err(|error| match error {
        target::TargetError::BadEscape => "a '%' without two hexadecimal digits".to_string(),
        target::TargetError::NotUtf8 => "the decoded form is not UTF-8".to_string(),
    })
}

fn pair(part: &str) -> Result<(String, String), String> {
    let (name, value) = part.split_once(':').ok_or_else(|| format!("'{}' is not 'key: value'", part.trim()))?;
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() {
        return Err(format!("'{}' has no key before its ':'", part.trim()));
    }
    if name.contains(NO_NAME) {
        return Err(format!("'{}' is no key of a pair", name.escape_default()));
    }
    Ok((name.to_string(), value.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[(&str, &str)], &str>) {
        let found = parse(text);
        match (&found, expected) {
            (Ok(pairs), Ok(expected)) => {
                let pairs: Vec<_> = pairs.iter().map(|(a, b)| (&**a, &**b)).collect();
                assert_eq!(pairs, expected, "{text}");
            }
            (Err(reason), Err(part)) => assert!(reason.contains(part), "{text}: {reason}"),
            _ => panic!("{text}: {found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn pairs_and_forms() {
        check("key:val", Ok(&[("key", "val")]));
        check("ID: 20182793&Subject: Computer_Network", Ok(&[("ID", "20182793"), ("Subject", "Computer_Network")]));
        check("time: 10:30&url: http://x/?a=b", Ok(&[("time", "10:30"), ("url", "http://x/?a=b")]));
        check("a=1&b=x%26y+z", Ok(&[("a", "1"), ("b", "x&y z")]));
        check("url=http://x:80/", Ok(&[("url", "http://x:80/")]));
        check("empty:", Ok(&[("empty", "")]));
        check("a=", Ok(&[("a", "")]));
    }

    #[test]
    fn what_is_no_pair_is_named() {
        check("", Err("empty"));
        check(" \n", Err("empty"));
        check("middle_exam70", Err("'middle_exam70' is not"));
        check("a: 1&b", Err("'b' is not"));
        check(": 95", Err("no key"));
        check("a=1&b", Err("'b' is not"));
        check("=1", Err("is not 'name=value'"));
        check("a=%z", Err("%"));
        check("a: 1&a: 2", Err("twice"));
    }
}
