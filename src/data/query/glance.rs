//! A member of a record found without reading what stands before it.

use memchr::memmem::Finder;

use crate::data::json::walk;

/// Looks for a member by its name as it stands between quotes.
pub(super) struct Glance {
    finder: Finder<'static>,
    length: usize,
}

/// What a glance at a record tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen<'t> {
    /// The text of the first member of that name, a scalar.
    Value(&'t [u8]),
    /// There is no such member.
    Nothing,
    /// It has to be read: something is escaped, or nested.
    Unclear,
}

impl Glance {
    pub(super) fn of(name: &str) -> Glance {
        let token = walk::quoted(name);
        Glance { length: token.len(), finder: Finder::new(&token).into_owned() }
    }

    /// Looks at the text of a JSON object. Where nothing is escaped, every quote opens or closes a string, so a quoted
    /// name before a colon is a member name; where nothing is nested, it is one of this object.
    pub(super) fn at<'t>(&self, object: &'t [u8]) -> Seen<'t> {
        let Some((b'{', inner)) = object.split_first() else { return Seen::Unclear };
        if memchr::memchr3(b'\\', b'{', b'[', inner).is_some() {
            return Seen::Unclear;
        }
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
        let glance = Glance::of("a");
        for (object, expected) in cases {
            assert_eq!(glance.at(object.as_bytes()), *expected, "{object}");
        }
    }
}
