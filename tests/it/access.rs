//! Who may use `serve`, what two scripts do to each other's changes, and what goes over the wire smaller.

use std::thread;

use crate::kit;

/// The answer to a request with these field lines besides `Host`, and perhaps a body.
fn ask(serve: &kit::Serve, line: &str, fields: &[&str], body: &str) -> kit::Answer {
    let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
    let host = if fields.contains("Host:") { String::new() } else { format!("Host: {}\r\n", serve.address()) };
    serve.octets(format!(
        "{line} HTTP/1.1\r\n{host}Connection: close\r\n{fields}Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

#[test]
fn a_token_is_asked_of_everybody_but_a_preflight() {
    let serve = kit::serve().file("a.json", "{\"n\": 1}").argument("--token").argument("s3cret").start();
    let refused = ask(&serve, "GET /n", &[], "");
    assert_eq!((refused.status(), refused.field("www-authenticate")), (401, Some("Bearer realm=\"httpkit\"")));
    assert_eq!(ask(&serve, "PUT /n", &["Authorization: Bearer s3cre"], "2").status(), 401);
    assert_eq!(ask(&serve, "PUT /n", &["Authorization: Bearer s3cret"], "2").status(), 200);
    let preflight = ["Origin: http://localhost:3000", "Access-Control-Request-Method: PUT"];
    assert_eq!(ask(&serve, "OPTIONS /n", &preflight, "").status(), 204);
    assert_eq!(serve.read("a.json"), "{\"n\": 2}");
    kit::serve().argument("--token").argument("a b").run().code(2);
}

#[test]
fn named_hosts_and_origins_are_let_in() {
    let arguments = ["--allow-host", "data.lan", "--cors", "https://app.example"];
    let serve = arguments.iter().fold(kit::serve().file("a.json", "{\"n\": 1}"), |serve, word| serve.argument(*word));
    let serve = serve.start();
    assert_eq!(ask(&serve, "GET /n", &["Host: data.lan"], "").status(), 200);
    assert_eq!(ask(&serve, "GET /n", &["Host: other.lan"], "").status(), 421);
    let allowed = ask(&serve, "PUT /n", &["Origin: https://app.example"], "2");
    assert_eq!(allowed.status(), 200);
    assert_eq!(allowed.field("access-control-allow-origin"), Some("https://app.example"));
    assert_eq!(ask(&serve, "PUT /n", &["Origin: https://other.example"], "3").status(), 403);
}

/// Read, add one, write if nobody else did: whoever comes second is told so and starts over.
#[test]
fn no_update_of_two_scripts_is_lost() {
    let serve = kit::serve().file("a.json", "{\"n\": 0}").start();
    let count = |serve: &kit::Serve| {
        for _ in 0..50 {
            loop {
                let read = ask(serve, "GET /n", &[], "");
                let next = read.text().parse::<u32>().unwrap() + 1;
                let condition = format!("If-Match: {}", read.field("etag").unwrap());
                match ask(serve, "PUT /n", &[&condition], &next.to_string()).status() {
                    200 => break,
                    status => assert_eq!(status, 412),
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| count(&serve));
        }
    });
    assert_eq!(serve.read("a.json"), "{\"n\": 200}");
}

#[test]
fn large_answers_are_coded_when_that_is_asked_for() {
    let serve = kit::serve().example("people.csv").start();
    let plain = ask(&serve, "GET /", &[], "");
    let coded = ask(&serve, "GET /", &["Accept-Encoding: gzip"], "");
    assert_eq!((plain.field("content-encoding"), coded.field("content-encoding")), (None, Some("gzip")));
    assert!(coded.body.len() < plain.body.len() / 2 && coded.body.starts_with(&[0x1f, 0x8b]));
    assert_ne!(plain.field("etag"), coded.field("etag"), "another representation");
    assert!(coded.field("vary").unwrap().contains("Accept-Encoding"));
    let again = format!("If-None-Match: {}", coded.field("etag").unwrap());
    assert_eq!(ask(&serve, "GET /", &["Accept-Encoding: gzip", &again], "").status(), 304);
    assert_eq!(ask(&serve, "GET /1", &["Accept-Encoding: gzip"], "").field("content-encoding"), None, "tiny");
    let decoded = serve.request(&["127.0.0.1/", "--compressed"]).output().unwrap();
    assert_eq!(decoded.stdout, plain.body);
}
