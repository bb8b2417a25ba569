//! Key files that were used before: what the window that asks for a key offers first. No page ever learns of them.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tracing::warn;

use crate::files;

/// The list's name in the agent's folder.
const NAME: &str = "recent-keys.json";
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
        let bytes = files::read(&self.folder.join(NAME), MOST).unwrap_or_default();
        let paths: Vec<PathBuf> = serde_json::from_slice(&bytes).unwrap_or_default();
        paths.into_iter().filter(|path| path.is_absolute()).take(FILES).collect()
    }

    /// Puts a file at the top. That it could not be remembered keeps nobody from signing.
    pub fn used(&self, path: &Path) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut paths = self.read();
        if paths.first().is_some_and(|first| first == path) || path.to_str().is_none() {
            return;
        }
        paths.retain(|known| known != path);
        paths.insert(0, path.to_owned());
        paths.truncate(FILES);
        let written =
            serde_json::to_vec(&paths).map_err(|error| error.to_string()).and_then(|text| {
                files::replace(&self.folder, NAME, &text).map_err(|error| error.to_string())
            });
        if let Err(error) = written {
            warn!(%error, "the list of recent key files was not written");
        }
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
    fn a_broken_list_is_an_empty_one() {
        let folder = tempfile::tempdir().expect("a folder");
        for text in ["", "{}", "[1]", "[\"relative\"]", "[\"/gone/a.p12\"]"] {
            std::fs::write(folder.path().join(NAME), text).expect("written");
            assert!(RecentKeys::in_folder(folder.path()).list().is_empty(), "{text}");
        }
    }
}
