//! A peer that keeps every byte that it is sent and answers from a script, right or wrong.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::kit::PATIENCE;

/// One step on a connection.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Reads one whole request.
    Read,
    /// Reads a header section; the next reading begins with it once more.
    ReadHead,
    /// Reads so many bytes, which are no request.
    Take(usize),
    /// Writes these bytes.
    Write(Vec<u8>),
    /// Writes these bytes over and over, until the peer has gone away.
    Flood(Vec<u8>),
    /// Leaves the connection open until the peer closes it.
    Hang,
    /// Closes with a reset.
    Reset,
    /// Speaks TLS from here on, within the TLS that it speaks already.
    Secure(Arc<ServerConfig>),
}

/// A connection, or TLS over one.
enum Line {
    Clear(TcpStream),
    Secure(Box<StreamOwned<ServerConnection, Line>>),
}

impl Line {
    fn socket(&self) -> &TcpStream {
        match self {
            Line::Clear(stream) => stream,
            Line::Secure(stream) => stream.sock.socket(),
        }
    }

    /// Says that nothing more will be written.
    fn finish(&mut self) {
        match self {
            Line::Clear(stream) => drop(stream.shutdown(Shutdown::Write)),
            Line::Secure(stream) => {
                stream.conn.send_close_notify();
                let _ = stream.flush();
                stream.sock.finish();
            }
        }
    }
}

impl Read for Line {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Line::Clear(stream) => stream.read(buffer),
            Line::Secure(stream) => stream.read(buffer),
        }
    }
}

impl Write for Line {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Line::Clear(stream) => stream.write(buffer),
            Line::Secure(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Line::Clear(stream) => stream.flush(),
            Line::Secure(stream) => stream.flush(),
        }
    }
}

/// Reads a request and answers it.
pub(crate) fn answer(bytes: impl AsRef<[u8]>) -> Vec<Act> {
    vec![Act::Read, Act::Write(bytes.as_ref().to_vec())]
}

/// `200 OK` with this content.
pub(crate) fn ok(content: &str) -> Vec<Act> {
    answer(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{content}", content.len()))
}

/// A redirect.
pub(crate) fn redirect(status: u16, location: &str) -> Vec<Act> {
    answer(format!("HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 4\r\n\r\ngone"))
}

/// A listening peer.
pub(crate) struct Recorder {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Vec<u8>>>>,
    script: Vec<Act>,
}

impl Recorder {
    /// Starts one: each connection follows the next script, and those that come after the last script follow that.
    pub(crate) fn start(scripts: Vec<Vec<Act>>) -> Recorder {
        Recorder::over(TcpListener::bind("127.0.0.1:0").unwrap(), scripts)
    }

    /// The same over a listener, whose address the scripts may name.
    pub(crate) fn over(listener: TcpListener, scripts: Vec<Vec<Act>>) -> Recorder {
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let store = Arc::clone(&received);
        let script = scripts[0].clone();
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let Ok(stream) = stream else { return };
                let script = scripts[number.min(scripts.len() - 1)].clone();
                store.lock().unwrap().push(Vec::new());
                let store = Arc::clone(&store);
                thread::spawn(move || follow(stream, &script, &store, number));
            }
        });
        Recorder { address, received, script }
    }

    /// `http://127.0.0.1:PORT` and the path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What came over each connection.
    pub(crate) fn connections(&self) -> Vec<Vec<u8>> {
        self.received.lock().unwrap().clone()
    }

    /// What the first connection is sent, if nothing keeps it from that.
    pub(crate) fn says(&self) -> Vec<u8> {
        let writes = self.script.iter().filter_map(|act| if let Act::Write(bytes) = act { Some(bytes) } else { None });
        writes.flatten().copied().collect()
    }

    /// All that came, as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.connections().concat()).unwrap()
    }
}

/// A peer that gives every connection `200 OK` and nothing more.
pub(crate) fn recorder() -> Recorder {
    Recorder::start(vec![ok("")])
}

fn follow(stream: TcpStream, script: &[Act], store: &Mutex<Vec<Vec<u8>>>, number: usize) {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut stream = Line::Clear(stream);
    let mut used = 0;
    for act in script {
        match act {
            Act::Read => used += read_request(&mut stream, store, number, used, true),
            Act::ReadHead => {
                read_request(&mut stream, store, number, used, false);
            }
            Act::Take(length) => {
                used += length;
                while store.lock().unwrap()[number].len() < used && receive(&mut stream, store, number) > 0 {}
            }
            Act::Write(bytes) => {
                if stream.write_all(bytes).and_then(|()| stream.flush()).is_err() {
                    return;
                }
            }
            Act::Flood(bytes) => while stream.write_all(bytes).is_ok() {},
            Act::Hang => while receive(&mut stream, store, number) > 0 {},
            Act::Reset => {
                socket2::SockRef::from(stream.socket()).set_linger(Some(Duration::ZERO)).unwrap();
                return;
            }
            Act::Secure(config) => {
                let session = ServerConnection::new(Arc::clone(config)).unwrap();
                stream = Line::Secure(Box::new(StreamOwned::new(session, stream)));
            }
        }
    }
    // What the peer still sends is read, so that closing does not take the answer back.
    stream.finish();
    while receive(&mut stream, store, number) > 0 {}
}

fn receive(stream: &mut Line, store: &Mutex<Vec<Vec<u8>>>, number: usize) -> usize {
    let mut piece = [0; 65536];
    let length = stream.read(&mut piece).unwrap_or(0);
    store.lock().unwrap()[number].extend_from_slice(&piece[..length]);
    length
}

/// Reads until a whole request stands behind the first `used` bytes, and gives its length.
fn read_request(
    stream: &mut Line,
    store: &Mutex<Vec<Vec<u8>>>,
    number: usize,
    used: usize,
    with_content: bool,
) -> usize {
    loop {
        let length = whole(&store.lock().unwrap()[number][used..], with_content);
        match length {
            Some(length) => return length,
            None if receive(stream, store, number) == 0 => return 0,
            None => {}
        }
    }
}

fn whole(bytes: &[u8], with_content: bool) -> Option<usize> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    if !with_content {
        return Some(head);
    }
    let fields = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let value =
        |name: &str| fields.lines().find_map(|line| line.strip_prefix(name).map(|value| value.trim().to_owned()));
    if value("transfer-encoding:").is_some_and(|value| value == "chunked") {
        let end = bytes[head..].windows(5).position(|window| window == b"0\r\n\r\n")?;
        return Some(head + end + 5);
    }
    let length = head + value("content-length:").map_or(0, |value| value.parse::<usize>().unwrap());
    (bytes.len() >= length).then_some(length)
}
