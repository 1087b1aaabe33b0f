//! Clients of json-server as they come from npm and PyPI, against `serve`: react-admin's and refine's data providers, axios,
//! and Python's requests.

use std::process::Command;

use crate::kit;

#[test]
#[ignore = "needs npm"]
fn the_data_provider_works_unchanged() {
    let folder = tempfile::TempDir::new().unwrap();
    let npm = Command::new("npm")
        .args([
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "ra-data-json-server@5",
            "ra-core@5",
            "react@18",
            "react-dom@18",
        ])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(npm.status.success(), "{npm:?}");
    let script = folder.path().join("react_admin.mjs");
    std::fs::copy(kit::project().join("tests/peers/react_admin.mjs"), &script).unwrap();
    let posts = r#""posts": [{"id": 1, "title": "a"}, {"id": 2, "title": "b"}, {"id": 3, "title": "c"}]"#;
    let comments = r#""comments": [{"id": 1, "postId": 1}, {"id": 2, "postId": 1}]"#;
    let serve = kit::serve().file("db.json", format!("{{{posts}, {comments}}}")).start();
    let node = Command::new("node").arg(&script).arg(serve.url()).output().unwrap();
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
    assert_eq!(serve.ask("GET", "/posts?_fields=id,title", "").text(), r#"[{"id":3,"title":"c"}]"#);
}

const POSTS: &str = r#""posts": [{"id": 1, "title": "a"}, {"id": 2, "title": "b", "author": {"name": "Lee"}}, {"id": 3, "title": "c"}]"#;

#[test]
#[ignore = "needs npm"]
fn refine_and_axios_work_unchanged() {
    let folder = tempfile::TempDir::new().unwrap();
    let packages = ["install", "--silent", "--no-audit", "--no-fund", "@refinedev/simple-rest@6", "axios@1"];
    let npm = Command::new("npm").args(packages).current_dir(folder.path()).output().unwrap();
    assert!(npm.status.success(), "{npm:?}");
    let script = folder.path().join("refine.mjs");
    std::fs::copy(kit::project().join("tests/peers/refine.mjs"), &script).unwrap();
    let serve = kit::serve().file("db.json", format!("{{{POSTS}}}")).start();
    let node = Command::new("node").arg(&script).arg(serve.url()).output().unwrap();
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
}

#[test]
#[ignore = "needs python3-requests"]
fn requests_works_unchanged() {
    let long = "x".repeat(4000);
    let serve = kit::serve().file("db.json", format!("{{{POSTS}, \"long\": {{\"a\": \"{long}\"}}}}")).start();
    let script = kit::project().join("tests/peers/requests_client.py");
    let python = Command::new("python3").arg(script).arg(serve.url()).output().unwrap();
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
}
