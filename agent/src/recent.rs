//! Key files that were used before: what the window that asks for a key offers first. No page ever learns of them.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tracing::warn;

use crate::files;

/// The list's name in the agent's folder.
const NAME: &str = "recent-keys.json";
/// The name of the list of files that the person does not want to see, although they are known from elsewhere.
const HIDDEN: &str = "hidden-keys.json";
/// How many of these are remembered.
const HIDDEN_FILES: usize = 100;
/// How many are remembered.
const FILES: usize = 10;
/// The largest list, in bytes: ten paths.
const MOST: usize = 64 * 1024;

/// The list. It is read when it is asked for: rarely, and another process may have written it.
#[derive(Debug)]
pub struct RecentKeys {
    folder: PathBuf,
    /// One writer at a time.
    writing: Mutex<()>,
}

impl RecentKeys {
    /// The list in the agent's folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), writing: Mutex::default() }
    }

    /// Those that are still there, the newest first. A list that cannot be read is an empty one.
    #[must_use]
    pub fn list(&self) -> Vec<PathBuf> {
        let mut paths = self.read();
        paths.retain(|path| path.is_file());
        paths
    }

    fn read(&self) -> Vec<PathBuf> {
        self.paths(NAME, FILES)
    }

    fn paths(&self, name: &str, count: usize) -> Vec<PathBuf> {
        let bytes = files::read(&self.folder.join(name), MOST).unwrap_or_default();
        let paths: Vec<PathBuf> = serde_json::from_slice(&bytes).unwrap_or_default();
        paths.into_iter().filter(|path| path.is_absolute()).take(count).collect()
    }

    /// Files that the person does not want to see, wherever they are known from.
    #[must_use]
    pub fn hidden(&self) -> Vec<PathBuf> {
        self.paths(HIDDEN, HIDDEN_FILES)
    }

    /// Takes a file out of the list, and does not show it again until it is used. The file itself stays. Says at which
    /// place it was, if it was in the list.
    pub fn forget(&self, path: &Path) -> Option<usize> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut paths = self.read();
        let place = paths.iter().position(|known| known == path);
        if let Some(place) = place {
            paths.remove(place);
            self.write(NAME, &paths);
        }
        let mut hidden = self.hidden();
        hidden.retain(|known| known != path);
        hidden.insert(0, path.to_owned());
        hidden.truncate(HIDDEN_FILES);
        self.write(HIDDEN, &hidden);
        place
    }

    /// Puts back what [`RecentKeys::forget`] took out.
    pub fn put_back(&self, path: &Path, place: Option<usize>) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.show(path);
        let Some(place) = place else { return };
        let mut paths = self.read();
        paths.retain(|known| known != path);
        paths.insert(place.min(paths.len()), path.to_owned());
        paths.truncate(FILES);
        self.write(NAME, &paths);
    }

    /// No longer hides a file.
    fn show(&self, path: &Path) {
        let mut hidden = self.hidden();
        if hidden.iter().any(|known| known == path) {
            hidden.retain(|known| known != path);
            self.write(HIDDEN, &hidden);
        }
    }

    fn write(&self, name: &str, paths: &[PathBuf]) {
        let paths: Vec<_> = paths.iter().filter(|path| path.to_str().is_some()).collect();
        if let Err(error) = files::replace_json(&self.folder, name, &paths) {
            warn!(%error, "a list of key files was not written");
        }
    }

    /// Puts a file at the top. That it could not be remembered keeps nobody from signing.
    pub fn used(&self, path: &Path) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.show(path);
        let mut paths = self.read();
        if paths.first().is_some_and(|first| first == path) || path.to_str().is_none() {
            return;
        }
        paths.retain(|known| known != path);
        paths.insert(0, path.to_owned());
        paths.truncate(FILES);
        self.write(NAME, &paths);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_and_what_is_gone_is_not_offered() {
        let folder = tempfile::tempdir().expect("a folder");
        let recent = RecentKeys::in_folder(folder.path());
        assert!(recent.list().is_empty());
        let path = |name: &str| folder.path().join(name);
        for name in ["a.p12", "b.p12", "c.p12"] {
            std::fs::write(path(name), "").expect("written");
            recent.used(&path(name));
        }
        recent.used(&path("a.p12"));
        std::fs::remove_file(path("b.p12")).expect("removed");
        let again = RecentKeys::in_folder(folder.path());
        assert_eq!(again.list(), [path("a.p12"), path("c.p12")]);
        for number in 0..FILES * 2 {
            recent.used(&path(&format!("{number}.p12")));
        }
        assert_eq!(recent.read().len(), FILES);
    }

    #[test]
    fn what_is_taken_out_stays_out_until_it_is_put_back_or_used() {
        let folder = tempfile::tempdir().expect("a folder");
        let recent = RecentKeys::in_folder(folder.path());
        let path = |name: &str| folder.path().join(name);
        for name in ["a.p12", "b.p12", "c.p12"] {
            std::fs::write(path(name), "").expect("written");
            recent.used(&path(name));
        }
        let place = recent.forget(&path("b.p12"));
        assert_eq!((place, recent.hidden()), (Some(1), vec![path("b.p12")]));
        assert_eq!(recent.list(), [path("c.p12"), path("a.p12")]);
        assert!(path("b.p12").is_file(), "the file itself stays");
        recent.put_back(&path("b.p12"), place);
        assert_eq!(recent.list(), [path("c.p12"), path("b.p12"), path("a.p12")]);
        assert!(recent.hidden().is_empty());
        assert_eq!(recent.forget(&path("installed.p12")), None);
        recent.used(&path("installed.p12"));
        assert!(recent.hidden().is_empty(), "what is used is no secret");
    }

    #[test]
    fn a_broken_list_is_an_empty_one() {
        let folder = tempfile::tempdir().expect("a folder");
        for text in ["", "{}", "[1]", "[\"relative\"]", "[\"/gone/a.p12\"]"] {
            std::fs::write(folder.path().join(NAME), text).expect("written");
            assert!(RecentKeys::in_folder(folder.path()).list().is_empty(), "{text}");
        }
    }
}
