//! An answer on its way piece by piece: how much of it may go out by now.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::fault::Rhythm;

/// Counts what goes out.
#[derive(Debug)]
pub(super) struct Pacing {
    /// What may go out before the next pause.
    free: usize,
    /// The pieces after that; the rest follows in one.
    pieces: VecDeque<usize>,
    /// The length of all pieces after those, if the rest is not one.
    step: Option<usize>,
    pause: Duration,
    /// When the pause is over that it is in.
    until: Option<Instant>,
}

impl Pacing {
    /// Of an answer behind so many bytes, which go out at once, and whose head is this.
    pub(super) fn new(before: usize, head: &[u8], rhythm: Rhythm) -> Pacing {
        let (pieces, step, pause) = match rhythm {
            Rhythm::Bytes(step, pause) => (VecDeque::new(), Some(step.max(1)), pause),
            Rhythm::Lines(pause) => {
                (head.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::len).collect(), None, pause)
            }
        };
        let mut pacing = Pacing { free: before, pieces, step, pause, until: None };
        pacing.begin_piece();
        pacing
    }

    fn begin_piece(&mut self) {
        self.free += self.pieces.pop_front().or(self.step).unwrap_or(usize::MAX - self.free);
    }

    /// How many bytes may go out at this moment; 0 in a pause.
    pub(super) fn free(&mut self, now: Instant) -> usize {
        if self.until.is_some_and(|until| until <= now) {
            self.until = None;
            self.begin_piece();
        }
        self.free
    }

    /// So many have gone out.
    pub(super) fn advance(&mut self, length: usize, now: Instant) {
        self.free -= length;
        if self.free == 0 {
            self.until = Some(now + self.pause);
        }
    }

    /// Until when nothing goes out.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When which bytes go out, in milliseconds, where all that may go out does.
    fn schedule(before: usize, head: &[u8], rhythm: Rhythm, total: usize) -> Vec<(u128, usize)> {
        let start = Instant::now();
        let (mut pacing, mut now, mut left, mut schedule) =
            (Pacing::new(before, head, rhythm), start, total, Vec::new());
        while left > 0 {
            let length = pacing.free(now).min(left);
            if length == 0 {
                now = pacing.until().unwrap();
                continue;
            }
            pacing.advance(length, now);
            left -= length;
            schedule.push(((now - start).as_millis(), length));
        }
        schedule
    }

    #[test]
    fn bytes_go_out_at_their_rate_behind_what_was_there() {
        let rhythm = Rhythm::Bytes(3, Duration::from_millis(100));
        assert_eq!(schedule(0, b"", rhythm, 7), [(0, 3), (100, 3), (200, 1)]);
        assert_eq!(schedule(10, b"", rhythm, 17), [(0, 13), (100, 3), (200, 1)]);
        assert_eq!(schedule(0, b"", Rhythm::Bytes(0, Duration::from_millis(1)), 2), [(0, 1), (1, 1)]);
    }

    #[test]
    fn lines_of_the_head_go_out_one_by_one_and_the_content_at_once() {
        let rhythm = Rhythm::Lines(Duration::from_secs(1));
        assert_eq!(schedule(5, b"A b\r\nC\r\n\r\n", rhythm, 1010), [(0, 10), (1000, 3), (2000, 2), (3000, 995)]);
    }
}
