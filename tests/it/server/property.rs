//! Head parsing and framing under bytes that nobody thought of: no panic, "incremental equals whole", and no verdict
//! that httparse would not share where this parser is not stricter on purpose.

use httpkit::message::{ChunkedDecoder, ChunkedLimits, Field, Framing, HeadLimits, HeadScan, ParseError, parse_head};

const LIMITS: HeadLimits = HeadLimits { head: 600, target: 100, fields: 12 };
const CHUNKED: ChunkedLimits = ChunkedLimits { content: 300, extensions: 30, trailers: 60, trailer_lines: 3 };

/// What becomes of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Incomplete,
    Refused(u16),
    /// Method, field lines, content, and how many bytes the request took.
    Taken(String, Vec<(String, Vec<u8>)>, Vec<u8>, usize),
}

/// Feeds the bytes in pieces that end at `cuts`, as a connection would.
fn read(bytes: &[u8], cuts: &[usize]) -> Verdict {
    let mut scan = HeadScan::default();
    let mut ends = cuts.iter().copied().chain([bytes.len()]);
    let span = loop {
        let Some(end) = ends.next() else { return Verdict::Incomplete };
        match scan.advance(&bytes[..end], &LIMITS) {
            Ok(Some(span)) => break span,
            Ok(None) => {}
            Err(error) => return refused(error),
        }
    };
    let head = match parse_head(&bytes[span.start..span.end], span.lines) {
        Ok(head) => head,
        Err(error) => return refused(error),
    };
    let own = |field: &Field<'_>| (field.name.to_owned(), field.value.to_vec());
    let (method, fields) = (head.method.to_owned(), head.fields.iter().map(own).collect());
    match head.framing {
        Framing::None => Verdict::Taken(method, fields, Vec::new(), span.end),
        Framing::Length(length) if length > CHUNKED.content => Verdict::Refused(413),
        Framing::Length(length) => match bytes.get(span.end..span.end + length as usize) {
            Some(content) => Verdict::Taken(method, fields, content.to_vec(), span.end + length as usize),
            None => Verdict::Incomplete,
        },
        Framing::Chunked => {
            let (mut decoder, mut content, mut start) = (ChunkedDecoder::new(CHUNKED), Vec::new(), span.end);
            for end in cuts.iter().copied().filter(|cut| *cut > span.end).chain([bytes.len()]) {
                match decoder.decode(&bytes[start..end], &mut content) {
                    Ok(decoded) if decoded.is_complete => {
                        return Verdict::Taken(method, fields, content, start + decoded.used);
                    }
                    Ok(_) => start = end,
                    Err(error) => return refused(error),
                }
            }
            Verdict::Incomplete
        }
    }
}

fn refused(error: ParseError) -> Verdict {
    assert!(!error.to_string().contains('\n') && error.status().is_client_error() | error.status().is_server_error());
    Verdict::Refused(error.status().as_u16())
}

/// Where httparse and this parser may differ: what it takes and this one refuses must be one of the rules that it does
/// not have; what it refuses must not be taken here.
fn compare_with_httparse(bytes: &[u8]) {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut theirs = httparse::Request::new(&mut headers);
    let verdict = theirs.parse(bytes);
    let ours = HeadScan::default().advance(bytes, &LIMITS);
    let ours = ours.and_then(|span| {
        span.map(|span| parse_head(&bytes[span.start..span.end], span.lines).map(|head| (span, head))).transpose()
    });
    let name = String::from_utf8_lossy(bytes);
    match (ours, verdict) {
        (Ok(Some((span, head))), Ok(httparse::Status::Complete(length))) => {
            assert_eq!((span.end, Some(head.method)), (length, theirs.method), "{name:?}");
            let same = head.fields.iter().zip(theirs.headers.iter());
            assert!(same.clone().all(|(our, their)| our.name == their.name && our.value == their.value), "{name:?}");
            assert_eq!(head.fields.len(), theirs.headers.len(), "{name:?}");
        }
        // Minor versions above 1 are processed as 1.1 here.
        (Ok(Some(_)), Err(httparse::Error::Version)) => {}
        (Ok(Some(_)), verdict) => panic!("taken here, there {verdict:?}: {name:?}"),
        (Err(error), Ok(httparse::Status::Complete(_))) => assert!(
            !matches!(
                error,
                ParseError::Method | ParseError::Version | ParseError::FieldLine { .. } | ParseError::RequestLine
            ),
            "refused here for {error:?}, there taken: {name:?}"
        ),
        (Ok(None), Ok(httparse::Status::Complete(_))) => panic!("complete there: {name:?}"),
        _ => {}
    }
}

/// A generator of its own, so that a case can be had again by its number.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((value ^ (value >> 31)) % bound as u64) as usize
    }

    pub(crate) fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

const METHODS: &[&str] = &["GET", "HEAD", "PUT", "POST", "OPTIONS", "CONNECT", "X-!", "G T", ""];
const TARGETS: &[&str] = &["/", "/a?b", "*", "http://h/a", "https://h/", "h:80", "/a b", "/\u{e4}", "/%zz", ""];
const VERSIONS: &[&str] = &["HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.", ""];
const LINES: &[&str] = &[
    "Host: h",
    "Host: [::1]:80",
    "Host:",
    "Content-Length: 5",
    "Content-Length: 0",
    "Content-Length: 5, 5",
    "Content-Length: 99999999999999999999",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
    "Connection: close",
    "Expect: 100-continue",
    "X: \u{e4}\t x",
    "X:",
    "X : y",
    " folded",
    "X\u{0}: y",
    "no colon",
];
const CONTENT: &[&str] = &[
    "",
    "hello",
    "5\r\nhello\r\n0\r\n\r\n",
    "2;e=f\r\nab\r\n00\r\nT: t\r\n\r\n",
    "fffffffff\r\n",
    "GET / HTTP/1.1\r\n\r\n",
];
const MUTANTS: &[u8] = b"\r\n \t:;,\0\x7f\xff/*%09aZ[]@#\"";

/// A request, mostly a good one, with up to three bytes changed, added or taken away.
pub(super) fn bytes(random: &mut Random) -> Vec<u8> {
    let line = |random: &mut Random| match random.below(4) {
        0 => format!("{} {} {}", random.pick(METHODS), random.pick(TARGETS), random.pick(VERSIONS)),
        1 => format!("{} {} HTTP/1.1", random.pick(METHODS), random.pick(TARGETS)),
        _ => "PUT /a HTTP/1.1".to_owned(),
    };
    let mut text = format!("{}{}\r\n", random.pick(&["", "", "", "\r\n"]), line(random));
    if random.below(8) > 0 {
        text.push_str("Host: h\r\n");
    }
    for _ in 0..random.below(3) {
        text.push_str(LINES[if random.below(2) == 0 { 3 + 4 * random.below(2) } else { random.below(LINES.len()) }]);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text.push_str(random.pick(CONTENT));
    text.push_str(random.pick(&["", "GET / HTTP/1.1\r\nHost: h\r\n\r\n"]));
    let mut message = text.into_bytes();
    for _ in 0..random.below(6).saturating_sub(2) {
        let (at, byte) = (random.below(message.len()), MUTANTS[random.below(MUTANTS.len())]);
        match random.below(3) {
            0 => message[at] = byte,
            1 => message.insert(at, byte),
            _ => drop(message.remove(at)),
        }
    }
    message
}

fn check(cases: u64) {
    let mut taken = 0;
    for case in 0..cases {
        let mut random = Random(case);
        let message = bytes(&mut random);
        let name = || format!("case {case}: {:?}", String::from_utf8_lossy(&message));
        let whole = read(&message, &[]);
        taken += u64::from(matches!(whole, Verdict::Taken(..)));
        let mut cuts: Vec<usize> = (0..random.below(6)).map(|_| random.below(message.len() + 1)).collect();
        cuts.sort_unstable();
        assert_eq!(read(&message, &cuts), whole, "cut at {cuts:?}, {}", name());
        assert_eq!(read(&message, &(1..message.len()).collect::<Vec<_>>()), whole, "byte by byte, {}", name());
        compare_with_httparse(&message);
    }
    assert!(taken > cases / 10, "of {cases} cases only {taken} were good: the generator is of no use");
}

#[test]
fn some_thousand_requests() {
    check(5_000);
}

#[test]
#[ignore = "needs time"]
fn some_hundred_thousand_requests() {
    check(400_000);
}

#[test]
fn bytes_without_any_sense() {
    for case in 0..3_000 {
        let mut random = Random(case);
        let bytes: Vec<u8> = (0..random.below(200))
            .map(|_| if random.below(2) == 0 { MUTANTS[random.below(MUTANTS.len())] } else { random.below(256) as u8 })
            .collect();
        let cut = random.below(bytes.len() + 1);
        assert_eq!(read(&bytes, &[cut]), read(&bytes, &[]), "case {case} cut at {cut}: {bytes:?}");
        compare_with_httparse(&bytes);
    }
}
