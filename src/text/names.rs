//! Names that must not be repeated: members of a form, columns of a header.

use std::collections::HashSet;

/// The first name that stands among those before it. One look at each name, however many there are.
pub fn first_repeated<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let mut seen = HashSet::new();
    names.into_iter().find(|name| !seen.insert(*name))
}

#[cfg(test)]
mod tests {
    use super::first_repeated;

    #[test]
    fn the_first_that_is_there_already() {
        for (names, expected) in
            [(&[][..], None), (&["a", "b"], None), (&["a", "b", "b", "a"], Some("b")), (&["", ""], Some(""))]
        {
            assert_eq!(first_repeated(names.iter().copied()), expected, "{names:?}");
        }
    }
}
