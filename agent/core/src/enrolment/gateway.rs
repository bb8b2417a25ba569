//! What the engine says to the remote services and hears from them: the open gateway API, as data.
//!
//! The types have the shapes of `nca-gateway.openapi.yaml`. [`Call`] is what the engine wants, [`Reply`] what came
//! back; [`http`] turns the one into a request and the other out of a response. Nothing here opens a socket.

mod call;
pub mod http;

pub use call::{Call, CallError, Reply};

use serde::{Deserialize, Deserializer, Serialize};

use crate::crypto::KeyId;
use crate::layout::Purpose;
use crate::secret::Password;

/// The redirect address of the step-by-step consent, where no browser is sent anywhere.
pub const REDIRECT: &str = "urn:tanba:step";

/// Which services stand behind an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Invented services; what they issue has no legal force.
    Sandbox,
    /// Services that somebody answers for.
    Production,
}

/// For whom certificates are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// An individual, identified remotely.
    IndividualRemote,
}

/// A language of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// Kazakh.
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Password, D::Error> {
    String::deserialize(deserializer).map(Password::new)
}

fn maybe_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Password>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Password::new))
}

/// The code that stands for a consent.
#[derive(Debug, Deserialize)]
struct ConsentCode {
    #[serde(default, deserialize_with = "maybe_secret")]
    code: Option<Password>,
}

impl Locale {
    /// The code on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }
}

/// `GET /v1/info`, as far as the engine looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Info {
    /// Which services these are.
    pub environment: Environment,
}

/// A session with the portal. The token is a secret.
#[derive(Debug, Deserialize)]
pub struct Session {
    /// Names the session in paths.
    pub sid: String,
    /// Proves that the caller opened it.
    #[serde(deserialize_with = "secret")]
    pub token: Password,
}

/// A one-time password is on its way. Times are seconds from the answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OtpSent {
    /// Until it lapses.
    pub expires_in: u32,
    /// Until another may be asked for.
    pub resend_in: u32,
    /// Where it went, masked.
    #[serde(default)]
    pub phone_mask: Option<String>,
    /// Tries.
    #[serde(default)]
    pub attempts_left: Option<u32>,
}

/// How far a Digital ID account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Nothing was given yet.
    New,
    /// The selfie is there.
    SelfieDone,
    /// The video identification passed.
    LivenessDone,
    /// The PIN is set.
    PinSet,
    /// A document was begun.
    DocumentPending,
    /// A moderator looks at the document.
    Moderation,
    /// The document is bound to the account.
    Linked,
    /// No attempts at the video identification are left.
    Exhausted,
    /// The moderator refused the document.
    Refused,
}

/// A Digital ID account.
#[derive(Debug, Deserialize)]
pub struct Account {
    /// Given at log-in only.
    #[serde(default, deserialize_with = "maybe_secret")]
    pub token: Option<Password>,
    /// How far it is.
    pub state: AccountState,
    /// Attempts at the video identification.
    #[serde(default)]
    pub liveness_attempts_left: Option<u32>,
    /// Its documents.
    #[serde(default)]
    pub documents: Vec<Document>,
}

/// An instruction before the camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Challenge {
    /// Face in the centre.
    Center,
    /// Come closer.
    Closer,
    /// Turn the head to the left.
    TurnLeft,
    /// Turn the head to the right.
    TurnRight,
    /// Look up.
    LookUp,
    /// Blink.
    Blink,
}

impl Challenge {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Center => "center",
            Self::Closer => "closer",
            Self::TurnLeft => "turn_left",
            Self::TurnRight => "turn_right",
            Self::LookUp => "look_up",
            Self::Blink => "blink",
        }
    }
}

/// The outcome of a video identification so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LivenessState {
    /// More pictures are wanted.
    Running,
    /// It passed.
    Passed,
    /// It failed; another attempt may be left.
    Failed,
}

/// A video identification.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Liveness {
    /// Names it in paths.
    pub id: String,
    /// How it stands.
    pub state: LivenessState,
    /// All instructions, in order.
    pub challenges: Vec<Challenge>,
    /// The one whose picture is wanted now.
    #[serde(default)]
    pub next: Option<Challenge>,
    /// Attempts at the whole check.
    #[serde(default)]
    pub attempts_left: Option<u32>,
}

/// An identity document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// National identity card.
    IdCard,
    /// Passport.
    Passport,
}

/// A side of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The side with the face.
    Front,
    /// The other side.
    Back,
}

/// How far a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// The front is wanted.
    NeedsFront,
    /// The back is wanted.
    NeedsBack,
    /// The recognised data are to be confirmed.
    NeedsConfirmation,
    /// It is bound to the account.
    Linked,
    /// A moderator looks at it.
    Moderation,
    /// It was refused.
    Refused,
}

/// A document of an account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Document {
    /// Names it in paths.
    pub id: String,
    /// What it is.
    pub kind: DocumentKind,
    /// How far it is.
    pub state: DocumentState,
    /// What was recognised on it.
    #[serde(default)]
    pub recognised: Option<Recognised>,
}

/// Data recognised on a document; dates are `YYYY-MM-DD`. Personal data: printed as nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognised {
    /// Its number.
    pub document_number: String,
    /// The person's IIN.
    pub iin: String,
    /// Family name.
    pub surname: String,
    /// Given name.
    pub name: String,
    /// Patronymic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patronymic: Option<String>,
    /// Date of birth.
    pub birth_date: String,
    /// Place of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_place: Option<String>,
    /// Nationality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
    /// Who issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// When it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<String>,
    /// When it ends.
    pub expires_at: String,
}

/// What the authority knows of the identified person. Personal data: printed as nothing.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Prefill {
    /// The IIN, in clear.
    pub iin: String,
    /// Family name.
    pub surname: String,
    /// Given name.
    pub name: String,
    /// Patronymic.
    #[serde(default)]
    pub patronymic: Option<String>,
}

macro_rules! prints_nothing {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
prints_nothing!(Recognised, Prefill);

/// A notice of Digital ID.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Notice {
    /// The consent that it opens, if it is a request for access.
    #[serde(default)]
    pub consent: Option<String>,
    /// What it is.
    pub kind: NoticeKind,
}

/// Kinds of notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A moderator approved the document.
    DocumentApproved,
    /// A moderator refused the document.
    DocumentRejected,
    /// A service asks for data.
    AccessRequest,
}

/// A request for consent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Consent {
    /// Who asks.
    pub service: String,
    /// For what.
    pub items: Vec<String>,
    /// When the request lapses, RFC 3339.
    #[serde(default)]
    pub expires_at: Option<String>,
}

/// The user agreement.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Agreement {
    /// Its version.
    pub version: String,
    /// Its text.
    pub text: String,
}

/// A status of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// New.
    New,
    /// The registration authority identified the person.
    Identified,
    /// The first head must confirm.
    AwaitingHead,
    /// The first head confirmed.
    ConfirmedByHead,
    /// The first head refused.
    RefusedByHead,
    /// The service centre must confirm.
    AwaitingCsc,
    /// The certificates are being made.
    Issuing,
    /// The certificates are there.
    Issued,
    /// The keys reported themselves installed.
    Installed,
    /// Refused.
    Refused,
    /// Withdrawn.
    Withdrawn,
    /// Lapsed.
    Expired,
}

/// One line of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// RFC 3339.
    pub at: String,
    /// The status from then on.
    pub status: Status,
}

/// An application, as far as the engine looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Fourteen digits.
    pub number: String,
    /// Where it stands.
    pub status: Status,
    /// How it came there.
    pub history: Vec<StatusChange>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Seconds after which asking again makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_poll_s: Option<u32>,
}

/// What is submitted. Written to bytes once and sent unchanged on every retry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationCreate {
    /// For whom.
    pub template: Template,
    /// The agreement that was accepted.
    pub agreement_version: String,
    /// For notices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// `PKCS12`.
    pub storage: String,
    /// One for each key.
    pub requests: Vec<RequestItem>,
}

/// One certificate request of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestItem {
    /// What the key is for.
    pub purpose: Purpose,
    /// The key's id.
    pub key_id: KeyId,
    /// PKCS#10, DER in base64.
    pub csr: String,
}

/// One issued certificate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IssuedCertificate {
    /// What the key is for.
    pub purpose: Purpose,
    /// The key's id.
    pub key_id: KeyId,
    /// DER in base64.
    pub certificate: String,
}

/// `GET …/certificates`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Certificates {
    /// One for each request.
    pub certificates: Vec<IssuedCertificate>,
    /// The certificates above, nearest first, DER in base64.
    pub chain: Vec<String>,
}

/// Proof that an installed key is in its owner's hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The key's id.
    pub key_id: KeyId,
    /// Its signature over [`proof_text`], in base64.
    pub signature: String,
}

/// What an installed key signs to prove itself; `certificate_sha256` in lower-case hexadecimal.
#[must_use]
pub fn proof_text(number: &str, certificate_sha256: &str) -> String {
    format!("nca-installed:{number}:{certificate_sha256}")
}

/// A refusal (RFC 9457). The code is one of the API's; the client has its own words for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// Stable.
    pub code: String,
    /// Seconds after which trying again makes sense.
    #[serde(default)]
    pub retry_after_s: Option<u32>,
    /// Tries that are left.
    #[serde(default)]
    pub attempts_left: Option<u32>,
}
