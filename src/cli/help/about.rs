//! What is known about a word: an option, a status, a method, a field, a variable of `-w`, a topic; or else whatever names it.

use super::layout::{Text, terms};
use super::sample;
use crate::cli::args::{Side, described};
use crate::cli::generate::sections;
use crate::cli::meaning::{MEANINGS, tell};
use crate::cli::write_out::{SPECIAL, VARIABLES};
use crate::print::Page;

/// More rows than this are no answer.
const MOST: usize = 40;

/// Everything about a side, or about both.
pub(super) fn whole(side: Option<Side>, text: &mut Text) {
    let sides = side.map_or(vec![Side::Request, Side::Serve], |side| vec![side]);
    if side.is_none() {
        sections(None).iter().for_each(|section| text.section(section));
    }
    for side in sides {
        let command = described(side);
        text.heading(&format!("httpkit {}", command.name));
        text.paragraph(&command.about);
        text.add("\n");
        text.add(&command.usage);
        for (heading, options) in &command.options {
            text.heading(heading);
            options.iter().for_each(|option| text.term(&option.form, &option.help));
        }
        sections(Some(side)).iter().for_each(|section| text.section(section));
    }
}

/// What is known about a word; `None` if that is nothing.
pub(super) fn about(word: &str, side: Option<Side>, page: Page) -> Option<String> {
    let mut text = Text::new(page);
    exact(word, side, page, &mut text);
    let said = text.into_string();
    if !said.is_empty() {
        return Some(said);
    }
    let mut text = Text::new(page);
    named(&word.to_lowercase(), side, &mut text);
    Some(text.into_string()).filter(|text| !text.is_empty())
}

fn sides(side: Option<Side>) -> impl Iterator<Item = Side> {
    [Side::Request, Side::Serve].into_iter().filter(move |one| side.is_none_or(|side| side == *one))
}

/// What bears just that name.
fn exact(word: &str, side: Option<Side>, page: Page, text: &mut Text) {
    for side in sides(side) {
        let command = described(side);
        for (heading, options) in &command.options {
            for option in options.iter().filter(|option| option.is_called(word)) {
                text.heading(&format!("httpkit {}", command.name));
                text.term(&option.form, &option.help);
                option.values.iter().for_each(|(value, help)| text.term(&format!("  {value}"), help));
            }
            if heading.eq_ignore_ascii_case(word) {
                text.heading(&format!("httpkit {}: {heading}", command.name));
                options.iter().for_each(|option| text.term(&option.form, &option.help));
            }
        }
    }
    match word.parse::<u16>() {
        Ok(status @ 100..=599) => text.add(&sample::status(status, page)),
        Ok(number) => {
            let rows = MEANINGS.iter().filter(|row| u16::from(row.status) == number);
            rows.for_each(|row| text.add(&format!("exit status {}", tell(row, page.palette, page.columns))));
        }
        Err(_) => {
            text.add(&sample::method(word, page));
            text.add(&sample::field(word.trim_end_matches(':'), page));
        }
    }
    let variable = word.trim_start_matches("%{").trim_end_matches('}');
    for (name, meaning) in VARIABLES.iter().chain(SPECIAL).filter(|(name, _)| *name == variable || *name == word) {
        text.heading("httpkit request -w");
        text.term(name, meaning);
    }
    for section in all_sections(side).filter(|section| is_topic(section.title, word)) {
        text.section(section);
    }
}

/// Whether a title holds that word: `exit` is EXIT STATUS, `-w` has its variables anyway.
fn is_topic(title: &str, word: &str) -> bool {
    let is_word = |title: &str| title.eq_ignore_ascii_case(word);
    is_word(title) || title.split(' ').any(|part| part.len() > 3 && is_word(part))
}

fn all_sections(side: Option<Side>) -> impl Iterator<Item = &'static crate::cli::generate::Section> {
    let of_program = side.is_none().then_some(None);
    of_program.into_iter().chain(sides(side).map(Some)).flat_map(|side| sections(side))
}

/// Whatever names it.
fn named(word: &str, side: Option<Side>, text: &mut Text) {
    let holds = |name: &str, meaning: &str| name.to_lowercase().contains(word) || meaning.to_lowercase().contains(word);
    for side in sides(side) {
        let command = described(side);
        let options = command.options.iter().flat_map(|(_, options)| options);
        let found: Vec<_> = options.filter(|option| holds(&option.form, &option.help)).take(MOST).collect();
        if !found.is_empty() {
            text.heading(&format!("httpkit {}: options that name '{word}'", command.name));
            found.iter().for_each(|option| text.term(&option.form, &option.help));
        }
    }
    for section in all_sections(side) {
        let rows = section.blocks.iter().flat_map(terms);
        let found: Vec<_> = rows.filter(|(name, meaning)| holds(name, meaning)).take(MOST).collect();
        if !found.is_empty() {
            text.heading(section.title);
            found.iter().for_each(|(name, meaning)| text.term(name, meaning));
        }
    }
}
