//! "My keys…": the key files that are known here. A file is opened where the consent's are, and its keys are forgotten as
//! soon as the window has their cards.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tanba_core::secret::Password;
use tokio::sync::watch;

use super::window::{Event, Window, is_sandbox, show_folder};
use crate::blocking::blocking;
use crate::consent;
use crate::ctx::Ctx;
use crate::desktop::own::{KeyFileState, KeyFileView, KeysDeed, KeysView, Own, Said};
use crate::desktop::{CannotOpen, Heard, KeyCard};

/// Of how many keys in a file the window is told. Real files have one, seldom two or three.
const CARDS: usize = 64;

/// What the window shows when a folder cannot be shown.
pub(super) const NO_FOLDER: &str = "own-no-folder";

/// Shows the window until the person closes it.
pub async fn run(ctx: &Arc<Ctx>, raised: watch::Receiver<u64>) {
    let count = *raised.borrow();
    let mut keys = Keys::begin(ctx, count).await;
    let mut window = Window::open(ctx, Own::Keys(keys.view.clone()), raised);
    let mut opening = FuturesUnordered::new();
    loop {
        let event = tokio::select! {
            event = window.next() => event,
            Some((path, outcome)) = opening.next(), if !opening.is_empty() => {
                keys.opened(path, outcome).await;
                window.show(Own::Keys(keys.view.clone()));
                continue;
            }
        };
        match event {
            None => return,
            Some(Event::Raised(count)) => keys.view.raised = count,
            Some(Event::Locale(locale)) => keys.view.locale = locale,
            Some(Event::Heard(Heard::Open(path, password))) => {
                keys.is_opening(&path);
                opening.push(open(ctx, path, password));
            }
            Some(Event::Heard(Heard::Said(said))) => keys.heard(said).await,
        }
        window.show(Own::Keys(keys.view.clone()));
    }
}

async fn open(
    ctx: &Ctx,
    path: PathBuf,
    password: Password,
) -> (PathBuf, Result<Vec<KeyCard>, CannotOpen>) {
    let mut outcome = consent::look(ctx, path.clone(), password).await;
    if let Ok(cards) = &mut outcome {
        cards.truncate(CARDS);
    }
    (path, outcome)
}

struct Keys {
    ctx: Arc<Ctx>,
    view: KeysView,
    /// Files that were taken out of the list in this window, and where in it they were.
    places: HashMap<PathBuf, Option<usize>>,
}

impl Keys {
    async fn begin(ctx: &Arc<Ctx>, raised: u64) -> Self {
        let world = Arc::clone(ctx);
        let files = blocking(move || known(&world)).await;
        let view = KeysView {
            locale: ctx.preferences.locale(),
            sandbox: is_sandbox(ctx),
            now: ctx.clock.now().as_secs(),
            files,
            trouble: None,
            raised,
        };
        Self { ctx: Arc::clone(ctx), view, places: HashMap::new() }
    }

    fn file(&mut self, path: &Path) -> Option<&mut KeyFileView> {
        self.view.files.iter_mut().find(|file| file.path == path)
    }

    /// A file that was chosen in the window is shown from now on.
    fn is_opening(&mut self, path: &Path) {
        let (path, state) = (path.to_owned(), KeyFileState::Opening);
        match self.file(&path) {
            Some(file) => file.state = state,
            None => self.view.files.push(KeyFileView { path, state, listed: true }),
        }
    }

    async fn opened(&mut self, path: PathBuf, outcome: Result<Vec<KeyCard>, CannotOpen>) {
        self.view.now = self.ctx.clock.now().as_secs();
        let opened = outcome.is_ok();
        if let Some(file) = self.file(&path) {
            file.state = match outcome {
                Ok(cards) => KeyFileState::Open(cards),
                Err(why) => KeyFileState::Cannot(why),
            };
        }
        if opened {
            // What opens is one of the person's own, and is offered where a key is asked for.
            let ctx = Arc::clone(&self.ctx);
            blocking(move || {
                if !ctx.recent.list().contains(&path) {
                    ctx.recent.used(&path);
                }
            })
            .await;
        }
    }

    async fn heard(&mut self, said: Said) {
        self.view.trouble = None;
        match said {
            Said::Keys(KeysDeed::Forget { path }) => {
                let (ctx, forgotten) = (Arc::clone(&self.ctx), path.clone());
                let place = blocking(move || ctx.recent.forget(&forgotten)).await;
                if let Some(file) = self.file(&path) {
                    file.listed = false;
                    // What was in it is not shown for longer than it is wanted.
                    if let KeyFileState::Open(_) | KeyFileState::Cannot(_) = file.state {
                        file.state = KeyFileState::Closed;
                    }
                }
                self.places.insert(path, place);
            }
            Said::Keys(KeysDeed::PutBack { path }) => {
                let Some(place) = self.places.remove(&path) else { return };
                let (ctx, wanted) = (Arc::clone(&self.ctx), path.clone());
                blocking(move || ctx.recent.put_back(&wanted, place)).await;
                if let Some(file) = self.file(&path) {
                    file.listed = true;
                }
            }
            // The window may have chosen a file of which only it knows; folders are no secret from it.
            Said::ShowFolder { path } => {
                if !show_folder(&path).await {
                    self.view.trouble = Some(NO_FOLDER.to_owned());
                }
            }
            Said::Enrolment { .. }
            | Said::Sites(_)
            | Said::Report(_)
            | Said::Notice(_)
            | Said::Wish(_)
            | Said::Again => {}
        }
    }
}

/// The files that are known here: those that were used, the newest first, then those of enrolments.
fn known(ctx: &Ctx) -> Vec<KeyFileView> {
    let hidden = ctx.recent.hidden();
    let used = ctx.recent.list().into_iter().map(|path| (path, false));
    let mut files: Vec<KeyFileView> = Vec::new();
    for (path, waits) in used.chain(ctx.enrolments.key_files()) {
        if hidden.contains(&path) || files.iter().any(|file| file.path == path) {
            continue;
        }
        let is_there = path.is_file();
        // A file that is missing from a folder that is there is gone.
        if !is_there && path.parent().is_none_or(Path::is_dir) {
            continue;
        }
        let state = match (is_there, waits) {
            (false, _) => KeyFileState::Away,
            (true, true) => KeyFileState::Waiting,
            (true, false) => KeyFileState::Closed,
        };
        files.push(KeyFileView { path, state, listed: true });
    }
    files
}
