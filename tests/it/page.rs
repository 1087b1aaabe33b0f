//! The page at `/` as a client sees it; what it does in a browser is in `page_browser`.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::kit::{Answer, Serve, serve};

/// What Chromium sends when somebody opens a URL.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

const OUTLINE: &str = "application/vnd.httpkit.outline+json";

const DATA: &str =
    r#"{"posts": [{"id": 1, "title": "a"}], "empty": [], "keyed": {"a": {"n": 1}}, "profile": {"n": 1.0}, "s": "x"}"#;

fn get(serve: &Serve, path: &str, fields: &str) -> Answer {
    let host = serve.address();
    serve.bytes(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{fields}\r\n"))
}

fn accepting(serve: &Serve, path: &str, accept: &str) -> Answer {
    get(serve, path, &format!("Accept: {accept}\r\n"))
}

#[test]
fn the_page_is_for_who_prefers_html_and_only_there() {
    let serve = serve().file("db.json", DATA).start();
    for (path, is_page) in [
        ("/", true),
        ("/posts", true),
        ("/posts/", true),
        ("/posts?title:contains=a&_page=1", true),
        ("/posts?nonsense:op=1", true),
        ("/empty", true),
        ("/keyed", true),
        ("/profile", false),
        ("/profile/n", false),
        ("/posts/1", false),
        ("/posts?_format=json", false),
        ("/none", false),
    ] {
        let answer = accepting(&serve, path, BROWSER);
        assert_eq!(answer.field("content-type").unwrap().starts_with("text/html"), is_page, "{path}");
        assert!(path == "/none" || answer.field("vary").unwrap().contains("Accept,"), "{path}");
    }
    for accept in ["*/*", "application/json", "text/html, */*", "application/json, text/plain, */*"] {
        let answer = accepting(&serve, "/posts", accept);
        assert_eq!(answer.field("content-type"), Some("application/json"), "{accept}");
    }
    assert_eq!(get(&serve, "/", "").text(), DATA, "curl without a thought of Accept");
    assert_eq!(
        accepting(&serve, "/posts", "application/json;q=0, text/csv").field("content-type").unwrap().split(';').next(),
        Some("text/csv")
    );
}

#[test]
fn the_page_is_sent_in_gzip_with_a_tag_and_a_policy_of_its_own_hashes() {
    let serve = serve().file("db.json", DATA).start();
    let plain = accepting(&serve, "/", BROWSER);
    let text = plain.text();
    let policy = plain.field("content-security-policy").unwrap();
    for (start, end) in [("<script type=\"module\">", "</script>"), ("<style>", "</style>")] {
        let inner = text.split_once(start).unwrap().1.split_once(end).unwrap().0;
        let hash = STANDARD.encode(Sha256::digest(inner));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{start}: {policy}");
    }
    assert!(policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"), "{policy}");

    let coded = get(&serve, "/", &format!("Accept: {BROWSER}\r\nAccept-Encoding: gzip, deflate, br\r\n"));
    assert_eq!(coded.field("content-encoding"), Some("gzip"));
    let mut decoded = String::new();
    flate2::read::GzDecoder::new(&coded.body[..]).read_to_string(&mut decoded).unwrap();
    assert_eq!(decoded, text);

    let (tag, coded_tag) = (plain.field("etag").unwrap(), coded.field("etag").unwrap());
    assert_ne!(tag, coded_tag);
    let again = |tag: &str| get(&serve, "/posts", &format!("Accept: {BROWSER}\r\nIf-None-Match: {tag}\r\n")).status();
    assert_eq!((again(tag), again("\"other\"")), (304, 200));
    assert_ne!(get(&serve, "/", "").field("etag").unwrap(), tag, "the data has a tag of its own");
    let head = serve.bytes(format!(
        "HEAD / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAccept: text/html\r\n\r\n",
        serve.address()
    ));
    assert_eq!((head.status(), head.field("content-length").unwrap()), (200, &*text.len().to_string()));
}

#[test]
fn who_has_no_token_is_asked_for_it_by_the_page_and_sees_no_data() {
    let serve = serve().file("db.json", DATA).argument("--token").argument("secret").start();
    for path in ["/", "/posts", "/posts/1", "/none"] {
        let answer = accepting(&serve, path, BROWSER);
        assert_eq!(answer.status(), 401, "{path}");
        assert!(answer.field("www-authenticate").unwrap().starts_with("Bearer"));
        assert!(answer.text().starts_with("<!doctype html>") && answer.field("content-security-policy").is_some());
        let other = accepting(&serve, path, "*/*");
        assert_eq!((other.status(), other.field("content-type")), (401, Some("application/problem+json")));
    }
    let answer = get(&serve, "/", &format!("Accept: {BROWSER}\r\nAuthorization: Bearer secret\r\n"));
    assert_eq!(answer.status(), 200);
    let post = serve.bytes(format!(
        "POST /posts HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAccept: {BROWSER}\r\nContent-Length: 0\r\n\r\n",
        serve.address()
    ));
    assert_eq!(post.field("content-type"), Some("application/problem+json"), "only what is read is a page");
}

/// A browser asks for a password itself, if it is told to.
#[test]
fn the_page_that_refuses_has_every_challenge() {
    let both = ["--token", "secret", "--basic", "ann:pass"];
    let serve = both.iter().fold(serve().file("db.json", DATA), |serve, argument| serve.argument(*argument)).start();
    let challenges = |accept: &str| {
        let answer = accepting(&serve, "/", accept);
        assert_eq!(answer.status(), 401);
        let lines = answer.head.lines().filter(|line| line.starts_with("WWW-Authenticate: "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let plain = challenges("*/*");
    assert!(
        plain.iter().any(|line| line.contains("Basic")) && plain.iter().any(|line| line.contains("Bearer")),
        "{plain:?}"
    );
    assert_eq!(challenges(BROWSER), plain);
}

#[test]
fn an_outline_tells_kinds_sizes_and_what_is_taken() {
    let long = "é".repeat(1000);
    let members: Vec<String> = (0..250).map(|number| format!("\"m{number}\": {number}.0")).collect();
    let json = format!(
        "{{\"posts\": [{{\"id\": 1}}], \"big\": {{{}}}, \"long\": \"{long}\", \"\": null}}",
        members.join(", ")
    );
    let serve = serve().file("db.json", json).start();
    let outline = |path: &str| accepting(&serve, path, OUTLINE).text().to_owned();
    let start = long.chars().take(300).collect::<String>();
    assert_eq!(
        outline("/"),
        format!(
            r#"{{"kind":"object","collection":false,"size":4,"allow":"GET, HEAD, OPTIONS, PUT, PATCH, POST","children":[{{"name":"posts","kind":"array","collection":true,"size":1}},{{"name":"big","kind":"object","collection":false,"size":250}},{{"name":"long","kind":"string","bytes":2002,"start":"{start}"}},{{"name":"","kind":"null","value":null}}]}}"#
        )
    );
    assert!(
        outline("/posts").contains(r#""key":"id","children":[{"name":"1","kind":"object","#),
        "{}",
        outline("/posts")
    );
    assert_eq!(outline("/big").matches("\"name\"").count(), 100);
    let last = outline("/big?_start=249&_limit=9");
    assert!(last.ends_with(r#""children":[{"name":"m249","kind":"number","value":249.0}]}"#), "{last}");
    assert_eq!(accepting(&serve, "/big?_start=x", OUTLINE).status(), 400);
    assert_eq!(accepting(&serve, "/long", OUTLINE).status(), 406, "it has no children");
    assert_eq!(accepting(&serve, "/none", OUTLINE).status(), 404);
}

#[test]
fn an_outline_of_a_table_names_its_columns_and_of_what_is_only_read_no_writes() {
    let serve = serve().file("p.csv", "code,a b\n7,\"x,y\"\n").argument("--read-only").start();
    assert_eq!(
        accepting(&serve, "/", OUTLINE).text(),
        r#"{"kind":"table","collection":true,"size":1,"allow":"GET, HEAD, OPTIONS","key":"code","columns":["code","a b"],"children":[{"name":"7","kind":"row","collection":false,"size":2}]}"#
    );
}

#[test]
fn the_outline_of_several_files_tells_of_the_collections_in_each() {
    let inner = r#"{"posts": [{"id": 1}], "keyed": {"a": {"n": 1}}, "profile": {"tags": [1]}, "s": "x"}"#;
    let serve = serve().file("db.json", inner).file("codes.csv", "code\n7\n").file("flat.json", "{\"n\": 1}").start();
    let outline = |path: &str| accepting(&serve, path, OUTLINE).text().to_owned();
    assert_eq!(
        outline("/"),
        r#"{"kind":"object","collection":false,"size":3,"allow":"GET, HEAD, OPTIONS","children":[{"name":"db","kind":"object","collection":false,"size":4,"children":[{"name":"posts","kind":"array","collection":true,"size":1},{"name":"keyed","kind":"object","collection":true,"size":1}]},{"name":"codes","kind":"table","collection":true,"size":1},{"name":"flat","kind":"object","collection":false,"size":1,"children":[]}]}"#
    );
    assert!(!outline("/db").contains("tags"), "one level is enough: {}", outline("/db"));
}

#[test]
fn the_page_is_opened_in_the_browser_that_is_named_and_a_failure_is_said() {
    let folder = tempfile::TempDir::new().unwrap();
    let browser = "#!/bin/sh\necho \"$@\" > opened.part && mv opened.part opened\n";
    std::fs::write(folder.path().join("browser"), browser).unwrap();
    let shell = |browser: &str| {
        let line = format!(
            "chmod +x browser; rm -f opened; BROWSER={browser} {} serve --open --no-save --port 0 > url 2> said & \
             for i in $(seq 400); do if [ -e opened ] || grep -q -e --open said; then break; fi; sleep 0.05; done; \
             kill $!; wait; cat url opened said",
            crate::kit::PROGRAM
        );
        let output = std::process::Command::new("sh").args(["-c", &line]).current_dir(folder.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let said = shell("./browser");
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with("http://127.0.0.1:") && lines[0] == lines[1], "{said}");
    let said = shell("./none");
    assert!(said.contains("httpkit: --open: cannot run './none': ") && said.contains("in a browser"), "{said}");
}
