//! Proxies: HTTP in absolute-form and through tunnels, over TLS, and SOCKS. The peers are scripted, byte by byte.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::thread;

use crate::recorder::{Act, Recorder, answer, ok};
use crate::request::request;
use crate::request_tls::{serve, signed};

pub(crate) const OPENED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";

/// A way through a proxy: the options without its address, what it does before the exchange, and what it is sent by then
/// that is no HTTP.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    pub(crate) options: &'static [&'static str],
    pub(crate) script: Vec<Act>,
    pub(crate) greeting: Vec<u8>,
}

impl Way {
    /// The options with the address of the proxy.
    pub(crate) fn at(&self, address: SocketAddr) -> Vec<String> {
        self.options.iter().map(|option| option.replace("AT", &address.to_string())).collect()
    }
}

pub(crate) fn way(name: &'static str, options: &'static [&'static str], script: Vec<Act>, greeting: &[u8]) -> Way {
    Way { name, options, script, greeting: greeting.to_vec() }
}

/// A dialog of SOCKS: what comes, and what is answered to it.
fn dialog(steps: &[(&[u8], &[u8])]) -> (Vec<Act>, Vec<u8>) {
    let acts = steps.iter().flat_map(|(comes, goes)| [Act::Take(comes.len()), Act::Write(goes.to_vec())]);
    (acts.collect(), steps.iter().flat_map(|(comes, _)| comes.to_vec()).collect())
}

pub(crate) fn ways() -> Vec<Way> {
    let port = 8080_u16.to_be_bytes();
    let tunnel = || vec![Act::Read, Act::Write(OPENED.to_vec())];
    let name = b"127.0.0.1";
    let granted_4 = [0, 90, 0, 0, 0, 0, 0, 0];
    let granted_5 = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    let ask_4 = [&[4, 1][..], &port, &[127, 0, 0, 1], b"me\0"].concat();
    let ask_5 = [&[5, 1, 0, 1, 127, 0, 0, 1][..], &port].concat();
    let (old, old_greeting) = dialog(&[(&ask_4, &granted_4)]);
    let (new, new_greeting) = dialog(&[(&[5, 1, 0], &[5, 0]), (&ask_5, &granted_5)]);
    let secret = [(&[5, 2, 0, 2][..], &[5, 2][..]), (b"\x01\x02me\x01x", &[1, 0]), (&ask_5, &granted_5)];
    let (secret, secret_greeting) = dialog(&secret);
    assert_eq!(name.len(), 9);
    let mut both = new.clone();
    both.extend(tunnel());
    vec![
        way("absolute", &["-x", "http://me:x@AT"], vec![], b""),
        way("field", &["-x", "AT", "--proxy-header", "X-P: q", "--proxy-header", "User-Agent: p"], vec![], b""),
        way("tunnel", &["-x", "AT", "-p", "--proxy-header", "X-P: q"], tunnel(), b""),
        way("old tunnel", &["--proxy1.0", "AT", "-p", "-U", "me:x"], tunnel(), b""),
        way("another place", &["-x", "AT", "--connect-to", "::[::1]:9"], tunnel(), b""),
        way("socks4", &["--socks4", "me@AT"], old.clone(), &old_greeting),
        way("socks4a", &["-x", "socks4a://me@AT"], old, &old_greeting),
        way("socks5", &["--socks5", "AT"], new.clone(), &new_greeting),
        way("socks5h", &["--socks5-hostname", "AT", "-U", "me:x"], secret, &secret_greeting),
        way("preproxy", &["--preproxy", "socks5://AT", "-x", "127.0.0.1:8080", "-p"], both, &new_greeting),
    ]
}

#[test]
fn a_proxy_is_told_what_curl_tells_it() {
    let peer =
        Recorder::start(vec![vec![Act::Read, Act::Write(OPENED.to_vec()), ok("in")[0].clone(), ok("in")[1].clone()]]);
    let at = peer.address.to_string();
    let told = request(&["-i", "-p", "-x", &at, "-U", "me:x", "-A", "a", "http://far.test/", "-w", "%{http_connect}"]);
    let shown = { told }.assert().success().get_output().stdout.clone();
    let shown = String::from_utf8(shown).unwrap();
    assert!(shown.starts_with("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK\r\n"), "{shown}");
    assert!(shown.ends_with("\r\n\r\nin200"), "{shown}");
    let connect = "CONNECT far.test:80 HTTP/1.1\r\nHost: far.test:80\r\nProxy-Authorization: Basic bWU6eA==\r\n\
                   User-Agent: a\r\nProxy-Connection: Keep-Alive\r\n\r\n";
    let inner = "GET / HTTP/1.1\r\nHost: far.test\r\nUser-Agent: a\r\nAccept: */*\r\n\r\n";
    assert_eq!(peer.text(), format!("{connect}{inner}"));
    let hidden = request(&["-i", "-p", "-x", &at, "--suppress-connect-headers", "http://far.test/"]);
    let shown = { hidden }.assert().success().get_output().stdout.clone();
    assert!(shown.starts_with(b"HTTP/1.1 200 OK\r\n"));
}

#[test]
fn connections_through_proxies_are_used_again() {
    let twice = |first: &[Act]| [first, &ok("1"), &ok("2")].concat();
    for way in ways() {
        let peer = Recorder::start(vec![twice(&way.script)]);
        let options = way.at(peer.address);
        let mut arguments = vec!["http://127.0.0.1:8080/1", "http://127.0.0.1:8080/2", "-w", "|%{num_connects}|"];
        arguments.extend(options.iter().map(String::as_str));
        request(&arguments).assert().success().stdout("1|1|2|0|");
        assert_eq!(peer.connections().len(), 1, "{}", way.name);
    }
    // Every origin is behind the same proxy.
    let peer = Recorder::start(vec![[ok("1"), ok("2")].concat()]);
    let at = peer.address.to_string();
    request(&["-x", &at, "http://one.test/", "http://two.test/"]).assert().success().stdout("12");
    assert_eq!(peer.connections().len(), 1);
}

#[test]
fn all_that_a_socket_shows_a_proxy_shows_too() {
    let reply = "HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 200 Fine by me\r\nx-CASE: 1\r\nTransfer-Encoding: chunked\r\n\
                 \r\n2\r\nhi\r\n0\r\nX-Trailer: t\r\n\r\n";
    for options in [&["-i"][..], &["--raw"], &["-i", "--raw"]] {
        let direct = Recorder::start(vec![answer(reply)]);
        let expected = request(&[&[direct.url("/").as_str()], options].concat()).output().unwrap();
        assert!(expected.status.success());
        for way in ways() {
            let peer = Recorder::start(vec![[way.script.clone(), answer(reply)].concat()]);
            let more = way.at(peer.address);
            let mut arguments = vec!["http://127.0.0.1:8080/", "--suppress-connect-headers"];
            arguments.extend(more.iter().map(String::as_str));
            arguments.extend(options);
            request(&arguments).assert().success().stdout(expected.stdout.clone());
        }
    }
}

#[test]
fn what_an_open_tunnel_says_of_content_is_passed_over() {
    let head = "HTTP/1.1 200 Open\r\nContent-Length: 123\r\nTransfer-Encoding: chunked\r\n\r\n";
    let peer = Recorder::start(vec![[answer(head), ok("through")].concat()]);
    let asserted =
        request(&["-sv", "-p", "-x", &peer.url("/"), "http://far.test/"]).assert().success().stdout("through");
    for name in ["Content-Length", "Transfer-Encoding"] {
        let remark = format!("* Ignoring {name} in CONNECT 200 response\n");
        let told = String::from_utf8_lossy(&asserted.get_output().stderr).matches(&remark).count();
        assert_eq!(told, 1, "{name}");
    }
}

#[test]
fn a_load_balancer_is_told_who_connects_before_anything_else() {
    let direct = [ok("hi")].concat();
    let tunnel = [answer("HTTP/1.1 200 Open\r\n\r\n"), ok("hi")].concat();
    for (options, script, before, expected) in [
        (&["--haproxy-protocol", "URL"][..], &direct, "", "TCP4 127.0.0.1 127.0.0.1"),
        (&["--haproxy-clientip", "192.0.2.9", "URL"], &direct, "", "TCP4 192.0.2.9 192.0.2.9"),
        (&["--haproxy-clientip", "2001:db8::1", "URL"], &direct, "", "TCP6 2001:db8::1 2001:db8::1"),
        (&["--haproxy-protocol", "-x", "URL", "http://far.test/"], &direct, "", "TCP4 127.0.0.1 127.0.0.1"),
        (
            &["--haproxy-protocol", "-p", "-x", "URL", "http://far.test/"],
            &tunnel,
            "CONNECT",
            "TCP4 127.0.0.1 127.0.0.1",
        ),
    ] {
        let peer = Recorder::start(vec![script.clone()]);
        let options: Vec<String> = options.iter().map(|option| option.replace("URL", &peer.url("/"))).collect();
        let arguments: Vec<&str> = options.iter().map(String::as_str).collect();
        let shown = request(&[&["-s", "--wire"], arguments.as_slice()].concat()).output().unwrap().stdout;
        let text = peer.text();
        let at = text.find("PROXY ").unwrap_or_else(|| panic!("{options:?}: {text}"));
        let line = text[at..].lines().next().unwrap();
        assert!(text[..at].starts_with(before) && (before.is_empty() == (at == 0)), "{options:?}: {text}");
        assert!(line.starts_with(&format!("PROXY {expected} ")), "{options:?}: {line}");
        assert!(line.ends_with(&format!(" {}", peer.address.port())), "{options:?}: {line}");
        assert!(text[at + line.len() + 2..].starts_with("GET "), "{options:?}: {text}");
        assert!(String::from_utf8(shown).unwrap().contains(line), "{options:?}: what is sent is shown");
    }
    let refused = request(&["--haproxy-protocol", "--http2-prior-knowledge", "http://far.test/"]).assert().code(2);
    refused.stderr(predicates::str::contains("HTTP/1.1 only"));
}

#[test]
fn a_refusal_has_curls_exit_status() {
    let said = |text: &[u8]| vec![Act::Read, Act::Write(text.to_vec())];
    let socks = |text: &[u8]| vec![Act::Write(text.to_vec())];
    let cases: &[(&[&str], Vec<Act>, i32, &str)] = &[
        (
            &["-p", "-x", "AT"],
            said(b"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno"),
            7,
            "CONNECT tunnel failed, response 403",
        ),
        (&["-p", "-x", "AT"], said(b"HTTP/1.1 407 Who\r\n\r\n"), 7, "response 407"),
        (&["-p", "-x", "AT"], vec![Act::Read], 56, "empty reply"),
        (&["-p", "-x", "AT"], said(b"HTTP/1.1 200 O"), 56, "status line"),
        (&["-p", "-x", "AT"], said(b"HTTP/1.1 200 OK\r\nA: b"), 56, "header section"),
        (&["-p", "-x", "AT", "--http0.9"], said(b"no status line\r\n\r\n"), 7, "status line"),
        (&["-p", "-x", "AT", "-m", "0.5"], vec![Act::Read, Act::Hang], 28, "timed out"),
        (&["--socks5", "AT"], socks(&[5, 0xff]), 97, "authentication"),
        (&["--socks5", "AT"], socks(&[5, 2]), 97, "authentication 2"),
        (&["--socks5", "AT"], socks(&[5, 0, 5, 5, 0, 1, 0, 0, 0, 0, 0, 0]), 97, "connection refused (5)"),
        (&["--socks5", "AT"], socks(&[5]), 97, "closed the connection"),
        (&["--socks5", "AT", "-U", "a:b"], socks(&[5, 2, 1, 1]), 97, "refused the user"),
        (&["--socks5", "AT"], socks(b"HTTP/1.1 400 No"), 97, "version 72"),
        (&["--socks5", "AT", "-m", "0.5"], vec![Act::Hang], 28, "timed out"),
        (&["--socks4", "AT"], socks(&[0, 91, 0, 0, 0, 0, 0, 0]), 97, "(91)"),
        (&["--socks4a", "AT"], socks(&[0, 93, 0, 0, 0, 0, 0, 0]), 97, "identd"),
        (&["-x", "127.0.0.1:1"], vec![], 7, "proxy 127.0.0.1 port 1"),
        (&["-x", "no-such-proxy.invalid:1"], vec![], 5, "could not resolve proxy"),
        (&["--socks5", "no-such-proxy.invalid:1"], vec![], 5, "could not resolve proxy"),
        (&["-x", "ftp://p"], vec![], 7, "proxy scheme 'ftp'"),
        (&["-x", "http://p:x"], vec![], 5, "the port is no number"),
        (&["--preproxy", "http://p", "-x", "q"], vec![], 5, "expected a SOCKS proxy"),
    ];
    for (options, script, status, what) in cases {
        let peer = Recorder::start(vec![script.clone()]);
        let options: Vec<String> =
            options.iter().map(|option| option.replace("AT", &peer.address.to_string())).collect();
        let mut arguments = vec!["http://127.0.0.1:8080/"];
        arguments.extend(options.iter().map(String::as_str));
        let output = request(&arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(*status), "{options:?} {error}");
        assert!(error.contains(what) && error.lines().count() == 1, "{options:?} {error}");
    }
    // A name that is looked up here for SOCKS, and has no address.
    let peer = Recorder::start(vec![vec![Act::Hang]]);
    request(&["--socks5", &peer.address.to_string(), "http://far.invalid/"]).assert().code(97);
}

#[test]
fn a_socks_proxy_may_listen_on_a_unix_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b");
    let listener = UnixListener::bind(&path).unwrap();
    let proxy = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut take = |count: usize, answer: &[u8]| {
            let mut came = vec![0; count];
            stream.read_exact(&mut came).unwrap();
            stream.write_all(answer).unwrap();
            came
        };
        let hello = take(3, &[5, 0]);
        let asked = take(4 + 1 + 8 + 2, &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        let first = take(5, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        (hello, asked, first)
    });
    let url = format!("socks5h://LocalHost{}", path.display()).replace(' ', "%20");
    request(&["-x", &url, "far.test:81/x"]).assert().success().stdout("hi");
    let ask = [&[5, 1, 0, 3, 8][..], b"far.test", &[0, 81]].concat();
    assert_eq!(proxy.join().unwrap(), (vec![5, 1, 0], ask, b"GET /".to_vec()));
    // Nobody listens there any more.
    request(&["-x", &url, "far.test:81/x"]).assert().code(7);
}

#[test]
fn a_proxy_challenges_for_digest_on_the_same_connection() {
    let challenge = "HTTP/1.1 407 Who\r\nProxy-Authenticate: Digest realm=\"p\", nonce=\"n\", algorithm=MD5\r\n\
                     Proxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 3\r\n\r\nwho";
    for (options, url) in [(&["-p"][..], "http://far.test/x"), (&[], "http://far.test/x")] {
        for choice in ["--proxy-digest", "--proxy-anyauth"] {
            let mut script = answer(challenge);
            if !options.is_empty() {
                script.extend([Act::Read, Act::Write(OPENED.to_vec())]);
            }
            script.extend(ok("in"));
            let peer = Recorder::start(vec![script]);
            let at = peer.address.to_string();
            let arguments = [&["-x", &at, "-U", "me:x", choice, url][..], options].concat();
            request(&arguments).assert().success().stdout("in");
            let connections = peer.connections();
            assert_eq!(connections.len(), 1, "{choice} {options:?}");
            let sent = String::from_utf8(connections.concat()).unwrap();
            let uri = if options.is_empty() { "/x" } else { "far.test:80" };
            assert_eq!(sent.matches("Proxy-Authorization: Digest username=\"me\", realm=\"p\"").count(), 1, "{sent}");
            assert!(sent.contains(&format!("uri=\"{uri}\"")), "{sent}");
        }
    }
    let basic = "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n";
    let peer = Recorder::start(vec![[answer(basic), ok("in")].concat()]);
    let at = peer.address.to_string();
    request(&["-x", &at, "-U", "me:x", "--proxy-anyauth", "http://far.test/"]).assert().success().stdout("in");
    assert_eq!(peer.text().matches("Proxy-Authorization: Basic bWU6eA==\r\n").count(), 1);
}

#[test]
fn every_answer_to_a_proxy_is_a_new_one() {
    let challenge = |status: u16, name: &str, nonce: &str, more: &str| {
        let value = format!("Digest realm=\"r\", nonce=\"{nonce}\", qop=\"auth\"{more}");
        answer(format!("HTTP/1.1 {status} Who\r\n{name}-Authenticate: {value}\r\nContent-Length: 0\r\n\r\n"))
    };
    let ask = |nonce: &str, more: &str| challenge(407, "Proxy", nonce, more);
    let elsewhere = || answer("HTTP/1.1 302 There\r\nLocation: http://other.test/\r\nContent-Length: 0\r\n\r\n");
    let tunnel = || vec![Act::Read, Act::Write(OPENED.to_vec())];
    let count = |sent: &str| {
        let lines = sent.lines().filter_map(|line| line.strip_prefix("Proxy-Authorization: Digest "));
        let get = |line: &str, name: &str| {
            let from = line.split_once(name).map_or("", |(_, rest)| rest);
            from.split(',').next().unwrap_or_default().trim_matches(['"', '0']).to_owned()
        };
        lines.map(|line| format!("{}{}", get(line, " nonce="), get(line, " nc="))).collect::<Vec<_>>().join(" ")
    };
    // The proxy and the server ask both, the proxy says that its nonce is too old, a redirect leads on; a wrong password
    // is not tried twice.
    for (options, scripts, expected, content) in [
        (&[][..], vec![[ask("a", ""), challenge(401, "WWW", "s", ""), ok("in")].concat()], "a1 a2", "in"),
        (&[], vec![[ask("a", ""), ask("b", ", stale=true"), ok("in")].concat()], "a1 b1", "in"),
        (&[], vec![[ask("a", ""), elsewhere(), ok("in")].concat()], "a1 a2", "in"),
        (&[], vec![[ask("a", ""), ask("b", "")].concat()], "a1", ""),
        (&["-p"], vec![[ask("a", ""), tunnel(), elsewhere()].concat(), [tunnel(), ok("in")].concat()], "a1 a2", "in"),
    ] {
        let peer = Recorder::start(scripts);
        let at = peer.address.to_string();
        let line = ["-sL", "--digest", "-u", "me:pw", "--proxy-digest", "-U", "me:x", "-x", &at, "http://far.test/"];
        request(&[&line, options].concat()).assert().success().stdout(content);
        assert_eq!(count(&peer.text()), expected, "{}", peer.text());
    }
    let old = Recorder::start(vec![(0..200).flat_map(|_| ask("a", ", stale=true")).collect()]);
    let at = old.address.to_string();
    request(&["-s", "--proxy-digest", "-U", "me:x", "-x", &at, "http://far.test/"]).assert().success();
    assert!((3..20).contains(&old.text().matches("GET ").count()), "{}", old.text());
}

#[test]
fn a_password_for_one_proxy_is_not_told_to_another() {
    let who = "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n";
    let there = "HTTP/1.1 302 There\r\nLocation: https://far.test/\r\nContent-Length: 0\r\n\r\n";
    let second = Recorder::start(vec![answer(who)]);
    let first = Recorder::start(vec![[answer(who), answer(there)].concat()]);
    let mut led = request(&["-sL", "--proxy-anyauth", "http://far.test/"]);
    led.env("http_proxy", format!("http://one:pw1@{}", first.address));
    led.env("https_proxy", format!("http://two:pw2@{}", second.address));
    led.assert().code(7);
    assert!(first.text().contains("Proxy-Authorization: Basic b25lOnB3MQ==\r\n"), "{}", first.text());
    // The second one is asked for nothing at first, and answered with its own.
    assert!(!second.text().contains("b25lOnB3MQ=="), "{}", second.text());
    assert!(second.text().contains("Proxy-Authorization: Basic dHdvOnB3Mg==\r\n"), "{}", second.text());
}

/// The bytes that `--wire` shows after a mark.
pub(crate) fn unwired(shown: &str, mark: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in shown.lines().filter_map(|line| line.strip_prefix(mark)) {
        let mut rest = line.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            rest = match (first, after) {
                (b'\\', [b'r', after @ ..]) => (bytes.push(b'\r'), after).1,
                (b'\\', [b'n', after @ ..]) => (bytes.push(b'\n'), after).1,
                (b'\\', [b'\\', after @ ..]) => (bytes.push(b'\\'), after).1,
                (b'\\', [b'x', one, other, after @ ..]) => {
                    let digits = [*one, *other];
                    let digits = std::str::from_utf8(&digits).unwrap();
                    (bytes.push(u8::from_str_radix(digits, 16).unwrap()), after).1
                }
                (byte, after) => (bytes.push(*byte), after).1,
            };
        }
    }
    bytes
}

#[test]
fn wire_shows_both_sides_byte_for_byte() {
    let reply =
        b"HTTP/1.1 103 Early\r\nA: \\n\r\n\r\nHTTP/1.1 200 OK\r\nX: \x1b[1m\xff\r\nTransfer-Encoding: chunked\r\n\r\n\
                  4;e=1\r\n\x00\x01\x02\xff\r\n0\r\nT: t\r\n\r\n";
    let peer = Recorder::start(vec![answer(reply)]);
    let output = request(&["--wire", &peer.url("/"), "-d", "a\\b", "-i"]).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(unwired(&shown, "> "), peer.connections().concat());
    assert_eq!(unwired(&shown, "< "), reply);
    assert!(shown.starts_with("* Trying "), "{shown}");
    // A content that breaks off, of which more came than is shown.
    let long = format!("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n{}", "a".repeat(17 * 1024));
    let peer = Recorder::start(vec![answer(&long)]);
    let output = request(&["--wire", &peer.url("/")]).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(18));
    assert!(
        shown.contains("* 1,024 more bytes, not shown (--wire=all shows them)\n"),
        "{}",
        &shown[shown.len() - 200..]
    );
    let output = request(&["--wire=all", &peer.url("/")]).output().unwrap();
    assert_eq!(unwired(&String::from_utf8(output.stdout).unwrap(), "< "), long.as_bytes());
    request(&["--wire=some", &peer.url("/")]).assert().code(2);
}

/// A proxy that opens a tunnel to that address, whatever it is asked for, and says what it was asked.
pub(crate) fn tunnels_to(goal: SocketAddr) -> (SocketAddr, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                head.push(byte[0]);
            }
            sender.send(String::from_utf8(head).unwrap()).unwrap();
            stream.write_all(OPENED).unwrap();
            let far = TcpStream::connect(goal).unwrap();
            let pump = |mut from: TcpStream, mut to: TcpStream| {
                thread::spawn(move || {
                    let _ = std::io::copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Write);
                })
            };
            pump(stream.try_clone().unwrap(), far.try_clone().unwrap());
            pump(far, stream);
        }
    });
    (address, receiver)
}

#[test]
fn https_goes_through_a_tunnel_and_the_proxy_may_speak_tls_itself() {
    let (authority, made) = signed(&rcgen::CertificateParams::new(vec!["far.test".to_owned()]).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authority.pem");
    fs::write(&file, authority).unwrap();
    let trusted = file.to_str().unwrap();
    let origin = serve(&made, None);
    let (proxy, asked) = tunnels_to(origin);
    let at = proxy.to_string();
    let arguments = ["-x", &at, "https://far.test/x", "-A", "a", "--cacert", trusted, "-w", "|%{http_connect}"];
    let inner = "GET /x HTTP/1.1\r\nHost: far.test\r\nUser-Agent: a\r\nAccept: */*\r\n\r\n";
    request(&arguments).assert().success().stdout(format!("{inner}|200"));
    assert!(asked.recv().unwrap().starts_with("CONNECT far.test:443 HTTP/1.1\r\nHost: far.test:443\r\n"));
    request(&["-x", &at, "https://far.test/x"]).assert().code(60);
    request(&["-x", &at, "https://other.test/", "--cacert", trusted]).assert().code(60);
    // The peer that answers with what it was sent is a proxy over TLS now.
    let at = format!("https://far.test:{}", origin.port());
    let resolve = format!("far.test:{}:127.0.0.1", origin.port());
    let base = ["-x", &at, "--resolve", &resolve, "http://h.test/y", "-A", "a"];
    let line = "GET http://h.test/y HTTP/1.1\r\nHost: h.test\r\nUser-Agent: a\r\nAccept: */*\r\nProxy-Connection: Keep-Alive\r\n\r\n";
    request(&[&base[..], &["--proxy-cacert", trusted]].concat()).assert().success().stdout(line);
    request(&[&base[..], &["--proxy-insecure"]].concat()).assert().success().stdout(line);
    for wrong in [&[][..], &["--cacert", trusted], &["-k"]] {
        request(&[&base[..], wrong].concat()).assert().code(60);
    }
}

#[test]
fn verbose_tells_things_in_their_order_and_only_what_happened() {
    let marks = |options: &[&str]| {
        let output = request(&[&["-v", "-s", "-A", "a"], options].concat()).output().unwrap();
        String::from_utf8(output.stderr).unwrap().replace("\r\n", "\n")
    };
    let in_order = |text: &str, wanted: &[&str]| {
        let mut rest = text;
        for line in wanted {
            let at = rest.find(line).unwrap_or_else(|| panic!("{line:?} is not where it belongs in\n{text}"));
            rest = &rest[at + line.len()..];
        }
    };
    let script = [vec![Act::Read, Act::Write(OPENED.to_vec())], ok("in")].concat();
    let peer = Recorder::start(vec![script]);
    let at = peer.address.to_string();
    let trying = format!("*   Trying {at}...\n");
    let text = marks(&["-p", "-x", &at, "http://far.test/x"]);
    in_order(
        &text,
        &[
            &trying,
            "* Connected to 127.0.0.1",
            "> CONNECT far.test:80 HTTP/1.1\n> Host: far.test:80\n",
            "< HTTP/1.1 200 Connection established\n< \n",
            "* CONNECT tunnel established, response 200\n",
            "> GET /x HTTP/1.1\n> Host: far.test\n",
            "< HTTP/1.1 200 OK\n",
            "* Connection #0",
        ],
    );
    assert_eq!((text.matches("> GET").count(), text.matches("< HTTP").count()), (1, 2), "{text}");
    // What was not sent is not told: no connection, or a tunnel that is refused.
    assert!(!marks(&["http://127.0.0.1:1/"]).contains("> "));
    let peer = Recorder::start(vec![answer("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")]);
    let text = marks(&["-p", "-x", &peer.address.to_string(), "http://far.test/x"]);
    in_order(&text, &["> CONNECT", "< HTTP/1.1 403 No\n"]);
    assert!(!text.contains("> GET"), "{text}");
    // A reply that breaks is told as far as it came.
    let peer = Recorder::start(vec![answer("HTTP/1.1 200 OK\r\nX-One: 1\r\nbroken\r\n\r\n")]);
    in_order(&marks(&[&peer.url("/")]), &["> GET / HTTP/1.1\n", "< HTTP/1.1 200 OK\n", "< X-One: 1\n", "< broken\n"]);
    let peer = Recorder::start(vec![answer("HTTP/1.1 200 OK\r\nX-One: 1\r\nX-Tw")]);
    in_order(&marks(&[&peer.url("/")]), &["> GET / HTTP/1.1\n", "< HTTP/1.1 200 OK\n", "< X-One: 1\n"]);
}
