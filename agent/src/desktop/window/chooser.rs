//! Choosing a file or a folder: with the desktop's own chooser where there is one, with a window of ours where there is
//! none.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tanba::protocol::Locale;

use super::super::line::Reply;
use super::super::windows::Renderer;
use super::super::{FileKind, FilePrompt, FileWish, FolderPrompt};
use super::browse::Browse;
use super::{NeverShown, answer, face, say};
use crate::words::Words;

/// Nobody reads a window and closes it in less time than this: a chooser that does was never there.
const NEVER_THERE: Duration = Duration::from_millis(300);

/// What is chosen, for whom, and what the windows say about it.
#[derive(Clone)]
pub(super) struct Choice {
    pub words: Rc<Words>,
    /// The page that asks; `None` for a program without one.
    pub origin: Option<String>,
    pub sandbox: bool,
    pub kind: FileKind,
    /// A folder for keys that will be made, which may be made itself.
    pub for_new_keys: bool,
    /// The folder to begin in.
    pub begin: Option<PathBuf>,
    /// What the person wants it for, if nobody asks.
    pub wish: Option<FileWish>,
}

impl Choice {
    /// A folder for keys.
    pub(super) fn of_folder(prompt: FolderPrompt) -> Self {
        let FolderPrompt { origin, locale, sandbox } = prompt;
        let prompt = FilePrompt {
            origin: Some(origin),
            locale,
            sandbox,
            kind: FileKind::Folder,
            folder: None,
            wish: None,
        };
        Self { for_new_keys: true, ..Self::of_file(prompt) }
    }

    /// A file for a page, or a folder.
    pub(super) fn of_file(prompt: FilePrompt) -> Self {
        let FilePrompt { origin, locale, sandbox, kind, folder, wish } = prompt;
        let begin = folder.filter(|folder| folder.is_absolute() && folder.is_dir()).or_else(home);
        Self { words: words(locale), origin, sandbox, kind, for_new_keys: false, begin, wish }
    }

    /// The words of what the person wants it for, if nobody asks.
    pub(super) fn wished(&self) -> Option<&'static str> {
        self.wish.map(|wish| match wish {
            FileWish::Keys => "own-file-keys",
            FileWish::Sign => "own-file-sign",
            FileWish::Verify => "own-file-verify",
            FileWish::Signed => "own-file-signed",
            FileWish::Number => "own-file-number",
            FileWish::Picture => "window-file-title-picture",
        })
    }

    /// The title of a chooser, whoever shows it: it names the page that asks.
    pub(super) fn caption(&self) -> String {
        let what = if let Some(wished) = self.wished() {
            wished
        } else if self.for_new_keys {
            "window-folder-caption"
        } else {
            match self.kind {
                FileKind::Folder => "window-file-caption-folder",
                FileKind::Any => "window-file-caption-any",
                FileKind::Key => "window-file-caption-key",
                FileKind::Certificate => "window-file-caption-certificate",
                FileKind::RevocationList => "window-file-caption-list",
                FileKind::Picture => "window-file-caption-picture",
            }
        };
        let program = self.words.get("window-origin-program");
        let origin = self.origin.as_deref().unwrap_or(&program);
        let caption = self.words.get_with(what, &[("origin", origin)]);
        if self.sandbox {
            self.words.get_with("window-caption-sandbox", &[("caption", &caption)])
        } else {
            caption
        }
    }

    /// Which files are shown: their endings, in small letters; none means all.
    pub(super) fn endings(&self) -> &'static [&'static str] {
        match self.kind {
            FileKind::Folder | FileKind::Any => &[],
            FileKind::Key => &["p12", "pfx"],
            FileKind::Certificate => &["cer", "crt", "pem"],
            FileKind::RevocationList => &["crl"],
            FileKind::Picture => &["jpg", "jpeg"],
        }
    }

    /// The answer, if that is something that can be chosen.
    pub(super) fn reply(&self, path: PathBuf) -> Option<Reply> {
        let fits = path.is_absolute()
            && if self.kind == FileKind::Folder { path.is_dir() } else { path.is_file() };
        if !fits {
            None
        } else if self.for_new_keys {
            Some(Reply::Folder(path))
        } else {
            Some(Reply::File(path))
        }
    }
}

fn words(locale: Locale) -> Rc<Words> {
    Rc::new(Words::new(locale))
}

/// A chooser of the desktop. Gives no path if the person chose none.
type Chooser = fn(choice: &Choice) -> Option<PathBuf>;

/// Lets the person choose. Ends the process with the answer; returns only if no window could be shown.
pub(super) fn show(choice: Choice, renderer: Renderer) -> Result<(), NeverShown> {
    if let Some(choose) = chooser() {
        say(&Reply::Shown);
        let begun = Instant::now();
        match choose(&choice) {
            Some(path) => answer(choice.reply(path).unwrap_or(Reply::Closed)),
            None if begun.elapsed() >= NEVER_THERE => answer(Reply::Closed),
            None => {}
        }
    }
    face::show(Browse::new(choice), renderer)
}

fn system(choice: &Choice) -> Option<PathBuf> {
    let mut chooser =
        rfd::FileDialog::new().set_title(choice.caption()).set_can_create_directories(true);
    // Older portals take no notice, and begin with a list of recent files.
    if let Some(begin) = &choice.begin {
        chooser = chooser.set_directory(begin);
    }
    if choice.kind == FileKind::Folder {
        return chooser.pick_folder();
    }
    let endings = either_case(choice.endings());
    if !endings.is_empty() {
        let name = endings.iter().map(|ending| format!("*.{ending}")).collect::<Vec<_>>();
        chooser = chooser
            .add_filter(name.join(" "), &endings)
            .add_filter(choice.words.get("window-file-all"), &["*"]);
    }
    chooser.pick_file()
}

/// Endings in small letters and in capital ones: desktops tell them apart.
fn either_case(endings: &[&str]) -> Vec<String> {
    endings.iter().flat_map(|ending| [(*ending).to_owned(), ending.to_uppercase()]).collect()
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
fn zenity(choice: &Choice) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    use std::process::{Command, Stdio};

    // A path with a stroke at its end opens that folder; without it, GTK shows a list of recent files, in which no folder
    // can be chosen.
    let mut begin = std::ffi::OsString::from("--filename=");
    begin.push(choice.begin.as_deref().unwrap_or(Path::new("")));
    begin.push("/");
    let mut zenity = Command::new("zenity");
    zenity.args(["--file-selection", &format!("--title={}", choice.caption())]).arg(begin);
    if choice.kind == FileKind::Folder {
        zenity.arg("--directory");
    }
    let patterns: Vec<_> =
        either_case(choice.endings()).iter().map(|ending| format!("*.{ending}")).collect();
    if !patterns.is_empty() {
        let patterns = patterns.join(" ");
        zenity.arg(format!("--file-filter={patterns} | {patterns}"));
        zenity.arg(format!("--file-filter={} | *", choice.words.get("window-file-all")));
    }
    let output = zenity.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    // One end of line is zenity's; names may have more of them.
    let path = output.status.success().then_some(output.stdout)?;
    let path = path.strip_suffix(b"\n")?.to_vec();
    Some(std::ffi::OsString::from_vec(path).into())
}
