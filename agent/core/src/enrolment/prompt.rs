//! What a face must ask for, and what a person may answer.

use super::gateway::{Application, Challenge, DocumentKind, Recognised, Side, Status};
use crate::crypto::KeyId;
use crate::layout::Purpose;
use crate::secret::{Password, SecretBytes};
use crate::time::UnixTime;
use crate::x509::Person;

/// The largest picture that is taken, in bytes.
pub const MAX_PICTURE: usize = 5 << 20;

/// Who sends a one-time password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The portal, number 1414.
    Portal,
    /// Digital ID, number 3116.
    DigitalId,
}

/// What is needed next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the sentence of a variant says what its fields hold")]
pub enum Prompt {
    /// The IIN.
    Iin,
    /// A one-time password.
    Otp {
        sender: Sender,
        phone: Option<String>,
        expires_at: UnixTime,
        resend_at: UnixTime,
        attempts_left: u32,
    },
    /// The telephone number for Digital ID.
    Phone,
    /// The selfie.
    Selfie,
    /// A picture of the video identification, or its beginning when `challenges` is empty.
    Liveness { challenges: Vec<Challenge>, next: Option<Challenge>, attempts_left: u32 },
    /// A new PIN, twice.
    Pin,
    /// One side of the identity document; the kind is free as long as it is none.
    Document { kind: Option<DocumentKind>, side: Side },
    /// Whether the recognised data are true. `iin_matches` compares with the IIN that the person gave.
    ConfirmDocument { kind: DocumentKind, recognised: Recognised, iin_matches: bool },
    /// Consent, with the PIN.
    Consent { service: String, items: Vec<String>, expires_at: UnixTime },
    /// The user agreement.
    Agreement { version: String, text: String },
    /// E-mail and storage.
    Form { person: Person },
    /// The folder; answering submits.
    Folder,
    /// Nothing but waiting.
    Wait { reason: WaitReason, application: Option<Application>, retry_at: UnixTime },
    /// The new password, in the agent's own window.
    Install { application: Option<Application>, keys: Vec<FinalFile> },
    /// The keys are installed.
    Done { keys: Vec<FinalFile>, folder: String },
    /// It ended without.
    Closed { status: Status, application: Option<Application> },
}

/// For what an enrolment waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// A moderator.
    Moderation,
    /// The application is on its way.
    Submission,
    /// The authority.
    Issue,
}

/// A final file, to be written or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinalFile {
    /// For what the key is.
    pub purpose: Purpose,
    /// The key's id.
    pub key_id: KeyId,
    /// The file's name.
    pub file: String,
}

/// What a person answers.
#[expect(missing_docs, reason = "the sentence of a variant says what its fields hold")]
pub enum Answer {
    /// Twelve digits.
    Iin(String),
    /// The digits of the message.
    Otp(Password),
    /// Send another.
    ResendOtp,
    /// `+7` and ten digits.
    Phone(String),
    /// JPEG.
    Selfie(SecretBytes),
    /// Begin the video identification.
    StartLiveness,
    /// JPEG.
    Liveness { challenge: Challenge, picture: SecretBytes },
    /// Four digits, twice.
    Pin { pin: Password, repeat: Password },
    /// JPEG.
    Document { kind: DocumentKind, side: Side, picture: SecretBytes },
    /// "I confirm that the data are true", or not.
    ConfirmDocument { truthful: bool },
    /// With the PIN: yes; without: no.
    Consent { pin: Option<Password> },
    /// The version that was read.
    Agreement { version: String },
    /// The e-mail address, if one is given.
    Form { email: Option<String> },
    /// The folder, as the shell names it: submit.
    Folder(String),
}

/// Answers are personal: only what was answered is printed, never with what.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Iin(_) => "Iin(…)",
            Self::Otp(_) => "Otp(…)",
            Self::ResendOtp => "ResendOtp",
            Self::Phone(_) => "Phone(…)",
            Self::Selfie(_) => "Selfie(…)",
            Self::StartLiveness => "StartLiveness",
            Self::Liveness { .. } => "Liveness(…)",
            Self::Pin { .. } => "Pin(…)",
            Self::Document { .. } => "Document(…)",
            Self::ConfirmDocument { .. } => "ConfirmDocument(…)",
            Self::Consent { .. } => "Consent(…)",
            Self::Agreement { .. } => "Agreement(…)",
            Self::Form { .. } => "Form(…)",
            Self::Folder(_) => "Folder(…)",
        })
    }
}
