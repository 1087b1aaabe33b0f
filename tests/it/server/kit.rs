//! A server in this process, a service that shows what reached it, and peers that speak in bytes.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;
use httpkit::message::{Content, Live, Piece, Request, Response, Stream, Target};
use httpkit::server::{Arrival, Completion, Config, Ending, ExchangeJournal, Handle, Limits, Reply, Service, bind};

/// No answer takes longer; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the tests may reach inside the service.
#[derive(Clone, Default)]
pub(crate) struct Desk {
    /// Requests at `/later`, not answered yet.
    pub(crate) waiting: Arc<Mutex<Vec<Completion>>>,
    /// How many requests reached the service.
    pub(crate) count: Arc<AtomicUsize>,
    /// How many were looked at before their content came.
    pub(crate) looks: Arc<AtomicUsize>,
    /// What the service says of its state; `None` unless a test sets it.
    pub(crate) state: Arc<Mutex<Option<u64>>>,
}

/// Answers by path: an echo of what arrived, or what the path names.
#[derive(Clone, Default)]
pub(crate) struct Echo(pub(crate) Desk);

impl Service for Echo {
    fn respond(&self, request: &Request<'_>, _: &Arrival<'_>) -> Reply {
        self.0.count.fetch_add(1, Ordering::SeqCst);
        let Target::Path { path, .. } = request.target else { return Reply::Ready(echo(request)) };
        match path {
            "/later" => {
                let desk = self.0.clone();
                Reply::Pending(Box::new(move |completion| desk.waiting.lock().unwrap().push(completion)))
            }
            "/dropped" => Reply::Pending(Box::new(drop)),
            "/panic" => panic!("meant to"),
            "/panic-later" => Reply::Long(Box::new(|| panic!("meant to"))),
            "/long" => {
                let response = echo(request);
                Reply::Long(Box::new(|| response))
            }
            "/made" => Reply::Long(Box::new(|| text(StatusCode::OK, large()[..4 << 20].to_vec()))),
            "/after" => {
                let response = echo(request);
                let again = Instant::now() + Duration::from_millis(100);
                let long = move || Reply::NotBefore(again, Box::new(|| Reply::Long(Box::new(|| response))));
                Reply::NotBefore(Instant::now() + Duration::from_millis(50), Box::new(long))
            }
            "/panic-after" => Reply::NotBefore(Instant::now(), Box::new(|| panic!("meant to"))),
            _ if path.starts_with("/fault/") => super::faults::reply(path, echo(request)),
            "/204" => Reply::Ready(Response::new(StatusCode::NO_CONTENT)),
            "/304" => Reply::Ready(Response::new(StatusCode::NOT_MODIFIED).with("ETag", "\"x\"")),
            "/404" => Reply::Ready(text(StatusCode::NOT_FOUND, b"nothing here".to_vec())),
            "/stream" => Reply::Ready(text(StatusCode::OK, Vec::new()).with_content(stream())),
            "/live" => Reply::Ready(text(StatusCode::OK, Vec::new()).with_content(live())),
            "/part" => {
                let part = Bytes::from_static(large()).slice(..PART);
                Reply::Ready(text(StatusCode::OK, Vec::new()).with_content(Content::Whole(part)))
            }
            "/large" => Reply::Ready(text(StatusCode::OK, Vec::new()).with_content(pieces())),
            _ => Reply::Ready(echo(request)),
        }
    }

    fn state(&self) -> Option<u64> {
        *self.0.state.lock().unwrap()
    }

    fn kept(&self) -> usize {
        large().len()
    }

    fn before_content(&self, request: &Request<'_>, _: &Arrival<'_>) -> Option<Reply> {
        self.0.looks.fetch_add(1, Ordering::SeqCst);
        let Target::Path { path, .. } = request.target else { return None };
        let refusal = text(StatusCode::UNAUTHORIZED, b"no".to_vec());
        match path {
            "/refused" => Some(Reply::Ready(refusal)),
            _ if path.starts_with("/fault/") => Some(super::faults::reply(path, refusal)),
            _ => None,
        }
    }
}

/// What a log was written to.
#[derive(Clone, Default)]
pub(crate) struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Some megabytes in which every stretch is different.
pub(crate) fn large() -> &'static [u8] {
    static LARGE: LazyLock<Vec<u8>> = LazyLock::new(|| (0..8_000_000_u32).map(|index| (index % 251) as u8).collect());
    &LARGE
}

/// The length of a part that is small beside the whole, and more than the system takes for a peer that does not read.
pub(crate) const PART: usize = 1 << 20;

/// The same a piece at a time.
fn stream() -> Content {
    let mut pieces = large().chunks(60_000);
    Content::Stream(Stream::new(move || pieces.next().map(Bytes::from_static)))
}

/// A few bytes, and then nothing for a long time.
fn live() -> Content {
    let mut first = Some(Bytes::from_static(b"0123456789"));
    let later = || Piece::Later(Instant::now() + Duration::from_secs(600));
    Content::Live(Live::new(Arc::default(), move || first.take().map_or_else(later, Piece::More)))
}

/// The same in shared pieces, small and large.
fn pieces() -> Content {
    let (mut rest, mut pieces) = (Bytes::from_static(large()), Vec::new());
    for length in [0, 1, 5, 1_000, 3, 100_000] {
        pieces.push(rest.split_to(length));
    }
    pieces.push(rest);
    Content::Pieces(pieces)
}

fn text(status: StatusCode, content: Vec<u8>) -> Response {
    Response::new(status).with("Content-Type", "text/plain").with_content(Content::from(content))
}

fn echo(request: &Request<'_>) -> Response {
    let target = match request.target {
        Target::Path { path, query } => format!("{path}|{}", query.unwrap_or("-")),
        Target::Asterisk => "*".to_owned(),
        Target::Authority(authority) => authority.to_owned(),
    };
    let authority = request.authority.unwrap_or("-");
    let mut content = format!("{} {target} @{authority} ", request.method).into_bytes();
    content.extend_from_slice(request.content);
    text(StatusCode::OK, content)
}

/// What a test changes a part of: no log.
pub(crate) fn config() -> Config {
    Config::new(Limits::USUAL)
}

/// A running server; it ends when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) handle: Handle,
    pub(crate) desk: Desk,
    pub(crate) journal: Arc<ExchangeJournal>,
    thread: Option<JoinHandle<Ending>>,
}

impl Server {
    /// With limits that no test reaches, and no log.
    pub(crate) fn start() -> Server {
        Server::with(Config { threads: 2, ..config() })
    }

    pub(crate) fn with(mut config: Config) -> Server {
        let desk = Desk::default();
        let journal = Arc::clone(config.journal.get_or_insert_with(|| Arc::new(ExchangeJournal::new(100))));
        let bound = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let (address, handle, service) = (bound.address(), bound.handle(), Echo(desk.clone()));
        let thread = std::thread::spawn(move || bound.serve(service, config).unwrap());
        Server { address, handle, desk, journal, thread: Some(thread) }
    }

    pub(crate) fn peer(&self) -> Peer {
        Peer::connect(self.address)
    }

    /// What the journal has of a peer's connection: each exchange as the bytes received and those sent, oldest first.
    pub(crate) fn exchanges(&self, peer: &Peer) -> Vec<(Vec<u8>, Vec<u8>)> {
        let address = peer.stream.local_addr().unwrap();
        let own = self.journal.exchanges().into_iter().filter(|(_, exchange)| exchange.peer == address);
        own.map(|(_, exchange)| (exchange.received().to_vec(), exchange.sent().to_vec())).collect()
    }

    /// Answers the oldest request at `/later`, as soon as it is there.
    pub(crate) fn answer_later(&self, content: &str) {
        let completion = eventually(|| {
            let mut waiting = self.desk.waiting.lock().unwrap();
            (!waiting.is_empty()).then(|| waiting.remove(0))
        });
        completion.finish(text(StatusCode::OK, content.as_bytes().to_vec()));
    }

    /// Ends the server and says how it ended.
    pub(crate) fn stop(mut self) -> Ending {
        self.handle.stop();
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.handle.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Asks until there is an answer.
pub(crate) fn eventually<T>(mut question: impl FnMut() -> Option<T>) -> T {
    let start = std::time::Instant::now();
    loop {
        if let Some(answer) = question() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "it never happened");
        std::thread::yield_now();
    }
}

/// A client that speaks in bytes.
pub(crate) struct Peer {
    pub(crate) stream: TcpStream,
    rest: Vec<u8>,
}

/// A response as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) content: Vec<u8>,
}

impl Answer {
    /// It as it was sent.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.head.as_bytes(), &self.content].concat()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.content).unwrap()
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Peer {
    pub(crate) fn connect(address: SocketAddr) -> Peer {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Peer { stream, rest: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// Sends one byte at a time; stops quietly when the server has closed.
    pub(crate) fn trickle(&mut self, bytes: impl AsRef<[u8]>) {
        for byte in bytes.as_ref() {
            if self.stream.write_all(&[*byte]).is_err() {
                return;
            }
        }
    }

    pub(crate) fn half_close(&mut self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// The next response. `method` decides whether content follows.
    pub(crate) fn answer_to(&mut self, method: &str) -> Answer {
        let end = loop {
            match self.rest.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                Some(at) => break at + 4,
                None => assert!(self.read() > 0, "closed within a head: {:?}", String::from_utf8_lossy(&self.rest)),
            }
        };
        let head = String::from_utf8(self.rest.drain(..end).collect()).unwrap();
        let status = head[9..12].parse().unwrap();
        let mut answer = Answer { status, head, content: Vec::new() };
        let length = answer.field("content-length").map_or(0, |length| length.parse().unwrap());
        if method != "HEAD" && status != 304 {
            while self.rest.len() < length {
                assert!(self.read() > 0, "closed within content");
            }
            answer.content = self.rest.drain(..length).collect();
        }
        answer
    }

    pub(crate) fn answer(&mut self) -> Answer {
        self.answer_to("GET")
    }

    /// Reads so many bytes at most, which belong to the next answer, and says how many.
    pub(crate) fn take(&mut self, most: usize) -> usize {
        let mut buffer = vec![0; most];
        let length = self.stream.read(&mut buffer).unwrap();
        self.rest.extend_from_slice(&buffer[..length]);
        length
    }

    /// Reads until all that has come holds this.
    pub(crate) fn until(&mut self, wanted: &[u8]) {
        while !self.rest.windows(wanted.len()).any(|bytes| bytes == wanted) {
            assert!(self.read() > 0, "closed after {:?}", String::from_utf8_lossy(&self.rest));
        }
    }

    /// Everything until the server closes; an abortive close is an end as well.
    pub(crate) fn everything(&mut self) -> Vec<u8> {
        while self.read() > 0 {}
        std::mem::take(&mut self.rest)
    }

    /// Whether the server has closed without another byte.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.rest.is_empty() && self.read() == 0
    }

    fn read(&mut self) -> usize {
        let mut buffer = [0; 64 << 10];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(length) => {
                    self.rest.extend_from_slice(&buffer[..length]);
                    return length;
                }
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return 0,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}
