//! A script as words, marks and literals, with what is around each, and what a word is the name of.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Mark,
    /// A string, a number or a regular expression.
    Literal,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// White space or a comment stands before it.
    pub(super) is_apart: bool,
    /// What is around it.
    pub(super) within: Around,
}

/// The innermost bracket around a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// Statements.
    Block,
    /// The members of a class.
    Class,
    /// An object, or a pattern that takes one apart.
    Object,
    /// Round or square brackets.
    List,
}

/// The text of a token; empty past the end.
pub(super) fn text<'a>(tokens: &[Token<'a>], at: usize) -> &'a str {
    tokens.get(at).map_or("", |token| token.text)
}

/// What a word is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Variable,
    Member,
    /// `{ name }`: a member, and the variable of the same name.
    Both,
    /// It is no word.
    None,
}

pub(super) fn role(tokens: &[Token<'_>], at: usize) -> Role {
    let before = at.checked_sub(1).map_or("", |before| tokens[before].text);
    let is_spread = before == "." && at > 1 && tokens[at - 2].text == ".";
    if before == "." && !is_spread {
        return Role::Member;
    }
    let after = text(tokens, at + 1);
    let is_item = matches!(before, "{" | ",");
    match tokens[at].within {
        Around::Object if is_item && after == ":" => Role::Member,
        Around::Object if is_item && matches!(after, "," | "}" | "=") => Role::Both,
        Around::Class if after == "(" => Role::Member,
        _ => Role::Variable,
    }
}

/// The tokens of a script, white space and comments left out.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let bytes = source.as_bytes();
    let (mut tokens, mut brackets) = (Vec::<Token<'_>>::new(), Vec::new());
    let (mut at, mut is_apart) = (0, false);
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let (kind, length) = match bytes[at] {
            byte if byte.is_ascii_whitespace() => {
                (at, is_apart) = (at + 1, true);
                continue;
            }
            b'/' if rest.starts_with("//") => {
                (at, is_apart) = (at + rest.find('\n').unwrap_or(rest.len()), true);
                continue;
            }
            b'/' if rest.starts_with("/*") => {
                (at, is_apart) = (at + rest.find("*/").map_or(rest.len(), |end| end + 2), true);
                continue;
            }
            b'/' if begins_expression(tokens.last()) => (Kind::Literal, expression(rest)),
            quote @ (b'"' | b'\'') => (Kind::Literal, quoted(rest, quote)),
            byte if byte.is_ascii_digit() => (Kind::Literal, word(rest)),
            byte if is_wordy(byte) => (Kind::Word, word(rest)),
            _ => (Kind::Mark, rest.chars().next().map_or(1, char::len_utf8)),
        };
        let text = &rest[..length];
        if kind == Kind::Mark && matches!(bytes[at], b')' | b']' | b'}') {
            brackets.pop();
        }
        let within = brackets.last().copied().unwrap_or(Around::Block);
        if kind == Kind::Mark && matches!(bytes[at], b'(' | b'[' | b'{') {
            brackets.push(if bytes[at] == b'{' { opened(&tokens) } else { Around::List });
        }
        tokens.push(Token { kind, text, is_apart, within });
        (at, is_apart) = (at + length, false);
    }
    tokens
}

/// What a brace opens, after these tokens.
fn opened(tokens: &[Token<'_>]) -> Around {
    let before = |back: usize| tokens.len().checked_sub(back).map_or("", |at| tokens[at].text);
    let is_class = before(2) == "class" || before(4) == "class" && before(2) == "extends";
    match before(1) {
        _ if is_class => Around::Class,
        "(" | "," | "=" | ":" | "[" | "?" | "&" | "|" | "return" | "const" | "let" | "." => Around::Object,
        _ => Around::Block,
    }
}

pub(super) fn is_wordy(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

fn word(rest: &str) -> usize {
    let is_number = rest.as_bytes()[0].is_ascii_digit();
    rest.bytes().position(|byte| !(is_wordy(byte) || is_number && byte == b'.')).unwrap_or(rest.len())
}

fn quoted(rest: &str, quote: u8) -> usize {
    let mut is_escaped = false;
    let end = rest.bytes().skip(1).position(|byte| {
        let ends = byte == quote && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(rest.len(), |end| end + 2)
}

/// Whether a slash is the beginning of a regular expression, after that token.
fn begins_expression(before: Option<&Token<'_>>) -> bool {
    before.is_none_or(|before| match before.kind {
        Kind::Mark => !matches!(before.text, ")" | "]"),
        Kind::Word => before.text == "return",
        Kind::Literal => false,
    })
}

fn expression(rest: &str) -> usize {
    let (mut is_escaped, mut in_class) = (false, false);
    let end = rest.bytes().skip(1).position(|byte| {
        if is_escaped {
            is_escaped = false;
            return false;
        }
        match byte {
            b'\\' => is_escaped = true,
            b'[' => in_class = true,
            b']' => in_class = false,
            _ => return byte == b'/' && !in_class,
        }
        false
    });
    let end = end.map_or(rest.len(), |end| end + 2);
    end + rest[end..].bytes().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(0)
}
