//! A person who does what the test says, and in the meantime looks at an open window for as long as the test wants.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _, ready};
use tanba_agent::desktop::{
    Asked, ConsentPrompt, Desktop, FilePrompt, FolderPrompt, KeyOpener, KeyPrompt,
    NewPasswordPrompt,
};
use tanba_core::password::NewPassword;
use tanba_core::secret::Password;
use tokio::sync::watch;

use super::keys::KeyFile;

/// How long a test waits for a window. A machine under load is slow; nothing waits in vain.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the person does with a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Agrees.
    Agree,
    /// Closes it.
    Close,
    /// Neither, until the mood changes.
    Think,
}

/// What became of windows so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Windows {
    /// Open at this moment.
    pub(crate) open: usize,
    /// At most open at one moment.
    pub(crate) most: usize,
    /// Opened in all.
    pub(crate) opened: usize,
    /// Taken away before the person did anything.
    pub(crate) taken_away: usize,
}

/// A person with one key file.
pub(crate) struct Puppet {
    key: KeyFile,
    /// What is chosen in a file chooser.
    document: Mutex<Option<PathBuf>>,
    mood: watch::Sender<Mood>,
    windows: watch::Sender<Windows>,
    origins: Mutex<Vec<Option<String>>>,
}

impl Puppet {
    pub(crate) fn new(key: KeyFile, mood: Mood) -> Self {
        Self {
            key,
            document: Mutex::default(),
            mood: watch::Sender::new(mood),
            windows: watch::Sender::default(),
            origins: Mutex::default(),
        }
    }

    /// From now on, also for the window that is open.
    pub(crate) fn be(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// What will be chosen in a file chooser.
    pub(crate) fn choose(&self, document: PathBuf) {
        *self.document.lock().unwrap() = Some(document);
    }

    /// What became of windows so far.
    pub(crate) fn windows(&self) -> Windows {
        *self.windows.borrow()
    }

    /// Waits until windows are as wanted.
    pub(crate) async fn sees(&self, wanted: impl Fn(&Windows) -> bool) -> Windows {
        let mut windows = self.windows.subscribe();
        let seen = tokio::time::timeout(PATIENCE, windows.wait_for(wanted)).await;
        *seen.unwrap_or_else(|_| panic!("waited in vain: {:?}", self.windows())).unwrap()
    }

    /// Who asked, in the order of windows.
    pub(crate) fn origins(&self) -> Vec<Option<String>> {
        self.origins.lock().unwrap().clone()
    }

    /// Opens a window and looks at it until the mood is to do something.
    async fn look(&self, origin: Option<String>) -> Mood {
        struct Window<'a>(&'a watch::Sender<Windows>, bool);
        impl Drop for Window<'_> {
            fn drop(&mut self) {
                self.0.send_modify(|windows| {
                    windows.open -= 1;
                    windows.taken_away += usize::from(!self.1);
                });
            }
        }
        // Whoever sees the window open sees whose it is.
        self.origins.lock().unwrap().push(origin);
        self.windows.send_modify(|windows| {
            windows.open += 1;
            windows.opened += 1;
            windows.most = windows.most.max(windows.open);
        });
        let mut window = Window(&self.windows, false);
        let mut mood = self.mood.subscribe();
        let mood = *mood.wait_for(|mood| *mood != Mood::Think).await.unwrap();
        window.1 = true;
        mood
    }
}

impl Desktop for Puppet {
    fn choose_folder(&self, _: FolderPrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        ready(Asked::Closed).boxed()
    }

    fn new_password(&self, _: NewPasswordPrompt) -> BoxFuture<'_, Asked<NewPassword>> {
        ready(Asked::Closed).boxed()
    }

    fn choose_file(&self, prompt: FilePrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        async move {
            match self.look(prompt.origin).await {
                Mood::Agree => match self.document.lock().unwrap().clone() {
                    Some(document) => Asked::Answered(document),
                    None => Asked::Closed,
                },
                Mood::Close | Mood::Think => Asked::Closed,
            }
        }
        .boxed()
    }

    fn choose_key<'a>(
        &'a self,
        prompt: KeyPrompt,
        opener: &'a dyn KeyOpener,
    ) -> BoxFuture<'a, Asked<usize>> {
        async move {
            match self.look(prompt.consent.origin).await {
                Mood::Agree => {
                    let password = Password::new(self.key.password.to_owned());
                    let cards = opener.open(self.key.path(), password).await.unwrap();
                    match cards.iter().find(|card| card.refusal.is_none()) {
                        Some(card) => Asked::Answered(card.index),
                        None => Asked::Closed,
                    }
                }
                Mood::Close | Mood::Think => Asked::Closed,
            }
        }
        .boxed()
    }

    fn confirm(&self, prompt: ConsentPrompt) -> BoxFuture<'_, Asked<()>> {
        async move {
            match self.look(prompt.origin).await {
                Mood::Agree => Asked::Answered(()),
                Mood::Close | Mood::Think => Asked::Closed,
            }
        }
        .boxed()
    }
}
