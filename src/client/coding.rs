//! Content codings, taken off as content arrives, in constant memory (RFC 9110 8.4).

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::error::{Error, Kind};
use super::transport::Exchange;

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
                Ok(octets) => self.held.extend_from_slice(octets.unwrap_or_default()),
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

/// Reads the content of an exchange, with the codings that its head names taken off, and hands out each stretch.
///
/// # Errors
/// `Kind::Coding` for a coding that is not known, or content that does not follow it, cut short included; whatever
/// reading the exchange and `take` fail with.
pub fn read_decoded(exchange: &mut Exchange, mut take: impl FnMut(&[u8]) -> Result<(), Error>) -> Result<(), Error> {
    let codings = codings(&exchange.head.all("content-encoding").map(<[u8]>::to_vec).collect::<Vec<_>>())?;
    if codings.is_empty() || exchange.expected() == Some(0) {
        while let Some(octets) = exchange.read()? {
            take(octets)?;
        }
        return Ok(());
    }
    let mut failure = None;
    let source = Source { exchange, failure: &mut failure, held: Vec::new(), at: 0 };
    let mut reader: Box<dyn BufRead + '_> = Box::new(BufReader::with_capacity(PIECE, source));
    // The last one named was applied last.
    for coding in codings.into_iter().rev() {
        reader = Box::new(BufReader::with_capacity(PIECE, decoder(coding, reader)?));
    }
    let outcome = loop {
        let taken = match reader.fill_buf() {
            Ok([]) => break Ok(()),
            Ok(octets) => take(octets).map(|()| octets.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(0),
            Err(error) => Err(Error::new(Kind::Coding, format!("cannot decode the content: {error}"))),
        };
        match taken {
            Ok(length) => reader.consume(length),
            Err(error) => break Err(error),
        }
    };
    drop(reader);
    // A failure of the transfer shows as one of the decoder, and counts as what it is.
    match failure {
        Some(failure) => Err(failure),
        None => outcome,
    }
}

fn codings(values: &[Vec<u8>]) -> Result<Vec<Coding>, Error> {
    let mut found = Vec::new();
    for name in values.iter().flat_map(|value| value.split(|octet| *octet == b',')) {
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
                return Err(Error::new(Kind::Coding, format!("unknown content coding '{other}', known are {known}")));
            }
        });
    }
    match found.len() > LAYERS {
        true => Err(Error::new(Kind::Coding, format!("more than {LAYERS} content codings"))),
        false => Ok(found),
    }
}

fn decoder<'a>(coding: Coding, mut reader: Box<dyn BufRead + 'a>) -> Result<Box<dyn Read + 'a>, Error> {
    Ok(match coding {
        Coding::Gzip => Box::new(Layer(MultiGzDecoder::new(reader))),
        Coding::Brotli => Box::new(Layer(brotli_decompressor::Decompressor::new(reader, PIECE))),
        Coding::Zstd => {
            let failed = |error| Error::new(Kind::Coding, format!("cannot decode the content: {error}"));
            Box::new(Frames(Some(StreamingDecoder::new(reader).map_err(failed)?)))
        }
        // RFC 9110 8.4.1.2 means zlib; some servers send bare deflate, which begins otherwise.
        Coding::Deflate => match reader.fill_buf().map(is_zlib).unwrap_or(true) {
            true => Box::new(Layer(ZlibDecoder::new(reader))),
            false => Box::new(Layer(DeflateDecoder::new(reader))),
        },
    })
}

/// What a decoder reads from.
trait Inner<'a> {
    fn inner(&mut self) -> &mut Box<dyn BufRead + 'a>;
}

macro_rules! inner {
    ($($decoder:ty),*) => {
        $(impl<'a> Inner<'a> for $decoder {
            fn inner(&mut self) -> &mut Box<dyn BufRead + 'a> {
                self.get_mut()
            }
        })*
    };
}

inner!(
    MultiGzDecoder<Box<dyn BufRead + 'a>>,
    ZlibDecoder<Box<dyn BufRead + 'a>>,
    DeflateDecoder<Box<dyn BufRead + 'a>>,
    brotli_decompressor::Decompressor<Box<dyn BufRead + 'a>>
);

/// A decoder that ends only where what it reads from ends too: what frames the content may be cut short though the coding
/// is whole, and what stands behind the coding is none.
struct Layer<D>(D);

impl<'a, D: Read + Inner<'a>> Read for Layer<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.0.read(buffer)?;
        if length == 0 && !buffer.is_empty() && !self.0.inner().fill_buf()?.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "bytes behind the end of the coding"));
        }
        Ok(length)
    }
}

/// Frames of Zstandard, one after the other (RFC 8878 3).
struct Frames<'a>(Option<StreamingDecoder<Box<dyn BufRead + 'a>, FrameDecoder>>);

impl Read for Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(frame) = &mut self.0 {
            let length = frame.read(buffer)?;
            if length > 0 || buffer.is_empty() || frame.get_mut().fill_buf()?.is_empty() {
                return Ok(length);
            }
            let rest = self.0.take().map(StreamingDecoder::into_inner);
            self.0 = rest.map(StreamingDecoder::new).transpose().map_err(io::Error::other)?;
        }
        Ok(0)
    }
}

/// RFC 1950 2.2: method 8, and a checksum over the first two octets.
fn is_zlib(octets: &[u8]) -> bool {
    match octets {
        [first, second, ..] => first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)).is_multiple_of(31),
        _ => true,
    }
}
