//! What was appended goes out in order, once, whatever the peer takes.

use std::time::Duration;

use super::*;

/// Takes `step` bytes a call and blocks after each second one.
struct Slow {
    taken: Vec<u8>,
    step: usize,
    calls: usize,
}

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(3) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let length = bytes.len().min(self.step);
        self.taken.extend_from_slice(&bytes[..length]);
        Ok(length)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let all: Vec<u8> = slices.iter().flat_map(|slice| slice.iter().copied()).collect();
        self.write(&all)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_was_sent_is_forgotten_though_it_is_never_empty() {
    let (mut output, mut peer) = (Output::default(), Slow { taken: Vec::new(), step: 1_000, calls: 0 });
    output.bytes().extend_from_slice(b"a lag");
    for _ in 0..10_000 {
        output.bytes().extend_from_slice(&[b'x'; 2_000]);
        assert_eq!(output.flush(&mut peer).unwrap(), Flushed::Blocked);
    }
    assert!(output.bytes.capacity() < 4 * COPIED, "{}", output.bytes.capacity());
}

#[test]
fn what_is_not_late_any_more_takes_turns_like_all_else() {
    let mut output = Output::default();
    output.bytes().extend_from_slice(b"A\r\n\r\n");
    output.push(Content::Whole(Bytes::from(vec![b'x'; 2 * TURN])));
    output.pace(0, Rhythm::Lines(Duration::ZERO));
    let mut taken = Vec::new();
    // The pauses of no time are over at the next look.
    let flushed: Vec<Flushed> = std::iter::repeat_with(|| output.flush(&mut taken).unwrap()).take(3).collect();
    assert_eq!(flushed, [Flushed::Turn, Flushed::Turn, Flushed::Whole]);
    assert_eq!(taken.len(), 2 * TURN + 5);
}

#[test]
fn everything_arrives_in_order_whatever_the_peer_takes() {
    let large: Vec<u8> = (0..COPIED + 1).map(|index| index as u8).collect();
    for step in [1_000, 7_777, 65_537, 1 << 20] {
        let mut output = Output::default();
        output.bytes().extend_from_slice(b"head");
        output.push(Content::Pieces(vec![Bytes::from_static(b"small"), Bytes::new()]));
        let pieces = [&large[..10], &large[10..20_000], &[], &large[20_000..]].map(Bytes::copy_from_slice).to_vec();
        output.push(Content::Pieces(pieces));
        assert!(output.is_full());
        assert_eq!(output.len(), 9 + large.len());
        let mut peer = Slow { taken: Vec::new(), step, calls: 0 };
        while output.flush(&mut peer).unwrap() == Flushed::Blocked {}
        assert!(output.is_empty() && !output.is_full());
        assert_eq!(peer.taken, [b"headsmall", &large[..]].concat());
    }
}
