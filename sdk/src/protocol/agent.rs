//! Calls about the agent itself, the camera and folders.

use serde::{Deserialize, Serialize};

/// `agent.info`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentInfo {}

/// What agent this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// `Tanba`.
    pub name: String,
    /// The agent's version, `major.minor.patch`.
    pub version: String,
    /// Which services stand behind this agent. A sandbox's certificates have no legal force.
    pub environment: Environment,
    /// The methods that this agent answers.
    pub methods: Vec<String>,
    /// Names of the algorithms in which it makes keys.
    pub algorithms: Vec<String>,
}

/// Which services stand behind an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Invented services on this machine; nothing they issue has legal force.
    Sandbox,
    /// Services that somebody answers for.
    Production,
}

/// A language of the texts for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// Kazakh.
    #[default]
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Locale {
    /// All languages.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// The code on the wire: `kk`, `ru` or `en`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }
}

/// `locale.set`: in which language the person is asked when a call of this page does not say, until the agent ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetLocale {
    /// The language.
    pub locale: Locale,
}

/// That something was done: an empty object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {}

/// `agent.diagnose`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiagnoseAgent {}

/// What works and what does not, so that a page can say more than "it does not work". Nothing about the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Everything that was looked at.
    pub checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What: `tls`, `roots`, `keyring`, `camera`, `screen`, `gateway`, …; names are added, never renamed.
    pub name: String,
    /// How it came out.
    pub state: CheckState,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It works.
    Good,
    /// It works, but not as it should.
    Warning,
    /// It does not work.
    Bad,
    /// It does not concern this machine.
    NotHere,
}

/// `camera.probe`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraProbe {}

/// What is known of the cameras of this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Camera {
    /// The best that any of them is.
    pub state: CameraState,
    /// How many devices can give pictures.
    pub devices: u32,
}

/// Whether a camera can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraState {
    /// There is one, and it is free.
    Present,
    /// There is one, and another program uses it.
    Busy,
    /// There is one, and this user may not open it.
    Denied,
    /// There is none.
    None,
}

/// `folder.choose`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChooseFolder {
    /// The language of the window; without one that of `locale.set`, or the person's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
}

/// A folder that the person chose. A page never sees or names a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// Stands for the folder in later calls of the same page, until the agent ends.
    pub handle: String,
    /// The last part of its path, to show.
    pub name: String,
}
