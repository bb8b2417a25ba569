//! The journal of an enrolment: the one core type that is stored. It carries a version and is read by what it says.
//!
//! It holds no private key, password, PIN or code, and the IIN only masked (the requests in it name the person: they
//! are what was submitted). Each shape that was ever written has a sample in this module's tests.

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};

use super::gateway::{Application, Environment, Locale, Status, Template};
use super::{MadeKey, Profile};
use crate::crypto::{Algorithm, KeyId};
use crate::layout::{Purpose, final_name, pending_name};
use crate::time::UnixTime;
use crate::x509::request::CertificateRequest;

/// The largest journal that is read, in bytes.
pub const MAX_JOURNAL: usize = 1 << 20;

/// A journal on the disk.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "schema")]
enum Stored {
    #[serde(rename = "tanba-enrolment-1")]
    V1(Record),
}

/// Why a journal was not read. The file is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It is larger than any of ours.
    #[error("the journal is larger than any that this program writes")]
    TooLarge,
    /// It was written by a newer program, or is damaged.
    #[error("the journal is of a newer version or damaged")]
    Unreadable(#[source] serde_json::Error),
}

/// What is known of an enrolment from its submission on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// A version 4 UUID.
    pub id: String,
    /// Which services stand behind it: it is never continued with others.
    pub environment: Environment,
    /// For whom the certificates are.
    pub template: Template,
    /// In which algorithm the keys are.
    pub algorithm: Algorithm,
    /// The person's language.
    pub locale: Locale,
    /// When the keys were made.
    pub created_at: UnixTime,
    /// The IIN, masked.
    pub iin: String,
    /// The folder of the keys, as the shell names it.
    pub folder: String,
    /// Names the one submission: the same on every retry.
    pub idempotency_key: String,
    /// Which agreement was accepted; none as long as a page leads the identification.
    pub agreement_version: Option<String>,
    /// For notices.
    pub email: Option<String>,
    /// The keys.
    pub keys: Vec<KeyRecord>,
    /// How far it is.
    pub progress: Progress,
}

/// A key of an enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// For what.
    pub purpose: Purpose,
    /// Its id.
    pub key_id: KeyId,
    /// Its request, PKCS#10, DER in base64: the exact bytes that were submitted. Empty once the key is installed.
    pub request: String,
    /// The name under which the shell keeps the pending file's password.
    pub secret: String,
    /// The name of the pending file in the folder.
    pub pending_file: String,
    /// The name that the final file will have.
    pub final_file: String,
    /// How far it is.
    pub state: KeyState,
}

/// How far a key is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Its final file is not written yet.
    Pending,
    /// Its final file was opened again.
    Installed {
        /// The file's name.
        file: String,
        /// The key's signature for the report, in base64.
        proof: String,
    },
}

/// How far an enrolment is; never goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// The keys are being written to the folder; nothing was sent.
    Making,
    /// The keys are on the disk; a page that leads the identification itself will submit them.
    Ready,
    /// The keys are on the disk; the application may or may not have arrived.
    Submitting {
        /// When to send again.
        retry_at: Option<UnixTime>,
        /// How often it was sent.
        attempts: u32,
    },
    /// The authority gave a number.
    Submitted {
        /// How it stood last.
        application: Application,
        /// When to ask again.
        retry_at: UnixTime,
        /// How often asking failed in a row.
        failures: u32,
    },
    /// The certificates are here and belong to the keys.
    Issued {
        /// How the application stood; none when a page brought the certificates itself.
        application: Option<Application>,
        /// One for each key.
        certificates: Vec<KeptCertificate>,
        /// The certificates above, nearest first, DER in base64.
        chain: Vec<String>,
    },
    /// The final files are there.
    Installed {
        /// The application's number; none when a page brought the certificates itself.
        number: Option<String>,
        /// Whether the pending files are gone.
        cleaned: bool,
        /// Whether the authority knows.
        reported: bool,
        /// When to report again.
        retry_at: Option<UnixTime>,
    },
    /// It ended without certificates. Pending keys lie where they were.
    Closed {
        /// Why.
        status: Status,
        /// How the application stood last, if there was one.
        #[serde(default)]
        application: Option<Application>,
    },
}

/// A certificate that belongs to a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCertificate {
    /// The key.
    pub key_id: KeyId,
    /// DER in base64.
    pub certificate: String,
}

impl KeyRecord {
    /// A key that was just made.
    #[must_use]
    pub fn pending(key: &MadeKey, algorithm: Algorithm, secret: &str) -> Self {
        Self {
            purpose: key.purpose,
            key_id: key.key_id,
            request: Base64::encode_string(&key.request),
            secret: secret.to_owned(),
            pending_file: pending_name(key.purpose, algorithm, &key.key_id),
            final_file: final_name(key.purpose, algorithm, &key.key_id),
            state: KeyState::Pending,
        }
    }

    /// Whether its final file was opened again.
    #[must_use]
    pub fn is_installed(&self) -> bool {
        match self.state {
            KeyState::Pending => false,
            KeyState::Installed { .. } => true,
        }
    }

    /// The request, DER; none if the journal was tampered with.
    #[must_use]
    pub fn request_der(&self) -> Option<Vec<u8>> {
        Base64::decode_vec(&self.request).ok()
    }
}

impl Record {
    /// What the enrolment is for.
    #[must_use]
    pub fn profile(&self) -> Profile {
        Profile {
            environment: self.environment,
            template: self.template,
            algorithm: self.algorithm,
            locale: self.locale,
        }
    }

    /// The application's number, once there is one.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        match &self.progress {
            Progress::Submitted { application, .. } => Some(&application.number),
            Progress::Issued { application, .. } => {
                application.as_ref().map(|known| known.number.as_str())
            }
            Progress::Installed { number, .. } => number.as_deref(),
            Progress::Closed { application, .. } => {
                application.as_ref().map(|known| known.number.as_str())
            }
            Progress::Making | Progress::Ready | Progress::Submitting { .. } => None,
        }
    }

    /// The application as it stood last: without its history once the keys are installed.
    #[must_use]
    pub fn application(&self) -> Option<Application> {
        match &self.progress {
            Progress::Submitted { application, .. } => Some(application.clone()),
            Progress::Issued { application, .. } | Progress::Closed { application, .. } => {
                application.clone()
            }
            Progress::Installed { number, .. } => number.clone().map(|number| Application {
                number,
                status: Status::Installed,
                history: vec![],
                reason: None,
                next_poll_s: None,
            }),
            Progress::Making | Progress::Ready | Progress::Submitting { .. } => None,
        }
    }

    /// The IIN that the requests name; none once they have served.
    #[must_use]
    pub fn requested_iin(&self) -> Option<String> {
        let der = self.keys.first()?.request_der()?;
        CertificateRequest::parse(&der).ok()?.subject.iin
    }

    /// The certificate of a key, DER, once it is here.
    #[must_use]
    pub fn certificate_of(&self, key_id: &KeyId) -> Option<Vec<u8>> {
        match &self.progress {
            Progress::Issued { certificates, .. } => certificates
                .iter()
                .find(|kept| kept.key_id == *key_id)
                .and_then(|kept| Base64::decode_vec(&kept.certificate).ok()),
            Progress::Making
            | Progress::Ready
            | Progress::Submitting { .. }
            | Progress::Submitted { .. }
            | Progress::Installed { .. }
            | Progress::Closed { .. } => None,
        }
    }

    /// Writes the journal down.
    ///
    /// # Errors
    /// None in practice: all of it can be written as JSON.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(&Stored::V1(self.clone()))
    }

    /// Reads a journal.
    ///
    /// # Errors
    /// When it is no journal that this version can read; the caller leaves the file as it is.
    pub fn from_json(bytes: &[u8]) -> Result<Self, JournalError> {
        if bytes.len() > MAX_JOURNAL {
            return Err(JournalError::TooLarge);
        }
        match serde_json::from_slice(bytes).map_err(JournalError::Unreadable)? {
            Stored::V1(record) => Ok(record),
        }
    }
}
