//! Each remark has a message in which it appears, and one that differs in just what it speaks of, in which it does not.

mod dialects;
mod fields;
mod messages;
mod traffic;

use std::collections::BTreeSet;

use httpkit::remark::{Around, Explained, Level, Part, explain, rules};

/// What is said of a message that is written as the tables write it.
fn told(text: &str) -> Vec<(&'static str, Level, String)> {
    let (is_left, text) = text.strip_prefix("[left]").map_or((false, text), |text| (true, text));
    let (is_tls, text) = match (text.strip_prefix("[clear]"), text.strip_prefix("[tls]")) {
        (Some(text), _) => (Some(false), text),
        (_, Some(text)) => (Some(true), text),
        _ => (None, text),
    };
    let bytes: Vec<u8> = text.replace('|', "\r\n").into_bytes();
    // `\u{fffd}` stands for a byte that is not UTF-8.
    let bytes = bytes.strip_suffix("\u{fffd}".as_bytes()).map_or(bytes.clone(), |head| [head, b"\xff"].concat());
    let explained = explain(&bytes, &Around { is_tls, is_left, ..Around::default() });
    assert_eq!(shown(&explained), bytes, "every byte is in one line: {text}");
    let remarks = explained.into_iter().flat_map(|line| line.remarks);
    remarks.map(|remark| (remark.rule, remark.level, remark.text)).collect()
}

fn shown(explained: &[Explained<'_>]) -> Vec<u8> {
    explained.iter().flat_map(|line| line.line.bytes).copied().collect()
}

/// All pairs, as whole messages.
fn pairs() -> Vec<(String, String, String, String)> {
    let own = |(rule, text, yes, no): &(&str, &str, &str, &str)| [rule, text, yes, no].map(|piece| (*piece).to_owned());
    let within = |head: &'static str| {
        move |row: &(&str, &str, &str, &str)| {
            let [rule, text, yes, no] = own(row);
            let message = |line: String| if line.is_empty() { format!("{head}||") } else { format!("{head}|{line}||") };
            [rule, text, message(yes), message(no)]
        }
    };
    let statuses = rules().filter(|rule| rule.name.starts_with("status-")).filter_map(|rule| {
        let code: u16 = rule.name.strip_prefix("status-")?.parse().ok()?;
        let other = if code == 500 { 502 } else { 500 };
        let message = |code| format!("HTTP/1.1 {code} X|Content-Length: 0||");
        Some([rule.name.to_owned(), format!("{code}: "), message(code), message(other)])
    });
    let fields = fields::ASKED.iter().map(within("GET / HTTP/1.1|Host: h"));
    let fields = fields.chain(fields::ANSWERED.iter().map(within("HTTP/1.1 200 OK")));
    let all = fields.chain(messages::MESSAGES.iter().map(own)).chain(long()).chain(statuses);
    all.map(|[rule, text, yes, no]| (rule, text, yes, no)).collect()
}

/// Those that are too long to be written down.
fn long() -> [[String; 4]; 4] {
    let row = |rule: &str, text: &str, yes: String, no: &str| [rule.to_owned(), text.to_owned(), yes, no.to_owned()];
    let head = "GET / HTTP/1.1|Host: h|";
    [
        row(
            "target-long",
            "8,001 bytes",
            format!("GET /{} HTTP/1.1|Host: h||", "a".repeat(8_000)),
            "GET / HTTP/1.1|Host: h||",
        ),
        row("field-long", "431", format!("{head}X-A: {}||", "a".repeat(9_000)), &format!("{head}X-A: a||")),
        row(
            "not-read",
            "enough",
            format!("{head}Transfer-Encoding: chunked||{}", "1|a|".repeat(6_000)),
            &format!("{head}Transfer-Encoding: chunked||1|a|"),
        ),
        row("too-many-lines", "431", format!("{head}{}|", "A: b|".repeat(6_000)), &format!("{head}A: b||")),
    ]
}

#[test]
fn each_remark_appears_where_it_is_true_and_only_there() {
    let mut faults = Vec::new();
    for (rule, text, yes, no) in pairs() {
        let brief = |message: &str| message.chars().take(200).collect::<String>();
        let said = told(&yes);
        if !said.iter().any(|(name, _, said)| *name == rule && said.contains(&text)) {
            let own: Vec<_> = said.iter().filter(|(name, ..)| *name == rule).collect();
            faults.push(format!("{rule}: no '{text}' in {}\n  {own:?}", brief(&yes)));
        }
        // The same rule may speak of another line, but not say the same.
        if told(&no).iter().any(|(name, _, said)| *name == rule && said.contains(&text)) {
            faults.push(format!("{rule}: '{text}' in {}", brief(&no)));
        }
        if difference(&yes, &no) > 2 && rule != "nothing" && !long().iter().any(|row| row[0] == rule) {
            faults.push(format!("{rule}: the pair differs in more than two lines"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// In how many lines two messages differ, besides those that they begin and end with together.
fn difference(one: &str, other: &str) -> usize {
    let (one, other): (Vec<_>, Vec<_>) = (one.split('|').collect(), other.split('|').collect());
    let shorter = one.len().min(other.len());
    let same = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    one.len().max(other.len()) - same - end.min(shorter - same)
}

#[test]
fn each_rule_has_its_pair_and_a_name_of_its_own() {
    let tested: BTreeSet<String> = pairs().into_iter().map(|(rule, ..)| rule).collect();
    let named: BTreeSet<String> = rules().map(|rule| rule.name.to_owned()).collect();
    assert_eq!(named.len(), rules().count(), "two rules have one name");
    assert_eq!(tested, named);
    assert!(rules().count() >= 120);
    for rule in rules() {
        assert!(!rule.section.is_empty() && !rule.name.is_empty());
    }
}

#[test]
fn texts_are_sentences_of_one_kind() {
    for (rule, _, yes, _) in pairs() {
        for (name, _, text) in told(&yes).into_iter().filter(|(name, ..)| *name == rule) {
            assert!(!text.ends_with('.') && !text.contains(" octet") && !text.contains("  "), "{name}: {text}");
        }
    }
}

/// A field is explained or said to be unknown or misplaced, whatever its value; never is nothing said.
#[test]
fn no_field_line_is_left_without_a_remark() {
    let names = fields::ASKED.iter().chain(fields::ANSWERED).map(|row| row.2.split(':').next().unwrap_or_default());
    for name in names.filter(|name| !name.is_empty()).collect::<BTreeSet<_>>() {
        for value in ["", "0", "x", "a b, c; d=\"", "\u{ff}", "=,;=", "999999999999999999999999"] {
            for start in
                ["PUT / HTTP/1.1", "GET / HTTP/1.1", "HTTP/1.1 200 OK", "HTTP/1.1 302 Found", "HTTP/1.1 404 Not Found"]
            {
                let bytes = format!("{start}\r\n{name}: {value}\r\n\r\n").into_bytes();
                let lines = explain(&bytes, &Around::default());
                let field = lines.iter().find(|line| line.line.part == Part::Field);
                if let Some(field) = field {
                    assert!(!field.remarks.is_empty(), "{start}: {name}: {value}");
                }
            }
        }
    }
}

#[test]
fn a_message_that_keeps_the_rules_is_never_called_wrong() {
    for text in [
        "GET /?a=b HTTP/1.1|Host: h:8080|User-Agent: curl/8.0|Accept: */*||HTTP/1.1 200 OK|Date: Sun, 06 Nov 1994 08:49:37 GMT|Content-Type: application/json|Content-Length: 2||{}",
        "POST /a HTTP/1.1|Host: h|Content-Length: 3|Expect: 100-continue||abcHTTP/1.1 100 Continue||HTTP/1.1 201 Created|Date: Sun, 06 Nov 1994 08:49:37 GMT|Location: /a/1|Content-Length: 0||",
        "HEAD / HTTP/1.1|Host: h||HTTP/1.1 200 OK|Date: Sun, 06 Nov 1994 08:49:37 GMT|Content-Length: 999||",
        "HTTP/1.1 200 OK|Date: Sun, 06 Nov 1994 08:49:37 GMT|Transfer-Encoding: chunked|Trailer: A||5|hello|0|A: b||",
        "OPTIONS * HTTP/1.1|Host: h||HTTP/1.1 204 No Content|Date: Sun, 06 Nov 1994 08:49:37 GMT|Allow: GET, HEAD||",
        "CONNECT h:443 HTTP/1.1|Host: h:443||HTTP/1.1 200 Connection Established||\u{16}\u{3}\u{1}",
    ] {
        let wrong: Vec<_> = told(text).into_iter().filter(|(_, level, _)| *level == Level::Wrong).collect();
        assert!(wrong.is_empty(), "{text}: {wrong:?}");
    }
}

/// Whatever comes, each byte stands in one line, and the work is bounded.
#[test]
fn junk_is_read_to_its_end() {
    let mut random = fastrand::Rng::with_seed(16);
    let pieces: [&[u8]; 12] = [
        b"GET / HTTP/1.1",
        b"HTTP/1.1 200 OK",
        b"\r\n",
        b"\n",
        b"Content-Length: 3",
        b"Transfer-Encoding: chunked",
        b"\r\n\r\n",
        b"3",
        b"0",
        b"\xff\0",
        b"Host: h",
        b" ",
    ];
    for _ in 0..3_000 {
        let mut bytes = Vec::new();
        for _ in 0..random.usize(0..14) {
            bytes.extend_from_slice(pieces[random.usize(0..pieces.len())]);
        }
        let explained = explain(&bytes, &Around::default());
        assert_eq!(shown(&explained), bytes, "{}", String::from_utf8_lossy(&bytes));
    }
    let million = 4_000_000;
    for (what, bytes) in [
        ("zeros", vec![0; million]),
        ("lines", b"a: b\r\n".repeat(million / 6)),
        ("empty lines", b"\n".repeat(million)),
        ("requests", b"GET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(million / 27)),
        ("fields", [&b"GET / HTTP/1.1\r\n"[..], &b"Host: h\r\n".repeat(million / 9)].concat()),
        ("lengths", [&b"GET / HTTP/1.1\r\n"[..], &b"Content-Length: 3\r\n".repeat(million / 20)].concat()),
        (
            "chunks",
            [&b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"[..], &b"1\r\na\r\n".repeat(million / 6)]
                .concat(),
        ),
        ("a list", [&b"GET / HTTP/1.1\r\nConnection: "[..], &b"a,".repeat(million / 2), b"\r\n\r\n"].concat()),
        ("a long name", [&b"GET / HTTP/1.1\r\n"[..], &b"a".repeat(million), b": b\r\n\r\n"].concat()),
    ] {
        let started = std::time::Instant::now();
        assert_eq!(shown(&explain(&bytes, &Around::default())).len(), bytes.len(), "{what}");
        assert!(started.elapsed().as_secs() < 20, "{what} took {:?}", started.elapsed());
    }
}
