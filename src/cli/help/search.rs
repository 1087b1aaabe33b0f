//! What names a word: whole words before beginnings of words, and no more of either than a person reads.

use super::layout::{Text, terms};
use super::sample;
use crate::cli::args::{METHODS, Side, described, meant};
use crate::cli::generate::{Block, Section, sections};
use crate::cli::write_out::{SPECIAL, VARIABLES};

/// More rows than this are no answer.
const MOST: usize = 20;

/// How a text names a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// As a word of its own.
    Whole,
    /// As the beginning of one.
    Beginning,
}

impl Fit {
    /// Whether the text, in any case, names the word, which is in lower case.
    fn is_met(self, text: &str, word: &str) -> bool {
        let text = text.to_lowercase();
        let goes_on = |sign: Option<char>| sign.is_some_and(char::is_alphanumeric);
        // A sign at an edge of the word stands apart anyway.
        let (opens, ends) = (word.starts_with(char::is_alphanumeric), word.ends_with(char::is_alphanumeric));
        text.match_indices(word).any(|(at, _)| {
            let begins = !(opens && goes_on(text[..at].chars().next_back()));
            let stops = !(ends && goes_on(text[at + word.len()..].chars().next()));
            begins && (stops || self == Fit::Beginning)
        })
    }
}

/// The side that was asked about, or both.
pub(super) fn sides(side: Option<Side>) -> impl Iterator<Item = Side> {
    [Side::Request, Side::Serve].into_iter().filter(move |one| side.is_none_or(|side| side == *one))
}

/// The sections of the man pages of these sides, and without a side those of the program.
pub(super) fn all_sections(side: Option<Side>) -> impl Iterator<Item = &'static Section> {
    let of_program = side.is_none().then_some(None);
    of_program.into_iter().chain(sides(side).map(Some)).flat_map(|side| sections(side))
}

/// Whatever names it.
pub(super) fn named(word: &str, side: Option<Side>, text: &mut Text) {
    let word = &*word.to_lowercase();
    if !word.contains(char::is_alphanumeric) {
        return;
    }
    for fit in [Fit::Whole, Fit::Beginning] {
        let left_out = by(fit, word, side, text);
        if left_out > 0 {
            text.add("\n");
            text.paragraph(&format!("and {left_out} more; --help without a word shows everything"));
        }
        if !text.is_empty() {
            return;
        }
    }
}

/// The rows that name it so; gives how many more there would be.
fn by(fit: Fit, word: &str, side: Option<Side>, text: &mut Text) -> usize {
    let mut found = 0;
    let mut is_shown = || {
        found += 1;
        found <= MOST
    };
    for side in sides(side) {
        let command = described(side);
        let mut title = Some(format!("httpkit {}: options that name '{word}'", command.name));
        for option in command.options.iter().flat_map(|(_, options)| options) {
            if (fit.is_met(&option.form, word) || fit.is_met(&option.help, word)) && is_shown() {
                title.take().iter().for_each(|title| text.heading(title));
                text.term(&option.form, &option.help);
            }
        }
    }
    for section in all_sections(side) {
        let mut title = Some(section.title);
        for block in section.blocks {
            if let Block::Text(paragraph) = block
                && fit.is_met(paragraph, word)
                && is_shown()
            {
                title.take().iter().for_each(|title| text.heading(title));
                text.paragraph(paragraph);
            }
            for (name, meaning) in terms(block) {
                if (fit.is_met(&name, word) || fit.is_met(meaning, word)) && is_shown() {
                    title.take().iter().for_each(|title| text.heading(title));
                    text.term(&name, meaning);
                }
            }
        }
    }
    found.saturating_sub(MOST)
}

/// What the word may have been meant to be, if nothing names it: an option, a method, a field, a variable or a topic.
pub(super) fn slip_of(word: &str, side: Option<Side>) -> Option<String> {
    let titles = all_sections(side).flat_map(|section| section.title.split(' ')).filter(|part| part.len() > 3);
    let variables = VARIABLES.iter().chain(SPECIAL).map(|(name, _)| *name);
    let others = METHODS.iter().copied().chain(sample::fields()).chain(variables).chain(titles);
    let mut names: Vec<String> = others.chain(["serve", "request"]).map(str::to_owned).collect();
    for side in sides(side) {
        let command = described(side);
        for name in command.options.iter().flat_map(|(_, options)| options).flat_map(|option| option.names()) {
            // A long name counts without its dashes, too.
            names.extend(name.strip_prefix("--").map(str::to_owned));
            names.push(name.to_owned());
        }
    }
    meant(word.trim_end_matches(':'), names.iter().map(String::as_str)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whole_or_by_its_beginning() {
        for (text, word, whole, beginning) in [
            ("GET /_/health tells", "health", true, true),
            ("the healthy", "health", false, true),
            ("unhealthy", "health", false, false),
            ("--http1.1, --http2", "http2", true, true),
            ("Accept-Encoding: gzip", "gzip", true, true),
            ("see /_/health", "/_/health", true, true),
            ("é gré", "é", true, true),
        ] {
            assert_eq!(Fit::Whole.is_met(text, word), whole, "{text}: {word}");
            assert_eq!(Fit::Beginning.is_met(text, word), beginning, "{text}: {word}");
        }
    }
}
