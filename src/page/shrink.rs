//! A script with less in it that only its readers need: white space, comments, and long names of variables.
//!
//! It knows no scopes. A name gets a short one everywhere or nowhere, and no two get the same, so each still means what it
//! meant. It gets none if it may be the name of a member anywhere: behind a point, as a key, or in braces alone. The
//! sources hold no template literals, and a statement ends with a semicolon.

use std::collections::{BTreeMap, BTreeSet};

/// What may not stand for a variable, and what is declared by the language.
const WORDS: &[&str] = &[
    "as",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "get",
    "if",
    "import",
    "in",
    "instanceof",
    "let",
    "new",
    "null",
    "of",
    "return",
    "set",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Mark,
    /// A string, a number or a regular expression.
    Literal,
}

#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
    /// White space or a comment stands before it.
    is_apart: bool,
    /// The innermost bracket around it.
    within: u8,
}

/// The script, shorter and of the same meaning.
pub(super) fn shrink(source: &str) -> String {
    let tokens = tokens(source);
    let names = short_names(&tokens);
    let mut out = String::with_capacity(source.len());
    let mut depth = 0_u32;
    for (at, token) in tokens.iter().enumerate() {
        if token.is_apart && at > 0 && needs_space(tokens[at - 1], *token) {
            out.push(' ');
        }
        out.push_str(names.get(token.text).filter(|_| token.kind == Kind::Word).map_or(token.text, String::as_str));
        match token.text {
            "{" | "(" | "[" if token.kind == Kind::Mark => depth += 1,
            "}" | ")" | "]" if token.kind == Kind::Mark => depth = depth.saturating_sub(1),
            _ => {}
        }
        // A line for each statement of the module, for whoever looks at it in a browser.
        if depth == 0
            && matches!(token.text, "}" | ";")
            && token.kind == Kind::Mark
            && tokens.get(at + 1).is_some_and(|next| next.text != ";")
        {
            out.push('\n');
        }
    }
    out
}

fn needs_space(before: Token<'_>, token: Token<'_>) -> bool {
    let is_wordy = |token: Token<'_>| token.kind != Kind::Mark && !token.text.starts_with(['"', '\'', '/']);
    (is_wordy(before) && is_wordy(token)) || (before.text == token.text && matches!(token.text, "+" | "-"))
}

fn tokens(source: &str) -> Vec<Token<'_>> {
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
        let within = brackets.last().copied().unwrap_or(0);
        tokens.push(Token { kind, text, is_apart, within });
        if kind == Kind::Mark && matches!(bytes[at], b'(' | b'[' | b'{') {
            brackets.push(bytes[at]);
        }
        (at, is_apart) = (at + length, false);
    }
    tokens
}

fn is_wordy(byte: u8) -> bool {
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

/// The short name of each variable that gets one; the most frequent get the shortest.
fn short_names<'a>(tokens: &[Token<'a>]) -> BTreeMap<&'a str, String> {
    let (declared, members) = (declared(tokens), members(tokens));
    let mut uses = BTreeMap::<&str, usize>::new();
    for token in tokens.iter().filter(|token| token.kind == Kind::Word) {
        *uses.entry(token.text).or_default() += 1;
    }
    let renamed = |name: &str| declared.contains(name) && !members.contains(name) && !WORDS.contains(&name);
    let taken: BTreeSet<&str> =
        uses.keys().copied().filter(|name| !renamed(name)).chain(WORDS.iter().copied()).collect();
    let mut long: Vec<(&str, usize)> = uses.into_iter().filter(|(name, _)| renamed(name)).collect();
    long.sort_by_key(|(name, count)| (usize::MAX - count, *name));
    let short = (0..).map(spelled).filter(|name| !taken.contains(name.as_str()));
    long.into_iter().map(|(name, _)| name).zip(short).collect()
}

/// The names a, b, ... Z, aa, ba, ...
fn spelled(mut number: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut name = String::new();
    loop {
        name.push(char::from(LETTERS[number % LETTERS.len()]));
        match number / LETTERS.len() {
            0 => return name,
            more => number = more - 1,
        }
    }
}

/// The names that variables are declared by: after a word that declares, and in lists of parameters.
fn declared<'a>(tokens: &[Token<'a>]) -> BTreeSet<&'a str> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut names = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "const" | "let" if text(at + 1) == "[" => names.extend(listed(tokens, at + 1)),
            "const" | "let" | "function" | "class" => drop(names.insert(text(at + 1))),
            "(" if is_parameters(tokens, at) => names.extend(listed(tokens, at)),
            _ => {}
        }
    }
    names
}

/// Whether the bracket at this place opens a list of parameters: an arrow or a body follows it, or `catch` stands before.
fn is_parameters(tokens: &[Token<'_>], at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |before| tokens[before].text);
    if matches!(before, "if" | "while" | "for" | "switch") {
        return false;
    }
    let end = closing(tokens, at);
    let follows = |after: usize| tokens.get(end + after).map_or("", |token| token.text);
    (follows(1) == "=" && follows(2) == ">") || follows(1) == "{"
}

fn closing(tokens: &[Token<'_>], at: usize) -> usize {
    let mut depth = 0;
    for (place, token) in tokens.iter().enumerate().skip(at).filter(|(_, token)| token.kind == Kind::Mark) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return place;
        }
    }
    tokens.len()
}

/// The names in brackets that stand at the beginning of an item; those in braces are of members, and get no short name.
fn listed<'a>(tokens: &[Token<'a>], at: usize) -> Vec<&'a str> {
    let begins = |at: usize| matches!(tokens[at - 1].text, "(" | "[" | "," | ".");
    let items = (at + 1)..closing(tokens, at);
    items
        .filter(|&at| tokens[at].kind == Kind::Word && tokens[at].within != b'{' && begins(at))
        .map(|at| tokens[at].text)
        .collect()
}

/// The names that members may have.
fn members<'a>(tokens: &[Token<'a>]) -> BTreeSet<&'a str> {
    let text = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.text);
    let is_member = |at: usize| {
        let (before, after) = (text(at.checked_sub(1)), text(Some(at + 1)));
        let is_spread = before == "." && text(at.checked_sub(2)) == ".";
        let is_item = tokens[at].within == b'{' && matches!(before, "{" | "," | "." | "async");
        (before == "." && !is_spread) || (is_item && matches!(after, ":" | "," | "}" | "="))
    };
    (0..tokens.len()).filter(|&at| tokens[at].kind == Kind::Word && is_member(at)).map(|at| tokens[at].text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_readers_need_goes_and_nothing_else() {
        for (source, expected) in [
            ("let total = 1;\n\n  // one\ntotal = total + +total - -1;", "let a=1;\na=a+ +a- -1;"),
            ("const long = \"a  long // 'x\\\" \";\nlong();", "const a=\"a  long // 'x\\\" \";\na();"),
            ("const rule = /[/\"] a\\/b/g;\nconst half = 4 / 2 / 1;", "const b=/[/\"] a\\/b/g;\nconst a=4/2/1;"),
            ("function sum(first, ...others) {\n    return first;\n}", "function c(a,...b){return a;}"),
            // Members keep their names, and so does what may be one.
            (
                "const size = thing.size;\nconst other = { thing, key: size };",
                "const size=thing.size;\nconst a={thing,key:size};",
            ),
            ("const { kept, other: renamed } = it;", "const{kept,other:renamed}=it;"),
            (
                "const [one, [two]] = it;\nfor (const item of one) two(item);",
                "const[b,[c]]=it;\nfor(const a of b)c(a);",
            ),
            ("const f = (given, more = 2) => ({ more: given });", "const b=(a,more=2)=>({more:a});"),
            // What nobody declares is there already, and no short name is that of something else.
            ("const long = a ? document : typeof a;", "const b=a?document:typeof a;"),
            ("try { x(); } catch (error) { y(error); }", "try{x();}\ncatch(a){y(a);}\n".trim_end()),
            (
                "class Point {\n    constructor(left) {\n        this.x = left;\n    }\n}\nnew Point(1);",
                "class a{constructor(b){this.x=b;}}\nnew a(1);",
            ),
        ] {
            assert_eq!(shrink(source).trim_end(), expected, "{source}");
        }
    }

    #[test]
    fn there_are_names_enough() {
        let names: Vec<String> = (0..5000).map(spelled).collect();
        assert_eq!((&*names[0], &*names[51], &*names[52], &*names[53]), ("a", "Z", "aa", "ba"));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 5000);
    }
}
