//! Sites that the person agreed to something for, or wants no questions of.

use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;

/// What the window shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SitesView {
    /// The language of the window.
    pub locale: Locale,
    /// Whether the services are invented ones.
    pub sandbox: bool,
    /// The sites, the one used last first.
    pub sites: Vec<SiteView>,
    /// Counts how often somebody wanted to see the window.
    pub raised: u64,
}

/// One site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteView {
    /// Its origin.
    pub origin: String,
    /// When the person agreed first and last, Unix time; `None` if never.
    pub agreed: Option<(i64, i64)>,
    /// How often.
    pub count: u64,
    /// Whether its questions are refused without being shown.
    pub blocked: bool,
    /// Whether it is in the list. One that the person took out a moment ago is not, and can be put back.
    pub listed: bool,
}

/// What the person did.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum SitesDeed {
    /// Wants no more questions of a site.
    Block {
        /// Its origin.
        origin: String,
    },
    /// Lets it ask again.
    Unblock {
        /// Its origin.
        origin: String,
    },
    /// Wants it out of the list, as if it had never asked.
    Forget {
        /// Its origin.
        origin: String,
    },
    /// Wants back what was taken out a moment ago.
    PutBack {
        /// Its origin.
        origin: String,
    },
}
