//! The procedure of obtaining keys, as its window shows it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tanba::protocol::{Algorithm, Answer, Enrolment, Failure, Locale, Status};
#[cfg(any(feature = "desktop", test))]
use zeroize::Zeroize as _;

/// What the window shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentView {
    /// The language of the window.
    pub locale: Locale,
    /// Whether the services are invented ones; the window says so in red.
    pub sandbox: bool,
    /// Whether there are services at all. Without them the window says how to get some.
    pub connected: bool,
    /// The enrolment that the window leads; `None` while the person decides: begin one, or go on with an unfinished one.
    pub enrolment: Option<Enrolment>,
    /// Unfinished enrolments of this computer, whoever began them, the oldest first.
    pub unfinished: Vec<Unfinished>,
    /// Why the last deed did not succeed; what is asked stays the same.
    pub failure: Option<Failure>,
    /// Whether a deed is under way: nothing can be done until it has come to its end.
    pub busy: bool,
    /// Whether passwords of waiting keys lie in a file, because there is no keyring: the window says what that means.
    pub without_keyring: bool,
    /// Counts how often somebody wanted to see the window: when it grows, the window comes to the front.
    pub raised: u64,
}

/// An enrolment that has not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfinished {
    /// Names it.
    pub id: String,
    /// The page that began it; `None` for one that was begun in the window or at a terminal.
    pub origin: Option<String>,
    /// The application's number, once there is one: fourteen digits.
    pub number: Option<String>,
    /// How it stands, as a key of the words' files.
    pub state: String,
    /// Whether it waits for the person, and not for somebody else.
    pub needs_you: bool,
}

/// What the person did.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum EnrolmentDeed {
    /// Began a new enrolment.
    Start {
        /// In which algorithm.
        algorithm: Algorithm,
    },
    /// Went on with an unfinished one.
    Resume {
        /// Which.
        enrolment: String,
    },
    /// Answered the prompt; never with a folder, which has a deed of its own.
    Answer {
        /// How.
        answer: Answer,
    },
    /// Chose the folder for the keys: an absolute path.
    Folder {
        /// Which.
        #[serde(with = "crate::desktop::line::one")]
        path: PathBuf,
    },
    /// Wants news now.
    Refresh,
    /// Wants the certificates installed: a window of its own asks for the new password.
    Install,
    /// Ends an enrolment that was not submitted yet.
    Cancel,
    /// Leaves it where it stands and goes back to the choice.
    Back,
}

/// The key of the words for a status of an application.
#[must_use]
pub fn status_words(status: Status) -> &'static str {
    match status {
        Status::New => "status-new",
        Status::Identified => "status-identified",
        Status::AwaitingHead => "status-awaiting_head",
        Status::ConfirmedByHead => "status-confirmed_by_head",
        Status::RefusedByHead => "status-refused_by_head",
        Status::AwaitingCsc => "status-awaiting_csc",
        Status::Issuing => "status-issuing",
        Status::Issued => "status-issued",
        Status::Installed => "status-installed",
        Status::Refused => "status-refused",
        Status::Withdrawn => "status-withdrawn",
        Status::Expired => "status-expired",
    }
}

/// Forgets what only the person should know.
#[cfg(any(feature = "desktop", test))]
pub(super) fn wipe(answer: &mut Answer) {
    match answer {
        Answer::Iin { iin: text } | Answer::Otp { code: text } | Answer::Phone { phone: text } => {
            text.zeroize();
        }
        Answer::Pin { pin, repeat } => {
            pin.zeroize();
            repeat.zeroize();
        }
        Answer::Consent { pin, .. } => pin.zeroize(),
        Answer::Selfie { jpeg } | Answer::Liveness { jpeg, .. } | Answer::Document { jpeg, .. } => {
            jpeg.0.zeroize();
        }
        Answer::ResendOtp {}
        | Answer::StartLiveness {}
        | Answer::ConfirmDocument { .. }
        | Answer::Agreement { .. }
        | Answer::Form { .. }
        | Answer::Folder { .. } => {}
    }
}
