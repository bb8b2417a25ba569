//! One-time passwords: five digits by SMS, good for 120 seconds and three tries.

use std::time::Duration;

use crate::clock::{Moment, seconds};
use crate::problem::{Code, Problem};
use crate::sealed::{Sealed, digits};

/// How long a password is accepted: the guides' screens count down from about this.
pub(crate) const LIFE: Duration = Duration::from_secs(120);
/// How often it may be tried.
pub(crate) const TRIES: u32 = 3;

/// Who sends passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sender {
    /// The portal, to the telephone in the mobile citizens database.
    Portal,
    /// Digital ID.
    DigitalId,
}

impl Sender {
    pub(crate) fn number(self) -> &'static str {
        match self {
            Self::Portal => "1414",
            Self::DigitalId => "3116",
        }
    }

    /// After how long another may be asked for. Digital ID's page counts from 01:59.
    pub(crate) fn resend_after(self) -> Duration {
        match self {
            Self::Portal => LIFE,
            Self::DigitalId => Duration::from_secs(119),
        }
    }
}

/// A password that was sent.
#[derive(Debug)]
pub(crate) struct Otp {
    sealed: Sealed,
    sender: Sender,
    sent: Moment,
    left: u32,
}

impl Otp {
    /// Makes a new password in the place of `old`, unless that is too young. The digits are given once, for the SMS.
    pub(crate) fn send(
        old: Option<&Self>,
        sender: Sender,
        now: Moment,
    ) -> Result<(Self, String), Problem> {
        if let Some(old) = old {
            let wait = old.sent.plus(sender.resend_after()).since(now);
            if !wait.is_zero() {
                return Err(Problem::from(Code::OtpResendTooEarly).retry_after(seconds(wait)));
            }
        }
        let code = digits(5);
        Ok((Self { sealed: Sealed::new(&code), sender, sent: now, left: TRIES }, code))
    }

    /// Tries a password. The third wrong one closes this password for good.
    pub(crate) fn try_code(&mut self, tried: &str, now: Moment) -> Result<(), Problem> {
        let left = self.sent.plus(LIFE).since(now);
        if left.is_zero() {
            return Err(Code::OtpExpired.into());
        }
        if self.left > 0 && self.sealed.opens_with(tried) {
            return Ok(());
        }
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            let wait = self.sent.plus(self.sender.resend_after()).since(now);
            return Err(Problem::from(Code::OtpTooMany)
                .retry_after(seconds(wait))
                .attempts_left(0));
        }
        Err(Problem::from(Code::OtpWrong).attempts_left(self.left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn sent() -> (Otp, String, Moment) {
        let now = Clock::start(None).now();
        let (otp, code) = Otp::send(None, Sender::Portal, now).unwrap();
        (otp, code, now)
    }

    fn other_than(code: &str) -> String {
        code.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect()
    }

    #[test]
    fn the_third_wrong_try_closes_the_password_even_to_the_right_digits() {
        let (mut otp, code, now) = sent();
        let wrong = other_than(&code);
        assert_eq!(otp.try_code(&wrong, now), Err(Problem::from(Code::OtpWrong).attempts_left(2)));
        assert_eq!(otp.try_code(&wrong, now), Err(Problem::from(Code::OtpWrong).attempts_left(1)));
        let closed = Err(Problem::from(Code::OtpTooMany).retry_after(120).attempts_left(0));
        assert_eq!(otp.try_code(&wrong, now), closed);
        assert_eq!(otp.try_code(&code, now), closed);
    }

    #[test]
    fn a_password_is_good_until_its_last_second_and_not_after() {
        let (mut otp, code, now) = sent();
        assert_eq!(otp.try_code(&code, now.plus(LIFE)), Err(Code::OtpExpired.into()));
        assert_eq!(otp.try_code(&code, now.plus(LIFE - Duration::from_millis(1))), Ok(()));
    }

    #[test]
    fn another_is_sent_only_after_the_senders_time() {
        let (otp, _, now) = sent();
        let early =
            Otp::send(Some(&otp), Sender::Portal, now.plus(Duration::from_secs(119))).unwrap_err();
        assert_eq!(early, Problem::from(Code::OtpResendTooEarly).retry_after(1));
        assert!(Otp::send(Some(&otp), Sender::Portal, now.plus(LIFE)).is_ok());
    }
}
