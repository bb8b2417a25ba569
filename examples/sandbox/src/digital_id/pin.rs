//! The PIN of a Digital ID account: four digits, five tries, then locked for fifteen minutes.

use std::time::Duration;

use crate::clock::{Moment, seconds};
use crate::problem::{Code, Problem};
use crate::sealed::Sealed;

/// Tries before the lock.
pub(crate) const TRIES: u32 = 5;
/// How long the lock holds.
const LOCK: Duration = Duration::from_secs(15 * 60);

/// A PIN that was set.
#[derive(Debug)]
pub(crate) struct Pin {
    sealed: Sealed,
    left: u32,
    locked_until: Option<Moment>,
}

impl Pin {
    /// Reads a new PIN, typed twice.
    pub(crate) fn choose(pin: &str, repeat: &str) -> Result<Self, Problem> {
        if !is_pin(pin) {
            return Err(Code::PinFormat.into());
        }
        if pin != repeat {
            return Err(Code::PinMismatch.into());
        }
        Ok(Self { sealed: Sealed::new(pin), left: TRIES, locked_until: None })
    }

    /// Tries a PIN. A right one gives all tries back.
    pub(crate) fn try_pin(&mut self, tried: &str, now: Moment) -> Result<(), Problem> {
        if !is_pin(tried) {
            return Err(Code::PinFormat.into());
        }
        if let Some(until) = self.locked_until {
            let wait = until.since(now);
            if !wait.is_zero() {
                return Err(locked(wait));
            }
            self.locked_until = None;
            self.left = TRIES;
        }
        if self.sealed.opens_with(tried) {
            self.left = TRIES;
            return Ok(());
        }
        self.left -= 1;
        if self.left == 0 {
            self.locked_until = Some(now.plus(LOCK));
            return Err(locked(LOCK));
        }
        Err(Problem::from(Code::PinWrong).attempts_left(self.left))
    }
}

fn locked(wait: Duration) -> Problem {
    Problem::from(Code::PinLocked).retry_after(seconds(wait)).attempts_left(0)
}

fn is_pin(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn a_pin_is_four_digits_typed_twice() {
        for (pin, repeat, verdict) in [
            ("123", "123", Some(Code::PinFormat)),
            ("12345", "12345", Some(Code::PinFormat)),
            ("12a4", "12a4", Some(Code::PinFormat)),
            ("1234", "1243", Some(Code::PinMismatch)),
            ("1234", "1234", None),
        ] {
            assert_eq!(
                Pin::choose(pin, repeat).err().map(|problem| problem.code),
                verdict,
                "{pin} {repeat}"
            );
        }
    }

    #[test]
    fn the_fifth_wrong_try_locks_it_for_fifteen_minutes_even_to_the_right_pin() {
        let now = Clock::start(None).now();
        let mut pin = Pin::choose("1234", "1234").unwrap();
        for left in (1..TRIES).rev() {
            assert_eq!(
                pin.try_pin("0000", now),
                Err(Problem::from(Code::PinWrong).attempts_left(left))
            );
        }
        assert_eq!(pin.try_pin("0000", now), Err(locked(LOCK)));
        assert_eq!(pin.try_pin("1234", now), Err(locked(LOCK)));
        assert_eq!(pin.try_pin("1234", now.plus(LOCK)), Ok(()));
    }

    #[test]
    fn a_right_pin_gives_all_tries_back() {
        let now = Clock::start(None).now();
        let mut pin = Pin::choose("1234", "1234").unwrap();
        for _ in 0..3 {
            assert!(pin.try_pin("0000", now).is_err());
            assert!(pin.try_pin("1234", now).is_ok());
        }
        assert_eq!(
            pin.try_pin("0000", now),
            Err(Problem::from(Code::PinWrong).attempts_left(TRIES - 1))
        );
    }
}
