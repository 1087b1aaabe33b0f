//! What a client would like (RFC 7240).

use super::{Fields, quoted_string};

/// The preferences in the `Prefer` fields, in order, as lower-case names and values without their quotes; empty where there is no
/// value, which is the same (RFC 7240 2). Of several of one name, only the first counts. What stands behind a semicolon belongs
/// to the preference before it and is left out, as is a line that is not UTF-8.
///
/// ```
/// use httpkit::message::{Field, Fields, preferences};
///
/// let lines = [Field { name: "Prefer", value: b"return=minimal, wait=\"10\"" }];
/// let wishes: Vec<(String, String)> = preferences(&Fields(&lines)).collect();
/// assert_eq!(wishes, [("return".into(), "minimal".into()), ("wait".into(), "10".into())]);
/// ```
pub fn preferences<'a>(fields: &Fields<'a>) -> impl Iterator<Item = (String, String)> + use<'a> {
    fields.all("prefer").filter_map(|value| str::from_utf8(value).ok()).flat_map(of_value)
}

fn of_value(value: &str) -> impl Iterator<Item = (String, String)> {
    let mut rest = value;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find([',', ';', '=']).unwrap_or(rest.len());
        let (name, behind) = (rest[..end].trim().to_ascii_lowercase(), &rest[end..]);
        let (value, behind) = match behind.strip_prefix('=').map(str::trim_start) {
            None => (String::new(), behind),
            Some(text) => match text.strip_prefix('"') {
                Some(quoted) => {
                    let (value, behind) = quoted_string(quoted);
                    (value, behind.unwrap_or_default())
                }
                None => {
                    let end = text.find([',', ';']).unwrap_or(text.len());
                    (text[..end].trim().to_owned(), &text[end..])
                }
            },
        };
        rest = next_preference(behind);
        Some((name, value))
    })
}

/// What stands behind the next comma that is not within quotes.
fn next_preference(text: &str) -> &str {
    let mut rest = text;
    while let Some(at) = rest.find([',', '"']) {
        let behind = &rest[at + 1..];
        if rest.as_bytes()[at] == b',' {
            return behind;
        }
        rest = quoted_string(behind).1.unwrap_or_default();
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Field;

    #[test]
    fn names_and_values() {
        for (lines, expected) in [
            (&[][..], &[][..]),
            (&[""], &[]),
            (&["respond-async, Wait=10"], &[("respond-async", ""), ("wait", "10")]),
            (&["wait=1", "wait=2"], &[("wait", "1"), ("wait", "2")]),
            (&["a = \"b, c=d; \\\"e\" , f"], &[("a", "b, c=d; \"e"), ("f", "")]),
            (&["a; wait=3; x=\"y, z\", b"], &[("a", ""), ("b", "")]),
            (&["a=b c;d"], &[("a", "b c")]),
            (&["a=\"b"], &[("a", "b")]),
            (&["=;,=\","], &[("", ""), ("", ",")]),
            (&[" , a"], &[("", ""), ("a", "")]),
        ] {
            let lines: Vec<_> = lines.iter().map(|line| Field { name: "PREFER", value: str::as_bytes(line) }).collect();
            let found: Vec<_> = preferences(&Fields(&lines)).collect();
            let found: Vec<_> = found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(found, expected, "{lines:?}");
        }
        let lines = [b"wait=\xff".as_slice(), b"wait=1"].map(|value| Field { name: "Prefer", value });
        assert_eq!(preferences(&Fields(&lines)).collect::<Vec<_>>(), [("wait".to_owned(), "1".to_owned())]);
    }
}
