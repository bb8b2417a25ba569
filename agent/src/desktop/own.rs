//! The person's own windows: what nobody asked them for. Each shows what it is given last, and tells what the person did.
//!
//! ```text
//! agent ──▶ Own, as often as it changes ──▶ window     at most one window of each kind; they take no page's turn
//!       ◀── Said, as often as the person does something
//! ```
//! The window is closed by the person, or by the agent's dropping what it gives.

mod about;
mod diagnosis;
mod enrolment;
mod home;
mod keys;
mod notice;
mod report;
mod sites;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;

use crate::wish::Wish;

pub use about::AboutView;
pub use diagnosis::{Check, CheckState, DiagnosisView};
pub use enrolment::{EnrolmentDeed, EnrolmentView, Unfinished, status_words};
pub use home::HomeView;
pub use keys::{KeyFileState, KeyFileView, KeysDeed, KeysView};
pub use notice::{NoticeDeed, NoticeKind, NoticeView};
pub use report::{ReportDeed, ReportView, SignerView, Verdict};
pub use sites::{SiteView, SitesDeed, SitesView};

/// What one of the person's own windows shows. A window never changes its kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "own", rename_all = "snake_case")]
pub enum Own {
    /// The whole procedure of obtaining keys.
    Enrolment(Box<EnrolmentView>),
    /// The agent itself.
    Home(Box<HomeView>),
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
    Enrolment {
        /// The enrolment that the window showed when it was done; `None` for the choice. Another may be led by now, which
        /// must not be answered by it.
        of: Option<String>,
        /// What.
        deed: EnrolmentDeed,
    },
    /// Wants something that another window is for, or that needs none.
    Wish(Wish),
    /// In the window of keys.
    Keys(KeysDeed),
    /// In the window of sites.
    Sites(SitesDeed),
    /// In the window of a report.
    Report(ReportDeed),
    /// With a notice.
    Notice(NoticeDeed),
    /// "Again", in a diagnosis.
    Again,
    /// Wants to see in which folder something lies that the window names.
    ShowFolder {
        /// What.
        #[serde(with = "super::line::one")]
        path: PathBuf,
    },
}

impl Own {
    /// Counts how often somebody wanted to see the window.
    #[must_use]
    pub fn raised(&self) -> u64 {
        match self {
            Self::Enrolment(view) => view.raised,
            Self::Home(view) => view.raised,
            Self::Keys(view) => view.raised,
            Self::Sites(view) => view.raised,
            Self::Report(view) => view.raised,
            Self::Diagnosis(view) => view.raised,
            Self::About(view) => view.raised,
            Self::Notice(view) => view.raised,
        }
    }

    /// The language of the window.
    #[must_use]
    pub fn locale(&self) -> Locale {
        match self {
            Self::Enrolment(view) => view.locale,
            Self::Home(view) => view.tray.locale,
            Self::Keys(view) => view.locale,
            Self::Sites(view) => view.locale,
            Self::Report(view) => view.locale,
            Self::Diagnosis(view) => view.locale,
            Self::About(view) => view.locale,
            Self::Notice(view) => view.locale,
        }
    }

    /// Whether the services are invented ones.
    #[must_use]
    pub fn sandbox(&self) -> bool {
        match self {
            Self::Enrolment(view) => view.sandbox,
            Self::Home(view) => view.tray.sandbox,
            Self::Keys(view) => view.sandbox,
            Self::Sites(view) => view.sandbox,
            Self::Report(view) => view.sandbox,
            Self::Diagnosis(view) => view.sandbox,
            Self::About(view) => view.sandbox,
            Self::Notice(view) => view.sandbox,
        }
    }
}

impl Said {
    /// Forgets codes and PINs.
    #[cfg(any(feature = "desktop", test))]
    pub(super) fn wipe(&mut self) {
        match self {
            Self::Enrolment { deed: EnrolmentDeed::Answer { answer }, .. } => {
                enrolment::wipe(answer);
            }
            Self::Enrolment {
                deed:
                    EnrolmentDeed::Start { .. }
                    | EnrolmentDeed::Resume { .. }
                    | EnrolmentDeed::Folder { .. }
                    | EnrolmentDeed::Refresh
                    | EnrolmentDeed::Install
                    | EnrolmentDeed::Cancel
                    | EnrolmentDeed::Back,
                ..
            }
            | Self::Wish(_)
            | Self::Keys(_)
            | Self::Sites(_)
            | Self::Report(_)
            | Self::Notice(_)
            | Self::Again
            | Self::ShowFolder { .. } => {}
        }
    }
}
