//! The blocks of pcapng (draft-ietf-opsawg-pcapng), little-endian.

use std::time::{SystemTime, UNIX_EPOCH};

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const INTERFACE_STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;
const DECRYPTION_SECRETS: u32 = 10;

/// Packets that begin with an IP header, of either version.
const LINKTYPE_RAW: u16 = 101;
/// A log of keys as TLS libraries write it (`SSLKEYLOGFILE`).
const TLS_KEY_LOG: u32 = 0x544c_534b;

const END_OF_OPTIONS: u16 = 0;
const COMMENT: u16 = 1;
/// The name of the interface, in its description.
const INTERFACE_NAME: u16 = 2;
/// The program that wrote a section, in its header.
const APPLICATION: u16 = 4;
/// How many packets were left out, in the statistics of an interface.
const LEFT_OUT: u16 = 5;

/// The longest comment, in bytes.
const COMMENT_LIMIT: usize = 1024;

/// What a capture begins with: the program that makes it, a comment on all of it, and the only interface.
pub fn beginning(out: &mut Vec<u8>, application: &str, comment: &str) {
    block(out, SECTION_HEADER, |out| {
        // The mark of the byte order, version 1.0, and no length: the section goes on to the end.
        out.extend(0x1a2b_3c4d_u32.to_le_bytes());
        out.extend(1_u16.to_le_bytes());
        out.extend(0_u16.to_le_bytes());
        out.extend(u64::MAX.to_le_bytes());
        option(out, COMMENT, cut(comment).as_bytes());
        option(out, APPLICATION, cut(application).as_bytes());
        option(out, END_OF_OPTIONS, &[]);
    });
    block(out, INTERFACE_DESCRIPTION, |out| {
        out.extend(LINKTYPE_RAW.to_le_bytes());
        out.extend(0_u16.to_le_bytes());
        // Packets have whatever length they have.
        out.extend(0_u32.to_le_bytes());
        option(out, INTERFACE_NAME, b"httpkit");
        option(out, END_OF_OPTIONS, &[]);
    });
}

/// Keys of TLS connections, as lines of a key log with their ends. They have to stand before the packets that they open:
/// readers take a capture from its beginning to its end.
pub fn secrets(out: &mut Vec<u8>, lines: &str) {
    block(out, DECRYPTION_SECRETS, |out| {
        out.extend(TLS_KEY_LOG.to_le_bytes());
        out.extend(length(lines.as_bytes()).to_le_bytes());
        padded(out, lines.as_bytes());
    });
}

/// So many packets were left out of the capture so far.
pub fn left_out(out: &mut Vec<u8>, packets: u64, time: SystemTime) {
    block(out, INTERFACE_STATISTICS, |out| {
        out.extend(0_u32.to_le_bytes());
        out.extend(timestamp(time));
        option(out, LEFT_OUT, &packets.to_le_bytes());
        option(out, END_OF_OPTIONS, &[]);
    });
}

/// The length of the whole blocks at the beginning that have no more bytes than that.
pub fn whole_blocks(blocks: &[u8], most: usize) -> usize {
    let mut end = 0;
    for (_, block) in each(blocks) {
        if end + block.len() > most {
            break;
        }
        end += block.len();
    }
    end
}

/// How many packets there are among these blocks.
pub fn packets(blocks: &[u8]) -> usize {
    each(blocks).filter(|(kind, _)| *kind == ENHANCED_PACKET).count()
}

/// The blocks with their kinds.
fn each(mut blocks: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || {
        let (kind, rest) = blocks.split_first_chunk()?;
        let total = usize::try_from(u32::from_le_bytes(*rest.first_chunk()?)).ok()?;
        let (block, rest) = blocks.split_at_checked(total.max(8))?;
        blocks = rest;
        Some((u32::from_le_bytes(*kind), block))
    })
}

/// A packet that was seen at that time.
pub(super) fn packet(out: &mut Vec<u8>, time: SystemTime, packet: &[u8], comment: Option<&str>) {
    block(out, ENHANCED_PACKET, |out| {
        out.extend(0_u32.to_le_bytes());
        out.extend(timestamp(time));
        // As much of it was captured as there was.
        out.extend(length(packet).to_le_bytes());
        out.extend(length(packet).to_le_bytes());
        padded(out, packet);
        if let Some(comment) = comment {
            option(out, COMMENT, cut(comment).as_bytes());
            option(out, END_OF_OPTIONS, &[]);
        }
    });
}

/// Kind and length of a block around what it holds.
fn block(out: &mut Vec<u8>, kind: u32, fill: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend(kind.to_le_bytes());
    out.extend([0; 4]);
    fill(out);
    let total = length(&out[start..]).saturating_add(4).to_le_bytes();
    out[start + 4..start + 8].copy_from_slice(&total);
    out.extend(total);
}

fn option(out: &mut Vec<u8>, kind: u16, value: &[u8]) {
    out.extend(kind.to_le_bytes());
    out.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_le_bytes());
    padded(out, value);
}

fn padded(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
    out.resize(out.len() + bytes.len().next_multiple_of(4) - bytes.len(), 0);
}

/// Microseconds since 1970, the upper half first.
fn timestamp(time: SystemTime) -> [u8; 8] {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    let micros = u64::try_from(since).unwrap_or(u64::MAX).to_le_bytes();
    let [a, b, c, d, e, f, g, h] = micros;
    [e, f, g, h, a, b, c, d]
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// As much of a comment as there is room for.
fn cut(comment: &str) -> &str {
    let mut end = comment.len().min(COMMENT_LIMIT);
    while !comment.is_char_boundary(end) {
        end -= 1;
    }
    &comment[..end]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn made(fill: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        fill(&mut out);
        out
    }

    #[test]
    fn a_capture_begins_with_its_section_and_its_interface() {
        let out = made(|out| beginning(out, "httpkit", "hi"));
        #[rustfmt::skip]
        assert_eq!(out, [
            &[0x0a, 0x0d, 0x0d, 0x0a, 52, 0, 0, 0][..],
            &[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255],
            &[1, 0, 2, 0, b'h', b'i', 0, 0, 4, 0, 7, 0], b"httpkit\0", &[0, 0, 0, 0, 52, 0, 0, 0],
            &[1, 0, 0, 0, 36, 0, 0, 0, 101, 0, 0, 0, 0, 0, 0, 0],
            &[2, 0, 7, 0], b"httpkit\0", &[0, 0, 0, 0, 36, 0, 0, 0],
        ].concat());
    }

    #[test]
    fn keys_and_packets_stand_in_blocks_of_their_own() {
        let out = made(|out| secrets(out, "A b c\n"));
        assert_eq!(out, [&[10, 0, 0, 0, 28, 0, 0, 0][..], b"KSLT\x06\0\0\0A b c\n\0\0", &[28, 0, 0, 0]].concat());
        let time = UNIX_EPOCH + Duration::from_micros(0x0001_0203_0405_0607);
        #[rustfmt::skip]
        assert_eq!(made(|out| packet(out, time, b"12345", None)), [
            &[6, 0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0, 3, 2, 1, 0, 7, 6, 5, 4, 5, 0, 0, 0, 5, 0, 0, 0][..],
            b"12345\0\0\0", &[40, 0, 0, 0],
        ].concat());
        let out = made(|out| left_out(out, 7, time));
        assert_eq!(out[20..], [5, 0, 8, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0]);
    }

    #[test]
    fn a_comment_is_cut_between_two_characters() {
        let long = "\u{e4}".repeat(COMMENT_LIMIT);
        assert_eq!(cut(&long).len(), COMMENT_LIMIT);
        assert_eq!(cut(&format!("a{long}")).len(), COMMENT_LIMIT - 1);
    }

    #[test]
    fn blocks_are_cut_between_each_other_and_packets_are_counted() {
        let mut all = made(|out| beginning(out, "a", "b"));
        let head = all.len();
        let at = UNIX_EPOCH + Duration::from_secs(1);
        packet(&mut all, at, b"abc", None);
        let one = all.len();
        left_out(&mut all, 1, at);
        packet(&mut all, at, b"abcdef", Some("c"));
        assert_eq!((packets(&all), packets(&all[..one]), packets(&all[..head]), packets(b"")), (2, 1, 0, 0));
        for (most, expected) in
            [(usize::MAX, all.len()), (all.len(), all.len()), (one, one), (one + 1, one), (one - 1, head), (0, 0)]
        {
            assert_eq!(whole_blocks(&all, most), expected, "{most}");
        }
    }
}
