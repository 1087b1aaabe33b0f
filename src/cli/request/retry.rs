//! When a transfer is tried again, and how long is waited before.

use std::time::{Duration, SystemTime};

use crate::cli::args::RequestArgs;
use crate::client::Kind;

/// When and how often a transfer is tried again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retry {
    /// How often at most.
    pub(crate) times: u32,
    /// The wait before each attempt, in place of a growing one.
    pub(crate) delay: Option<Duration>,
    /// No attempt begins later than this.
    pub(crate) total: Option<Duration>,
    /// A refused connection may pass.
    pub(crate) refused: bool,
    /// Every failure may pass.
    pub(crate) all: bool,
}

/// The longest wait between two attempts: curl's.
const LONGEST_DELAY: Duration = Duration::from_secs(600);
/// The longest wait that a server can ask for: curl's.
const LONGEST_ASKED: Duration = Duration::from_secs(6 * 3600);

impl Retry {
    /// Reads the rule off the arguments.
    pub(crate) fn of(args: &RequestArgs) -> Retry {
        Retry {
            times: args.retry.unwrap_or(0),
            delay: args.retry_delay.filter(|delay| !delay.is_zero()),
            total: args.retry_max_time.filter(|total| !total.is_zero()),
            refused: args.retry_connrefused,
            all: args.retry_all_errors,
        }
    }

    /// Whether a response of that status may pass.
    pub(crate) fn is_transient(&self, status: u16) -> bool {
        matches!(status, 408 | 429 | 500 | 502 | 503 | 504 | 522 | 524)
    }

    /// Whether a failure may pass.
    pub(crate) fn may_pass(&self, kind: Kind) -> bool {
        match kind {
            Kind::Time | Kind::Name | Kind::ProxyName => true,
            Kind::Connect => self.refused || self.all,
            Kind::Usage | Kind::Url | Kind::Read | Kind::Closed | Kind::Aborted | Kind::Protocol => false,
            _ => self.all,
        }
    }

    /// How long to wait before the attempt after `attempts`; `None` if there shall be none. The total time is looked at
    /// before the wait, as curl does: only a wait that the server asks for must fit into it.
    pub(crate) fn wait(&self, attempts: u32, asked: Option<Duration>, elapsed: Duration) -> Option<Duration> {
        let doubled = Duration::from_secs(1).saturating_mul(1 << attempts.saturating_sub(1).min(16));
        let asked = asked.filter(|wait| !wait.is_zero()).map(|wait| wait.min(LONGEST_ASKED));
        let wait = asked.or(self.delay).unwrap_or(doubled.min(LONGEST_DELAY));
        let needed = elapsed + asked.unwrap_or_default();
        let is_time = self.total.is_none_or(|total| elapsed < total && needed <= total);
        (attempts <= self.times && is_time).then_some(wait)
    }
}

/// How long a `Retry-After` asks to wait (RFC 9110 10.2.3): seconds, or until a date.
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(value).ok().map(|date| date.duration_since(now).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_unless_something_was_said() {
        let args = Retry { times: 9, delay: None, total: Some(Duration::from_secs(100)), refused: false, all: false };
        let wait = |attempts, asked: Option<u64>, elapsed| {
            args.wait(attempts, asked.map(Duration::from_secs), Duration::from_secs(elapsed)).map(|wait| wait.as_secs())
        };
        assert_eq!([wait(1, None, 0), wait(2, None, 0), wait(5, None, 0)], [Some(1), Some(2), Some(16)]);
        assert_eq!([wait(1, Some(7), 0), wait(1, Some(200), 0), wait(1, None, 100)], [Some(7), None, None]);
        assert_eq!([wait(1, Some(0), 0), wait(9, None, 99), wait(10, None, 0)], [Some(1), Some(256), None]);
        let later = Retry { total: None, times: 30, ..args };
        assert_eq!(later.wait(30, None, Duration::ZERO), Some(LONGEST_DELAY));
        assert_eq!(later.wait(1, Some(Duration::from_secs(1 << 40)), Duration::ZERO), Some(LONGEST_ASKED));
        let now = SystemTime::UNIX_EPOCH;
        assert_eq!(retry_after(" 3 ", now), Some(Duration::from_secs(3)));
        assert_eq!(retry_after("Thu, 01 Jan 1970 00:01:00 GMT", now), Some(Duration::from_secs(60)));
        assert_eq!(retry_after("later", now), None);
    }
}
