//! Keys: which member holds the key of an element, what a key's text is, and keys for new elements.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};

use super::json::walk::{self, Sort};
use super::singular::singular;

/// Which member (or column) holds the key of the elements of an array (or the rows of a table): `--key`.
///
/// ```
/// use httpkit::store::{Options, Source, Store};
/// use httpkit::text::KeyRule;
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("users.json");
/// # std::fs::write(&file, r#"[{"name": "kim", "age": 30}]"#)?;
///
/// // users.json: [{"name": "kim", "age": 30}]
/// let keys = KeyRule { default: Some("name".into()), ..KeyRule::default() };
/// let store = Store::open(Source::Files(vec![file]), Options { keys, ..Options::default() }, &mut |_| {}).unwrap();
/// assert!(store.view().find(&["kim", "age"]).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyRule {
    /// For every collection that is not named in `by_collection`; `None` is `id`, and in a table without a column
    /// `id` its first column.
    pub default: Option<String>,
    /// For one collection each: the member name under which it stands (or the file's stem), and the key's name.
    pub by_collection: Vec<(String, String)>,
    /// What stands behind the singular of a collection in the names of members that point at its elements:
    /// `--foreign-key-suffix`. `None` is `Id`, as in `postId`.
    pub foreign: Option<String>,
}

impl KeyRule {
    /// The name asked for, for the collection that stands under `collection`.
    #[inline]
    pub(crate) fn named(&self, collection: Option<&str>) -> Option<&str> {
        let own = self.by_collection.iter().find(|(name, _)| Some(name.as_str()) == collection);
        own.map(|(_, key)| key).or(self.default.as_ref()).map(String::as_str)
    }

    /// The member that holds the key in the array that stands under `collection`.
    #[inline]
    pub(crate) fn member(&self, collection: Option<&str>) -> &str {
        self.named(collection).unwrap_or("id")
    }
}

/// The text by which a value is a key: a string's text, a number's digits as they stand. Containers and null are none.
#[inline]
pub(crate) fn text_of(token: &[u8]) -> Option<Cow<'_, str>> {
    match walk::sort(token) {
        Sort::String => Some(walk::decode(token)),
        Sort::Number | Sort::Boolean => Some(String::from_utf8_lossy(token)),
        Sort::Object | Sort::Array | Sort::Null => None,
    }
}

/// The bytes of [`text_of`].
#[inline]
pub(crate) fn bytes_of(token: &[u8]) -> Option<Cow<'_, [u8]>> {
    match walk::sort(token) {
        Sort::String => Some(walk::decode_bytes(token)),
        Sort::Number | Sort::Boolean => Some(Cow::Borrowed(token)),
        Sort::Object | Sort::Array | Sort::Null => None,
    }
}

/// What is known of the keys of a collection, for making new ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct KeyStats {
    integers: u32,
    digits: u32,
    /// Other texts.
    others: u32,
    /// Other values: `1.5`, `true`.
    odd: u32,
    max_integer: Option<i128>,
    max_digits: Option<i128>,
    width: usize,
    padded: bool,
}

enum Form {
    Integer(i128),
    Digits(i128, usize, bool),
    Other,
    Odd,
}

#[inline]
fn form(token: &[u8]) -> Form {
    match token.first() {
        Some(b'"') => form_of_text(&walk::decode_bytes(token)),
        _ => integer(token).map_or(Form::Odd, Form::Integer),
    }
}

#[inline]
fn form_of_text(text: &[u8]) -> Form {
    match integer(text) {
        Some(value) if text.first().is_some_and(u8::is_ascii_digit) => {
            Form::Digits(value, text.len(), text.len() > 1 && text[0] == b'0')
        }
        _ => Form::Other,
    }
}

#[inline]
fn integer(text: &[u8]) -> Option<i128> {
    // Nearly all keys are short, and a million of them are looked at when a file is read.
    if (1..=18).contains(&text.len()) && text.iter().all(u8::is_ascii_digit) {
        return Some(text.iter().fold(0_i64, |value, digit| value * 10 + i64::from(digit - b'0')).into());
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

impl KeyStats {
    /// Counts the key that `token`, a JSON value, is.
    #[inline]
    pub(crate) fn add(&mut self, token: &[u8]) {
        self.enter(form(token));
    }

    /// Counts the key of a row.
    pub(crate) fn add_text(&mut self, text: &[u8]) {
        self.enter(form_of_text(text));
    }

    #[inline]
    fn enter(&mut self, form: Form) {
        match form {
            Form::Integer(value) => {
                self.integers += 1;
                self.max_integer = self.max_integer.max(Some(value));
            }
            Form::Digits(value, width, padded) => {
                self.digits += 1;
                self.max_digits = self.max_digits.max(Some(value));
                self.width = self.width.max(width);
                self.padded |= padded;
            }
            Form::Other => self.others += 1,
            Form::Odd => self.odd += 1,
        }
    }

    /// A key left; the greatest that ever was is remembered, so that it is not given again.
    pub(crate) fn remove(&mut self, token: &[u8]) {
        self.discount(&form(token));
    }

    /// The key of a row left.
    pub(crate) fn remove_text(&mut self, text: &str) {
        self.discount(&form_of_text(text.as_bytes()));
    }

    fn discount(&mut self, form: &Form) {
        let count = match form {
            Form::Integer(_) => &mut self.integers,
            Form::Digits(..) => &mut self.digits,
            Form::Other => &mut self.others,
            Form::Odd => &mut self.odd,
        };
        *count = count.saturating_sub(1);
    }

    /// Takes over what `earlier`, the state of the same collection before, knows of keys that were given.
    pub(crate) fn remember(&mut self, earlier: &KeyStats) {
        self.max_integer = self.max_integer.max(earlier.max_integer);
        self.max_digits = self.max_digits.max(earlier.max_digits);
        self.width = self.width.max(earlier.width);
        self.padded |= earlier.padded;
    }

    /// Adds up what is known of two parts of a collection.
    pub(crate) fn join(&mut self, other: &KeyStats) {
        self.integers += other.integers;
        self.digits += other.digits;
        self.others += other.others;
        self.odd += other.odd;
        self.remember(other);
    }

    /// All keys are integers, or there are none.
    pub(crate) fn are_integers(&self) -> bool {
        self.digits == 0 && self.others == 0 && self.odd == 0
    }

    /// All keys are texts, and there are some.
    pub(crate) fn are_texts(&self) -> bool {
        self.integers == 0 && self.odd == 0 && self.count() > 0
    }

    /// How many keys there are.
    pub(crate) fn count(&self) -> usize {
        (self.integers + self.digits + self.others + self.odd) as usize
    }

    /// A key for a new element, as a JSON value; `None` if only a random text will do. `table`: keys are texts.
    pub(crate) fn next(&self, table: bool) -> Option<String> {
        let none = self.count() == 0;
        if none && (table || (self.max_integer.is_none() && self.max_digits.is_some())) {
            let digits = self.max_digits.map_or_else(|| "1".to_owned(), |max| self.after(max));
            return Some(format!("\"{digits}\""));
        }
        if self.are_integers() {
            return Some(self.max_integer.unwrap_or(0).saturating_add(1).to_string());
        }
        let max = self.max_digits.filter(|_| self.digits as usize == self.count())?;
        Some(format!("\"{}\"", self.after(max)))
    }

    fn after(&self, max: i128) -> String {
        let width = if self.padded { self.width } else { 0 };
        format!("{:0width$}", max.saturating_add(1))
    }
}

/// A short random text, as a JSON string.
pub(crate) fn random() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    // Each `RandomState` has keys of its own.
    let mut bits = RandomState::new().hash_one(std::process::id());
    let mut text = String::from("\"");
    for _ in 0..8 {
        text.push(char::from(LETTERS[(bits % 32) as usize]));
        bits /= 32;
    }
    text.push('"');
    text
}

/// What stands behind the singular of a collection in the names of members that point at its elements.
const FOREIGN: &str = "Id";

impl KeyRule {
    /// What stands behind the singular of a collection in the name of a member that points at its elements.
    pub(crate) fn foreign_suffix(&self) -> &str {
        self.foreign.as_deref().unwrap_or(FOREIGN)
    }

    /// The member names by which elements of another collection may point at elements of `collection`: `postId` for
    /// `posts`. The first is the usual one; the others leave off an ending, or nothing.
    pub(crate) fn foreign_keys(&self, collection: &str) -> Vec<String> {
        let mut names = vec![singular(collection)];
        let others = [collection.strip_suffix("es"), collection.strip_suffix('s'), Some(collection)];
        for other in others.into_iter().flatten().filter(|other| !other.is_empty()) {
            if !names.iter().any(|name| name == other) {
                names.push(other.to_owned());
            }
        }
        names.into_iter().map(|name| name + self.foreign_suffix()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_follows_those_there_are() {
        for (keys, expected) in [
            (&[][..], Some("1")),
            (&["1", "7", "3"], Some("8")),
            (&["-3"], Some("-2")),
            (&["18446744073709551616"], Some("18446744073709551617")),
            (&["\"1\"", "\"9\""], Some("\"10\"")),
            (&["\"007\"", "\"012\""], Some("\"013\"")),
            (&["1", "\"2\""], None),
            (&["\"abc\""], None),
            (&["1.0"], None),
        ] {
            let mut stats = KeyStats::default();
            keys.iter().for_each(|key| stats.add(key.as_bytes()));
            assert_eq!(stats.next(false).as_deref(), expected, "{keys:?}");
        }
    }

    #[test]
    fn a_freed_key_is_not_given_again() {
        let mut stats = KeyStats::default();
        stats.add(b"1");
        stats.add(b"2");
        stats.remove(b"2");
        assert_eq!(stats.next(false).as_deref(), Some("3"));
        stats.remove(b"1");
        assert_eq!(stats.next(false).as_deref(), Some("3"));
    }

    #[test]
    fn members_that_point_elsewhere() {
        let rule = KeyRule::default();
        assert_eq!(rule.foreign_keys("posts"), ["postId", "postsId"]);
        assert_eq!(rule.foreign_keys("heroes"), ["heroId", "heroeId", "heroesId"]);
        assert_eq!(rule.foreign_keys("data"), ["datumId", "dataId"]);
        let rule = KeyRule { foreign: Some("_id".to_owned()), ..rule };
        assert_eq!(rule.foreign_keys("categories")[0], "category_id");
    }

    #[test]
    fn random_keys_differ() {
        let keys: std::collections::HashSet<_> = (0..100).map(|_| random()).collect();
        assert!(keys.len() > 98);
    }
}
