//! A Digital ID account, from the first log-in to the linked document.
//!
//! ```text
//! new ─selfie─▶ selfie_done ─video─▶ liveness_done ─PIN─▶ pin_set ─document─▶ document_pending ─┬▶ linked
//!                   └ five failures ▶ exhausted                                                 └▶ moderation
//! ```
//! An account stays where it is; who logs in again goes on from there.

use serde::Serialize;

use super::consent::Consent;
use super::document::{self, Document, Kind, Recognised, Side};
use super::liveness::{ATTEMPTS, Challenge, Liveness};
use super::picture::Picture;
use super::pin::Pin;
use crate::clock::Moment;
use crate::person::Person;
use crate::problem::{Code, Problem};

/// How many documents an account remembers: more cannot come from honest use.
const DOCUMENTS: usize = 8;
/// How many requests for data an account remembers.
const CONSENTS: usize = 32;

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    New,
    SelfieDone,
    LivenessDone,
    PinSet,
    DocumentPending,
    Linked,
    Moderation,
    Exhausted,
}

/// An account.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) person: Person,
    pub(crate) stage: Stage,
    pub(crate) liveness_left: u32,
    pub(crate) documents: Vec<Document>,
    pub(crate) consents: Vec<Consent>,
    liveness: Option<Liveness>,
    pin: Option<Pin>,
}

impl Account {
    pub(crate) fn new(person: Person) -> Self {
        Self {
            person,
            stage: Stage::New,
            liveness_left: ATTEMPTS,
            documents: Vec::new(),
            consents: Vec::new(),
            liveness: None,
            pin: None,
        }
    }

    pub(crate) fn selfie(&mut self, picture: Picture) -> Result<(), Problem> {
        self.must_stand_at(&[Stage::New, Stage::SelfieDone])?;
        if picture.flat {
            return Err(Code::SelfieNoFace.into());
        }
        self.stage = Stage::SelfieDone;
        Ok(())
    }

    /// Starts an attempt; one that was not finished is forgotten and costs nothing.
    pub(crate) fn start_liveness(&mut self) -> Result<&Liveness, Problem> {
        self.must_stand_at(&[Stage::SelfieDone])?;
        Ok(self.liveness.insert(Liveness::start()))
    }

    /// Takes a picture of the running attempt.
    pub(crate) fn liveness_frame(
        &mut self,
        id: &str,
        challenge: Challenge,
        picture: Picture,
    ) -> Result<&Liveness, Problem> {
        self.must_stand_at(&[Stage::SelfieDone, Stage::LivenessDone])?;
        let running = self.liveness.as_mut().filter(|running| running.id == id);
        let running = running.ok_or(Problem::out_of_order("this attempt does not run"))?;
        // The answer to the last picture may have been lost; the check has passed all the same.
        let passed =
            self.stage == Stage::LivenessDone && running.challenges.last() == Some(&challenge);
        let taken = if passed { Ok(()) } else { running.frame(challenge, picture) };
        match taken {
            Ok(()) => {
                if running.next().is_none() {
                    self.stage = Stage::LivenessDone;
                }
                self.liveness.as_ref().ok_or_else(|| Code::Internal.into())
            }
            Err(problem) if problem.code == Code::LivenessFailed => {
                self.liveness = None;
                self.liveness_left -= 1;
                if self.liveness_left > 0 {
                    return Err(problem.attempts_left(self.liveness_left));
                }
                self.stage = Stage::Exhausted;
                Err(Problem::from(Code::LivenessExhausted).attempts_left(0))
            }
            Err(problem) => Err(problem),
        }
    }

    pub(crate) fn set_pin(&mut self, pin: &str, repeat: &str) -> Result<(), Problem> {
        // A PIN may be set anew until it protects something: its answer may have been lost.
        self.must_stand_at(&[Stage::LivenessDone, Stage::PinSet])?;
        self.pin = Some(Pin::choose(pin, repeat)?);
        self.stage = Stage::PinSet;
        Ok(())
    }

    pub(crate) fn add_document(&mut self, kind: Kind) -> Result<&Document, Problem> {
        self.must_stand_at(&[Stage::PinSet, Stage::DocumentPending])?;
        if self.documents.len() >= DOCUMENTS {
            self.documents.remove(0);
        }
        self.documents.push(Document::new(kind));
        self.stage = Stage::DocumentPending;
        self.documents.last().ok_or_else(|| Code::Internal.into())
    }

    pub(crate) fn document_side(
        &mut self,
        id: &str,
        side: Side,
        picture: Picture,
    ) -> Result<&Document, Problem> {
        self.must_stand_at(&[Stage::DocumentPending])?;
        let document = document_of(&mut self.documents, id)?;
        document.side(side, picture)?;
        Ok(document)
    }

    /// Confirms the data of a document. Doing so again changes nothing: the answer may have been lost.
    pub(crate) fn confirm_document(
        &mut self,
        id: &str,
        data: &Recognised,
        now: Moment,
    ) -> Result<&Document, Problem> {
        let document = document_of(&mut self.documents, id)?;
        document.confirm(data, &self.person, now)?;
        match document.progress {
            document::Progress::Linked => self.stage = Stage::Linked,
            document::Progress::Moderation => self.stage = Stage::Moderation,
            document::Progress::NeedsFront
            | document::Progress::NeedsBack
            | document::Progress::NeedsConfirmation => {}
        }
        Ok(document)
    }

    /// The requests for data. The certification authority always has one open at a linked account.
    pub(crate) fn consents(&mut self, now: Moment) -> &[Consent] {
        if self.stage == Stage::Linked && !self.consents.iter().any(|consent| consent.is_open(now))
        {
            if self.consents.len() >= CONSENTS {
                self.consents.remove(0);
            }
            self.consents.push(Consent::new(now));
        }
        &self.consents
    }

    /// One request for data, which is then seen as viewed.
    pub(crate) fn consent(&mut self, id: &str, now: Moment) -> Result<&Consent, Problem> {
        let consent = consent_of(&mut self.consents, id)?;
        consent.must_take_an_answer(now)?;
        consent.viewed = true;
        Ok(consent)
    }

    pub(crate) fn deny(&mut self, id: &str, now: Moment) -> Result<(), Problem> {
        let consent = consent_of(&mut self.consents, id)?;
        consent.must_take_an_answer(now)?;
        consent.deny();
        Ok(())
    }

    /// Approves a request for data with the PIN; again, if the code was lost on the way.
    pub(crate) fn approve(&mut self, id: &str, pin: &str, now: Moment) -> Result<(), Problem> {
        let consent = consent_of(&mut self.consents, id)?;
        consent.must_take_an_answer(now)?;
        let set = self.pin.as_mut().ok_or(Problem::out_of_order("no PIN was set"))?;
        set.try_pin(pin, now)?;
        consent.approve();
        Ok(())
    }

    fn must_stand_at(&self, stages: &[Stage]) -> Result<(), Problem> {
        match self.stage {
            stage if stages.contains(&stage) => Ok(()),
            Stage::Moderation => Err(Code::ModerationPending.into()),
            Stage::Exhausted => Err(Problem::from(Code::LivenessExhausted).attempts_left(0)),
            Stage::New
            | Stage::SelfieDone
            | Stage::LivenessDone
            | Stage::PinSet
            | Stage::DocumentPending
            | Stage::Linked => Err(Problem::out_of_order("the account does not ask for this now")),
        }
    }
}

fn document_of<'a>(documents: &'a mut [Document], id: &str) -> Result<&'a mut Document, Problem> {
    documents
        .iter_mut()
        .find(|document| document.id == id)
        .ok_or(Problem::out_of_order("there is no such document"))
}

fn consent_of<'a>(consents: &'a mut [Consent], id: &str) -> Result<&'a mut Consent, Problem> {
    consents.iter_mut().find(|consent| consent.id == id).ok_or_else(|| Code::ConsentExpired.into())
}
