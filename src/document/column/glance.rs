//! A member of a record found without reading what stands before it.

use memchr::memmem::Finder;

use crate::text::json::walk;

/// Looks for a member by its name as it stands between quotes.
pub(crate) struct Glance {
    finder: Finder<'static>,
    length: usize,
}

/// What a glance at a record tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen<'t> {
    /// The text of the first member of that name, a scalar.
    Value(&'t [u8]),
    /// There is no such member.
    Nothing,
    /// It has to be read: something is escaped, or nested.
    Unclear,
}

impl Glance {
    /// `None` for a name that could stand between two strings, from quote to quote: a comma or colon always does.
    pub(crate) fn of(name: &str) -> Option<Glance> {
        if name.contains([',', ':']) {
            return None;
        }
        let token = walk::quoted(name);
        Some(Glance { length: token.len(), finder: Finder::new(&token).into_owned() })
    }

    /// Looks at the text of a JSON object. Where nothing is escaped, every quote opens or closes a string, so a quoted
    /// name before a colon is a member name; where nothing is nested, it is one of this object.
    pub(crate) fn at<'t>(&self, object: &'t [u8]) -> Seen<'t> {
        let Some((b'{', inner)) = object.split_first() else { return Seen::Unclear };
        if memchr::memchr3(b'\\', b'{', b'[', inner).is_some() {
            return Seen::Unclear;
        }
        self.in_flat(object)
    }

    /// The same where it is known that nothing is escaped or nested.
    #[inline]
    pub(crate) fn in_flat<'t>(&self, object: &'t [u8]) -> Seen<'t> {
        for start in self.finder.find_iter(object) {
            let colon = walk::skip_white(object, start + self.length);
            if object.get(colon) == Some(&b':') {
                let value = walk::skip_white(object, colon + 1);
                return Seen::Value(&object[value..walk::skip_value(object, value)]);
            }
        }
        Seen::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_glance_tells() {
        let cases: &[(&str, Seen<'_>)] = &[
            (r#"{"x": 1, "a" : 2.0}"#, Seen::Value(b"2.0")),
            (r#"{"a":"x","a":"y"}"#, Seen::Value(b"\"x\"")),
            (r#"{"x": "a", "y": ":", "b": "a"}"#, Seen::Nothing),
            (r#"{"x": "a\":1"}"#, Seen::Unclear),
            (r#"{"x": {"a": 1}, "a": 2}"#, Seen::Unclear),
            (r#"{"a": [1]}"#, Seen::Unclear),
            (r#"{"aa": 1, "ba": 2}"#, Seen::Nothing),
            ("{}", Seen::Nothing),
            ("7", Seen::Unclear),
        ];
        let glance = Glance::of("a").unwrap();
        for (object, expected) in cases {
            assert_eq!(glance.at(object.as_bytes()), *expected, "{object}");
        }
    }

    #[test]
    fn what_stands_between_strings_is_no_name() {
        for name in [",", ": ", ":1,"] {
            assert!(Glance::of(name).is_none(), "{name}");
        }
    }
}
