//! Several URLs in one: `{a,b}`, `[1-9]`, `[001-100:5]`, `[a-z]` (curl(1), GLOBBING).

use crate::client::{Error, Kind};

/// More URLs than this are a slip of the hand.
const LIMIT: usize = 100_000;

/// One URL of a pattern, and what stands for `#1`, `#2` in the name of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Globbed {
    pub(crate) url: String,
    pub(crate) chosen: Vec<String>,
}

impl Globbed {
    /// A URL as it is.
    pub(crate) fn plain(url: &str) -> Globbed {
        Globbed { url: url.to_owned(), chosen: Vec::new() }
    }

    /// A file's name with `#1` and the like filled in.
    pub(crate) fn fill(&self, name: &str) -> String {
        let mut filled = String::new();
        let mut rest = name;
        while let Some(at) = rest.find('#') {
            let digits = rest[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
            let number: Option<usize> = rest[at + 1..at + 1 + digits].parse().ok();
            filled.push_str(&rest[..at]);
            match number.and_then(|number| self.chosen.get(number.checked_sub(1)?)) {
                Some(text) => filled.push_str(text),
                None => filled.push_str(&rest[at..at + 1 + digits]),
            }
            rest = &rest[at + 1 + digits..];
        }
        filled + rest
    }
}

/// All URLs that a pattern stands for, the last place changing fastest.
///
/// # Errors
/// `Kind::Url` for brackets that do not close, a range that is none, or too many URLs.
pub(crate) fn expand(pattern: &str) -> Result<Vec<Globbed>, Error> {
    let wrong = |what: &str| Error::new(Kind::Url, format!("URL pattern '{pattern}': {what}; -g takes it as it is"));
    let mut all = vec![Globbed { url: String::new(), chosen: Vec::new() }];
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let (choices, is_choice, length) = match first {
            '{' => {
                let end = rest.find('}').ok_or_else(|| wrong("expected '}'"))?;
                (rest[1..end].split(',').map(str::to_owned).collect::<Vec<_>>(), true, end + 1)
            }
            '[' if address_length(rest).is_none() => {
                let end = rest.find(']').ok_or_else(|| wrong("expected ']'"))?;
                (range(&rest[1..end]).map_err(|what| wrong(&what))?, true, end + 1)
            }
            '[' => {
                let length = address_length(rest).unwrap_or(1);
                (vec![rest[..length].to_owned()], false, length)
            }
            '\\' if rest[1..].starts_with(['{', '}', '[', ']']) => (vec![rest[1..2].to_owned()], false, 2),
            '}' | ']' => return Err(wrong("a bracket closes that was not opened")),
            other => (vec![other.to_string()], false, other.len_utf8()),
        };
        if all.len().saturating_mul(choices.len()) > LIMIT {
            return Err(wrong("more URLs than anyone needs"));
        }
        all = all.iter().flat_map(|before| choices.iter().map(move |choice| before.with(choice, is_choice))).collect();
        rest = &rest[length..];
    }
    Ok(all)
}

impl Globbed {
    fn with(&self, choice: &str, is_choice: bool) -> Globbed {
        let mut globbed = self.clone();
        globbed.url.push_str(choice);
        globbed.chosen.extend(is_choice.then(|| choice.to_owned()));
        globbed
    }
}

/// The length of an IPv6 address in brackets, which is no range.
fn address_length(text: &str) -> Option<usize> {
    let end = text.find(']')?;
    let inner = text[1..end].split('%').next()?;
    inner.parse::<std::net::Ipv6Addr>().is_ok().then_some(end + 1)
}

/// `1-9`, `001-100:5`, `a-z:2`.
fn range(text: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("range '[{text}]', expected one like [1-9], [01-10:2] or [a-z]");
    let (bounds, step) = text.split_once(':').unwrap_or((text, "1"));
    let step: usize = step.parse().ok().filter(|step| *step > 0).ok_or_else(wrong)?;
    let (from, to) = bounds.split_once('-').ok_or_else(wrong)?;
    if let (Ok(first), Ok(last)) = (from.parse::<usize>(), to.parse::<usize>()) {
        let width = if from.starts_with('0') { from.len() } else { 0 };
        if first > last || (last - first) / step > LIMIT {
            return Err(wrong());
        }
        return Ok((first..=last).step_by(step).map(|number| format!("{number:0width$}")).collect());
    }
    match (from.as_bytes(), to.as_bytes()) {
        ([first], [last]) if first.is_ascii_alphabetic() && last.is_ascii_alphabetic() && first <= last => {
            Ok((*first..=*last).step_by(step).map(|letter| char::from(letter).to_string()).collect())
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_for_urls() {
        for (pattern, expected) in [
            ("h/x", "h/x"),
            ("h/{a,bc}/[1-3]", "h/a/1 h/a/2 h/a/3 h/bc/1 h/bc/2 h/bc/3"),
            ("h/[08-10]", "h/08 h/09 h/10"),
            ("h/[a-e:2]", "h/a h/c h/e"),
            ("http://[::1]:80/[1-2]", "http://[::1]:80/1 http://[::1]:80/2"),
            ("h/\\{a\\}\\[1\\]", "h/{a}[1]"),
            ("h/{,x}", "h/ h/x"),
        ] {
            let urls: Vec<String> = expand(pattern).unwrap().into_iter().map(|globbed| globbed.url).collect();
            assert_eq!(urls.join(" "), expected, "{pattern}");
        }
        for pattern in ["h/{a", "h/[1", "h/[a]", "h/[3-1]", "h/[1-3:0]", "h/}", "h/]", "h/[1-999999999]"] {
            assert_eq!(expand(pattern).unwrap_err().kind, Kind::Url, "{pattern}");
        }
    }

    #[test]
    fn the_name_of_a_file_takes_what_was_chosen() {
        let globbed = &expand("h/{a,b}/[1-2]").unwrap()[3];
        assert_eq!(globbed.fill("f_#1_#2_#3#"), "f_b_2_#3#");
    }
}
