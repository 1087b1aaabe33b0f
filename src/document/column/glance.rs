//! A member of a record found without reading what stands before it.

use memchr::memmem::Finder;

use crate::text::json::walk;

/// Looks for a member by its name as it stands between quotes.
pub(crate) struct Glance {
    finder: Finder<'static>,
    length: usize,
}

/// Where the name of a member stood in the object before, from its start and from its end: one of them is mostly where it
/// stands in the next one.
#[derive(Default)]
pub(super) struct Guess {
    from_start: usize,
    from_end: usize,
    /// The latter was right.
    is_by_end: bool,
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
        let found = self.finder.find_iter(object).find_map(|start| self.value(object, start));
        found.map_or(Seen::Nothing, Seen::Value)
    }

    /// The same where no name stands there twice either, so that the place does not matter where it is found.
    #[inline]
    pub(super) fn in_alike<'t>(&self, object: &'t [u8], guess: &mut Guess) -> Seen<'t> {
        let by_end = object.len().wrapping_sub(guess.from_end);
        let starts = if guess.is_by_end { [by_end, guess.from_start] } else { [guess.from_start, by_end] };
        for (at, start) in starts.into_iter().enumerate() {
            if self.is_at(object, start)
                && let Some(value) = self.value(object, start)
            {
                guess.is_by_end ^= at == 1;
                return Seen::Value(value);
            }
        }
        let found = self.finder.find_iter(object).find_map(|start| Some((start, self.value(object, start)?)));
        let Some((start, value)) = found else { return Seen::Nothing };
        *guess = Guess { from_start: start, from_end: object.len() - start, ..*guess };
        Seen::Value(value)
    }

    #[inline]
    fn is_at(&self, object: &[u8], start: usize) -> bool {
        object.get(start..start.saturating_add(self.length)) == Some(self.finder.needle())
    }

    /// The value of the member whose name stands at `start`, if it is one.
    #[inline]
    fn value<'t>(&self, object: &'t [u8], start: usize) -> Option<&'t [u8]> {
        let colon = walk::skip_white(object, start + self.length);
        if object.get(colon) != Some(&b':') {
            return None;
        }
        let value = walk::skip_white(object, colon + 1);
        Some(&object[value..walk::skip_value(object, value)])
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
    fn a_guess_changes_nothing_that_is_seen() {
        let glance = Glance::of("a").unwrap();
        let (mut random, mut guess) = (fastrand::Rng::with_seed(5), Guess::default());
        for _ in 0..3000 {
            let mut members: Vec<String> = ["b", "c", "a", "d"][..random.usize(..=4)]
                .iter()
                .map(|name| format!("\"{name}\" :\"{}\"", ["", "a", ":", " a ", "xyz"][random.usize(..5)]))
                .collect();
            if random.bool() {
                random.shuffle(&mut members);
            }
            let object = format!("{{{}}}{}", members.join(", "), ["", ",", ",\n  "][random.usize(..3)]);
            assert_eq!(glance.in_alike(object.as_bytes(), &mut guess), glance.in_flat(object.as_bytes()), "{object}");
        }
    }

    #[test]
    fn what_stands_between_strings_is_no_name() {
        for name in [",", ": ", ":1,"] {
            assert!(Glance::of(name).is_none(), "{name}");
        }
    }
}
