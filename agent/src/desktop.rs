//! What the agent asks of the person, in windows of its own.
//!
//! Everything that a window shows is in the prompt that it is given, as data. Whoever asks waits on a future: dropping
//! it closes the window.
//!
//! ```text
//! agent ──prompt, one JSON line──▶ `tanba window`   a child process: no GL driver shares a process with a key
//!       ◀─file and password, line─                  only where a key is chosen, as often as the person tries
//!       ──cards, or why not, line▶                  the key itself stays with the agent
//!       ◀──answer, one JSON line──                  it ends with its window; if it crashes, the person did not answer
//! ```

mod consent;
mod key;
mod line;
pub mod notification;
pub mod own;
pub mod tray;
#[cfg(feature = "desktop")]
mod window;
mod windows;

use std::path::PathBuf;
use std::process::ExitCode;

use futures_util::future::{BoxFuture, FutureExt as _, ready};
use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;
use tanba_core::password::NewPassword;
use tanba_core::secret::Password;
use tokio::sync::{mpsc, watch};

pub use consent::{ConsentPrompt, Deed, Kind, Preview, Shown, Warning};
pub use key::{CannotOpen, KeyCard, KeyOpener, KeyPrompt, Note, Refusal};
pub use own::{Own, Said};
pub use windows::Windows;

/// Asks the person. One window is open at a time; further questions wait in the order in which they came.
pub trait Desktop: Send + Sync {
    /// Lets the person choose a folder for key files. The path is absolute and was a folder when it was chosen.
    fn choose_folder(&self, prompt: FolderPrompt) -> BoxFuture<'_, Asked<PathBuf>>;

    /// Lets the person make up a password for new key files; it meets the rules.
    fn new_password(&self, prompt: NewPasswordPrompt) -> BoxFuture<'_, Asked<NewPassword>>;

    /// Lets the person choose a file, or a folder, for a page. The path is absolute and was there when it was chosen.
    /// By default there is no screen.
    fn choose_file(&self, prompt: FilePrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        let _ = prompt;
        ready(Asked::NoScreen).boxed()
    }

    /// Lets the person choose a key and agree to what will be done with it. The answer is a [`KeyCard::index`] of those
    /// that `opener` gave last, of a card without refusal. By default there is no screen.
    fn choose_key<'a>(
        &'a self,
        prompt: KeyPrompt,
        opener: &'a dyn KeyOpener,
    ) -> BoxFuture<'a, Asked<usize>> {
        let _ = (prompt, opener);
        ready(Asked::NoScreen).boxed()
    }

    /// Lets the person agree to what needs no key. By default there is no screen.
    fn confirm(&self, prompt: ConsentPrompt) -> BoxFuture<'_, Asked<()>> {
        let _ = prompt;
        ready(Asked::NoScreen).boxed()
    }

    /// Shows one of the person's own windows: what `views` holds, as often as it changes, until the person closes the
    /// window or the sender of `views` is gone; what the person does goes to `heard`. By default there is no screen.
    fn own(
        &self,
        views: watch::Receiver<Own>,
        heard: mpsc::Sender<Heard>,
    ) -> BoxFuture<'_, Asked<()>> {
        let _ = (views, heard);
        ready(Asked::NoScreen).boxed()
    }
}

/// How many things wait at most that were done in a window of the person's own. A window that does more is not read until
/// something was heard: it is another process, and may be anything.
pub const HEARD: usize = 4;

/// What the person did in one of their own windows, as the agent hears it.
#[derive(Debug)]
pub enum Heard {
    /// Anything but a password.
    Said(Said),
    /// Wants to see the keys in a file: where it lies, and its password.
    Open(PathBuf, Password),
}

/// The origin in prompts that no page caused, but the person at the agent itself. No page's origin reads so.
pub const PERSON: &str = "tanba";

/// What came of a question.
#[derive(Debug)]
pub enum Asked<T> {
    /// The person answered.
    Answered(T),
    /// The person closed the window, or it broke down: there is no answer, and nothing may be done without one.
    Closed,
    /// The person closed the window, and wants no more questions of the page that asked.
    Blocked,
    /// There is no screen that a window could be shown on.
    NoScreen,
}

/// Asks for a folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FolderPrompt {
    /// The page that asks, as its `Origin` header says, or the name of a program.
    pub origin: String,
    /// The language of the window.
    pub locale: Locale,
    /// Whether the keys will be made for invented services; the window says so in red.
    pub sandbox: bool,
}

/// Asks for a new password.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewPasswordPrompt {
    /// The page that asks, as its `Origin` header says, or the name of a program.
    pub origin: String,
    /// The language of the window.
    pub locale: Locale,
    /// Whether the keys were made for invented services; the window says so in red.
    pub sandbox: bool,
    /// The number of the application, if there is one.
    pub number: Option<String>,
    /// The names of the files that the password will protect.
    pub files: Vec<String>,
    /// The folder in which they will be, as people read it.
    pub folder: String,
}

/// Asks for a file, or for a folder that files are in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FilePrompt {
    /// The page that asks, as its `Origin` header says; `None` for a program without one.
    pub origin: Option<String>,
    /// The language of the window.
    pub locale: Locale,
    /// Whether the services are invented ones.
    pub sandbox: bool,
    /// What is chosen.
    pub kind: FileKind,
    /// The folder to begin in, if it is still there.
    #[serde(with = "line::optional")]
    pub folder: Option<PathBuf>,
    /// What the person wants it for, if it was they who began: then nobody asks, and the window does not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wish: Option<FileWish>,
}

/// What a person wants a file for that they were not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileWish {
    /// To see the keys in it.
    Keys,
    /// To sign it.
    Sign,
    /// To have its signatures checked.
    Verify,
    /// To say to which document a signature belongs that lies in a file of its own.
    Signed,
    /// A folder, to keep an application's number in.
    Number,
    /// To send it as a picture of a face or of a document.
    Picture,
}

/// What can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A folder.
    Folder,
    /// Any file.
    Any,
    /// A key file: `*.p12`, `*.pfx`.
    Key,
    /// A certificate: `*.cer`, `*.crt`, `*.pem`.
    Certificate,
    /// A revocation list: `*.crl`.
    RevocationList,
    /// A picture: `*.jpg`, `*.jpeg`.
    Picture,
}

/// A machine without a screen: every question is answered with [`Asked::NoScreen`].
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDesktop;

impl Desktop for NoDesktop {
    fn choose_folder(&self, _: FolderPrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        ready(Asked::NoScreen).boxed()
    }

    fn new_password(&self, _: NewPasswordPrompt) -> BoxFuture<'_, Asked<NewPassword>> {
        ready(Asked::NoScreen).boxed()
    }
}

/// Becomes a window, if the program was started as one: its first argument is then `window`.
///
/// To be called first in `main`, on the main thread, where some systems want their windows. Returns the code to exit
/// with, or `None` if the program was started as something else.
#[must_use]
pub fn run_window_if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != windows::WINDOW {
        return None;
    }
    let name = arguments.next();
    #[cfg(feature = "desktop")]
    if let Some(done) = name.as_deref().and_then(window::run_errand) {
        return Some(done);
    }
    let renderer = name.and_then(|name| windows::Renderer::named(name.to_str()?));
    Some(renderer.map_or(ExitCode::FAILURE, show))
}

#[cfg(feature = "desktop")]
fn show(renderer: windows::Renderer) -> ExitCode {
    window::show(renderer)
}

#[cfg(not(feature = "desktop"))]
fn show(_: windows::Renderer) -> ExitCode {
    windows::NO_SCREEN.into()
}
