//! A text without its quotes: `-W` asks the server for it, `--raw-strings` takes them off.

use crate::kit::serve;

#[test]
fn a_string_is_printed_as_what_it_says() {
    let server = serve().file("db.json", r#"{"title": "a \"b\"\n\u00e9", "count": 7, "list": ["x"]}"#).start();
    let ask = |arguments: &[&str]| {
        let output = server.request(arguments).assert().success().get_output().clone();
        String::from_utf8(output.stdout).unwrap()
    };
    for (path, plain, raw) in [
        ("127.0.0.1/title", "a \"b\"\né", "a \"b\"\né"),
        ("127.0.0.1/count", "7", "7"),
        ("127.0.0.1/list", "[\"x\"]", "[\"x\"]"),
    ] {
        assert_eq!(ask(&[path, "--raw-strings"]), raw, "{path}");
        if path.ends_with("list") {
            continue;
        }
        assert_eq!(ask(&[path, "-W"]), plain, "{path}");
    }
    // A file gets it so too, and what is shown of the request says what was asked for.
    ask(&["127.0.0.1/title", "--raw-strings", "-o", "title.txt"]);
    assert_eq!(server.read("title.txt"), "a \"b\"\né");
    assert!(ask(&["127.0.0.1/title", "-W", "--dry-run"]).contains("\r\nAccept: text/plain\r\n"));
}
