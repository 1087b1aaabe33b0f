//! Work on many children, shared among the cores.

use std::ops::Range;

/// From so many children on, further threads are worth their start.
const MANY: u32 = 50_000;

/// More threads than this are of little use to work that waits for memory.
const THREADS: u32 = 4;

/// After so many records work that looks at each lets others go first.
pub(crate) const BREATH: usize = 1024;

/// So much is put together from rows in less than a millisecond.
pub(crate) const FEW_BYTES: usize = 64 << 10;

/// Lets a thread that waits for this core have it: what is long lets what is short go first. The system would do so only
/// when a slice of time is over, a millisecond or more.
pub(crate) fn breathe() {
    std::thread::yield_now();
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
    let cores = std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1));
    let threads = cores.min(THREADS);
    if count < MANY || threads == 1 {
        return vec![work(0..count)];
    }
    let share = count.div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let work = &work;
        let part = |from: u32| scope.spawn(move || work(from..count.min(from + share)));
        let parts: Vec<_> = (0..count).step_by(share as usize).map(part).collect();
        let joined = parts.into_iter().map(|part| part.join());
        joined.map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
