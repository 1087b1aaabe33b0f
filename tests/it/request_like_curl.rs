//! The same command line to curl and to `request`: wire, standard output, files and exit status are equal.
//!
//! What differs on purpose is not in the table: the User-Agent (named alike here), how non-ASCII and reserved bytes in
//! a URL are encoded, cookies and secrets kept from other origins, content of failed attempts held back.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::kit;
use crate::recorder::{Act, Recorder, answer, ok, redirect};

/// All that can be compared of a run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) wire: String,
    pub(crate) stdout: String,
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) status: String,
}

/// A name for what peers do.
fn peer(name: &str) -> Vec<Vec<Act>> {
    let http = |text: &str| answer(text.as_bytes());
    let go_on = |content: &str| {
        vec![
            Act::ReadHead,
            Act::Write(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
            Act::Read,
            Act::Write(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{content}", content.len()).into_bytes()),
        ]
    };
    let then_ok = |script: Vec<Act>| vec![script.into_iter().chain(ok("end")).collect()];
    match name {
        "ok" => vec![ok("hello")],
        "expect" => vec![go_on("taken")],
        "chunked" => vec![http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n")],
        "lone LF" => vec![http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: v\n\n")],
        "lone LFs" => vec![http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\n2;x=y\nde\r\n0\n\n")],
        "close" => vec![http("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nto the end")],
        "early" => vec![http("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")],
        "early, end" => vec![http("HTTP/1.1 103 Early Hints\r\n\r\n")],
        "early, junk" => vec![http("HTTP/1.1 103 Early Hints\r\n\r\nwhat is this?\n")],
        "ok, junk" => vec![[ok("one"), http("what is this?\n")].concat()],
        "407" => then_ok(http("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n")),
        "404" => vec![http("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone")],
        "204" => vec![http("HTTP/1.1 204 No Content\r\nX: y\r\n\r\n")],
        "304" => vec![http("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n")],
        "206" => vec![http("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\n56789")],
        "named" => vec![http("HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=\"../n.txt\"\r\nContent-Length: 2\r\n\r\nhi")],
        "301, named" => vec![http("HTTP/1.1 301 Moved\r\nContent-Disposition: filename=n.txt\r\nLocation: /b\r\nContent-Length: 2\r\n\r\nhi")],
        "dated" => vec![http("HTTP/1.1 200 OK\r\nLast-Modified: Tue, 01 Jan 2019 00:00:00 GMT\r\nContent-Length: 2\r\n\r\nhi")],
        "short" => vec![http("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")],
        "bad chunk" => vec![http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")],
        "cut chunk" => vec![http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc")],
        "bad length" => vec![http("HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n")],
        "no colon" => vec![http("HTTP/1.1 200 OK\r\nwhat\r\n\r\n")],
        "junk" => vec![http("what is this?\n")],
        "hang" => vec![vec![Act::Read, Act::Hang]],
        "empty" => vec![vec![Act::Read]],
        "reset" => vec![vec![Act::Read, Act::Reset]],
        "basic" => vec![http("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 2\r\n\r\nno")],
        "basic, closing" => vec![http("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")],
        "cookies" => vec![
            http("HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2; Path=/x; HttpOnly\r\nSet-Cookie: c=3; Domain=other.test\r\nContent-Length: 0\r\n\r\n")
                .into_iter()
                .chain(ok("end"))
                .collect(),
        ],
        "301" => then_ok(redirect(301, "/b")),
        "302" => then_ok(redirect(302, "b?c=d")),
        "303" => then_ok(redirect(303, "/b")),
        "307" => then_ok(redirect(307, "/b")),
        "308" => then_ok(redirect(308, "../b#f")),
        "loop" => vec![http("HTTP/1.1 302 Again\r\nLocation: /again\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")],
        "bytes" => then_ok(answer(b"HTTP/1.1 302 There\r\nLocation: /\xe9?\xff\xc3\xa9\r\nContent-Length: 0\r\n\r\n")),
        "userinfo" => then_ok(redirect(302, "http://me:pass@127.0.0.1/")),
        "file" => vec![redirect(302, "file:///etc/passwd")],
        "many" => vec![(0..8).flat_map(|_| ok("hello")).collect()],
        "twice" => vec![[ok("one"), ok("two")].concat()],
        "gzip" => vec![answer([&b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 25\r\n\r\n"[..], GZIP].concat())],
        "bad gzip" => vec![http("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd")],
        "coding" => vec![http("HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\nContent-Length: 4\r\n\r\nabcd")],
        "long head" => vec![http(&format!("HTTP/1.1 200 OK\r\n{}Content-Length: 2\r\n\r\nhi", format!("X: {}\r\n", "0".repeat(96)).repeat(4_000)))],
        other => match other.split_once(' ') {
            Some(("head", fields)) => {
                let fields = fields.replace('|', "\r\n");
                vec![http(&format!("HTTP/1.1 200 OK\r\n{fields}\r\nContent-Length: 2\r\n\r\nhi"))]
            }
            Some(("says", text)) => said(text),
            _ => panic!("no peer is called {other}"),
        },
    }
}

/// What is written out: `|` is a line end, ` & ` stands between the answers on one connection, ` ; ` between connections.
/// `NUL`, `LONG` (a lot) and `GZIP` (`hello` in gzip) stand for what cannot be written there.
fn said(text: &str) -> Vec<Vec<Act>> {
    let bytes = |text: &str| {
        let text = text.replace('|', "\r\n").replace("NUL", "\0").replace("LONG", &"x".repeat(100 * 1024));
        match text.split_once("GZIP") {
            Some((before, behind)) => [before.as_bytes(), GZIP, behind.as_bytes()].concat(),
            None => text.into_bytes(),
        }
    };
    text.split(" ; ").map(|script| script.split(" & ").flat_map(|text| answer(bytes(text))).collect()).collect()
}

/// `hello` in gzip.
const GZIP: &[u8] = &[
    0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0, 0x86, 0xa6, 0x10, 0x36, 0x05, 0,
    0, 0,
];

/// What the peer is, and the command line: `URL` stands for its URL without a slash at the end.
pub(crate) const CASES: &[(&str, &str)] = &[
    ("ok", "URL"),
    ("ok", "URL/"),
    ("ok", "URL/a/../b/./c"),
    ("ok", "URL/a/../b --path-as-is"),
    ("ok", "URL?q"),
    ("ok", "URL/#frag"),
    ("ok", "URL/%7Ea%2fb"),
    ("ok", "-I URL"),
    ("ok", "-I -X GET URL"),
    ("404", "-f -I -X GET URL"),
    ("chunked", "-I -X GET URL -o out -w %{size_download}"),
    ("close", "-I -X OPTIONS URL"),
    ("ok", "-i URL"),
    ("ok", "-X PUT URL"),
    ("ok", "-XDELETE URL/x"),
    ("ok", "--request OPTIONS --request-target * URL"),
    ("ok", "-0 URL"),
    ("ok", "-0 -d a URL"),
    ("ok", "-d a=1 URL"),
    ("ok", "-d a=1 -d b=2 URL"),
    ("ok", "-d @lines URL"),
    ("ok", "-d @lines -d x URL"),
    ("ok", "--data-binary @lines URL"),
    ("ok", "--data-binary @lines --data-raw @lines URL"),
    ("ok", "--data-raw @lines URL"),
    ("ok", "--data-ascii @lines URL"),
    ("ok", "--data-urlencode @lines URL"),
    ("ok", "--data-urlencode n@lines URL"),
    ("ok", "--data-urlencode =a&b URL"),
    ("ok", "--data-urlencode n=a+b/c URL"),
    ("ok", "-d= URL"),
    ("ok", "-G -d a=1 -d b URL/x?y"),
    ("ok", "-G -I -d a=1 URL"),
    ("ok", "--url-query a=b --url-query +c=d URL/x?y"),
    ("ok", "--json {} URL"),
    ("ok", "--json [1, --json 2] URL"),
    ("ok", "--json {} -H accept:x URL"),
    ("ok", "--json @lines URL"),
    ("ok", "-d a --json b URL"),
    ("ok", "-H X-A:1 -H x-b:2 -H X-A:3 URL"),
    ("ok", "-H Accept: URL"),
    ("ok", "-H X-Empty; URL"),
    ("ok", "-H host:other.test URL"),
    ("ok", "-H Host: URL"),
    ("ok", "-H User-Agent:mine URL"),
    ("ok", "-H @fields URL"),
    ("ok", "-H Content-Type:x/y -d a URL"),
    ("ok", "-H Content-Type: -d a URL"),
    ("ok", "-H Transfer-Encoding:chunked -d abc URL"),
    ("ok", "-u me:pass URL"),
    ("ok", "-u me: URL"),
    ("ok", "-u me:pass -H Authorization:x URL"),
    ("basic", "-u me:pass -i URL"),
    ("ok", "--oauth2-bearer token URL"),
    ("ok", "-e http://ref.test/ URL"),
    ("ok", "-r 0-4 URL"),
    ("ok", "-r -5 URL"),
    ("ok", "-r 1-2,4-5 URL"),
    ("ok", "-b a=1 URL"),
    ("ok", "-b a=1;b=2 URL"),
    ("ok", "-b jar URL/x"),
    ("ok", "-b jar -b t=y URL/x"),
    ("ok", "-b jar -j URL/x"),
    ("cookies", "-c out URL/x/1 URL/x/2"),
    ("cookies", "-b nothing URL/x/1 URL/y"),
    ("ok", "-z 20200203 URL"),
    ("ok", "--compressed URL"),
    ("gzip", "--compressed URL"),
    ("gzip", "URL"),
    ("bad gzip", "--compressed URL"),
    ("coding", "--compressed URL"),
    ("expect", "-T empty URL/x"),
    ("ok", "-T lines -H Expect: URL/x"),
    ("expect", "--data-binary @large URL"),
    ("ok", "--data-binary @large -H Expect: URL"),
    ("ok", "-F a=b URL"),
    ("ok", "-F a=b -F f=@lines URL"),
    ("ok", "-F f=@page.html;type=x/y;filename=z URL"),
    ("ok", "-F f=<lines -F a=b;type=x/y URL"),
    ("ok", "--form-string a=@b;type=c URL"),
    ("ok", "-F f=@page.html URL"),
    ("chunked", "URL"),
    ("chunked", "-i URL"),
    ("chunked", "--raw URL"),
    ("lone LF", "URL"),
    ("close", "URL"),
    ("close", "-i URL"),
    ("early", "URL"),
    ("early", "-i URL"),
    ("204", "-i URL"),
    ("304", "-i URL"),
    ("404", "URL"),
    ("404", "-f URL"),
    ("404", "-f -i URL"),
    ("404", "--fail-with-body URL"),
    ("404", "-f -o out URL"),
    ("404", "-o out URL"),
    ("ok", "-o out URL"),
    ("ok", "-o out -i URL"),
    ("204", "-o out URL"),
    ("twice", "-o out1 -o out2 URL/1 URL/2"),
    ("twice", "-o out1 URL/1 URL/2"),
    ("twice", "URL/1 URL/2 -w %{urlnum},%{num_connects};"),
    ("twice", "URL/{a,b}"),
    ("twice", "URL/[1-2] -o out#1"),
    ("twice", "-g URL/%5Ba%5D"),
    ("twice", "URL/1 -H A:1 --next URL/2 -d x"),
    ("ok", "-O URL/dir/name.txt"),
    ("named", "-OJ URL/x"),
    ("named", "-O URL/x"),
    ("ok", "--output-dir sub --create-dirs -o deep/out URL"),
    ("ok", "-o no/such/out URL"),
    ("ok", "--no-clobber -o lines URL"),
    ("short", "-o out URL"),
    ("short", "-o out --remove-on-error URL"),
    ("ok", "--max-filesize 3 URL"),
    ("ok", "--max-filesize 3k URL"),
    ("206", "-C 5 -o five URL"),
    ("206", "-C - -o five URL"),
    ("ok", "-C 5 -o five URL"),
    ("404", "-C - -o five URL"),
    ("404", "-f -C - -o five URL"),
    ("404", "--fail-with-body -C - -o five URL"),
    ("302", "-C - -o five URL"),
    ("404", "-C - -o new URL"),
    ("ok", "-C 3 -I URL"),
    ("304", "-o five URL"),
    ("304", "-o new URL"),
    ("304", "-i -o five URL"),
    ("204", "-o five URL"),
    ("chunked", "-D heads -o out URL"),
    ("ok", "-O URL/a%20b%2Fc"),
    ("ok", "-O URL/%2e%2e%2fup?q#f"),
    ("ok", "-G -d a=b -F c=d URL"),
    ("ok", "-G -d a=b -I URL"),
    ("ok", "-G -F c=d URL"),
    ("ok", "-G -d a=b -T five URL"),
    ("dated", "-z 20200203 -o five URL -w %{http_code},%{size_download}"),
    ("dated", "-z 20180203 -o five URL"),
    ("dated", "-z -20180203 -o five URL"),
    ("dated", "-z -20200203 -i URL"),
    ("dated", "-z 20200203 -i URL"),
    ("dated", "-z 20200203 -r 0-1 URL"),
    ("ok", "-z 20200203 URL"),
    ("named", "-J -o five URL"),
    ("named", "-J -O URL/x"),
    ("named", "-J -O -C - URL/x"),
    ("302", "URL -w %{redirect_url}"),
    ("308", "URL/a/c -w %{redirect_url}"),
    ("ok", "-X PUT http://h:99999/ -w %{method}"),
    ("ok", "-b jar -H Host:other.test URL"),
    ("cookies", "-c jar2 -b k=v -H Host:other.test URL"),
    ("ok", "-F a=b -H Content-Type:multipart/mixed URL"),
    ("ok", "-F a=b -H Content-Type:Multipart/Form-Data URL"),
    ("ok", "-D out URL"),
    ("ok", "-D - URL"),
    ("301", "-L URL/a -d x=y"),
    ("302", "-L URL/a/ -d x=y"),
    ("303", "-L URL/a -d x=y"),
    ("307", "-L URL/a -d x=y"),
    ("308", "-L URL/a/b -d x=y"),
    ("301", "-L URL/a -d x=y --post301"),
    ("302", "-L URL/a -X PUT -d x=y"),
    ("302", "-iL URL/a"),
    ("302", "-L URL/a -H A:b -u me:pass -b c=d"),
    ("302", "-L URL/a -e ;auto"),
    ("302", "URL/a -w %{redirect_url},%{num_redirects}"),
    ("302", "-L URL/a -w %{url_effective},%{num_redirects},%{http_code}"),
    ("loop", "-L URL --max-redirs 3"),
    ("loop", "-L URL --max-redirs 0"),
    ("file", "-L URL"),
    ("short", "URL"),
    ("bad chunk", "URL"),
    ("cut chunk", "URL"),
    ("bad length", "URL"),
    ("no colon", "URL"),
    ("junk", "URL"),
    ("junk", "--http0.9 URL"),
    ("empty", "URL"),
    ("reset", "URL"),
    (
        "ok",
        "-w \\n%{http_code},%{response_code},%{content_type},%{size_download},%{size_header},%{size_request},%{size_upload} URL -d abc",
    ),
    ("ok", "-w %{method},%{http_version},%{num_headers},%{exitcode},%{urlnum},%{ssl_verify_result} URL"),
    ("chunked", "-w %header{transfer-encoding},%{size_download} URL"),
    ("404", "-f -w %{http_code},%{exitcode},%{onerror}failed URL"),
    ("ok", "-w %{nothing}x%{stdout}y URL"),
    ("ok", "-w @format URL"),
    ("ok", "-w %header{x%{http_code}|%{|%q%%\\t|%header URL"),
    ("early", "-w %{header_json} URL"),
    ("302", "-L -w %{header_json}%{referer}|%{proxy_ssl_verify_result} URL -e http://r.test/"),
    ("302", "-L -w %{num_connects},%{num_redirects},%{size_request},%{size_header},%{size_download} URL"),
    ("ok", "-w %{url},%{url_effective},%{num_certs},%{certs},%{ftp_entry_path},%{http_connect} 127.0.0.1:PORT/a/../b"),
    ("ok", "-w %{filename_effective} -o out URL"),
    ("named", "-w %{filename_effective} -OJ URL/x"),
    ("short", "-w %{exitcode},%{onerror}%{size_download} -o out URL"),
    ("404", "-f -w %{exitcode},%{onerror}%{size_download} URL"),
    ("twice", "-w %{urlnum}%{num_connects}%{local_ip}, URL/[1-2]"),
    ("twice", "-w %{urlnum}%{num_connects}%{remote_ip}, URL/1 --next URL/2 -w %{urlnum}%{num_connects}"),
    ("404", "-Z -f URL -o out"),
    ("twice", "-Z --parallel-max 1 URL/1 -o a URL/2 -o b -w %{http_code},"),
    ("ok", "-Z --parallel-max 1 http://127.0.0.1:1/ URL -o a -w %{exitcode},"),
    ("ok", "-Z --parallel-max 1 --fail-early http://127.0.0.1:1/ -o a URL -o b"),
    ("ok", "-Z --parallel-max x URL"),
    ("ok", "-Z --parallel-max 70000 URL"),
    ("ok", "-K missing URL"),
    ("twice", "-Z --parallel-max 1 URL -o a --next URL/2 -d x -o b"),
    ("ok", "--interface lo URL"),
    ("ok", "--interface if!lo URL"),
    ("ok", "--interface host!localhost URL"),
    ("ok", "--interface 127.0.0.1 URL"),
    ("ok", "--interface nosuch0 URL"),
    ("ok", "--proto =http URL"),
    ("ok", "--proto =https URL"),
    ("ok", "--proto -all,http URL"),
    ("ok", "--proto -http URL"),
    ("302", "-L --proto-redir =https URL"),
    ("302", "-L --proto =http --proto-redir =http URL"),
    ("ok", "--proto-default http 127.0.0.1:PORT"),
    ("ok", "--proto-default https 127.0.0.1:1"),
    ("ok", "--tlsv1 --tlsv1.0 --tcp-nodelay URL"),
    ("dated", "-R -o out URL"),
    ("ok", "-T missing URL"),
    ("ok", "-F f=@missing URL"),
    ("ok", "-d a -I URL"),
    ("ok", "-m x URL"),
    ("ok", "--nonsense URL"),
    ("ok", "--limit-rate 1k URL -d abc"),
    ("chunked", "--limit-rate 100B URL"),
    ("ok", "--limit-rate 1.5k URL"),
    ("ok", "--limit-rate x URL"),
    ("ok", "-y 3 -Y 1000 URL"),
    ("ok", "-Y x URL"),
    ("hang", "-y 1 -Y 1000 URL"),
    ("ok", "URL -K options"),
    ("ok", "--resolve host.test:PORT:127.0.0.1 http://host.test:PORT/"),
    ("ok", "--connect-to host.test:80:127.0.0.1:PORT http://host.test/"),
    ("ok", "--connect-to ::127.0.0.1:PORT http://host.test:81/"),
    ("ok", "http://127.0.0.1:1/"),
    ("ok", "http://does-not-exist.invalid/"),
    ("ok", "ftx://h/"),
    ("ok", "http://h:99999/"),
    ("ok", "-n --netrc-file rc http://127.0.0.1:PORT/"),
    ("ok", "--netrc-file rc URL"),
    ("ok", "-sSXPOST URL"),
    ("ok", "-i --no-include URL"),
    ("ok", "http://u:p%40w@127.0.0.1:PORT/"),
    ("basic, closing", "--anyauth -u me:pass URL"),
    ("basic, closing", "--anyauth -u me:pass -d a=b URL"),
    ("basic, closing", "--basic --digest -u me:pass URL"),
    ("basic, closing", "--digest --basic -u me:pass -i URL"),
    ("basic, closing", "--digest -u me:pass -d a=b URL"),
    ("ok", "--anyauth -u me:pass -d a=b URL"),
    ("ok", "--anyauth URL"),
    ("404", "--digest -u me:pass -d a=b URL"),
    ("404", "--digest -u me:pass -d a=b -f URL"),
    ("404", "--anyauth -u me:pass -T lines -H Expect: URL/x"),
    ("304", "--digest -u me:pass -d a=b -i URL"),
    ("301", "--digest -u me:pass -d a=b URL"),
    ("301", "--digest -u me:pass -d a=b -L URL"),
    ("307", "--digest -u me:pass -L URL"),
    ("twice", "--digest -u me:pass -d a=b URL/1"),
    ("twice", "--digest -u me:pass -d a=b -H Content-Length:3 URL/1"),
    ("ok", "--digest http://u:pw@127.0.0.1:PORT/"),
    ("404", "--retry 1 --retry-delay 1 URL"),
    ("404", "--retry 1 --retry-all-errors URL"),
    ("short", "--retry 1 -o out URL"),
    ("empty", "--retry 1 URL"),
    ("short", "--retry 1 --retry-all-errors --retry-delay 1 -o out URL"),
    ("short", "--retry 1 --retry-all-errors --retry-delay 1 -o five -C - URL"),
];

#[test]
#[ignore = "needs curl"]
fn a_command_line_means_what_it_means_to_curl() {
    assert!(CASES.len() >= 100);
    let mut different = Vec::new();
    for (name, line) in CASES {
        let ours = run(&[kit::PROGRAM, "request"], name, line);
        let curls = run(&["curl", "-q"], name, line);
        if ours != curls {
            different.push(format!("{name}: {line}\n  request {ours:?}\n  curl    {curls:?}\n"));
        }
    }
    assert!(different.is_empty(), "{} of {}\n{}", different.len(), CASES.len(), different.join("\n"));
}

#[test]
#[ignore = "needs curl"]
fn no_option_of_curl_is_unknown() {
    let help = Command::new("curl").args(["--help", "all"]).output().unwrap().stdout;
    let help = String::from_utf8(help).unwrap();
    // Each line begins with a letter, if there is one, and the long name.
    let names = |line| str::split_whitespace(line).take_while(|word| word.starts_with('-'));
    let options = help.lines().flat_map(names).map(|word| word.trim_end_matches(','));
    // Some of them make a file.
    let folder = tempfile::tempdir().unwrap();
    let mut known = 0;
    for option in options.filter(|option| !matches!(*option, "-" | "-h" | "--help" | "-K" | "--config")) {
        // A value that fits most of them; whether the option takes one does not matter to what is checked.
        let mut command = Command::new(kit::PROGRAM);
        kit::clean(&mut command);
        command.current_dir(folder.path());
        let output =
            command.args(["request", "--dry-run", "http://h/", option, "1"]).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("there is no option"), "{option}: {said}");
        known += usize::from(!said.contains("is not built in"));
    }
    assert!(known > 150, "{known}");
}

#[test]
#[ignore = "needs curl"]
fn every_variable_has_the_value_that_it_has_in_curl() {
    let cases: &[(&str, &str)] = &[
        ("ok", "URL/x?y -d abc"),
        ("404", "-f URL"),
        ("302", "-L URL/a -e http://r.test/"),
        ("302", "URL/a -I"),
        ("chunked", "URL"),
        ("short", "URL -o out"),
        ("close", "-0 URL"),
        ("empty", "URL"),
        ("early", "-X PUT URL#f"),
        ("ok", "http://127.0.0.1:1/"),
    ];
    for (name, line) in cases {
        let line = format!("-w %{{stderr}}%{{json}} {line}");
        let members = |program: &[&str]| -> serde_json::Map<String, serde_json::Value> {
            let said = run_with_errors(program, name, &line).1;
            let last = said.lines().last().unwrap_or_default();
            serde_json::from_str(last).unwrap_or_else(|error| panic!("{line}: {error}: {said}"))
        };
        let (ours, curls) = (members(&[kit::PROGRAM, "request"]), members(&["curl", "-q"]));
        for (key, value) in &curls {
            let differs_each_time = key.starts_with("time_") || key.starts_with("speed_") || key == "local_port";
            match (key.as_str(), &ours[key]) {
                // In one's own words.
                ("errormsg" | "curl_version", own) => assert_eq!(own.is_string(), value.is_string(), "{line}: {key}"),
                // Current versions have -1 where there was no connection.
                ("remote_port", own) if value == 0 => assert_eq!(own, -1, "{line}: {key}"),
                // Current versions have it without a connection too, and write it in lower case.
                ("scheme", own) if value.is_null() => assert_eq!(own, "http", "{line}"),
                ("scheme", own) => assert_eq!(own.as_str(), value.as_str().map(str::to_lowercase).as_deref(), "{line}"),
                (_, own) if differs_each_time => assert!(own.is_number(), "{line}: {key} {own}"),
                // Each run has a peer of its own.
                (_, own) => {
                    let plain = |value: &serde_json::Value| normal_ports(&value.to_string());
                    assert_eq!(plain(own), plain(value), "{line}: {key}");
                }
            }
        }
    }
}

pub(crate) fn run(program: &[&str], name: &str, line: &str) -> Seen {
    run_with_errors(program, name, line).0
}

/// Also gives what was said on standard error.
pub(crate) fn run_with_errors(program: &[&str], name: &str, line: &str) -> (Seen, String) {
    let folder = tempfile::tempdir().unwrap();
    let (recorder, mut command) = ready(program, name, line, folder.path());
    let port = recorder.address.port().to_string();
    let output = command.output().unwrap();
    let place = folder.path().display().to_string();
    let plain = |bytes: &[u8]| normal(&String::from_utf8_lossy(bytes), &port).replace(&place, "FOLDER");
    let wire = recorder.connections().iter().map(|bytes| plain(bytes)).collect::<Vec<_>>().join("\n---\n");
    let mut files = BTreeMap::new();
    collect(folder.path(), folder.path(), &mut files, &plain);
    let seen = Seen { wire, stdout: plain(&output.stdout), files, status: output.status.to_string() };
    (seen, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The peer of a case, and the command to run in the folder.
pub(crate) fn ready(program: &[&str], name: &str, line: &str, folder: &Path) -> (Recorder, Command) {
    prepare(folder);
    let recorder = Recorder::start(peer(name));
    let port = recorder.address.port().to_string();
    let mut command = Command::new(program[0]);
    kit::clean(&mut command);
    command.args(&program[1..]).args(["-s", "-A", "agent"]).current_dir(folder).stdin(Stdio::null());
    command.env("HOME", folder);
    for word in line.split(' ') {
        let word =
            word.replace("URL", &format!("http://127.0.0.1:{port}")).replace("PORT", &port).replace('\u{2423}', " ");
        command.arg(word.replace("FOLDER", folder.to_str().unwrap()));
    }
    (recorder, command)
}

/// Every number of five digits is a port, and no port is another.
fn normal_ports(text: &str) -> String {
    let mut normal = String::new();
    for part in text.split_inclusive(|sign: char| !sign.is_ascii_digit()) {
        let rest = part.trim_start_matches(|sign: char| sign.is_ascii_digit());
        let digits = &part[..part.len() - rest.len()];
        normal.push_str(if digits.len() == 5 { "PORT" } else { digits });
        normal.push_str(rest);
    }
    normal
}

/// What differs in every run is made alike.
fn normal(text: &str, port: &str) -> String {
    let own = concat!("httpkit/", env!("CARGO_PKG_VERSION"));
    let mut text = text
        .replace(port, "PORT")
        .replace(own, "AGENT")
        .replace("This file was generated by libcurl!", "This file was generated by httpkit!");
    if let Some(at) = text.find("User-Agent: curl/") {
        let agent: String = text[at..].chars().take_while(|character| !character.is_control()).collect();
        text = text.replace(&agent, "User-Agent: AGENT");
    }
    // Parts within parts have a boundary of their own. Those of other versions are of another length, which is no part of
    // what is compared.
    while let Some(at) = text.find("boundary=-") {
        let boundary: String = text[at + 9..].chars().take_while(|character| !character.is_control()).collect();
        let in_head = text.find("\r\n\r\n").is_some_and(|end| at < end);
        let content = (text.matches(&boundary).count() - usize::from(in_head)) * boundary.len();
        let length = text.split("Content-Length: ").nth(1).and_then(|rest| rest.lines().next()?.parse::<usize>().ok());
        if let Some(length) = length {
            text = text.replace(
                &format!("Content-Length: {length}"),
                &format!("Content-Length: {}", length.saturating_sub(content)),
            );
        }
        text = text.replace(&boundary, "BOUNDARY");
    }
    if text.len() > 3000 { format!("{} bytes: {}", text.len(), &text[..400]) } else { text }
}

pub(crate) fn prepare(folder: &Path) {
    for (name, text) in [
        ("lines", "one=1\r\ntwo\n"),
        ("empty", ""),
        ("five", "01234"),
        ("page.html", "<p>"),
        ("fields", "X-File: a\nX-Other: b\n"),
        (
            "jar",
            "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t4000000000\tk\tv\n127.0.0.1\tFALSE\t/x\tFALSE\t0\ts\tw\nother.test\tFALSE\t/\tFALSE\t0\to\tx\n",
        ),
        ("rc", "machine 127.0.0.1 login me password secret\n"),
        ("format", "%{http_code},\r\n%{size_download}\\n\n"),
        ("options", "# remark\nrequest = PUT\n-H \"A: b \\\"c\\\"\"\ninclude\n"),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    fs::write(folder.join("large"), vec![b'x'; 1_500_000]).unwrap();
}

pub(crate) fn collect(
    root: &Path,
    folder: &Path,
    files: &mut BTreeMap<String, String>,
    plain: &impl Fn(&[u8]) -> String,
) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            collect(root, &entry.path(), files, plain);
        } else if entry.file_name() != "large" {
            let name = entry.path().strip_prefix(root).unwrap().display().to_string();
            files.insert(name, plain(&fs::read(entry.path()).unwrap()));
        }
    }
}
