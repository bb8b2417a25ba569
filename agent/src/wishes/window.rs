//! One of the person's own windows, as the agent holds it: what it shows, and what happens in it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tanba::protocol::Locale;
use tanba_core::enrolment::gateway::Environment;
use tokio::process::Command;
use tokio::sync::{mpsc, watch};
use tracing::{debug, info};

use crate::ctx::Ctx;
use crate::desktop::{Asked, HEARD, Heard, Own};

/// How long the program that shows a folder is watched: one that cannot says so at once, one that can may stay.
const SHOWS: Duration = Duration::from_secs(2);

/// Something that happened.
#[derive(Debug)]
pub(super) enum Event {
    /// The person did something in the window.
    Heard(Heard),
    /// Somebody wants to see the window: how often that was now.
    Raised(u64),
    /// The person speaks another language now.
    Locale(Locale),
}

/// A window that is open. It closes when this is dropped.
pub(super) struct Window<'a> {
    asked: BoxFuture<'a, Asked<()>>,
    views: watch::Sender<Own>,
    heard: mpsc::Receiver<Heard>,
    raised: watch::Receiver<u64>,
    locales: watch::Receiver<Locale>,
    closed: bool,
}

impl<'a> Window<'a> {
    /// Opens a window that shows `first`.
    pub(super) fn open(ctx: &'a Arc<Ctx>, first: Own, raised: watch::Receiver<u64>) -> Self {
        let (views, shown) = watch::channel(first);
        let (tell, heard) = mpsc::channel(HEARD);
        let locales = ctx.preferences.locales();
        let asked = ctx.desktop.own(shown, tell);
        Self { asked, views, heard, raised, locales, closed: false }
    }

    /// Shows something else from now on.
    pub(super) fn show(&self, own: Own) {
        self.views.send_replace(own);
    }

    /// The next event; `None` once the window is closed and everything that was done in it has been told.
    pub(super) async fn next(&mut self) -> Option<Event> {
        loop {
            if self.closed {
                return self.heard.try_recv().ok().map(Event::Heard);
            }
            tokio::select! {
                // What was done before the window was closed comes before that.
                biased;
                Some(heard) = self.heard.recv() => return Some(Event::Heard(heard)),
                asked = &mut self.asked => {
                    if matches!(asked, Asked::NoScreen) {
                        info!("there is no screen for a window of the person's own");
                    }
                    self.closed = true;
                }
                raised = changed(&mut self.raised) => return Some(Event::Raised(raised)),
                locale = changed(&mut self.locales) => return Some(Event::Locale(locale)),
            }
        }
    }
}

/// The next value; never, once nobody can change it any more.
async fn changed<T: Copy>(values: &mut watch::Receiver<T>) -> T {
    match values.changed().await {
        Ok(()) => *values.borrow_and_update(),
        Err(_) => std::future::pending().await,
    }
}

/// Whether the services are invented ones.
pub(super) fn is_sandbox(ctx: &Ctx) -> bool {
    match ctx.settings.environment {
        Environment::Sandbox => true,
        Environment::Production => false,
    }
}

/// Has the system show the folder in which a file lies, or that folder itself. Says whether it could.
pub(super) async fn show_folder(path: &Path) -> bool {
    let folder = if path.is_dir() { Some(path) } else { path.parent() };
    match folder.filter(|folder| folder.is_absolute() && folder.is_dir()) {
        Some(folder) => open_with(program(), options(), folder.to_owned()).await,
        None => false,
    }
}

/// The path is one argument of one program: no shell ever reads it.
async fn open_with(program: &str, options: &[&str], folder: PathBuf) -> bool {
    let mut command = Command::new(program);
    #[cfg(unix)]
    command.process_group(0);
    command
        .args(options)
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            debug!(%error, "folders cannot be shown");
            return false;
        }
    };
    match tokio::time::timeout(SHOWS, child.wait()).await {
        // Windows' own says nothing with its code.
        Ok(Ok(status)) => status.success() || cfg!(windows),
        Ok(Err(_)) => false,
        // It is still there, and so is the folder on the screen.
        Err(_) => true,
    }
}

/// Who shows folders on this system.
const fn program() -> &'static str {
    if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    }
}

/// A folder may be a program on macOS, which would be started: there it is shown among its neighbours, and not opened.
const fn options() -> &'static [&'static str] {
    if cfg!(target_os = "macos") { &["-R"] } else { &[] }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_is_one_argument_and_a_program_that_fails_is_noticed() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("a; touch b $(touch c)");
        std::fs::create_dir(&folder).unwrap();
        let said = home.path().join("said");
        let program = home.path().join("opener");
        let text = format!("#!/bin/sh\nprintf '%s\\n' \"$#\" \"$1\" > '{}'\n", said.display());
        std::fs::write(&program, text).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        let program = program.to_str().unwrap();
        assert!(open_with(program, &[], folder.clone()).await);
        let said = std::fs::read_to_string(said).unwrap();
        assert_eq!(said, format!("1\n{}\n", folder.display()));
        assert!(!home.path().join("b").exists() && !home.path().join("c").exists());
        assert!(!open_with("false", &[], folder.clone()).await);
        assert!(!open_with("tanba-has-no-such-program", &[], folder).await);
        assert!(!show_folder(Path::new("relative/file")).await);
        assert!(!show_folder(&home.path().join("gone/file")).await);
    }
}
