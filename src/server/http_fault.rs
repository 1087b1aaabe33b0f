//! Answers of HTTP/1.1 that go out with a fault.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use bytes::Bytes;

use super::http_answer::{self, Flow, Logged, Made};
use super::http_conversation::Terms;
use super::protocol::{Exchange, Next};
use super::{Arrival, Fault, Finish, Manner, Rhythm};
use crate::message::{Content, Response, Stream, carries_content, write_head};

/// The first line of a chunk, without the hexadecimal digits that say its length.
const NO_LENGTH: &[u8] = b"zz\r\n";

/// Writes a response behind those before it as the fault says.
pub(super) fn write(
    response: Response,
    fault: &Fault,
    arrival: &Arrival<'_>,
    terms: Terms,
    exchange: &mut Exchange<'_>,
) -> Flow {
    let terms = Terms { fault: Some(fault.name), ..terms };
    match &fault.manner {
        Manner::Whole => http_answer::write(response, arrival, terms, exchange),
        Manner::Paced(rhythm) => paced(response, *rhythm, arrival, terms, exchange),
        Manner::Half(finish) => {
            half(response, arrival, terms, exchange);
            end(*finish, terms, exchange)
        }
        Manner::BadChunk => {
            // No chunks go to HTTP/1.0 (RFC 9112 6.1).
            let write = if terms.is_old { half } else { half_in_chunks };
            write(response, arrival, terms, exchange);
            end(Finish::Close, terms, exchange)
        }
        Manner::Instead(bytes, finish) => {
            let start = exchange.output.bytes().len();
            send((None, start), vec![bytes.clone()], arrival, terms, exchange);
            end(*finish, terms, exchange)
        }
    }
}

/// How the connection goes on when what there is to send is sent.
fn end(finish: Finish, terms: Terms, exchange: &Exchange<'_>) -> Flow {
    Flow::Next(match finish {
        Finish::Close => http_answer::closing(terms.is_unread),
        Finish::Reset => Next::Reset,
        Finish::Hold(time) => Next::Hold(exchange.now + time),
    })
}

fn paced(response: Response, rhythm: Rhythm, arrival: &Arrival<'_>, terms: Terms, exchange: &mut Exchange<'_>) -> Flow {
    let start = exchange.output.bytes().len();
    let flow = http_answer::write(response, arrival, terms, exchange);
    exchange.output.pace(start, rhythm);
    flow
}

/// The head, and of the content the first half.
fn half(mut response: Response, arrival: &Arrival<'_>, terms: Terms, exchange: &mut Exchange<'_>) {
    let has_content = has_content(&response, terms);
    let start = begin(&response, has_content, terms, exchange);
    let content = std::mem::take(&mut response.content);
    let pieces = match content {
        _ if !has_content => Vec::new(),
        Content::Stream(stream) if terms.is_old => vec![first_half(&first_piece(stream))],
        Content::Stream(stream) => {
            let piece = first_piece(stream);
            vec![chunk_line(piece.len()), first_half(&piece)]
        }
        content => first_half_of(content),
    };
    send((Some(response), start), pieces, arrival, terms, exchange);
}

/// The same in chunks, and what is none behind it.
fn half_in_chunks(mut response: Response, arrival: &Arrival<'_>, terms: Terms, exchange: &mut Exchange<'_>) {
    let has_content = has_content(&response, terms);
    let content = std::mem::replace(&mut response.content, Content::Stream(Stream::new(|| None)));
    let start = begin(&response, has_content, terms, exchange);
    let mut pieces = match content {
        Content::Stream(stream) => vec![first_half(&first_piece(stream))],
        content => first_half_of(content),
    };
    // A chunk of no bytes would be the last one.
    if let length @ 1.. = pieces.iter().map(Bytes::len).sum() {
        pieces.insert(0, chunk_line(length));
        pieces.push(Bytes::from_static(b"\r\n"));
    }
    pieces.push(Bytes::from_static(NO_LENGTH));
    send((Some(response), start), if has_content { pieces } else { Vec::new() }, arrival, terms, exchange);
}

fn has_content(response: &Response, terms: Terms) -> bool {
    carries_content(if terms.is_head { "HEAD" } else { "" }, response.status) && !response.content.is_empty()
}

/// Writes the head, or where no content follows its first half; gives where it begins.
fn begin(response: &Response, has_content: bool, terms: Terms, exchange: &mut Exchange<'_>) -> usize {
    let bytes = exchange.output.bytes();
    let start = bytes.len();
    write_head(bytes, response, exchange.clock.date.as_bytes(), terms.connection, terms.is_old);
    if !has_content {
        bytes.truncate(start + (bytes.len() - start) / 2);
    }
    start
}

/// Logs and records what is sent, the head of which stands there in the output, and sends the rest.
fn send(
    (response, start): (Option<Response>, usize),
    pieces: Vec<Bytes>,
    arrival: &Arrival<'_>,
    terms: Terms,
    exchange: &mut Exchange<'_>,
) {
    let (status, head) = (response.map(|response| response.status), start..exchange.output.bytes().len());
    let content = Content::Pieces(pieces);
    if exchange.has_log() {
        let size = Some(content.len()).filter(|length| *length > 0);
        http_answer::log(arrival, Logged { status, size, fault: terms.fault }, head.clone(), exchange);
    }
    if terms.is_recorded {
        let made = Made { status, is_whole: false, at: Instant::now() };
        http_answer::record(arrival, made, (head, Some(&content)), exchange);
    }
    exchange.output.push(content);
}

/// The first line of a chunk of so many bytes (RFC 9112 7.1).
fn chunk_line(length: usize) -> Bytes {
    format!("{length:x}\r\n").into()
}

/// The beginning of what is made while it is sent; nothing where it cannot be made.
fn first_piece(mut stream: Stream) -> Bytes {
    catch_unwind(AssertUnwindSafe(|| stream.next_piece())).ok().flatten().unwrap_or_default()
}

fn first_half(piece: &Bytes) -> Bytes {
    piece.slice(..piece.len() / 2)
}

/// The first half of what has a length.
fn first_half_of(content: Content) -> Vec<Bytes> {
    let mut left = content.len() / 2;
    let pieces = match content {
        Content::Whole(bytes) => vec![bytes],
        Content::Pieces(pieces) => pieces,
        Content::Stream(_) | Content::Live(_) => Vec::new(),
    };
    let own = |piece: Bytes| {
        let length = piece.len().min(left);
        left -= length;
        (length > 0).then(|| piece.slice(..length))
    };
    pieces.into_iter().map_while(own).collect()
}
