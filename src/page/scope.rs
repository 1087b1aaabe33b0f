//! The variables of a script: what each word that names one means, and where a name could be mistaken for another.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::token::{Around, Kind, Role, Token, role, text};

/// What no variable can be called.
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

/// A variable: the scope that declares it, and the tokens that name it.
#[derive(Debug)]
pub(super) struct Variable {
    scope: usize,
    pub(super) places: Vec<usize>,
}

impl Variable {
    /// Whether it is one of the module itself.
    pub(super) fn is_outer(&self) -> bool {
        self.scope == 0
    }
}

/// The variables of a script in the order of their declarations, and the names that it does not declare.
#[derive(Debug)]
pub(super) struct Variables<'a> {
    pub(super) all: Vec<Variable>,
    others: BTreeSet<&'a str>,
    scopes: Vec<Scope>,
}

/// A stretch of tokens in which a name means one thing, and the scope around it.
#[derive(Debug)]
struct Scope {
    tokens: Range<usize>,
    around: usize,
}

impl<'a> Variables<'a> {
    pub(super) fn of(tokens: &[Token<'a>]) -> Variables<'a> {
        let (scopes, innermost) = scopes(tokens);
        let (mut all, mut others, mut known) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
        for at in declarations(tokens) {
            known.entry((innermost[at], tokens[at].text)).or_insert_with(|| {
                all.push(Variable { scope: innermost[at], places: Vec::new() });
                all.len() - 1
            });
        }
        for at in (0..tokens.len()).filter(|at| tokens[*at].kind == Kind::Word && role(tokens, *at) != Role::Member) {
            let mut scope = innermost[at];
            while scope != 0 && !known.contains_key(&(scope, tokens[at].text)) {
                scope = scopes[scope].around;
            }
            match known.get(&(scope, tokens[at].text)) {
                Some(variable) => all[*variable].places.push(at),
                None => drop(others.insert(tokens[at].text)),
            }
        }
        Variables { all, others, scopes }
    }

    /// Whether a name means something already.
    pub(super) fn is_taken(&self, name: &str) -> bool {
        self.others.contains(name) || WORDS.contains(&name)
    }

    /// Whether one of two variables would be taken for the other if both had one name: in one scope, or where that of one is
    /// around that of the other and reaches into it.
    pub(super) fn clash(&self, one: &Variable, other: &Variable) -> bool {
        one.scope == other.scope || self.reaches(one, other.scope) || self.reaches(other, one.scope)
    }

    /// Whether a variable of a scope around this one is named in this one.
    fn reaches(&self, variable: &Variable, scope: usize) -> bool {
        let tokens = &self.scopes[scope].tokens;
        let is_around = |outer: &Range<usize>| outer.start < tokens.start && tokens.end <= outer.end;
        (variable.is_outer() || is_around(&self.scopes[variable.scope].tokens))
            && variable.places.iter().any(|place| tokens.contains(place))
    }
}

/// The scopes, that of the module first, and for each token the innermost one.
fn scopes(tokens: &[Token<'_>]) -> (Vec<Scope>, Vec<usize>) {
    let mut scopes = vec![Scope { tokens: 0..tokens.len(), around: 0 }];
    let (mut open, mut bodies, mut innermost) = (vec![0], BTreeSet::new(), Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        open.retain(|scope| at < scopes[*scope].tokens.end);
        let end = match token.text {
            _ if token.kind != Kind::Mark || bodies.contains(&at) => None,
            "(" if at > 0 && tokens[at - 1].text == "for" => Some(end_of_statement(tokens, closing(tokens, at) + 1)),
            "(" if is_parameters(tokens, at) => {
                let body = body(tokens, at);
                let is_block = text(tokens, body) == "{";
                bodies.extend(is_block.then_some(body));
                Some(if is_block { closing(tokens, body) + 1 } else { end_of_expression(tokens, body) })
            }
            "{" if tokens.get(at + 1).is_some_and(|inner| inner.within == Around::Block) => {
                Some(closing(tokens, at) + 1)
            }
            _ => None,
        };
        let around = open.last().copied().unwrap_or(0);
        innermost.push(end.map_or(around, |end| {
            scopes.push(Scope { tokens: at..end, around });
            open.push(scopes.len() - 1);
            scopes.len() - 1
        }));
    }
    (scopes, innermost)
}

/// Where variables are declared: after a word that declares, in patterns, and in lists of parameters.
fn declarations(tokens: &[Token<'_>]) -> Vec<usize> {
    let mut places = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "const" | "let" if matches!(text(tokens, at + 1), "[" | "{") => places.extend(listed(tokens, at + 1)),
            "const" | "let" | "function" | "class" => places.push(at + 1),
            "(" if is_parameters(tokens, at) => places.extend(listed(tokens, at)),
            _ => {}
        }
    }
    places.retain(|at| tokens.get(*at).is_some_and(|token| !WORDS.contains(&token.text)));
    places
}

/// Whether the bracket at this place opens a list of parameters: an arrow or a body follows it, or `catch` stands before.
fn is_parameters(tokens: &[Token<'_>], at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |before| tokens[before].text);
    let end = closing(tokens, at);
    let is_arrow = text(tokens, end + 1) == "=" && text(tokens, end + 2) == ">";
    !matches!(before, "if" | "while" | "for" | "switch") && (is_arrow || text(tokens, end + 1) == "{")
}

/// Where the body begins, behind a list of parameters.
fn body(tokens: &[Token<'_>], parameters: usize) -> usize {
    let end = closing(tokens, parameters);
    if text(tokens, end + 1) == "{" { end + 1 } else { end + 3 }
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

/// The first of the tokens at or behind this place that is one of these marks and in no bracket that opens there.
fn first_of(tokens: &[Token<'_>], mut at: usize, marks: &[&str]) -> usize {
    while at < tokens.len() && !(tokens[at].kind == Kind::Mark && marks.contains(&tokens[at].text)) {
        at = if matches!(tokens[at].text, "(" | "[" | "{") { closing(tokens, at) } else { at } + 1;
    }
    at
}

fn end_of_expression(tokens: &[Token<'_>], at: usize) -> usize {
    first_of(tokens, at, &[",", ";", ")", "]", "}"])
}

/// The place behind the statement that begins here.
fn end_of_statement(tokens: &[Token<'_>], at: usize) -> usize {
    match text(tokens, at) {
        "{" => closing(tokens, at) + 1,
        "if" | "for" | "while" => {
            let end = end_of_statement(tokens, closing(tokens, at + 1) + 1);
            if text(tokens, end) == "else" { end_of_statement(tokens, end + 1) } else { end }
        }
        _ => first_of(tokens, at, &[";", "}"]) + 1,
    }
}

/// The places of the names that a pattern or a list of parameters declares: those that stand at the beginning of an item, or
/// behind the colon of one.
fn listed(tokens: &[Token<'_>], at: usize) -> impl Iterator<Item = usize> {
    let is_name = |&at: &usize| {
        let begins = matches!(tokens[at - 1].text, "(" | "[" | "{" | "," | "." | ":");
        tokens[at].kind == Kind::Word && begins && role(tokens, at) != Role::Member
    };
    ((at + 1)..closing(tokens, at)).filter(is_name)
}
