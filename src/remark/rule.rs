//! A rule: where it looks, when it speaks, what it says, and where that is defined.

use std::fmt::Write;

use super::line::{Line, Part};
use super::message::{Around, Message, Start};

/// How much a remark weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What the line does.
    Info,
    /// What is risky, obsolete or of no effect.
    Note,
    /// What the message must not have.
    Wrong,
}

/// A row of the table.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which no other has.
    pub name: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// Where it is defined, as `RFC 9110 8.6`.
    pub section: &'static str,
    pub(super) at: At,
    says: Says,
}

/// The lines that a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// The request line with this method.
    Method(&'static str),
    /// The status line with this code.
    Status(u16),
    /// The field of this name, in small letters, in any message.
    Field(&'static str),
    /// The same, in requests only.
    Asked(&'static str),
    /// The same, in responses only.
    Answered(&'static str),
    /// Every line that is this part.
    Each(Part),
    /// A field line of which no other rule has said anything.
    Otherwise,
}

/// What a rule says.
#[derive(Debug)]
enum Says {
    /// Always the same.
    Text(&'static str),
    /// Something about this line, or nothing.
    Made(fn(&Here<'_>) -> Option<String>),
}

/// What is said of one line.
///
/// ```
/// use httpkit::remark::{Around, Level, explain};
///
/// let message = b"GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
/// let lines = explain(message, &Around::default());
/// let wrong: Vec<_> = lines.iter().flat_map(|line| &line.remarks).filter(|remark| remark.level == Level::Wrong).collect();
/// assert!(!wrong.is_empty() && wrong.iter().all(|remark| remark.section.starts_with("RFC ")), "{wrong:?}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The name of the rule.
    pub rule: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// Where it is defined.
    pub section: &'static str,
    /// The text, which may hold text of the message.
    pub text: String,
}

/// The line that a rule looks at, and what is around it.
#[derive(Clone, Copy)]
pub(super) struct Here<'h> {
    pub(super) message: &'h Message<'h>,
    /// The request that the message answers.
    pub(super) request: Option<&'h Message<'h>>,
    pub(super) around: &'h Around,
    /// Whether nothing on the lines before is wrong, so that a recipient goes on with it.
    pub(super) is_sound: bool,
    pub(super) line: &'h Line<'h>,
    /// The value of the field, else the line.
    pub(super) value: &'h str,
    /// The rules that speak of a field of that name, wherever it stands.
    pub(super) rules: &'static [&'static Rule],
}

impl Rule {
    /// The remark, if the rule has something to say of the line.
    pub(super) fn remark(&self, here: &Here<'_>) -> Option<Remark> {
        let text = match self.says {
            Says::Text(text) => text.to_owned(),
            Says::Made(make) => make(here)?,
        };
        Some(Remark { rule: self.name, level: self.level, section: self.section, text })
    }

    /// The field that the rule speaks of.
    pub(super) fn field(&self) -> Option<&'static str> {
        match self.at {
            At::Field(name) | At::Asked(name) | At::Answered(name) => Some(name),
            _ => None,
        }
    }

    /// Whether it looks at such a line.
    pub(super) fn looks_at(&self, here: &Here<'_>) -> bool {
        let is_request = here.is_request();
        match self.at {
            At::Method(method) => here.line.part == Part::Start && here.message.method() == method,
            At::Status(status) => here.line.part == Part::Start && here.message.status() == status,
            At::Field(_) => true,
            At::Asked(_) => is_request,
            At::Answered(_) => !is_request,
            At::Each(part) => here.line.part == part,
            At::Otherwise => false,
        }
    }
}

/// A rule whose text is always the same.
pub(super) const fn text(name: &'static str, section: &'static str, at: At, text: &'static str) -> Rule {
    Rule { name, level: Level::Info, section, at, says: Says::Text(text) }
}

/// A rule that says what a line does.
pub(super) const fn info(
    name: &'static str,
    section: &'static str,
    at: At,
    make: fn(&Here<'_>) -> Option<String>,
) -> Rule {
    Rule { name, level: Level::Info, section, at, says: Says::Made(make) }
}

/// A rule that says what is risky, obsolete or of no effect.
pub(super) const fn note(
    name: &'static str,
    section: &'static str,
    at: At,
    make: fn(&Here<'_>) -> Option<String>,
) -> Rule {
    Rule { name, level: Level::Note, section, at, says: Says::Made(make) }
}

/// A rule that says what the message must not have.
pub(super) const fn wrong(
    name: &'static str,
    section: &'static str,
    at: At,
    make: fn(&Here<'_>) -> Option<String>,
) -> Rule {
    Rule { name, level: Level::Wrong, section, at, says: Says::Made(make) }
}

/// The text, if it is so.
pub(super) fn when(is_so: bool, text: &str) -> Option<String> {
    is_so.then(|| text.to_owned())
}

/// So many pieces are named; whoever sends a million does not make a sentence of a million words.
const PIECES: usize = 16;

/// Pieces with a separator between them; of very many the first ones.
pub(super) fn joined(pieces: impl IntoIterator<Item = String>, separator: &str) -> String {
    let mut out = String::new();
    for (at, piece) in pieces.into_iter().enumerate() {
        let before = if at == 0 { "" } else { separator };
        if at == PIECES {
            let _ = write!(out, "{before}...");
            break;
        }
        // Writing into a String cannot fail.
        let _ = write!(out, "{before}{piece}");
    }
    out
}

impl<'h> Here<'h> {
    /// Whether the message is a request.
    pub(super) fn is_request(&self) -> bool {
        matches!(self.message.start, Start::Request(_))
    }

    /// Whether the message is a response.
    pub(super) fn is_response(&self) -> bool {
        matches!(self.message.start, Start::Response(_))
    }

    /// Whether the status is one of these; never so in a request.
    pub(super) fn status_in(&self, range: impl std::ops::RangeBounds<u16>) -> bool {
        self.is_response() && range.contains(&self.message.status())
    }

    /// The method of the request, or of the request that is answered; empty if that is not known.
    pub(super) fn asked_method(&self) -> &'h str {
        match self.is_request() {
            true => self.message.method(),
            false => self.request.map_or("", Message::method),
        }
    }

    /// The first value of a field of the request that is answered.
    pub(super) fn asked(&self, name: &str) -> Option<&'h str> {
        self.request.and_then(|request| request.first(name))
    }

    /// Whether the line is the first of the fields with its name.
    pub(super) fn is_first(&self) -> bool {
        let places = self.message.names.get(&self.line.name);
        places.and_then(|places| places.first()).is_some_and(|place| self.is_line(*place))
    }

    /// Whether the line is the one at this place.
    pub(super) fn is_line(&self, place: usize) -> bool {
        self.message.lines.get(place).is_some_and(|line| std::ptr::eq(line, self.line))
    }

    /// What one who receives such a message must do.
    pub(super) fn refusal(&self) -> &'static str {
        match self.is_response() {
            true => "a client closes the connection and reports an error",
            false => "a server answers 400 and closes the connection",
        }
    }
}
