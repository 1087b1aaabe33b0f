//! The line of the log about an answer that is made while it is sent.

use std::time::Duration;

use httpkit::server::{Config, LogConfig, LogFormat};

use super::kit::{Paper, Peer, Server, config, eventually, large};

/// One worker, so that the lines are in the order in which things happen.
fn logging(format: LogFormat) -> (Server, Paper) {
    let paper = Paper::default();
    let writer = Box::new(paper.clone());
    let log = LogConfig { format, writer, paint: None, echo_headers: None, is_timed: true };
    (Server::with(Config { log: Some(log), threads: 1, ..config() }), paper)
}

/// The last of so many lines, as soon as they are there: what stands behind its request line.
fn line(paper: &Paper, number: usize) -> String {
    let text = eventually(|| Some(paper.text()).filter(|text| text.lines().count() >= number));
    assert_eq!(text.lines().count(), number, "{text}");
    let last = text.lines().last().unwrap().to_owned();
    last.split_once("HTTP/1.1\"").or(last.split_once("HTTP/1.0\"")).unwrap().1.trim().to_owned()
}

fn ask(server: &Server, line: &str) -> Peer {
    let mut peer = server.peer();
    peer.send(format!("{line}\r\nHost: h\r\n\r\n"));
    peer
}

#[test]
fn the_line_of_a_stream_comes_when_it_is_over_and_says_what_was_sent() {
    for (format, size, of) in [
        (LogFormat::Common, "200 ", "200 {}"),
        (LogFormat::Short, "200 ", "200 {}  "),
        (LogFormat::Json, ",\"status\":200,\"size\":", ",\"status\":200,\"size\":{},\"microseconds\":"),
    ] {
        let (server, paper) = logging(format);
        let told = |number: usize, sent: usize| {
            let line = line(&paper, number);
            assert!(line.starts_with(&of.replace("{}", &sent.to_string())), "{number}: {line}");
        };
        // Its content ends.
        assert!(ask(&server, "GET /stream HTTP/1.0").everything().ends_with(large()));
        told(1, large().len());
        // The client ends, one way or the other. Whatever is answered meanwhile has its line before.
        for (number, version, is_half) in [(2, "1.1", false), (4, "1.0", false), (6, "1.1", true)] {
            let mut peer = ask(&server, &format!("GET /live HTTP/{version}"));
            peer.until(b"0123456789");
            assert_eq!(ask(&server, "GET /304 HTTP/1.1").answer().status, 304);
            assert!(line(&paper, number).contains("304"));
            if is_half {
                peer.half_close();
                peer.everything();
            }
            drop(peer);
            told(number + 1, 10);
        }
        // Without content there is nothing to wait for.
        assert_eq!(ask(&server, "HEAD /live HTTP/1.1").answer_to("HEAD").status, 200);
        assert!(line(&paper, 8).starts_with(size));
        // What was made and not taken is not counted.
        let mut peer = ask(&server, "GET /stream HTTP/1.1");
        peer.until(b"\r\n\r\n");
        drop(peer);
        let cut = line(&paper, 9);
        let sent: usize = cut[size.len()..].split(|end: char| !end.is_ascii_digit()).next().unwrap().parse().unwrap();
        assert!(sent < large().len(), "{cut}");
        // The server ends.
        let mut peer = ask(&server, "GET /live HTTP/1.1");
        peer.until(b"0123456789");
        server.stop();
        told(10, 10);
    }
}

#[test]
fn the_line_of_a_stream_says_how_long_it_took() {
    let (server, paper) = logging(LogFormat::Json);
    let mut peer = ask(&server, "GET /live HTTP/1.1");
    peer.until(b"0123456789");
    let begun = std::time::Instant::now();
    eventually(|| (begun.elapsed() > Duration::from_millis(50)).then_some(()));
    drop(peer);
    let line = line(&paper, 1);
    let time = line.split_once("\"microseconds\":").unwrap().1.trim_end_matches('}');
    assert!(time.parse::<u64>().unwrap() >= 50_000, "{line}");
}
