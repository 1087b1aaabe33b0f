//! `serve --dialect`: bytes over a socket, whole and one by one; the originals' holes; many clients at once; and our own
//! client as the counterpart.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::kit::{Serve, ServeBuilder, Wire, serve};

fn speaking(dialect: &str) -> ServeBuilder {
    serve().argument("--dialect").argument(dialect)
}

/// Everything that comes back for these bytes, sent whole.
fn at_once(address: SocketAddr, bytes: &str) -> String {
    let mut wire = Wire::connect(address);
    wire.send(bytes);
    String::from_utf8(wire.rest()).unwrap()
}

/// Everything that comes back for these bytes, sent one by one.
fn one_by_one(address: SocketAddr, bytes: &str) -> String {
    let mut wire = Wire::connect(address);
    for byte in bytes.bytes() {
        wire.send([byte]);
        thread::yield_now();
    }
    String::from_utf8(wire.rest()).unwrap()
}

/// The same where a silence of 200 ms would end the message: a run in which this machine paused for so long is no test of
/// the server, and is done again.
fn one_by_one_without_pause(address: SocketAddr, bytes: &str) -> String {
    loop {
        let mut wire = Wire::connect(address);
        let mut last = Instant::now();
        let mut longest = Duration::ZERO;
        for byte in bytes.bytes() {
            wire.send([byte]);
            longest = longest.max(last.elapsed());
            last = Instant::now();
        }
        let answer = String::from_utf8(wire.rest()).unwrap();
        if longest < Duration::from_millis(100) {
            return answer;
        }
    }
}

/// The answer with its date taken out, which is checked to be one.
fn undated(answer: &str) -> String {
    let is_date = |line: &str| line.starts_with("Date: ");
    for line in answer.lines().filter(|line| is_date(line)) {
        let value = line["Date: ".len()..].trim_end();
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        // `2022-05-03 12:11:44.000123`, or `Tue, 03 May 2022 12:11:44 KST`.
        let is_known = match value.as_bytes()[0] {
            b'0'..=b'9' => value.len() == 26 && digits == 20,
            _ => digits == 12 && value.split(' ').count() == 6 && !value.ends_with(' '),
        };
        assert!(is_known, "{line}");
    }
    answer.split_inclusive('\n').filter(|line| !is_date(line)).collect()
}

/// A request as the original client of `pairs` and `banner` wrote it: the blank line is a bare LF, and the length counts
/// characters.
fn original(method: &str, url: &str, content: &str) -> String {
    format!(
        "{method} / HTTP/1.1\r\nHost: {url}\r\nContent-Type: text/html\r\nConnection: keep-alive\r\n\
         Content-Length: {}\r\n\n{content}",
        content.chars().count()
    )
}

fn conformant(method: &str, url: &str, content: &str) -> String {
    format!(
        "{method} / HTTP/1.1\r\nHost: {url}\r\nContent-Type: text/html\r\nConnection: keep-alive\r\n\
         Content-Length: {}\r\n\r\n{content}",
        content.len()
    )
}

fn pairs_answer(status: &str, url: &str, content: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nHost: {url}\r\nContent-Type: text/html\r\nConnection: keep-alive\r\n\
         Content-Length: {}\r\n\r\n{content}",
        content.len()
    )
}

/// The cases of `pairs` but for the last one: method, URL, content, status, content of the answer.
const SIXTEEN: [(&str, &str, &str, &str, &str); 15] = [
    ("HEAD", "127.0.0.1/", "", "100 CONTINUE", ""),
    ("GET", "127.0.0.1/", "", "200 OK", "No data in DB"),
    ("GET", "?/?", "", "404 NOT_FOUND", "Invalid Address(url)"),
    ("PRRT", "127.0.0.1/", "", "405 METHOD_NOT_ALLOWED", "Method not allowed"),
    ("GET", "127.0.5.1/", "", "400 BAD_REQUEST", "Not allowed host: 127.0.5.1"),
    ("PUT", "127.0.0.1/create", "", "404 NOT_FOUND", "Select the appropriate method(Create mode => POST)"),
    (
        "POST",
        "127.0.0.1/create",
        "ID: 20182793&Subject: Computer_Network&Grade: A",
        "200 OK",
        "ID:20182793\r\nSubject:Computer_Network\r\nGrade:A\r\nPost Successfully OK",
    ),
    (
        "GET",
        "127.0.0.1/",
        "",
        "200 OK",
        "The data in DB is as follows. \n\rID:20182793\n\rSubject:Computer_Network\n\rGrade:A",
    ),
    ("POST", "127.0.0.1/create", ": 95", "400 BAD_REQUEST", "Key value does not exist or is blank."),
    ("POST", "127.0.0.1/create", "middle_exam70", "400 BAD_REQUEST", "Key-value format is not valid."),
    ("POST", "127.0.0.1/create", "ID: 20180434", "400 BAD_REQUEST", "The key already exists!"),
    ("HEAD", "127.0.0.1/", "", "100 CONTINUE", ""),
    (
        "PUT",
        "127.0.0.1/update",
        "ID: 20180434&final_exam: 90",
        "200 OK",
        "ID: 20180434&final_exam: 90\n\rUpdate Data as follow:\n\rID: 20182793 => 20180434\n\r\n\r\
         Update(New) Data as follow:\n\rfinal_exam: 90(There's no key, New update)\n\r\
         Update with new data Sucessfully OK ",
    ),
    ("PUT", "127.0.0.1/update", "", "400 BAD_REQUEST", "There is no content, Please check"),
    ("PUT", "127.0.0.1/update", "retake_wheaterYes", "400 BAD_REQUEST", "Key-value format is not valid."),
];

#[test]
fn pairs_runs_its_sixteen_cases_and_ends() {
    for send in [at_once, one_by_one] {
        for write in [original, conformant] {
            let server = speaking("pairs").start();
            for (method, url, content, status, expected) in SIXTEEN {
                let answer = undated(&send(server.address(), &write(method, url, content)));
                assert_eq!(answer, pairs_answer(status, url, expected), "{method} {url} {content}");
            }
            assert_eq!(send(server.address(), &write("END", "127.0.0.1/", "")), "");
            let ended = server.ended();
            assert_eq!(ended.status.code(), Some(0), "{ended:?}");
            assert_eq!(ended.stderr.matches("/ HTTP/1.1\" ").count(), 16, "{}", ended.stderr);
        }
    }
}

#[test]
fn pairs_takes_lengths_that_count_characters() {
    let server = speaking("pairs").file("d.json", "{}").start();
    let content = "이름: 김철수&학과: 소프트웨어";
    let answer = at_once(server.address(), &original("POST", "127.0.0.1/create", content));
    assert!(answer.ends_with("이름:김철수\r\n학과:소프트웨어\r\nPost Successfully OK"), "{answer}");
    let answer = one_by_one(server.address(), &conformant("PUT", "127.0.0.1/update", "이름: 이"));
    assert!(answer.contains("이름: 김철수 => 이\n\r"), "{answer}");
    let stopped_file = server.read("d.json");
    assert_eq!(stopped_file, "{\n  \"이름\": \"이\",\n  \"학과\": \"소프트웨어\"\n}");
}

#[test]
fn names_is_valid_http_for_one_exchange() {
    let names = "{\n  \"junhyung\": \"bae\",\n  \"hojung\": \"jeong\"\n}\n";
    let server = speaking("names").file("names.json", names).start();
    for (line, status, expected) in [
        ("GET /?name=junhyung", 200, "bae"),
        ("GET /?name=unknown", 404, "Can not find name."),
        ("GET /", 404, "Incorrect parameters provided"),
        ("POST /?name=sangki&last_name=oh", 200, "{'junhyung': 'bae', 'hojung': 'jeong', 'sangki': 'oh'}"),
        ("POST /?name=sangki", 404, "Incorrect parameters provided"),
        ("DELETE /?name=sangki", 200, "deleted complete, current dict: {'junhyung': 'bae', 'hojung': 'jeong'}"),
        ("DELETE /?name=bae", 200, "deleted complete, current dict: {'hojung': 'jeong'}"),
        ("DELETE /?name=unknown", 404, "Can not find name."),
        ("DELETE /?other=1", 404, "other=1"),
        ("PUT /?name=a&last_name=b", 501, ""),
        ("PATCH /", 501, ""),
    ] {
        let bytes = format!("{line} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        let whole = at_once(server.address(), &bytes);
        let (head, content) = whole.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{line}: {head}");
        assert!(head.contains("\r\nConnection: close"), "{line}: {head}");
        assert_eq!(content, expected, "{line}");
        if status != 501 {
            assert!(head.contains("\r\nContent-Type: text/plain\r\n"), "{line}: {head}");
        }
    }
    let split = one_by_one(server.address(), "GET /?name=hojung HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    assert!(split.ends_with("\r\n\r\njeong"), "{split}");
    let head = at_once(server.address(), "HEAD /?name=hojung HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 501 ") && head.ends_with("\r\n\r\n"), "{head}");
    let stopped = server.stop();
    assert!(stopped.stderr.contains("] \"GET /?name=junhyung HTTP/1.1\" 200 3\n"), "{}", stopped.stderr);
}

#[test]
fn names_is_not_for_pages_of_other_sites() {
    let server = speaking("names").file("n.json", "{}").start();
    for field in ["Origin: https://example.org\r\n", "Sec-Fetch-Site: cross-site\r\n"] {
        let bytes = format!("POST /?name=a&last_name=b HTTP/1.1\r\nHost: 127.0.0.1\r\n{field}\r\n");
        assert!(at_once(server.address(), &bytes).starts_with("HTTP/1.1 403 "), "{field}");
    }
    let rebound = at_once(server.address(), "GET /?name=a HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    assert!(rebound.starts_with("HTTP/1.1 403 "), "{rebound}");
    assert_eq!(server.read("n.json"), "{}");
}

const STUDENTS: &str = "{\n\t\"Chan_Jin\": {\n\t\t\"student_number\": \"20181692\",\n\t\t\"grade\": \"3.5\"\n\t}\n}";
const HEAD: &str = "Host: localhost\n";

/// A question, and the bytes that come back for the line that answers it.
fn reply(server: &Serve, method: &str, line: &str) -> String {
    let mut wire = Wire::connect(server.address());
    wire.send(format!("{method} students.json HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Keep-Alive\n\n"));
    let question =
        wire.until(|bytes| bytes.ends_with(b"key") || bytes.ends_with(b" value") || bytes.ends_with(b"grade "));
    wire.send(line);
    undated(&(question + &String::from_utf8(wire.rest()).unwrap()))
}

#[test]
fn dialog_asks_back_before_it_writes() {
    let server = speaking("dialog").file("students.json", STUDENTS).start();
    let asked = format!("HTTP/1.1 300 Multiple Choices\n{HEAD}");
    let add = format!("{asked}\nEnter follow data : key student_number grade ");
    // A line may end with its end, or with a silence.
    for (method, question, line, status) in [
        ("POST", &add, "Da_Eun 20203112", "400 Bad Request"),
        ("POST", &add, "Da_Eun 20203112 4.2", "201 Created"),
        ("PUT", &format!("{asked}key wantToUpdate value"), "Da_Eun grade 4.5\n", "200 OK"),
        ("PUT", &format!("{asked}key wantToUpdate value"), "Nobody grade 4.5\n", "400 Bad Request"),
        ("DELETE", &format!("{asked}key"), "Chan_Jin\r\n", "200 OK"),
        ("DELETE", &format!("{asked}key"), "Chan_Jin\n", "400 Bad Request"),
    ] {
        assert_eq!(reply(&server, method, line), format!("{question}HTTP/1.1 {status}\n{HEAD}"), "{method} {line}");
    }
    let left = "{\n\t\"Da_Eun\": {\n\t\t\"student_number\": \"20203112\",\n\t\t\"grade\": \"4.5\"\n\t}\n}";
    assert_eq!(server.read("students.json"), left);
    let json = "{\"Da_Eun\": {\"student_number\": \"20203112\", \"grade\": \"4.5\"}}";
    let head = format!("HTTP/1.1 200 OK\n{HEAD}Content-Type: application/json\nContent-Length:{} \n\n", json.len());
    for send in [at_once, one_by_one] {
        let get = |line: &str| undated(&send(server.address(), &format!("{line}\r\nHost: 127.0.0.1\r\n\n")));
        assert_eq!(get("GET students.json HTTP/1.1"), format!("{head}{json}"));
        assert_eq!(get("GET /students.json HTTP/1.1"), format!("{head}{json}"));
        assert_eq!(get("HEAD students.json HTTP/1.1"), format!("{head}\n"));
        assert_eq!(get("GET ../../etc/passwd HTTP/1.1"), format!("HTTP/1.1 404 Not Found\n{HEAD}"));
        assert_eq!(get("PATCH students.json HTTP/1.1"), format!("HTTP/1.1 400 Bad Request\n{HEAD}"));
    }
    let stopped = server.stop();
    assert!(stopped.stderr.contains("] \"POST students.json HTTP/1.1\" 201 -\n"), "{}", stopped.stderr);
}

#[test]
fn dialog_takes_a_reply_that_came_with_the_request_or_ends_with_it() {
    let server = speaking("dialog").file("students.json", STUDENTS).start();
    let both = "DELETE students.json HTTP/1.1\n\nChan_Jin\n";
    let answered = |status| format!("HTTP/1.1 300 Multiple Choices\n{HEAD}keyHTTP/1.1 {status}\n{HEAD}");
    assert_eq!(undated(&at_once(server.address(), both)), answered("200 OK"));
    assert_eq!(undated(&one_by_one_without_pause(server.address(), both)), answered("400 Bad Request"));
    for (bytes, expected) in [
        ("GET students.json", "HTTP/1.1 200 OK\n"),
        ("POST students.json HTTP/1.1\n\n", "HTTP/1.1 400 Bad Request\n"),
        ("DELETE students.json HTTP/1.1\n\n", "HTTP/1.1 300 Multiple Choices\n"),
    ] {
        let mut wire = Wire::connect(server.address());
        wire.send(bytes);
        wire.finish();
        let answer = String::from_utf8(wire.rest()).unwrap();
        assert!(answer.starts_with(expected), "{bytes}: {answer}");
    }
    assert_eq!(server.read("students.json"), "{}");
}

#[test]
fn an_open_question_does_not_keep_the_server() {
    let server = speaking("dialog").file("students.json", STUDENTS).start();
    let mut asked = Wire::connect(server.address());
    asked.send("DELETE students.json HTTP/1.1\n\n");
    asked.until(|bytes| bytes.ends_with(b"key"));
    let started = Instant::now();
    let stopped = server.stop();
    assert_eq!(stopped.status.code(), Some(0), "{stopped:?}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn comma_answers_one_text() {
    let server = speaking("comma").start();
    for (message, expected) in [
        ("GET,test.com", "HTTP/200 OK"),
        ("POST,test.com/create", "HTTP/201 CREATED"),
        ("HEAD,test.com/option", "HTTP/200 OK"),
        ("PUT,test.com/update", "HTTP/200 OK"),
        ("OTHER,test.com/update", "HTTP/200 OK"),
        ("GET,test.com/create", "HTTP/400 BAD REQUEST"),
        ("GET", "HTTP/400 BAD REQUEST"),
        (",", "HTTP/400 BAD REQUEST"),
    ] {
        // A line end, the end of the input and a silence each end a message.
        assert_eq!(at_once(server.address(), &format!("{message}\r\n")), expected, "{message}");
        assert_eq!(one_by_one_without_pause(server.address(), message), expected, "{message}");
        let mut wire = Wire::connect(server.address());
        wire.send(message);
        wire.finish();
        assert_eq!(wire.rest(), expected.as_bytes(), "{message}");
    }
    let stopped = server.stop();
    assert!(stopped.stderr.contains("] \"POST,test.com/create\" 201 -\n"), "{}", stopped.stderr);
    let other = speaking("comma").argument("--site").argument("한국.kr").start();
    assert_eq!(at_once(other.address(), "POST,한국.kr/create\n"), "HTTP/201 CREATED");
    assert_eq!(at_once(other.address(), "POST,test.com/create\n"), "HTTP/400 BAD REQUEST");
}

#[test]
fn banner_greets_and_keeps_one_record() {
    let server = speaking("banner").file("data.csv", "").start();
    let answer = |status: &str, content: &str| {
        let length = content.len();
        format!(
            "Welcome to the server!!HTTP/1.1 {status}\r\nContent-Type: text/html\r\nConnection: keep-alive\r\n\
             Content-Length: {length}\r\n\r\n{content}"
        )
    };
    for (method, path, content, status, expected, file) in [
        ("HEAD", "", "", "100 CONTINUE", "", ""),
        ("GET", "", "", "404 NOT_FOUND", "No data", ""),
        ("POST", "create", "name:kim", "201 CREATED", "['create', 'name', 'kim']", "create\nname\nkim\n"),
        ("GET", "", "", "200 OK", "{'name': 'kim'}", "create\nname\nkim\n"),
        ("PUT", "update", "name:lee", "200 OK", "['update', 'name', 'lee']", "update\nname\nlee\n"),
        ("PUT", "update", "namelee", "400 BAD_REQUEST", "['update', 'namelee']", "update\nname\nlee\n"),
        ("PUT", "create", "name:lee", "400 BAD_REQUEST", "['update', 'name', 'lee']", "update\nname\nlee\n"),
        ("POST", "create", "이름:김", "201 CREATED", "['create', '이름', '김']", "create\n이름\n김\n"),
    ] {
        let url = format!("127.0.0.1/{path}");
        let whole = at_once(server.address(), &original(method, &url, content));
        assert_eq!(whole, answer(status, expected), "{method} {url} {content}");
        let split = one_by_one(server.address(), &conformant(method, &url, content));
        assert_eq!(split, answer(status, expected), "{method} {url} {content}");
        assert_eq!(server.read("data.csv"), file);
    }
    let server = server.restart();
    let got = at_once(server.address(), &conformant("GET", "127.0.0.1/", ""));
    assert_eq!(got, answer("200 OK", "{'이름': '김'}"));
}

#[test]
fn the_greeting_comes_before_anything_is_sent() {
    let server = speaking("banner").start();
    let mut wire = Wire::connect(server.address());
    assert_eq!(wire.until(|bytes| bytes.ends_with(b"!!")), "Welcome to the server!!");
}

#[test]
fn what_is_malformed_is_answered_and_ends_nothing() {
    let endless = "x".repeat(40_000);
    let cut = "PUT / HTTP/1.1\r\nHost: 127.0.0.1/update\r\nContent-Length: 99\r\n\r\na: b";
    let huge = "PUT / HTTP/1.1\r\nHost: 127.0.0.1/update\r\nContent-Length: 99999999999999999999\r\n\r\n";
    for (dialect, expected, ordinary, ordinary_answer) in [
        ("dialog", "400 Bad Request\n", "PATCH x HTTP/1.1\n\n", "400 Bad Request\n"),
        ("pairs", "400 BAD_REQUEST\r\n", "GET / X\r\nHost: 127.0.0.1/\r\n\r\n", "No data in DB"),
        ("comma", "HTTP/400 BAD REQUEST", "GET,test.com\n", "HTTP/200 OK"),
        ("banner", "400 BAD_REQUEST\r\n", "GET / X\r\nHost: 127.0.0.1/\r\n\r\n", "No data"),
    ] {
        let server = speaking(dialect).start();
        for bytes in [endless.as_bytes(), cut.as_bytes(), huge.as_bytes(), b"\xff\xfe\r\n\r\n"] {
            let mut wire = Wire::connect(server.address());
            wire.send(bytes);
            wire.finish();
            let answer = String::from_utf8(wire.rest()).unwrap();
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
            assert!(answer.contains(expected), "{dialect} {shown}: {answer}");
        }
        let mut silent = Wire::connect(server.address());
        silent.finish();
        assert!(!String::from_utf8(silent.rest()).unwrap().contains("HTTP/"));
        let answer = at_once(server.address(), ordinary);
        assert!(answer.contains(ordinary_answer), "{dialect}: {answer}");
    }
}

#[test]
fn data_that_does_not_fit_is_refused_at_the_start() {
    for (dialect, name, text, expected) in [
        ("names", "a.json", "[]", "a flat map"),
        ("names", "a.json", "{\"a\":{}}", "a flat map"),
        ("pairs", "a.csv", "a,b\n1,2\n", "a flat map"),
        ("dialog", "a.json", "[1]", "a JSON object of records"),
        ("banner", "a.csv", "a,b\n1,2\n", "a CSV file of one column"),
    ] {
        let run = speaking(dialect).file(name, text).run();
        let run = run.code(1);
        let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        let last = said.lines().last().unwrap_or_default();
        assert!(last.starts_with("httpkit: ") && last.contains(expected), "{dialect} {text}: {said}");
    }
    speaking("comma").file("a.json", "{}").run().code(2);
    speaking("pairs").argument("--site").argument("x").run().code(2);
    speaking("names").argument("--token").argument("x").run().code(2);
    speaking("dialog").file("a.json", "{}").file("b.json", "{}").run().code(1);
}

/// Our own client, on our own server.
mod counterpart {
    use super::*;

    fn request(server: &Serve, dialect: &str, arguments: &[&str]) -> String {
        let output = server.request(&["--dialect", dialect]).args(arguments).output().unwrap();
        assert!(output.status.success(), "{dialect} {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn names() {
        let server = speaking("names").file("n.json", "{}").start();
        let ask = |arguments: &[&str]| request(&server, "names", arguments);
        assert_eq!(ask(&["POST", "127.0.0.1/?name=준형&last_name=배"]), "{'준형': '배'}");
        assert_eq!(ask(&["127.0.0.1/?name=준형"]), "배");
        let quoted = ask(&["POST", "127.0.0.1/?name=O'Neil&last_name=a%26b%3A%22c%22"]);
        assert_eq!(quoted, "{'준형': '배', \"O'Neil\": 'a&b:\"c\"'}");
        assert_eq!(ask(&["DELETE", "127.0.0.1/?name=배"]), "deleted complete, current dict: {\"O'Neil\": 'a&b:\"c\"'}");
        assert_eq!(server.read("n.json"), "{\n  \"O'Neil\": \"a&b:\\\"c\\\"\"\n}");
    }

    #[test]
    fn dialog() {
        let server = speaking("dialog").file("students.json", STUDENTS).start();
        let ask = |arguments: &[&str]| request(&server, "dialog", arguments);
        let url = "127.0.0.1/students.json";
        let question = "Enter follow data : key student_number grade \n";
        assert_eq!(ask(&["POST", url, "-d", "김철수 \"20\" a:b"]), question);
        assert_eq!(ask(&["PUT", url, "-d", "김철수 grade 4.5"]), "key wantToUpdate value\n");
        let shown = ask(&["-i", "DELETE", url, "-d", "Chan_Jin"]);
        assert!(shown.contains("\nHTTP/1.1 200 OK\n"), "{shown}");
        // Python's json.dumps writes beyond ASCII as escapes.
        let expected = r#"{"\uae40\ucca0\uc218": {"student_number": "\"20\"", "grade": "4.5"}}"#;
        assert_eq!(ask(&[url]), expected);
        assert!(ask(&["-I", url]).contains(&format!("Content-Length:{} \n", expected.len())));
        assert!(server.read("students.json").contains("\t\"김철수\": {\n\t\t\"student_number\": \"\\\"20\\\"\",\n"));
    }

    #[test]
    fn pairs() {
        let server = speaking("pairs").file("d.json", "{}").start();
        let ask = |arguments: &[&str]| request(&server, "pairs", arguments);
        let content = "이름: 김 \"철수\"&시간: 10:30:00&따옴: 'x'";
        let posted = "이름:김 \"철수\"\r\n시간:10:30:00\r\n따옴:'x'\r\nPost Successfully OK";
        assert_eq!(ask(&["POST", "127.0.0.1/create", "-d", content]), posted);
        let updated = ask(&["PUT", "127.0.0.1/update", "-d", "시간: 11:00"]);
        assert!(updated.contains("시간: 10:30:00 => 11:00\n\r"), "{updated}");
        let listed = "The data in DB is as follows. \n\r이름:김 \"철수\"\n\r시간:11:00\n\r따옴:'x'";
        assert_eq!(ask(&["127.0.0.1/"]), listed);
        assert_eq!(ask(&["END", "127.0.0.1/"]), "");
        assert_eq!(server.ended().status.code(), Some(0));
    }

    #[test]
    fn comma() {
        let server = speaking("comma").start();
        let route = format!("::{}", server.address());
        let ask = |method: &str, url: &str| request(&server, "comma", &["--connect-to", &route, method, url]);
        assert_eq!(ask("GET", "test.com"), "HTTP/200 OK");
        assert_eq!(ask("POST", "test.com/create"), "HTTP/201 CREATED");
        assert_eq!(ask("POST", "test.com/만들기"), "HTTP/400 BAD REQUEST");
    }

    #[test]
    fn banner() {
        let server = speaking("banner").file("data.csv", "").start();
        let ask = |arguments: &[&str]| request(&server, "banner", arguments);
        let greeting = "Welcome to the server!!\n";
        let put = ask(&["PUT", "127.0.0.1/update", "-d", "이름:\"김\", '철수'"]);
        assert_eq!(put, format!("{greeting}['update', '이름', '\"김\", \\'철수\\'']"));
        assert_eq!(ask(&["127.0.0.1/"]), format!("{greeting}{{'이름': '\"김\", \\'철수\\''}}"));
        assert_eq!(server.read("data.csv"), "update\n이름\n\"\"\"김\"\", '철수'\"\n");
    }

    #[test]
    fn ten_thousand_entries() {
        let entries: Vec<(String, String)> = (0..10_000).map(|n| (format!("이름{n}"), format!("\"{n}\": '"))).collect();
        let json = |value: &dyn Fn(&str) -> String| {
            let lines: Vec<String> = entries.iter().map(|(k, v)| format!("\t\"{k}\": {}", value(v))).collect();
            format!("{{\n{}\n}}\n", lines.join(",\n"))
        };
        let quote = |text: &str| format!("\"{}\"", text.replace('"', "\\\""));
        let flat = json(&quote);

        let server = speaking("pairs").file("d.json", &flat).start();
        let listed = request(&server, "pairs", &["127.0.0.1/"]);
        assert_eq!(listed.matches("\n\r").count(), 10_000);
        assert!(listed.ends_with("\n\r이름9999:\"9999\": '"));
        let body = entries.iter().map(|(k, _)| format!("{k}: 새")).collect::<Vec<_>>().join("&");
        std::fs::write(server.path("body"), body).unwrap();
        let updated = request(&server, "pairs", &["PUT", "127.0.0.1/update", "-d", "@body"]);
        assert!(updated.ends_with("Sucessfully OK "));
        assert_eq!(server.read("d.json"), json(&|_| "\"새\"".to_owned()));

        let server = speaking("names").file("n.json", &flat).start();
        let deleted = request(&server, "names", &["DELETE", "127.0.0.1/?name=이름5000"]);
        assert!(deleted.ends_with(", '이름9999': '\"9999\": \\''}") && !deleted.contains("'이름5000'"));

        let records = json(&|text| format!("{{\"값\": {}}}", quote(text)));
        let server = speaking("dialog").file("students.json", &records).start();
        let all = request(&server, "dialog", &["127.0.0.1/students.json"]);
        assert_eq!(all.matches("\"\\uac12\": ").count(), 10_000);
        request(&server, "dialog", &["POST", "127.0.0.1/students.json", "-d", "새이름 x"]);
        assert_eq!(
            server.read("students.json"),
            records.replace("'\"}\n}\n", "'\"},\n\t\"새이름\": {\"값\": \"x\"}\n}\n")
        );
    }
}

/// Fifty clients at once: some never say anything, some say it slowly, and the others get their answers promptly.
mod crowd {
    use super::*;

    /// Longer than a prompt answer takes on a busy machine; shorter than anything that waits for a slow client.
    const PROMPT: Duration = Duration::from_secs(5);

    /// Runs thirty clients of `ordinary` beside ten that are silent and ten that send `slow` byte by byte; where a silence
    /// ends a message nobody can be slow, and these are silent as well.
    fn crowd(server: &Serve, slow: &str, ordinary: impl Fn(usize) + Sync) {
        let address = server.address();
        let silent: Vec<Wire> = (0..10).map(|_| Wire::connect(address)).collect();
        let mut slow_ones: Vec<Wire> = (0..10).map(|_| Wire::connect(address)).collect();
        let mut bytes = slow.bytes();
        for byte in bytes.by_ref().take(3) {
            slow_ones.iter_mut().for_each(|wire| wire.send([byte]));
        }
        let started = Instant::now();
        thread::scope(|scope| {
            for number in 0..30 {
                let ordinary = &ordinary;
                scope.spawn(move || ordinary(number));
            }
        });
        let took = started.elapsed();
        assert!(took < PROMPT, "{took:?}");
        for byte in bytes {
            slow_ones.iter_mut().for_each(|wire| wire.send([byte]));
        }
        for mut wire in slow_ones.into_iter().filter(|_| !slow.is_empty()) {
            assert!(!wire.rest().is_empty(), "a slow client was not answered");
        }
        drop(silent);
    }

    #[test]
    fn names() {
        let server = speaking("names").file("n.json", "{}").start();
        crowd(&server, "GET /?name=x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", |number| {
            let bytes = format!("POST /?name=n{number}&last_name=l HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            let answer = at_once(server.address(), &bytes);
            assert!(answer.contains(&format!("'n{number}': 'l'")), "{answer}");
        });
        assert_eq!(server.read("n.json").matches("\": \"l\"").count(), 30);
    }

    #[test]
    fn dialog() {
        let server = speaking("dialog").file("students.json", STUDENTS).start();
        // Some are asked and never reply.
        let mut asked: Vec<Wire> = (0..10).map(|_| Wire::connect(server.address())).collect();
        asked.iter_mut().for_each(|wire| wire.send("POST students.json HTTP/1.1\n\n"));
        crowd(&server, "GET students.json HTTP/1.1\n\n", |number| {
            let answer = reply(&server, "POST", &format!("s{number} 1 2\n"));
            assert!(answer.ends_with(&format!("HTTP/1.1 201 Created\n{HEAD}")), "{answer}");
        });
        drop(asked);
        assert_eq!(server.read("students.json").matches("\"grade\": \"2\"").count(), 30);
    }

    #[test]
    fn pairs() {
        let server = speaking("pairs").file("d.json", "{}").start();
        crowd(&server, &conformant("GET", "127.0.0.1/", ""), |number| {
            let bytes = conformant("POST", "127.0.0.1/create", &format!("k{number}: v"));
            let answer = at_once(server.address(), &bytes);
            assert!(answer.ends_with(&format!("k{number}:v\r\nPost Successfully OK")), "{answer}");
        });
        assert_eq!(server.read("d.json").matches("\": \"v\"").count(), 30);
    }

    #[test]
    fn comma() {
        let server = speaking("comma").start();
        crowd(&server, "", |_| {
            assert_eq!(at_once(server.address(), "POST,test.com/create"), "HTTP/201 CREATED");
        });
    }

    #[test]
    fn banner() {
        let server = speaking("banner").file("data.csv", "").start();
        crowd(&server, &conformant("HEAD", "127.0.0.1/", ""), |number| {
            let bytes = conformant("PUT", "127.0.0.1/update", &format!("k{number}:v"));
            let answer = at_once(server.address(), &bytes);
            assert!(answer.ends_with(&format!("['update', 'k{number}', 'v']")), "{answer}");
        });
        let record = server.read("data.csv");
        assert!(record.starts_with("update\nk") && record.ends_with("\nv\n"), "{record}");
    }
}
