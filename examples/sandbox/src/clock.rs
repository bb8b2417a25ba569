//! The sandbox's own time: the machine's, plus what somebody advanced it by.
//!
//! Timers of the procedure (codes, sessions, statuses) follow this clock. Certificates, revocation lists and stamps do
//! not: other programs judge them by the machine's clock, so that they carry the machine's time, unless somebody dates
//! them otherwise ([`Clock::date`]).

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tanba_core::time::UnixTime;

/// A moment on the sandbox's clock: milliseconds since 1970-01-01 UTC, so that tests may use short times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

impl Moment {
    pub(crate) fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(millis(by)))
    }

    /// How long it is from now until this moment; nothing if it has passed.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    pub(crate) fn unix(self) -> UnixTime {
        UnixTime::from_secs(self.0.div_euclid(1_000))
    }

    pub(crate) fn rfc3339(self) -> String {
        self.unix().rfc3339()
    }
}

/// The clock. It runs with the machine's steady clock, so that it never goes back.
pub(crate) struct Clock {
    started: Instant,
    start: i64,
    advanced: AtomicI64,
    /// From the machine's time to the one that certificates carry, in seconds.
    dated: i64,
}

impl Clock {
    /// Certificates carry the machine's time, or one that runs from `dated` on.
    pub(crate) fn start(dated: Option<UnixTime>) -> Self {
        Self {
            started: Instant::now(),
            start: millis(since_epoch()),
            advanced: AtomicI64::new(0),
            dated: dated.map_or(0, |dated| dated.since(machine())),
        }
    }

    /// The time that certificates, lists and stamps carry.
    pub(crate) fn date(&self) -> UnixTime {
        machine().plus_secs(self.dated)
    }

    pub(crate) fn now(&self) -> Moment {
        Moment(self.start).plus(self.started.elapsed()).plus(Duration::from_millis(
            u64::try_from(self.advanced.load(Ordering::Relaxed)).unwrap_or(0),
        ))
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.advanced.fetch_add(millis(by), Ordering::Relaxed);
    }
}

/// The machine's time.
fn machine() -> UnixTime {
    UnixTime::from_secs(i64::try_from(since_epoch().as_secs()).unwrap_or(i64::MAX))
}

fn since_epoch() -> Duration {
    // A machine whose clock stands before 1970 gets 1970: nothing of the sandbox would be valid there anyway.
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO)
}

fn millis(of: Duration) -> i64 {
    i64::try_from(of.as_millis()).unwrap_or(i64::MAX)
}

/// Whole seconds, rounded up: what a person is told to wait.
pub(crate) fn seconds(of: Duration) -> u64 {
    of.as_secs() + u64::from(of.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advancing_moves_the_clock_and_not_the_machine() {
        let clock = Clock::start(None);
        let (before, machine_before) = (clock.now(), machine());
        clock.advance(Duration::from_secs(3_600));
        assert!(clock.now().since(before) >= Duration::from_secs(3_600));
        assert!(machine().since(machine_before) < 60);
        assert!(clock.date().since(machine_before) < 60);
    }

    #[test]
    fn certificates_can_be_dated_otherwise() {
        let dated = UnixTime::from_secs(1_600_000_000);
        let since = Clock::start(Some(dated)).date().since(dated);
        assert!((0..60).contains(&since), "{since}");
    }

    #[test]
    fn a_wait_is_rounded_up() {
        assert_eq!(seconds(Duration::from_millis(1)), 1);
        assert_eq!(seconds(Duration::from_secs(2)), 2);
        assert_eq!(seconds(Duration::ZERO), 0);
    }
}
