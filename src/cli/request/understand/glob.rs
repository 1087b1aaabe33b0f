//! Several URLs or files in one: `{a,b}`, `[1-9]`, `[001-100:5]`, `[a-z]`, each with a name or without, as in `{<x>a,b}`
//! (curl(1), GLOBBING).

use crate::client::{Error, Kind};
use crate::print::without_passwords;

/// More URLs than this are a slip of the hand.
const LIMIT: usize = 100_000;
/// More places that vary than this are a slip of the hand too.
const PLACES: usize = 200;
/// The longest name of a place: curl's.
const NAME_LIMIT: usize = 64;

/// One URL of a pattern, and what stands for `#1`, `#2` and `#<name>` in the name of its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Globbed {
    pub(crate) url: String,
    pub(crate) chosen: Vec<Chosen>,
}

/// What stands in one place of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chosen {
    name: Option<String>,
    text: String,
}

impl Globbed {
    /// A URL as it is.
    pub(crate) fn plain(url: &str) -> Globbed {
        Globbed { url: url.to_owned(), chosen: Vec::new() }
    }

    /// A file's name with `#1`, `#<name>` and the like filled in. A name that a file of the pattern's begins with may hold
    /// slashes; what the pattern says is taken as it is.
    ///
    /// # Errors
    /// `Kind::Glob` if no place has that name.
    pub(crate) fn fill(&self, name: &str) -> Result<String, Error> {
        let mut filled = String::new();
        let mut rest = name;
        while let Some(at) = rest.find('#') {
            filled.push_str(&rest[..at]);
            let behind = &rest[at + 1..];
            if let Some((called, after)) = behind.strip_prefix('<').and_then(|inner| inner.split_once('>')) {
                let place = self.chosen.iter().find(|chosen| chosen.name.as_deref() == Some(called));
                let place = place.ok_or_else(|| {
                    Error::new(Kind::Glob, format!("'#<{called}>' in '{name}': no place of the URL has that name"))
                })?;
                filled.push_str(&place.text);
                rest = after;
                continue;
            }
            let (digits, after) = behind.split_at(behind.bytes().take_while(u8::is_ascii_digit).count());
            let number: Option<usize> = digits.parse().ok();
            match number.and_then(|number| self.chosen.get(number.checked_sub(1)?)) {
                Some(chosen) => filled.push_str(&chosen.text),
                None => filled.extend(["#", digits]),
            }
            rest = after;
        }
        Ok(filled + rest)
    }

    fn with(&self, part: &PatternPart, choice: &str) -> Globbed {
        let mut globbed = self.clone();
        globbed.url.push_str(choice);
        globbed.chosen.extend(part.varies.then(|| Chosen { name: part.name.clone(), text: choice.to_owned() }));
        globbed
    }
}

/// A stretch of a pattern: what may stand there.
struct PatternPart {
    choices: Vec<String>,
    varies: bool,
    name: Option<String>,
}

impl PatternPart {
    fn plain(text: String) -> PatternPart {
        PatternPart { choices: vec![text], varies: false, name: None }
    }
}

/// All URLs that a pattern stands for, the last place changing fastest.
///
/// # Errors
/// `Kind::Url` for brackets that do not close, a range that is none, a name that is there twice, or too many URLs.
pub(crate) fn expand(pattern: &str) -> Result<Vec<Globbed>, Error> {
    if !pattern.contains(['{', '}', '[', ']']) {
        return Ok(vec![Globbed::plain(pattern)]);
    }
    let wrong = |what: &str| {
        Error::new(Kind::Url, format!("URL pattern '{}': {what}; -g takes it as it is", without_passwords(pattern)))
    };
    let parts = parts(pattern).map_err(|what| wrong(&what))?;
    let varying = || parts.iter().filter(|part| part.varies);
    let count = varying().try_fold(1_usize, |count, part| count.checked_mul(part.choices.len()));
    if varying().count() > PLACES || count.is_none_or(|count| count > LIMIT) {
        return Err(wrong("more URLs than anyone needs"));
    }
    let mut all = vec![Globbed::default()];
    for part in &parts {
        all = all.iter().flat_map(|before| part.choices.iter().map(|choice| before.with(part, choice))).collect();
    }
    Ok(all)
}

fn parts(pattern: &str) -> Result<Vec<PatternPart>, String> {
    let mut parts: Vec<PatternPart> = Vec::new();
    let mut plain = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        match first {
            '{' | '[' if plain_length(rest).is_none() => {
                parts.push(PatternPart::plain(std::mem::take(&mut plain)));
                let (name, inner) = named(&rest[1..]);
                if name.is_some() && parts.iter().any(|part| part.name.as_deref() == name) {
                    return Err(format!("two places are called '{}'", name.unwrap_or_default()));
                }
                let (choices, behind) = if first == '{' { set(inner)? } else { range(inner)? };
                parts.push(PatternPart { choices, varies: true, name: name.map(str::to_owned) });
                rest = behind;
            }
            '}' | ']' => return Err("a bracket closes that was not opened".to_owned()),
            other => {
                let length = plain_length(rest).unwrap_or(other.len_utf8());
                // A backslash before a bracket takes its meaning away.
                plain.push_str(&rest[usize::from(first == '\\' && length == 2)..length]);
                rest = &rest[length..];
            }
        }
    }
    parts.push(PatternPart::plain(plain));
    Ok(parts)
}

/// How much stands for itself though a bracket is in it: an escaped bracket, `[]`, an IPv6 address.
fn plain_length(text: &str) -> Option<usize> {
    if text.starts_with('\\') && text[1..].starts_with(['{', '}', '[', ']']) || text.starts_with("[]") {
        return Some(2);
    }
    let end = text.strip_prefix('[')?.find(']')? + 1;
    let inner = text[1..end].split('%').next()?;
    inner.parse::<std::net::Ipv6Addr>().is_ok().then_some(end + 1)
}

/// The name in `<name>`, and what follows it.
fn named(text: &str) -> (Option<&str>, &str) {
    let name = text.strip_prefix('<').and_then(|inner| inner.split_once('>'));
    match name.filter(|(name, _)| !name.is_empty() && name.len() <= NAME_LIMIT) {
        Some((name, rest)) => (Some(name), rest),
        None => (None, text),
    }
}

/// `a,b}`, and what follows; a backslash takes the meaning of what follows it away.
fn set(text: &str) -> Result<(Vec<String>, &str), String> {
    let mut choices = vec![String::new()];
    let mut signs = text.char_indices();
    while let Some((at, sign)) = signs.next() {
        let last = choices.len() - 1;
        match sign {
            '}' if at == 0 => return Err("nothing stands in the braces".to_owned()),
            '}' => return Ok((choices, &text[at + 1..])),
            ',' => choices.push(String::new()),
            '{' | '[' => return Err("braces stand within braces".to_owned()),
            ']' => return Err("a bracket closes that was not opened".to_owned()),
            '\\' => choices[last].push(signs.next().map_or('\\', |(_, escaped)| escaped)),
            other => choices[last].push(other),
        }
    }
    Err("expected '}'".to_owned())
}

/// `1-9]`, `001-100:5]`, `a-z:2]`, and what follows.
fn range(text: &str) -> Result<(Vec<String>, &str), String> {
    let (inner, behind) = text.split_once(']').ok_or("expected ']'")?;
    let wrong = || format!("range '[{inner}]', expected one like [1-9], [01-10:2] or [a-z]");
    let (bounds, step) = inner.split_once(':').unwrap_or((inner, "1"));
    let step: usize = step.parse().ok().filter(|step| *step > 0).ok_or_else(wrong)?;
    let (from, to) = bounds.split_once('-').ok_or_else(wrong)?;
    let fits = |length: usize| if length == 0 { step == 1 } else { step <= length };
    if let (Ok(first), Ok(last)) = (from.parse::<usize>(), to.trim_start().parse::<usize>()) {
        let width = if from.starts_with('0') { from.len() } else { 0 };
        // Beyond curl's largest number a range has no end that could be counted to.
        let is_countable =
            i64::try_from(last).is_ok_and(|last| usize::try_from(i64::MAX - last).is_ok_and(|left| left >= step));
        let length = last.checked_sub(first).filter(|length| is_countable && fits(*length) && length / step <= LIMIT);
        length.ok_or_else(wrong)?;
        return Ok(((first..=last).step_by(step).map(|number| format!("{number:0width$}")).collect(), behind));
    }
    match (from.as_bytes(), to.as_bytes()) {
        ([first], [last]) if first.is_ascii_alphabetic() && last.is_ascii_alphabetic() && first <= last => {
            fits(usize::from(last - first)).then_some(()).ok_or_else(wrong)?;
            Ok(((*first..=*last).step_by(step).map(|letter| char::from(letter).to_string()).collect(), behind))
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
            ("h/[1-1]", "h/1"),
            ("h/[a-e:2]", "h/a h/c h/e"),
            ("http://[::1]:80/[1-2]", "http://[::1]:80/1 http://[::1]:80/2"),
            ("http://[fe80::1%25lo]/", "http://[fe80::1%25lo]/"),
            ("h/\\{a\\}\\[1\\]\\n", "h/{a}[1]\\n"),
            ("h/{a\\,b,c\\}}", "h/a,b h/c}"),
            ("h/{,x}", "h/ h/x"),
            ("h/?a[]=1", "h/?a[]=1"),
            ("h/{<n>a,b}[<m>1-2]", "h/a1 h/a2 h/b1 h/b2"),
            ("h/{<>a,b}", "h/<>a h/b"),
        ] {
            let urls: Vec<String> = expand(pattern).unwrap().into_iter().map(|globbed| globbed.url).collect();
            assert_eq!(urls.join(" "), expected, "{pattern}");
        }
        for pattern in [
            "h/{a",
            "h/[1",
            "h/[a]",
            "h/[3-1]",
            "h/[1-3:0]",
            "h/[1-3:9]",
            "h/[1-1:2]",
            "h/}",
            "h/]",
            "h/{}",
            "h/{a{b}}",
            "h/{<n>a,b}{<n>c,d}",
            "h/[1-999999999]",
            "h/[0-1][9223372036854775806-9223372036854775807]/x",
            &format!("h/{}", "{a}".repeat(201)),
        ] {
            assert_eq!(expand(pattern).unwrap_err().kind, Kind::Url, "{pattern}");
        }
    }

    #[test]
    fn the_name_of_a_file_takes_what_was_chosen() {
        let globbed = &expand("h/{a,b}/[<n>1-2]").unwrap()[3];
        assert_eq!(globbed.fill("f_#1_#2_#3#").unwrap(), "f_b_2_#3#");
        assert_eq!(globbed.fill("#<n>-#1#<").unwrap(), "2-b#<");
        assert_eq!(globbed.fill("#<other>").unwrap_err().kind, Kind::Glob);
    }
}
