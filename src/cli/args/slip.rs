//! Slips of the finger.

/// The name that a word was meant to be, if one letter is missing, wrong, too much, or has changed places with the next.
pub(in crate::cli) fn meant<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    names.into_iter().find(|name| is_slip(word.to_ascii_lowercase().as_bytes(), name.to_ascii_lowercase().as_bytes()))
}

fn is_slip(word: &[u8], name: &[u8]) -> bool {
    if word.len().min(name.len()) < 3 || word.len().abs_diff(name.len()) > 1 {
        return false;
    }
    let same = word.iter().zip(name).take_while(|(one, other)| one == other).count();
    match (&word[same..], &name[same..]) {
        ([], []) => false,
        ([first, second, rest @ ..], [one, two, end @ ..]) if (first, second) == (two, one) && rest == end => true,
        ([_, rest @ ..], [_, end @ ..]) if rest == end => true,
        (word, name) => word.get(1..) == Some(name) || name.get(1..) == Some(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_one_letter() {
        for (word, expected) in [
            ("psot", Some("POST")),
            ("GTE", Some("GET")),
            ("DELTE", Some("DELETE")),
            ("postt", Some("POST")),
            ("pxst", Some("POST")),
            ("post", None),
            ("pot", Some("POST")),
            ("host", Some("POST")),
            ("example", None),
            ("ge", None),
        ] {
            assert_eq!(meant(word, ["GET", "POST", "DELETE"]), expected, "{word}");
        }
    }
}
