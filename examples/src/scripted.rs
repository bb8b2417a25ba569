//! A person who acts by a script: what site authors and tests put in front of the real agent instead of somebody.
//!
//! ```text
//! agent ──prompt──▶ ScriptedPerson ──┬─ opens key files, chooses, agrees, or closes the window
//!                                    └─ Diary: what was shown and done, one JSON object each
//! ```

mod behaviour;
mod diary;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tanba_agent::desktop::{
    Asked, CannotOpen, ConsentPrompt, Desktop, FileKind, FilePrompt, FolderPrompt, KeyCard,
    KeyOpener, KeyPrompt, NewPasswordPrompt,
};
use tanba_core::password::NewPassword;
use tanba_core::secret::Password;
use tokio::sync::Semaphore;

pub use behaviour::{Behaviour, NotABehaviour};
pub use diary::{Diary, Window};

type Future<'a, T> = std::pin::Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;

/// What the person has at hand.
#[derive(Default)]
pub struct Belongings {
    /// Key files, in the order in which the person tries them.
    pub keys: Vec<PathBuf>,
    /// The password of all of them; without one the person closes every window that wants one.
    pub password: Option<Password>,
    /// The file that the person chooses when a page wants one that is no key.
    pub document: Option<PathBuf>,
}

impl std::fmt::Debug for Belongings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Belongings").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

/// Answers every window as its [`Behaviour`] says, one window after the other, and keeps a [`Diary`].
#[derive(Debug)]
pub struct ScriptedPerson {
    belongings: Belongings,
    behaviour: Mutex<Behaviour>,
    diary: Diary,
    /// One window at a time; who asked first is answered first.
    turn: Semaphore,
}

/// Why a window was closed, or what was answered in it.
struct Done<T> {
    asked: Asked<T>,
    how: String,
}

impl<T> Done<T> {
    fn closed(why: impl Into<String>) -> Self {
        Self { asked: Asked::Closed, how: why.into() }
    }

    fn answered(answer: T, how: impl Into<String>) -> Self {
        Self { asked: Asked::Answered(answer), how: how.into() }
    }
}

impl ScriptedPerson {
    /// A person who behaves so until told otherwise.
    #[must_use]
    pub fn new(belongings: Belongings, behaviour: Behaviour, diary: Diary) -> Self {
        Self { belongings, behaviour: Mutex::new(behaviour), diary, turn: Semaphore::new(1) }
    }

    /// Behaves so from the next window on.
    pub fn behave(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap_or_else(PoisonError::into_inner) = behaviour;
    }

    /// What was shown and done.
    #[must_use]
    pub fn diary(&self) -> &Diary {
        &self.diary
    }

    /// One window: noted when it is asked for, when it is shown and when it ends, also if whoever asked goes away.
    async fn window<T>(
        &self,
        kind: &'static str,
        prompt: &(impl serde::Serialize + Sync),
        act: impl AsyncFnOnce(Behaviour, &Window<'_>) -> Done<T>,
    ) -> Asked<T> {
        let mut window = self.diary.asked(kind, prompt);
        let Ok(_turn) = self.turn.acquire().await else { return Asked::Closed };
        window.opens();
        let behaviour = *self.behaviour.lock().unwrap_or_else(PoisonError::into_inner);
        let behaviour = match behaviour {
            Behaviour::Delay(time) => {
                tokio::time::sleep(time).await;
                Behaviour::Approve
            }
            Behaviour::Approve | Behaviour::Cancel | Behaviour::WrongPassword => behaviour,
        };
        let done = act(behaviour, &window).await;
        window.ends(&done.asked, &done.how);
        done.asked
    }

    async fn key(
        &self,
        behaviour: Behaviour,
        prompt: &KeyPrompt,
        opener: &dyn KeyOpener,
        window: &Window<'_>,
    ) -> Done<usize> {
        if behaviour == Behaviour::Cancel {
            return Done::closed("cancels");
        }
        if !prompt.files {
            return Done::closed("only tokens are wanted, and there is none");
        }
        let Some(password) = &self.belongings.password else {
            return Done::closed("has no password");
        };
        let copy = || Password::new(password.expose().to_owned());
        // The file that was chosen for this page before comes first, as it would in a window.
        let mut keys: Vec<&PathBuf> = self.belongings.keys.iter().collect();
        keys.sort_by_key(|key| prompt.file.as_ref() != Some(*key));
        if behaviour == Behaviour::WrongPassword {
            let Some(key) = keys.first() else { return Done::closed("has no key") };
            let wrong = Password::new(format!("{}-wrong", password.expose()));
            let opened = opener.open((*key).clone(), wrong).await;
            window.tried(key, opened.as_deref().map_err(|error| *error));
            return Done::closed("typed a wrong password");
        }
        for key in keys {
            let opened = opener.open(key.clone(), copy()).await;
            window.tried(key, opened.as_deref().map_err(|error| *error));
            let fits = opened.iter().flatten().find(|card| card.refusal.is_none());
            if let Some(card) = fits {
                return Done::answered(card.index, "chose a key");
            }
        }
        Done::closed("no key fits")
    }

    fn file(&self, behaviour: Behaviour, kind: FileKind) -> Done<PathBuf> {
        if behaviour == Behaviour::Cancel {
            return Done::closed("cancels");
        }
        let (key, document) = (self.belongings.keys.first(), self.belongings.document.as_ref());
        let chosen = match kind {
            FileKind::Key => key.cloned(),
            FileKind::Folder => document.or(key).and_then(|file| Some(file.parent()?.to_owned())),
            FileKind::Any
            | FileKind::Certificate
            | FileKind::RevocationList
            | FileKind::Picture => document.cloned(),
        };
        match chosen {
            Some(path) => Done::answered(path, "chose a file"),
            None => Done::closed("has no such file"),
        }
    }
}

impl Desktop for ScriptedPerson {
    fn choose_folder(&self, prompt: FolderPrompt) -> Future<'_, Asked<PathBuf>> {
        Box::pin(async move {
            let act = async |behaviour, _: &Window<'_>| self.file(behaviour, FileKind::Folder);
            self.window("choose_folder", &prompt, act).await
        })
    }

    /// New keys are another script's matter.
    fn new_password(&self, prompt: NewPasswordPrompt) -> Future<'_, Asked<NewPassword>> {
        Box::pin(async move {
            let act = async |_, _: &Window<'_>| Done::closed("makes up no passwords");
            self.window("new_password", &prompt, act).await
        })
    }

    fn choose_file(&self, prompt: FilePrompt) -> Future<'_, Asked<PathBuf>> {
        Box::pin(async move {
            let act = async |behaviour, _: &Window<'_>| self.file(behaviour, prompt.kind);
            self.window("choose_file", &prompt, act).await
        })
    }

    fn choose_key<'a>(
        &'a self,
        prompt: KeyPrompt,
        opener: &'a dyn KeyOpener,
    ) -> Future<'a, Asked<usize>> {
        Box::pin(async move {
            let act = async |behaviour, window: &Window<'_>| {
                self.key(behaviour, &prompt, opener, window).await
            };
            self.window("choose_key", &prompt, act).await
        })
    }

    fn confirm(&self, prompt: ConsentPrompt) -> Future<'_, Asked<()>> {
        Box::pin(async move {
            let act = async |behaviour, _: &Window<'_>| match behaviour {
                Behaviour::Cancel => Done::closed("cancels"),
                Behaviour::Approve | Behaviour::WrongPassword | Behaviour::Delay(_) => {
                    Done::answered((), "agrees")
                }
            };
            self.window("confirm", &prompt, act).await
        })
    }
}

/// What an attempt to open a key file came to.
type Tried<'a> = Result<&'a [KeyCard], CannotOpen>;

#[cfg(test)]
mod tests;
