//! Failures: all that a page may learn of an error.

use serde::{Deserialize, Serialize};

use super::enrol::Enrolment;

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What programs look at.
    pub code: Code,
    /// Tries that are left, where they are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts_left: Option<u32>,
    /// Seconds after which trying again makes sense, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
    /// The enrolment as it stands now, for a call about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<Box<Enrolment>>,
}

impl Failure {
    /// A failure of which nothing but the code is known.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, attempts_left: None, retry_after_s: None, enrolment: None }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $number:literal, $sentence:literal;)*) => {
        /// A stable name of a failure. Codes are added, never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $sentence] $(#[$doc])* #[serde(rename = $name)] $variant,)*
            /// A code that this version does not know.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl Code {
            /// Every code that this version knows.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name on the wire.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* Self::Unknown => "unknown" }
            }

            /// One sentence for developers; a person is told by the face, in their language.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)* Self::Unknown => "a newer agent gave a code that is not known here" }
            }

            /// JSON-RPC's number.
            #[must_use]
            pub fn number(self) -> i32 {
                match self { $(Self::$variant => $number,)* Self::Unknown => -32000 }
            }
        }
    };
}

codes! {
    ParseError = "parse_error", -32700, "the frame is not a JSON-RPC 2.0 call";
    UnknownMethod = "unknown_method", -32601, "there is no such method";
    BadParams = "bad_params", -32602, "the parameters do not have the method's shape";
    Internal = "internal", -32603, "the agent failed; its log says why";
    Cancelled = "cancelled", -32000, "the person closed the window";
    Busy = "busy", -32000, "another window of the agent is open; try again later";
    NoWindow = "no_window", -32000, "the agent has no screen to ask on";
    UnknownEnrolment = "unknown_enrolment", -32000, "this page began no such enrolment";
    UnknownFolder = "unknown_folder", -32000, "the folder handle is not this page's; choose again";
    UnknownKey = "unknown_key", -32000, "this page made no such key";
    NotExpected = "not_expected", -32000, "the enrolment does not ask for this now; look at its prompt";
    EnrolmentClosed = "enrolment_closed", -32000, "the enrolment has ended";
    GatewayUnreachable = "gateway_unreachable", -32000, "the remote service did not answer; nothing is lost, try again";
    GatewayFailed = "gateway_failed", -32000, "the remote service failed; nothing is lost, try again";
    EnvironmentMismatch = "environment_mismatch", -32000, "the enrolment belongs to other remote services than those configured";
    FolderUnwritable = "folder_unwritable", -32000, "the folder cannot be written; choose another";
    FolderMissing = "folder_missing", -32000, "the folder of the pending keys is not there";
    FileExists = "file_exists", -32000, "a file of the final name is there and does not open with this password; it was not touched";
    DiskFull = "disk_full", -32000, "there is no room in the folder";
    PasswordRules = "password_rules", -32000, "the password does not meet the rules";
    KeyLost = "key_lost", -32000, "the pending key cannot be opened any more";
    CertificateKeyMismatch = "certificate_key_mismatch", -32000, "the certificate belongs to another key; the pending key is kept";
    CertificateInvalid = "certificate_invalid", -32000, "the certificate is not the one that was asked for; the pending key is kept";
    NotYetIssued = "not_yet_issued", -32000, "the certificates are not there yet";
    SecretsUnavailable = "secrets_unavailable", -32000, "the place for secrets cannot be used";
    NotXml = "not_xml", -32000, "a document is not XML that can be signed, or has nothing at the XPath";
    Disguised = "disguised", -32000, "these bytes are what another signature is made over, and are not signed raw";
    NoTimeStamp = "no_time_stamp", -32000, "the time stamping authority did not answer; nothing was signed, try again";
    EmailInvalid = "email_invalid", -32000, "this is not an e-mail address";

    BadRequest = "bad_request", -32000, "the remote service did not understand the request";
    IinInvalid = "iin_invalid", -32000, "this is not an IIN: twelve digits, the last a check digit";
    BinInvalid = "bin_invalid", -32000, "this is not a BIN";
    SubjectUnknown = "subject_unknown", -32000, "the state database does not know this person";
    McdNotRegistered = "mcd_not_registered", -32000, "the IIN is not registered in the mobile citizens database";
    OtpWrong = "otp_wrong", -32000, "the one-time password is wrong";
    OtpExpired = "otp_expired", -32000, "the one-time password has expired";
    OtpTooMany = "otp_too_many", -32000, "too many wrong one-time passwords";
    OtpResendTooEarly = "otp_resend_too_early", -32000, "another one-time password cannot be sent yet";
    SessionExpired = "session_expired", -32000, "the session with the remote service has ended; begin the identification again";
    PhoneMismatch = "phone_mismatch", -32000, "this is not the telephone number registered for the person";
    SelfieNoFace = "selfie_no_face", -32000, "no face was found in the picture";
    LivenessFailed = "liveness_failed", -32000, "the video identification failed";
    LivenessExhausted = "liveness_exhausted", -32000, "no attempts are left; the service centre can help";
    PinFormat = "pin_format", -32000, "the PIN is four digits";
    PinMismatch = "pin_mismatch", -32000, "the PIN and its repetition differ";
    PinWrong = "pin_wrong", -32000, "the PIN is wrong";
    PinLocked = "pin_locked", -32000, "the PIN is locked for a while";
    ImageNotJpeg = "image_not_jpeg", -32000, "the picture is not a JPEG";
    ImageTooLarge = "image_too_large", -32000, "the picture is too large";
    DocumentExpired = "document_expired", -32000, "the document has expired";
    DocumentUnreadable = "document_unreadable", -32000, "the document could not be read";
    DocumentMismatch = "document_mismatch", -32000, "the document is another person's";
    ModerationPending = "moderation_pending", -32000, "a moderator still looks at the document";
    ModerationRefused = "moderation_refused", -32000, "the moderator refused the document";
    ConsentDenied = "consent_denied", -32000, "the person did not consent";
    ConsentExpired = "consent_expired", -32000, "the request for consent has lapsed";
    AgreementOutdated = "agreement_outdated", -32000, "there is a newer user agreement";
    CsrInvalid = "csr_invalid", -32000, "the certificate request is not valid";
    CsrSubjectMismatch = "csr_subject_mismatch", -32000, "the certificate request names another person";
    CsrWeakKey = "csr_weak_key", -32000, "the key is too weak";
    CsrReusedKey = "csr_reused_key", -32000, "the key is already part of another application";
    IdempotencyConflict = "idempotency_conflict", -32000, "the same idempotency key came with another request";
    ApplicationNotFound = "application_not_found", -32000, "there is no such application";
    ApplicationNotIssued = "application_not_issued", -32000, "the application is not issued";
    ApplicationClosed = "application_closed", -32000, "the application is closed";
    HeadNotAuthorised = "head_not_authorised", -32000, "the signer may not decide for the organisation";
    RateLimited = "rate_limited", -32000, "too many requests; try again later";
}
