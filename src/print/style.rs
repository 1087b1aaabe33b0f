//! Colours: decided once for each stream, and named by what they are for.

use std::borrow::Cow;

use colored::Color;

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// On a terminal, unless `NO_COLOR` says no; elsewhere if `CLICOLOR_FORCE` says yes.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A field name, the name of a JSON member.
    Name,
    /// A JSON string.
    Text,
    /// A JSON number.
    Number,
    /// `true`, `false`, `null`.
    Word,
    /// Good news: a 2xx status.
    Good,
    /// Look twice: a 3xx status, a warning.
    Notice,
    /// Bad news: a 4xx or 5xx status.
    Bad,
    /// A method, a start line.
    Start,
    /// Of little weight: marks at the edge.
    Faint,
}

impl Tone {
    fn color(self) -> Color {
        match self {
            Tone::Name => Color::Blue,
            Tone::Text | Tone::Good => Color::Green,
            Tone::Number => Color::Cyan,
            Tone::Word | Tone::Start => Color::Magenta,
            Tone::Notice => Color::Yellow,
            Tone::Bad => Color::Red,
            Tone::Faint => Color::BrightBlack,
        }
    }

    /// What switches its colour on and off, for where there is no palette to ask.
    pub fn marks(self) -> (&'static str, &'static str) {
        match self {
            Tone::Good | Tone::Text => ("\x1b[32m", "\x1b[0m"),
            Tone::Notice => ("\x1b[33m", "\x1b[0m"),
            Tone::Bad => ("\x1b[31m", "\x1b[0m"),
            _ => ("", ""),
        }
    }

    /// The tone of a status code.
    pub fn of_status(status: u16) -> Tone {
        match status {
            200..=299 => Tone::Good,
            400.. => Tone::Bad,
            _ => Tone::Notice,
        }
    }
}

/// Whether a stream takes colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Palette {
    is_on: bool,
}

impl Palette {
    /// Decides for a stream; `variable` looks an environment variable up (none of an empty value).
    pub fn choose(choice: Choice, is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> Palette {
        let is_on = match choice {
            Choice::Always => true,
            Choice::Never => false,
            Choice::Auto if variable("NO_COLOR").is_some() => false,
            Choice::Auto => is_terminal || variable("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
        };
        Palette { is_on }
    }

    /// The text in its colour, or as it is.
    pub fn paint<'a>(&self, tone: Tone, text: &'a str) -> Cow<'a, str> {
        match self.is_on && !text.is_empty() {
            true => Cow::Owned(format!("{}{text}{}", self.start(tone), self.end())),
            false => Cow::Borrowed(text),
        }
    }

    /// What switches the colour on; empty without colours.
    pub fn start(&self, tone: Tone) -> String {
        if self.is_on { format!("\x1b[{}m", tone.color().to_fg_str()) } else { String::new() }
    }

    /// What switches it off again.
    pub fn end(&self) -> &'static str {
        if self.is_on { "\x1b[0m" } else { "" }
    }

    /// Whether there are colours.
    pub fn is_on(&self) -> bool {
        self.is_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stream_decides_for_itself() {
        use Choice::{Always, Auto, Never};
        for (choice, is_terminal, set, expected) in [
            (Auto, true, "", true),
            (Auto, false, "", false),
            (Auto, true, "NO_COLOR=1", false),
            (Auto, false, "CLICOLOR_FORCE=1", true),
            (Auto, false, "CLICOLOR_FORCE=0", false),
            (Always, false, "NO_COLOR=1", true),
            (Never, true, "CLICOLOR_FORCE=1", false),
        ] {
            let variable = |name: &str| set.strip_prefix(name)?.strip_prefix('=').map(str::to_owned);
            assert_eq!(
                Palette::choose(choice, is_terminal, variable).is_on(),
                expected,
                "{choice:?} {is_terminal} {set}"
            );
        }
    }
}
