//! The person's own windows: what nobody asked them for. Each shows what it is given last, and tells what the person did.
//!
//! ```text
//! agent ──▶ Own, as often as it changes ──▶ window     at most one window of each kind; they take no page's turn
//!       ◀── Said, as often as the person does something
//! ```
//! The window is closed by the person, or by the agent's dropping what it gives.

mod enrolment;
mod keys;
mod notice;
mod report;
mod sites;

use serde::{Deserialize, Serialize};

pub use enrolment::{EnrolmentDeed, EnrolmentView, Unfinished};
pub use keys::{KeyFileState, KeyFileView, KeysDeed, KeysView};
pub use notice::{AboutView, Check, CheckState, DiagnosisView, NoticeKind, NoticeView};
pub use report::{ReportView, SignerView, Verdict};
pub use sites::{SiteView, SitesDeed, SitesView};

/// What one of the person's own windows shows. A window never changes its kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "own", rename_all = "snake_case")]
pub enum Own {
    /// The whole procedure of obtaining keys.
    Enrolment(Box<EnrolmentView>),
    /// Key files, and what is in them.
    Keys(KeysView),
    /// Sites that the person agreed to something for.
    Sites(SitesView),
    /// What was found of a file's signatures.
    Report(ReportView),
    /// What works and what does not.
    Diagnosis(DiagnosisView),
    /// Which program this is.
    About(AboutView),
    /// Something that the person should know.
    Notice(NoticeView),
}

/// What the person did in one of their own windows.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// In the window of the procedure.
    Enrolment(EnrolmentDeed),
    /// In the window of keys.
    Keys(KeysDeed),
    /// In the window of sites.
    Sites(SitesDeed),
    /// "Again", in a report or a diagnosis.
    Again,
}
