//! Choosing a folder: with the desktop's own chooser where there is one, with a window of ours where there is none.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::super::FolderPrompt;
use super::super::line::Reply;
use super::super::windows::Renderer;
use super::browse::Browse;
use super::{NeverShown, answer, face, say};
use crate::words::Words;

/// Nobody reads a window and closes it in less time than this: a chooser that does was never there.
const NEVER_THERE: Duration = Duration::from_millis(300);

/// Lets the person choose. Ends the process with the answer; returns only if no window could be shown.
pub(super) fn show(prompt: &FolderPrompt, renderer: Renderer) -> Result<(), NeverShown> {
    if has_chooser() {
        say(&Reply::Shown);
        let begun = Instant::now();
        let chosen = choose(prompt);
        match chosen {
            Some(folder) if folder.is_dir() && folder.is_absolute() => {
                answer(Reply::Folder(folder))
            }
            Some(_) => answer(Reply::Closed),
            None if begun.elapsed() >= NEVER_THERE => answer(Reply::Closed),
            None => {}
        }
    }
    face::show(Browse::new(prompt), renderer)
}

fn choose(prompt: &FolderPrompt) -> Option<PathBuf> {
    let words = Words::new(prompt.locale);
    let key =
        if prompt.sandbox { "window-folder-caption-sandbox" } else { "window-folder-caption" };
    let caption = words.get_with(key, &[("origin", &prompt.origin)]);
    rfd::FileDialog::new().set_title(caption).set_can_create_directories(true).pick_folder()
}

/// On Linux the chooser is a portal's or zenity's. Where neither is there, rfd answers as if the person had cancelled.
#[cfg(target_os = "linux")]
fn has_chooser() -> bool {
    has_zenity() || has_portal()
}

#[cfg(not(target_os = "linux"))]
fn has_chooser() -> bool {
    true
}

#[cfg(target_os = "linux")]
fn has_zenity() -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&path).any(|folder| folder.join("zenity").is_file())
}

/// Whether a portal answers that it has a chooser of files. A bus that does not answer is not waited for.
#[cfg(target_os = "linux")]
fn has_portal() -> bool {
    let (answer, answered) = std::sync::mpsc::sync_channel(1);
    std::thread::spawn(move || {
        // If nobody waits any more, the answer is of no use.
        let _ = answer.send(portal_version().is_ok_and(|version| version > 0));
    });
    answered.recv_timeout(Duration::from_secs(3)).unwrap_or(false)
}

#[cfg(target_os = "linux")]
fn portal_version() -> zbus::Result<u32> {
    let bus = zbus::blocking::Connection::session()?;
    let portal = zbus::blocking::Proxy::new(
        &bus,
        "org.freedesktop.portal.Desktop",
        "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.FileChooser",
    )?;
    portal.get_property("version")
}
