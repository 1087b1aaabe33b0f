//! Heads by tables: each case whole and byte by byte, alone and with a second request behind it.

use super::*;

const LIMITS: HeadLimits = HeadLimits { head: 300, target: 40, fields: 5 };

/// The outcome for bytes that are all there.
fn whole(input: &[u8]) -> Result<Option<(HeadSpan, String)>, ParseError> {
    let span = HeadScan::default().advance(input, &LIMITS)?;
    span.map(|span| parse_head(&input[span.start..span.end], span.lines).map(|head| (span, show(&head)))).transpose()
}

/// The outcome for bytes that arrive one by one.
fn bytewise(input: &[u8]) -> Result<Option<(HeadSpan, String)>, ParseError> {
    let mut scan = HeadScan::default();
    for end in 1..=input.len() {
        if let Some(span) = scan.advance(&input[..end], &LIMITS)? {
            return parse_head(&input[span.start..span.end], span.lines).map(|head| Some((span, show(&head))));
        }
    }
    Ok(None)
}

/// A head as one line of text.
fn show(head: &Head<'_>) -> String {
    let fields: Vec<_> =
        head.fields.iter().map(|field| format!("{}={}", field.name, String::from_utf8_lossy(field.value))).collect();
    let target = match head.target {
        Target::Path { path, query: Some(query) } => format!("{path} ?{query}"),
        Target::Path { path, query: None } => path.to_owned(),
        Target::Asterisk => "*".to_owned(),
        Target::Authority(authority) => format!("to {authority}"),
    };
    let flags = [(head.is_persistent, "persists"), (head.expects_continue, "expects")];
    let flags: Vec<_> = flags.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect();
    format!(
        "{} {target} @{} [{}] {:?} {}",
        head.method,
        head.authority.unwrap_or("-"),
        fields.join(" "),
        head.framing,
        flags.join(" ")
    )
}

#[test]
fn accepted() {
    for (input, expected) in [
        ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / @h [Host=h] None persists"),
        ("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / @h [Host=h] None persists"),
        ("\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / @h [Host=h] None persists"),
        ("get /a?b HTTP/1.1\r\nhOST:\t h \t\r\n\r\n", "get /a ?b @h [hOST=h] None persists"),
        ("GET / HTTP/1.7\r\nHost: h\r\n\r\n", "GET / @h [Host=h] None persists"),
        ("GET / HTTP/1.0\r\n\r\n", "GET / @- [] None "),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / @- [Connection=keep-alive] None persists"),
        ("GET / HTTP/1.1\r\nHost: h\r\nConnection: a, Close\r\n\r\n", "GET / @h [Host=h Connection=a, Close] None "),
        ("GET http://a/b HTTP/1.1\r\nHost: h\r\n\r\n", "GET /b @a [Host=h] None persists"),
        ("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * @h [Host=h] None persists"),
        ("CONNECT a:1 HTTP/1.1\r\nHost: h\r\n\r\n", "CONNECT to a:1 @a:1 [Host=h] None persists"),
        ("GET / HTTP/1.1\r\nHost: h\r\nX:\r\nY:  \r\n\r\n", "GET / @h [Host=h X= Y=] None persists"),
        ("P!#$%&'*+-.^_`|~9 / HTTP/1.1\r\nHost: h\r\n\r\n", "P!#$%&'*+-.^_`|~9 / @h [Host=h] None persists"),
        (
            "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n",
            "PUT / @h [Host=h Content-Length=3 Expect=100-continue] Length(3) persists expects",
        ),
        (
            "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n",
            "PUT / @h [Host=h Content-Length=0 Expect=100-continue] Length(0) persists",
        ),
        (
            "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
            "PUT / @h [Host=h Transfer-Encoding=chunked] Chunked persists",
        ),
    ] {
        for behind in ["", "GET /second HTTP/1.1\r\nHost: h\r\n\r\n"] {
            let bytes = [input.as_bytes(), behind.as_bytes()].concat();
            let (span, shown) = whole(&bytes).unwrap().unwrap();
            assert_eq!((span.end, shown.as_str()), (input.len(), expected), "{input:?}");
            assert_eq!(bytewise(&bytes), Ok(Some((span, shown))), "{input:?}");
        }
        for cut in 0..input.len() {
            assert_eq!(whole(&input.as_bytes()[..cut]), Ok(None), "{input:?} cut at {cut}");
        }
    }
    // Values may hold bytes above 0x7F.
    assert!(whole(b"GET / HTTP/1.1\r\nHost: h\r\nX: \xff\x80\r\n\r\n").unwrap().is_some());
}

fn line(line: &str) -> String {
    format!("{line}\r\nHost: h\r\n\r\n")
}

fn field(line: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: h\r\n{line}\r\n\r\n")
}

fn are_refused(cases: &[(String, u16)]) {
    for (input, status) in cases {
        for behind in ["", "GET /second HTTP/1.1\r\nHost: h\r\n\r\n"] {
            let bytes = [input.as_bytes(), behind.as_bytes()].concat();
            let error = whole(&bytes).expect_err(input);
            assert_eq!(error.status().as_u16(), *status, "{input:?}: {error}");
            let error = bytewise(&bytes).expect_err(input);
            assert_eq!(error.status().as_u16(), *status, "{input:?}: {error}");
        }
    }
}

#[test]
fn line_ends_are_refused() {
    are_refused(&[
        ("GET / HTTP/1.1\nHost: h\n\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: h\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: h\r\n\n".to_owned(), 400),
        ("\nGET / HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), 400),
        ("\rGET / HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\rHost: h\r\n\r\n".to_owned(), 400),
        (field("X: a\rb"), 400),
        (field("X: a\r"), 400),
        ("\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), 400),
    ]);
}

#[test]
fn request_lines_are_refused() {
    are_refused(&[
        (line("GET / HTTP/1.1 "), 400),
        (line("GET  / HTTP/1.1"), 400),
        (line("GET /  HTTP/1.1"), 400),
        (line("GET /a b HTTP/1.1"), 400),
        (line("GET\t/ HTTP/1.1"), 400),
        (line(" GET / HTTP/1.1"), 400),
        (line("GET / http/1.1"), 400),
        (line("GET / HTTP/1.10"), 400),
        (line("GET / HTTP/11"), 400),
        (line("GET / HTTP/a.1"), 400),
        (line("GET / HTTP/1.1x"), 400),
        (line("GET /"), 400),
        (line("GET"), 400),
        (line("G(T / HTTP/1.1"), 400),
        (line("G\u{e4}T / HTTP/1.1"), 400),
        (line("GET /\u{e4} HTTP/1.1"), 400),
        (line("GET /\u{0} HTTP/1.1"), 400),
        (line("GET * HTTP/1.1"), 400),
        (line("GET http:///a HTTP/1.1"), 400),
        (line("GET https://h/ HTTP/1.1"), 421),
        (line("GET / HTTP/2.0"), 505),
        (line("GET / HTTP/0.9"), 505),
        (line("PRI * HTTP/2.0"), 505),
        ("\u{16}\u{3}\u{1}".to_owned(), 400),
    ]);
}

#[test]
fn field_lines_are_refused() {
    are_refused(&[
        ("GET / HTTP/1.1\r\n Host: h\r\n\r\n".to_owned(), 400),
        (field("X: a\r\n b"), 400),
        (field("X : a"), 400),
        (field("X\t: a"), 400),
        (field("X"), 400),
        (field(": a"), 400),
        (field("X(: a"), 400),
        (field("X\u{e4}: a"), 400),
        (field("X: \u{0}"), 400),
        (field("X: \u{1b}[m"), 400),
        (field("X: \u{7f}"), 400),
    ]);
}

#[test]
fn hosts_are_refused() {
    are_refused(&[
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: u@h\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.0\r\nHost: a/b\r\n\r\n".to_owned(), 400),
        (field("Host: h"), 400),
        (field("host: i"), 400),
        ("GET http://a/ HTTP/1.1\r\n\r\n".to_owned(), 400),
    ]);
}

#[test]
fn framing_and_expectations_are_refused() {
    are_refused(&[
        (field("Content-Length: +1"), 400),
        (field("Content-Length: 1\r\nContent-Length: 1"), 400),
        (field("Content-Length: 1\r\nTransfer-Encoding: chunked"), 400),
        (field("Transfer-Encoding: gzip"), 400),
        (field("Transfer-Encoding: gzip, chunked"), 501),
        ("PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(), 400),
        (field("Expect: tea"), 417),
    ]);
}

#[test]
fn limits_are_refused() {
    let long = "x".repeat(40);
    are_refused(&[
        (line(&format!("GET /{long} HTTP/1.1")), 414),
        (format!("GET /{long}"), 414),
        (format!("{long}x"), 400),
        (field("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5"), 431),
        (field(&format!("A: {}", "x".repeat(300))), 431),
        (format!("GET / HTTP/1.1\r\nHost: h\r\nA: {}", "x".repeat(300)), 431),
    ]);
}

#[test]
fn the_limits_are_exact() {
    let target = |length: usize| format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "x".repeat(length - 1));
    assert!(whole(target(LIMITS.target).as_bytes()).is_ok());
    assert_eq!(whole(target(LIMITS.target + 1).as_bytes()), Err(ParseError::TargetTooLong));
    let head = |length: usize| {
        let fixed = "GET / HTTP/1.1\r\nHost: h\r\nX: \r\n\r\n".len();
        format!("GET / HTTP/1.1\r\nHost: h\r\nX: {}\r\n\r\n", "x".repeat(length - fixed))
    };
    assert!(whole(head(LIMITS.head).as_bytes()).unwrap().is_some());
    assert_eq!(whole(head(LIMITS.head + 1).as_bytes()), Err(ParseError::HeadTooLarge));
}

#[test]
fn the_field_line_at_fault_is_named() {
    let error = whole(b"GET / HTTP/1.1\r\nHost: h\r\nX : a\r\n\r\n").unwrap_err();
    assert_eq!(error.to_string(), "field line 2: white space between field name and colon");
}
