//! The man pages tell all of what they say they list: the exit statuses of `request`, the problem codes of `serve`.

use std::collections::BTreeSet;
use std::fs;

use http::StatusCode;

use crate::kit::{httpkit, project};
use crate::rooms::rust_files;

/// The terms of a section of a page, as `--generate` prints it.
fn terms(page: &str, title: &str) -> BTreeSet<String> {
    let printed = String::from_utf8(httpkit(&["--generate", page]).output().unwrap().stdout).unwrap();
    let section = printed.split("\n.SH ").find(|section| section.starts_with(title));
    let lines = section.unwrap_or_else(|| panic!("no {title} in {page}")).lines();
    let terms = lines.filter_map(|line| line.strip_prefix("\\fB")?.strip_suffix("\\fR"));
    terms.map(|term| term.replace("\\-", "-")).collect()
}

/// The text of a source file before its tests, without comments.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn request_lists_its_exit_statuses() {
    let source = code_of(&fs::read_to_string(project().join("src/cli/exit.rs")).unwrap());
    let words = source.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_');
    let used: BTreeSet<u8> = words.filter_map(|word| word.parse().ok()).collect();
    assert!(used.contains(&7) && used.contains(&60), "the statuses were not found: {used:?}");
    let listed: BTreeSet<u8> = terms("man-request", "\"EXIT STATUS\"")
        .iter()
        .flat_map(|term| term.split(", "))
        .map(|n| n.parse().unwrap())
        .collect();
    assert_eq!(used.difference(&listed).collect::<Vec<_>>(), Vec::<&u8>::new(), "not on the page");
}

#[test]
fn serve_lists_its_parameters_and_operators() {
    let quoted = |path: &str, from: &str, to: &str| -> Vec<String> {
        let source = fs::read_to_string(project().join(path)).unwrap();
        let part = source.split_once(from).unwrap().1.split_once(to).unwrap().0;
        part.split('"').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let own = quoted("src/document/query/error.rs", "const OWN: &[&str] = &[", "]");
    let operators = quoted("src/document/query/filter.rs", "fn of(name: &str)", "return None");
    assert!(own.contains(&"_where".to_owned()) && operators.contains(&"nin".to_owned()), "{own:?} {operators:?}");
    let page = terms("man-serve", "QUERIES").into_iter().collect::<Vec<_>>().join("\n");
    let help = String::from_utf8(httpkit(&["serve", "--help"]).output().unwrap().stdout).unwrap();
    let queries = help.split_once("\nQUERIES\n").unwrap().1;
    for operator in operators {
        assert!(page.contains(&format!(":{operator}")) && queries.contains(&format!(":{operator}")), "{operator}");
    }
    let printed = String::from_utf8(httpkit(&["--generate", "man-serve"]).output().unwrap().stdout).unwrap();
    for name in own.iter().map(String::as_str).chain(["q", "_dependent"]) {
        assert!(printed.contains(&format!("{name}=")) && queries.contains(&format!("{name}=")), "{name}");
    }
}

#[test]
fn serve_lists_its_problem_codes() {
    let mut used = BTreeSet::new();
    for room in ["message", "server", "api", "cli/serve"] {
        for (name, text) in rust_files(&project().join("src").join(room)) {
            if name != "tests.rs" && !name.ends_with("_tests.rs") {
                used.extend(problem_codes(&code_of(&text)));
            }
        }
    }
    assert!(used.len() > 10, "the codes were not found: {used:?}");
    let listed = terms("man-serve", "\"PROBLEM CODES\"");
    assert_eq!(used.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "not on the page");
    assert_eq!(listed.difference(&used).collect::<Vec<_>>(), Vec::<&String>::new(), "on the page, but not in use");
}

/// Every `StatusCode::NAME, "code"` of a source text, and the pairs of the functions `status` and `code` of its errors.
fn problem_codes(code: &str) -> Vec<String> {
    let mut codes = Vec::new();
    for (_, rest) in code.match_indices("StatusCode::").map(|(at, found)| (at, &code[at + found.len()..])) {
        let Some((name, rest)) = rest.split_once(',') else { continue };
        let Some((word, _)) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"')) else {
            continue;
        };
        // The name of a field that goes with a status is no code.
        let is_code = word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if let Some(status) = status_of(name).filter(|_| is_code) {
            codes.push(format!("{word} ({status})"));
        }
    }
    // A fault has the status that it was told to have.
    let told = code.split("Problem::new(status, \"").skip(1).filter_map(|rest| rest.split('"').next());
    codes.extend(told.map(|word| format!("{word} (400 to 599)")));
    let (Some(status), Some(word)) = (function(code, "status"), function(code, "code")) else { return codes };
    for (variants, word) in arms(word) {
        let Some(word) = word.strip_prefix('"').and_then(|word| word.strip_suffix('"')) else { continue };
        for variant in variants {
            let (_, named) = arms(status).into_iter().find(|(own, _)| own.contains(&variant)).unwrap();
            let status = status_of(named.trim_start_matches("StatusCode::")).unwrap();
            codes.push(format!("{word} ({status})"));
        }
    }
    codes
}

/// The number of a constant of `StatusCode`, by its reason phrase.
fn status_of(name: &str) -> Option<u16> {
    let codes = (100..600).filter_map(|code| StatusCode::from_u16(code).ok());
    let named = |code: &StatusCode| {
        code.canonical_reason().is_some_and(|reason| reason.replace(['-', ' '], "_").eq_ignore_ascii_case(name))
    };
    codes.into_iter().find(named).map(|code| code.as_u16())
}

/// The text from a method's head to that of the next.
fn function<'c>(code: &'c str, name: &str) -> Option<&'c str> {
    let (_, rest) = code.split_once(&format!("pub fn {name}(&self)"))?;
    rest.split("pub fn ").next()
}

/// The arms of the `match` in a function: the names of the variants, and what they give.
fn arms(function: &str) -> Vec<(Vec<String>, String)> {
    let mut arms = Vec::new();
    let mut before = String::new();
    for line in function.lines() {
        before += line;
        let Some((patterns, value)) = before.split_once("=>") else { continue };
        let value = value.trim().trim_start_matches('{').trim().trim_end_matches(',');
        if value.is_empty() {
            continue;
        }
        let variants = patterns.split('|').filter_map(|pattern| pattern.split_once("::")).map(|(_, variant)| variant);
        let names = variants.map(|variant| variant.split(['(', ' ', '{']).next().unwrap().to_owned()).collect();
        arms.push((names, value.to_owned()));
        before.clear();
    }
    arms
}

#[test]
fn serve_lists_the_limits_of_a_description() {
    let page = fs::read_to_string(project().join("man/httpkit-serve.1")).unwrap();
    let told = page.lines().find(|line| line.starts_with("It describes at most")).unwrap();
    let numbers = told.split(|letter: char| !letter.is_ascii_digit()).filter_map(|digits| digits.parse::<usize>().ok());
    assert_eq!(numbers.take(4).collect::<Vec<_>>(), httpkit::document::SCHEMA_LIMITS);
}

#[test]
fn problem_codes_are_found() {
    let code = r#"
        return Err(Problem::new(StatusCode::NOT_FOUND, "not-found", detail));
        Kind::A => (
            StatusCode::URI_TOO_LONG,
            "too-long"),
        pub fn status(&self) -> StatusCode {
            match self {
                E::A(_) => StatusCode::CONFLICT,
                E::B | E::C => {
                    StatusCode::GONE
                }
                E::D { .. }
                | E::F => StatusCode::BAD_REQUEST,
            }
        }
        pub fn code(&self) -> &'static str {
            match self {
                E::A(_) => "a-a",
                E::B | E::C => "b-c",
                E::D { .. } => "d-d",
                E::F => "f-f",
            }
        }
    "#;
    let found = problem_codes(code);
    let expected =
        ["not-found (404)", "too-long (414)", "a-a (409)", "b-c (410)", "b-c (410)", "d-d (400)", "f-f (400)"];
    assert_eq!(found, expected);
}
