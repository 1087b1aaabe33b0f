//! Headings, paragraphs and terms as text of so many columns.

use crate::cli::generate::{Block, Section};
use crate::cli::meaning::MEANINGS;
use crate::cli::write_out::{SPECIAL, VARIABLES};
use crate::document::BOUNDS;
use crate::print::{Page, wrapped};

/// Terms up to this length have their meaning beside them.
const BESIDE: usize = 22;

/// A text that grows.
pub(super) struct Text {
    text: String,
    page: Page,
}

impl Text {
    pub(super) fn new(page: Page) -> Text {
        Text { text: String::new(), page }
    }

    pub(super) fn into_string(self) -> String {
        self.text
    }

    /// Whether nothing is in it yet.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Text that is laid out already.
    pub(super) fn add(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A heading, with an empty line before it.
    pub(super) fn heading(&mut self, title: &str) {
        let (on, off) = if self.page.palette.is_on() { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        let gap = if self.text.is_empty() { "" } else { "\n" };
        self.add(&format!("{gap}{on}{title}{off}\n"));
    }

    /// A paragraph.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.wrapped("  ", text);
    }

    /// A term and its meaning: beside it, or below a long one.
    pub(super) fn term(&mut self, name: &str, meaning: &str) {
        let indent = " ".repeat(BESIDE + 4);
        let length = name.chars().count();
        if length > BESIDE {
            self.add(&format!("  {name}\n"));
            return self.wrapped(&indent, meaning);
        }
        let before = self.text.len();
        self.wrapped(&indent, meaning);
        let beside = format!("  {name}{}", " ".repeat(BESIDE + 2 - length));
        self.text.replace_range(before..before + indent.len(), &beside);
    }

    /// Wraps each line for itself; one that begins with blanks is an example, to be copied in one piece.
    fn wrapped(&mut self, indent: &str, text: &str) {
        let width = self.page.columns.saturating_sub(indent.len() + 1).max(20);
        for line in text.split('\n').filter(|line| !line.is_empty()) {
            match line.starts_with(' ') {
                true => self.add(&format!("    {}\n", line.trim_start())),
                false => wrapped(line.split(' '), width).iter().for_each(|row| self.add(&format!("{indent}{row}\n"))),
            }
        }
    }

    /// A section of a man page.
    pub(super) fn section(&mut self, section: &Section) {
        self.heading(section.title);
        section.blocks.iter().for_each(|block| self.block(block));
    }

    /// A piece of a section of a man page.
    pub(super) fn block(&mut self, block: &Block) {
        match *block {
            Block::Text(text) => self.paragraph(text),
            Block::Item(name, meaning) => self.term(name, meaning),
            Block::Example(line, what) => {
                self.add(&format!("  {line}\n"));
                self.wrapped("      ", what);
            }
            _ => terms(block).into_iter().for_each(|(name, meaning)| self.term(&name, meaning)),
        }
    }
}

/// The terms of a block and what each means.
pub(super) fn terms(block: &Block) -> Vec<(String, &'static str)> {
    let all =
        |terms: &[(&str, &'static str)]| terms.iter().map(|(name, meaning)| ((*name).to_owned(), *meaning)).collect();
    match *block {
        Block::Text(_) => Vec::new(),
        Block::Item(name, meaning) | Block::Example(name, meaning) => vec![(name.to_owned(), meaning)],
        Block::List(terms) => all(terms),
        Block::Bounds => BOUNDS.iter().map(|bound| (bound.most.to_string(), bound.what)).collect(),
        Block::Exits => MEANINGS.iter().map(|row| (row.status.to_string(), row.meaning)).collect(),
        Block::Variables => [all(VARIABLES), all(SPECIAL)].concat(),
    }
}
