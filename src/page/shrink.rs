//! A script with less in it that only its readers need: white space, comments, and long names of variables.
//!
//! Each variable gets a short name; members keep theirs, but for those of the page's own objects. The sources are written for
//! it: no template literals, a semicolon at the end of each statement, no empty statements, no methods in object literals, and
//! no block that could be taken for an object.

use super::token::{Around, Kind, Role, Token, is_wordy, role, text, tokens};
use super::variable::short_names;

/// Members of the page's own objects, which nothing else has: they become A, B and so on, and a, b after Z.
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
    "child",
    "kind",
    "column",
    "token",
    "path",
    "gone",
    "sample",
    "moves",
    "asked",
    "fields",
    "bare",
    "isFiltered",
    "unfiltered",
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
    fn take(&mut self, tokens: &[Token<'_>], at: usize, names: &[Option<String>]) {
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

    fn write(&mut self, tokens: &[Token<'_>], at: usize, names: &[Option<String>]) {
        let token = tokens[at];
        let role = if token.kind == Kind::Word { role(tokens, at) } else { Role::None };
        let variable = || names[at].as_deref().unwrap_or(token.text);
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
    let mut shorter = MEMBERS.iter().zip(('A'..='Z').chain('a'..='z'));
    shorter.find(|(own, _)| **own == name).map_or_else(|| name.to_owned(), |(_, letter)| letter.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_readers_need_goes_and_nothing_else() {
        for (source, expected) in [
            ("let total = 1;\n\n  // one\ntotal = total + +total - -1;", "let e=1;\ne=e+ +e- -1;"),
            ("const long = \"a  long // 'x\\\" \";\nlong();", "let e=\"a  long // 'x\\\" \";\ne();"),
            (
                "const rule = /[/\"] a\\/b/g;\nf();\nconst half = 4 / 2 / 1;",
                "let e=/[/\"] a\\/b/g;\nf();\nlet t=4/2/1;",
            ),
            ("function sum(first, ...others) {\n    return first;\n}", "function e(e,...t){return e}"),
            // Members keep their names, also where a variable has the same.
            (
                "const size = thing.size;\nconst other = { thing, size, key: size };",
                "let e=thing.size,t={thing,size:e,key:e};",
            ),
            (
                "const { kept, other: renamed, more = 1 } = it;\nkept(renamed, more);",
                "let{kept:e,other:t,more:n=1}=it;\ne(t,n);",
            ),
            ("const [one, [two]] = it;\nfor (const item of one) two(item);", "let[t,[n]]=it;\nfor(let e of t)n(e);"),
            ("const f = (given) => ({ more: given });\nf((a, b) => a);", "let e=e=>({more:e});\ne((e,t)=>e);"),
            // What nobody declares is there already, and no short name is that of something else.
            ("const long = e ? document : undefined;", "let t=e?document:void 0;"),
            ("try {\n    x();\n} catch (error) {\n    y(error);\n}", "try{x()}\ncatch(e){y(e)}"),
            (
                "class Point {\n    left(left) {\n        this.left = left;\n    }\n}\nnew Point(1);",
                "class e{left(e){this.left=e}}\nnew e(1);",
            ),
            ("if (x) {\n    const a = 1;\n    const b = { a };\n    f(b);\n}", "if(x){let e=1,t={a:e};f(t)}"),
            (
                "f(it.address, { address: 1 });\nconst { address } = it;\nf({ address });",
                "f(it.A,{A:1});\nlet{A:e}=it;\nf({A:e});",
            ),
            ("f(true, [false,], {\n    a: 1,\n});", "f(!0,[!1],{a:1});"),
        ] {
            assert_eq!(shrink(source).trim_end(), expected, "{source}");
        }
    }

    #[test]
    fn one_short_name_serves_where_it_cannot_be_mistaken() {
        for (source, expected) in [
            (
                "function one(left) {\n    return left;\n}\nfunction two(right) {\n    return one(right);\n}",
                "function t(e){return e}\nfunction e(e){return t(e)}",
            ),
            // Of functions beside each other, and of one in another that names nothing of it.
            ("f((a) => a, (b) => b);", "f(e=>e,e=>e);"),
            ("f((a) => (b) => b);", "f(e=>e=>e);"),
            ("f((a) => (b) => a + b);", "f(e=>t=>e+t);"),
            ("f((a) => g((b) => b, a));", "f(e=>g(e=>e,e));"),
            // A parameter and what the body declares, a block in it, and a function that is called before its variable is there.
            ("f((a) => {\n    const b = 1;\n});", "f(e=>{let t=1});"),
            ("f((a) => {\n    {\n        const b = 1;\n    }\n});", "f(e=>{{let e=1}});"),
            ("f(() => {\n    const a = () => b;\n    const b = 1;\n});", "f(()=>{let e=()=>t,t=1});"),
            // The variable of a loop is over with its statement.
            (
                "f((list) => {\n    for (const a of list) if (a) g(a);\n    else h(a);\n    for (const b of list) {\n        g(b);\n    }\n    const c = list;\n});",
                "f(e=>{for(let t of e)if(t)g(t);else h(t);for(let t of e){g(t)}let t=e});",
            ),
            // One name for two variables in the source, too.
            ("const name = 1;\nf((name) => name);\ng(name);", "let e=1;\nf(e=>e);\ng(e);"),
        ] {
            assert_eq!(shrink(source).trim_end(), expected, "{source}");
        }
    }
}
