//! Names for what programs make of the description: letters and digits of ASCII, each once.

use std::collections::HashSet;

/// A name in the data as one word with a capital letter, `BlogPosts`; empty if nothing of it can stand in one.
pub(super) fn word(name: &str) -> String {
    let parts = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let word: String = parts
        .map(|part| {
            let (first, rest) = part.split_at(1);
            first.to_ascii_uppercase() + rest
        })
        .collect();
    if word.starts_with(|first: char| first.is_ascii_digit()) { format!("N{word}") } else { word }
}

/// Names given so far.
#[derive(Default)]
pub(super) struct Taken(HashSet<String>);

impl Taken {
    /// The name, with a number if it was given before.
    pub(super) fn give(&mut self, name: String) -> String {
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| self.0.insert(name.clone()));
        free.unwrap_or(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for (name, expected) in [
            ("posts", "Posts"),
            ("blogPosts", "BlogPosts"),
            ("line_items", "LineItems"),
            ("a b-c/d", "ABCD"),
            ("2024", "N2024"),
            ("한국", ""),
            ("", ""),
        ] {
            assert_eq!(word(name), expected, "{name}");
        }
        let mut taken = Taken::default();
        assert_eq!(["A", "A", "B", "A"].map(|name| taken.give(name.to_owned())), ["A", "A2", "B", "A3"]);
    }
}
