//! Work on many children, shared among the cores.

use std::cell::Cell;
use std::ops::Range;
use std::time::Instant;

/// From so many children on, further threads are worth their start.
const MANY: u32 = 50_000;

/// More threads than this are of little use to work that waits for memory.
const THREADS: u32 = 4;

/// After so many records work that looks at each lets others go first.
pub(crate) const BREATH: usize = 1024;

/// So much is put together from rows in less than a millisecond.
pub(crate) const FEW_BYTES: usize = 64 << 10;

thread_local! {
    static BREATHS: Cell<Breaths> = const { Cell::new(Breaths(None)) };
}

/// So many times as long as others were let go first is worked before they are again.
const WORKED: u32 = 4;

/// When this thread is to let others go first again.
#[derive(Clone, Copy)]
struct Breaths(Option<Instant>);

impl Breaths {
    fn is_due(self, now: Instant) -> bool {
        self.0.is_none_or(|next| next <= now)
    }

    /// Others had the core in between: a few times as long is worked before the next.
    fn after(start: Instant, end: Instant) -> Breaths {
        Breaths(end.checked_add((end - start) * WORKED))
    }
}

/// Lets a thread that waits for this core have it: what is long lets what is short go first. The system would do so only
/// when a slice of time is over, a millisecond or more. What is short takes microseconds; beside a load that always wants
/// the core each time is tens of milliseconds.
pub(crate) fn breathe() {
    let start = Instant::now();
    if BREATHS.get().is_due(start) {
        std::thread::yield_now();
        BREATHS.set(Breaths::after(start, Instant::now()));
    }
}

/// Calls `breathe` now and then while the numbers go by.
pub(crate) fn with_breath(numbers: Range<u32>) -> impl Iterator<Item = u32> {
    numbers.inspect(|number| {
        if *number as usize % BREATH == BREATH - 1 {
            breathe();
        }
    })
}

/// Does `work` for all the numbers up to `count`, in order: at once, or in parts on several threads if they are many.
/// The threads have the priority of the one that asks.
pub(crate) fn in_parts<T: Send>(count: u32, work: impl Fn(Range<u32>) -> T + Sync) -> Vec<T> {
    // Nothing is no memory, however often.
    fill_parts(&mut vec![(); count as usize], |range, _| work(range))
}

/// The same where each number has a slot, which is filled. There are at most as many as 32 bits can say.
pub(crate) fn fill_parts<S: Send, T: Send>(slots: &mut [S], work: impl Fn(Range<u32>, &mut [S]) -> T + Sync) -> Vec<T> {
    let count = u32::try_from(slots.len()).unwrap_or(u32::MAX);
    let cores = std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1));
    let threads = cores.min(THREADS);
    if count < MANY || threads == 1 {
        return vec![work(0..count, slots)];
    }
    let share = count.div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let work = &work;
        let part = |(from, slots): (u32, _)| scope.spawn(move || work(from..count.min(from + share), slots));
        let parts: Vec<_> =
            (0..count).step_by(share as usize).zip(slots.chunks_mut(share as usize)).map(part).collect();
        let joined = parts.into_iter().map(|part| part.join());
        joined.map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn little_of_the_time_is_given_away() {
        let start = Instant::now();
        let at = |micros| start + Duration::from_micros(micros);
        assert!(Breaths(None).is_due(start));
        let breaths = Breaths::after(at(100), at(30_100));
        for (micros, expected) in [(30_100, false), (150_000, false), (150_100, true)] {
            assert_eq!(breaths.is_due(at(micros)), expected, "{micros}");
        }
        assert!(Breaths::after(at(5), at(5)).is_due(at(5)));
    }

    #[test]
    fn every_slot_is_filled_and_the_parts_are_in_order() {
        for count in [0, 1, MANY, MANY + 7] {
            let mut slots = vec![0; count as usize];
            let parts = fill_parts(&mut slots, |range, slots| {
                slots.iter_mut().zip(range.clone()).for_each(|(slot, number)| *slot = number + 1);
                range
            });
            assert!(slots.iter().zip(1..).all(|(slot, number)| *slot == number), "{count}");
            assert!(parts.iter().cloned().flatten().eq(0..count), "{parts:?}");
        }
    }
}
