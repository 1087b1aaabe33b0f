//! Short names for the variables of a script.

use std::collections::{BTreeMap, BTreeSet};

use super::token::{Kind, Role, Token, role, text};

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

/// The short name of each variable that gets one; the most frequent get the shortest. Two may have the same where no
/// statement of the module holds both, unless both are of the module itself.
pub(super) fn short_names<'a>(tokens: &[Token<'a>]) -> BTreeMap<&'a str, String> {
    let declared = declared(tokens);
    let uses = uses(tokens);
    let (long, kept): (Vec<_>, Vec<_>) =
        uses.iter().partition(|(name, _)| declared.contains(*name) && !WORDS.contains(*name));
    let kept: BTreeSet<&str> = kept.iter().map(|(name, _)| **name).chain(WORDS.iter().copied()).collect();
    let mut long: Vec<(&&str, &Uses)> = long;
    long.sort_by_key(|(name, uses)| (usize::MAX - uses.count, **name));
    let mut given: Vec<(String, Uses)> = Vec::new();
    let mut names = BTreeMap::new();
    for (name, own) in long {
        let is_free = |short: &String| {
            let clashes = given.iter().any(|(taken, other)| taken == short && own.clashes_with(other));
            !clashes && !kept.contains(short.as_str())
        };
        if let Some(short) = (0..).map(spelled).find(is_free) {
            names.insert(*name, short.clone());
            given.push((short, own.clone()));
        }
    }
    names
}

/// Where a variable is named.
#[derive(Debug, Clone, Default)]
struct Uses {
    count: usize,
    statements: BTreeSet<usize>,
    /// Whether it is one of the module itself.
    is_outer: bool,
}

impl Uses {
    fn clashes_with(&self, other: &Uses) -> bool {
        (self.is_outer && other.is_outer) || !self.statements.is_disjoint(&other.statements)
    }
}

fn uses<'a>(tokens: &[Token<'a>]) -> BTreeMap<&'a str, Uses> {
    let mut uses = BTreeMap::<&str, Uses>::new();
    let (mut statement, mut depth) = (0, 0_usize);
    for (at, token) in tokens.iter().enumerate() {
        match (token.kind, token.text) {
            (Kind::Mark, "(" | "[" | "{") => depth += 1,
            (Kind::Mark, ")" | "]" | "}") => depth = depth.saturating_sub(1),
            (Kind::Word, name) if role(tokens, at) != Role::Member => {
                let uses = uses.entry(name).or_default();
                uses.count += 1;
                uses.statements.insert(statement);
                uses.is_outer |= depth == 0;
            }
            _ => {}
        }
        statement += usize::from(depth == 0 && matches!(token.text, ";" | "}"));
    }
    uses
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

/// The names that variables are declared by: after a word that declares, in patterns, and in lists of parameters.
fn declared<'a>(tokens: &[Token<'a>]) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "const" | "let" if matches!(text(tokens, at + 1), "[" | "{") => names.extend(listed(tokens, at + 1)),
            "const" | "let" | "function" | "class" => drop(names.insert(text(tokens, at + 1))),
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

/// The names that a pattern or a list of parameters declares: those that stand at the beginning of an item, or behind the
/// colon of one.
fn listed<'a>(tokens: &[Token<'a>], at: usize) -> Vec<&'a str> {
    let is_name = |&at: &usize| {
        let begins = matches!(tokens[at - 1].text, "(" | "[" | "{" | "," | "." | ":");
        tokens[at].kind == Kind::Word && begins && role(tokens, at) != Role::Member
    };
    ((at + 1)..closing(tokens, at)).filter(is_name).map(|at| tokens[at].text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_names_enough() {
        let names: Vec<String> = (0..5000).map(spelled).collect();
        assert_eq!((&*names[0], &*names[51], &*names[52], &*names[53]), ("a", "Z", "aa", "ba"));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 5000);
    }
}
