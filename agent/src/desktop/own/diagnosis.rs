//! What works and what does not, as data.

use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;

/// What works and what does not.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DiagnosisView {
    /// The language of the window.
    pub locale: Locale,
    /// Whether the services are invented ones.
    pub sandbox: bool,
    /// Everything that was looked at.
    pub checks: Vec<Check>,
    /// What is copied for somebody who helps: nothing of the person is in it.
    pub text: String,
    /// Whether it is still being looked at.
    pub busy: bool,
    /// Counts how often somebody wanted to see the window.
    pub raised: u64,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What, by its name in the words' files (`check-<name>`): `port`, `tls`, `roots`, `keyring`, `camera`, `screen`,
    /// `tray`, `autostart`, `gateway`, `data`, `clock`.
    pub name: String,
    /// How it came out.
    pub state: CheckState,
    /// What was found, for people; without paths, names and numbers of the person.
    pub text: String,
    /// What to do, where something should be done.
    pub hint: Option<String>,
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
