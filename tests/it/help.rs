//! What the program tells about itself: one screen, everything, or what fits a word.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use predicates::prelude::predicate;

use crate::kit::{self, httpkit};
use crate::screen::Screen;

fn said(arguments: &[&str]) -> String {
    String::from_utf8(httpkit(arguments).assert().success().stderr("").get_output().stdout.clone()).unwrap()
}

#[test]
fn alone_it_shows_three_examples() {
    let output = httpkit(&[]).assert().code(2).stdout("").get_output().clone();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.lines().filter(|line| line.starts_with("  httpkit ")).count(), 3, "{text}");
    assert!(text.contains(":8080/posts") && text.contains("--help WORD"), "{text}");
}

#[test]
fn a_screen_is_24_lines_of_80_columns() {
    for arguments in [&["-h"][..], &["request", "-h"], &["serve", "-h"], &["request", "http://h/", "-h"]] {
        let text = said(arguments);
        assert!(text.lines().count() < 24 && text.lines().count() > 10, "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("  httpkit ")).count(), 5, "{text}");
    }
    assert!(said(&["-h"]).contains("httpkit :8080/posts "), "{}", said(&["-h"]));
    let options = said(&["-h"]).matches("  -").count();
    assert!((20..=26).contains(&options), "{options}");
}

/// The words of a text that begin with two dashes.
fn long_options(text: &str) -> BTreeSet<String> {
    let text = text.replace("\\-", "-");
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric() && !matches!(sign, '-' | '.'));
    words
        .filter(|word| word.starts_with("--") && word.len() > 3)
        .map(|word| word.trim_end_matches('.').to_owned())
        .collect()
}

#[test]
fn the_help_is_complete() {
    for side in ["request", "serve"] {
        let (page, text) = (said(&["--generate", &format!("man-{side}")]), said(&[side, "--help"]));
        let missing: Vec<_> = long_options(&page).difference(&long_options(&text)).cloned().collect();
        assert!(missing.is_empty(), "{side}: {missing:?}");
        assert!(long_options(&text).len() > 25, "{text}");
        for title in ["EXAMPLES", "EXIT STATUS", "FILES"] {
            assert!(page.contains(title) && text.contains(title), "{side}: {title}");
        }
    }
    let (both, request) = (said(&["--help"]), said(&["request", "--help"]));
    assert!(both.contains("time_starttransfer") && both.contains("--foreign-key-suffix"), "{both}");
    assert!(
        request.contains("%header{NAME}")
            && request.contains("SSL_CERT_FILE")
            && !request.contains("--foreign-key-suffix")
    );
    assert!(request.contains("\n  97 "), "the exit statuses are missing");
}

#[test]
fn a_word_gets_what_fits_it() {
    for (words, parts, not) in [
        (&["-r"][..], &["--range <RANGE>"][..], "--retry"),
        (&["retry"], &["--retry <NUMBER>"], "--retry-delay"),
        (&["--color"], &["httpkit request", "httpkit serve", "always"], "--pretty"),
        (&["404"], &["404 Not Found", "RFC 9110 15.5.5"], "exit status"),
        (&["7"], &["exit status 7", "The connection failed", "try:"], "HTTP/1.1"),
        (&["ETag"], &["ETag: ", "RFC 9110 8.8.3"], "wrong:"),
        (&["cache-control:"], &["> Cache-Control: no-cache", "< Cache-Control: max-age=600"], "wrong:"),
        (&["patch"], &["PATCH /posts/7", "RFC 5789"], "wrong:"),
        (&["%{time_total}"], &["seconds for the whole transfer"], "time_connect"),
        (&["environment"], &["HTTPKIT_PORT", "NO_COLOR"], "--range"),
        (&["items"], &["name:=JSON"], "--range"),
        (&["faults"], &["--fault <FAULT>", "--delay <TIME>"], "--strict"),
        (&["openapi"], &["OpenAPI 3.1", "/_/health"], "--range"),
        (&["key-mismatch"], &["do not change"], "--range"),
        (&["CERTIFICATE"], &["--cacert <FILE>", "options that name"], "--range"),
    ] {
        let text = said(&[&["--help"], words].concat());
        assert!(parts.iter().all(|part| text.contains(part)) && !text.contains(not), "{words:?}: {text}");
    }
    for (words, parts, most) in [
        (&["serve"][..], &["httpkit serve db.json", "listen on this port"][..], 24),
        (&["httpkit"], &["httpkit serve -h", "httpkit :8080/posts"], 24),
        (&["request"], &["httpkit :8080/posts", "follow redirects"], 24),
        (&["dialect"], &["httpkit request", "httpkit serve", "--site <NAME>"], 60),
        (&["health"], &["OPENAPI DESCRIPTION", "/_/health"], 24),
        (&["gzip"], &["--compressed"], 24),
        (&["signing"], &[], 0),
        (&["the"], &["and ", " more; --help without a word shows everything"], 80),
        (&[":="], &["ITEMS", "name:=JSON"], 24),
    ] {
        let output = httpkit(&[&["--help"], words].concat()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(parts.iter().all(|part| text.contains(part)) && text.lines().count() <= most, "{words:?}: {text}");
        assert_eq!(said_of(&[&["help"], words].concat()), text, "{words:?}");
    }
    assert_eq!(said(&["--help", "dialect"]).matches("neither HTTP nor data").count(), 1);
    assert_eq!(said(&["help"]), said(&["--help"]));
    // Of one side only, wherever it stands.
    assert!(!said(&["serve", "db.json", "--help", "color"]).contains("httpkit request"));
    assert!(!said(&["request", "-v", "http://h/", "--help", "--color"]).contains("httpkit serve"));
    // A value is no question.
    httpkit(&["request", "--dry-run", "http://h/", "-d", "--help"])
        .assert()
        .stdout(predicate::str::ends_with("--help"));
    httpkit(&["--help", "xyzzy"]).assert().code(2).stdout("").stderr(predicate::str::contains("'xyzzy'"));
    for (word, hint) in [
        ("Content-Lenght", ", did you mean 'Content-Length'?"),
        ("--rety", ", did you mean '--retry'?"),
        ("", "; --help shows everything"),
        ("%", "; --help shows everything"),
    ] {
        let message = format!("httpkit: nothing is known about '{word}'{hint}\n");
        httpkit(&["--help", word]).assert().code(2).stdout("").stderr(message);
    }
}

/// What is printed, whatever the status.
fn said_of(arguments: &[&str]) -> String {
    String::from_utf8(httpkit(arguments).output().unwrap().stdout).unwrap()
}

#[test]
fn no_sample_is_masked() {
    for (field, value) in [
        ("Set-Cookie", "theme=dark"),
        ("Cookie", "theme=dark"),
        ("Authorization", "Bearer abc"),
        ("Proxy-Authorization", "Basic "),
    ] {
        let text = said(&["--help", field]);
        assert!(text.contains(value) && !text.contains("***") && !text.contains("--show-secrets"), "{text}");
    }
}

#[test]
fn the_examples_of_the_dialects_stand_on_lines_of_their_own() {
    for arguments in [&["serve", "--help"][..], &["serve", "--help", "dialect"]] {
        let text = said(arguments);
        let example = "    httpkit request --dialect names POST '127.0.0.1/?name=sangki&last_name=oh'";
        assert!(text.lines().any(|line| line == example), "{text}");
        assert!(text.lines().all(|line| !line.starts_with("names:") && line.chars().count() <= 80), "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_command_line_is_said_in_one_line() {
    for (arguments, expected) in [
        (&["http://h/", "--jsn", "{}"][..], "there is no option '--jsn', did you mean '--json'?"),
        (&["serve", "--prot", "1"], "there is no option '--prot', did you mean '--port'?"),
        (&["serve", "--zzzzz"], "there is no option '--zzzzz'; try --help"),
        (&["serv", "db.json"], "there is no command 'serv', did you mean 'serve'?"),
        (
            &["serve", "--journal", "10001"],
            "'--journal <COUNT>' cannot be '10001': expected a whole number up to 10000",
        ),
        (&["serve", "--port", "99999"], "'--port <PORT>' cannot be '99999': expected a whole number up to 65535"),
        (&["serve", "--types", "x"], "'--types <HOW>' cannot be 'x': expected one of: text, auto"),
        (
            &["serve", "--dialect", "nam"],
            "'--dialect <NAME>' cannot be 'nam': expected one of: http, names, dialog, pairs, comma, banner; \
             did you mean 'names'?",
        ),
        (&["--verison"], "there is no option '--verison', did you mean '--version'?"),
        (&["--versoin"], "there is no option '--versoin', did you mean '--version'?"),
        (&["--generat", "man"], "there is no option '--generat', did you mean '--generate'?"),
        (
            &["serve", "--max-connections", "0"],
            "'--max-connections <COUNT>' cannot be '0': expected a whole number above 0",
        ),
        (&["serve", "--max-fields", "0"], "'--max-fields <COUNT>' cannot be '0': expected a whole number above 0"),
        (
            &["serve", "--max-head", "17"],
            "'--max-head <SIZE>' cannot be '17': expected at least 18 bytes, as the shortest request head has",
        ),
        (
            &["http://h/", "--max-redirs", "-2"],
            "'--max-redirs <NUMBER>' cannot be '-2': expected a whole number, or -1 for any",
        ),
        (
            &["--dialect", "pairs", "POST", ":/create", "a=b"],
            "an item such as 'a=b' has no place in a dialect; -d sends data there",
        ),
        (&["psot", "http://h/"], "'psot' is no method, did you mean 'POST'?"),
        (&["serve", "--port"], "'--port <PORT>' has no value"),
        (&["serve", "--port", "1", "--port", "2"], "'--port <PORT>' is given twice"),
        (&["--generate", "man", "--generate", "man"], "'--generate <WHAT>' is given twice"),
        (&["--generate", "man", "serve"], "'serve' cannot stand beside '--generate <WHAT>'"),
        (&["http://h/", "--wire=x"], "'--wire[=<all>]' cannot be 'x': expected 'all', or no value"),
        (
            &["http://h/", "-m", "x"],
            "'--max-time <SECONDS>' cannot be 'x': expected a number of seconds, such as 2 or 0.5",
        ),
        (&["http://h/", "-o"], "'--output <FILE>' has no value"),
        (&["http://h/", "-Q", "x"], "'-Q', '--quote': FTP is not built in; use curl for it"),
    ] {
        httpkit(arguments).assert().code(2).stdout("").stderr(format!("httpkit: (2) {expected}\n"));
    }
}

/// What a terminal shows, with this pager.
fn at_a_terminal(arguments: &[&str], pager: &str) -> String {
    let (screen, side) = Screen::open();
    let mut command = Command::new(kit::PROGRAM);
    kit::clean(&mut command);
    command.env("TERM", "xterm").env("PAGER", pager).args(arguments).stdin(Stdio::null());
    let mut child = command.stdout(side).stderr(Stdio::null()).spawn().unwrap();
    // It holds the side of the terminal too, and the screen waits for its end.
    drop(command);
    assert!(child.wait().unwrap().success(), "{arguments:?}");
    screen.rest()
}

#[test]
fn everything_is_paged_at_a_terminal() {
    let text = said(&["request", "--help"]);
    let paged = at_a_terminal(&["request", "--help"], "echo LESS is $LESS; cat | wc -l");
    assert!(paged.starts_with("LESS is FRX\n"), "{paged:?}");
    assert_eq!(
        paged.lines().nth(1).and_then(|count| count.trim().parse().ok()),
        Some(text.lines().count()),
        "{paged:?}"
    );
    for pager in ["cat", "/nowhere/less 2>&-"] {
        assert!(at_a_terminal(&["request", "--help"], pager).contains("--range"), "{pager}");
    }
    // One that ends early is no failure, and what fits a screen is not paged.
    assert_eq!(at_a_terminal(&["--help"], "head -c 0"), "");
    assert!(at_a_terminal(&["-h"], "echo paged").contains("httpkit :8080/posts"));
}

/// A script that asks for the version is told when it got none.
#[test]
fn what_cannot_be_printed_is_status_23() {
    for asked in [&["--version"][..], &["-V"], &["--help"], &["serve", "-h"], &["--generate", "man"]] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(kit::PROGRAM).args(asked).stdout(full).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(23), "{asked:?}: {said}");
        assert!(said.contains("standard output: "), "{asked:?}: {said}");
    }
}
