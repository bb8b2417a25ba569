//! What the person prefers: the language, for the agent's own windows and its tray.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;
use tokio::sync::watch;
use tracing::warn;

use crate::files;

/// The file's name in the agent's folder.
const NAME: &str = "preferences.json";
/// The largest file, in bytes.
const MOST: usize = 4096;

/// What is kept. Members that a later version wrote are not lost on those that this one knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// The language, once the person chose one.
    locale: Option<Locale>,
}

/// The person's preferences. Who shows something is told when they change.
#[derive(Debug)]
pub struct Preferences {
    folder: PathBuf,
    /// As they are in the file; one writer at a time.
    kept: Mutex<Kept>,
    locale: watch::Sender<Locale>,
}

impl Preferences {
    /// Reads them from the agent's folder. A file that cannot be read is none.
    #[must_use]
    pub fn in_folder(folder: &Path, system: Locale) -> Self {
        let kept = read(folder);
        Self {
            folder: folder.to_owned(),
            kept: Mutex::new(kept),
            locale: watch::Sender::new(kept.locale.unwrap_or(system)),
        }
    }

    /// The language of the agent's own windows.
    #[must_use]
    pub fn locale(&self) -> Locale {
        *self.locale.borrow()
    }

    /// The language that the person chose, if they chose one.
    #[must_use]
    pub fn chosen(&self) -> Option<Locale> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).locale
    }

    /// Tells when the language changes.
    #[must_use]
    pub fn locales(&self) -> watch::Receiver<Locale> {
        self.locale.subscribe()
    }

    /// Speaks another language from now on. That it could not be kept is in the log; it holds until the agent ends.
    pub fn speak(&self, locale: Locale) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.locale = Some(locale);
        if let Err(error) = files::replace_json(&self.folder, NAME, &*kept) {
            warn!(%error, "the language could not be kept");
        }
        self.locale.send_replace(locale);
    }
}

fn read(folder: &Path) -> Kept {
    let bytes = files::read(&folder.join(NAME), MOST).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// The person's language as the system names it; English where it names none that we speak.
#[must_use]
pub fn language_of_the_system() -> Locale {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let said = said.unwrap_or_default();
    let code = said.split(['_', '.', '-', '@']).next().unwrap_or_default();
    Locale::ALL.into_iter().find(|locale| locale.code() == code).unwrap_or(Locale::En)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_that_was_chosen_is_spoken_after_a_restart_and_the_system_s_until_then() {
        let folder = tempfile::tempdir().unwrap();
        let first = Preferences::in_folder(folder.path(), Locale::Ru);
        assert_eq!(first.locale(), Locale::Ru);
        let mut changes = first.locales();
        first.speak(Locale::Kk);
        assert!(changes.has_changed().unwrap());
        assert_eq!(*changes.borrow_and_update(), Locale::Kk);
        assert_eq!(Preferences::in_folder(folder.path(), Locale::Ru).locale(), Locale::Kk);
        for broken in ["", "{", "[]", r#"{"locale":"de"}"#] {
            std::fs::write(folder.path().join(NAME), broken).unwrap();
            assert_eq!(Preferences::in_folder(folder.path(), Locale::En).locale(), Locale::En);
        }
        std::fs::write(folder.path().join(NAME), r#"{"locale":"ru","later":1}"#).unwrap();
        assert_eq!(Preferences::in_folder(folder.path(), Locale::En).locale(), Locale::Ru);
    }
}
