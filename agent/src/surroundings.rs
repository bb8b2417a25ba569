//! How this agent stands in its session: its port, its icon, whether it starts by itself. Whoever runs it says so.

use std::path::PathBuf;

/// How this agent stands in its session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Where pages look for it.
    pub port: Port,
    /// The folder of the TLS identity, if the agent listens.
    pub tls: Option<PathBuf>,
    /// Whether its icon is in a tray; `None` for an agent that wants none.
    pub tray: Option<bool>,
    /// Whether it starts with the session; `None` where that cannot be told.
    pub autostart: Option<bool>,
}

/// How the port stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Port {
    /// Pages can call.
    Open(u16),
    /// Another program holds it. Its name, where the system tells it.
    Taken(u16, Option<String>),
    /// Nobody listens: the agent does not run.
    #[default]
    Silent,
}
