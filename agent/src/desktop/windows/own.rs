//! The agent's side of the person's own windows: tells them what to show, and hears what the person does.

use tokio::io::AsyncWriteExt as _;
use tokio::process::ChildStdin;
use tokio::sync::{mpsc, watch};
use tracing::warn;

use super::{Lines, Talk, Windows};
use crate::desktop::line::{ASK_LIMIT, Ask, Reply, Told};
use crate::desktop::{Asked, Heard, Own};

/// What is shown, and who hears what the person does.
pub(super) struct OwnTalk {
    views: watch::Receiver<Own>,
    heard: mpsc::Sender<Heard>,
}

impl Windows {
    /// Shows one of the person's own windows. It takes no turn: questions of pages are shown above it.
    pub(super) async fn show_own(
        &self,
        mut views: watch::Receiver<Own>,
        heard: mpsc::Sender<Heard>,
    ) -> Asked<()> {
        let first = Ask::Own(Box::new(views.borrow_and_update().clone()));
        match self.talk(first, &mut Talk::Own(OwnTalk { views, heard })).await {
            Asked::Answered(_) | Asked::Closed | Asked::Blocked => Asked::Closed,
            Asked::NoScreen => Asked::NoScreen,
        }
    }
}

impl OwnTalk {
    /// Until the person closes the window, it ends, or there is nothing more to show. Always `None` or `Closed`.
    pub(super) async fn converse(
        &mut self,
        stdin: &mut ChildStdin,
        stdout: &mut Lines,
    ) -> Option<Reply> {
        loop {
            tokio::select! {
                reply = stdout.next() => match reply? {
                    Reply::Said(said) => self.heard.send(Heard::Said(*said)).await.ok()?,
                    Reply::Open(path, password) => {
                        self.heard.send(Heard::Open(path, password)).await.ok()?;
                    }
                    Reply::Closed => return Some(Reply::Closed),
                    Reply::Shown
                    | Reply::Folder(_)
                    | Reply::NewPassword(_)
                    | Reply::File(_)
                    | Reply::Key(_)
                    | Reply::Agreed
                    | Reply::Blocked => {
                        warn!("a window of the person's own said something that is no answer");
                        return None;
                    }
                },
                changed = self.views.changed() => {
                    changed.ok()?;
                    let own = self.views.borrow_and_update().clone();
                    let mut line = serde_json::to_vec(&Told::Own(Box::new(own)))
                        .expect("a view is strings, numbers and flags, paths are digits");
                    if line.len() >= ASK_LIMIT {
                        warn!("what a window should show is too long for it");
                        continue;
                    }
                    line.push(b'\n');
                    stdin.write_all(&line).await.ok()?;
                }
            }
        }
    }
}
