//! Whoever speaks in another way than the other side is told so, on both sides.

use crate::kit::{Serve, Wire, serve};

/// What a dialect serves.
fn speaking(dialect: &str) -> Serve {
    let server = serve().argument("--dialect").argument(dialect);
    match dialect {
        "comma" => server.start(),
        "banner" => server.file("b.csv", "create\nname\nkim\n").start(),
        _ => server.file("students.json", "{}").start(),
    }
}

/// Everything that is said to a client that asks, and at which exit.
fn asked(server: &Serve, arguments: &[&str]) -> (Option<i32>, String) {
    let output = server.request(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_server_of_a_dialect_says_what_it_was_asked_in() {
    let requests = [
        ("GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "plain HTTP", "http"),
        ("GET x.json HTTP/1.1\nHost: 127.0.0.1\n\n", "the dialect 'dialog'", "dialog"),
        ("POST / HTTP/1.1\r\nHost: 127.0.0.1/x\r\n\r\n", "the dialect 'pairs' or 'banner'", "pairs banner"),
        ("GET,127.0.0.1/x\n", "the dialect 'comma'", "comma"),
        ("\u{16}\u{3}\u{1}\n\n", "TLS", "tls"),
    ];
    for dialect in ["dialog", "pairs", "comma", "banner"] {
        let server = speaking(dialect);
        for (request, ..) in requests {
            let mut wire = Wire::connect(server.address());
            wire.send(request);
            wire.finish();
            assert!(!wire.rest().is_empty(), "{dialect} {request}");
        }
        let said = server.stop().stderr;
        for (request, name, own) in requests {
            // It reads no further than the first line, in which `pairs` is HTTP.
            if dialect == "comma" && own == "pairs banner" {
                continue;
            }
            let note = format!("httpkit: note: this looks like {name}");
            let is_noted = said.contains(&note);
            assert_eq!(is_noted, !own.split(' ').any(|own| own == dialect), "{dialect} {request}: {said}");
        }
    }
}

#[test]
fn a_server_of_http_says_what_it_was_asked_in() {
    for server in [serve().file("d.json", "{}").start(), serve().argument("--echo").start()] {
        for (dialect, expected) in [
            ("dialog", "serve with --dialect dialog\""),
            ("pairs", "serve with --dialect pairs or banner\""),
            ("comma", "serve with --dialect comma\""),
        ] {
            let output = server.request(&["--dialect", dialect, "GET", "127.0.0.1/x"]).output().unwrap();
            let answer = String::from_utf8(output.stdout).unwrap();
            assert!(answer.contains(expected), "{dialect}: {answer}");
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(said, "httpkit: warning: this server speaks HTTP: leave --dialect out\n", "{dialect}");
        }
        let (status, said) = asked(&server, &["--dialect", "banner", "GET", "127.0.0.1/x", "-m", "4"]);
        assert_eq!(status, Some(28), "{said}");
        assert!(said.starts_with("httpkit: warning: no greeting yet; a server"), "{said}");
    }
}

#[test]
fn a_client_of_http_names_the_dialect_of_the_answer() {
    for (dialect, status) in [("dialog", 18), ("comma", 52), ("banner", 1)] {
        let server = speaking(dialect);
        let (code, said) = asked(&server, &["127.0.0.1/x"]);
        assert_eq!(code, Some(status), "{dialect}: {said}");
        assert!(said.ends_with(&format!("so: try --dialect {dialect}\n")), "{dialect}: {said}");
        // Its own client has nothing to complain of.
        let (_, said) = asked(&server, &["--dialect", dialect, "GET", "127.0.0.1/students.json"]);
        assert_eq!(said, "", "{dialect}");
    }
}
