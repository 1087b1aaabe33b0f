//! `--pcap`: the capture holds what crossed the connections, byte for byte, and Wireshark reads it.

use std::fs;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use tempfile::TempDir;

use crate::capture::{Capture, Connection};
use crate::kit;
use crate::recorder::{Act, Recorder, answer, ok, redirect};
use crate::request::request;
use crate::request_like_curl::{CASES, ready};
use crate::request_proxy::{tunnels_to, unwired};
use crate::request_tls::{serve, signed};
use crate::request_view_table::carries;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every option set that is compared with curl: what `--wire`, `--pcap` and `--har` show is what the peer got, and what it
/// sent.
#[test]
fn all_views_show_what_the_recorder_got() {
    let (mut compared, mut different) = (0, Vec::new());
    for (name, line) in CASES {
        // Other schemes and peers, and what shows nothing or its own.
        if ["--dry-run", "--wire", "--trace", "-v", "-Z", "--next", "file:", "FOLDER"]
            .iter()
            .any(|other| line.contains(other))
        {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let options = ["request", "--wire=all", "--pcap", "capture.pcapng", "--har", "run.har", "--show-secrets"];
        let (peer, mut command) = ready(&[&[kit::PROGRAM][..], &options].concat(), name, line, folder.path());
        let output = command.output().unwrap();
        let Ok(capture) = fs::read(folder.path().join("capture.pcapng")) else { continue };
        let archive: serde_json::Value =
            serde_json::from_slice(&fs::read(folder.path().join("run.har")).unwrap()).unwrap();
        crate::har::follows(&archive);
        let capture = Capture::read(&capture);
        let got = peer.connections().concat();
        compared += usize::from(!got.is_empty());
        let shown = text(&output.stdout);
        let (wired_out, wired_in) = (unwired(&shown, "> "), unwired(&shown, "< "));
        let is_single = capture.connections.len() == 1;
        // What breaks off within a line of a head, or stands behind the response, is in the capture alone.
        let is_same = capture.sent() == got
            && wired_out == got
            && (!is_single || capture.received().starts_with(&wired_in))
            && (!is_single || peer.says().starts_with(&capture.received()))
            && capture.connections.iter().all(|connection| connection.end.contains(['F', 'R', 'r']));
        if let Err(what) = carries(archive["log"]["entries"].as_array().unwrap(), &got) {
            different.push(format!("{name}: {line}\n{what}"));
        }
        if !is_same {
            let views = [&capture.sent(), &wired_out, &got, &capture.received(), &wired_in];
            different.push(format!("{name}: {line}\n{:?}", views.map(|view| text(view))));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n\n"));
    assert!(compared > 150, "{compared}");
}

/// A folder with a file for a capture.
fn place() -> (TempDir, PathBuf, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.pcapng");
    let name = path.display().to_string();
    (folder, path, name)
}

fn captured(path: &Path) -> Capture {
    Capture::read(&fs::read(path).unwrap())
}

#[test]
fn one_file_holds_all_connections_of_a_run() {
    let (_folder, path, name) = place();
    let far = Recorder::start(vec![ok("end")]);
    let busy = answer("HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    let near = Recorder::start(vec![busy, redirect(302, &far.url("/far"))]);
    request(&["-s", "-L", "--retry", "1", "--retry-delay", "0", &near.url("/a"), "--pcap", &name])
        .assert()
        .stdout("end");
    let capture = captured(&path);
    let server = |connection: &Connection| connection.server;
    let servers: Vec<SocketAddr> = capture.connections.iter().map(server).collect();
    assert_eq!(servers, [near.address, near.address, far.address]);
    assert_eq!(text(&capture.sent()), near.text() + &far.text());
    assert_eq!(
        capture.comments,
        [
            "transfer 1, request 1, connection 0: GET /a",
            "transfer 1, request 2, connection 1: GET /a",
            "transfer 1, request 3, connection 2: GET /far"
        ]
    );
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    // At once, over a file that is there and open to everybody.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let many = Recorder::start(vec![ok("x")]);
    request(&["-s", "-Z", &many.url("/[1-9]"), "--pcap", &name]).assert().success().stdout("x".repeat(9));
    let capture = captured(&path);
    let sorted = |bytes: &[Vec<u8>]| {
        let mut texts: Vec<String> = bytes.iter().map(|bytes| text(bytes)).collect();
        texts.sort();
        texts
    };
    let sent: Vec<Vec<u8>> = capture.connections.iter().map(|connection| connection.sent.clone()).collect();
    assert_eq!(sorted(&sent), sorted(&many.connections()));
    assert!(capture.connections.iter().all(|connection| connection.received.ends_with(b"\r\n\r\nx")));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn how_a_connection_ends_is_captured() {
    let (_folder, path, name) = place();
    for (script, options, status, end) in [
        (ok("x"), &[][..], 0, "F"),
        (answer("HTTP/1.0 200 OK\r\n\r\nx"), &[], 0, "fF"),
        (vec![Act::Read, Act::Reset], &[], 56, "r"),
        (
            answer(format!("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n{}", "x".repeat(999_999))),
            &["--max-filesize", "1"],
            63,
            "R",
        ),
    ] {
        let peer = Recorder::start(vec![script]);
        request(&[&[&*peer.url("/"), "-s", "--pcap", &name], options].concat()).assert().code(status);
        let capture = captured(&path);
        assert_eq!(capture.connections[0].end, end, "{options:?}");
    }
}

#[test]
fn other_families_of_addresses_are_captured() {
    let (folder, path, name) = place();
    let peer = Recorder::over(TcpListener::bind("[::1]:0").unwrap(), vec![ok("six")]);
    request(&[&peer.url("/"), "--pcap", &name]).assert().success().stdout("six");
    let capture = captured(&path);
    assert_eq!(capture.connections[0].server, peer.address);
    assert!(capture.connections[0].client.is_ipv6());
    assert_eq!(capture.sent(), peer.connections().concat());
    let socket = folder.path().join("socket");
    let listener = UnixListener::bind(&socket).unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).unwrap();
        stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n").unwrap();
        stream.write_all(&piece[..length]).unwrap();
    });
    let socket = socket.to_str().unwrap();
    let output = request(&["--unix-socket", socket, "http://h/", "--pcap", &name]).output().unwrap();
    let capture = captured(&path);
    assert_eq!(text(&capture.sent()), text(&output.stdout));
    assert_eq!(
        (capture.connections[0].server.to_string().as_str(), &*capture.connections[0].end),
        ("127.0.0.1:80", "fF")
    );
    assert_eq!(captured(&path).keys, "");
}

#[test]
fn a_dialect_is_captured_too() {
    let (_folder, path, name) = place();
    let answer = "HTTP/1.1 200 OK\nContent-Length: 7\n\nGrade:A";
    let peer = Recorder::start(vec![vec![Act::ReadHead, Act::Write(answer.as_bytes().to_vec())]]);
    let route = format!("::{}", peer.address);
    let arguments = ["--connect-to", &route, "--dialect", "pairs", "--pcap", &name, "127.0.0.1/kim"];
    request(&arguments).assert().success();
    let capture = captured(&path);
    assert_eq!((text(&capture.sent()), text(&capture.received())), (peer.text(), answer.to_owned()));
    assert!(!capture.sent().is_empty() && capture.connections[0].end.contains('F'));
}

/// An origin over TLS, the file of its authority, and the options that lead there.
fn secure() -> (TempDir, SocketAddr, Vec<String>) {
    let (authority, made) = signed(&rcgen::CertificateParams::new(vec!["far.test".to_owned()]).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authority.pem");
    fs::write(&file, authority).unwrap();
    let origin = serve(&made, None);
    let resolve = format!("far.test:{}:127.0.0.1", origin.port());
    let trusted = file.to_str().unwrap();
    let options = ["--resolve", &resolve, "--cacert", trusted, "--proxy-cacert", trusted, "-A", "a"];
    (folder, origin, options.map(str::to_owned).to_vec())
}

fn with<'a>(options: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    options.iter().map(String::as_str).chain(more.iter().copied()).collect()
}

#[test]
fn https_is_captured_as_tls_with_its_keys_or_as_what_it_carries() {
    let (_folder, origin, options) = secure();
    let (_place, path, name) = place();
    let port = origin.port();
    let (proxy, _asked) = tunnels_to(origin);
    let (proxy, safe) = (format!("http://{proxy}"), format!("https://far.test:{port}"));
    let url = format!("https://far.test:{port}/x");
    for (way, target, connects, version) in [
        (&[][..], &*url, false, "--tls-max=1.3"),
        (&[], &url, false, "--tls-max=1.2"),
        (&["-x", &proxy], &url, true, "--tls-max=1.3"),
        (&["-x", &safe], "http://h.test/x", false, "--tls-max=1.3"),
    ] {
        let arguments = with(&options, &[way, &[target, version, "--pcap", &name]].concat());
        let output = request(&arguments).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(text(&output.stderr).matches("decrypts itself").count(), 1);
        let capture = captured(&path);
        let label = if version.ends_with('3') { "CLIENT_TRAFFIC_SECRET_0 " } else { "CLIENT_RANDOM " };
        assert!(capture.keys.contains(label), "{}", capture.keys);
        // After the hello of the client and its acknowledgement; for 1.2 the keys are known later.
        let before = if connects { 5 + 4 } else { 5 };
        assert!(capture.keys_at <= if version.ends_with('3') { before } else { before + 2 }, "{}", capture.keys_at);
        let connection = &capture.connections[0];
        let plain = if connects {
            &connection.sent[connection.sent.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4..]
        } else {
            &connection.sent[..]
        };
        assert_eq!(plain[..2], [0x16, 0x03], "a record of a handshake");
        let arguments =
            with(&options, &[way, &[target, version, "--wire=all", "--pcap-plain", "--pcap", &name]].concat());
        let output = request(&arguments).output().unwrap();
        assert!(!text(&output.stderr).contains("decrypts itself"));
        let capture = captured(&path);
        let shown = text(&output.stdout);
        assert_eq!(text(&capture.sent()), text(&unwired(&shown, "> ")), "{way:?}");
        assert_eq!(text(&capture.received()), text(&unwired(&shown, "< ")), "{way:?}");
        assert!(capture.sent().starts_with(if connects { b"CONNECT" } else { b"GET" }));
        assert_eq!(capture.keys, "");
    }
    // The file of keys that other programs read.
    let keys = path.with_extension("keys");
    for more in [&[][..], &["--http2"]] {
        let arguments = with(&options, &[&[&*url], more].concat());
        request(&arguments).env("SSLKEYLOGFILE", &keys).assert().success();
    }
    let keys = fs::read_to_string(&keys).unwrap();
    assert_eq!(keys.matches("CLIENT_HANDSHAKE_TRAFFIC_SECRET ").count(), 2, "{keys}");
}

#[test]
fn a_capture_may_go_to_standard_output_and_all_else_to_standard_error() {
    let peer = Recorder::start(vec![ok("content")]);
    for (options, said) in [
        (&[][..], "content"),
        (&["-w", "|%{http_code}"], "content|200"),
        (&["-s", "--trace-ascii", "-", "-o", "/dev/null"], "=> Send header"),
        (&["--wire"], "> GET / HTTP/1.1\\r\\n\n"),
        (&["--explain"], "GET"),
    ] {
        let output = request(&[&[&*peer.url("/"), "-s", "--pcap", "-"], options].concat()).output().unwrap();
        let capture = Capture::read(&output.stdout);
        assert_eq!(capture.received(), peer.says(), "{options:?}");
        assert!(text(&output.stderr).contains(said), "{options:?} {}", text(&output.stderr));
    }
    for (options, message) in
        [(&["--http2", "--pcap", "x"][..], "HTTP/2"), (&["--pcap", "-", "--stderr", "-"], "--stderr")]
    {
        let output = request(&[&[&*peer.url("/")], options].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&[output.stdout, output.stderr].concat()).contains(message));
    }
}

/// Runs `request` behind a line of the shell that limits it.
pub(crate) fn limited(limit: &str, arguments: &[&str], stdout: Stdio) -> Output {
    let mut shell = Command::new("sh");
    kit::clean(&mut shell);
    shell.args(["-c", &format!("{limit} exec \"$0\" request \"$@\""), kit::PROGRAM]).args(arguments);
    shell.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap()
}

#[test]
fn a_capture_that_cannot_be_written_ends_with_a_warning_and_ends_no_transfer() {
    let (folder, path, name) = place();
    let long = "x".repeat(100_000);
    let peer = Recorder::start(vec![ok(&long)]);
    let urls = [peer.url("/1"), peer.url("/2")];
    // A file that may grow to 8 KiB and no further stands for a disk that is full.
    let output = limited("trap '' XFSZ; ulimit -f 16;", &[&urls[0], &urls[1], "--pcap", &name], Stdio::piped());
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 200_000), "{said}");
    assert_eq!(said.matches("warning: the capture").count(), 1, "{said}");
    assert!(captured(&path).packets > 3, "what fits is whole");
    // A reader that goes away.
    let content = folder.path().join("content").display().to_string();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(kit::PROGRAM);
    kit::clean(&mut command);
    command.args(["request", &urls[0], &urls[1], "--pcap", "-", "-o", &content, "-o", &content]);
    let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), said.matches("warning: the capture").count()), (Some(0), 1), "{said}");
    assert_eq!(fs::read_to_string(&content).unwrap(), long);
    // No such folder.
    let output = limited("", &[&urls[0], "--pcap", "/nowhere/run.pcapng"], Stdio::piped());
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 100_000), "{said}");
    assert!(said.contains("cannot write the capture '/nowhere/run.pcapng': no such file or directory"), "{said}");
}

/// What tshark finds in a capture, one line for each packet that the filter takes.
fn tshark(path: &Path, filter: &str, fields: &[&str]) -> Vec<String> {
    let mut command = Command::new("tshark");
    command.args(["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-r"]).arg(path);
    command.args(["-Y", filter, "-T", "fields"]).args(fields.iter().flat_map(|field| ["-e", field]));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
#[ignore = "needs tshark"]
fn tshark_reads_http() {
    let (_folder, path, name) = place();
    let reply = "HTTP/1.1 200 OK\r\nServer: s/1\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n\
                 2;x=y\r\nef\r\n0\r\nT: v\r\n\r\n";
    for host in ["127.0.0.1:0", "[::1]:0"] {
        let peer = Recorder::over(TcpListener::bind(host).unwrap(), vec![answer(reply)]);
        request(&[&peer.url("/a?b=c"), "-d", "x=1", "-A", "agent", "--pcap", &name]).assert().success();
        let wrong = "_ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0 || tcp.analysis.flags";
        assert_eq!(tshark(&path, wrong, &["frame.number", "_ws.expert.message"]), Vec::<String>::new());
        let asked = ["http.request.method", "http.request.uri", "http.user_agent", "http.file_data", "frame.comment"];
        let comment = "transfer 1, request 1, connection 0: POST /a?b=c";
        assert_eq!(tshark(&path, "http.request", &asked), [format!("POST\t/a?b=c\tagent\tx=1\t{comment}")]);
        let answered = ["http.response.code", "http.server", "http.content_type", "http.file_data"];
        assert_eq!(tshark(&path, "http.response", &answered), ["200\ts/1\ttext/plain\tabcdef"]);
        assert_eq!(tshark(&path, "tcp.flags.syn == 1 || tcp.flags.fin == 1", &["tcp.len"]).len(), 3);
    }
}

#[test]
#[ignore = "needs tshark"]
fn tshark_decrypts_https_from_the_file_alone() {
    let (_folder, origin, options) = secure();
    let (_place, path, name) = place();
    let (proxy, _asked) = tunnels_to(origin);
    let proxy = proxy.to_string();
    let url = format!("https://far.test:{}/secret", origin.port());
    for way in [&[][..], &["-x", &proxy]] {
        for (version, number) in [("1.2", "0x0303"), ("1.3", "0x0304")] {
            let arguments = [way, &["--tls-max", version, &url, "--pcap", &name]].concat();
            request(&with(&options, &arguments)).assert().success();
            let kinds = tshark(&path, "tls.handshake", &["tls.handshake.type"]).join(",");
            let has = |kind: &str| kinds.split(',').any(|one| one == kind);
            assert!(has("1") && has("2") && has("11"), "{way:?} {version}: {kinds}");
            let chosen = match version {
                "1.2" => tshark(&path, "tls.handshake.type == 2", &["tls.handshake.version"]),
                _ => tshark(&path, "tls.handshake.type == 2", &["tls.handshake.extensions.supported_version"]),
            };
            assert_eq!(chosen, [number], "{way:?} {version}");
            let asked = tshark(&path, "tls && http.request.method == GET", &["http.request.uri"]);
            assert_eq!(asked, ["/secret"], "{way:?} {version}");
            let answered = tshark(&path, "tls && http.response.code == 200", &["http.file_data"]).concat();
            assert!(answered.starts_with("GET /secret HTTP/1.1"), "{way:?} {version}: {answered}");
            assert_eq!(
                tshark(&path, "_ws.malformed || tcp.checksum.status == 0", &["frame.number"]),
                Vec::<String>::new()
            );
        }
    }
}
