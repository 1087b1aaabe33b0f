//! What takes several steps: cookies, challenges, retries, files; and peers that mean harm.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use predicates::prelude::predicate;

use crate::recorder::{Act, Recorder, answer, ok, redirect};
use crate::request::request;

/// `200 OK` with these field lines and this content.
fn with(fields: &str, content: &[u8]) -> Vec<Act> {
    answer(
        [format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: {}\r\n\r\n", content.len()).as_bytes(), content].concat(),
    )
}

fn status(status: u16, fields: &str) -> Vec<Act> {
    answer(format!("HTTP/1.1 {status} No\r\n{fields}Content-Length: 5\r\n\r\nworse"))
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

#[test]
fn cookies_are_kept_for_their_origin_and_not_told_to_others() {
    let other = Recorder::start(vec![ok("end")]);
    let elsewhere = other.url("/").replace("127.0.0.1", "localhost");
    let first = Recorder::start(vec![
        with("Set-Cookie: a=1; Path=/; Max-Age=3600\r\nSet-Cookie: s=2; Path=/\r\n", b""),
        redirect(302, &elsewhere),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let jar = path(folder.path(), "jar");
    request(&["-c", &jar, &first.url("/")]).assert().success();
    let kept = fs::read_to_string(&jar).unwrap();
    assert!(kept.contains("127.0.0.1\tFALSE\t/\tFALSE\t0\ts\t2\n"), "{kept}");
    request(&["-b", &jar, "-b", "typed=3", "-L", &first.url("/x")]).assert().success().stdout("end");
    let text = first.text();
    assert!(text.contains("Cookie: s=2; a=1; typed=3\r\n") || text.contains("Cookie: a=1; s=2; typed=3\r\n"), "{text}");
    assert!(!other.text().contains("Cookie"), "{}", other.text());
}

#[test]
fn a_cookie_jar_is_replaced_whole_and_stays_what_it_is() {
    let peer = Recorder::start(vec![with("Set-Cookie: a=1\r\n", b""), with("Set-Cookie: b=2\r\n", b"")]);
    let folder = tempfile::tempdir().unwrap();
    let (jar, link) = (folder.path().join("jar"), folder.path().join("link"));
    fs::write(&jar, "# Netscape HTTP Cookie File\n").unwrap();
    fs::set_permissions(&jar, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&jar, &link).unwrap();
    let before = fs::metadata(&jar).unwrap();
    request(&["-c", jar.to_str().unwrap(), &peer.url("/")]).assert().success();
    let after = fs::metadata(&jar).unwrap();
    assert_ne!(before.ino(), after.ino(), "it was written over");
    assert_eq!(after.permissions().mode() & 0o777, 0o640);
    assert!(fs::read_to_string(&jar).unwrap().ends_with("\ta\t1\n"));
    let links = ["-b", link.to_str().unwrap(), "-c", link.to_str().unwrap()];
    request(&[&links[..], &[&peer.url("/")]].concat()).assert().success();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let kept = fs::read_to_string(&jar).unwrap();
    assert!(kept.contains("\ta\t1\n") && kept.contains("\tb\t2\n"), "{kept}");
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn a_digest_challenge_is_answered_once_and_content_waits_for_it() {
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\r\n";
    let peer = Recorder::start(vec![[status(401, challenge), ok("in")].concat()]);
    request(&["--digest", "-u", "me:secret", "-d", "a=b", &peer.url("/x")]).assert().success().stdout("in");
    let text = peer.text();
    let (first, second) = text.split_at(text.rfind("POST /x").unwrap());
    assert!(first.contains("\r\nContent-Length: 0\r\n") && !first.contains("Authorization"), "{first}");
    assert!(second.contains("\r\nAuthorization: Digest username=\"me\", realm=\"r\""), "{second}");
    assert!(second.ends_with("\r\n\r\na=b") && !text.contains("secret"), "{second}");
    // Closed by agreement, so that no request is lost on a connection that is about to end and repeated on another.
    let closing = format!("{challenge}Connection: close\r\n");
    let peer = Recorder::start(vec![status(401, &closing)]);
    request(&["--digest", "-u", "me:wrong", &peer.url("/"), "-w", "%{http_code}"])
        .assert()
        .success()
        .stdout("worse401");
    assert_eq!(peer.text().matches("GET / ").count(), 2);
}

#[test]
fn what_may_pass_is_tried_again() {
    let fast = ["--retry-delay", "0.01"];
    let run = |scripts: Vec<Vec<Act>>, options: &[&str]| {
        let peer = Recorder::start(scripts);
        let url = peer.url("/");
        let command = request(&[&[url.as_str(), "-s", "-w", "|%{num_retries}"], &fast[..], options].concat());
        (peer, command)
    };
    let (_peer, mut command) =
        run(vec![status(503, ""), status(429, "Retry-After: 0\r\n"), ok("better")], &["--retry", "3"]);
    command.assert().success().stdout("worseworsebetter|2");
    let (peer, mut command) = run(vec![status(503, "")], &["--retry", "2", "-f"]);
    command.assert().code(22).stdout("|2");
    assert_eq!(peer.connections().len(), 3);
    let (peer, mut command) = run(vec![status(404, "")], &["--retry", "2"]);
    command.assert().success().stdout("worse|0");
    assert_eq!(peer.connections().len(), 1);
    let (_peer, mut command) = run(vec![vec![], ok("better")], &["--retry", "2"]);
    command.assert().code(52);
    let (_peer, mut command) = run(vec![vec![], ok("better")], &["--retry", "2", "--retry-all-errors"]);
    command.assert().success().stdout("better|1");
    request(&[
        "http://127.0.0.1:1/",
        "-s",
        "--retry",
        "2",
        "--retry-connrefused",
        "--retry-delay",
        "0.01",
        "-w",
        "%{num_retries}",
    ])
    .assert()
    .code(7)
    .stdout("2");
}

#[test]
fn files_are_named_resumed_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let named = Recorder::start(vec![with("Content-Disposition: attachment; filename=\"../../evil.txt\"\r\n", b"hi")]);
    let run = |arguments: &[&str]| {
        let mut command = request(arguments);
        command.current_dir(folder.path());
        command
    };
    run(&["-OJ", &named.url("/x"), "-w", "%{filename_effective}"]).assert().success().stdout("evil.txt");
    assert_eq!(fs::read(at("evil.txt")).unwrap(), b"hi");
    run(&["-OJ", &named.url("/x")]).assert().code(23).stderr(predicate::str::contains("exists"));
    run(&["-O", &named.url("/"), "-s"]).assert().success();
    assert_eq!(fs::read(at("curl_response")).unwrap(), b"hi");
    run(&["-O", &named.url("/%2e%2e%2fup")]).assert().success();
    assert!(at("%2e%2e%2fup").exists());
    fs::write(at("part"), "01234").unwrap();
    let rest = answer("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\n56789");
    let peer = Recorder::start(vec![rest, ok("all of it again")]);
    run(&["-C", "-", "-o", "part", &peer.url("/")]).assert().success();
    assert_eq!(fs::read(at("part")).unwrap(), b"0123456789");
    run(&["-C", "-", "-o", "part", &peer.url("/")]).assert().code(33);
    assert_eq!(fs::read(at("part")).unwrap(), b"0123456789");
    assert!(peer.text().contains("Range: bytes=10-\r\n"));
    run(&["-o", "part", "http://127.0.0.1:1/", "-s"]).assert().code(7);
    assert_eq!(fs::read(at("part")).unwrap(), b"0123456789");
    run(&["-D", "heads", "-o", "a/b/c", "--create-dirs", &named.url("/")]).assert().success();
    assert!(fs::read_to_string(at("heads")).unwrap().starts_with("HTTP/1.1 200 OK\r\nContent-Disposition"));
    assert_eq!(fs::read(at("a/b/c")).unwrap(), b"hi");
}

/// What is there is not exchanged for the page of a failure, nor emptied because nothing has changed.
#[test]
fn a_file_is_kept_if_nothing_better_comes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("part");
    let old = with("Last-Modified: Tue, 01 Jan 2019 00:00:00 GMT\r\n", b"old");
    for (script, options, status, said) in [
        (status(404, ""), &["-C", "-"][..], 33, "404"),
        (status(404, ""), &["-C", "-", "--fail-with-body"], 22, "404"),
        (answer("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 4\r\n\r\ngone"), &["-C", "-"], 33, "302"),
        // No content is not the rest either, unless the server says that it is.
        (answer("HTTP/1.1 204 No Content\r\n\r\n"), &["-C", "-"], 33, "204"),
        (answer("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"), &["-C", "-"], 33, "503"),
        (answer("HTTP/1.1 206 OK\r\nContent-Range: bytes 5-4/5\r\nContent-Length: 0\r\n\r\n"), &["-C", "-"], 0, ""),
        (answer("HTTP/1.1 416 No\r\nContent-Length: 0\r\n\r\n"), &["-C", "-"], 0, ""),
        (answer("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n"), &[], 0, ""),
        (old.clone(), &["-z", "2020-01-01"], 0, ""),
        (old, &["-z", "-2018-01-01"], 0, ""),
    ] {
        fs::write(&file, "01234").unwrap();
        let peer = Recorder::start(vec![script]);
        let mut command = request(&[&["-sS", &peer.url("/"), "-o", file.to_str().unwrap()], options].concat());
        command.assert().code(status).stderr(predicate::str::contains(said));
        assert_eq!(fs::read_to_string(&file).unwrap(), "01234", "{options:?} {said}");
    }
}

#[test]
fn schemes_can_be_left_out() {
    let rustup = ["--proto", "=https", "--tlsv1.2", "-sSf", "https://sh.rustup.test", "--dry-run"];
    request(&rustup)
        .assert()
        .success()
        .stdout(predicate::str::starts_with("GET / HTTP/1.1\r\nHost: sh.rustup.test\r\n"));
    let peer = Recorder::start(vec![redirect(302, "/b").into_iter().chain(ok("end")).collect()]);
    let url = peer.url("/");
    for options in [["--proto", "=https"], ["--proto", "-http"], ["--proto", "-all,https"], ["--proto-redir", "=https"]]
    {
        let refused = request(&[&["-L", url.as_str()], &options[..]].concat()).assert().code(1).stdout("");
        refused.stderr(predicate::str::contains("scheme 'http' is not allowed"));
    }
    assert_eq!(peer.text().matches("GET / ").count(), 1, "only where redirects are restricted is a request sent");
    request(&["-L", &url, "--proto", "-all,+http", "--proto-redir", "=http"]).assert().success().stdout("end");
    let default = ["--proto-default", "https", "localhost/x", "--dry-run"];
    request(&default).assert().success().stdout(predicate::str::contains("\r\nHost: localhost\r\n"));
}

#[test]
fn a_file_may_get_the_time_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "out");
    let peer = Recorder::start(vec![with("Last-Modified: Tue, 01 Jan 2019 00:00:00 GMT\r\n", b"hi")]);
    let modified = || fs::metadata(&file).unwrap().modified().unwrap();
    let said = httpdate::parse_http_date("Tue, 01 Jan 2019 00:00:00 GMT").unwrap();
    request(&["-o", &file, &peer.url("/")]).assert().success();
    assert_ne!(modified(), said);
    request(&["-R", "-o", &file, &peer.url("/")]).assert().success();
    assert_eq!(modified(), said);
}

#[test]
fn this_side_of_a_connection_can_be_chosen() {
    let peer = Recorder::start(vec![ok("hi")]);
    for interface in ["127.0.0.1", "lo", "if!lo", "host!localhost", "localhost", "host!127.0.0.1"] {
        request(&["--interface", interface, &peer.url("/"), "-w", "|%{local_ip}"])
            .assert()
            .success()
            .stdout("hi|127.0.0.1");
    }
    for interface in ["nosuch0", "if!nosuch0", "host!no-such-host.invalid", "192.0.2.1", "::1"] {
        let refused = request(&["--interface", interface, &peer.url("/")]).assert().code(45);
        refused.stderr(predicate::str::contains("cannot connect from"));
    }
    let local = ["--interface", "127.0.0.2", &peer.url("/"), "-w", "|%{local_ip}"];
    request(&local).assert().success().stdout("hi|127.0.0.2");
}

#[test]
fn what_is_said_of_a_transfer_goes_where_it_was_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let peer = Recorder::start(vec![with("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n", b"hi")]);
    let format = "%output{first}%{http_code}\\n%{stderr}err%output{>>log}%{urlnum}\\n%{stdout}|%{url.path}%{urle.port}";
    let mut command = request(&[&peer.url("/p?q"), &peer.url("/r"), "-w", format]);
    let port = peer.address.port();
    command.current_dir(folder.path()).assert().success().stdout(format!("hi|/p{port}hi|/r{port}")).stderr("errerr");
    assert_eq!(fs::read_to_string(folder.path().join("first")).unwrap(), "200\n");
    assert_eq!(fs::read_to_string(folder.path().join("log")).unwrap(), "0\n1\n");
    let heads = "%{header_json}%{stderr}%{json}";
    let told = request(&["-o", "/dev/null", &peer.url("/"), "-w", heads]).assert().success();
    let json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
    assert_eq!(json(&told.get_output().stdout)["set-cookie"], serde_json::json!(["a=1", "b=2"]));
    let all = json(&told.get_output().stderr);
    assert_eq!(
        (&all["http_code"], &all["size_download"], &all["url.host"]),
        (&200.into(), &2.into(), &"127.0.0.1".into())
    );
    request(&["-w", "@-", &peer.url("/")]).write_stdin("%{http_code}\n").assert().success().stdout("hi200");
    let nowhere = ["-w", "%output{/nowhere/x}y", "-s", &peer.url("/")];
    request(&nowhere).assert().code(23).stdout("hi");
}

#[test]
fn a_configuration_may_come_from_standard_input() {
    let peer = Recorder::start(vec![ok("")]);
    request(&["-K", "-"])
        .write_stdin(format!("url = \"{}\"\nrequest PUT\n-H \"A: b\"\n", peer.url("/k")))
        .assert()
        .success();
    assert!(peer.text().starts_with("PUT /k HTTP/1.1\r\n") && peer.text().contains("\r\nA: b\r\n"), "{}", peer.text());
    request(&["-K", "/nowhere/x"]).assert().code(26).stderr(predicate::str::contains("/nowhere/x"));
}

#[test]
fn what_a_configuration_hardly_means_is_said() {
    for (line, warning) in [
        ("data = a b", "line 2: the value of 'data' ends at the first blank"),
        ("-d a b", "line 2: the value of '-d' ends"),
        ("data = 'a b'", "line 2: the value of 'data' begins with '"),
        ("data = a # b", ""),
        ("data = \"a b\" c", ""),
    ] {
        let peer = Recorder::start(vec![ok("")]);
        let output = request(&["-K", "-"]).write_stdin(format!("url = {}\n{line}\n", peer.url("/"))).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(warning) && said.is_empty() == warning.is_empty(), "{line}: {said}");
    }
    // Help is for the command line; a file that asks for it sends nothing.
    for help in ["-h", "help", "--help all", "-sh"] {
        let peer = Recorder::start(vec![ok("")]);
        let mut command = request(&["-K", "-", &peer.url("/")]);
        command.write_stdin(help).assert().code(2).stdout("").stderr(predicate::str::contains("on the command line"));
        assert_eq!(peer.text(), "");
    }
}

#[test]
fn a_file_that_no_url_goes_to_is_said() {
    let peer = Recorder::start(vec![ok("x")]);
    let warning = predicate::str::contains("-o, -O and --out-null name 2 places, more than URLs (1)");
    request(&["-o", "/dev/null", "-o", "/dev/null", &peer.url("/")]).assert().success().stderr(warning);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn codings_are_taken_off_and_what_is_no_coding_is_a_failure() {
    let zlib = b"\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15".to_vec();
    let bare = zlib[2..zlib.len() - 4].to_vec();
    let brotli = b"\x0b\x02\x80hello\x03".to_vec();
    let zstd = b"\x28\xb5\x2f\xfd\x20\x05\x29\x00\x00hello".to_vec();
    let summed = b"\x28\xb5\x2f\xfd\x24\x05\x29\x00\x00hello\xa3\x6d\x9f\x88".to_vec();
    for (coding, bytes) in [
        ("gzip", gzip(b"hello")),
        ("GZIP, gzip", gzip(&gzip(b"hello"))),
        ("deflate", zlib),
        ("deflate", bare),
        ("br", brotli),
        ("zstd", zstd.clone()),
        ("zstd", [b"\x50\x2a\x4d\x18\x03\0\0\0abc", &summed[..], b"\x5f\x2a\x4d\x18\0\0\0\0"].concat()),
        ("identity", b"hello".to_vec()),
    ] {
        let peer = Recorder::start(vec![with(&format!("Content-Encoding: {coding}\r\n"), &bytes)]);
        request(&["--compressed", &peer.url("/")]).assert().success().stdout("hello");
        request(&[&peer.url("/")]).assert().success().stdout(bytes);
        assert!(peer.text().contains("Accept-Encoding: deflate, gzip, br, zstd\r\n"));
    }
    let whole = gzip(b"hello");
    let many = "gzip, gzip, gzip, gzip, gzip, gzip";
    for (coding, bytes) in [
        ("gzip", &whole[..whole.len() - 3]),
        ("gzip", &b"junk junk junk"[..]),
        ("br", b"\xff\xff\xff\xff"),
        // A window of a gibibyte, which is no content coding (RFC 7932 9.1).
        ("br", b"\x11\x1e\x0b\x02\x80hello\x03"),
        ("zstd", b"junk junk junk"),
        ("zstd", b"\x28\xb5\x2f\xfd\x24\x05\x29\x00\x00hellp\xa3\x6d\x9f\x88"),
        ("zstd", &[&zstd[..], b"\x50\x2a\x4d\x18\x04\0\0\0abc"].concat()),
        ("rot13", b"uryyb"),
        (many, &whole),
    ] {
        let peer = Recorder::start(vec![with(&format!("Content-Encoding: {coding}\r\n"), bytes)]);
        request(&["--compressed", &peer.url("/")])
            .assert()
            .code(61)
            .stderr(predicate::str::starts_with("httpkit: (61) "));
    }
}

#[test]
fn nobody_is_asked_for_transfer_codings_in_http_2() {
    for (options, expected) in [(&["--http2-prior-knowledge"][..], 0), (&["--http2"], 0), (&[], 2)] {
        let command = [&["--dry-run", "--tr-encoding", "http://h.test/"], options].concat();
        let shown = request(&command).output().unwrap().stdout;
        let shown = String::from_utf8(shown).unwrap();
        let count = shown.lines().filter(|line| matches!(*line, "TE: gzip" | "Connection: TE")).count();
        assert_eq!(count, expected, "{options:?}: {shown}");
    }
}

#[test]
fn a_bomb_is_stopped_by_the_limit_that_was_named() {
    let bomb = gzip(&vec![0; 64 * 1024 * 1024]);
    assert!(bomb.len() < 100_000);
    let peer = Recorder::start(vec![with("Content-Encoding: gzip\r\n", &bomb)]);
    let stopped = request(&["--compressed", "--max-filesize", "1M", &peer.url("/")]).assert().code(63);
    assert!(stopped.get_output().stdout.len() <= 1024 * 1024);
    // Part of a stretch that was decoded is not taken.
    let small = Recorder::start(vec![with("Content-Encoding: gzip\r\n", &gzip(&[b'x'; 2000]))]);
    request(&["--compressed", "--max-filesize", "1000", &small.url("/")]).assert().code(63).stdout("");
    request(&["--compressed", "--max-filesize", "2000", &small.url("/")]).assert().success();
    let endless = Recorder::start(vec![vec![
        Act::Read,
        Act::Write(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        Act::Flood(vec![b'x'; 65536]),
    ]]);
    request(&["--max-filesize", "100k", &endless.url("/")]).assert().code(63);
}

#[test]
fn both_transports_agree_where_both_can_say_it() {
    let cases: Vec<(Vec<Act>, &[&str])> = vec![
        (ok("hello"), &[]),
        (ok("hello"), &["-d", "a=b"]),
        (ok(""), &["-I", "-o", "/dev/null"]),
        (ok("hello"), &["-X", "DELETE"]),
        (answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), &[]),
        (answer("HTTP/1.0 200 OK\r\n\r\nto the end"), &[]),
        (answer("HTTP/1.1 204 No Content\r\n\r\n"), &[]),
        (answer("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), &[]),
        (status(404, ""), &[]),
        (status(404, ""), &["-f"]),
        (with("Content-Encoding: gzip\r\n", &gzip(b"hello")), &["--compressed"]),
        (answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), &[]),
        (answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"), &[]),
        (vec![Act::Read, Act::Hang], &["-m", "0.5"]),
        (redirect(302, "http://far.test/b").into_iter().chain(ok("end")).collect(), &[]),
    ];
    for (script, options) in cases {
        let format = ["-s", "-w", "|%{http_code}|%{content_type}|%{size_download}"];
        let over_socket = Recorder::start(vec![script.clone()]);
        let connect = format!("::{}", over_socket.address);
        let socket = request(&[&["http://far.test/x", "--connect-to", &connect], options, &format[..]].concat());
        let through_proxy = Recorder::start(vec![script.clone()]);
        let proxy = through_proxy.address.to_string();
        let proxied = request(&[&["http://far.test/x", "-x", &proxy], options, &format[..]].concat());
        let [socket, proxied] = [socket, proxied].map(|mut command| command.output().unwrap());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(
            (socket.status.code(), text(&socket.stdout)),
            (proxied.status.code(), text(&proxied.stdout)),
            "{script:?} {options:?}"
        );
    }
}

#[test]
fn a_coding_that_is_whole_does_not_hide_a_message_that_is_not() {
    let zstd = b"\x28\xb5\x2f\xfd\x20\x05\x29\x00\x00hello".to_vec();
    let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    let brotli = b"\x0b\x02\x80hello\x03".to_vec();
    for (coding, bytes) in [("gzip", gzip(b"hello")), ("zstd", zstd.clone()), ("br", brotli)] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n");
        let length = |length: usize| format!("{head}Content-Length: {length}\r\n\r\n").into_bytes();
        let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
        let more = if coding == "br" { 61 } else { 0 };
        for (reply, status, shown) in [
            ([length(bytes.len()), bytes.clone()].concat(), 0, "hello"),
            ([length(bytes.len() + 9), bytes.clone()].concat(), 18, "hello"),
            ([chunked.clone(), chunk(&bytes)].concat(), 18, "hello"),
            ([chunked.clone(), chunk(&bytes), b"0\r\n\r\n".to_vec()].concat(), 0, "hello"),
            ([length(bytes.len() + 4), bytes.clone(), b"junk".to_vec()].concat(), 61, "hello"),
            // One after the other, where the coding has that; nothing is no coding cut short.
            ([length(bytes.len() * 2), bytes.clone(), bytes.clone()].concat(), more, "hellohello"),
            ([chunked.clone(), b"0\r\n\r\n".to_vec()].concat(), 0, ""),
            ([length(bytes.len() - 1), bytes[..bytes.len() - 1].to_vec()].concat(), 61, ""),
        ] {
            let peer = Recorder::start(vec![answer(reply)]);
            let output = request(&["--compressed", &peer.url("/")]).output().unwrap();
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(status), "{coding} {error}");
            assert!(status == 61 || output.stdout == shown.as_bytes(), "{coding} {error}");
        }
    }
}
