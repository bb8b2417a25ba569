//! Which program this is, as data.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;

/// Which program this is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AboutView {
    /// The language of the window.
    pub locale: Locale,
    /// Whether the services are invented ones.
    pub sandbox: bool,
    /// The agent's own folder.
    #[serde(with = "crate::desktop::line::one")]
    pub folder: PathBuf,
    /// Something that could not be done, as a key of the words' files.
    pub trouble: Option<String>,
    /// `major.minor.patch`.
    pub version: String,
    /// Counts how often somebody wanted to see the window.
    pub raised: u64,
}
