//! The outside world as one struct: what is given to every method, and replaced in tests.

use std::path::PathBuf;
use std::sync::Arc;

use tanba::protocol::Enrolment;
use tanba_core::crypto::Provider;
use tanba_core::enrolment::gateway::Environment;
use tokio::sync::{broadcast, watch};

use crate::activity::Activity;
use crate::authorities::Authorities;
use crate::camera::CameraProbe;
use crate::chosen::ChosenFiles;
use crate::clock::Clock;
use crate::desktop::Desktop;
use crate::desktop::own::NoticeKind;
use crate::enrol::Enrolments;
use crate::folders::Folders;
use crate::locales::Locales;
use crate::page::Page;
use crate::preferences::Preferences;
use crate::recent::RecentKeys;
use crate::remote::Backend;
use crate::secrets::SecretStore;
use crate::sites::Sites;
use crate::surroundings::Surroundings;
use crate::turn::Turns;
use crate::wishes::diagnosis;

/// Notices of enrolments that moved by themselves, with the page they belong to.
pub type Changes = broadcast::Sender<(Page, Arc<Enrolment>)>;

/// What somebody settled before the agent began.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The agent's own folder: journals, the log.
    pub data: PathBuf,
    /// Which services stand behind the gateway.
    pub environment: Environment,
    /// Origins on plain http of this machine that may call.
    pub developer_origins: Vec<String>,
    /// Whether this agent is one that site authors test with: every page of this machine may call, and key files play
    /// the tokens that a page asks for.
    pub trial: bool,
    /// The address of the authority of time stamps.
    pub time_stamps: String,
    /// Whom certificates must lead to.
    pub authorities: Authorities,
}

/// The outside world.
pub struct Ctx {
    /// What was settled.
    pub settings: Settings,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The person, by windows or at a terminal.
    pub desktop: Arc<dyn Desktop>,
    /// The cameras.
    pub camera: Arc<dyn CameraProbe>,
    /// Where passwords of pending keys live.
    pub secrets: Arc<dyn SecretStore>,
    /// The remote services.
    pub remote: Arc<dyn Backend>,
    /// Who computes with keys.
    pub provider: Provider,
    /// Folders that pages may name by handle.
    pub folders: Folders,
    /// Key files that were used before.
    pub recent: RecentKeys,
    /// Files whose paths pages may name.
    pub chosen: ChosenFiles,
    /// The enrolments of this process.
    pub enrolments: Enrolments,
    /// What the person prefers.
    pub preferences: Preferences,
    /// In which language pages want the person to be asked.
    pub locales: Locales,
    /// Sites that the person agreed to something for, or wants no questions of.
    pub sites: Sites,
    /// How this agent stands in its session.
    pub surroundings: watch::Sender<Surroundings>,
    /// What pages were told last of what works.
    pub diagnosed: diagnosis::ForPages,
    /// What is under way.
    pub activity: Activity,
    /// Whose question is before the person.
    pub turns: Turns,
    /// What the person should know, whoever caused it.
    pub notices: broadcast::Sender<NoticeKind>,
    /// Who listens for changes.
    pub changes: Changes,
}

impl std::fmt::Debug for Ctx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ctx").field("settings", &self.settings).finish_non_exhaustive()
    }
}
