//! What the program tells about itself: one screen, everything, or what fits a word. All of it is made of the tables that
//! make the command line and the man pages.

mod about;
mod layout;
mod pager;
mod sample;
mod screen;
mod search;

use std::io::{self, Write};

use super::args::{HelpWish, What};
use super::exit;
use crate::print::{Page, Palette, Terminal, line};
use layout::Text;

/// How wide a page is where nobody can tell, and at most, so that lines can be read.
const COLUMNS: u16 = 80;
const MOST_COLUMNS: u16 = 100;

/// Tells what was asked for, and gives the exit status.
pub(super) fn show(wish: &HelpWish, terminal: &mut Terminal) -> u8 {
    let is_terminal = terminal.output.is_terminal;
    let columns = terminal.output.columns.filter(|_| is_terminal).unwrap_or(COLUMNS).min(MOST_COLUMNS);
    let palette = Palette::choose(crate::print::Choice::Auto, is_terminal, terminal.setting());
    let page = Page { palette, columns: usize::from(columns), mask: true };
    let text = match &wish.what {
        What::Start => return say(screen::START, terminal),
        What::Screen => screen::of(wish.side),
        What::Whole => {
            let mut text = Text::new(page);
            about::whole(wish.side, &mut text);
            return paged(&text.into_string(), terminal);
        }
        What::About(word) => match about::about(word, wish.side, page) {
            Some(text) => text,
            None => {
                let hint = search::slip_of(word, wish.side).map(|name| format!(", did you mean '{name}'?"));
                let hint = hint.unwrap_or_else(|| "; --help shows everything".to_owned());
                return say(&format!("httpkit: nothing is known about '{}'{hint}\n", line(word)), terminal);
            }
        },
    };
    print(&text, terminal)
}

/// Says it on standard error: the command line asked for nothing that there is.
fn say(text: &str, terminal: &mut Terminal) -> u8 {
    // Nothing is left to tell when even this cannot be written.
    let _ = terminal.error.write_all(text.as_bytes());
    exit::USAGE
}

/// Shows a long text through a pager where a person looks at it, as git and man do.
fn paged(text: &str, terminal: &mut Terminal) -> u8 {
    match terminal.output.is_terminal && pager::show(text, &terminal.setting()) {
        true => exit::SUCCESS,
        false => print(text, terminal),
    }
}

/// Prints a text. A reader that has gone away has what it wanted.
pub(super) fn print(text: &str, terminal: &mut Terminal) -> u8 {
    match terminal.output.write_all(text.as_bytes()) {
        Ok(()) => exit::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit::SUCCESS,
        Err(error) => {
            // Nothing is left to tell when standard error is gone too.
            let _ = writeln!(terminal.error, "httpkit: standard output: {error}");
            exit::WRITE
        }
    }
}
