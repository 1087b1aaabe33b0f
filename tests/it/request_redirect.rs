//! Redirects: which request comes next, and what does not go along.

use predicates::prelude::predicate;

use crate::recorder::{Recorder, ok, redirect};
use crate::request::request;

/// The request line and content of the second request after a redirect of this status.
fn after(status: u16, options: &[&str]) -> (String, String, String) {
    // A HEAD is answered with content here, so that it needs a second connection.
    let peer = Recorder::start(vec![redirect(status, "/b?c#d").into_iter().chain(ok("end")).collect(), ok("end")]);
    let url = peer.url("/a");
    let outcome = request(&[&["-L", url.as_str()], options].concat()).assert().success();
    let text = peer.text();
    let second =
        &text[text.find(" /b?c HTTP").map_or(0, |at| text[..at].rfind(['\n', 'y', '=']).map_or(0, |at| at + 1))..];
    let line = text.lines().find(|line| line.contains(" /b?c ")).unwrap().to_owned();
    let content = second.split_once("\r\n\r\n").unwrap().1.to_owned();
    (line, content, String::from_utf8(outcome.get_output().stderr.clone()).unwrap())
}

#[test]
fn the_method_changes_as_rfc_9110_and_custom_have_it() {
    for (status, options, line, content) in [
        (301, &["-d", "x=y"][..], "GET /b?c HTTP/1.1", ""),
        (302, &["-d", "x=y"], "GET /b?c HTTP/1.1", ""),
        (303, &["-d", "x=y"], "GET /b?c HTTP/1.1", ""),
        (307, &["-d", "x=y"], "POST /b?c HTTP/1.1", "x=y"),
        (308, &["-d", "x=y"], "POST /b?c HTTP/1.1", "x=y"),
        // One that is not known is a 300.
        (306, &["-d", "x=y"], "POST /b?c HTTP/1.1", "x=y"),
        (310, &["-d", "x=y"], "POST /b?c HTTP/1.1", "x=y"),
        (399, &[], "GET /b?c HTTP/1.1", ""),
        (301, &["-d", "x=y", "--post301"], "POST /b?c HTTP/1.1", "x=y"),
        (302, &["-d", "x=y", "--post302"], "POST /b?c HTTP/1.1", "x=y"),
        (303, &["-d", "x=y", "--post303"], "POST /b?c HTTP/1.1", "x=y"),
        (301, &["-I"], "HEAD /b?c HTTP/1.1", ""),
        (301, &[], "GET /b?c HTTP/1.1", ""),
    ] {
        let (got, body, _) = after(status, options);
        assert_eq!((got.trim_start_matches("x=y"), body.as_str()), (line, content), "{status} {options:?}");
    }
}

#[test]
fn a_method_that_was_named_stays_and_the_user_is_told() {
    let (line, content, said) = after(302, &["-X", "POST", "-d", "x=y"]);
    assert_eq!((line.trim_start_matches("x=y"), content.as_str()), ("POST /b?c HTTP/1.1", ""));
    assert!(said.contains("warning: the redirect would turn POST into GET"), "{said}");
}

#[test]
fn secrets_stay_with_the_origin() {
    for (options, goes) in [(&[][..], false), (&["--location-trusted"], true)] {
        let other = Recorder::start(vec![ok("end")]);
        let first = Recorder::start(vec![redirect(302, &other.url("/"))]);
        let url = first.url("/").replace("http://", "http://url:secret@");
        for secret in
            [&["-u", "me:secret"][..], &["-H", "authorization: Bearer secret"], &["-H", "COOKIE: a=secret"], &[]]
        {
            let url = if secret.is_empty() { url.clone() } else { first.url("/") };
            request(&[&["-L", url.as_str()], secret, options].concat()).assert().success().stdout("end");
        }
        let keeps = |text: &str| text.to_ascii_lowercase().matches("\r\nauthorization:").count();
        assert_eq!(keeps(&first.text()), 3);
        let text = other.text();
        let leaked = ["authorization:", "cookie:"].iter().any(|name| text.to_ascii_lowercase().contains(name));
        assert_eq!(leaked, goes, "{text}");
    }
}

#[test]
fn redirects_have_an_end() {
    let peer = Recorder::start(vec![redirect(302, "/again")]);
    request(&["-L", &peer.url("/"), "--max-redirs", "3", "-w", "%{num_redirects}"])
        .assert()
        .code(47)
        .stdout("3")
        .stderr(predicate::str::contains("(47) maximum (3) redirects"));
    request(&["-sL", &peer.url("/"), "-w", "%{num_redirects}"]).assert().code(47).stdout("50");
    request(&[&peer.url("/"), "-w", " %{redirect_url}"])
        .assert()
        .success()
        .stdout(format!("gone {}", peer.url("/again")));
}

#[test]
fn only_http_is_followed() {
    for (location, status) in [("file:///etc/passwd", 1), ("ftp://h/", 1), ("http://", 3), ("http://[/", 3)] {
        let peer = Recorder::start(vec![redirect(302, location)]);
        request(&["-L", &peer.url("/")]).assert().code(status).stdout("");
    }
}

#[test]
fn each_hop_shows_its_head() {
    let peer = Recorder::start(vec![redirect(302, "b").into_iter().chain(ok("end")).collect()]);
    let shown = request(&["-iL", &peer.url("/a/x")]).assert().success();
    let shown = String::from_utf8(shown.get_output().stdout.clone()).unwrap();
    assert_eq!(
        shown,
        "HTTP/1.1 302 Elsewhere\r\nLocation: b\r\nContent-Length: 4\r\n\r\n\
         HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nend"
    );
    assert!(peer.text().contains("GET /a/b HTTP/1.1\r\n"));
}

#[test]
fn content_that_was_read_once_is_not_sent_again() {
    let peer = Recorder::start(vec![redirect(307, "/b")]);
    request(&["-L", &peer.url("/a"), "-T", "-", "--expect100-timeout", "0.01"])
        .write_stdin("once")
        .assert()
        .code(65)
        .stderr(predicate::str::contains("pipe"));
}

/// The `Authorization` of each request that a peer got, decoded; `-` where there is none.
fn authorizations(peer: &Recorder) -> Vec<String> {
    use base64::Engine;

    let text = peer.text();
    let value = |head: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix("Authorization: Basic "));
        line.map_or_else(
            || "-".to_owned(),
            |coded| {
                let decoded = base64::engine::general_purpose::STANDARD.decode(coded).unwrap();
                String::from_utf8(decoded).unwrap()
            },
        )
    };
    text.split("\r\n\r\n").filter(|head| head.contains("HTTP/1.1")).map(value).collect()
}

#[test]
fn secrets_return_with_their_own_origin() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let away = listener.local_addr().unwrap();
    let first = redirect(302, &format!("http://{away}/"));
    let home = Recorder::start(vec![first.into_iter().chain(ok("end")).collect()]);
    let relay = Recorder::over(listener, vec![redirect(302, &home.url("/back"))]);
    request(&["-L", "-u", "me:secret", &home.url("/")]).assert().success().stdout("end");
    assert_eq!(authorizations(&relay), ["-"]);
    assert_eq!(authorizations(&home), ["me:secret", "me:secret"]);
}

#[test]
fn a_server_cannot_name_credentials_for_another_origin() {
    let other = Recorder::start(vec![ok("end")]);
    let first = Recorder::start(vec![redirect(302, &other.url("/").replace("http://", "http://eve:x@"))]);
    request(&["-L", &first.url("/")]).assert().success().stdout("end");
    assert_eq!(authorizations(&other), ["-"]);
    // Its own origin it may.
    let peer = Recorder::start(vec![ok("end")]);
    let own = peer.url("/b").replace("http://", "http://eve:x@");
    let same = Recorder::start(vec![redirect(302, "b").into_iter().chain(ok("end")).collect()]);
    request(&["-L", &same.url("/a").replace("http://", "http://me:y@")]).assert().success().stdout("end");
    assert_eq!(authorizations(&same), ["me:y", "me:y"]);
    request(&[&own]).assert().success();
    assert_eq!(authorizations(&peer), ["eve:x"]);
}

#[test]
fn each_host_gets_its_own_entry_of_the_netrc_file() {
    let folder = tempfile::tempdir().unwrap();
    let netrc = folder.path().join("netrc");
    std::fs::write(&netrc, "machine\n127.0.0.1\nlogin one\npassword p1\nmachine localhost password p2\n").unwrap();
    let netrc = netrc.to_str().unwrap();
    let other = Recorder::start(vec![ok("end")]);
    let first = Recorder::start(vec![redirect(302, &other.url("/").replace("127.0.0.1", "ann@localhost"))]);
    let port = other.address.port();
    let resolve = format!("localhost:{port}:127.0.0.1");
    request(&["-L", "--netrc-file", netrc, "--resolve", &resolve, &first.url("/")]).assert().success().stdout("end");
    assert_eq!(authorizations(&first), ["one:p1"]);
    // The name in a foreign server's URL counts for nothing, the entry for the host does.
    assert_eq!(authorizations(&other), [":p2"]);
    // A name that stands on the next line is that of its machine, not of everybody.
    let stranger = Recorder::start(vec![ok("end")]);
    let url = format!("http://stranger.test:{}/", stranger.address.port());
    let resolve = format!("stranger.test:{}:127.0.0.1", stranger.address.port());
    request(&["--netrc-file", netrc, "--resolve", &resolve, &url]).assert().success();
    assert_eq!(authorizations(&stranger), ["-"]);
    std::fs::write(folder.path().join("broken"), "machine 127.0.0.1 login a password \"secret").unwrap();
    let broken = folder.path().join("broken");
    let refused = request(&["--netrc-file", broken.to_str().unwrap(), &first.url("/")]).assert().code(26);
    let said = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(said.contains("netrc") && !said.contains("secret"), "{said}");
}
