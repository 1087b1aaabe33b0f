//! How long one answer may be worked on, and how much may be put together for it. The limits are those of the thread that
//! works: what goes through many records asks here now and then whether to go on, ends where it is if not, and whoever set
//! the limits is told that the result is none.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::parts::{BREATH, breathe};
use crate::memory;

/// Why work ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The time was over.
    Time,
    /// More was put together than there is room for.
    Room,
    /// The system gives the process no more memory.
    Memory,
}

thread_local! {
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
    static ROOM: Cell<usize> = const { Cell::new(usize::MAX) };
    static CUT: Cell<Option<Cut>> = const { Cell::new(None) };
}

/// Does work that ends early when the time is over, or when it has put together more than `room` bytes.
///
/// # Errors
/// It ended early.
pub fn within<T>(time: Duration, room: usize, work: impl FnOnce() -> T) -> Result<T, Cut> {
    /// However the work ends, the thread's next work has its own time.
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            UNTIL.set(None);
            ROOM.set(usize::MAX);
            CUT.set(None);
        }
    }
    let _reset = Reset;
    UNTIL.set(Instant::now().checked_add(time));
    ROOM.set(room);
    let result = work();
    CUT.get().map_or(Ok(result), Err)
}

/// Whether the work is to end.
#[inline]
pub(super) fn is_over() -> bool {
    CUT.get().is_some()
}

/// Counts bytes that were put together for the answer; `false`: there is no room for more.
#[inline]
pub fn takes(bytes: usize) -> bool {
    match ROOM.get().checked_sub(bytes) {
        Some(left) => ROOM.set(left),
        None => CUT.set(Some(Cut::Room)),
    }
    !is_over()
}

/// Lets a thread that waits for this core have it, and says whether there is time to go on.
pub(super) fn goes_on() -> bool {
    breathe();
    if UNTIL.get().is_some_and(|until| until <= Instant::now()) {
        CUT.set(Some(Cut::Time));
    }
    if !memory::has_room(0) {
        CUT.set(Some(Cut::Memory));
    }
    !is_over()
}

/// The pace of work on records, some of which may be long.
#[derive(Debug, Default)]
pub struct Pace(usize);

/// So many bytes take about as long as one record more.
const BYTES: usize = 256;

impl Pace {
    /// One more record of so many bytes is done; `false`: there is no time to go on.
    #[inline]
    pub fn goes_on(&mut self, bytes: usize) -> bool {
        self.0 += 1 + bytes / BYTES;
        if self.0 < BREATH {
            return !is_over();
        }
        self.0 = 0;
        goes_on()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends_when_its_time_is_over_and_the_next_has_its_own() {
        let endless = || {
            let mut pace = Pace::default();
            (0_u64..).take_while(|_| pace.goes_on(BYTES * 100)).count()
        };
        assert_eq!(within(Duration::from_millis(5), 1, endless), Err(Cut::Time));
        let minute = Duration::from_secs(60);
        assert_eq!(within(minute, 1, || (0..10_000).filter(|_| goes_on()).count()), Ok(10_000));
        assert_eq!(within(minute, 99, || (0..).take_while(|_| takes(10)).count()), Err(Cut::Room));
        assert_eq!(within(minute, 99, || (0..9).take_while(|_| takes(10)).count()), Ok(9));
        let _ = std::panic::catch_unwind(|| within(Duration::ZERO, 0, || assert!(goes_on(), "meant to")));
        assert!(goes_on(), "what panicked has left nothing behind");
    }
}
