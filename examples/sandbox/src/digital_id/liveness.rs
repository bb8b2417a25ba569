//! Video identification: instructions in an order that nobody knows before, and one picture for each.
//!
//! A simulation: no face is followed. Pictures must come in the order of the instructions, and each must differ from
//! the one before it, so that a still picture does not pass.

use serde::{Deserialize, Serialize};

use super::picture::Picture;
use crate::problem::{Code, Problem};
use crate::sealed;

/// Attempts at the whole check: the number is from the ministry's announcement of 2025.
pub(crate) const ATTEMPTS: u32 = 5;

/// What the person is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Challenge {
    Center,
    Closer,
    TurnLeft,
    TurnRight,
    LookUp,
    Blink,
}

/// How many instructions follow the first, which is always to look straight ahead.
const FURTHER: usize = 3;

/// One attempt.
#[derive(Debug)]
pub(crate) struct Liveness {
    pub(crate) id: String,
    pub(crate) challenges: Vec<Challenge>,
    done: usize,
    last: Option<[u8; 32]>,
}

impl Liveness {
    pub(crate) fn start() -> Self {
        use Challenge::{Blink, Center, Closer, LookUp, TurnLeft, TurnRight};
        let mut left = vec![Closer, TurnLeft, TurnRight, LookUp, Blink];
        let mut challenges = vec![Center];
        while challenges.len() <= FURTHER {
            let count = u8::try_from(left.len()).expect("there are five further instructions");
            challenges.push(left.swap_remove(usize::from(sealed::below(count))));
        }
        Self { id: sealed::name(), challenges, done: 0, last: None }
    }

    /// The instruction whose picture is wanted now; none when all were followed.
    pub(crate) fn next(&self) -> Option<Challenge> {
        self.challenges.get(self.done).copied()
    }

    /// Takes the picture for an instruction.
    pub(crate) fn frame(&mut self, challenge: Challenge, picture: Picture) -> Result<(), Problem> {
        if self.next() != Some(challenge) {
            return Err(Problem::out_of_order(
                "this is not the instruction whose picture is wanted",
            ));
        }
        if self.last == Some(picture.fingerprint) {
            return Err(Code::LivenessFailed.into());
        }
        self.last = Some(picture.fingerprint);
        self.done += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(number: u8) -> Picture {
        Picture { fingerprint: [number; 32], flat: false }
    }

    #[test]
    fn the_first_instruction_is_center_and_none_comes_twice() {
        for _ in 0..50 {
            let challenges = Liveness::start().challenges;
            assert_eq!((challenges[0], challenges.len()), (Challenge::Center, 4));
            for (at, challenge) in challenges.iter().enumerate() {
                assert!(!challenges[..at].contains(challenge));
            }
        }
    }

    #[test]
    fn the_same_picture_twice_fails_the_attempt() {
        let mut liveness = Liveness::start();
        liveness.frame(Challenge::Center, picture(1)).unwrap();
        let next = liveness.next().unwrap();
        assert_eq!(liveness.frame(next, picture(1)), Err(Code::LivenessFailed.into()));
    }

    #[test]
    fn another_instruction_than_the_next_is_no_attempt() {
        let mut liveness = Liveness::start();
        let wrong = liveness.challenges[1];
        assert_eq!(liveness.frame(wrong, picture(1)).unwrap_err().code, Code::BadRequest);
        assert_eq!(liveness.next(), Some(Challenge::Center));
    }
}
