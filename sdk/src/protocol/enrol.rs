//! Enrolment as a page sees it: what is needed next, and what the person answered.
//!
//! Times are given as seconds from the moment of the answer, so that no two clocks need to agree; moments in a
//! history are seconds since 1970-01-01 UTC. An IIN never travels back to a page: it is shown masked, as
//! `********4321`.

use serde::{Deserialize, Serialize};

use super::agent::{Environment, Locale};
use super::bytes::Bytes;
use super::keys::{Algorithm, Purpose};

/// For whom the certificates are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// An individual, identified remotely.
    #[default]
    IndividualRemote,
}

/// `enrolment.start`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartEnrolment {
    /// For whom.
    #[serde(default)]
    pub template: Template,
    /// In which algorithm the two keys are made.
    #[serde(default)]
    pub algorithm: Algorithm,
    /// The language of the windows and of the remote services; without one that of `locale.set`, or the person's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
}

/// `enrolment.answer`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerPrompt {
    /// Which enrolment.
    pub enrolment: String,
    /// What the person answered.
    pub answer: Answer,
}

macro_rules! by_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// Which enrolment.
            pub enrolment: String,
        }
    )*};
}

by_id! {
    /// `enrolment.refresh`.
    RefreshEnrolment;
    /// `enrolment.resume`.
    ResumeEnrolment;
    /// `enrolment.cancel`.
    CancelEnrolment;
    /// `enrolment.install`.
    InstallEnrolment;
}

/// `enrolment.list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListEnrolments {}

/// The notification `enrolment.changed`: an enrolment of this page moved by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnrolmentChanged(pub Enrolment);

impl EnrolmentChanged {
    /// The name on the wire.
    pub const NAME: &'static str = "enrolment.changed";
}

/// Where an enrolment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// Names it in later calls.
    pub id: String,
    /// Which services stand behind it.
    pub environment: Environment,
    /// For whom.
    pub template: Template,
    /// In which algorithm.
    pub algorithm: Algorithm,
    /// The step of the published guide, 3 to 28.
    pub step: u8,
    /// What is needed next.
    pub prompt: Prompt,
    /// The application's number, once there is one: fourteen digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What went wrong last, by its stable code, until the next success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<super::failure::Failure>,
}

/// What is needed next, with all that a face must know to ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Prompt {
    /// The person's IIN: twelve digits.
    Iin {},
    /// The one-time password that was sent by SMS.
    Otp {
        /// Who sent it.
        sender: OtpSender,
        /// The telephone number, masked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        /// Seconds until it is no longer accepted.
        expires_in_s: u32,
        /// Seconds until another can be asked for.
        resend_in_s: u32,
        /// Tries that are left.
        attempts_left: u32,
    },
    /// The telephone number for Digital ID, `+7` and ten digits.
    Phone {},
    /// A picture of the person's face, JPEG.
    Selfie {
        /// The largest that is accepted.
        max_bytes: u32,
    },
    /// Pictures that follow the instructions, one for each, JPEG.
    Liveness {
        /// All instructions in their order; empty until the check was started.
        challenges: Vec<Challenge>,
        /// The instruction whose picture is wanted now; none until the check was started.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Challenge>,
        /// Attempts that are left for the whole check.
        attempts_left: u32,
        /// The largest picture that is accepted.
        max_bytes: u32,
    },
    /// A new PIN for Digital ID, typed twice.
    Pin {
        /// How many digits.
        digits: u8,
    },
    /// A picture of one side of the identity document, JPEG.
    Document {
        /// Kinds to choose from; one once the first side was accepted.
        documents: Vec<DocumentKind>,
        /// Which side is wanted now.
        side: DocumentSide,
        /// The largest picture that is accepted.
        max_bytes: u32,
    },
    /// The data that were recognised, to be confirmed.
    ConfirmDocument {
        /// The kind of the document.
        document: DocumentKind,
        /// What was recognised.
        recognised: Recognised,
    },
    /// Consent to pass the data on, given with the PIN of Digital ID.
    Consent {
        /// Who asks for the data.
        service: String,
        /// What it asks for.
        items: Vec<String>,
        /// Seconds until the request lapses.
        expires_in_s: u32,
    },
    /// The user agreement.
    Agreement {
        /// Its version.
        version: String,
        /// Its text in the enrolment's language.
        text: String,
    },
    /// The application form.
    Form {
        /// What is already known.
        prefill: Prefill,
        /// Where keys can be kept.
        storages: Vec<Storage>,
    },
    /// The folder for the keys; answering it submits the application.
    Folder {},
    /// Nothing to do but wait; `enrolment.refresh` asks at once.
    Wait {
        /// For what.
        reason: WaitReason,
        /// The application, once there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        application: Option<Application>,
        /// Seconds until the agent asks by itself.
        retry_in_s: u32,
    },
    /// The certificates are there: `enrolment.install` asks for the new password and writes the files.
    Install {
        /// The application; none when a page brought the certificates itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        application: Option<Application>,
        /// The final files that will be written.
        keys: Vec<KeyFile>,
    },
    /// The keys are installed.
    Done {
        /// The final files.
        keys: Vec<KeyFile>,
        /// The name of their folder.
        folder: String,
    },
    /// The enrolment ended without certificates; pending keys, if any, lie where they were.
    Closed {
        /// Why, as a status of the application.
        status: Status,
        /// The application as it stood last, if there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        application: Option<Application>,
    },
}

/// What the person answered.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// To `iin`.
    Iin {
        /// Twelve digits.
        iin: String,
    },
    /// To `otp`.
    Otp {
        /// The digits of the message.
        code: String,
    },
    /// To `otp`: send another.
    ResendOtp {},
    /// To `phone`.
    Phone {
        /// `+7` and ten digits.
        phone: String,
    },
    /// To `selfie`.
    Selfie {
        /// The picture.
        jpeg: Bytes,
    },
    /// To `liveness`: begin an attempt.
    StartLiveness {},
    /// To `liveness`.
    Liveness {
        /// Which instruction the picture follows.
        challenge: Challenge,
        /// The picture.
        jpeg: Bytes,
    },
    /// To `pin`.
    Pin {
        /// Four digits.
        pin: String,
        /// The same again.
        repeat: String,
    },
    /// To `document`.
    Document {
        /// The kind of the document.
        document: DocumentKind,
        /// Which side this is.
        side: DocumentSide,
        /// The picture.
        jpeg: Bytes,
    },
    /// To `confirm_document`.
    ConfirmDocument {
        /// "I confirm that the data are true".
        truthful: bool,
    },
    /// To `consent`.
    Consent {
        /// Whether the data may be passed on.
        approve: bool,
        /// The PIN of Digital ID, when approving.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<String>,
    },
    /// To `agreement`.
    Agreement {
        /// The version that was shown.
        version: String,
    },
    /// To `form`.
    Form {
        /// For notices about the keys.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        /// Where the keys are kept.
        storage: Storage,
    },
    /// To `folder`: submit the application.
    Folder {
        /// A handle of `folder.choose`.
        folder: String,
    },
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Iin { .. } => "Iin(…)",
            Self::Otp { .. } => "Otp(…)",
            Self::ResendOtp {} => "ResendOtp",
            Self::Phone { .. } => "Phone(…)",
            Self::Selfie { .. } => "Selfie(…)",
            Self::StartLiveness {} => "StartLiveness",
            Self::Liveness { .. } => "Liveness(…)",
            Self::Pin { .. } => "Pin(…)",
            Self::Document { .. } => "Document(…)",
            Self::ConfirmDocument { .. } => "ConfirmDocument(…)",
            Self::Consent { .. } => "Consent(…)",
            Self::Agreement { .. } => "Agreement(…)",
            Self::Form { .. } => "Form(…)",
            Self::Folder { .. } => "Folder(…)",
        })
    }
}

/// Who sends a one-time password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OtpSender {
    /// The portal, by the mobile citizens database.
    #[serde(rename = "1414")]
    Portal,
    /// Digital ID.
    #[serde(rename = "3116")]
    DigitalId,
}

/// What the person is told to do before the camera.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentSide {
    /// The side with the face.
    Front,
    /// The other side.
    Back,
}

/// Data recognised on a document. Dates are `YYYY-MM-DD`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognised {
    /// The document's number, masked but for its last three digits.
    pub document_number: String,
    /// The IIN, masked but for its last four digits.
    pub iin: String,
    /// Whether it is the IIN that the person gave.
    pub iin_matches: bool,
    /// Family name.
    pub surname: String,
    /// Given name.
    pub name: String,
    /// Patronymic, if there is one.
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

/// What the form knows already.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefill {
    /// The IIN, masked but for its last four digits.
    pub iin: String,
    /// Family name.
    pub surname: String,
    /// Given name.
    pub name: String,
    /// Patronymic, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

/// Where keys are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Storage {
    /// "Personal computer": a PKCS#12 file in a folder.
    #[serde(rename = "PKCS12")]
    Pkcs12,
}

/// For what an enrolment waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// A moderator of Digital ID looks at the document.
    Moderation,
    /// The application is on its way to the authority (again).
    Submission,
    /// The authority decides and issues.
    Issue,
}

/// An application as the authority knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Fourteen digits.
    pub number: String,
    /// Where it stands.
    pub status: Status,
    /// How it came there, oldest first.
    pub history: Vec<StatusChange>,
    /// Why it was refused, if it was and the authority says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One line of an application's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// Seconds since 1970-01-01 UTC.
    pub at: i64,
    /// The status from then on.
    pub status: Status,
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
    /// Withdrawn by the person.
    Withdrawn,
    /// Lapsed.
    Expired,
}

/// A final file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFile {
    /// What the key is for.
    pub purpose: Purpose,
    /// SHA-1 of the public key, 40 hexadecimal digits.
    pub key_id: String,
    /// The file's name, without the folder.
    pub file: String,
}
