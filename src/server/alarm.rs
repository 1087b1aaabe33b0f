//! The moment at which a worker looks after its deadlines although nothing happens.
//!
//! Handing the time until then to the readiness queue would arm a timer of the kernel at each wait and take it off
//! again at each event, which is dear when events are single: a tenth of the CPU time of a request on one connection.
//! So on Linux the timer is a descriptor in the queue that stays armed, and is armed anew only for an earlier moment.

use std::io;
use std::time::{Duration, Instant};

use mio::{Registry, Token};

#[cfg(target_os = "linux")]
use timer::Timer;

/// See the module.
pub(super) struct Alarm {
    #[cfg(target_os = "linux")]
    timer: Timer,
    /// When it rings; it may be earlier than the next deadline, and then rings for nothing once.
    set: Option<Instant>,
}

impl Alarm {
    /// An alarm that rings in the queue as an event of `token`.
    ///
    /// # Errors
    /// The system has no timer to give.
    pub(super) fn new(registry: &Registry, token: Token) -> io::Result<Alarm> {
        #[cfg(not(target_os = "linux"))]
        let _ = (registry, token);
        Ok(Alarm {
            #[cfg(target_os = "linux")]
            timer: Timer::new(registry, token)?,
            set: None,
        })
    }

    /// How long the queue is to wait, given the next deadline. `None`: until something happens, the alarm included.
    pub(super) fn patience(&mut self, next: Option<Instant>) -> Option<Duration> {
        let next = next?;
        if self.set.is_some_and(|set| set <= next) {
            return None;
        }
        // The queue counts in milliseconds: rounded up, so that it does not wake a moment too early.
        let time = next.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
        if !self.arm(time) {
            return Some(time);
        }
        self.set = Some(next);
        None
    }

    /// It has rung.
    pub(super) fn rang(&mut self) {
        self.set = None;
    }

    #[cfg(target_os = "linux")]
    fn arm(&self, time: Duration) -> bool {
        self.timer.arm(time).is_ok()
    }

    #[cfg(not(target_os = "linux"))]
    fn arm(&self, _time: Duration) -> bool {
        false
    }
}

#[cfg(target_os = "linux")]
mod timer {
    use std::io;
    use std::os::fd::{AsRawFd, OwnedFd};
    use std::time::Duration;

    use mio::unix::SourceFd;
    use mio::{Interest, Registry, Token};
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
    };

    pub(super) struct Timer(OwnedFd);

    impl Timer {
        pub(super) fn new(registry: &Registry, token: Token) -> io::Result<Timer> {
            let descriptor = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)?;
            registry.register(&mut SourceFd(&descriptor.as_raw_fd()), token, Interest::READABLE)?;
            Ok(Timer(descriptor))
        }

        /// It is never read: each time it goes off is an event of its own in an edge-triggered queue.
        pub(super) fn arm(&self, time: Duration) -> io::Result<()> {
            let it_value = Timespec::try_from(time).map_err(io::Error::other)?;
            let it_interval = Timespec { tv_sec: 0, tv_nsec: 0 };
            timerfd_settime(&self.0, TimerfdTimerFlags::empty(), &Itimerspec { it_interval, it_value })?;
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mio::{Events, Poll};

    #[test]
    fn it_rings_at_the_earliest_deadline_and_again_at_the_next() {
        let (mut poll, mut events) = (Poll::new().unwrap(), Events::with_capacity(4));
        let mut alarm = Alarm::new(poll.registry(), Token(7)).unwrap();
        assert_eq!(alarm.patience(None), None);
        let (start, milliseconds) = (Instant::now(), Duration::from_millis);
        let mut ring = |alarm: &mut Alarm, later| {
            let patience = alarm.patience(Some(start + later));
            poll.poll(&mut events, patience).unwrap();
            assert!(start.elapsed() >= later);
            assert!(patience.is_some() || events.iter().any(|event| event.token() == Token(7)));
            alarm.rang();
        };
        alarm.patience(Some(start + milliseconds(3_600_000)));
        ring(&mut alarm, milliseconds(20));
        ring(&mut alarm, milliseconds(40));
    }
}
