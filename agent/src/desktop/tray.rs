//! The icon in the tray and its menu.
//!
//! What it shows is data ([`TrayView`]); what is chosen in it are wishes ([`Wish`]). The agent goes on without it where the
//! desktop has no place for one.
//!
//! ```text
//! views ──TrayView──▶ look: icon, title, menu as data ──▶ place   notifier: StatusNotifierItem, on Linux
//! wishes ◀──Wish──────────────── chosen in the menu ◀──┘          native: Windows and macOS
//! ```

#[cfg(feature = "desktop")]
mod icon;
#[cfg(feature = "desktop")]
pub(in crate::desktop) mod look;
#[cfg(all(feature = "desktop", any(windows, target_os = "macos")))]
#[path = "tray/native.rs"]
mod place;
#[cfg(all(feature = "desktop", target_os = "linux"))]
#[path = "tray/notifier.rs"]
mod place;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;
use tokio::sync::{mpsc, oneshot, watch};

use super::own::Unfinished;
use crate::wish::Wish;

/// How long the desktop is waited for when the icon begins and when it ends.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the tray shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
pub struct Tray {
    shown: Arc<AtomicBool>,
    end: Option<oneshot::Sender<()>>,
    gone: Receiver<()>,
}

/// Why there is no icon: everything can be done by `tanba open`.
#[derive(Debug, thiserror::Error)]
pub enum NoTray {
    /// The program was built without it, or this machine has no session bus.
    #[error("there is no tray here: {0}")]
    Absent(String),
    /// The desktop takes too long; the icon does not come later.
    #[error("there is no tray here: the desktop does not answer")]
    Silent,
}

impl Tray {
    /// Whether the desktop has a place for the icon now. It may find or lose one at any time.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.shown.load(Ordering::Relaxed)
    }
}

impl Drop for Tray {
    fn drop(&mut self) {
        self.end.take();
        // It tells nothing but that it is gone. A desktop that does not answer must not keep the agent from its end.
        let _ = self.gone.recv_timeout(PATIENCE);
    }
}

/// Puts the icon into the tray, or into the one that comes later, and keeps it as `views` says until the [`Tray`] is
/// dropped. What is chosen goes to `wishes`. That there is no tray yet is in the log, and so is it when one comes.
///
/// Waits for the desktop, three seconds at most, so that an async caller needs [`blocking`](crate::blocking::blocking).
///
/// # Errors
/// [`NoTray`].
#[cfg(all(feature = "desktop", any(target_os = "linux", target_os = "macos", windows)))]
pub fn begin(
    mut views: watch::Receiver<TrayView>,
    wishes: mpsc::UnboundedSender<Wish>,
) -> Result<Tray, NoTray> {
    use std::sync::mpsc::{RecvTimeoutError, channel};

    let shown = Arc::new(AtomicBool::new(false));
    let (end, ended) = oneshot::channel();
    let (leave, gone) = channel();
    let (tell, told) = channel();
    let sees = shown.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| NoTray::Absent(error.to_string()))?;
    let work = move || {
        let _leave = leave;
        let first = look::Look::of(&views.borrow_and_update());
        match place::Place::take(first, wishes, &sees) {
            Ok(mut place) => {
                // Nobody waits any more, and `ended` says so, if it took too long.
                let _ = tell.send(Ok(()));
                runtime.block_on(follow(views, ended, &mut place));
                place.leave();
            }
            Err(error) => {
                let _ = tell.send(Err(error));
            }
        }
    };
    std::thread::Builder::new()
        .name("tray".to_owned())
        .spawn(work)
        .map_err(|error| NoTray::Absent(error.to_string()))?;
    match told.recv_timeout(PATIENCE) {
        Ok(Ok(())) => Ok(Tray { shown, end: Some(end), gone }),
        Ok(Err(error)) => Err(error),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(NoTray::Silent),
    }
}

/// Shows what the views say, until nobody gives any more or the end has come.
#[cfg(all(feature = "desktop", any(target_os = "linux", target_os = "macos", windows)))]
async fn follow(
    mut views: watch::Receiver<TrayView>,
    mut ended: oneshot::Receiver<()>,
    place: &mut place::Place,
) {
    loop {
        tokio::select! {
            changed = views.changed() => if changed.is_err() { return },
            _ = &mut ended => return,
        }
        let look = look::Look::of(&views.borrow_and_update());
        place.show(look);
    }
}

/// There is no tray: the program was built without it, or for a system whose trays it does not know.
///
/// # Errors
/// Always [`NoTray`].
#[cfg(not(all(feature = "desktop", any(target_os = "linux", target_os = "macos", windows))))]
pub fn begin(
    views: watch::Receiver<TrayView>,
    wishes: mpsc::UnboundedSender<Wish>,
) -> Result<Tray, NoTray> {
    let _ = (views, wishes);
    Err(NoTray::Absent("the program was built without it".to_owned()))
}

/// Runs the program with the main thread free for what the system wants of it: macOS runs all icons and menus there.
/// On other systems the program simply runs.
#[must_use]
pub fn with_main_thread(program: impl FnOnce() -> ExitCode + Send + 'static) -> ExitCode {
    #[cfg(all(feature = "desktop", target_os = "macos"))]
    let code = place::with_main_thread(program);
    #[cfg(not(all(feature = "desktop", target_os = "macos")))]
    let code = program();
    code
}
