//! A script with less in it that only its readers need: white space, comments, and long names of variables.
//!
//! It knows no scopes. A variable gets one short name everywhere, which no other has where both are named, so each still means
//! what it meant; the names of members stay. The sources are written for it: no template literals, a semicolon at the end of each statement,
//! no empty statements, no methods in object literals, no block that could be taken for an object, and a pattern declares
//! variables of a function only.

use std::collections::BTreeMap;

use super::token::{Around, Kind, Role, Token, is_wordy, role, text, tokens};
use super::variable::short_names;

/// Members of the page's own objects, which nothing else has: they become A, B and so on.
const MEMBERS: &[&str] = &[
    "address",
    "outline",
    "columns",
    "collection",
    "areRecords",
    "parameters",
    "table",
    "allow",
    "total",
    "start",
    "etag",
    "inner",
    "unpaged",
    "isOffline",
    "isText",
    "isCut",
    "pathText",
    "parent",
    "write",
    "isReachable",
    "member",
    "began",
    "column",
    "token",
];

/// The script, shorter and of the same meaning.
pub(super) fn shrink(source: &str) -> String {
    let tokens = tokens(source);
    let names = short_names(&tokens);
    let mut out = Output::default();
    for at in 0..tokens.len() {
        out.take(&tokens, at, &names);
    }
    out.text
}

/// What is written, and what is known of the statement that is being written in each block.
#[derive(Default)]
struct Output {
    text: String,
    /// Whether the statement declares variables, for each bracket that is open.
    declares: Vec<bool>,
    is_declaration: bool,
}

impl Output {
    fn take(&mut self, tokens: &[Token<'_>], at: usize, names: &BTreeMap<&str, String>) {
        let token = tokens[at];
        match token.text {
            "{" | "(" | "[" if token.kind == Kind::Mark => self.declares.push(std::mem::take(&mut self.is_declaration)),
            "}" | ")" | "]" if token.kind == Kind::Mark => self.is_declaration = self.declares.pop().unwrap_or(false),
            _ => {}
        }
        let next = text(tokens, at + 1);
        match token.text {
            // A declaration goes on with the next one.
            ";" if self.is_declaration && matches!(next, "const" | "let") => return self.text.push(','),
            "const" | "let" if self.is_declaration => return,
            ";" if next == "}" => return,
            "," if matches!(next, ")" | "]" | "}") => return,
            // An arrow with one parameter needs no brackets.
            "(" if is_lone_parameter(tokens, at) => return,
            ")" if at > 1 && is_lone_parameter(tokens, at - 2) => return,
            _ => {}
        }
        self.is_declaration = match token.text {
            "const" | "let" => token.within == Around::Block,
            ";" => false,
            // A block ends a statement.
            "}" if next != ";"
                && next != ","
                && next != "="
                && next != "."
                && next != ")"
                && token.within == Around::Block =>
            {
                false
            }
            _ => self.is_declaration,
        };
        self.write(tokens, at, names);
        let ends = token.kind == Kind::Mark && matches!(token.text, "}" | ";") && self.declares.is_empty();
        if ends && !matches!(next, ";" | "" | ")" | "," | "." | "=") {
            // A line for each statement of the module, for whoever looks at it in a browser.
            self.text.push('\n');
        }
    }

    fn write(&mut self, tokens: &[Token<'_>], at: usize, names: &BTreeMap<&str, String>) {
        let token = tokens[at];
        let role = if token.kind == Kind::Word { role(tokens, at) } else { Role::None };
        let variable = || names.get(token.text).map_or(token.text, String::as_str);
        let written = match role {
            Role::Variable => keyword(variable()).to_owned(),
            Role::Member => member(token.text),
            Role::Both if (member(token.text), variable()) == (token.text.to_owned(), token.text) => {
                token.text.to_owned()
            }
            Role::Both => format!("{}:{}", member(token.text), variable()),
            Role::None => token.text.to_owned(),
        };
        let last = self.text.bytes().last().unwrap_or(b' ');
        let first = written.bytes().next().unwrap_or(b' ');
        if (is_wordy(last) && is_wordy(first)) || (token.is_apart && last == first && matches!(last, b'+' | b'-')) {
            self.text.push(' ');
        }
        self.text.push_str(&written);
    }
}

fn is_lone_parameter(tokens: &[Token<'_>], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| tokens[before]);
    text(tokens, at) == "("
        && tokens.get(at + 1).is_some_and(|token| token.kind == Kind::Word)
        && text(tokens, at + 2) == ")"
        && text(tokens, at + 3) == "="
        && text(tokens, at + 4) == ">"
        && before.is_none_or(|before| before.kind == Kind::Mark)
}

/// A word of the language that has a shorter one of the same meaning.
fn keyword(word: &str) -> &str {
    match word {
        "const" => "let",
        "undefined" => "void 0",
        "true" => "!0",
        "false" => "!1",
        word => word,
    }
}

fn member(name: &str) -> String {
    MEMBERS
        .iter()
        .position(|own| *own == name)
        .map_or_else(|| name.to_owned(), |at| char::from(b'A' + at as u8).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_readers_need_goes_and_nothing_else() {
        for (source, expected) in [
            ("let total = 1;\n\n  // one\ntotal = total + +total - -1;", "let a=1;\na=a+ +a- -1;"),
            ("const long = \"a  long // 'x\\\" \";\nlong();", "let a=\"a  long // 'x\\\" \";\na();"),
            (
                "const rule = /[/\"] a\\/b/g;\nf();\nconst half = 4 / 2 / 1;",
                "let b=/[/\"] a\\/b/g;\nf();\nlet a=4/2/1;",
            ),
            ("function sum(first, ...others) {\n    return first;\n}", "function c(a,...b){return a}"),
            // Members keep their names, also where a variable has the same.
            (
                "const size = thing.size;\nconst other = { thing, size, key: size };",
                "let a=thing.size,b={thing,size:a,key:a};",
            ),
            (
                "const { kept, other: renamed, more = 1 } = it;\nkept(renamed, more);",
                "let{kept:a,other:c,more:b=1}=it;\na(c,b);",
            ),
            ("const [one, [two]] = it;\nfor (const item of one) two(item);", "let[b,[c]]=it;\nfor(let a of b)c(a);"),
            ("const f = (given) => ({ more: given });\nf((a, b) => a);", "let b=a=>({more:a});\nb((a,c)=>a);"),
            // What nobody declares is there already, and no short name is that of something else.
            ("const long = a ? document : undefined;", "let b=a?document:void 0;"),
            ("try {\n    x();\n} catch (error) {\n    y(error);\n}", "try{x()}\ncatch(a){y(a)}"),
            (
                "class Point {\n    left(left) {\n        this.left = left;\n    }\n}\nnew Point(1);",
                "class a{left(b){this.left=b}}\nnew a(1);",
            ),
            ("if (x) {\n    const a = 1;\n    const b = { a };\n    f(b);\n}", "if(x){let a=1,b={a};f(b)}"),
            (
                "f(it.address, { address: 1 });\nconst { address } = it;\nf({ address });",
                "f(it.A,{A:1});\nlet{A:a}=it;\nf({A:a});",
            ),
            ("f(true, [false,], {\n    a: 1,\n});", "f(!0,[!1],{a:1});"),
            // The same short name, where it cannot be mistaken.
            (
                "function one(left) {\n    return left;\n}\nfunction two(right) {\n    return one(right);\n}",
                "function b(a){return a}\nfunction c(a){return b(a)}",
            ),
        ] {
            assert_eq!(shrink(source).trim_end(), expected, "{source}");
        }
    }
}
