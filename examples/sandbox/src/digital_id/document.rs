//! An identity document: two pictures, the data read from it, and the comparison with the state database.
//!
//! There is no character recognition: the data come from the person whose telephone logged in, whatever the pictures
//! show. What a moderator would see is the difference between these data and the state database.

use serde::{Deserialize, Serialize};

use super::picture::Picture;
use crate::clock::Moment;
use crate::person::Person;
use crate::problem::{Code, Problem};
use crate::sealed;

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    IdCard,
    Passport,
}

/// Which side of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Side {
    Front,
    Back,
}

/// How far a document has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Progress {
    NeedsFront,
    NeedsBack,
    NeedsConfirmation,
    Linked,
    Moderation,
}

/// Data of a document. Dates are `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recognised {
    pub(crate) document_number: String,
    pub(crate) iin: String,
    pub(crate) surname: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) patronymic: Option<String>,
    pub(crate) birth_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) birth_place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nationality: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issuer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issued_at: Option<String>,
    pub(crate) expires_at: String,
}

/// A document on its way into an account.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) progress: Progress,
    front: Option<[u8; 32]>,
}

impl Document {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { id: sealed::name(), kind, progress: Progress::NeedsFront, front: None }
    }

    /// Takes the picture of a side. A side may be taken anew until the data are confirmed.
    pub(crate) fn side(&mut self, side: Side, picture: Picture) -> Result<(), Problem> {
        match (side, self.progress, self.front) {
            (_, Progress::Linked | Progress::Moderation, _) => {
                Err(Problem::out_of_order("the document was confirmed"))
            }
            (
                Side::Front,
                Progress::NeedsFront | Progress::NeedsBack | Progress::NeedsConfirmation,
                _,
            ) => {
                self.front = Some(picture.fingerprint);
                self.progress = Progress::NeedsBack;
                Ok(())
            }
            (
                Side::Back,
                Progress::NeedsFront | Progress::NeedsBack | Progress::NeedsConfirmation,
                None,
            ) => Err(Problem::out_of_order("the front comes first")),
            (
                Side::Back,
                Progress::NeedsFront | Progress::NeedsBack | Progress::NeedsConfirmation,
                Some(front),
            ) => {
                if front == picture.fingerprint {
                    return Err(Problem::from(Code::DocumentUnreadable)
                        .detail("both sides are the same picture"));
                }
                self.progress = Progress::NeedsConfirmation;
                Ok(())
            }
        }
    }

    /// The data, once both sides are there.
    pub(crate) fn recognised(&self, person: &Person) -> Option<Recognised> {
        match self.progress {
            Progress::NeedsFront | Progress::NeedsBack => None,
            Progress::NeedsConfirmation | Progress::Linked | Progress::Moderation => {
                Some(read(person))
            }
        }
    }

    /// Compares confirmed data with the state database.
    pub(crate) fn confirm(
        &mut self,
        data: &Recognised,
        person: &Person,
        now: Moment,
    ) -> Result<(), Problem> {
        match self.progress {
            Progress::NeedsConfirmation => {}
            Progress::NeedsFront | Progress::NeedsBack => {
                return Err(Problem::out_of_order("a side of the document is missing"));
            }
            Progress::Linked | Progress::Moderation => return Ok(()),
        }
        // Dates in this form are ordered as texts are; a document is good on its last day.
        if read(person).expires_at.as_str() < &now.rfc3339()[..10] {
            return Err(Code::DocumentExpired.into());
        }
        self.progress =
            if known_to_the_state(data, person) { Progress::Linked } else { Progress::Moderation };
        Ok(())
    }
}

/// What stands on the document of a person.
fn read(person: &Person) -> Recognised {
    let card = person.card();
    Recognised {
        document_number: card.number,
        iin: person.iin.clone(),
        surname: card.surname,
        name: person.name.clone(),
        patronymic: person.patronymic.clone(),
        birth_date: card.birth_date,
        birth_place: Some("SANDBOX".to_owned()),
        nationality: None,
        issuer: Some("SANDBOX".to_owned()),
        issued_at: Some(card.issued_at),
        expires_at: card.expires_at,
    }
}

/// Whether the data are those of the state database: the members that the guides' screens mark as required.
fn known_to_the_state(data: &Recognised, person: &Person) -> bool {
    let card = person.card();
    data.iin == person.iin
        && data.surname == person.surname
        && data.name == person.name
        && data.patronymic == person.patronymic
        && data.birth_date == card.birth_date
        && data.document_number == card.number
        && data.expires_at == card.expires_at
}
