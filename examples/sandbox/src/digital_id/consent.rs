//! The request of the certification authority for a person's data, and the person's answer.

use std::time::Duration;

use crate::clock::Moment;
use crate::problem::{Code, Problem};
use crate::sealed;

/// How long a request waits for its answer.
const LIFE: Duration = Duration::from_secs(10 * 60);

/// A request for data.
#[derive(Debug)]
pub(crate) struct Consent {
    pub(crate) id: String,
    pub(crate) created: Moment,
    pub(crate) viewed: bool,
    answer: Option<Answer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Approved,
    Denied,
}

impl Consent {
    pub(crate) fn new(now: Moment) -> Self {
        Self { id: sealed::name(), created: now, viewed: false, answer: None }
    }

    pub(crate) fn expires(&self) -> Moment {
        self.created.plus(LIFE)
    }

    /// Whether it still waits for its first answer.
    pub(crate) fn is_open(&self, now: Moment) -> bool {
        self.answer.is_none() && self.expires() > now
    }

    /// Whether it may be answered: an approval may be repeated, since its code may have been lost.
    pub(crate) fn must_take_an_answer(&self, now: Moment) -> Result<(), Problem> {
        match self.answer {
            Some(Answer::Denied) => Err(Code::ConsentDenied.into()),
            None | Some(Answer::Approved) if self.expires() <= now => {
                Err(Code::ConsentExpired.into())
            }
            None | Some(Answer::Approved) => Ok(()),
        }
    }

    pub(crate) fn approve(&mut self) {
        self.answer = Some(Answer::Approved);
    }

    pub(crate) fn deny(&mut self) {
        self.answer = Some(Answer::Denied);
    }
}
