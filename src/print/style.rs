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
    /// Colours of the fixed part of the 256 (16 to 255), of middle brightness: they can be read on any background. The 16
    /// that a terminal's palette defines cannot be relied on: their blue is nearly black in many palettes, and their bright
    /// black is the background itself in Solarized dark.
    fn color(self) -> Color {
        Color::AnsiColor(match self {
            Tone::Name => 32,
            Tone::Text | Tone::Good => 64,
            Tone::Number => 30,
            Tone::Word | Tone::Start => 133,
            Tone::Notice => 136,
            Tone::Bad => 196,
            Tone::Faint => 244,
        })
    }

    /// What switches its colour on and off, for where there is no palette to ask.
    pub fn marks(self) -> (&'static str, &'static str) {
        match self {
            Tone::Good | Tone::Text => ("\x1b[38;5;64m", "\x1b[0m"),
            Tone::Notice => ("\x1b[38;5;136m", "\x1b[0m"),
            Tone::Bad => ("\x1b[38;5;196m", "\x1b[0m"),
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

    const TONES: [Tone; 9] = [
        Tone::Name,
        Tone::Text,
        Tone::Number,
        Tone::Word,
        Tone::Good,
        Tone::Notice,
        Tone::Bad,
        Tone::Start,
        Tone::Faint,
    ];

    /// The relative luminance of a colour (WCAG 2.2).
    fn luminance(color: [u8; 3]) -> f64 {
        let linear = |part: u8| match f64::from(part) / 255.0 {
            part if part <= 0.03928 => part / 12.92,
            part => ((part + 0.055) / 1.055).powf(2.4),
        };
        0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2])
    }

    /// What terminals show for a colour of the cube or of the greys behind it.
    fn shown(color: u8) -> [u8; 3] {
        let step = |number: u8| if number == 0 { 0 } else { 55 + 40 * number };
        match color.checked_sub(232) {
            Some(grey) => [8 + 10 * grey; 3],
            None => [(color - 16) / 36, (color - 16) / 6 % 6, (color - 16) % 6].map(step),
        }
    }

    #[test]
    fn every_tone_can_be_read_on_every_background() {
        for (palette, background) in [
            ("xterm", [0, 0, 0]),
            ("xterm, black on white; Terminal of macOS", [255, 255, 255]),
            ("Solarized dark", [0x00, 0x2b, 0x36]),
            ("Solarized light", [0xfd, 0xf6, 0xe3]),
            ("GNOME; VS Code", [0x1e, 0x1e, 0x1e]),
            ("Tango, Ubuntu", [0x30, 0x0a, 0x24]),
            ("Windows Terminal", [0x0c, 0x0c, 0x0c]),
            ("One Half Dark", [0x28, 0x2c, 0x34]),
            ("One Half Light", [0xfa, 0xfa, 0xfa]),
        ] {
            for tone in TONES {
                let Color::AnsiColor(color @ 16..) = tone.color() else { panic!("{tone:?} is left to the palette") };
                let (one, other) = (luminance(shown(color)) + 0.05, luminance(background) + 0.05);
                let contrast = if one > other { one / other } else { other / one };
                assert!(contrast >= 3.0, "{tone:?} on {palette}: {contrast:.1}, expected 3 (WCAG 2.2 1.4.11)");
            }
        }
    }

    #[test]
    fn marks_are_the_colours_of_the_palette() {
        let palette = Palette { is_on: true };
        for tone in TONES.into_iter().filter(|tone| !tone.marks().0.is_empty()) {
            assert_eq!(tone.marks(), (palette.start(tone).as_str(), palette.end()));
        }
    }

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
