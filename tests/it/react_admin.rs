//! react-admin's json-server data provider, as it comes from npm, against `serve`.

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
