//! What is known about a word: an option, a status, a method, a field, a variable of `-w`, a topic; or else whatever names it.

use super::layout::Text;
use super::search::{self, all_sections, sides};
use super::{sample, screen};
use crate::cli::args::{Side, described};
use crate::cli::generate::sections;
use crate::cli::meaning::{MEANINGS, tell};
use crate::cli::write_out::{SPECIAL, VARIABLES};
use crate::print::Page;

/// The signs of items.
const SIGNS: [&str; 6] = ["=", ":=", "==", ":", "@", ";"];

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
    // Among the options of requests, the word is that of the method.
    let command = match word {
        "httpkit" => Some(None),
        "serve" => Some(Some(Side::Serve)),
        "request" if side.is_none() => Some(Some(Side::Request)),
        _ => None,
    };
    if let Some(command) = command {
        return Some(screen::of(command));
    }
    let mut text = Text::new(page);
    exact(word, side, page, &mut text);
    let said = text.into_string();
    if !said.is_empty() {
        return Some(said);
    }
    let mut text = Text::new(page);
    search::named(word, side, &mut text);
    Some(text.into_string()).filter(|text| !text.is_empty())
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
                // One that has the name of its heading is told already.
                let others: Vec<_> = options.iter().filter(|option| !option.is_called(word)).collect();
                if !others.is_empty() {
                    text.heading(&format!("httpkit {}: {heading}", command.name));
                }
                others.iter().for_each(|option| text.term(&option.form, &option.help));
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
    if SIGNS.contains(&word) {
        return title == "ITEMS";
    }
    let is_word = |title: &str| title.eq_ignore_ascii_case(word);
    is_word(title) || title.split(' ').any(|part| part.len() > 3 && is_word(part))
}
