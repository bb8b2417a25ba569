//! Key files of this computer, as the window "My keys" shows them.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;

use crate::desktop::{CannotOpen, KeyCard};

/// What the window shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeysView {
    /// The language of the window.
    pub locale: Locale,
    /// Whether the services are invented ones.
    pub sandbox: bool,
    /// The agent's clock, Unix time: for how long keys are valid yet.
    pub now: i64,
    /// Files that were used or installed here, the newest first; then those that the person opened in the window.
    pub files: Vec<KeyFileView>,
    /// Something that could not be done, as a key of the words' files.
    pub trouble: Option<String>,
    /// Counts how often somebody wanted to see the window.
    pub raised: u64,
}

/// One key file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyFileView {
    /// Where it lies.
    #[serde(with = "crate::desktop::line::one")]
    pub path: PathBuf,
    /// What is known of it.
    pub state: KeyFileState,
    /// Whether it is in the list. One that the person took out a moment ago is not, and can be put back.
    pub listed: bool,
}

/// What is known of a key file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyFileState {
    /// Its keys wait for their certificates: nothing but the installation opens it.
    Waiting,
    /// Its folder is not there: on a medium that was pulled out, perhaps.
    Away,
    /// It is there; what is in it needs its password.
    Closed,
    /// It is being opened.
    Opening,
    /// It could not be opened.
    Cannot(CannotOpen),
    /// The keys in it.
    Open(Vec<KeyCard>),
}

/// What the person did. Passwords go by a line of their own, as in the window that asks for a key: see
/// `Reply::Open`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum KeysDeed {
    /// Wants a file out of the list; the file itself stays.
    Forget {
        /// Which.
        #[serde(with = "crate::desktop::line::one")]
        path: PathBuf,
    },
    /// Wants back what was taken out a moment ago.
    PutBack {
        /// Which.
        #[serde(with = "crate::desktop::line::one")]
        path: PathBuf,
    },
}
