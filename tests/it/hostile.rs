//! Requests of few bytes that order much work: each is answered soon, by what was asked for or by a refusal that names
//! the limit, and others are served meanwhile.

use std::fs::File;
use std::io::{Read, Write};
use std::iter;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::kit::{self, Answer, Serve, Wire};

/// Far more than any of these needs in a debug build on a busy machine, and far less than what grows with the square.
const SOON: Duration = Duration::from_secs(15);

fn request(method: &str, target: &str, media_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

fn ask(serve: &Serve, text: &str) -> Answer {
    let mut wire = Wire::connect(serve.address());
    let start = Instant::now();
    wire.send(text);
    let answer = wire.answer(false);
    let took = start.elapsed();
    assert!(took < SOON, "{took:?} for {}", &text[..text.len().min(200)]);
    answer
}

#[track_caller]
fn answered(serve: &Serve, text: &str, status: u16, part: &str) {
    let answer = ask(serve, text);
    let body = String::from_utf8_lossy(&answer.body);
    let shown: String = body.chars().take(300).collect();
    assert_eq!(answer.status(), status, "{}: {shown}", &text[..text.len().min(200)]);
    assert!(body.contains(part), "{part}: {shown}");
}

fn listed(count: usize, item: impl Fn(usize) -> String, separator: &str) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(separator)
}

/// Posts with comments, and a long string of one letter.
fn document() -> String {
    let posts = listed(3_000, |n| format!("{{\"id\":{n},\"title\":\"post {n}\",\"views\":{}}}", n * 7 % 1000), ",");
    let comments = listed(3_000, |n| format!("{{\"id\":{n},\"postId\":{},\"body\":\"{n}\"}}", n % 100), ",");
    let long = "a".repeat(2 << 20);
    format!(
        "{{\"posts\":[{posts}],\"comments\":[{comments}],\"texts\":[{{\"id\":1,\"text\":\"{long}\"}}],\"a\":[],\"m\":{{}}}}"
    )
}

#[test]
fn bodies_with_many_names_are_read_in_one_pass() {
    let serve = kit::serve().file("db.json", document()).start();
    const FORM: &str = "application/x-www-form-urlencoded";
    let form = listed(60_000, |n| format!("n{n}={n}"), "&");
    answered(&serve, &request("PUT", "/m", FORM, &form), 200, "n59999");
    let pairs = listed(60_000, |n| format!("n{n}: {n}"), "&");
    answered(&serve, &request("PUT", "/m", "text/plain", &pairs), 200, "n59999");
    let header = listed(40_000, |n| format!("c{n}"), ",");
    answered(&serve, &request("POST", "/a", "text/csv", &format!("{header}\n")), 200, "[]");
    let long = format!("{}\n{}", "c".repeat(100_000), "1\n".repeat(100_000));
    answered(&serve, &request("POST", "/a", "text/csv", &long), 422, "the most of one body");
}

#[test]
fn a_table_of_many_columns_is_served() {
    let header = listed(100_000, |n| format!("c{n}"), ",");
    let serve =
        kit::serve().file("wide.csv", format!("{header}\n{}\n", listed(100_000, |n| n.to_string(), ","))).start();
    answered(&serve, "GET /0/c99999 HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, "99999");
    let members = listed(100_000, |n| format!("\"c{n}\":\"x{n}\""), ",");
    answered(
        &serve,
        &request("PATCH", "/0", "application/merge-patch+json", &format!("{{{}}}", &members[10..])),
        200,
        "x99999",
    );
    answered(&serve, &request("PATCH", "/0", "application/merge-patch+json", "{\"nothing\":1}"), 422, "more");
}

#[test]
fn queries_are_counted() {
    let serve = kit::serve().file("db.json", document()).start();
    let get = |query: &str| format!("GET /{query} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let many = |count, item: &dyn Fn(usize) -> String| listed(count, item, "&");
    let once = ask(&serve, &get("posts?_embed=comments"));
    let again = ask(&serve, &get(&format!("posts?{}", many(400, &|_| "_embed=comments".to_owned()))));
    assert!(once.body == again.body && once.status() == 200, "what is repeated is done once");
    let once = ask(&serve, &get("comments?_expand=post&_sort=-body"));
    let again = ask(
        &serve,
        &get(&format!("comments?{}&_sort=-body{}", many(200, &|_| "_expand=post".to_owned()), ",-body".repeat(500))),
    );
    assert!(once.body == again.body && once.status() == 200, "what is repeated is done once");
    for (query, limit) in [
        (format!("posts?_sort={}", listed(1_200, |n| format!("k{n}"), ",")), "at most 10"),
        (format!("posts?_where={{\"or\":[{}]}}", listed(51, |n| format!("{{\"id\":{n}}}"), ",")), "at most 50"),
        (format!("posts?{}", many(600, &|n| format!("f{n}=1"))), "at most 50"),
        (format!("posts?{}", many(500, &|n| format!("f{n}_gte=1"))), "at most 50"),
        (format!("posts?id_in={}", listed(1_200, |n| n.to_string(), ",")), "at most 1000"),
        (format!("posts?_fields={}", listed(1_000, |n| format!("f{n}"), ",")), "at most 200"),
        (format!("posts?_embed={}", listed(1_000, |n| format!("f{n}"), ",")), "at most 10"),
    ] {
        answered(&serve, &get(&query), 400, limit);
    }
    answered(&serve, &get(&format!("posts?{}", many(700, &|_| "f_gte=1".to_owned()))), 200, "[]");
    let mut absent = "a".repeat(4_000);
    absent.push('b');
    answered(&serve, &get(&format!("texts?q={absent}")), 200, "[]");
    answered(&serve, &get(&format!("texts?text_like={absent}")), 200, "[]");
    answered(&serve, &get(&format!("texts?q={}&_fields=id", "a".repeat(4_000))), 200, "[{\"id\":1}]");
}

#[test]
fn patches_are_bounded() {
    let serve = kit::serve().file("db.json", document()).argument("--max-body").argument("1m").start();
    let patch = |operations: String| request("PATCH", "/", "application/json-patch+json", &format!("[{operations}]"));
    let insert = |_: usize| r#"{"op":"add","path":"/a/0","value":1}"#.to_owned();
    answered(&serve, &patch(listed(16_000, insert, ",")), 422, "at most 1000 operations");
    answered(&serve, &patch(listed(1_000, insert, ",")), 200, "1");
    let double = |_: usize| r#"{"op":"copy","from":"/a","path":"/a/-"}"#.to_owned();
    answered(&serve, &patch(listed(40, double, ",")), 422, "--max-body");
    answered(&serve, "GET /posts/1/id HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, "1");
}

#[test]
fn a_query_ends_at_its_time_and_what_it_was_about_can_still_be_read() {
    let records = listed(60_000, |n| format!("{{\"id\":{n},\"text\":\"some {n} text\",\"p\":{}}}", n % 9), ",");
    let document = format!("{{\"records\":[{records}],\"ps\":[{{\"id\":1}}]}}");
    let serve = kit::serve().file("db.json", document).argument("--query-timeout").argument("1ms").start();
    for query in [
        "q=nothing%20like%20it",
        "text_like=nothing",
        "_sort=text",
        "_sort=text&_limit=5",
        "_embed=ps",
        "_expand=p",
        "_fields=id",
    ] {
        for accept in ["application/json", "text/csv", "application/x-ndjson"] {
            let get = format!("GET /records?{query} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n");
            answered(&serve, &get, 503, "query-timeout");
        }
    }
    answered(&serve, "GET /records/7/id HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, "7");
}

#[test]
fn an_answer_has_room_for_so_much() {
    let title = "x".repeat(20_000);
    let comments = listed(2_000, |n| format!("{{\"id\":{n},\"postId\":1}}"), ",");
    let document = format!("{{\"posts\":[{{\"id\":1,\"title\":\"{title}\"}}],\"comments\":[{comments}]}}");
    let serve = kit::serve().file("db.json", document).argument("--max-pending").argument("4m").start();
    let get = |query: &str| format!("GET /comments?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    answered(&serve, &get("_expand=post"), 422, "--max-pending");
    answered(&serve, &get("_expand=post&_limit=3"), 200, "xxx");
}

#[test]
fn half_open_heads_take_no_descriptor_that_the_file_needs() {
    let serve = kit::serve().file("db.json", "{\"a\":[]}").under("-n 100").start();
    let unfinished: Vec<Wire> = (0..150)
        .map(|_| {
            let mut wire = Wire::connect(serve.address());
            wire.send("GET / HTTP/1.1\r\nHost: loc");
            wire
        })
        .collect();
    for round in 0..20 {
        answered(&serve, &request("PUT", "/a", "application/json", &format!("[{round}]")), 200, &round.to_string());
    }
    assert!(serve.read("db.json").contains("19"));
    drop(unfinished);
}

#[test]
fn a_whole_collection_in_another_form_is_made_while_it_is_sent() {
    let rows = listed(20_000, |n| format!("{n},\"name, {n}\",{}\n", n % 7), "");
    let csv = format!("id,name,n\n{rows}");
    let serve = kit::serve().file("table.csv", &csv).argument("--max-pending").argument("64k").start();
    let get =
        |target: &str, fields: &str| ask(&serve, &format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n"));
    let json = listed(20_000, |n| format!("{{\"id\":\"{n}\",\"name\":\"name, {n}\",\"n\":\"{}\"}}", n % 7), ",");
    assert_eq!(get("/", "Accept: text/csv\r\n").body, csv.as_bytes(), "the very bytes of the file");
    let whole = get("/", "");
    assert_eq!((whole.field("transfer-encoding"), whole.field("x-total-count")), (Some("chunked"), Some("20000")));
    assert!(whole.body == format!("[{json}]").as_bytes());
    let lines = json.replace("},{", "}\n{") + "\n";
    assert!(get("/", "Accept: application/x-ndjson\r\n").body == lines.as_bytes());
    let sevenths = |body: &[u8], separator: u8| {
        body.split(|&byte| byte == separator)
            .filter(|line| line.starts_with(b"{") || line.first().is_some_and(u8::is_ascii_digit))
            .count()
    };
    assert_eq!(sevenths(&get("/?n=3", "Accept: application/x-ndjson\r\n").body, b'\n'), 2857);
    let selected = get("/?n=3&_fields=n,id", "Accept: text/csv\r\n").body;
    assert!(selected.starts_with(b"id,n\r\n3,3\r\n10,3\r\n") && sevenths(&selected, b'\n') == 2857);
    let gzip = get("/", "Accept-Encoding: gzip\r\n");
    assert_eq!(gzip.field("content-encoding"), Some("gzip"));
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&gzip.body[..]), &mut plain).unwrap();
    assert!(plain == whole.body);
    // HTTP/1.0 knows no chunks; HEAD has no content.
    let mut old = Wire::connect(serve.address());
    old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    let answer = old.answer(false);
    assert!(answer.field("transfer-encoding").is_none() && answer.body == whole.body);
    let mut wire = Wire::connect(serve.address());
    wire.send("HEAD / HTTP/1.1\r\nHost: h.localhost\r\n\r\nHEAD / HTTP/1.1\r\nHost: localhost\r\n\r\nGET /5/n HTTP/1.1\r\nHost: localhost\r\n\r\n");
    wire.answer(true);
    assert_eq!(wire.answer(true).status(), 200);
    assert_eq!(wire.answer(false).body, b"\"5\"");
    // What was changed is told as it is now.
    answered(&serve, &request("DELETE", "/0", "", ""), 200, "name, 0");
    answered(&serve, &request("POST", "/", "application/json", "{\"name\":\"new\"}"), 201, "20000");
    let body = get("/", "").body;
    assert!(body.starts_with(b"[{\"id\":\"1\",") && body.ends_with(b"{\"id\":\"20000\",\"name\":\"new\",\"n\":\"\"}]"));
}

#[test]
fn short_rows_of_a_wide_table_are_made_while_they_are_sent() {
    // 12 kB that are 15 MB as JSON, since each row names every column.
    let csv = format!("id,{}\n{}", listed(1_000, |n| format!("c{n}"), ","), listed(1_200, |n| format!("{n}\n"), ""));
    let serve = kit::serve().file("wide.csv", csv).argument("--max-pending").argument("2m").start();
    for target in ["/", "/?c1="] {
        let mut wires: Vec<Wire> = (0..3).map(|_| Wire::connect(serve.address())).collect();
        for wire in &mut wires {
            wire.send(format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        }
        for wire in &mut wires {
            let answer = wire.answer(false);
            assert_eq!(answer.field("transfer-encoding"), Some("chunked"), "{target}: {}", answer.head);
            assert!(answer.body.ends_with(b"\"c999\":\"\"}]"), "{target}: {}", answer.body.len());
        }
    }
}

#[test]
fn a_json_collection_as_csv_has_the_columns_of_all_its_records() {
    let records = listed(20_000, |n| format!("{{\"id\":{n},\"a\":\"some text {n}\"}}"), ",");
    let serve =
        kit::serve().file("db.json", format!("{{\"r\":[{records},{{\"b\":null,\"c\":1e3,\"id\":\"x\"}}]}}")).start();
    let csv = ask(&serve, "GET /r HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n");
    let text = String::from_utf8(csv.body).unwrap();
    assert!(text.starts_with("id,a,b,c\r\n0,some text 0,,\r\n") && text.ends_with("\r\nx,,,1e3\r\n"));
    assert_eq!((text.lines().count(), csv.head.contains("chunked")), (20_002, true));
    answered(&serve, &request("POST", "/r", "application/json", "{\"a\":[1]}"), 201, "[1]");
    answered(&serve, "GET /r HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n", 406, "not-acceptable");
}

/// A list of one parameter many times over, or of many of a kind.
fn repeated(random: &mut fastrand::Rng) -> String {
    let one = |random: &mut fastrand::Rng| {
        let names =
            ["_embed=comments", "_sort=views", "_sort=-id", "q=a", "views_gte=1", "title_like=po", "_fields=id"];
        match random.u8(0..3) {
            0 => format!("f{}=1", random.u32(0..5000)),
            1 => format!("_sort={}", listed(random.usize(1..30), |n| format!("m{n}"), ",")),
            _ => names[random.usize(0..names.len())].to_owned(),
        }
    };
    let (first, count) = (one(random), random.usize(1..400));
    let is_same = random.bool();
    let query: Vec<String> = (0..count).map(|_| if is_same { first.clone() } else { one(random) }).collect();
    format!("GET /posts?{}&_limit=2 HTTP/1.1\r\nHost: localhost\r\n\r\n", query.join("&"))
}

/// A patch whose copies double what they copy, or whose inserts push everything on.
fn doubling(random: &mut fastrand::Rng) -> String {
    let count = random.usize(1..60);
    let operations = match random.u8(0..3) {
        0 => listed(count, |n| format!("{{\"op\":\"copy\",\"from\":\"/m\",\"path\":\"/m/k{n}\"}}"), ","),
        1 => listed(count, |_| "{\"op\":\"copy\",\"from\":\"/posts\",\"path\":\"/m/p\"}".to_owned(), ","),
        _ => listed(count * 100, |n| format!("{{\"op\":\"add\",\"path\":\"/a/0\",\"value\":{n}}}"), ","),
    };
    request("PATCH", "/", "application/json-patch+json", &format!("[{operations}]"))
}

fn crowded(random: &mut fastrand::Rng) -> String {
    let count = random.usize(1..200_000);
    match random.u8(0..4) {
        0 => request("PUT", "/m", "application/x-www-form-urlencoded", &listed(count / 4, |n| format!("n{n}=1"), "&")),
        1 => request("POST", "/a", "text/csv", &format!("{}\n", listed(count / 4, |n| format!("c{n}"), ","))),
        2 => request("PUT", "/m/deep", "application/json", &format!("{}1{}", "[".repeat(count), "]".repeat(count))),
        _ => request("PUT", "/m/wide", "application/json", &format!("[{}]", listed(count, |_| "{}".to_owned(), ","))),
    }
}

/// A document of 15 MB.
fn large() -> String {
    let pad = "x".repeat(400);
    let posts = listed(
        30_000,
        |n| format!("{{\"id\":{n},\"title\":\"post {n}\",\"views\":{},\"pad\":\"{pad}\"}}", n % 999),
        ",",
    );
    let comments = listed(10_000, |n| format!("{{\"id\":{n},\"postId\":{},\"body\":\"{n}\"}}", n % 100), ",");
    let text = format!("{{\"posts\":[{posts}],\"comments\":[{comments}],\"a\":[],\"m\":{{\"k\":\"v\"}}}}");
    assert!(text.len() > 13_000_000);
    text
}

/// Random hostile requests to a server that may have half a gibibyte for a file of 15 MB: each is answered or refused, and
/// the server lives.
#[test]
fn random_requests_never_take_the_server_down() {
    let text = large();
    let serve = kit::serve().file("db.json", text).argument("--no-save").under("-v 524288").start();
    let mut random = fastrand::Rng::with_seed(11);
    for number in 0..80 {
        let text = match random.u8(0..4) {
            0 | 1 => repeated(&mut random),
            2 => doubling(&mut random),
            _ => crowded(&mut random),
        };
        let mut wire = Wire::connect(serve.address());
        wire.send(&text);
        let status = wire.answer(false).status();
        let refusals = [400, 408, 409, 413, 414, 422, 431, 503];
        assert!(status < 300 || refusals.contains(&status), "{number}: {status} for {:.200}", text);
        answered(&serve, "GET /posts/77/id HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, "77");
    }
}

/// Bodies that are copied some times while they are read, and answers that are put together from all of the data.
fn heavy() -> Vec<String> {
    let get = |target: &str, fields: &str| format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
    let put = |target: &str, media_type: &str, body: String| request("PUT", target, media_type, &body);
    const JSON: &str = "application/json";
    vec![
        get("/posts?_sort=title,-views", ""),
        get("/posts?_sort=pad", "Accept: text/csv\r\n"),
        get("/posts?q=x", "Accept-Encoding: gzip\r\n"),
        get("/comments?_expand=post", ""),
        get("/posts?_embed=comments", ""),
        put("/m/wide", JSON, format!("[{}]", "{},".repeat(1_500_000) + "1")),
        put("/m/long", JSON, format!("[{}1]", format!("\"{}\",", "y".repeat(1000)).repeat(5_000))),
        request("POST", "/a", JSON, &format!("[{}1]", "1,".repeat(2_500_000))),
        request("POST", "/a", "text/csv", &format!("a,b,c\n{}", "1,2,3\n".repeat(400_000))),
        put("/m/form", "application/x-www-form-urlencoded", listed(150_000, |n| format!("n{n}=1"), "&")),
    ]
}

/// What the server says to a request that it may refuse while it is still sent; empty if the refusal is lost in that.
fn said(serve: &Serve, text: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(serve.address()).unwrap();
    stream.set_read_timeout(Some(kit::PATIENCE)).unwrap();
    let mut answer = Vec::new();
    let text = text.replacen("Host: localhost", "Host: localhost\r\nConnection: close", 1);
    let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.read_to_end(&mut answer).map(|_| ()));
    answer
}

/// Some times as much at once as the process may have memory for: what does not fit is refused, and nothing ends.
#[test]
fn many_large_requests_at_once_never_take_the_server_down() {
    let serve = kit::serve().file("db.json", large()).argument("--no-save").under("-v 262144").start();
    let requests = heavy();
    thread::scope(|scope| {
        for first in 0..requests.len() {
            let (serve, requests) = (&serve, &requests);
            scope.spawn(move || {
                for text in requests.iter().cycle().skip(first).take(2) {
                    let answer = said(serve, text);
                    let status = String::from_utf8_lossy(answer.get(9..12).unwrap_or_default()).into_owned();
                    assert!(["", "200", "201", "503"].contains(&&*status), "{status} for {text:.100}");
                }
            });
        }
    });
    // What fits is done as ever, once what nobody waits for any more is over.
    let small = [
        ("GET /posts/77/id HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), "77"),
        (request("PUT", "/m/small", "application/json", "[1,2]"), "[1,2]"),
        ("GET /posts?_sort=-id&_limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), "29999"),
    ];
    let start = Instant::now();
    for (text, part) in small {
        let answer = iter::repeat_with(|| said(&serve, &text)).take_while(|_| start.elapsed() < 4 * kit::PATIENCE);
        let mut bodies = answer.map(|answer| String::from_utf8_lossy(&answer).into_owned());
        assert!(bodies.any(|answer| answer.starts_with("HTTP/1.1 20") && answer.contains(part)), "{text}");
    }
}

/// Where its code stands is the attacker's to guess: a program for the network has no fixed address.
#[test]
#[cfg(target_os = "linux")]
fn the_program_is_placed_at_random() {
    let mut head = [0; 18];
    File::open(kit::PROGRAM).unwrap().read_exact(&mut head).unwrap();
    let kind = u16::from_ne_bytes([head[16], head[17]]);
    assert_eq!(kind, 3, "ET_DYN, as a program that can be placed anywhere is");
}
