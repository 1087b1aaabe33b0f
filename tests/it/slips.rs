//! What `serve` says of options that name nothing, or that mean nothing alone, and of what keeps it from serving.

use std::net::TcpListener;

use predicates::prelude::*;

use crate::kit::{self, httpkit, serve};

const DATA: &str = r#"{"posts":[{"id":1,"title":"a","notes":[{"slug":"x"}]}],"tags":["a"],"none":[]}"#;
const PEOPLE: &str = "email,name\na@b,Kim\n";

/// What `serve` says on standard error before it serves these files with these arguments.
fn warned(files: &[(&str, &str)], arguments: &[&str]) -> String {
    let builder = files.iter().fold(serve(), |builder, (name, text)| builder.file(name, text));
    let serve = arguments.iter().fold(builder, |builder, argument| builder.argument(*argument)).start();
    serve.stop().stderr
}

#[test]
fn a_key_that_nothing_has_is_said() {
    let db = ("db.json", DATA);
    let people = ("people.csv", PEOPLE);
    for (files, key, said) in [
        (&[db][..], "nope", "'--key nope': no record has a member 'nope'"),
        (&[db], "nope=id", "'--key nope=id': there is no collection 'nope'"),
        (&[db], "post=id", "'--key post=id': there is no collection 'post', did you mean 'posts'?"),
        (&[db], "posts=slug", "'--key posts=slug': no record of 'posts' has a member 'slug'"),
        (&[db], "tags=slug", "no record of 'tags' has a member 'slug'"),
        (&[db], "title", ""),
        (&[db], "posts=title", ""),
        (&[db], "none=slug", ""),
        // What lies deeper counts too.
        (&[db], "slug", ""),
        (&[db], "notes=slug", ""),
        (&[people], "nope", "there is no column 'nope' for the key"),
        (
            &[people],
            "people=email",
            "there is no collection 'people'; the file is served alone, '--key email' names its key",
        ),
        (&[people], "name", ""),
        (&[people, db], "people=nope", "there is no column 'nope' for the key"),
        (&[people, db], "peple=email", "there is no collection 'peple', did you mean 'people'?"),
        (&[people, db], "people=name", ""),
        (&[("new.json", "{}")], "posts=slug", ""),
    ] {
        let log = warned(files, &["--key", key]);
        match said {
            "" => assert!(!log.contains("warning"), "{key}: {log}"),
            _ => assert!(log.contains("warning") && log.contains(said), "{key}: {log}"),
        }
    }
}

#[test]
fn what_means_nothing_alone_is_refused() {
    for (arguments, expected) in [
        (&["--seed", "7"][..], "expected one of them, too"),
        (&["--echo", "--seed", "7"], "expected one of them, too"),
        (&["--max-pcap", "1k"], "'--pcap FILE', which is missing"),
        (&["--echo", "--max-pcap", "1k"], "'--pcap FILE', which is missing"),
    ] {
        let builder = arguments.iter().fold(serve(), |builder, argument| builder.argument(*argument));
        builder.run().code(2).stderr(predicate::str::contains(expected));
    }
}

/// That it serves is said when it does.
#[test]
fn a_refusal_stands_alone() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db.json");
    std::fs::write(&file, DATA).unwrap();
    let file = file.to_str().unwrap();
    for (arguments, expected) in [
        (&["serve", file, "--port", &port][..], "is taken"),
        (&["serve", file, "--port", "0", "--dialect", "banner"], "the dialect 'banner' serves"),
    ] {
        let output = httpkit(arguments).assert().code(1).stdout("").get_output().clone();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.lines().count() == 1 && text.contains(expected), "{text}");
    }
    // A warning is true anyway.
    let output = httpkit(&["serve", file, "--port", &port, "--key", "nope"]).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.lines().count() == 2 && text.contains("'--key nope'"), "{text}");
}

#[test]
fn a_missing_parent_is_named_by_what_writes_too() {
    let one = serve().file("db.json", DATA).start();
    let several = serve().file("db.json", DATA).file("people.csv", PEOPLE).start();
    for (serve, target, missing) in
        [(&one, "/nosuch/x", "/nosuch"), (&one, "/posts/9/title", "/posts/9"), (&several, "/nosuch/x/y", "/nosuch")]
    {
        for method in ["GET", "PUT", "DELETE"] {
            let refusal = serve.bytes(format!(
                "{method} {target} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\
                 Connection: close\r\n\r\n1",
                serve.address()
            ));
            let expected = format!("there is nothing at '{missing}'\"");
            assert!(
                refusal.status() == 404 && refusal.text().contains(&expected),
                "{method} {target}: {}",
                refusal.text()
            );
        }
    }
}

#[test]
fn a_file_that_is_taken_for_a_host_can_be_served() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("db.invalid"), DATA).unwrap();
    let mut command = std::process::Command::new(kit::PROGRAM);
    kit::clean(&mut command);
    let output = command.args(["db.invalid"]).current_dir(folder.path()).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(6) && text.contains("; 'httpkit serve db.invalid' serves the file"), "{text}");
    httpkit(&["db.invalid"]).assert().code(6).stderr(predicate::str::contains("serve").not());
}
