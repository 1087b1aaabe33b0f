//! `--variable` and `--expand-`: set once, used in any option.

use std::fs;

use predicates::prelude::predicate;

use crate::recorder::recorder;
use crate::request::request;

#[test]
fn a_variable_stands_for_its_content_in_any_option() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("token"), "s3cret\n").unwrap();
    fs::write(folder.path().join("options"), "variable late=set\nexpand-header = \"X-Late: {{late}}{{path:b64}}\"\n")
        .unwrap();
    let peer = recorder();
    let mut command = request(&["--variable", "path=a b/c", "--variable", "%PLACE", "--variable", "%OTHER=usual"]);
    command.args(["--expand-url", &peer.url("/{{path:url}}?{{PLACE}}{{OTHER}}"), "--variable", "token@token"]);
    command.args([
        "--expand-oauth2-bearer",
        "{{token:trim}}",
        "--expand-json",
        "{\"a\": \"{{token:json}}\"}",
        "-K",
        "options",
    ]);
    command.env("PLACE", "here").env_remove("OTHER").current_dir(folder.path()).assert().success().stderr("");
    let text = peer.text();
    assert!(text.starts_with("POST /a%20b%2Fc?hereusual HTTP/1.1\r\n"), "{text}");
    for line in
        ["\r\nAuthorization: Bearer s3cret\r\n", "\r\nX-Late: setYSBiL2M=\r\n", "\r\n\r\n{\"a\": \"s3cret\\n\"}"]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    // A variable of the environment that is set to nothing is set.
    let peer = recorder();
    let mut command = request(&["--variable", "%NOTHING=usual", "--expand-data", "<{{NOTHING}}>", &peer.url("/")]);
    command.env("NOTHING", "").assert().success();
    assert!(peer.text().ends_with("\r\n\r\n<>"), "{}", peer.text());
    // A group has the variables of those before it; what comes from standard input is read once.
    let peer = recorder();
    let mut command = request(&["--variable", "v[1-2]@-", "--expand-data", "{{v}}", &peer.url("/1"), "-:"]);
    command.args(["--expand-data-urlencode", "n={{v}}", &peer.url("/2")]).write_stdin("abcd").assert().success();
    assert!(peer.text().contains("\r\n\r\nbc") && peer.text().ends_with("\r\n\r\nn=bc"), "{}", peer.text());
}

#[test]
fn a_variable_that_is_none_is_said() {
    let url = recorder().url("/");
    for (arguments, status, message) in [
        (&["--variable", "%NOT_SET_HERE"][..], 2, "the environment does not set NOT_SET_HERE"),
        (&["--variable", "a@/nowhere/x"], 26, "cannot read '/nowhere/x'"),
        (&["--variable", "a[9-1]=x"], 2, "[FIRST-LAST]"),
        (&["--variable", "a=x", "--expand-data", "{{a:upper}}"], 2, "'upper' in '{{a:upper}}' is no function"),
        (&["--variable", "a=AA==", "--expand-data", "{{a:64dec}}"], 2, "null byte"),
        (&["--expand-silent", "x"], 2, "no option '--silent' that takes a value"),
        (&["--expand-nonsense", "x"], 2, "no option '--nonsense'"),
    ] {
        let arguments = [arguments, &[url.as_str()]].concat();
        request(&arguments).assert().code(status).stdout("").stderr(predicate::str::contains(message));
    }
    for (arguments, message) in [
        (["--variable", "a b=c"], "sets nothing"),
        (["--variable", "=c"], "no good name"),
        (["--expand-user-agent", "{{a"], "lacks the end '}}'"),
        (["--expand-user-agent", "{{a-b}}"], "'a-b' is no name"),
    ] {
        let arguments = [&arguments[..], &[url.as_str()]].concat();
        request(&arguments).assert().success().stderr(predicate::str::contains(message));
        request(&[&["-s"], arguments.as_slice()].concat()).assert().success().stderr("");
    }
}
