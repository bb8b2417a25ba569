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
    /// Fingerprints of the pictures that were taken, in the order of the instructions.
    frames: Vec<[u8; 32]>,
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
        Self { id: sealed::name(), challenges, frames: Vec::new() }
    }

    /// The instruction whose picture is wanted now; none when all were followed.
    pub(crate) fn next(&self) -> Option<Challenge> {
        self.challenges.get(self.frames.len()).copied()
    }

    /// Takes the picture for an instruction: the next, or the last one anew, whose answer may have been lost.
    pub(crate) fn frame(&mut self, challenge: Challenge, picture: Picture) -> Result<(), Problem> {
        let at = self.challenges.iter().position(|known| *known == challenge);
        let at = at.filter(|at| *at == self.frames.len() || *at + 1 == self.frames.len());
        let at = at.ok_or(Problem::out_of_order("this instruction's picture is not wanted"))?;
        self.frames.truncate(at);
        if self.frames.last() == Some(&picture.fingerprint) {
            return Err(Code::LivenessFailed.into());
        }
        self.frames.push(picture.fingerprint);
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
    fn the_last_picture_may_be_sent_again_but_not_the_one_before_it() {
        let mut liveness = Liveness::start();
        let [first, second, ..] = liveness.challenges[..] else { panic!("there are four") };
        for number in [1, 1, 2] {
            liveness.frame(first, picture(number)).unwrap();
        }
        liveness.frame(second, picture(3)).unwrap();
        assert_eq!(liveness.frame(first, picture(4)).unwrap_err().code, Code::BadRequest);
        assert_eq!(liveness.frame(second, picture(2)), Err(Code::LivenessFailed.into()));
    }

    #[test]
    fn another_instruction_than_the_next_is_no_attempt() {
        let mut liveness = Liveness::start();
        let wrong = liveness.challenges[1];
        assert_eq!(liveness.frame(wrong, picture(1)).unwrap_err().code, Code::BadRequest);
        assert_eq!(liveness.next(), Some(Challenge::Center));
    }
}
