//! What linters, a generator of clients and a property-based tester make of `/_/openapi.json`.
//!
//! `HTTPKIT_API_TOOLS=FOLDER` names a folder with `node_modules` of npm (`@redocly/cli`, `openapi-typescript`,
//! `openapi-fetch`, `typescript`, `@types/node`) and `venv` of Python (`openapi-spec-validator`, `schemathesis`); `.ci/run`
//! makes it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::kit::{Serve, clean, example, project, serve};

fn tools() -> PathBuf {
    std::env::var_os("HTTPKIT_API_TOOLS")
        .expect("HTTPKIT_API_TOOLS names a folder of tools, as .ci/run makes it")
        .into()
}

/// Runs one of the tools in the folder of the server; what it says is in the panic if it fails.
#[track_caller]
fn run(serve: &Serve, tool: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(tools().join(tool));
    clean(&mut command);
    command.env("REDOCLY_TELEMETRY", "off").env("HOME", serve.folder()).env("SCHEMATHESIS_HOOKS", "api_hooks");
    let output = command.args(arguments).current_dir(serve.folder()).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{tool} {arguments:?}: {said}");
    said
}

/// Writes the description beside the data, and gives its name.
fn described(serve: &Serve) -> &'static str {
    let answer = serve.request(&["-sS", "--output", "-", "127.0.0.1/_/openapi.json"]).output().unwrap();
    fs::write(serve.path("api.described.json"), answer.stdout).unwrap();
    "api.described.json"
}

#[test]
#[ignore = "needs npm and python3-venv"]
fn linters_find_nothing() {
    let odd = r#"{"a b": {"x": 1}, "한": [1], "e": [], "n": null, "d.e": [{"id": "k", "Q{": 1}], "k": {"A": {"v": 1}, "B": {"v": "x"}}}"#;
    for builder in [
        serve().example("db.json"),
        serve().example("students.json").argument("--strict"),
        serve().example("people.csv").argument("--types").argument("auto"),
        serve().example("db.json").argument("--read-only"),
        serve().example("db.json").example("people.csv"),
        serve().file("odd.json", odd),
        serve().file("five.json", "5"),
        serve().file("map.csv", "key,value\ncolor,red\n"),
    ] {
        let serve = builder.start();
        let file = described(&serve);
        run(&serve, "venv/bin/openapi-spec-validator", &[file]);
        let said = run(&serve, "node_modules/.bin/redocly", &["lint", file]);
        assert!(said.contains("is valid") && !said.contains("You have"), "{said}");
    }
}

#[test]
#[ignore = "needs npm"]
fn a_generated_client_compiles_and_works() {
    let serve = serve().example("db.json").start();
    let file = described(&serve);
    run(&serve, "node_modules/.bin/openapi-typescript", &[file, "-o", "api.d.ts"]);
    fs::copy(project().join("tests/peers/openapi_client.ts"), serve.path("client.ts")).unwrap();
    std::os::unix::fs::symlink(tools().join("node_modules"), serve.path("node_modules")).unwrap();
    fs::write(serve.path("package.json"), "{\"type\": \"module\"}").unwrap();
    let options =
        ["--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "--types", "node", "client.ts"];
    run(&serve, "node_modules/.bin/tsc", &options);
    let mut command = Command::new("node");
    clean(&mut command);
    let output =
        command.arg("client.js").arg(serve.url().trim_end_matches('/')).current_dir(serve.folder()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "done\n", "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(serve.read("db.json").as_bytes(), example("db.json"), "what was made is gone again");
}

/// Records with objects and lists in them, others that point at these, an object, a list of numbers, and records by name.
const NESTED: &str = r#"{
  "posts": [
    {"id": 1, "title": "a", "meta": {"n": 1, "by": {"name": "Kim"}}, "tags": ["x", "y"]},
    {"id": 2, "title": "b", "meta": {"n": 2}, "tags": []}
  ],
  "comments": [{"id": 1, "postId": 1, "body": "first"}, {"id": 2, "postId": 2, "body": null}],
  "profile": {"name": "me", "more": {"deep": true}},
  "scores": [1, 2.5],
  "people": {"Kim": {"age": 30}, "Lee": {"age": 31, "mail": "a@b.example"}}
}
"#;

/// Each with servers of its own, as the examples delete what there is, for so many kinds of data: a map has no examples.
const PHASES: [(&str, usize); 2] = [("examples", 3), ("coverage,fuzzing,stateful", 4)];

/// One server for each kind of data, in the folder with what the tester is told.
fn servers() -> impl Iterator<Item = Serve> {
    let data = [
        serve().example("students.json"),
        serve().example("people.csv"),
        serve().file("nested.json", NESTED),
        serve().file("map.csv", "key,value\ncolor,red\nday,2026-05-02\n"),
    ];
    data.into_iter().map(|builder| {
        let hooks = fs::read(project().join("tests/peers/api_hooks.py")).unwrap();
        let builder = builder.beside("api_hooks.py", hooks);
        builder.argument("--strict").argument("--no-save").argument("--log").argument("none").start()
    })
}

#[test]
#[ignore = "needs python3-venv and time"]
fn a_property_based_tester_finds_no_contradiction() {
    for (phases, kinds) in PHASES {
        for serve in servers().take(kinds) {
            let url = serve.at("/_/openapi.json");
            let arguments = ["run", &url, "--checks", "all", "--phases", phases, "--max-examples", "50", "--seed", "1"];
            let said = run(&serve, "venv/bin/st", &[&arguments[..], &["--warnings", "off"]].concat());
            assert!(said.contains("No issues found"), "{phases}: {said}");
        }
    }
}
