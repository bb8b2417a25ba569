//! Choosing a key: what the window is told of the keys in a file, and whoever opens that file for it.
//!
//! Keys never reach the window. It sends a path and a password, gets cards, and answers with a card's index.

use std::path::PathBuf;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tanba_core::secret::Password;

use super::ConsentPrompt;

/// Asks for a key and for agreement: one window for all documents of a call.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyPrompt {
    /// What the person agrees to.
    pub consent: ConsentPrompt,
    /// Key files that were used before and are still there, the newest first. Only our own windows ever see them.
    #[serde(with = "super::line::list")]
    pub recent: Vec<PathBuf>,
    /// The key file that the person chose for this page already.
    #[serde(with = "super::line::optional")]
    pub file: Option<PathBuf>,
    /// Whether keys may lie in files. If not, the window says which tokens the page wants, and can only be cancelled.
    pub files: bool,
    /// The names of the tokens that the page would take, as people know them.
    pub tokens: Vec<String>,
}

/// Opens key files for a window.
pub trait KeyOpener: Send + Sync {
    /// Opens a file and says what is in it, in the order in which keys are offered. What was opened before is forgotten.
    fn open(
        &self,
        file: PathBuf,
        password: Password,
    ) -> BoxFuture<'_, Result<Vec<KeyCard>, CannotOpen>>;
}

/// Why a key file was not opened. The window says so in place, and the person tries again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CannotOpen {
    /// The file is not there any more.
    Missing,
    /// The file may not be read.
    Unreadable,
    /// The file is no key file, or damaged.
    NotAKeyFile,
    /// The password is another one.
    WrongPassword,
    /// No key is in it.
    Empty,
}

/// One key, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyCard {
    /// Which one.
    pub index: usize,
    /// The holder: a person's name, or the name in the certificate.
    pub name: String,
    /// The organisation, if the key is one's.
    pub organisation: Option<String>,
    /// Twelve digits.
    pub iin: Option<String>,
    /// Twelve digits.
    pub bin: Option<String>,
    /// What for: `auth`, `sign`, `both`, or nothing if the certificate does not tell.
    pub purpose: Option<String>,
    /// As people know it: `RSA 2048`, `ГОСТ 34.10-2015`.
    pub algorithm: String,
    /// The first and the last second, Unix time.
    pub valid: (i64, i64),
    /// The serial number, lower-case hexadecimal digits.
    pub serial: String,
    /// The issuer's name.
    pub issuer: String,
    /// Why it cannot be taken. Such a card is shown, and disabled.
    pub refusal: Option<Refusal>,
    /// What should be known of it.
    pub notes: Vec<Note>,
}

/// Why a key cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It has no certificate.
    NoCertificate,
    /// It is for signing in, and the page wants one for documents; or the reverse.
    OtherPurpose,
    /// Its certificate lacks a usage that the page asks for: a role, for one.
    OtherUsage,
    /// It is another person's than the page asks for.
    OtherPerson,
    /// It is another organisation's.
    OtherOrganisation,
    /// It has another serial number.
    OtherSerial,
    /// Its certificate does not lead to a root that counts.
    OtherRoot,
    /// It is not valid yet.
    NotYetValid,
    /// It has expired.
    Expired,
    /// It was revoked.
    Revoked,
}

/// What should be known of a key that can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// It has expired, or is not valid yet, and may be taken nevertheless.
    NotValidNow,
    /// It was revoked, and may be taken nevertheless.
    Revoked,
    /// Whether it was revoked is not known.
    RevocationUnknown,
    /// Its certificate does not lead to a root that is known here.
    ChainUnknown,
}
