//! Content codings, taken off as content arrives, in constant memory (RFC 9110 8.4).

use std::io::{self, BufRead, BufReader, Read};

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::error::{Error, Kind};
use super::transport::Exchange;
use crate::message::ReplyHead;

/// The most codings around one content: one is usual.
const LAYERS: usize = 5;
/// How much is decoded at a time.
const PIECE: usize = 64 * 1024;

/// One coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// The content of an exchange while it is read, and the failure that ended the reading.
struct Source<'a> {
    exchange: &'a mut Exchange,
    failure: &'a mut Option<Error>,
    held: Vec<u8>,
    at: usize,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.held.len() {
            self.held.clear();
            self.at = 0;
            match self.exchange.read() {
                Ok(bytes) => self.held.extend_from_slice(bytes.unwrap_or_default()),
                Err(error) => {
                    *self.failure = Some(error);
                    return Err(io::Error::other("the content did not arrive"));
                }
            }
        }
        let length = buffer.len().min(self.held.len() - self.at);
        buffer[..length].copy_from_slice(&self.held[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

/// Reads the content of an exchange, with its transfer codings taken off, and with `is_compressed` the content codings that
/// its head names, and hands out each stretch.
///
/// # Errors
/// `Kind::Coding` for a coding that is not known, or content that does not follow it, cut short included; whatever
/// reading the exchange and `take` fail with.
pub fn read_decoded(
    exchange: &mut Exchange,
    is_compressed: bool,
    mut take: impl FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let of_content = exchange.head.all("content-encoding").filter(|_| is_compressed);
    let mut codings = codings("content", of_content.flat_map(|value| value.split(|byte| *byte == b',')))?;
    codings.extend(self::codings("transfer", exchange.codings.iter().map(String::as_bytes))?);
    if codings.is_empty() || exchange.expected() == Some(0) {
        while let Some(bytes) = exchange.read()? {
            take(bytes)?;
        }
        return Ok(());
    }
    let mut failure = None;
    let source = Source { exchange, failure: &mut failure, held: Vec::new(), at: 0 };
    let outcome = take_off(codings, Box::new(BufReader::with_capacity(PIECE, source)), take);
    // A failure of the transfer shows as one of the decoder, and counts as what it is.
    match failure {
        Some(failure) => Err(failure),
        None => outcome,
    }
}

/// The whole content behind a head without the codings that it names; `None` if one is not known, the content does not
/// follow it, or it is longer than that many bytes.
pub fn decoded(head: &ReplyHead, bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let names = head.all("content-encoding").flat_map(|value| value.split(|byte| *byte == b','));
    let codings = codings("content", names).ok()?;
    let mut whole = Vec::new();
    let take = |piece: &[u8]| match whole.len() + piece.len() > most {
        true => Err(Error::new(Kind::Size, "the content is too long")),
        false => {
            whole.extend_from_slice(piece);
            Ok(())
        }
    };
    take_off(codings, Box::new(bytes), take).is_ok().then_some(whole)
}

/// Takes the codings off what is read, and hands out each stretch.
fn take_off<'a>(
    codings: Vec<Coding>,
    mut reader: Box<dyn BufRead + 'a>,
    mut take: impl FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    // What is empty was not coded, whatever the head says. The last one named was applied last.
    let is_empty = matches!(reader.fill_buf(), Ok([]));
    for coding in codings.into_iter().rev().filter(|_| !is_empty) {
        reader = Box::new(BufReader::with_capacity(PIECE, decoder(coding, reader)));
    }
    loop {
        let taken = match reader.fill_buf() {
            Ok([]) => return Ok(()),
            Ok(bytes) => take(bytes).map(|()| bytes.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(0),
            Err(error) => Err(Error::new(Kind::Coding, format!("cannot decode the content: {error}"))),
        };
        reader.consume(taken?);
    }
}

/// The codings of those names, for an error the codings of what.
fn codings<'a>(what: &str, names: impl Iterator<Item = &'a [u8]>) -> Result<Vec<Coding>, Error> {
    let mut found = Vec::new();
    for name in names {
        let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
        found.push(match name.as_str() {
            // No coding, whatever it calls that.
            "" | "identity" | "none" => continue,
            "gzip" | "x-gzip" => Coding::Gzip,
            "deflate" => Coding::Deflate,
            "br" => Coding::Brotli,
            "zstd" => Coding::Zstd,
            other => {
                let known = "deflate, gzip, br and zstd";
                return Err(Error::new(Kind::Coding, format!("unknown {what} coding '{other}', known are {known}")));
            }
        });
    }
    match found.len() > LAYERS {
        true => Err(Error::new(Kind::Coding, format!("more than {LAYERS} {what} codings"))),
        false => Ok(found),
    }
}

fn decoder<'a>(coding: Coding, mut reader: Box<dyn BufRead + 'a>) -> Box<dyn Read + 'a> {
    match coding {
        Coding::Gzip => Box::new(Layer(MultiGzDecoder::new(reader))),
        Coding::Brotli => Box::new(Brotli::new(reader)),
        Coding::Zstd => Box::new(Frames { reader, frame: FrameDecoder::new() }),
        // RFC 9110 8.4.1.2 means zlib; some servers send bare deflate, which begins otherwise.
        Coding::Deflate => match reader.fill_buf().map(is_zlib).unwrap_or(true) {
            true => Box::new(Layer(ZlibDecoder::new(reader))),
            false => Box::new(Layer(DeflateDecoder::new(reader))),
        },
    }
}

/// What a decoder reads from.
trait CodedInput<'a> {
    fn inner(&mut self) -> &mut Box<dyn BufRead + 'a>;
}

macro_rules! inner {
    ($($decoder:ty),*) => {
        $(impl<'a> CodedInput<'a> for $decoder {
            fn inner(&mut self) -> &mut Box<dyn BufRead + 'a> {
                self.get_mut()
            }
        })*
    };
}

inner!(
    MultiGzDecoder<Box<dyn BufRead + 'a>>,
    ZlibDecoder<Box<dyn BufRead + 'a>>,
    DeflateDecoder<Box<dyn BufRead + 'a>>
);

/// A decoder that ends only where what it reads from ends too: what frames the content may be cut short though the coding
/// is whole, and what stands behind the coding is none.
struct Layer<D>(D);

impl<'a, D: Read + CodedInput<'a>> Read for Layer<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.0.read(buffer)?;
        if length == 0 && !buffer.is_empty() {
            check_end(self.0.inner())?;
        }
        Ok(length)
    }
}

fn check_end(reader: &mut dyn BufRead) -> io::Result<()> {
    match reader.fill_buf()?.is_empty() {
        true => Ok(()),
        false => Err(wrong("bytes behind the end of the coding")),
    }
}

fn wrong(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Brotli (RFC 7932). The reader of its package takes more than it uses, and large windows that no content coding has.
struct Brotli<'a> {
    reader: Box<dyn BufRead + 'a>,
    state: Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>,
    is_over: bool,
}

impl<'a> Brotli<'a> {
    fn new(reader: Box<dyn BufRead + 'a>) -> Brotli<'a> {
        let [one, two, three] = [StandardAlloc::default(), StandardAlloc::default(), StandardAlloc::default()];
        Brotli { reader, state: Box::new(BrotliState::new_strict(one, two, three)), is_over: false }
    }
}

impl Read for Brotli<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.is_over {
                return check_end(&mut self.reader).map(|()| 0);
            }
            let input = self.reader.fill_buf()?;
            let (mut left, mut used, mut room, mut length, mut total) = (input.len(), 0, buffer.len(), 0, 0);
            let is_end = input.is_empty();
            let result = BrotliDecompressStream(
                &mut left,
                &mut used,
                input,
                &mut room,
                &mut length,
                buffer,
                &mut total,
                &mut self.state,
            );
            self.reader.consume(used);
            match result {
                BrotliResult::ResultFailure => return Err(wrong("no Brotli")),
                BrotliResult::NeedsMoreInput if is_end && length == 0 => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                BrotliResult::ResultSuccess => self.is_over = true,
                BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => {}
            }
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
        }
    }
}

/// Frames of Zstandard, one after the other (RFC 8878 3).
struct Frames<'a> {
    reader: Box<dyn BufRead + 'a>,
    frame: FrameDecoder,
}

impl Frames<'_> {
    /// Begins the next frame, or passes one that is to be skipped.
    fn begin(&mut self) -> io::Result<()> {
        match self.frame.init(&mut self.reader) {
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                let length = u64::from(length);
                match io::copy(&mut self.reader.by_ref().take(length), &mut io::sink())? == length {
                    true => Ok(()),
                    false => Err(io::ErrorKind::UnexpectedEof.into()),
                }
            }
            begun => begun.map_err(|_| wrong("no frame of Zstandard")),
        }
    }

    /// The decoder counts, and leaves it to us to compare.
    fn check(&self) -> io::Result<()> {
        match self.frame.get_checksum_from_data() {
            Some(told) if self.frame.get_calculated_checksum() != Some(told) => {
                Err(wrong("the checksum of a frame is wrong"))
            }
            _ => Ok(()),
        }
    }
}

impl Read for Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let length = self.frame.read(buffer)?;
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
            if !self.frame.is_finished() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.frame.decode_blocks(&mut self.reader, one).map_err(io::Error::other)?;
                continue;
            }
            self.check()?;
            if self.reader.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.begin()?;
        }
    }
}

/// RFC 1950 2.2: method 8, and a checksum over the first two bytes.
fn is_zlib(bytes: &[u8]) -> bool {
    match bytes {
        [first, second, ..] => first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)).is_multiple_of(31),
        _ => true,
    }
}
