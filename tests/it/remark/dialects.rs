//! Where the five original systems leave HTTP/1.1: what is said to be wrong with their own messages.

use httpkit::remark::{Around, Level, explain};

/// The names of the rules that find something wrong, and of the notes after them.
fn found(message: &str) -> Vec<&'static str> {
    let lines = explain(message.as_bytes(), &Around::default());
    let remarks = lines.into_iter().flat_map(|line| line.remarks);
    let mut found: Vec<(Level, &str)> =
        remarks.map(|remark| (remark.level, remark.rule)).filter(|(level, _)| *level != Level::Info).collect();
    found.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
    found.into_iter().map(|(_, rule)| rule).collect()
}

#[test]
fn what_is_wrong_with_each_of_them_is_said() {
    for (dialect, message, expected) in [
        ("names", "GET /?name=junhyung HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n", &[][..]),
        (
            "names, Python's server",
            "HTTP/1.0 200 OK\r\nServer: BaseHTTP/0.6 Python/3.11.2\r\nDate: Tue, 03 May 2022 12:11:44 GMT\r\nContent-type: text/html\r\n\r\nbae",
            &["server-detail"],
        ),
        (
            "dialog",
            "POST students.json HTTP/1.1\nHost: 127.0.0.1\nUser-Agent: x\n",
            &["target-form", "head-cut", "line-feeds-alone"],
        ),
        (
            "dialog, its question",
            "HTTP/1.1 300 Multiple Choices\nDate: 2022-05-03 12:11:44.000001\nHost: localhost\n\nkey",
            &["date-invalid", "line-feeds-alone", "misplaced", "content-type-missing"],
        ),
        (
            "pairs",
            "POST / HTTP/1.1\r\nHost: 127.0.0.1/create\r\nContent-Type: text/html\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\na:b",
            &["host-invalid"],
        ),
        (
            "pairs, its answer to HEAD",
            "HEAD / HTTP/1.1\r\nHost: 127.0.0.1/\r\n\r\nHTTP/1.1 100 CONTINUE\r\nHost: 127.0.0.1/\r\nContent-Type: text/html\r\nConnection: keep-alive\r\nContent-Length: 0\r\nDate: Mon, 02 May 2022 16:20:00 KST\r\n\r\n",
            &["host-invalid", "interim-is-last", "content-length-forbidden", "date-invalid", "misplaced"],
        ),
        ("comma", "GET,test.com", &["start-line"]),
        ("comma, its answer", "HTTP/201 CREATED", &["version-grammar", "status-grammar", "head-cut"]),
        ("banner, its greeting", "Welcome to the server!!", &["start-line"]),
        (
            "banner, a length that lies",
            "HTTP/1.1 201 CREATED\r\nDate: Tue, 03 May 2022 12:11:44 GMT\r\nContent-Type: text/plain; charset=utf-8\r\nLocation: /\r\nContent-Length: 5\r\n\r\n이름",
            &["surplus-at-response"],
        ),
    ] {
        assert_eq!(found(message), expected, "{dialect}");
    }
}
