//! The README's transcripts are what happens.
//!
//! In a fenced block of `console`, a line that begins with `$ ` is run by bash in a copy of `examples/`, one after the
//! other through the whole page, and the lines below it are what it prints on either stream. `...` stands for what
//! differs from run to run (dates, times). `httpkit serve` keeps running until the next one; it gets a free port, which
//! the transcript calls 8080. `HTTPKIT_BLESS=1 cargo test` writes what is printed now into the page.

use std::fs;

use crate::kit::{Serve, ServeBuilder, blessing, example, project, serve};

#[test]
fn the_transcripts_of_the_readme_are_what_happens() {
    let path = project().join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    let mut steps = steps(&text);
    assert!(steps.len() >= 10, "the transcripts were not found");
    let mut running: Option<Serve> = None;
    let mut faults = Vec::new();
    for step in &mut steps {
        let printed = step.run(&mut running);
        if !matches(&step.printed, &printed) {
            faults.push(format!("line {}: $ {}\n{printed}", step.line, step.command));
            step.printed = steady(&printed);
        }
    }
    if blessing() {
        fs::write(&path, rewritten(&text, &steps)).unwrap();
    } else {
        assert!(
            faults.is_empty(),
            "README.md is not what happens (HTTPKIT_BLESS=1 rewrites it):\n{}",
            faults.join("\n")
        );
    }
}

fn examples() -> ServeBuilder {
    ["students.json", "people.csv", "db.json"].iter().fold(serve(), |builder, name| builder.beside(name, example(name)))
}

/// A command of a transcript and what it printed.
#[derive(Debug, PartialEq)]
struct Step {
    line: usize,
    command: String,
    printed: String,
}

impl Step {
    /// Runs it and gives what it prints, with 8080 for the real port.
    fn run(&self, running: &mut Option<Serve>) -> String {
        if let Some(arguments) = self.command.strip_prefix("httpkit serve") {
            let words = words(arguments);
            let words = words.strip_suffix(&["--port", "8080"]).unwrap_or(&words);
            let server = match running.take() {
                None => words.iter().fold(examples(), |builder, word| builder.argument(*word)).start(),
                Some(before) => before.instead(words),
            };
            let server = running.insert(server);
            return format!("{}\n", server.first_line()).replace(&port_of(server), ":8080");
        }
        let server = running.as_ref().expect("a transcript begins with 'httpkit serve'");
        let port = port_of(server);
        let output = server.shell(&self.command.replace(":8080", &port)).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n").replace(&port, ":8080");
        // The next prompt begins a line of its own, where the output had no line end.
        if printed.is_empty() || printed.ends_with('\n') { printed } else { printed + "\n" }
    }
}

/// The words of a command line; those in single quotes may have spaces.
fn words(line: &str) -> Vec<&str> {
    let parts = line.split('\'').enumerate();
    parts
        .flat_map(|(index, part)| if index % 2 == 1 { vec![part] } else { part.split_whitespace().collect() })
        .collect()
}

fn port_of(server: &Serve) -> String {
    format!(":{}", server.address().port())
}

/// The page with what the steps print now.
fn rewritten(text: &str, steps: &[Step]) -> String {
    let mut page = String::new();
    let mut lines = text.lines().enumerate();
    let mut steps = steps.iter().peekable();
    while let Some((index, line)) = lines.next() {
        page += &format!("{line}\n");
        let Some(step) = steps.next_if(|step| step.line == index + 1) else { continue };
        page += &step.printed;
        while lines.clone().next().is_some_and(|(_, line)| line != "```" && !line.starts_with("$ ")) {
            lines.next();
        }
    }
    page
}

/// A printed text with `...` for the values of fields that differ from run to run.
fn steady(printed: &str) -> String {
    const DIFFERING: [&str; 3] = ["Last-Modified: ", "Date: ", "ETag: "];
    let line = |line: &str| match DIFFERING.iter().find_map(|name| Some((name, line.split_once(name)?.0))) {
        Some((name, before)) => format!("{before}{name}...\n"),
        None => format!("{line}\n"),
    };
    printed.lines().map(line).collect()
}

/// The commands in the fenced blocks of `console`.
fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::<Step>::new();
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        match (inside, line) {
            (false, "```console") => inside = true,
            (true, "```") => inside = false,
            (true, line) => match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => {
                    steps.push(Step { line: index + 1, command: command.to_owned(), printed: String::new() });
                }
                (None, Some(step)) => step.printed += &format!("{line}\n"),
                (None, None) => panic!("README.md, line {}: output without a command", index + 1),
            },
            (false, _) => {}
        }
    }
    steps
}

/// Whether a text is what was expected, with `...` in it for anything.
fn matches(expected: &str, printed: &str) -> bool {
    let mut pieces = expected.split("...");
    let Some(mut rest) = printed.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut pieces = pieces.peekable();
    let ends_there = pieces.peek().is_none();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    !ends_there || rest.is_empty()
}

#[test]
fn transcripts_are_read() {
    let step = |line, command: &str, printed: &str| Step { line, command: command.into(), printed: printed.into() };
    let text = "a\n```console\n$ one x\nout\n\n$ two\n```\n$ no\n```sh\n$ no\n```\n```console\n$ three\n```\n";
    assert_eq!(steps(text), [step(3, "one x", "out\n\n"), step(6, "two", ""), step(13, "three", "")]);
}

#[test]
fn transcripts_are_rewritten() {
    let text = "a\n```console\n$ one x\nold\n\n$ two\n```\nb\n";
    let mut steps = steps(text);
    assert_eq!(rewritten(text, &steps), text);
    steps[0].printed = steady("new\nDate: Mon\n");
    assert_eq!(rewritten(text, &steps), "a\n```console\n$ one x\nnew\nDate: ...\n$ two\n```\nb\n");
}

#[test]
fn dots_stand_for_anything_and_nothing_else_does() {
    for (expected, printed, same) in [
        ("a\n", "a\n", true),
        ("a\n", "b\n", false),
        ("a\n", "a\nb\n", false),
        ("a\nb\n", "a\n", false),
        ("", "", true),
        ("", "x\n", false),
        ("Date: ...\nx\n", "Date: Mon\nx\n", true),
        ("Date: ...\nx\n", "Date: Mon\ny\n", false),
        ("Date: ...\nx\n", "Dato: Mon\nx\n", false),
        ("a ... b ... c\n", "a 1 b 2 c\n", true),
        ("a ... b ... c\n", "a 1 2 c\n", false),
        ("a ... a\n", "a a\n", false),
    ] {
        assert_eq!(matches(expected, printed), same, "{expected:?} {printed:?}");
    }
}
