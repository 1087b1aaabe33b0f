//! What the first lines of a CSV text say about how it is written: its delimiter, and the names of its columns.

use std::collections::HashSet;

/// The delimiters that a text may have without saying so; of equals the first is taken.
pub(super) const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The first line of a spreadsheet's export that names the delimiter, `sep=;`: which it is, and where the next starts.
pub(in crate::text) fn named_delimiter(text: &[u8], start: usize) -> Option<(u8, usize)> {
    let rest = text.get(start..)?;
    let (prefix, rest) = rest.split_at_checked(4)?;
    let (&delimiter, end) = rest.split_first()?;
    let is_it = prefix.eq_ignore_ascii_case(b"sep=") && matches!(end.first(), None | Some(b'\r' | b'\n'));
    let may_be = delimiter.is_ascii() && !matches!(delimiter, b'"' | b'\r' | b'\n');
    (is_it && may_be).then_some((delimiter, start + 5))
}

/// Of the candidates the one by which the header and the rows behind it have the same number of cells, and many.
/// `widths`: how many cells the header and each of those rows have by a candidate; `None` where it cannot be read.
pub(super) fn delimiter(mut widths: impl FnMut(u8) -> Vec<Option<usize>>) -> u8 {
    let mut best = ((0, 0), b',');
    for candidate in CANDIDATES {
        let widths = widths(candidate);
        let Some((Some(header), rows)) = widths.split_first() else { continue };
        let agreeing = rows.iter().filter(|width| **width == Some(*header)).count();
        let score = if *header > 1 { (agreeing + 1, *header) } else { (0, 0) };
        if score > best.0 {
            best = (score, candidate);
        }
    }
    best.1
}

/// The names by which columns are shown, and which of them stand in the header more than once.
#[derive(Debug)]
pub(in crate::text) struct Names {
    pub(in crate::text) shown: Vec<String>,
    pub(super) doubtful: HashSet<usize>,
    /// What the owner of the file should know.
    pub(super) warning: Option<String>,
}

/// Gives each column a name of its own: `name_2` for the second `name`, `column_3` for a third one without a name.
pub(in crate::text) fn names(header: Vec<String>) -> Names {
    let mut taken: HashSet<String> = HashSet::new();
    let mut seen: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    let all: HashSet<&str> = header.iter().map(String::as_str).collect();
    let (mut shown, mut doubtful) = (Vec::with_capacity(header.len()), HashSet::new());
    let (mut unnamed, mut equal): (usize, Option<&str>) = (0, None);
    for (at, name) in header.iter().enumerate() {
        if name.is_empty() {
            unnamed += 1;
            shown.push(free(format!("column_{}", at + 1), &all, &mut taken));
            continue;
        }
        match seen.insert(name, at) {
            None => {
                taken.insert(name.clone());
                shown.push(name.clone());
            }
            Some(first) => {
                equal = equal.or(Some(name));
                doubtful.extend([first, at]);
                let number = 1 + header[..at].iter().filter(|other| *other == name).count().min(MANY);
                shown.push(free(format!("{name}_{number}"), &all, &mut taken));
            }
        }
    }
    let warning = match (unnamed, equal) {
        (0, None) => None,
        (1, None) => Some("a column has no name and is shown as 'column_' and its number".to_owned()),
        (_, None) => Some(format!("{unnamed} columns have no name and are shown as 'column_' and their number")),
        (_, Some(name)) => Some(format!(
            "the column '{name}' stands in the header more than once; the others are shown as '{name}_2' and so on, and \
             writes to all of them are refused"
        )),
    };
    Names { shown, doubtful, warning }
}

/// How far equal columns are counted.
const MANY: usize = 1000;

/// `name`, or the first like it that no column has.
fn free(name: String, all: &HashSet<&str>, taken: &mut HashSet<String>) -> String {
    let mut found = name.clone();
    let mut number = 2;
    while all.contains(found.as_str()) || taken.contains(&found) {
        found = format!("{name}_{number}");
        number += 1;
    }
    taken.insert(found.clone());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_has_a_name_of_its_own() {
        for (header, shown, doubtful) in [
            (&["a", "b"][..], &["a", "b"][..], &[][..]),
            (&["", "b", ""], &["column_1", "b", "column_3"], &[]),
            (&["n", "n", "x", "n"], &["n", "n_2", "x", "n_3"], &[0, 1, 3]),
            (&["n", "n_2", "n"], &["n", "n_2", "n_2_2"], &[0, 2]),
        ] {
            let names = names(header.iter().map(|name| (*name).to_owned()).collect());
            let mut found: Vec<usize> = names.doubtful.into_iter().collect();
            found.sort_unstable();
            assert_eq!((names.shown, &found[..]), (shown.iter().map(|s| (*s).to_owned()).collect(), doubtful));
        }
    }

    #[test]
    fn a_line_may_name_the_delimiter() {
        for (text, found) in [
            ("sep=;\r\na;b", Some((b';', 5))),
            ("SEP=,\na", Some((b',', 5))),
            ("sep=;x\n", None),
            ("sep=\n", None),
            ("separator", None),
            ("se", None),
        ] {
            assert_eq!(named_delimiter(text.as_bytes(), 0), found, "{text}");
        }
    }
}
