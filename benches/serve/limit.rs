//! The limit: what sockets and readiness cost when nothing is parsed and one constant answers everything.

use std::io::{ErrorKind, Read, Write};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 41\r\n\r\n{\"id\":1,\"title\":\"json-server\",\"author\":1}";
const MOST: usize = 256;
const LISTENER: Token = Token(usize::MAX);

/// Serves until killed: one loop, since it has one core. The answer is that of the server at `same`, if one is given.
pub(crate) fn serve(closes: bool, same: Option<std::net::SocketAddr>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    // The backlog is raised by listening again.
    socket2::SockRef::from(&listener).listen(4096).unwrap();
    listener.set_nonblocking(true).unwrap();
    crate::say_address(listener.local_addr().unwrap());
    let mut listener = TcpListener::from_std(listener);
    let mut poll = Poll::new().unwrap();
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE).unwrap();
    let (mut streams, mut free) = (Vec::<Option<(TcpStream, u8)>>::new(), Vec::new());
    let (mut events, mut buffer, answer_bytes) = (
        Events::with_capacity(256),
        vec![0; 64 << 10],
        same.map_or_else(|| ANSWER.to_vec(), |peer| crate::load::answer(peer, false)),
    );
    let answers = answer_bytes.repeat(MOST);
    loop {
        poll.poll(&mut events, None).unwrap();
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    stream.set_nodelay(true).unwrap();
                    let slot = free.pop().unwrap_or_else(|| {
                        streams.push(None);
                        streams.len() - 1
                    });
                    poll.registry().register(&mut stream, Token(slot), Interest::READABLE).unwrap();
                    streams[slot] = Some((stream, 0));
                }
                continue;
            }
            let slot = event.token().0;
            let Some((stream, state)) = &mut streams[slot] else { continue };
            if !answer(stream, state, &mut buffer, (&answers, answer_bytes.len()), event.is_read_closed())
                || (closes && *state == 0)
            {
                streams[slot] = None;
                free.push(slot);
            }
        }
    }
}

/// Counts the ends of heads and writes as many answers. Whether the connection is still of use.
fn answer(
    stream: &mut TcpStream,
    state: &mut u8,
    buffer: &mut [u8],
    (answers, length_of_one): (&[u8], usize),
    is_ending: bool,
) -> bool {
    let length = match stream.read(buffer) {
        Ok(0) => return false,
        Ok(length) => length,
        Err(error) => return error.kind() == ErrorKind::WouldBlock && !is_ending,
    };
    let bytes = &buffer[..length];
    let mut count = 0;
    if *state == 0 && length < 512 && memchr::memmem::find(bytes, b"\r\n\r\n") == Some(length - 4) {
        count = 1;
    } else {
        for byte in bytes {
            *state = match (*state, byte) {
                (0 | 2, b'\r') => *state + 1,
                (1, b'\n') => 2,
                (3, b'\n') => {
                    count += 1;
                    0
                }
                (_, b'\r') => 1,
                _ => 0,
            };
        }
    }
    while count > 0 {
        let now = count.min(MOST);
        if stream.write(&answers[..now * length_of_one]).is_err() {
            return false;
        }
        count -= now;
    }
    true
}
