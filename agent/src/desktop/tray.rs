//! The icon in the tray and its menu.
//!
//! What it shows is data ([`TrayView`]); what is chosen in it are wishes ([`Wish`]). The agent goes on without it where the
//! desktop has no place for one.

use serde::Serialize;
use tanba::protocol::Locale;
use tokio::sync::{mpsc, watch};

use super::own::Unfinished;
use crate::wish::Wish;

/// What the tray shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrayView {
    /// The language of the menu.
    pub locale: Locale,
    /// Whether the services are invented ones; the menu says so.
    pub sandbox: bool,
    /// What the icon says.
    pub state: TrayState,
    /// Enrolments that have not come to their end.
    pub unfinished: Vec<Unfinished>,
    /// Whether the agent starts with the session; `None` where that cannot be told.
    pub autostart: Option<bool>,
}

/// What the icon says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrayState {
    /// Pages can call.
    Ready,
    /// It works: something is signed, an enrolment moves.
    Working,
    /// It waits for the person: a question is on the screen, keys can be installed.
    NeedsYou,
    /// Pages cannot call: another program holds this port. Its name, where the system tells it.
    PortTaken(u16, Option<String>),
}

/// The tray's icon. It goes when this is dropped.
#[derive(Debug)]
pub struct Tray {}

/// Why there is no icon: the log says so, and everything can be done by `tanba open`.
#[derive(Debug, thiserror::Error)]
pub enum NoTray {
    /// The program was built without it, or this machine has no session bus.
    #[error("there is no tray here: {0}")]
    Absent(String),
}

/// Puts the icon into the tray, or into the one that comes later, and keeps it as `views` says until the [`Tray`] is
/// dropped. What is chosen goes to `wishes`.
///
/// # Errors
/// [`NoTray`].
pub fn begin(
    views: watch::Receiver<TrayView>,
    wishes: mpsc::UnboundedSender<Wish>,
) -> Result<Tray, NoTray> {
    let _ = (views, wishes);
    Err(NoTray::Absent("not yet".to_owned()))
}

/// Runs the program; on systems whose trays want the main thread, beside them on another one. To be called on the main
/// thread.
pub fn with_main_thread(
    program: impl FnOnce() -> std::process::ExitCode + Send + 'static,
) -> std::process::ExitCode {
    program()
}
