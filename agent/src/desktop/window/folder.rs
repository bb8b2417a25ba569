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

/// A chooser of the desktop. Gives no folder if the person chose none.
type Chooser = fn(caption: &str) -> Option<PathBuf>;

/// Lets the person choose. Ends the process with the answer; returns only if no window could be shown.
pub(super) fn show(prompt: &FolderPrompt, renderer: Renderer) -> Result<(), NeverShown> {
    if let Some(choose) = chooser() {
        say(&Reply::Shown);
        let begun = Instant::now();
        match choose(&caption(prompt)) {
            Some(folder) if folder.is_absolute() && folder.is_dir() => {
                answer(Reply::Folder(folder))
            }
            Some(_) => answer(Reply::Closed),
            None if begun.elapsed() >= NEVER_THERE => answer(Reply::Closed),
            None => {}
        }
    }
    face::show(Browse::new(prompt), renderer)
}

/// The title of a chooser, whoever shows it: it names the page that asks.
pub(super) fn caption(prompt: &FolderPrompt) -> String {
    let key =
        if prompt.sandbox { "window-folder-caption-sandbox" } else { "window-folder-caption" };
    Words::new(prompt.locale).get_with(key, &[("origin", &prompt.origin)])
}

fn system(caption: &str) -> Option<PathBuf> {
    let chooser = rfd::FileDialog::new().set_title(caption).set_can_create_directories(true);
    // Older portals take no notice, and begin with a list of recent files.
    match home() {
        Some(home) => chooser.set_directory(home).pick_folder(),
        None => chooser.pick_folder(),
    }
}

/// Where a person looks first.
pub(super) fn home() -> Option<PathBuf> {
    directories::UserDirs::new().map(|user| user.home_dir().to_owned())
}

/// The chooser of the system, which is there on every other system than Linux.
#[cfg(not(target_os = "linux"))]
fn chooser() -> Option<Chooser> {
    Some(system)
}

/// A portal's chooser, or zenity's. Where neither is there, rfd answers as if the person had cancelled, so that it is
/// not asked.
#[cfg(target_os = "linux")]
fn chooser() -> Option<Chooser> {
    if has_portal() {
        Some(system)
    } else if has_zenity() {
        Some(zenity)
    } else {
        None
    }
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

#[cfg(target_os = "linux")]
fn has_zenity() -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&path).any(|folder| folder.join("zenity").is_file())
}

/// rfd could start zenity as well, but without a title: nobody would know which page asks.
#[cfg(target_os = "linux")]
fn zenity(caption: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    use std::process::{Command, Stdio};

    // A path with a stroke at its end opens that folder; without it, GTK shows a list of recent files, in which no folder
    // can be chosen.
    let mut begin = std::ffi::OsString::from("--filename=");
    begin.push(home().unwrap_or_default());
    begin.push("/");
    let output = Command::new("zenity")
        .args(["--file-selection", "--directory", &format!("--title={caption}")])
        .arg(begin)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    // One end of line is zenity's; names may have more of them.
    let path = output.status.success().then_some(output.stdout)?;
    let path = path.strip_suffix(b"\n")?.to_vec();
    Some(std::ffi::OsString::from_vec(path).into())
}
