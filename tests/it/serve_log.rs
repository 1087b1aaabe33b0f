//! What `serve` says on standard error: the log and its forms, and why it cannot begin.

use crate::kit::{httpkit, serve};

#[test]
fn a_port_that_is_taken_is_told_with_who_has_it() {
    let server = serve().file("a.json", "{}").start();
    let port = server.address().port().to_string();
    let name = "httpkit";
    let expected = format!(
        "httpkit: port {port} of '127.0.0.1' is taken by '{name}' (process {}); '--port 0' takes a free one\n",
        server.process()
    );
    httpkit(&["serve", "--echo", "--port", &port]).assert().code(1).stdout("").stderr(expected);
}

#[test]
fn logged_header_sections_are_as_they_came_without_secrets() {
    for (arguments, shown) in [(&["--echo-headers"][..], "***"), (&["--echo-headers", "--show-secrets"], "Bearer abc")]
    {
        let mut server = serve().file("a.json", "{}");
        for argument in arguments {
            server = server.argument(*argument);
        }
        let server = server.start();
        server.bytes("GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer abc\r\nIf-Match: \"x\"\r\n\r\n");
        let said = server.stop().stderr;
        assert!(said.contains(&format!("> Authorization: {shown}\n> If-Match: \"x\"\n")), "{said}");
    }
}

#[test]
fn the_common_log_format_has_the_zone() {
    let server = serve().file("a.json", "{}").argument("--log").argument("common").start();
    server.bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let said = server.stop().stderr;
    let line = said.lines().last().unwrap();
    let time = line.strip_prefix("127.0.0.1 - - [").unwrap().strip_suffix("] \"GET / HTTP/1.1\" 200 2").unwrap();
    assert!(jiff::fmt::strtime::parse("%d/%b/%Y:%H:%M:%S %z", time).is_ok(), "{line}");
}
