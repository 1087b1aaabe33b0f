//! JSON made readable token by token: white space changes, nothing else. Order, duplicate names and the texts of
//! numbers and strings stay as they came, and text that is no JSON comes out as it is.

use super::style::{Palette, Tone};

/// Indents JSON as it arrives.
///
/// ```
/// use httpkit::print::{Choice, Indenter, Palette};
///
/// let palette = Palette::choose(Choice::Never, false, |_| None);
/// let mut indenter = Indenter::new(palette, true);
/// let text = indenter.feed(r#"{"a": [1,"#) + &indenter.feed("2.50]}") + &indenter.finish();
/// assert_eq!(text.trim_end(), "{\n  \"a\": [\n    1,\n    2.50\n  ]\n}");
/// ```
#[derive(Debug, Clone)]
pub struct Indenter {
    palette: Palette,
    /// White space is replaced; otherwise there are only colours.
    indents: bool,
    place: Position,
    /// What is open: `true` for an object.
    open: Vec<bool>,
    /// A bracket was opened and nothing has followed yet.
    is_fresh: bool,
    /// The next string in an object is a member's name.
    is_name: bool,
    has_output: bool,
    /// White space since the last token, which what is no JSON gets back.
    skipped: String,
    /// The number or name that stands open.
    scalar: String,
    /// What came is no JSON: the rest is shown as it came.
    is_broken: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    Between,
    String { escaped: bool },
    Scalar,
}

impl Indenter {
    /// An indenter at the start of a text; without `indents` it leaves the white space alone and only colours.
    pub fn new(palette: Palette, indents: bool) -> Indenter {
        Indenter {
            palette,
            indents,
            place: Position::Between,
            open: Vec::new(),
            is_fresh: false,
            is_name: false,
            has_output: false,
            skipped: String::new(),
            scalar: String::new(),
            is_broken: false,
        }
    }

    /// The next piece, re-indented.
    pub fn feed(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() * 2);
        for character in text.chars() {
            if !self.is_broken && self.breaks(character) {
                self.end_token(&mut out);
                out.push_str(&std::mem::take(&mut self.skipped));
                self.is_broken = true;
            }
            match self.is_broken {
                true => out.push(character),
                false => self.step(character, &mut out),
            }
        }
        self.has_output |= !out.is_empty();
        out
    }

    /// What ends the text: a line end.
    pub fn finish(&mut self) -> String {
        let mut out = String::new();
        self.end_token(&mut out);
        if self.has_output && self.indents && !self.is_broken {
            out.push('\n');
        }
        out
    }

    /// Whether what came so far cannot go on like this in JSON: a page of HTML, a remark, a call around a value.
    fn breaks(&self, character: char) -> bool {
        match (self.place, character) {
            (Position::String { .. }, _) => false,
            (_, '}') => self.open.last() != Some(&true),
            (_, ']') => self.open.last() != Some(&false),
            (_, ',') => self.open.is_empty(),
            (_, ':') => self.open.last() != Some(&true),
            (_, '{' | '[' | '"') => self.place == Position::Scalar,
            (_, white) if white.is_ascii_whitespace() => false,
            (Position::Scalar, more) => !is_scalar(&self.scalar, more),
            (Position::Between, first) => !is_scalar("", first),
        }
    }

    fn step(&mut self, character: char, out: &mut String) {
        if let Position::String { escaped } = self.place {
            out.push(character);
            self.place = Position::String { escaped: character == '\\' && !escaped };
            if character == '"' && !escaped {
                self.end_token(out);
            }
            return;
        }
        if self.place == Position::Scalar {
            if !matches!(character, ',' | ':' | '{' | '}' | '[' | ']' | '"') && !character.is_ascii_whitespace() {
                out.push(character);
                self.scalar.push(character);
                return;
            }
            self.end_token(out);
        }
        if !character.is_ascii_whitespace() {
            self.skipped.clear();
        }
        self.begin_token(character, out);
    }

    fn begin_token(&mut self, character: char, out: &mut String) {
        match character {
            '{' | '[' => {
                self.begin_value(out);
                out.push(character);
                self.open.push(character == '{');
                (self.is_fresh, self.is_name) = (true, character == '{');
            }
            '}' | ']' => {
                self.open.pop();
                if !self.is_fresh {
                    self.new_line(out);
                }
                out.push(character);
                (self.is_fresh, self.is_name) = (false, false);
            }
            ',' => {
                out.push(',');
                self.new_line(out);
                self.is_name = self.open.last() == Some(&true);
            }
            ':' => {
                out.push_str(if self.indents { ": " } else { ":" });
                self.is_name = false;
            }
            '"' => {
                self.begin_value(out);
                out.push_str(&self.palette.start(if self.is_name { Tone::Name } else { Tone::Text }));
                out.push('"');
                self.place = Position::String { escaped: false };
            }
            _ if character.is_ascii_whitespace() => match self.indents {
                true if self.skipped.len() < SKIPPED => self.skipped.push(character),
                true => {}
                false => out.push(character),
            },
            _ => {
                self.begin_value(out);
                let is_number = character == '-' || character.is_ascii_digit();
                out.push_str(&self.palette.start(if is_number { Tone::Number } else { Tone::Word }));
                out.push(character);
                self.scalar = character.to_string();
                self.place = Position::Scalar;
            }
        }
    }

    fn begin_value(&mut self, out: &mut String) {
        if self.is_fresh {
            self.new_line(out);
            self.is_fresh = false;
        } else if self.indents && self.open.is_empty() && (self.has_output || !out.is_empty()) {
            // Several values after one another: one a line.
            out.push('\n');
        }
    }

    fn end_token(&mut self, out: &mut String) {
        if self.place != Position::Between {
            out.push_str(self.palette.end());
            self.place = Position::Between;
        }
    }

    fn new_line(&self, out: &mut String) {
        if !self.indents {
            return;
        }
        out.push('\n');
        // Depth beyond this is some attack on the eye.
        for _ in 0..self.open.len().min(64) {
            out.push_str("  ");
        }
    }
}

/// More white space in one place than this is not given back.
const SKIPPED: usize = 64 * 1024;

/// Whether a number, `true`, `false` or `null` that begins so may go on so.
fn is_scalar(before: &str, next: char) -> bool {
    let is_word = |word: &str| word.strip_prefix(before).is_some_and(|rest| rest.starts_with(next));
    let is_number = |sign: char| matches!(sign, '0'..='9' | '-' | '+' | '.' | 'e' | 'E');
    let begins = |sign: char| matches!(sign, '0'..='9' | '-');
    let number = before.chars().next().map_or(begins(next), |first| begins(first) && is_number(next));
    number || ["true", "false", "null"].into_iter().any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::style::Choice;

    fn indent(text: &str, size: usize, choice: Choice) -> String {
        let mut indenter = Indenter::new(Palette::choose(choice, false, |_| None), true);
        let characters: Vec<char> = text.chars().collect();
        let mut out: String =
            characters.chunks(size).map(|piece| indenter.feed(&piece.iter().collect::<String>())).collect();
        out.push_str(&indenter.finish());
        out
    }

    #[test]
    fn white_space_changes_and_nothing_else() {
        for (text, expected) in [
            ("{}", "{}\n"),
            ("[ ]", "[]\n"),
            ("1.50e+02", "1.50e+02\n"),
            (
                "{\"b\":1,\"a\":[1,2,{}],\"b\":\"x\"}",
                "{\n  \"b\": 1,\n  \"a\": [\n    1,\n    2,\n    {}\n  ],\n  \"b\": \"x\"\n}\n",
            ),
            ("[\"a\\\"b, {c}: [d]\\\\\"]", "[\n  \"a\\\"b, {c}: [d]\\\\\"\n]\n"),
            ("[12345678901234567890.10, -0, true, null]", "[\n  12345678901234567890.10,\n  -0,\n  true,\n  null\n]\n"),
            ("{\"a\":1}\n{\"a\":2}", "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n"),
            ("", ""),
        ] {
            for size in [1, 3, 1000] {
                assert_eq!(indent(text, size, Choice::Never), expected, "{text} in pieces of {size}");
            }
        }
    }

    #[test]
    fn what_is_no_json_is_shown_as_it_came() {
        for text in [
            "<html>\n <b>not found</b>: {x}\n",
            " \n  /* remark */ {\"a\": 1}",
            "callback({\"a\": [1,  2]});\n",
            "not  found, [really]",
            "nope",
            "]  x",
            "falsey  {}",
        ] {
            for size in [1, 3, 1000] {
                assert_eq!(indent(text, size, Choice::Never), text, "in pieces of {size}");
            }
        }
        assert_eq!(indent("[1, // one\n 2]", 2, Choice::Never), "[\n  1,\n   // one\n 2]");
        assert_eq!(indent("{\"a\": [1}  x", 2, Choice::Never), "{\n  \"a\": [\n    1}  x");
    }

    #[test]
    fn colours_stand_around_tokens() {
        assert_eq!(
            indent("{\"a\":\"b\",\"c\":[1,null]}", 2, Choice::Always),
            "{\n  \x1b[38;5;32m\"a\"\x1b[0m: \x1b[38;5;64m\"b\"\x1b[0m,\n  \x1b[38;5;32m\"c\"\x1b[0m: [\n    \x1b[38;5;30m1\x1b[0m,\n    \
             \x1b[38;5;133mnull\x1b[0m\n  ]\n}\n"
        );
    }

    #[test]
    fn without_indentation_only_colours_are_added() {
        let mut indenter = Indenter::new(Palette::choose(Choice::Always, false, |_| None), false);
        let out = indenter.feed("{ \"a\":\n[1] }\n") + &indenter.finish();
        assert_eq!(out, "{ \x1b[38;5;32m\"a\"\x1b[0m:\n[\x1b[38;5;30m1\x1b[0m] }\n");
    }

    #[test]
    fn taking_the_white_space_out_again_gives_the_same_tokens() {
        let text = "{\"a\":[1,{\"b\":[]},\"c d\"],\"e\":{}}";
        let out: String = indent(text, 7, Choice::Never).split_whitespace().collect();
        assert_eq!(out, text.split_whitespace().collect::<String>());
    }
}
