//! `request --as`: what it prints is run with the tool, and sends the bytes that we would send.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::kit;
use crate::recorder::{Recorder, ok};
use crate::request::request;

/// What a file holds that no text does.
const BINARY: &[u8] = b"\0\xff\xfe'\"\\%s\r\n\x1b[2J\n\n";
/// What standard input holds.
const INPUT: &str = "from standard input";

/// Options, with BIN for a file and PEER for the address of the peer, and the path of the URL.
type Case = (&'static str, Vec<&'static [u8]>);

macro_rules! case {
    ($path:expr $(, $word:expr)* $(,)?) => { ($path, vec![$($word as &[u8]),*]) };
}

fn cases() -> Vec<Case> {
    vec![
        case!("/a?b=c&d=%20e"),
        case!("/", b"-d", b"a=b&c=d"),
        case!("/", b"-d", "it's $HOME `x` \"q\" \\ ! 100% \u{fc} {a,b}".as_bytes()),
        case!("/", b"-d", b"two\nlines\n\ttab\n"),
        case!("/", b"--data-raw", b"@no file"),
        case!("/", b"-d", b"-n"),
        case!("/", b"--data-binary", b"a\x01\x1b[2J\r\nb\n"),
        case!("/", b"--data-binary", b"a\xffb"),
        case!("/", b"--data-binary", b"@BIN"),
        case!("/", b"--data-binary", b"@BIN", b"--data-raw", b"joined"),
        case!("/", b"-d", b""),
        case!("/", b"--json", "{\"a\": \"\u{fc}'\"}".as_bytes()),
        case!("/", b"-G", b"-d", b"a=b%20c", b"-d", b"d=e"),
        case!("/", b"-F", b"a=b", b"-F", b"f=@BIN;type=x/y", b"--form-string", b"g=@h"),
        case!("/up", b"-T", b"BIN"),
        case!("/up", b"-T", b"-"),
        case!("/", b"-X", b"PATCH", b"-d", b"x"),
        case!("/", b"-X", b"DELETE"),
        case!("/", b"-X", b"PUT", b"--data-binary", b"@BIN", b"-H", b"Content-Type: x/y"),
        case!("/", b"-I"),
        case!("/", b"-X", b"HEAD"),
        case!("/", b"-H", b"X-A: 1", b"-H", b"x-b: 2", b"-H", b"Accept: text/html"),
        case!("/", b"-H", b"X-A: 1", b"-H", b"X-B: 2", b"-H", b"X-A: 3"),
        case!("/", b"-H", b"Accept:", b"-H", b"X-E;", b"-H", b"X-Odd:  two  "),
        case!("/", b"-H", b"X-Q: it's \"q\" \\ \\: $(x) %"),
        case!("/", b"-H", "X-U: \u{fc}".as_bytes()),
        case!("/", b"-H", b"X-B: \xff\xfe"),
        case!("/", b"-H", b"Host: other.example"),
        case!("/", b"-A", b"some agent/1", b"-e", b"http://r/"),
        case!("/", b"-A", b""),
        case!("/", b"-b", b"a=b; c=d e"),
        case!("/", b"-u", b"me:pa'ss word"),
        case!("/", b"--oauth2-bearer", b"token"),
        case!("/", b"-r", b"0-4", b"-z", b"2020-01-01"),
        case!("/", b"--compressed"),
        case!("/", b"-d", b"x", b"-H", b"Transfer-Encoding: chunked"),
        case!("/a/./b/../c", b"--path-as-is"),
        case!("/a%7eb/%C3%bc"),
        case!("/a[1-2]{b}", b"-g"),
        case!("/", b"-X", b"OPTIONS", b"--request-target", b"*"),
        case!("/", b"-0", b"-d", b"x"),
        case!("/x?y", b"-x", b"http://p:q'r@PEER", b"-d", b"x"),
        case!("/", b"-x", b"PEER", b"--proxy-header", b"X-P: 1"),
        case!("/", b"-H", b"Expect:", b"-H", b"Content-Type:", b"-d", b"x"),
        case!("/", b"-X", b"`ID`|$A&'B!#"),
        case!("/", b"-X", b"`id`"),
        case!("/", b"-X", b"Put", b"-d", b"x"),
        case!("/", b"-X", b"-M", b"-H", b"-x: 1", b"-H", b"-'y: 2"),
        case!("/", b"-H", b"a b: 1"),
        case!("/", b"-H", b"X@Y: 1"),
        case!("/", b"-H", "X-S: a\u{2028}".as_bytes()),
        case!("/", b"-H", b"X-C: a\x01b"),
        case!("/", b"--data-binary", b"@-dash", b"--data-binary", b"@BIN"),
        case!("/", b"-T", b"-dash"),
        case!("/", b"-T", b"-dash", b"-C", b"2"),
    ]
}

/// A request apart: its start line, its fields, its content without chunks.
#[derive(Debug, PartialEq)]
struct Apart {
    line: String,
    fields: Vec<String>,
    content: Vec<u8>,
}

/// Takes a request apart, without the fields of those names.
fn apart(bytes: &[u8], without: &[&str]) -> Apart {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_else(|| panic!("{bytes:?}"));
    let head: String = bytes[..end].iter().copied().map(char::from).collect();
    let mut lines = head.split("\r\n").map(str::to_owned);
    let line = lines.next().unwrap();
    let mut content = bytes[end + 4..].to_vec();
    let lines: Vec<String> = lines.collect();
    let is = |line: &str, name: &str| line.split(':').next().unwrap().eq_ignore_ascii_case(name);
    if lines.iter().any(|line| is(line, "transfer-encoding")) {
        content = unchunked(&content);
    }
    // What is within a form stands between random lines.
    if let Some(at) = head.find("boundary=") {
        let boundary: String = head[at + 9..].chars().take_while(|sign| !"\r; ".contains(*sign)).collect();
        content = String::from_utf8_lossy(&content).replace(&boundary, "BOUNDARY").into_bytes();
    }
    let fields = lines.into_iter().filter(|line| !without.iter().any(|name| is(line, name)));
    // The boundary of a form is as long as each tool likes.
    let is_form = head.contains("boundary=");
    let fields = fields.filter(|line| !(is_form && is(line, "content-length")));
    let fields = fields.map(|line| line.split("; boundary=").next().unwrap().to_owned()).collect();
    Apart { line, fields, content }
}

fn unchunked(bytes: &[u8]) -> Vec<u8> {
    let (mut content, mut rest) = (Vec::new(), bytes);
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        content.extend_from_slice(&rest[end + 2..end + 2 + size]);
        if size == 0 {
            return content;
        }
        rest = &rest[end + 2 + size + 2..];
    }
}

/// How a tool is run, and what of its requests is its own.
struct Way<'a> {
    tool: &'static str,
    /// Runs what was printed, in that folder.
    run: fn(&str, &Path) -> Command,
    /// Fields that it adds by itself, or whose places it chooses.
    own: &'a [&'static str],
    /// Compares field lines without order and case.
    loosely: bool,
    /// Options of cases that it cannot say; it has to say so in a comment then.
    cannot: &'a [&'static [u8]],
}

/// Sends each case with us and with the tool, and compares.
fn compare(way: &Way<'_>) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("it's a file.bin");
    fs::write(&file, BINARY).unwrap();
    fs::write(folder.path().join("-dash"), BINARY).unwrap();
    let file = file.to_str().unwrap();
    let usual = remarks(&printed(way.tool, &["http://h/"]));
    let mut faults = Vec::new();
    for (path, words) in cases() {
        let peer = Recorder::start(vec![ok("")]);
        let at = peer.address.to_string();
        let words: Vec<Vec<u8>> = words.iter().map(|word| replaced(word, file, &at)).collect();
        let url = peer.url(path);
        let run = |more: &[&str]| {
            let mut command = request(&[&["-s", "--show-secrets"], more].concat());
            command.args(
                words
                    .iter()
                    .map(|word| std::os::unix::ffi::OsStrExt::from_bytes(word.as_slice()))
                    .collect::<Vec<&std::ffi::OsStr>>(),
            );
            command.current_dir(&folder).arg(&url).write_stdin(INPUT).assert().success()
        };
        let _ = run(&["-o", "/dev/null"]);
        let printed = run(&["--as", way.tool]);
        let text = String::from_utf8(printed.get_output().stdout.clone()).unwrap();
        assert!(text.chars().all(|sign| matches!(sign, '\n' | '\t') || !sign.is_control()), "{text:?}");
        assert_eq!(peer.connections().len(), 1, "it has sent something: {text}");
        if words.iter().any(|word| way.cannot.contains(&word.as_slice())) || way.cannot.contains(&path.as_bytes()) {
            if remarks(&text) <= usual {
                faults.push(format!("nothing is said of what cannot be said:\n{text}"));
            }
            continue;
        }
        let mut child = (way.run)(&text, folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // What needs no input does not read it.
        let _ = child.stdin.take().unwrap().write_all(INPUT.as_bytes());
        let ended = child.wait_with_output().unwrap();
        let connections = peer.connections();
        let [ours, theirs] = connections.as_slice() else {
            faults.push(format!("{} connections\n{text}{}", connections.len(), String::from_utf8_lossy(&ended.stderr)));
            continue;
        };
        let (mut ours, mut theirs) = (apart(ours, way.own), apart(theirs, way.own));
        if way.loosely {
            for request in [&mut ours, &mut theirs] {
                request.fields.iter_mut().for_each(|line| *line = line.to_ascii_lowercase());
                request.fields.sort();
            }
        }
        if ours != theirs {
            faults.push(format!("{text}ours   {ours:?}\ntheirs {theirs:?}"));
        }
    }
    assert!(faults.is_empty(), "{} of {} cases:\n{}", faults.len(), cases().len(), faults.join("\n\n"));
}

/// How many lines are comments.
fn remarks(text: &str) -> usize {
    text.lines().filter(|line| line.starts_with("# ") || line.starts_with("// ")).count()
}

fn replaced(word: &[u8], file: &str, peer: &str) -> Vec<u8> {
    match std::str::from_utf8(word) {
        Ok(text) => text.replace("BIN", file).replace("PEER", peer).into_bytes(),
        Err(_) => word.to_vec(),
    }
}

fn shell(text: &str, folder: &Path) -> Command {
    let mut command = Command::new("sh");
    kit::clean(&mut command);
    command.args(["-c", text]).current_dir(folder);
    command
}

/// A program that an interpreter runs out of a file.
fn script(interpreter: &str, name: &str, text: &str, folder: &Path) -> Command {
    fs::write(folder.join(name), text).unwrap();
    let mut command = Command::new(interpreter);
    kit::clean(&mut command);
    command.arg(name).current_dir(folder);
    command
}

#[test]
#[ignore = "needs curl"]
fn curl_sends_the_same() {
    let own = &["user-agent"];
    compare(&Way { tool: "curl", run: shell, own, loosely: false, cannot: &[] });
}

#[test]
fn httpkit_sends_the_same() {
    let run = |text: &str, folder: &Path| {
        shell(&text.replace("httpkit request", &format!("{} request -s", kit::PROGRAM)), folder)
    };
    compare(&Way { tool: "httpkit", run, own: &[], loosely: false, cannot: &[] });
}

/// The fields that the requests of Python, on which HTTPie stands, adds or writes in its own way.
const SAID_BY_REQUESTS: &[&str] = &[
    "user-agent",
    "accept-encoding",
    "content-length",
    "transfer-encoding",
    "proxy-authorization",
    "proxy-connection",
];

/// The words of cases that it cannot send as they are.
const CANNOT_BE_SAID_WITH_REQUESTS: &[&[u8]] =
    &[b"X-Odd:  two  ", b"--request-target", b"-0", b"/a%7eb/%C3%bc", b"/a[1-2]{b}", b"X-P: 1", b"`id`", b"Put"];

#[test]
#[ignore = "needs python3-requests"]
fn python_sends_the_same() {
    let run = |text: &str, folder: &Path| script("python3", "request.py", text, folder);
    let cannot = [CANNOT_BE_SAID_WITH_REQUESTS, &[b"X-A: 3"]].concat();
    compare(&Way { tool: "python", run, own: SAID_BY_REQUESTS, loosely: false, cannot: &cannot });
}

#[test]
#[ignore = "needs npm"]
fn javascript_sends_the_same() {
    let run = |text: &str, folder: &Path| script("node", "request.mjs", text, folder);
    let own = &[
        "user-agent",
        "accept-encoding",
        "accept",
        "accept-language",
        "sec-fetch-mode",
        "cache-control",
        "pragma",
        "connection",
        "content-length",
        "transfer-encoding",
    ];
    let cannot: &[&[u8]] = &[
        b"X-A: 3",
        b"X-Odd:  two  ",
        b"--request-target",
        b"-0",
        b"--path-as-is",
        b"/a[1-2]{b}",
        b"-",
        b"Host: other.example",
        b"-x",
        b"Put",
        b"a b: 1",
        b"X@Y: 1",
        b"X-C: a\x01b",
    ];
    compare(&Way { tool: "javascript", run, own, loosely: true, cannot });
}

#[test]
#[ignore = "needs httpie"]
fn httpie_sends_the_same() {
    let own = [SAID_BY_REQUESTS, &["connection"]].concat();
    let cannot: &[&[u8]] = &[
        b"X-B: \xff\xfe",
        b"X-Q: it's \"q\" \\ \\: $(x) %",
        b"`ID`|$A&'B!#",
        b"-M",
        b"a b: 1",
        b"X@Y: 1",
        b"X-S: a\xe2\x80\xa8",
    ];
    let cannot = [CANNOT_BE_SAID_WITH_REQUESTS, cannot].concat();
    compare(&Way { tool: "httpie", run: shell, own: &own, loosely: true, cannot: &cannot });
}

/// What an editor makes of the file: comments left out, a request line, fields, and the content behind the empty line.
fn editor(text: &str, folder: &Path) -> Command {
    let mut lines = text.lines().skip_while(|line| line.starts_with('#') || line.is_empty());
    let line = lines.next().unwrap();
    let (method, rest) = line.split_once(' ').unwrap();
    let (url, version) = rest.rsplit_once(' ').unwrap();
    let (host, target) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let fields: Vec<&str> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    let content = lines.collect::<Vec<_>>().join("\n");
    let content = match content.strip_prefix("< ") {
        Some(name) => fs::read(folder.join(name)).unwrap(),
        None => content.into_bytes(),
    };
    let is_chunked = fields.contains(&"Transfer-Encoding: chunked");
    let (length, content) = match content.as_slice() {
        [] => (String::new(), content),
        _ if is_chunked => {
            let size = format!("{:x}\r\n", content.len());
            (String::new(), [size.as_bytes(), &content, b"\r\n0\r\n\r\n"].concat())
        }
        _ => (format!("Content-Length: {}\r\n", content.len()), content),
    };
    let head = format!("{method} /{target} {version}\r\n{}\r\n{length}\r\n", fields.join("\r\n"));
    fs::write(folder.join("message"), [head.as_bytes(), &content].concat()).unwrap();
    // As bare as bytes on a connection can be.
    let send = format!("exec 3<>/dev/tcp/{}; cat message >&3; head -c 1 <&3", host.replace(':', "/"));
    let mut command = Command::new("bash");
    command.args(["-c", &send]).current_dir(folder);
    command
}

#[test]
#[ignore = "needs bash"]
fn a_file_for_editors_says_the_same() {
    let own = &["user-agent", "content-length"];
    let cannot: &[&[u8]] = &[
        b"two\nlines\n\ttab\n",
        b"a\x01\x1b[2J\r\nb\n",
        b"a\xffb",
        b"joined",
        b"-F",
        b"-",
        b"X-B: \xff\xfe",
        b"--request-target",
        b"",
        b"-x",
        b"X-C: a\x01b",
        b"2",
        b"@-dash",
    ];
    compare(&Way { tool: "http", run: editor, own, loosely: false, cannot });
}

/// What is printed for a URL that nobody is asked at.
fn printed(tool: &str, words: &[&str]) -> String {
    let run = request(&[&["--as", tool], words].concat()).assert().success();
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

#[test]
fn commands_are_as_short_as_they_can_be() {
    for (tool, words, expected) in [
        ("curl", &["http://h/x"][..], "curl http://h/x\n"),
        ("curl", &["-d", "a=b", "-X", "PUT", "h"], "curl -X PUT -d a=b http://h/\n"),
        ("curl", &["https://h/"], "curl --http1.1 https://h/\n"),
        (
            "httpkit",
            &["-kL", "https://h/?a=[1]", "-g"],
            "httpkit request --location --insecure -g 'https://h/?a=[1]'\n",
        ),
        ("httpie", &["http://h/x"], "http --ignore-stdin GET http://h/x 'Accept: */*' Accept-Encoding:\n"),
        (
            "python",
            &["-A", "me", "http://h/x"],
            "import requests\n\nsession = requests.Session()\n\
             session.trust_env = False  # no proxy and no password from elsewhere\n\
             session.headers.clear()  # the fields below, and no others\nresponse = session.request(\n    'GET',\n    \
             'http://h/x',\n    headers={\n        'Host': 'h',\n        'User-Agent': 'me',\n        'Accept': '*/*',\n    },\n    \
             allow_redirects=False,\n)\nprint(response.status_code, response.reason)\nprint(response.text)\n",
        ),
        (
            "javascript",
            &["-L", "-d", "a=b", "http://h/x"],
            "// save as request.mjs; fetch writes field names in lower case and adds fields of its own\n\
             const response = await fetch('http://h/x', {\n  method: 'POST',\n  headers: {\n    \
             'Content-Type': 'application/x-www-form-urlencoded',\n  },\n  body: Buffer.from('a=b'),\n  redirect: 'follow',\n});\n\
             console.log(response.status, response.statusText);\nconsole.log(await response.text());\n",
        ),
        (
            "http",
            &["-L", "-k", "-d", "a=b", "https://h/x"],
            "# @curl-insecure\nPOST https://h/x HTTP/1.1\nHost: h\nAccept: */*\n\
             Content-Type: application/x-www-form-urlencoded\n\na=b\n",
        ),
    ] {
        assert_eq!(printed(tool, words), expected, "{tool} {words:?}");
    }
    let long = printed(
        "curl",
        &["-H", "X-Long: a long value in a field", "-H", "X-Other: another", "-d", "a=b", "http://h/x"],
    );
    assert_eq!(
        long,
        "curl \\\n  -H 'X-Long: a long value in a field' \\\n  -H 'X-Other: another' \\\n  -d a=b \\\n  http://h/x\n"
    );
}

#[test]
fn secrets_are_masked_and_that_is_said() {
    let words = ["-u", "me:hidden1", "-b", "sid=hidden2", "-x", "http://p:hidden3@127.0.0.1:8", "http://a:b@h/"];
    for tool in ["curl", "httpkit", "httpie", "python", "javascript", "http"] {
        let text = printed(tool, &words);
        assert!(!text.contains("hidden") && !text.contains("bWU6"), "{text}");
        assert!(text.contains("***") && text.contains("--show-secrets"), "{text}");
        let text = printed(tool, &[&words[..], &["--show-secrets"]].concat());
        assert!(!text.contains("***") && text.contains("hidden2"), "{text}");
    }
    let digest = printed("python", &["--digest", "-u", "me:hidden", "-d", "x", "http://h/"]);
    assert!(
        digest.contains("auth=requests.auth.HTTPDigestAuth('me', '***')") && digest.contains("data=b'x'"),
        "{digest}"
    );
    let curl = printed("curl", &["--digest", "-u", "me:hidden", "-d", "x", "http://h/"]);
    assert!(curl.ends_with("curl --digest -u 'me:***' -d x http://h/\n"), "{curl}");
}

#[test]
fn nothing_is_left_out_in_silence() {
    let words = [
        "-k",
        "--cacert",
        "ca.pem",
        "-E",
        "c.pem",
        "--key",
        "k.pem",
        "--tlsv1.3",
        "--pinnedpubkey",
        "sha256//YWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWI=",
        "-m",
        "3",
        "--connect-timeout",
        "2",
        "--resolve",
        "h:443:127.0.0.1",
        "--connect-to",
        "h:443:i:444",
        "-4",
        "--interface",
        "127.0.0.2",
        "--keepalive-time",
        "7",
        "--keepalive-cnt",
        "2",
        "--limit-rate",
        "9k",
        "--retry",
        "2",
        "--retry-delay",
        "3",
        "--retry-max-time",
        "9",
        "--retry-connrefused",
        "--retry-all-errors",
        "--proto-redir",
        "=http,https",
        "--disallow-username-in-url",
        "-x",
        "socks5h://p:q@127.0.0.1:9",
        "-L",
        "--max-redirs",
        "3",
        "--post301",
        "--raw",
        "https://h/",
    ];
    let curl = printed("curl", &words);
    let command: String = curl.replace(" \\\n  ", " ");
    for option in [
        "--location --max-redirs 3 --post301",
        "--max-time 3",
        "--connect-timeout 2",
        "--resolve h:443:127.0.0.1",
        "--connect-to h:443:i:444",
        "--ipv4",
        "--interface 127.0.0.2",
        "--keepalive-time 7 --keepalive-cnt 2",
        "--limit-rate 9216",
        "--insecure --cacert ca.pem",
        "--cert c.pem --key k.pem --pinnedpubkey sha256//YWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWI= --tlsv1.3",
        "--proxy socks5h://127.0.0.1:9 --proxy-user 'p:***'",
        "--proto-redir =http,https --disallow-username-in-url --retry 2 --retry-delay 3 --retry-max-time 9 --retry-connrefused \
         --retry-all-errors",
        "--raw",
    ] {
        assert!(command.contains(option), "{option} is not in {command}");
    }
    // Another tool says it in its own way, or says that it does not say it.
    for (tool, own) in [
        ("python", "verify=False"),
        ("httpie", "--verify=no"),
        ("javascript", "redirect: 'follow'"),
        ("http", "@curl-insecure"),
    ] {
        let text = printed(tool, &words);
        assert!(text.contains(own), "{text}");
        for option in [
            "--pinnedpubkey sha256//YWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWI=",
            "--tlsv1.3",
            "--resolve h:443:127.0.0.1",
            "--connect-to h:443:i:444",
            "--ipv4",
            "--limit-rate 9216",
            "--post301",
            "--retry 2",
            "--retry-delay 3",
            "--retry-all-errors",
            "--proto-redir =http,https",
            "--disallow-username-in-url",
        ] {
            let said = [format!("not said here: {option}\n"), format!("@curl-{}\n", &option[2..])];
            assert!(said.iter().any(|said| text.contains(said)), "{option} is not in {text}");
        }
    }
}

#[test]
fn a_length_that_is_no_length_is_said_or_not_said() {
    let words = ["-H", "Content-Length: 5", "-d", "x", "http://h/"];
    assert_eq!(printed("curl", &words), "curl -H 'Content-Length: 5' -d x http://h/\n");
    for tool in ["python", "httpie", "javascript", "http"] {
        let text = printed(tool, &words);
        assert_eq!(text.matches("not said here: the field Content-Length: 5\n").count(), 1, "{text}");
    }
}

#[test]
fn each_url_has_its_own_and_nothing_else_happens() {
    let folder = TempDir::new().unwrap();
    let untouched = folder.path().join("untouched");
    let name = untouched.to_str().unwrap();
    let two =
        printed("curl", &["-o", name, "-D", name, "-c", name, "--har", name, "--timing", "-w", "x", "http://h/[1-2]"]);
    assert_eq!(two, "curl http://h/1\n\ncurl http://h/2\n");
    assert!(!untouched.exists());
    let files = printed("http", &["-L", "http://h/[1-2]"]);
    assert_eq!(files.matches("\n###\n\nGET ").count(), 1, "{files}");
    request(&["--as", "telnet", "http://h/"]).assert().code(2);
    request(&["--as", "curl", "--dialect", "comma", "127.0.0.1:1"]).assert().code(2);
}
