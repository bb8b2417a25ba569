//! Calls to the remote services and what comes back.

use super::{
    Account, Agreement, Application, Certificates, Challenge, Consent, Document, DocumentKind,
    Liveness, Locale, Notice, OtpSent, Prefill, Problem, Proof, Recognised, Session, Side,
    Template,
};
use crate::iin::Iin;
use crate::secret::{Password, SecretBytes};

/// What the engine wants of the remote services.
#[expect(missing_docs, reason = "the sentence of a variant says what its fields hold")]
pub enum Call {
    /// Finds the person in the mobile citizens database.
    OpenSession { template: Template, iin: Iin, locale: Locale },
    /// Sends the one-time password of 1414.
    SendOtp,
    /// Checks it.
    VerifyOtp { code: Password },
    /// Sends the one-time password of 3116.
    DidSendCode { phone: String },
    /// Checks it and logs in.
    DidVerifyCode { phone: String, code: Password },
    /// How far the account is.
    DidAccount,
    /// Gives the selfie, JPEG.
    Selfie { picture: SecretBytes },
    /// Begins a video identification.
    StartLiveness,
    /// Gives one picture of it, JPEG.
    LivenessFrame { id: String, challenge: Challenge, picture: SecretBytes },
    /// Sets the PIN.
    SetPin { pin: Password, repeat: Password },
    /// Begins a document.
    AddDocument { kind: DocumentKind },
    /// Gives one side of it, JPEG.
    DocumentSide { id: String, side: Side, picture: SecretBytes },
    /// Confirms what was recognised.
    ConfirmDocument { id: String, data: Box<Recognised> },
    /// Looks for a request for consent.
    Notices,
    /// Reads it.
    Consent { id: String },
    /// Decides it. `challenge` is the S256 code challenge (RFC 7636, section 4.2).
    Decide { id: String, pin: Option<Password>, challenge: String },
    /// Hands the code over and learns the form's data.
    BindIdentity { code: Password, verifier: Password },
    /// Reads the user agreement.
    Agreement { locale: Locale },
    /// Submits the application; `body` is the JSON of [`super::ApplicationCreate`].
    Submit { idempotency_key: String, body: Vec<u8> },
    /// Asks how an application stands.
    Status { number: String },
    /// Fetches the certificates.
    Certificates { number: String },
    /// Reports the keys installed.
    ReportInstalled { number: String, proofs: Vec<Proof> },
}

/// What came back.
#[derive(Debug)]
pub enum Reply {
    /// To [`Call::OpenSession`].
    Session(Session),
    /// To [`Call::SendOtp`] and [`Call::DidSendCode`].
    OtpSent(OtpSent),
    /// To [`Call::VerifyOtp`], [`Call::Selfie`] and [`Call::SetPin`].
    Done,
    /// To [`Call::DidVerifyCode`] and [`Call::DidAccount`].
    Account(Account),
    /// To [`Call::StartLiveness`] and [`Call::LivenessFrame`].
    Liveness(Liveness),
    /// To [`Call::AddDocument`], [`Call::DocumentSide`] and [`Call::ConfirmDocument`].
    Document(Document),
    /// To [`Call::Notices`].
    Notices(Vec<Notice>),
    /// To [`Call::Consent`].
    Consent(Consent),
    /// To [`Call::Decide`]: the code, unless consent was denied.
    Code(Option<Password>),
    /// To [`Call::BindIdentity`].
    Prefill(Prefill),
    /// To [`Call::Agreement`].
    Agreement(Agreement),
    /// To [`Call::Submit`], [`Call::Status`] and [`Call::ReportInstalled`].
    Application(Application),
    /// To [`Call::Certificates`].
    Certificates(Certificates),
}

/// Why a call brought no reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The service understood and refused.
    #[error("the remote service refused: {}", .0.code)]
    Refused(Problem),
    /// No answer came, or the connection broke: it is unknown whether the call took effect.
    #[error("the remote service did not answer")]
    Unreachable,
    /// The service failed (5xx) or answered something that is not in the API: unknown whether it took effect.
    #[error("the remote service failed (HTTP status {status})")]
    Failed {
        /// The HTTP status.
        status: u16,
    },
}

/// Calls carry personal data: only what is called is printed, never with what.
impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::OpenSession { .. } => "OpenSession(…)",
            Self::SendOtp => "SendOtp",
            Self::VerifyOtp { .. } => "VerifyOtp(…)",
            Self::DidSendCode { .. } => "DidSendCode(…)",
            Self::DidVerifyCode { .. } => "DidVerifyCode(…)",
            Self::DidAccount => "DidAccount",
            Self::Selfie { .. } => "Selfie(…)",
            Self::StartLiveness => "StartLiveness",
            Self::LivenessFrame { .. } => "LivenessFrame(…)",
            Self::SetPin { .. } => "SetPin(…)",
            Self::AddDocument { .. } => "AddDocument(…)",
            Self::DocumentSide { .. } => "DocumentSide(…)",
            Self::ConfirmDocument { .. } => "ConfirmDocument(…)",
            Self::Notices => "Notices",
            Self::Consent { .. } => "Consent(…)",
            Self::Decide { .. } => "Decide(…)",
            Self::BindIdentity { .. } => "BindIdentity(…)",
            Self::Agreement { .. } => "Agreement(…)",
            Self::Submit { .. } => "Submit(…)",
            Self::Status { .. } => "Status(…)",
            Self::Certificates { .. } => "Certificates(…)",
            Self::ReportInstalled { .. } => "ReportInstalled(…)",
        })
    }
}
