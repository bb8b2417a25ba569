//! What was found of a file's signatures.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;

/// What the window shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReportView {
    /// The language of the window.
    pub locale: Locale,
    /// Whether the services are invented ones.
    pub sandbox: bool,
    /// The file.
    #[serde(with = "crate::desktop::line::one")]
    pub path: PathBuf,
    /// The file that was signed, where the signatures lie in a file of their own and it is known.
    #[serde(with = "crate::desktop::line::optional")]
    pub content: Option<PathBuf>,
    /// Whether the signatures lie in a file of their own, and nobody said which file was signed.
    pub lacks_content: bool,
    /// What came of it.
    pub verdict: Verdict,
    /// Who signed.
    pub signers: Vec<SignerView>,
    /// How many more did: a window is told of no more than it can show.
    pub left_out: usize,
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
    /// None is bad, but who signed, or what, could not be confirmed.
    Unconfirmed,
    /// One is bad at least.
    Invalid,
    /// It begins like a signed file and cannot be read to its end.
    Damaged,
    /// Nobody signed it.
    None,
    /// It could not be looked at: a text for people.
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
    /// What is signed of a document of which only a part is: as the signature names it. Empty for all of it.
    pub covers: Vec<String>,
    /// Whether this signature holds.
    pub is_valid: bool,
}

/// What the person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum ReportDeed {
    /// Wants the same file looked at again.
    Again,
    /// Wants another file looked at.
    Another,
    /// Wants to say which file was signed.
    Content,
}
