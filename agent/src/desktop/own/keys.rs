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
    /// Files that were used or installed here, the newest first; then those that the person opened in the window.
    pub files: Vec<KeyFileView>,
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
}

/// What is known of a key file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyFileState {
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
}
