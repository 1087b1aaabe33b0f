//! `request --dialect` against scripted servers that behave as the original ones did: they leave connections open, end
//! heads with a bare LF and declare lengths that are wrong.

use std::io::{self, Cursor, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use httpkit::cli;
use httpkit::print::{Sink, Terminal};

use crate::kit::{PATIENCE, httpkit};

/// A server of one connection. What it was sent can be read when it is done.
struct Peer {
    address: SocketAddr,
    received: mpsc::Receiver<String>,
}

impl Peer {
    /// Each step sends its text when as many bytes as it names have come, and more; then the connection stays open
    /// until the client leaves, or is closed.
    fn start(steps: &[(&'static str, &'static str)], closes: bool) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, received) = mpsc::channel();
        let steps = steps.to_vec();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            let mut all = String::new();
            for (awaited, answer) in steps {
                let mut came = String::new();
                while !came.ends_with(awaited) && receive(&mut stream, &mut came) > 0 {}
                all.push_str(&came);
                stream.write_all(answer.as_bytes()).unwrap();
            }
            if closes {
                stream.shutdown(Shutdown::Write).unwrap();
            }
            while receive(&mut stream, &mut all) > 0 {}
            sender.send(all).unwrap();
        });
        Peer { address, received }
    }

    /// The value of `--connect-to` that leads here from everywhere.
    fn route(&self) -> String {
        format!("::{}", self.address)
    }

    /// `request --dialect` with these arguments; gives what it printed.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = httpkit(&["request", "--connect-to", &self.route(), "--dialect"]);
        let output = command.args(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    fn received(&self) -> String {
        self.received.recv_timeout(PATIENCE).unwrap()
    }
}

fn receive(stream: &mut TcpStream, text: &mut String) -> usize {
    let mut piece = [0; 4096];
    let length = stream.read(&mut piece).unwrap_or(0);
    text.push_str(std::str::from_utf8(&piece[..length]).unwrap());
    length
}

const PAIRS_ANSWER: &str = "HTTP/1.1 200 OK\r\nHost: 127.0.0.1/\r\nContent-Type: text/html\r\n\
    Connection: keep-alive\r\nContent-Length: 15\r\nDate: Tue, 03 May 2022 12:11:44 KST\r\n\n이름:김\r\nGrade:A";

#[test]
fn names_are_asked_for_in_the_query() {
    let answer = "HTTP/1.0 200 OK\r\nServer: BaseHTTP/0.6 Python/3.11\r\nContent-type: text/plain\r\n\r\nbae";
    let peer = Peer::start(&[("\r\n\r\n", answer)], true);
    let (status, output, _) = peer.run(&["names", "GET", "127.0.0.1/?name=junhyung"]);
    assert_eq!((status, output.as_str()), (Some(0), "bae"));
    let received = peer.received();
    assert!(received.starts_with("GET /?name=junhyung HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"), "{received}");
}

#[test]
fn pairs_sends_the_url_in_host_and_takes_more_than_is_declared() {
    let peer = Peer::start(&[("A", PAIRS_ANSWER)], false);
    let data = "ID: 1&Grade: A";
    let (status, output, _) = peer.run(&["pairs", "POST", "127.0.0.1/create", "-d", data]);
    assert_eq!((status, output.as_str()), (Some(0), "이름:김\r\nGrade:A"));
    assert_eq!(
        peer.received(),
        "POST / HTTP/1.1\r\nHost: 127.0.0.1/create\r\nContent-Type: text/html\r\nConnection: keep-alive\r\n\
         Content-Length: 14\r\n\r\nID: 1&Grade: A"
    );
}

#[test]
fn header_sections_are_shown_when_asked_for() {
    let head = PAIRS_ANSWER.split_inclusive("\r\n\n").next().unwrap();
    let sent = "GET / HTTP/1.1\r\nHost: ?/?\r\nContent-Type: text/html\r\nConnection: keep-alive\r\n\
        Content-Length: 0\r\n\r\n";
    let run = |option| Peer::start(&[("\r\n\r\n", PAIRS_ANSWER)], true).run(&["pairs", option, "GET", "127.0.0.1??"]);
    assert_eq!(run("-i"), (Some(0), PAIRS_ANSWER.to_owned(), String::new()));
    assert_eq!(run("--echo-headers").1, format!("{sent}{PAIRS_ANSWER}"));
    let (_, output, said) = run("-v");
    assert_eq!(output, "이름:김\r\nGrade:A");
    assert_eq!(run("--print=h").1, head);
    assert!(said.contains("> Host: ?/?\r\n") && said.contains("< Content-Length: 15\r\n"), "{said}");
    assert!(head.ends_with("KST\r\n\n"));
}

#[test]
fn end_is_answered_by_silence() {
    let peer = Peer::start(&[("\r\n\r\n", "")], true);
    let output = peer.run(&["pairs", "END", "127.0.0.1/"]);
    assert_eq!(output, (Some(0), String::new(), String::new()));
    assert!(peer.received().starts_with("END / HTTP/1.1\r\nHost: 127.0.0.1/\r\n"));
}

#[test]
fn comma_is_a_method_and_a_url() {
    for closes in [true, false] {
        let peer = Peer::start(&[("create", "HTTP/201 CREATED")], closes);
        let (status, output, _) = peer.run(&["comma", "-i", "POST", "test.com/create"]);
        assert_eq!((status, output.as_str()), (Some(0), "HTTP/201 CREATED"));
        assert_eq!(peer.received(), "POST,test.com/create");
    }
    // The status in the text is one.
    let refused = || Peer::start(&[("nope", "HTTP/400 BAD REQUEST")], true);
    let (status, output, _) = refused().run(&["comma", "POST", "test.com/nope", "-w", "|%{http_code}"]);
    assert_eq!((status, output.as_str()), (Some(0), "HTTP/400 BAD REQUEST|400"));
    let (status, output, said) = refused().run(&["comma", "POST", "test.com/nope", "-f", "-w", "%{http_code}"]);
    assert_eq!((status, output.as_str()), (Some(22), "400"));
    assert!(said.contains("400 BAD REQUEST"), "{said}");
    let (status, output, _) = refused().run(&["comma", "POST", "test.com/nope", "--fail-with-body"]);
    assert_eq!((status, output.as_str()), (Some(22), "HTTP/400 BAD REQUEST"));
}

#[test]
fn banner_is_greeted_before_it_sends() {
    // The declared length is that of the request, as the original has it.
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\n\
        {'name': 'kim'}";
    let peer = Peer::start(&[("", "Welcome to the server!!"), ("\r\n\r\n", answer)], false);
    let (status, output, _) = peer.run(&["banner", "GET", "127.0.0.1/"]);
    assert_eq!((status, output.as_str()), (Some(0), "Welcome to the server!!\n{'name': 'kim'}"));
    assert!(peer.received().starts_with("GET / HTTP/1.1\r\nHost: 127.0.0.1/\r\n"));
    let peer = Peer::start(&[("", "Another greeting"), ("\r\n\r\n", answer)], false);
    assert_eq!(peer.run(&["banner", "GET", "127.0.0.1/"]).1, "Another greeting\n{'name': 'kim'}");
}

const ASKS: &str = "HTTP/1.1 300 Multiple Choices\nDate: 2022-05-03 12:11:44.000001\nHost: localhost\n\n\
    Enter follow data : key student_number grade ";
const CREATED: &str = "HTTP/1.1 201 Created\nDate: 2022-05-03 12:11:45.000001\nHost: localhost\n";

#[test]
fn dialog_replies_to_the_question_from_the_data() {
    let peer = Peer::start(&[("\n\n", ASKS), ("3.5", CREATED)], true);
    let (status, output, _) = peer.run(&["dialog", "-i", "POST", "127.0.0.1/students.json", "-d", "Chan 2018 3.5"]);
    assert_eq!((status, output), (Some(0), format!("{ASKS}\n{CREATED}")));
    let received = peer.received();
    assert!(received.starts_with("POST students.json HTTP/1.1\nHost: 127.0.0.1\nUser-Agent: httpkit/"), "{received}");
    assert!(received.ends_with("\n\nChan 2018 3.5"), "{received}");
}

#[test]
fn dialog_replies_to_the_question_from_standard_input() {
    let peer = Peer::start(&[("\n\n", ASKS), ("3.5", CREATED)], true);
    let mut command = httpkit(&["request", "--connect-to", &peer.route(), "--dialect", "dialog", "POST"]);
    let output = command.arg("127.0.0.1/students.json").write_stdin("Chan 2018 3.5\nmore\n").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "Enter follow data : key student_number grade \n");
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
    assert!(peer.received().ends_with("\n\nChan 2018 3.5"));
}

#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_person_is_prompted_for_the_fields() {
    let peer = Peer::start(&[("\n\n", ASKS), ("3.5", CREATED)], true);
    let screen = Screen::default();
    let mut terminal = Terminal {
        input: Box::new(Cursor::new("Chan 2018 3.5\n")),
        input_is_terminal: true,
        output: Sink::new(io::sink(), true),
        error: Sink::new(screen.clone(), true),
        variable: |_| None,
    };
    let route = peer.route();
    let words = ["httpkit", "request", "--connect-to", &route, "--dialect", "dialog", "PUT", "127.0.0.1/students.json"];
    assert_eq!(cli::run(words.iter().map(Into::into), &mut terminal), 0);
    assert_eq!(String::from_utf8(screen.0.lock().unwrap().clone()).unwrap(), "key student_number grade: ");
}

#[test]
fn an_answer_without_a_question_needs_no_reply() {
    let answer = "HTTP/1.1 404 Not Found\nDate: x\nHost: localhost\n";
    let peer = Peer::start(&[("\n\n", answer)], true);
    let (status, output, said) = peer.run(&["dialog", "-f", "POST", "127.0.0.1/other.json"]);
    assert_eq!((status, output.as_str()), (Some(22), ""));
    assert!(said.contains("404 Not Found"), "{said}");
    let head_only =
        "HTTP/1.1 200 OK\nDate: x\nHost: localhost\nContent-Type: application/json\nContent-Length:9 \n\n\n";
    let peer = Peer::start(&[("\n\n", head_only)], true);
    assert_eq!(peer.run(&["dialog", "-I", "127.0.0.1/students.json"]).1, head_only);
    assert!(peer.received().starts_with("HEAD students.json HTTP/1.1\n"));
}

#[test]
fn content_goes_to_a_file_and_the_rest_to_the_report() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("answer");
    let peer = Peer::start(&[("\r\n\r\n", PAIRS_ANSWER)], true);
    let file_name = file.to_str().unwrap();
    let written = "%{http_code} %{size_download} %{content_type}";
    let (_, output, _) = peer.run(&["pairs", "GET", "127.0.0.1/", "-o", file_name, "-w", written]);
    assert_eq!(output, "200 19 text/html");
    assert_eq!(std::fs::read_to_string(file).unwrap(), "이름:김\r\nGrade:A");
}

#[test]
fn failures_have_the_exit_status_of_curl() {
    let nothing = || Peer::start(&[("\r\n\r\n", "")], true);
    let gone = || Peer::start(&[], true);
    let silent = || Peer::start(&[("never", "")], false);
    let odd = || Peer::start(&[("\r\n\r\n", "hello\n")], true);
    let cut = || Peer::start(&[("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")], true);
    for (peer, arguments, expected) in [
        (nothing(), &["pairs", "GET", "127.0.0.1/"][..], 52),
        (gone(), &["banner", "GET", "127.0.0.1/"], 52),
        (silent(), &["pairs", "-m", "0.2", "GET", "127.0.0.1/"], 28),
        (silent(), &["banner", "-m", "0.2", "GET", "127.0.0.1/"], 28),
        (odd(), &["pairs", "GET", "127.0.0.1/"], 8),
        (cut(), &["pairs", "GET", "127.0.0.1/"], 18),
        (silent(), &["pairs", "-H", "A: b", "127.0.0.1/"], 2),
        (silent(), &["pairs", "-b", "a=b", "127.0.0.1/"], 2),
        (silent(), &["pairs", "--retry", "1", "127.0.0.1/"], 2),
        (silent(), &["pairs", "-F", "a=b", "127.0.0.1/"], 2),
        (silent(), &["comma", "test.com", "-d", "x"], 2),
        (silent(), &["dialog", "127.0.0.1"], 3),
        (silent(), &["pairs", "https://127.0.0.1/"], 1),
    ] {
        let (status, output, said) = peer.run(arguments);
        assert_eq!(status, Some(expected), "{arguments:?}: {said}");
        assert_eq!(output, "", "{arguments:?}");
        assert!(said.lines().count() == 1 && said.starts_with("httpkit: ("), "{arguments:?}: {said}");
    }
    let mut command = httpkit(&["request", "--dialect", "pairs", "127.0.0.1:1/"]);
    assert_eq!(command.output().unwrap().status.code(), Some(7));
}

#[test]
fn what_would_be_sent_can_be_printed_instead() {
    for (arguments, expected) in [
        (&["comma", "GET", "test.com"][..], "GET,test.com".to_owned()),
        (
            &["banner", "PUT", "127.0.0.1:9/update", "-d", "name:lee"],
            "PUT / HTTP/1.1\r\nHost: 127.0.0.1/update\r\nContent-Type: text/html\r\nConnection: keep-alive\r\n\
             Content-Length: 8\r\n\r\nname:lee"
                .to_owned(),
        ),
        (
            &["dialog", "DELETE", "127.0.0.1/students.json"],
            format!(
                "DELETE students.json HTTP/1.1\nHost: 127.0.0.1\nUser-Agent: httpkit/{}\nConnection: Keep-Alive\n\n",
                env!("CARGO_PKG_VERSION")
            ),
        ),
    ] {
        let output = httpkit(&["request", "--dry-run", "--dialect"]).args(arguments).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    }
}
