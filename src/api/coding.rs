//! The content coding of an answer: gzip, when asked for and worth it (RFC 9110 12.5.3).

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::message::{Content, Stream};

/// What is smaller than this does not get smaller: head and trailer of gzip alone are 18 bytes, and a packet is sent
/// anyway.
const WORTH_IT: usize = 1024;

/// Whether the values of `Accept-Encoding` prefer gzip to no coding, for that content.
pub(super) fn is_wanted(accept_encoding: &str, content: &Content) -> bool {
    if matches!(content, Content::Live(_)) || (content.len() < WORTH_IT && !content.is_endless()) {
        return false;
    }
    let weight = |name: &str| {
        accept_encoding.split(',').find_map(|item| {
            let (coding, parameter) = item.split_once(';').unwrap_or((item, ""));
            let weight = parameter.trim().strip_prefix("q=").map_or(Some(1.0), |text| text.parse::<f32>().ok())?;
            coding.trim().eq_ignore_ascii_case(name).then_some(weight)
        })
    };
    let gzip = weight("gzip").or_else(|| weight("*")).unwrap_or(0.0);
    gzip > 0.0 && gzip >= weight("identity").unwrap_or(0.0)
}

/// The content in gzip.
pub(super) fn gzip(content: Content) -> Content {
    let mut encoder = GzEncoder::new(Vec::with_capacity(content.len() / 4), Compression::fast());
    let written = match &content {
        Content::Stream(_) => return gzip_stream(content),
        // It is coded by nobody, so that each piece goes out when it is there.
        Content::Live(_) => return content,
        Content::Whole(bytes) => encoder.write_all(bytes),
        Content::Pieces(pieces) => pieces.iter().try_for_each(|piece| encoder.write_all(piece)),
    };
    // Writing into memory does not fail; if it did, the content uncoded would be under the wrong field.
    written.and_then(|()| encoder.finish()).map(Content::from).unwrap_or_default()
}

/// A content that is coded while it is made.
fn gzip_stream(content: Content) -> Content {
    let Content::Stream(mut plain) = content else { return content };
    let mut encoder = Some(GzEncoder::new(Vec::new(), Compression::fast()));
    Content::Stream(Stream::new(move || {
        while let Some(gzip) = &mut encoder {
            match plain.next_piece() {
                Some(piece) => {
                    gzip.write_all(&piece).ok()?;
                    let coded = std::mem::take(gzip.get_mut());
                    if !coded.is_empty() {
                        return Some(coded.into());
                    }
                }
                // What is cut is not given an end.
                None if plain.length().is_some_and(|left| left > 0) => return None,
                None => return encoder.take()?.finish().ok().map(Bytes::from),
            }
        }
        None
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn when_it_is_wanted() {
        let cases = [
            ("gzip", true),
            ("gzip, deflate, br, zstd", true),
            ("GZIP;q=0.5", true),
            ("*", true),
            ("", false),
            ("br", false),
            ("gzip;q=0", false),
            ("*;q=0.1, gzip;q=0", false),
            ("identity, gzip;q=0.5", false),
        ];
        for (field, expected) in cases {
            assert_eq!(is_wanted(field, &Content::from(vec![b'x'; 5000])), expected, "{field}");
        }
        assert!(!is_wanted("gzip", &Content::from(vec![b'x'; 100])), "never for tiny ones");
    }

    #[test]
    fn what_is_coded_decodes() {
        let text = "abc ".repeat(1000);
        let coded = gzip(Content::from(text.clone().into_bytes())).to_vec();
        let mut decoded = String::new();
        flate2::read::GzDecoder::new(&coded[..]).read_to_string(&mut decoded).unwrap();
        assert!(coded.len() < 200 && decoded == text);
    }
}
