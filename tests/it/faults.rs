//! `serve --delay`, `--fault` and `--fail`: what clients meet, what the log says, and that no write is lost in them.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::capture::Capture;
use crate::kit::{self, Serve, Wire, clean, project, serve};

const DATA: &str = r#"{"posts": [{"id": 1, "title": "a"}, {"id": 2, "title": "b"}]}"#;

fn faulty(arguments: &[&str]) -> Serve {
    let builder = serve().file("db.json", DATA);
    arguments.iter().fold(builder, |builder, argument| builder.argument(*argument)).start()
}

/// The rows of the table in the README: a fault, the options that it is asked with, and how curl and `request` end.
fn table() -> Vec<[String; 4]> {
    let readme = fs::read_to_string(project().join("README.md")).unwrap();
    let section = readme.split("| `--fault` | ").nth(1).unwrap();
    let rows = section.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cell = |text: &str| text.trim().trim_matches('`').to_owned();
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        [cell(cells[0]), cell(cells[2]), cell(cells[3]), cell(cells[4])]
    })
    .collect()
}

/// Each row's fault, provoked by a program: which rows are not so. The column is that of the program.
fn untrue(column: usize, mut program: impl FnMut(&Serve, &[&str]) -> Option<i32>) -> Vec<String> {
    let rows = table();
    assert!(rows.len() >= 10, "{rows:?}");
    let mut untrue = Vec::new();
    for row in rows {
        let serve = faulty(&["--fault", &row[0]]);
        let options: Vec<&str> = row[1].split_whitespace().collect();
        let status = program(&serve, &options);
        if status.map(|status| status.to_string()).as_deref() != Some(&row[column]) {
            untrue.push(format!("{}: {status:?}, not {}", row[0], row[column]));
        }
        let said = serve.stop().stderr;
        let name = row[0].split(':').next().unwrap();
        let name = if name.starts_with(|first: char| first.is_ascii_digit()) { "status" } else { name };
        assert!(said.contains(&format!(" [fault {name}]")), "{row:?}: {said}");
    }
    untrue
}

#[test]
fn request_ends_as_the_readme_says() {
    let untrue = untrue(3, |serve, options| {
        let url = serve.at("/posts");
        let arguments = [&["-q", "-sS", "-o", "out"], options, &[&url]].concat();
        serve.request(&arguments).assert().get_output().status.code()
    });
    assert!(untrue.is_empty(), "{untrue:#?}");
}

#[test]
#[ignore = "needs curl"]
fn curl_ends_as_the_readme_says() {
    let untrue = untrue(2, |serve, options| {
        let mut command = Command::new("curl");
        clean(&mut command);
        let command = command.args(["-q", "-sS", "-o"]).arg(serve.path("out")).args(options).arg(serve.at("/posts"));
        command.output().unwrap().status.code()
    });
    assert!(untrue.is_empty(), "{untrue:#?}");
}

#[test]
fn retries_get_through() {
    for (fault, options) in [
        ("503 x3", "--retry 3 --retry-delay 0.01 -f"),
        ("503:Retry-After=0 x3", "--retry 3 --retry-delay 0.01 -f"),
        ("reset x2", "--retry 2 --retry-all-errors --retry-delay 0.01"),
        ("empty x2", "--retry 2 --retry-all-errors --retry-delay 0.01"),
        ("truncate x2", "--retry 2 --retry-all-errors --retry-delay 0.01 -o out"),
        ("stall x1", "--retry 1 -m 1 --retry-delay 0.01 -o out"),
    ] {
        let serve = faulty(&["--fault", fault]);
        let url = serve.at("/posts/1");
        let arguments: Vec<&str> =
            ["-sS", &url, "-w", "%{num_retries}"].into_iter().chain(options.split(' ')).collect();
        let run = serve.request(&arguments).assert().success();
        let count = fault.rsplit('x').next().unwrap();
        let printed = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        assert!(printed.ends_with(count), "{fault}: {printed}");
        let body = if options.contains("-o out") { serve.read("out") } else { printed };
        assert!(body.contains(r#"{"id": 1, "title": "a"}"#), "{fault}: {body}");
    }
    let serve = faulty(&["--fault", "503 x3"]);
    serve.request(&["-sS", "-f", &serve.at("/posts/1"), "--retry", "2", "--retry-delay", "0.01"]).assert().code(22);
}

/// No fault but a delay lets a write happen, and each is told so by what it is answered.
#[test]
fn no_write_is_lost_in_a_fault() {
    for fault in
        ["503", "200", "reset", "empty", "truncate", "garbage", "bad-chunk", "stall", "drip:100k/s", "slow-head:1ms"]
    {
        let serve = faulty(&["--fault", &format!("{fault} x4")]);
        let url = |path| serve.at(path);
        for (method, path, body) in [
            ("PUT", "/posts/1", r#"{"title": "lost"}"#),
            ("PATCH", "/posts/1", r#"{"title": "lost"}"#),
            ("POST", "/posts", r#"{"title": "lost"}"#),
            ("DELETE", "/posts/1", ""),
        ] {
            let arguments = ["-sS", "-f", "-m", "5", "-y", "1", "-Y", "1", "-X", method, &url(path), "--json", body];
            let run = serve.request(&arguments).assert();
            assert_eq!(run.get_output().status.success(), fault == "200", "{method} {fault}");
            assert_eq!(serve.read("db.json"), DATA, "{method} {fault}");
        }
        assert_eq!(serve.ask("DELETE", "/posts/1", "").status(), 200, "{fault}");
        assert!(!serve.read("db.json").contains(r#""id": 1"#), "{fault}");
    }
}

#[test]
fn a_delay_is_waited_by_its_own_client_only() {
    let serve = faulty(&["--delay", "300ms-400ms", "--fault", "/posts/2 delay:200ms"]);
    let start = Instant::now();
    // More than there are threads.
    thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| assert_eq!(serve.ask("GET", "/posts/1", "").status(), 200));
        }
    });
    let elapsed = start.elapsed();
    assert!(elapsed >= Duration::from_millis(300) && elapsed < Duration::from_secs(10), "{elapsed:?}");
    let start = Instant::now();
    assert_eq!(serve.ask("PATCH", "/posts/2", r#"{"title": "c"}"#).status(), 200);
    assert!(start.elapsed() >= Duration::from_millis(500), "{:?}", start.elapsed());
    assert!(serve.read("db.json").contains(r#""title": "c""#));
    // Both ways together, each once.
    let serve = faulty(&["--delay", "200ms", "--fault", "503"]);
    let start = Instant::now();
    assert_eq!(serve.ask("GET", "/posts/1", "").status(), 503);
    assert!(start.elapsed() >= Duration::from_millis(200));
}

/// Of two connections that there may be, none is held for who has gone when somebody else wants one.
#[test]
fn who_has_gone_is_not_kept_waiting_in_the_place_of_others() {
    let serve = faulty(&["--fault", "/posts/1 delay:60m", "--max-connections", "2"]);
    let mut one = Wire::connect(serve.address());
    one.send(format!("PATCH /posts/1 HTTP/1.1\r\nHost: {}\r\nContent-Length: 7\r\n\r\n{{\"n\":1}}", serve.address()));
    // It has only ended its side, and is told.
    one.finish();
    drop({
        let mut other = Wire::connect(serve.address());
        other.send(format!("GET /posts/1 HTTP/1.1\r\nHost: {}\r\n\r\n", serve.address()));
        other
    });
    assert_eq!(serve.ask("GET", "/posts/2", "").status(), 200);
    assert_eq!(serve.ask("GET", "/posts", "").status(), 200);
    let said = one.answer(false);
    assert_eq!(said.status(), 200);
    assert!(serve.read("db.json").contains(r#""n": 1"#), "{}", serve.read("db.json"));
    assert!(serve.stop().stderr.contains("\"GET /posts/1 HTTP/1.1\" 200"));
}

#[test]
fn who_is_kept_waiting_is_answered_when_the_server_ends() {
    for arguments in [&["--delay", "60m"][..], &["--fault", "delay:60m"], &["--delay", "60m", "--fault", "drip:1/s"]] {
        let serve = faulty(arguments);
        let mut waiting: Vec<Wire> = (0..3).map(|_| Wire::connect(serve.address())).collect();
        let read = format!("GET /posts/1 HTTP/1.1\r\nHost: {}\r\n\r\n", serve.address());
        waiting.iter_mut().for_each(|wire| wire.send(&read));
        // One has gone, and one sends nothing more.
        drop(waiting.pop());
        waiting[1].finish();
        // They have been taken up before what comes after them.
        serve.ask("GET", "/_/requests", "");
        let start = Instant::now();
        serve.stop();
        assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
        for wire in &mut waiting {
            let answer = wire.answer(false);
            assert_eq!((answer.status(), answer.field("connection")), (200, Some("close")), "{arguments:?}");
            assert!(wire.rest().is_empty());
        }
    }
}

#[test]
fn what_the_server_tells_of_itself_has_no_faults() {
    let serve = faulty(&["--fault", "reset"]);
    serve.request(&["-sS", &serve.at("/posts")]).assert().code(56);
    let seen = serve.ask("GET", "/_/requests", "");
    let exchanges: serde_json::Value = serde_json::from_str(seen.text()).unwrap();
    assert_eq!(exchanges.as_array().unwrap().len(), 1);
    assert_eq!((&exchanges[0]["status"], &exchanges[0]["complete"]), (&serde_json::Value::Null, &false.into()));
    assert!(exchanges[0]["received"]["text"].as_str().unwrap().starts_with("GET /posts HTTP/1.1\r\n"));
    assert_eq!(exchanges[0]["sent"]["bytes"], 0);
}

#[test]
fn a_status_is_a_refusal_like_any_other() {
    let serve = faulty(&["--fault", "503:Retry-After=2", "--fault", "/never 500"]);
    let host = serve.address();
    let refusal = serve.bytes(format!(
        "GET /posts HTTP/1.1\r\nHost: {host}\r\nOrigin: http://localhost:3000\r\nConnection: close\r\n\r\n"
    ));
    assert_eq!((refusal.status(), refusal.field("Retry-After")), (503, Some("2")));
    assert_eq!(refusal.field("Content-Type"), Some("application/problem+json"));
    assert_eq!(refusal.field("Access-Control-Allow-Origin"), Some("http://localhost:3000"));
    let problem: serde_json::Value = serde_json::from_str(refusal.text()).unwrap();
    assert_eq!((&problem["status"], &problem["code"]), (&503.into(), &"fault".into()));
    assert_eq!(problem["instance"], "/posts");
    // What a browser asks beforehand is spared.
    let preflight = serve.bytes(format!(
        "OPTIONS /posts HTTP/1.1\r\nHost: {host}\r\nOrigin: http://localhost:3000\r\n\
         Access-Control-Request-Method: PUT\r\nConnection: close\r\n\r\n"
    ));
    assert_eq!(preflight.status(), 204);
    // The page of an application can read those that are no errors too.
    let serve = faulty(&["--fault", "GET 204", "--fault", "PUT 302:Location=/"]);
    for (method, status) in [("GET", 204), ("PUT", 302)] {
        for (origin, expected) in
            [("http://localhost:3000", Some("http://localhost:3000")), ("http://evil.example", None)]
        {
            let host = serve.address();
            let answer = serve.bytes(format!(
                "{method} /posts HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nConnection: close\r\n\r\n"
            ));
            assert_eq!((answer.status(), answer.field("Access-Control-Allow-Origin")), (status, expected));
        }
    }
    // A status that needs a field has it, unless another one was asked for.
    let serve = faulty(&["--fault", "client"]);
    for (fault, expected) in [
        ("401", ["WWW-Authenticate: Bearer"].as_slice()),
        ("401:www-authenticate=Negotiate", &["www-authenticate: Negotiate"]),
        ("405", &["Allow: "]),
        ("407", &["Proxy-Authenticate: Basic realm=\"fault\""]),
        ("426", &["Upgrade: HTTP/2.0", "Connection: upgrade"]),
        ("403", &[]),
    ] {
        let host = serve.address();
        let asked = format!("GET / HTTP/1.1\r\nHost: {host}\r\nPrefer: fault=\"{fault}\"\r\nConnection: close\r\n\r\n");
        let answer = serve.bytes(asked);
        let is_about = |line: &&str| {
            let starts = ["Allow:", "Upgrade:", "Connection: upgrade"].iter().any(|start| line.starts_with(start));
            starts || line.to_ascii_lowercase().contains("authenticate:")
        };
        assert_eq!(answer.head.lines().filter(is_about).collect::<Vec<_>>(), expected, "{fault}");
    }
    // What is no fault of the client has no problem document.
    let serve = faulty(&["--fault", "302:Location=/posts/1 x1"]);
    serve.request(&["-sS", "-L", &serve.at("/")]).assert().success().stdout(r#"{"id": 1, "title": "a"}"#);
}

#[test]
fn the_same_seed_repeats_a_run() {
    let run = |arguments: &[&str]| {
        let serve = faulty(arguments);
        let statuses: Vec<u16> = (0..40).map(|_| serve.ask("GET", "/posts/1", "").status()).collect();
        (statuses, serve.stop().stderr)
    };
    let (first, said) = run(&["--fail", "503:30%"]);
    let seed = said.split_once("'--seed ").unwrap().1.split_once('\'').unwrap().0;
    let (again, said) = run(&["--fail", "503:30%", "--seed", seed]);
    assert_eq!(first, again);
    assert!(!said.contains("--seed"), "{said}");
    assert!(first.contains(&503) && first.contains(&200), "{first:?}");
    assert_ne!(run(&["--fail", "503:30%", "--seed", "1"]).0, run(&["--fail", "503:30%", "--seed", "2"]).0);
    // Where nothing is left to chance, nothing is said of it.
    assert!(!run(&["--fault", "503 x3", "--delay", "1ms"]).1.contains("--seed"));
}

#[test]
fn a_client_chooses_where_it_may() {
    let serve = faulty(&["--fault", "/posts* client"]);
    let ask = |path: &str, preference: &str| {
        let preference = format!("Prefer: {preference}");
        serve.request(&["-sS", "-o", "out", "-w", "%{http_code}", &serve.at(path), "-H", &preference]).assert()
    };
    ask("/posts", "code=418").success().stdout("418");
    ask("/posts", "return=minimal, fault=\"503:Retry-After=1\"").success().stdout("503");
    ask("/posts", "fault=reset").code(56);
    ask("/posts", "return=minimal").success().stdout("200");
    ask("/", "fault=reset").success().stdout("200");
    ask("/posts", "code=204, code=500").success().stdout("204");
    for (preference, expected) in [
        ("fault=resett", "'Prefer: fault': expected a status, delay:TIME, reset, "),
        ("code=1000", "'Prefer: code': expected a status from 200 to 599, found '1000'"),
        ("code=abc", "'Prefer: code': expected a status from 200 to 599, found 'abc'"),
    ] {
        ask("/posts", preference).success().stdout("400");
        assert!(serve.read("out").contains(expected), "{preference}: {}", serve.read("out"));
    }
    // What cannot be read is no preference (RFC 7240 2).
    for preference in [&b"fault=\xff"[..], b"=,;\"", b"wait=x", b"faults=reset"] {
        let head = format!("GET /posts HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nPrefer: ", serve.address());
        assert_eq!(serve.bytes([head.as_bytes(), preference, b"\r\n\r\n"].concat()).status(), 200, "{preference:?}");
    }
    // Without that option it is only a preference.
    let serve = faulty(&[]);
    serve.request(&["-sS", "-f", &serve.at("/posts"), "-H", "Prefer: fault=reset"]).assert().success();
}

/// A page of somebody else can send what a link can, and a field like `Prefer` only when the server allows it beforehand.
#[test]
fn no_page_of_somebody_else_chooses() {
    let preflight = |serve: &Serve, origin: &str| {
        serve.bytes(format!(
            "OPTIONS /posts HTTP/1.1\r\nHost: {}\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: GET\r\n\
             Access-Control-Request-Headers: prefer\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n\
             Connection: close\r\n\r\n",
            serve.address()
        ))
    };
    let serve = faulty(&["--fault", "client"]);
    for origin in ["http://evil.example", "null", "http://localhost.evil.example"] {
        let answer = preflight(&serve, origin);
        for name in ["Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods"] {
            assert_eq!(answer.field(name), None, "{origin}");
        }
    }
    // Nothing but that field is a choice: neither the query, nor the content, nor a field that needs no permission.
    for (line, fields) in [
        ("GET /posts?fault=reset&code=503&Prefer=fault%3Dreset", ""),
        ("GET /posts", "Accept: application/json;fault=reset\r\nAccept-Language: fault=reset\r\n"),
        ("GET /posts", "Cookie: Prefer=fault=reset\r\nReferer: http://evil.example/?fault=reset\r\n"),
    ] {
        let host = serve.address();
        let answer = serve.bytes(format!("{line} HTTP/1.1\r\nHost: {host}\r\n{fields}Connection: close\r\n\r\n"));
        assert_eq!(answer.status(), 200, "{line} {fields}");
    }
    // Whose pages the user has named, or runs there, may.
    let named = faulty(&["--fault", "client", "--cors", "http://app.example"]);
    for (serve, origin) in [(&serve, "http://localhost:3000"), (&named, "http://app.example")] {
        let answer = preflight(serve, origin);
        assert_eq!(answer.field("Access-Control-Allow-Origin"), Some(origin));
        assert_eq!(answer.field("Access-Control-Allow-Headers"), Some("prefer"));
    }
    assert_eq!(preflight(&named, "http://evil.example").field("Access-Control-Allow-Headers"), None);
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (arguments, expected) in [
        (&["--fault", "GET /x resett"][..], "httpkit: --fault 'GET /x resett', column 8: expected a status, "),
        (&["--fault", "reset", "--fault", "é 503"], "httpkit: --fault 'é 503', column 1: "),
        (&["--fault", "503\u{1b}[2J"], "httpkit: --fault '503\\x1b[2J', column 1: "),
        (&["--fail", "503:x"], "httpkit: --fail '503:x', column 5: expected how often, "),
        (&["--delay", "2s-1s"], "'--delay <TIME>' cannot be '2s-1s': expected a time above 0"),
        (&["--seed", "x"], "'--seed <NUMBER>' cannot be 'x'"),
        (&["--echo", "--fault", "x"], "httpkit: --fault 'x', column 1: "),
        (&["--dialect", "pairs", "--fault", "503"], "httpkit: --fault has no place in a dialect"),
        (&["--dialect", "names", "--delay", "1s"], "httpkit: --delay has no place in a dialect"),
        (&["--dialect", "comma", "--seed", "1"], "httpkit: --seed has no place in a dialect"),
    ] {
        let run = arguments.iter().fold(serve(), |serve, argument| serve.argument(*argument)).run().code(2);
        let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(said.contains(expected) && said.lines().count() == 1, "{arguments:?}: {said}");
    }
}

/// Who waits to be told to send its content (RFC 9110 10.1.1) meets a fault at once, if the content makes no difference for it.
#[test]
fn no_content_is_waited_for_before_a_fault() {
    let head = |serve: &Serve, method: &str| {
        let host = serve.address();
        format!("{method} /posts/1 HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
    };
    for (fault, beginning) in [
        ("503", "HTTP/1.1 503 "),
        ("302:Location=/", "HTTP/1.1 302 "),
        ("truncate", "HTTP/1.1 503 "),
        ("bad-chunk", "HTTP/1.1 503 "),
        ("drip:100k/s", "HTTP/1.1 503 "),
        ("slow-head:1ms", "HTTP/1.1 503 "),
        ("empty", ""),
        ("garbage", "\u{fffd}"),
    ] {
        for delay in [&[][..], &["--delay", "20ms"]] {
            let serve = faulty(&[&["--fault", &format!("{fault} x1")], delay].concat());
            let mut wire = Wire::connect(serve.address());
            wire.send(head(&serve, "PUT"));
            // It is not sent, and nothing is waited for.
            let text = String::from_utf8_lossy(&wire.rest()).into_owned();
            assert!(text.starts_with(beginning) && !text.contains("100 Continue"), "{fault}: {text}");
            assert_eq!(text.is_empty(), fault == "empty", "{fault}: {text}");
            assert_eq!(text.contains("\r\nConnection: close\r\n"), beginning.starts_with('H'), "{fault}: {text}");
            // It counted, once: the next one is told to go on, and stays in step.
            let mut wire = Wire::connect(serve.address());
            wire.send(head(&serve, "PATCH"));
            assert_eq!(wire.until_blank_line(), "HTTP/1.1 100 Continue\r\n\r\n", "{fault}");
            wire.send(r#"{"n": 12}"#);
            assert_eq!(wire.answer(false).status(), 200, "{fault}");
            wire.send(format!("GET /posts/1 HTTP/1.1\r\nHost: {}\r\n\r\n", serve.address()));
            assert!(wire.answer(false).text().contains(r#""n": 12"#), "{fault}");
        }
    }
    // What waits for its content counts once too.
    let serve = faulty(&["--fault", "delay:10ms x1", "--fault", "503 every 2"]);
    for expected in [200, 200, 503] {
        let mut wire = Wire::connect(serve.address());
        wire.send(head(&serve, "PATCH"));
        if expected == 200 {
            assert_eq!(wire.until_blank_line(), "HTTP/1.1 100 Continue\r\n\r\n");
            wire.send(r#"{"n": 12}"#);
        }
        assert_eq!(wire.answer(false).status(), expected);
    }
}

#[test]
fn an_echo_has_faults_too() {
    let start = |arguments: &[&str]| {
        arguments.iter().fold(serve().argument("--echo"), |serve, argument| serve.argument(*argument)).start()
    };
    let serve = start(&["--fault", "/x* truncate", "--delay", "10ms"]);
    serve.request(&["-sS", &serve.at("/x/1"), "-o", "out"]).assert().code(18);
    let line = format!("OPTIONS * HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", serve.address());
    let echo = serve.bytes(format!("{line}\r\n"));
    assert_eq!(echo.text(), format!("{line}\r\n"));
    assert_eq!(serve.ask("PUT", "/a?b=c", "[1]").text().lines().last(), Some("[1]"));
    // What is sent stays what was asked for, late or not.
    let asterisk = serve.bytes(format!(
        "OPTIONS * HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nConnection: close\r\n\r\n",
        serve.address()
    ));
    assert!(asterisk.text().contains(r#""target":"*""#), "{}", asterisk.text());
}

#[test]
fn a_capture_shows_faults_as_they_are() {
    let serve = faulty(&["--pcap", "c.pcapng", "--fault", "client"]);
    let ask = |fault: &str| {
        let preference = format!("Prefer: fault=\"{fault}\"");
        serve.request(&["-sS", "-o", "out", &serve.at("/posts"), "-H", &preference]).assert().get_output().status.code()
    };
    assert_eq!(["reset", "empty", "drip:2k/s"].map(ask), [Some(56), Some(52), Some(0)]);
    let (path, body) = (serve.path("c.pcapng"), serve.read("out"));
    let folder = serve.stop_and_keep();
    let capture = Capture::read(&fs::read(path).unwrap());
    drop(folder);
    let ends: Vec<&str> = capture.connections.iter().map(|connection| &*connection.end).collect();
    assert!(ends[0].contains('r') && !ends[0].contains('f'), "{ends:?}");
    assert!(ends[1].contains('f') && !ends[1].contains('r'), "{ends:?}");
    let received: Vec<_> = capture.connections.iter().map(|connection| connection.received.len()).collect();
    assert_eq!(received[..2], [0, 0]);
    assert!(capture.connections[2].received.ends_with(body.as_bytes()));
}

/// Runs a script against a server with these faults.
fn peer(program: &str, script: &std::path::Path, serve: &Serve) {
    let mut command = Command::new(program);
    clean(&mut command);
    let output = command.arg(script).arg(serve.url()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What the scripts below rely on.
const FOR_RETRIES: [&str; 10] = [
    "--fault",
    "/posts/1 503:Retry-After=0 x2",
    "--fault",
    "/posts/2 reset x2",
    "--fault",
    "/posts empty x1",
    "--fault",
    "PATCH 500 x1",
    "--fault",
    "/profile 503",
];

#[test]
#[ignore = "needs python3-requests"]
fn retries_of_requests_and_urllib3_work() {
    peer("python3", &project().join("tests/peers/retries.py"), &faulty(&FOR_RETRIES));
}

#[test]
#[ignore = "needs npm"]
fn retries_of_axios_work() {
    let folder = tempfile::TempDir::new().unwrap();
    let packages = ["install", "--silent", "--no-audit", "--no-fund", "axios@1", "axios-retry@4"];
    let npm = Command::new("npm").args(packages).current_dir(folder.path()).output().unwrap();
    assert!(npm.status.success(), "{npm:?}");
    let script = folder.path().join("retries.mjs");
    fs::copy(kit::project().join("tests/peers/retries.mjs"), &script).unwrap();
    peer("node", &script, &faulty(&FOR_RETRIES));
}
