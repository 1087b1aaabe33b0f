//! The whole story through the binary: start, create, read, update, patch, delete, restart; and what was written is
//! there, in the file, readable. On JSON, on CSV and with no file at all.

use crate::kit::{self, Serve};
use predicates::prelude::*;

/// What `httpkit request ARGUMENTS` prints, in the server's folder and with its port as the default one.
fn asked(serve: &Serve, arguments: &[&str]) -> String {
    let output = serve.request(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The status that `httpkit request ARGUMENTS` is answered with.
fn status(serve: &Serve, arguments: &[&str]) -> u16 {
    let output = serve.request(arguments).args(["-s", "-o", "answer.out", "-w", "%{http_code}"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().parse().unwrap()
}

#[test]
fn keyed_records_of_a_json_file() {
    let serve = kit::serve().example("students.json").start();
    let before = serve.read("students.json");
    assert_eq!(asked(&serve, &["127.0.0.1/Chan_Jin/grade"]), "\"3.5\"");
    let new = r#"{"student_number": "20220001", "grade": "4.0", "department": "Law"}"#;
    assert_eq!(status(&serve, &["PUT", "127.0.0.1/New_Student", "--json", new]), 201);
    assert_eq!(status(&serve, &["PATCH", "127.0.0.1/Chan_Jin", "--json", r#"{"grade": "3.9"}"#]), 200);
    assert_eq!(status(&serve, &["PUT", "127.0.0.1/Jun_Hyung/department", "--json", "\"Physics\""]), 200);
    assert_eq!(status(&serve, &["DELETE", "127.0.0.1/Sang_Ki"]), 200);
    assert_eq!(status(&serve, &["127.0.0.1/Sang_Ki"]), 404);

    let serve = serve.restart();
    assert_eq!(asked(&serve, &["127.0.0.1/Chan_Jin/grade"]), "\"3.9\"");
    assert_eq!(asked(&serve, &["127.0.0.1/New_Student/department"]), "\"Law\"");
    assert_eq!(status(&serve, &["127.0.0.1/Sang_Ki"]), 404);
    let removed = "\t\"Sang_Ki\": {\n\t\t\"student_number\": \"20171120\",\n\t\t\"grade\": \"2.8\",\n\t\t\"department\": \"Mathematics\"\n\t},\n";
    let after = serve.read("students.json");
    let (kept, added) = after.split_at(after.find(",\n\t\"New_Student\"").expect("the new record is the last"));
    let expected = before
        .replace(removed, "")
        .replacen("\"3.5\"", "\"3.9\"", 1)
        .replacen("Computer Science", "Physics", 2)
        .replacen("Physics", "Computer Science", 1);
    assert_eq!(kept, expected.trim_end().strip_suffix("\n}").unwrap(), "every other byte is as it was");
    let record = ",\n\t\"New_Student\": {\n\t\t\"student_number\": \"20220001\",\n\t\t\"grade\": \"4.0\",\n\t\t\"department\": \"Law\"\n\t}\n}";
    assert_eq!(added.trim_end(), record, "the new record is written in the file's own style");
}

#[test]
fn a_csv_table() {
    let table = "id,name,grade\r\n1,\"Kim, Chan\",3.5\r\n007,Lee,4.0\r\n";
    let serve = kit::serve().file("people.csv", table).start();
    assert_eq!(asked(&serve, &["127.0.0.1/1/name"]), "\"Kim, Chan\"");
    assert_eq!(status(&serve, &["127.0.0.1/7"]), 404, "007 is not 7");
    assert_eq!(status(&serve, &["PUT", "127.0.0.1/007/grade", "-d", "4.5"]), 200);
    assert_eq!(status(&serve, &["POST", "127.0.0.1/", "--json", r#"{"id": "9", "name": "Zoë \"Z\""}"#]), 201);
    assert_eq!(status(&serve, &["PATCH", "127.0.0.1/9", "--json", r#"{"grade": "2"}"#]), 200);
    assert_eq!(status(&serve, &["PUT", "127.0.0.1/1/colour", "-d", "red"]), 422);
    assert_eq!(status(&serve, &["DELETE", "127.0.0.1/1"]), 200);
    let after = "id,name,grade\r\n007,Lee,4.5\r\n9,\"Zoë \"\"Z\"\"\",2\r\n";
    assert_eq!(serve.read("people.csv"), after);

    let serve = serve.restart();
    assert_eq!(asked(&serve, &["127.0.0.1/9"]), r#"{"id":"9","name":"Zoë \"Z\"","grade":"2"}"#);
    assert_eq!(serve.read("people.csv"), after);
}

#[test]
fn no_file_at_all() {
    let serve = kit::serve().start();
    assert_eq!(asked(&serve, &["127.0.0.1/"]), "{}");
    asked(&serve, &["PUT", "127.0.0.1/update", "-d", "key:val"]);
    assert_eq!(asked(&serve, &["127.0.0.1/key"]), "\"val\"");
    assert_eq!(status(&serve, &["POST", "127.0.0.1/create", "-d", "a: 1&b: x:y"]), 201);
    assert_eq!(status(&serve, &["POST", "127.0.0.1/create", "-d", "c: 1&b: z"]), 409);
    assert_eq!(status(&serve, &["127.0.0.1/c"]), 404, "all or nothing");
    assert_eq!(asked(&serve, &["127.0.0.1/b"]), "\"x:y\"");
    assert_eq!(status(&serve, &["PATCH", "127.0.0.1/", "--json", r#"{"a": null}"#]), 200);
    assert_eq!(status(&serve, &["DELETE", "127.0.0.1/b"]), 200);
    assert_eq!(asked(&serve, &["127.0.0.1/"]), "{\n  \"key\": \"val\"\n}");
    let said = serve.stop().stderr;
    assert!(said.contains("in memory") && said.contains("nothing is saved"), "{said}");
}

#[test]
fn the_file_of_the_folder_is_found() {
    for (name, text) in [("data.json", "{\"a\":1}"), ("data.csv", "key,value\na,1\n"), ("db.json", "{\"a\":[1]}")] {
        let serve = kit::serve().beside(name, text).start();
        assert_eq!(status(&serve, &["127.0.0.1/a"]), 200, "{name}");
        let said = serve.stop().stderr;
        assert!(said.contains(name), "{name} is named: {said}");
    }
    let serve = kit::serve().beside("db.json", "{}").beside("data.csv", "key,value\na,1\n").start();
    assert_eq!(asked(&serve, &["127.0.0.1/a"]), "\"1\"", "data.csv goes before db.json");
}

/// The lines that people will type first, literally, in a shell script: the default port on both sides.
#[test]
#[ignore = "needs bash"]
fn the_first_lines_work_as_written() {
    let folder = tempfile::TempDir::new().unwrap();
    let script = r#"
        coproc server { exec httpkit serve --port 8080; }
        read -r url <&"${server[0]}"
        echo "$url"
        httpkit request PUT 127.0.0.1/update -d key:val
        echo
        httpkit request 127.0.0.1/key
        # bash forgets the variable as soon as the server has ended.
        pid=$server_PID
        kill -TERM "$pid"
        wait "$pid"
        echo " $?"
    "#;
    let programs = std::path::Path::new(kit::PROGRAM).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut bash = std::process::Command::new("timeout");
    kit::clean(&mut bash);
    let output = bash.args(["30", "bash", "-c", script]).env("PATH", path).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said, "http://127.0.0.1:8080/\n{\"key\":{\"old\":null,\"new\":\"val\"}}\n\"val\" 0\n", "{output:?}");
}

#[test]
fn what_cannot_be_served_is_said_in_one_line() {
    let refused = |builder: kit::ServeBuilder, parts: &[&str]| {
        let mut run = builder.run().code(1).stdout("");
        for part in parts {
            run = run.stderr(predicate::str::contains(*part));
        }
        run.stderr(predicate::function(|said: &str| said.trim_end().lines().count() == 1));
    };
    refused(kit::serve().argument("missing.json"), &["missing.json", "--create"]);
    refused(kit::serve().file("a.json", "{\n  \"a\": 1,\n  \"b\" 2\n}"), &["a.json", "line 3", "column 7", "expected"]);
    refused(kit::serve().file("a.csv", "id,name\n1,x\n2,y,z\n"), &["a.csv", "line 3", "2", "3"]);
    refused(kit::serve().file("a.json", b"{\"a\": \"\xff\"}"), &["a.json", "line 1", "UTF-8"]);
    refused(kit::serve().file("a.csv", b"id,name\n1,\xff\n"), &["a.csv", "line 2", "UTF-8"]);
    refused(kit::serve().file("a.json", format!("{}{}", "[".repeat(129), "]".repeat(129))), &["a.json", "128"]);

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    kit::httpkit(&["serve", "--port", &port]).assert().code(1).stderr(predicate::str::contains(&port));
    kit::httpkit(&["serve", "--prot", "1"]).assert().code(2).stderr(predicate::str::contains("--port"));
}

#[test]
fn bad_requests_lose_nothing() {
    let serve = kit::serve().file("db.json", "{\"posts\": [{\"id\": 1, \"title\": \"a\"}], \"n\": 1.0}\n").start();
    let table: &[(&str, &str, &str, u16, &str)] = &[
        ("PUT", "/n", "{\"a\": }", 400, "malformed-json"),
        ("PUT", "/n", "{\"a\":1,\"a\":2}", 400, "malformed-json"),
        ("GET", "/nowhere", "", 404, "not-found"),
        ("GET", "/posts/1/title/deeper", "", 404, "not-found"),
        ("PUT", "/a/b/c", "1", 404, "not-found"),
        ("PATCH", "/a", "{}", 404, "not-found"),
        ("DELETE", "/a", "", 404, "not-found"),
        ("POST", "/a", "{}", 404, "not-found"),
        ("POST", "/posts", "{\"id\": 1}", 409, "exists"),
        ("PUT", "/posts/1", "{\"id\": 2}", 409, "key-mismatch"),
        ("PATCH", "/posts/1", "{\"id\": 2}", 409, "key-mismatch"),
        ("DELETE", "/posts", "", 405, "method-not-allowed"),
        ("DELETE", "/", "", 405, "method-not-allowed"),
        ("POST", "/n", "1", 405, "method-not-allowed"),
        ("TRACE", "/", "", 405, "method-not-allowed"),
        ("BREW", "/", "", 501, "unknown-method"),
        ("POST", "/create", "{}", 400, "malformed-pairs"),
        ("GET", "/%zz", "", 400, "bad-target"),
        ("GET", "/%ff", "", 400, "bad-target"),
    ];
    let before = serve.read("db.json");
    for (method, target, body, status, code) in table {
        let answer = serve.ask(method, target, body);
        assert_eq!(answer.status(), *status, "{method} {target}: {answer:?}");
        assert_eq!(answer.field("content-type"), Some("application/problem+json"), "{method} {target}");
        assert!(answer.text().contains(&format!("\"code\":\"{code}\"")), "{method} {target}: {}", answer.text());
        assert_eq!(answer.field("allow").is_some(), *status == 405, "{method} {target}");
    }
    assert_eq!(serve.read("db.json"), before);
    assert_eq!(serve.ask("GET", "/n", "").text(), "1.0");
    assert!(serve.stop().status.success());
}

#[test]
fn collections_of_records() {
    let serve = kit::serve().example("db.json").start();
    let answer = serve.ask("POST", "/posts", r#"{"title": "new"}"#);
    assert_eq!(answer.status(), 201, "{answer:?}");
    let location = answer.field("location").unwrap().to_string();
    let created = serve.ask("GET", &location, "");
    assert_eq!(created.body, answer.body, "the location leads to what was created");
    assert!(created.text().contains("\"new\""));
    let tag = created.field("etag").unwrap().to_string();
    assert_eq!(serve.ask("DELETE", &location, "").body, created.body, "a removal answers what was removed");
    assert_eq!(serve.ask("GET", &location, "").status(), 404);
    assert!(tag.starts_with('"'), "a strong entity tag: {tag}");
}

#[test]
fn methods_and_fields_of_a_node() {
    let serve = kit::serve().file("db.json", "{\"posts\": [{\"id\": 1}], \"n\": 1}\n").start();
    for (target, allowed) in [
        ("/", "GET, HEAD, OPTIONS, PUT, PATCH, POST"),
        ("/posts", "GET, HEAD, OPTIONS, PUT, PATCH, POST"),
        ("/posts/1", "GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE"),
        ("/n", "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"),
        ("/new", "GET, HEAD, OPTIONS, PUT"),
        ("/a/b", "GET, HEAD, OPTIONS"),
        ("/create", "GET, HEAD, OPTIONS, PUT, POST"),
    ] {
        let answer = serve.ask("OPTIONS", target, "");
        assert_eq!((answer.status(), answer.field("allow")), (204, Some(allowed)), "{target}");
    }
    let (get, head) = (serve.ask("GET", "/posts/1", ""), serve.ask("HEAD", "/posts/1", ""));
    assert_eq!(get.text(), "{\"id\": 1}", "the very bytes of the file");
    assert_eq!(head.field("content-length"), get.field("content-length"));
    assert_eq!((head.status(), head.body.len()), (200, 0));
    for name in ["date", "etag", "last-modified", "content-type"] {
        assert!(get.field(name).is_some() && head.field(name).is_some(), "{name}");
    }
}

#[test]
fn a_line_is_logged_for_each_request() {
    let serve = kit::serve().file("names.json", "{\"junhyung\": \"bae\"}").start();
    serve.ask("GET", "/junhyung?name=%1b[2J", "");
    serve.ask("DELETE", "/missing", "");
    let said = serve.stop().stderr;
    let line = r#"(?m)^127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d\] "GET /junhyung\?name=%1b\[2J HTTP/1\.1" 200 5$"#;
    assert!(predicate::str::is_match(line).unwrap().eval(&said), "{said}");
    assert!(said.contains("\"DELETE /missing HTTP/1.1\" 404 "), "{said}");
}
