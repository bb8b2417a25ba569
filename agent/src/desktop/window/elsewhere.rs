//! A chooser of files for a window that holds a password: in a process of its own. The desktop's portal must look at
//! who asks it, and nobody may look into such a window.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use super::super::line::{Ask, LIMIT, Reply};
use super::super::windows::{Renderer, WINDOW};
use super::super::{FilePrompt, FolderPrompt};

/// Lets the person choose a file, and tells it once; `None` if none was chosen.
pub(super) fn choose(prompt: FilePrompt, renderer: Renderer) -> Receiver<Option<PathBuf>> {
    begin(Ask::File(prompt), renderer)
}

/// The same for a folder that keys will be made in, which may be made itself.
pub(super) fn choose_folder(prompt: FolderPrompt, renderer: Renderer) -> Receiver<Option<PathBuf>> {
    begin(Ask::Folder(prompt), renderer)
}

fn begin(asked: Ask, renderer: Renderer) -> Receiver<Option<PathBuf>> {
    let (tell, told) = channel();
    thread::spawn(move || {
        // If nobody waits any more, the answer is of no use.
        let _ = tell.send(ask(&asked, renderer));
    });
    told
}

fn ask(asked: &Ask, renderer: Renderer) -> Option<PathBuf> {
    let mut child = Command::new(std::env::current_exe().ok()?)
        .args([WINDOW, renderer.name()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut line = serde_json::to_vec(asked).ok()?;
    line.push(b'\n');
    // The pipe stays open until the chooser has ended.
    let mut stdin = child.stdin.take()?;
    let mut stdout = BufReader::new(child.stdout.take()?);
    let answer = stdin.write_all(&line).ok().and_then(|()| match next(&mut stdout)? {
        Reply::Shown => next(&mut stdout),
        other @ (Reply::Closed
        | Reply::Folder(_)
        | Reply::NewPassword(_)
        | Reply::File(_)
        | Reply::Open(..)
        | Reply::Key(_)
        | Reply::Agreed
        | Reply::Blocked
        | Reply::Said(_)) => Some(other),
    });
    // A chooser whose window is gone ends by itself.
    drop(stdin);
    let _ = child.wait();
    match answer? {
        Reply::File(path) | Reply::Folder(path) => Some(path),
        Reply::Shown
        | Reply::Closed
        | Reply::NewPassword(_)
        | Reply::Open(..)
        | Reply::Key(_)
        | Reply::Agreed
        | Reply::Blocked
        | Reply::Said(_) => None,
    }
}

fn next(stdout: &mut impl std::io::BufRead) -> Option<Reply> {
    let mut line = Vec::new();
    stdout.take(LIMIT.try_into().ok()?).read_until(b'\n', &mut line).ok()?;
    line.pop()?;
    Reply::parse(&line).ok()
}
