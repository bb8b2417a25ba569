//! Notices, the diagnosis, and which program this is.

use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;

/// Something that the person should know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NoticeView {
    /// The language of the window.
    pub locale: Locale,
    /// Whether the services are invented ones.
    pub sandbox: bool,
    /// What it is about.
    pub kind: NoticeKind,
    /// Counts how often somebody wanted to see the window.
    pub raised: u64,
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NoticeKind {
    /// There is no keyring, or it cannot be used: passwords of waiting keys lie in a file of this user alone.
    SecretsInFile {
        /// Why, as a key of the words' files: `absent`, `locked`, `denied`, `silent`, `broken`.
        why: String,
    },
    /// An application was sent: its number, to be saved, printed or written down, and its recovery code, where there is
    /// one.
    Number {
        /// Fourteen digits.
        number: String,
        /// As it is written down.
        recovery: Option<String>,
    },
    /// An enrolment moved: its state as a key of the words' files.
    Moved {
        /// Fourteen digits.
        number: Option<String>,
        /// How it stands.
        state: String,
    },
    /// A file was signed.
    Signed {
        /// Where the signature lies.
        #[serde(with = "crate::desktop::line::one")]
        path: std::path::PathBuf,
    },
    /// Something that the person wanted could not be done: texts for people, what happened and what to do.
    Cannot {
        /// What happened.
        what: String,
        /// What to do.
        hint: String,
    },
    /// Another program holds the port on which pages look for the agent.
    PortTaken {
        /// Which port.
        port: u16,
        /// The program's name, where the system tells it.
        by: Option<String>,
    },
}

/// What works and what does not.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DiagnosisView {
    /// The language of the window.
    pub locale: Locale,
    /// Everything that was looked at.
    pub checks: Vec<Check>,
    /// Whether it is still being looked at.
    pub busy: bool,
    /// Counts how often somebody wanted to see the window.
    pub raised: u64,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What, by its name in the words' files (`check-<name>`): `port`, `tls`, `roots`, `keyring`, `camera`, `screen`,
    /// `tray`, `autostart`, `gateway`, `data`.
    pub name: String,
    /// How it came out.
    pub state: CheckState,
    /// What was found, for people; without paths, names and numbers of the person.
    pub text: String,
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

/// Which program this is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AboutView {
    /// The language of the window.
    pub locale: Locale,
    /// `major.minor.patch`.
    pub version: String,
    /// Counts how often somebody wanted to see the window.
    pub raised: u64,
}
