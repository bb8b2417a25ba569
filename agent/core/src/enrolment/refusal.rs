//! Why an answer or a reply was not what was hoped for.

use super::gateway::{CallError, Problem};

/// A reason with its counts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// Tries that are left.
    pub attempts_left: Option<u32>,
    /// Seconds after which trying again makes sense.
    pub retry_after_s: Option<u32>,
}

/// A reason; each tells what the caller can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The enrolment does not ask for this now: look at its prompt.
    #[error("this is not what the enrolment asks for now")]
    NotExpected,
    /// It has ended.
    #[error("the enrolment has ended")]
    Closed,
    /// Twelve digits with a check digit are wanted.
    #[error("not an IIN")]
    Iin,
    /// `+7` and ten digits are wanted.
    #[error("not a telephone number")]
    Phone,
    /// The digits of the message are wanted.
    #[error("not a one-time password")]
    OtpFormat,
    /// The time of the one-time password is over: ask for another.
    #[error("the one-time password has expired")]
    OtpExpired,
    /// It is too early for another one-time password.
    #[error("too early for another one-time password")]
    ResendTooEarly,
    /// Four digits are wanted.
    #[error("not a PIN")]
    PinFormat,
    /// The PIN and its repetition differ.
    #[error("the PINs differ")]
    PinMismatch,
    /// A JPEG is wanted.
    #[error("not a JPEG")]
    NotJpeg,
    /// A smaller picture is wanted.
    #[error("the picture is too large")]
    TooLarge,
    /// An e-mail address is wanted, or none.
    #[error("not an e-mail address")]
    Email,
    /// The version that was shown must be accepted.
    #[error("another version of the agreement is in force")]
    Agreement,
    /// The person did not consent.
    #[error("consent was denied")]
    ConsentDenied,
    /// The folder cannot be written: choose another.
    #[error("the folder cannot be written")]
    FolderUnwritable,
    /// There is no room.
    #[error("the disk is full")]
    DiskFull,
    /// The place for secrets cannot be used.
    #[error("secrets cannot be kept")]
    Secrets,
    /// A pending file is gone or cannot be opened.
    #[error("a pending key is lost")]
    KeyLost,
    /// A key could not be made.
    #[error("a key could not be made")]
    Crypto,
    /// The certificate belongs to another key; the pending key is kept.
    #[error("the certificate is for another key")]
    OtherKey,
    /// The certificate is not what was asked for; the pending key is kept.
    #[error("the certificate is not what was asked for")]
    Certificate,
    /// The remote service refused, with its own code.
    #[error("the remote service refused: {0}")]
    Service(String),
    /// No answer: unknown whether the call took effect; nothing is lost by trying again.
    #[error("the remote service did not answer")]
    Unreachable,
    /// The service failed: unknown whether the call took effect; nothing is lost by trying again.
    #[error("the remote service failed")]
    Failed,
}

impl Reason {
    /// Whether the session is over and the person must identify themselves again.
    #[must_use]
    pub fn ends_session(&self) -> bool {
        matches!(self, Self::Service(code) if code == "session_expired")
    }

    /// Whether the request for consent is over and another one must be looked for.
    #[must_use]
    pub fn ends_consent(&self) -> bool {
        matches!(self, Self::Service(code) if code == "consent_expired")
    }

    /// Whether an application was refused for good, so that sending it again is of no use. A code that is not known
    /// is no such refusal: it may come from something in between.
    #[must_use]
    pub fn ends_submission(&self) -> bool {
        const FINAL: [&str; 9] = [
            "bad_request",
            "agreement_outdated",
            "csr_invalid",
            "csr_subject_mismatch",
            "csr_weak_key",
            "csr_reused_key",
            "idempotency_conflict",
            "application_closed",
            "head_not_authorised",
        ];
        matches!(self, Self::Service(code) if FINAL.contains(&code.as_str()))
    }

    /// Whether the authority does not want to hear that keys are installed.
    #[must_use]
    pub fn ends_report(&self) -> bool {
        const FINAL: [&str; 3] = ["bad_request", "application_not_found", "application_closed"];
        matches!(self, Self::Service(code) if FINAL.contains(&code.as_str()))
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self { reason, attempts_left: None, retry_after_s: None }
    }
}

impl From<CallError> for Refusal {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(Problem { code, retry_after_s, attempts_left }) => {
                Self { reason: Reason::Service(code), attempts_left, retry_after_s }
            }
            CallError::Unreachable => Reason::Unreachable.into(),
            CallError::Failed { .. } => Reason::Failed.into(),
        }
    }
}
