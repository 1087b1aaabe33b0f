//! Challenges and what answers them: who is asked, when content goes along, what ends it.

use crate::recorder::{Act, Recorder, answer, ok};
use crate::request::request;

/// What a peer answers: a status and field lines parted by `|`.
fn script(answers: &[&str]) -> Vec<Act> {
    let one = |text: &&str| {
        let (status, fields) = text.split_once(' ').unwrap_or((text, ""));
        let fields: String =
            fields.split('|').filter(|line| !line.is_empty()).map(|line| format!("{line}\r\n")).collect();
        answer(format!("HTTP/1.1 {status} X\r\n{fields}Content-Length: 3\r\n\r\n{status}"))
    };
    answers.iter().flat_map(one).collect()
}

/// Every request in short: method, target, who asks, content.
fn summary(peer: &Recorder) -> String {
    let text = peer.text();
    let mut requests: Vec<String> = Vec::new();
    for part in text.split_inclusive("\r\n\r\n") {
        let mut lines = part.lines();
        let Some((first, _)) = lines.next().and_then(|line| line.split_once(" HTTP/1.1")) else {
            // What follows the last head, or chunks, which end like a head.
            requests.last_mut().into_iter().for_each(|last| last.push_str(&format!(" [{part}]")));
            continue;
        };
        // What stands before a request line is the content of the request before it.
        let at = ["GET", "HEAD", "POST", "PUT"].iter().find_map(|method| first.rfind(method)).unwrap_or(0);
        let (content, first) = first.split_at(at);
        if let (Some(last), false) = (requests.last_mut(), content.is_empty()) {
            last.push_str(&format!(" [{content}]"));
        }
        let mut said = first.to_owned();
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "authorization" if value.starts_with("Digest") => said.push_str(&digest('D', value)),
                "proxy-authorization" if value.starts_with("Digest") => said.push_str(&digest('P', value)),
                "authorization" => said.push_str(&format!(" {value}")),
                "content-length" | "transfer-encoding" => said.push_str(&format!(" {value}")),
                _ => {}
            }
        }
        requests.push(said);
    }
    requests.join("; ")
}

/// ` D:nonce:count:uri`, with the letter of who is told.
fn digest(letter: char, value: &str) -> String {
    let get = |name: &str| {
        let from = value.find(&format!("{name}=")).map(|at| &value[at + name.len() + 1..]);
        from.and_then(|text| text.split(',').next())
            .unwrap_or_default()
            .trim_matches('"')
            .trim_start_matches('0')
            .to_owned()
    };
    format!(" {letter}:{}:{}:{}", get("nonce"), get("nc"), get("uri"))
}

const A: &str = "401 WWW-Authenticate: Digest realm=\"r\", nonce=\"a\", qop=\"auth\"";
const B: &str = "401 WWW-Authenticate: Digest realm=\"r\", nonce=\"b\", qop=\"auth\"";
const STALE: &str = "401 WWW-Authenticate: Digest realm=\"r\", nonce=\"b\", qop=\"auth\", stale=TRUE";
const BASIC: &str = "401 WWW-Authenticate: Basic realm=\"r\"";
const BOTH: &str = "401 WWW-Authenticate: Basic realm=\"Digest nonce=z\", Digest nonce=\"a\", qop=\"auth\"";
const TWO: &str = "401 WWW-Authenticate: Digest nonce=x, algorithm=ROT13|WWW-Authenticate: Digest nonce=\"a\", qop=auth|\
                   WWW-Authenticate: Digest nonce=\"b\", qop=auth, algorithm=SHA-256";
const ME: &str = "Basic bWU6cHc=";

/// The command line (`URL` stands for the URL of the peer), what the peer answers, what it was sent, the last content
/// and the exit status. Without `Authorization` in a request, nothing was said of the user.
const CASES: &[(&str, &[&str], &str, &str, i32)] = &[
    // Digest asks first, and content waits.
    ("--digest URL/x", &[A, "200"], "GET /x; GET /x D:a:1:/x", "200", 0),
    ("--digest URL/x?y -I", &["401"], "HEAD /x?y", "HTTP/1.1 401 X\r\nContent-Length: 3\r\n\r\n", 0),
    ("--digest URL/x -d c=d", &[A, "200"], "POST /x 0; POST /x D:a:1:/x 3 [c=d]", "200", 0),
    ("--digest URL/x -d c=d -H Content-Length:3", &[A, "200"], "POST /x 0; POST /x D:a:1:/x 3 [c=d]", "200", 0),
    ("--digest URL/x -d c=d -H content-length:3", &["200", "200"], "POST /x 0; POST /x 3 [c=d]", "200", 0),
    // Only a success to the probe lets the content go.
    ("--digest URL/x -d c=d", &["404"], "POST /x 0", "404", 0),
    ("--digest URL/x -d c=d -f", &["500"], "POST /x 0", "", 22),
    ("--digest URL/x -d c=d", &["304"], "POST /x 0", "", 0),
    ("--digest URL/x -d c=d", &["302 Location: /y"], "POST /x 0", "302", 0),
    ("--digest URL/x -d c=d", &["201", "200"], "POST /x 0; POST /x 3 [c=d]", "200", 0),
    ("--digest URL/x -d c=d", &["202", A], "POST /x 0; POST /x 3 [c=d]", "401", 0),
    // What was refused is not said again.
    ("--digest URL/x", &[A, A], "GET /x; GET /x D:a:1:/x", "401", 0),
    ("--digest URL/x", &[A, B], "GET /x; GET /x D:a:1:/x", "401", 0),
    ("--digest URL/x -f", &[A, B], "GET /x; GET /x D:a:1:/x", "", 22),
    ("--digest URL/x", &[BASIC], "GET /x", "401", 0),
    ("--digest URL/x", &["401 WWW-Authenticate: Digest nonce=n, algorithm=ROT13"], "GET /x", "401", 0),
    ("--digest URL/x", &["401 WWW-Authenticate: Digest nonce=n, algorithm=MD5-sess"], "GET /x", "401", 0),
    ("--digest URL/x", &["401 WWW-Authenticate: Digest realm=n"], "GET /x", "401", 0),
    ("--digest URL/x -d c=d", &["401"], "POST /x 0", "401", 0),
    // A nonce that is too old is replaced.
    ("--digest URL/x", &[A, STALE, "200"], "GET /x; GET /x D:a:1:/x; GET /x D:b:1:/x", "200", 0),
    (
        "--digest URL/x -d c=d",
        &[A, STALE, "200"],
        "POST /x 0; POST /x D:a:1:/x 3 [c=d]; POST /x D:b:1:/x 3 [c=d]",
        "200",
        0,
    ),
    ("--digest URL/x", &[STALE, "200"], "GET /x; GET /x D:b:1:/x", "200", 0),
    // Several challenges.
    ("--digest URL/x", &[BOTH, "200"], "GET /x; GET /x D:a:1:/x", "200", 0),
    ("--digest URL/x", &[TWO, "200"], "GET /x; GET /x D:a:1:/x", "200", 0),
    // Redirects on the same origin say it at once, with the next count.
    ("--digest URL/x -L", &[A, "302 Location: /y?z", "200"], "GET /x; GET /x D:a:1:/x; GET /y?z D:a:2:/y?z", "200", 0),
    ("--digest URL/x -L", &["302 Location: /y", A, "200"], "GET /x; GET /y; GET /y D:a:1:/y", "200", 0),
    (
        "--digest URL/x -L",
        &[A, "302 Location: /y", STALE, "200"],
        "GET /x; GET /x D:a:1:/x; GET /y D:a:2:/y; GET /y D:b:1:/y",
        "200",
        0,
    ),
    ("--digest URL/x -L -d c=d", &["302 Location: /y", A, "200"], "POST /x 0; GET /y; GET /y D:a:1:/y", "200", 0),
    (
        "--digest URL/x -L -d c=d",
        &["307 Location: /y", A, "200"],
        "POST /x 0; POST /y 0; POST /y D:a:1:/y 3 [c=d]",
        "200",
        0,
    ),
    (
        "--digest URL/x -L -d c=d",
        &[A, "307 Location: /y", "200"],
        "POST /x 0; POST /x D:a:1:/x 3 [c=d]; POST /y D:a:2:/y 3 [c=d]",
        "200",
        0,
    ),
    // The request target that was typed is not what the answer is about: curl's way.
    ("--digest URL/x --request-target /t", &[A, "200"], "GET /t; GET /t D:a:1:/x", "200", 0),
    // Content from a pipe waits too.
    ("--digest URL/x -T -", &[A, "200"], "PUT /x 0; PUT /x D:a:1:/x chunked [5\r\ninput\r\n0\r\n\r\n]", "200", 0),
    // Any scheme: nothing is said before the server asks, but the content goes along.
    ("--anyauth URL/x", &["200"], "GET /x", "200", 0),
    ("--anyauth URL/x", &[BASIC, "200"], "GET /x; GET /x ME", "200", 0),
    ("--anyauth URL/x", &[BOTH, "200"], "GET /x; GET /x D:a:1:/x", "200", 0),
    ("--anyauth URL/x", &["401 WWW-Authenticate: NTLM, Negotiate"], "GET /x", "401", 0),
    ("--anyauth URL/x", &[BASIC, BASIC], "GET /x; GET /x ME", "401", 0),
    ("--anyauth URL/x", &[BASIC, A], "GET /x; GET /x ME", "401", 0),
    ("--anyauth URL/x", &[BOTH, STALE, "200"], "GET /x; GET /x D:a:1:/x; GET /x D:b:1:/x", "200", 0),
    ("--anyauth URL/x -d c=d", &["200"], "POST /x 3 [c=d]", "200", 0),
    ("--anyauth URL/x -d c=d", &[A, "200"], "POST /x 3 [c=d]; POST /x D:a:1:/x 3 [c=d]", "200", 0),
    ("--anyauth URL/x -d c=d", &[BASIC, "200"], "POST /x 3 [c=d]; POST /x ME 3 [c=d]", "200", 0),
    ("--anyauth URL/x -L", &[BASIC, "302 Location: /y", "200"], "GET /x; GET /x ME; GET /y ME", "200", 0),
    ("--anyauth URL/x -T -", &[A], "PUT /x chunked [5\r\ninput\r\n0\r\n\r\n]", "", 65),
    ("--basic --digest URL/x", &[BASIC, "200"], "GET /x; GET /x ME", "200", 0),
    ("--digest --basic URL/x", &[A, "200"], "GET /x; GET /x D:a:1:/x", "200", 0),
    ("--anyauth --digest URL/x", &[BASIC, "200"], "GET /x; GET /x ME", "200", 0),
    // Basic says it at once and is not asked twice.
    ("--basic URL/x", &["200"], "GET /x ME", "200", 0),
    ("URL/x -d c=d", &[A], "POST /x ME 3 [c=d]", "401", 0),
];

#[test]
fn a_challenge_is_answered_as_curl_does() {
    for (line, answers, sent, content, code) in CASES {
        let peer = Recorder::start(vec![script(answers)]);
        let words: Vec<String> = line.split(' ').map(|word| word.replace("URL", &peer.url(""))).collect();
        let words: Vec<&str> =
            ["-s", "-u", "me:pw", "-H", "Expect:"].into_iter().chain(words.iter().map(String::as_str)).collect();
        let output = request(&words).write_stdin("input").output().unwrap();
        let seen = (summary(&peer), String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code());
        assert_eq!(seen, (sent.replace("ME", ME), (*content).to_owned(), Some(*code)), "{line} {answers:?}");
        let quiet = request(&["-sS", "--anyauth", "-u", "me:pw-x", &peer.url("/")]).output().unwrap();
        assert!(!String::from_utf8_lossy(&quiet.stderr).contains("pw-x"));
    }
}

#[test]
fn a_server_that_calls_every_nonce_too_old_is_left() {
    let peer = Recorder::start(vec![(0..200).flat_map(|_| script(&[STALE])).collect()]);
    request(&["-s", "--digest", "-u", "me:pw", &peer.url("/")]).assert().success().stdout("401");
    let count = peer.text().matches("GET / ").count();
    assert!((3..20).contains(&count), "{count}");
}

#[test]
fn the_uri_of_an_answer_is_path_and_query_through_a_proxy_too() {
    let peer = Recorder::start(vec![script(&[A, "200"]), script(&["200"])]);
    let proxy = peer.url("");
    request(&["-s", "-x", &proxy, "--digest", "-u", "me:pw", "http://h.test/x?y"]).assert().success().stdout("200");
    let text = peer.text();
    assert!(text.contains("GET http://h.test/x?y HTTP/1.1\r\n") && text.contains("uri=\"/x?y\""), "{text}");
}

#[test]
fn content_waits_for_the_challenge_of_a_proxy() {
    const P: &str = "407 Proxy-Authenticate: Digest realm=\"r\", nonce=\"p\", qop=\"auth\"";
    for (line, answers, sent, content) in [
        ("-d c=d", &[P, "200"][..], "POST http://h.test/x 0; POST http://h.test/x P:p:1:/x 3 [c=d]", "200"),
        (
            "-T -",
            &[P, "200"],
            "PUT http://h.test/x 0; PUT http://h.test/x P:p:1:/x chunked [6\r\nstream\r\n0\r\n\r\n]",
            "200",
        ),
        // One that asks for nothing gets the content after its success only, and is not made to wait again.
        ("-d c=d", &["200", "200"], "POST http://h.test/x 0; POST http://h.test/x 3 [c=d]", "200"),
        ("-d c=d", &["404"], "POST http://h.test/x 0", "404"),
        ("-d c=d", &["407"], "POST http://h.test/x 0", "407"),
        // Then the server asks, too.
        (
            "-d c=d --digest -u me:pw",
            &[P, A, "200"],
            "POST http://h.test/x 0; POST http://h.test/x P:p:1:/x 0; POST http://h.test/x P:p:2:/x D:a:1:/x 3 [c=d]",
            "200",
        ),
        (
            "-d c=d --digest -u me:pw",
            &[A, "200"],
            "POST http://h.test/x 0; POST http://h.test/x D:a:1:/x 3 [c=d]",
            "200",
        ),
        // A redirect takes content with it that was not sent yet.
        (
            "-L -T -",
            &["307 Location: /y", "200"],
            "PUT http://h.test/x 0; PUT http://h.test/y chunked [6\r\nstream\r\n0\r\n\r\n]",
            "200",
        ),
        // Without content there is nothing that waits, and Basic says at once who asks.
        ("", &[P, "200"], "GET http://h.test/x; GET http://h.test/x P:p:1:/x", "200"),
        ("-d c=d --proxy-basic", &["200"], "POST http://h.test/x 3 [c=d]", "200"),
        ("-d c=d --proxy-anyauth", &["200"], "POST http://h.test/x 3 [c=d]", "200"),
    ] {
        let peer = Recorder::start(vec![script(answers)]);
        let proxy = peer.url("");
        let mut command = request(&["-s", "-x", &proxy, "--proxy-digest", "-U", "me:pw", "http://h.test/x"]);
        let outcome = command.args(line.split_whitespace()).write_stdin("stream").output().unwrap();
        assert_eq!(summary(&peer), sent, "{line} {answers:?}");
        assert_eq!(String::from_utf8_lossy(&outcome.stdout), content, "{line} {answers:?}");
    }
}

#[test]
fn secrets_held_back_for_one_origin_stay_there() {
    let other = Recorder::start(vec![script(&[BOTH, "200"])]);
    let location = format!("302 Location: {}", other.url("/y"));
    let peer = Recorder::start(vec![script(&[A, &location])]);
    let line = ["-s", "--anyauth", "-u", "me:pw", "-L", &peer.url("/x")];
    request(&line).assert().success().stdout("401");
    assert_eq!(summary(&other), "GET /y");
    // Told to trust it, a new origin is asked anew.
    let other = Recorder::start(vec![script(&[B, "200"])]);
    let location = format!("302 Location: {}", other.url("/y"));
    let peer = Recorder::start(vec![script(&[A, &location])]);
    request(&["-s", "--anyauth", "-u", "me:pw", "--location-trusted", &peer.url("/x")])
        .assert()
        .success()
        .stdout("200");
    assert_eq!(summary(&other), "GET /y; GET /y D:b:1:/y");
}

#[test]
fn an_expectation_that_was_refused_is_dropped() {
    let refusal = || vec![Act::ReadHead, Act::Write(b"HTTP/1.1 417 No\r\nContent-Length: 3\r\n\r\n417".to_vec())];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f");
    std::fs::write(&file, vec![b'x'; 1_500_000]).unwrap();
    let name = file.to_str().unwrap();
    let large = format!("@{name}");
    for (options, connections, content, waits) in [
        (vec!["-T", name], 2, "ok", false),
        (vec!["--data-binary", &large], 2, "ok", false),
        (vec!["--data-binary", &large, "-H", "expect: 100-continue"], 1, "417", true),
        (vec!["-T", name, "-H", "Expect:"], 1, "417", false),
    ] {
        let peer = Recorder::start(vec![refusal(), ok("ok")]);
        let url = peer.url("/");
        request(&[&["-s", &url][..], &options].concat()).assert().success().stdout(content);
        let sent = peer.connections();
        assert_eq!(sent.len(), connections, "{options:?}");
        let last = String::from_utf8_lossy(&sent[connections - 1]).to_ascii_lowercase();
        assert_eq!(last.contains("expect:"), waits, "{options:?}");
    }
}
