//! What was found of a file's signatures.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;

/// What the window shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReportView {
    /// The language of the window.
    pub locale: Locale,
    /// The file.
    #[serde(with = "crate::desktop::line::one")]
    pub path: PathBuf,
    /// What came of it.
    pub verdict: Verdict,
    /// Who signed.
    pub signers: Vec<SignerView>,
    /// Counts how often somebody wanted to see the window.
    pub raised: u64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is being looked at: how many bytes of how many.
    Looking(u64, u64),
    /// All signatures are good.
    Valid,
    /// All are good as far as could be found out; something is unknown.
    ValidSoFar,
    /// One is bad at least.
    Invalid,
    /// Nobody signed it.
    None,
    /// It could not be looked at: a text for people, of the words' files.
    Cannot(String),
}

/// One signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignerView {
    /// The name in the certificate, if there is one.
    pub name: Option<String>,
    /// The organisation.
    pub organisation: Option<String>,
    /// Twelve digits.
    pub iin: Option<String>,
    /// Twelve digits.
    pub bin: Option<String>,
    /// What was looked at and how it came out: a key of the words' files, `good`, `bad`, `unknown` or `absent`, and reasons
    /// for people.
    pub findings: Vec<(String, String, Vec<String>)>,
    /// When it was signed, as the signer says, Unix time.
    pub signed_at: Option<i64>,
    /// When an authority saw it, Unix time.
    pub stamped_at: Option<i64>,
}
