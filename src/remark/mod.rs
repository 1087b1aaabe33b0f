//! What each line of an exchange means in that very exchange, and what is wrong with it.
//!
//! One table of [`Rule`]s: where it looks, when it speaks, what it says, and where that is defined. The reader before it
//! is lenient, as it is there to explain broken messages too: it goes on up to where nobody can know any more what the
//! next byte means. It knows no socket, no terminal and no clock, and its work is linear in what it is given.

mod body;
mod line;
mod message;
mod read;
mod rule;
mod rules;
mod value;

pub use line::{Line, MAX_LINES, Part};
pub use message::Around;
pub use rule::{Level, Remark, Rule};

use message::{Message, Start};
use rule::Here;

/// A line with the side that sent it, and what is to be said of it.
#[derive(Debug)]
pub struct Explained<'a> {
    /// The line as it came.
    pub line: Line<'a>,
    /// Whether it is of a response.
    pub is_response: bool,
    /// The remarks, in the order of the table.
    pub remarks: Vec<Remark>,
}

/// Explains the messages that stand in `bytes` one after the other: a request, a response, or both in turn; a
/// response is read as the answer to the request before it that has none yet.
pub fn explain<'a>(bytes: &'a [u8], around: &Around) -> Vec<Explained<'a>> {
    told(read::messages(bytes, around), around)
}

/// Explains what a client sent on a connection and what came back, however the two were mixed in time.
pub fn explain_exchange<'a>(sent: &'a [u8], received: &'a [u8], around: &Around) -> Vec<Explained<'a>> {
    told(read::exchange(sent, received, around), around)
}

fn told<'a>(messages: Vec<Message<'a>>, around: &Around) -> Vec<Explained<'a>> {
    let remarks: Vec<Vec<Vec<Remark>>> =
        messages.iter().map(|message| remarks_on(message, message.request.map(|at| &messages[at]), around)).collect();
    let told = messages.into_iter().zip(remarks);
    told.flat_map(|(message, remarks)| {
        let is_response = matches!(message.start, Start::Response(_));
        let lines = message.lines.into_iter().zip(remarks);
        lines.map(move |(line, remarks)| Explained { line, is_response, remarks })
    })
    .collect()
}

/// The whole table, in the order in which its rules speak.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    rules::all()
}

/// The remarks on each line of a message.
fn remarks_on(message: &Message<'_>, request: Option<&Message<'_>>, around: &Around) -> Vec<Vec<Remark>> {
    let mut is_sound = true;
    let told = message.lines.iter().map(|line| {
        let remarks =
            remarks_at(&Here { message, request, around, is_sound, line, value: &line.value, rules: rules::of(line) });
        is_sound &= remarks.iter().all(|remark| remark.level != Level::Wrong);
        remarks
    });
    told.collect()
}

fn remarks_at(here: &Here<'_>) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = rules::at(here).filter_map(|rule| rule.remark(here)).collect();
    if remarks.is_empty() && here.line.part == Part::Field {
        remarks.extend(rules::otherwise().filter_map(|rule| rule.remark(here)));
    }
    // What it means comes first, then what is risky, then what is wrong.
    remarks.sort_by_key(|remark| remark.level);
    remarks
}
