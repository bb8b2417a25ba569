//! Folders that a person chose, by opaque handles: a page never sees or names a path.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tanba::protocol::Folder;

use crate::page::Page;

/// Handles that one page may hold; the oldest are forgotten.
const HANDLES: usize = 256;

/// The folders that were chosen since this process began.
#[derive(Debug, Default)]
pub struct Folders(Mutex<Chosen>);

#[derive(Debug, Default)]
struct Chosen {
    order: std::collections::VecDeque<String>,
    by_handle: HashMap<String, (Page, PathBuf)>,
}

impl Folders {
    /// Remembers a folder for a page.
    pub fn remember(&self, page: &Page, path: PathBuf) -> Folder {
        let folder = Folder { handle: uuid::Uuid::new_v4().to_string(), name: display_name(&path) };
        let mut chosen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if chosen.order.len() >= HANDLES
            && let Some(oldest) = chosen.order.pop_front()
        {
            chosen.by_handle.remove(&oldest);
        }
        chosen.order.push_back(folder.handle.clone());
        chosen.by_handle.insert(folder.handle.clone(), (page.clone(), path));
        folder
    }

    /// The folder behind a handle, if it is this page's.
    #[must_use]
    pub fn path(&self, page: &Page, handle: &str) -> Option<PathBuf> {
        let chosen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        chosen
            .by_handle
            .get(handle)
            .filter(|(owner, _)| owner == page)
            .map(|(_, path)| path.clone())
    }
}

/// The last part of a path, to show.
#[must_use]
pub fn display_name(path: &Path) -> String {
    path.file_name().map_or_else(|| "/".to_owned(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_worth_nothing_to_another_page() {
        let folders = Folders::default();
        let page = |origin: &str| Page::parse(Some(origin), &[]).expect("a page");
        let folder =
            folders.remember(&page("https://egov.kz"), PathBuf::from("/media/stick/ЭЦҚ кілттері"));
        assert_eq!(folder.name, "ЭЦҚ кілттері");
        assert!(!folder.handle.contains('/'));
        assert!(folders.path(&page("https://egov.kz"), &folder.handle).is_some());
        assert!(folders.path(&page("https://evil.example"), &folder.handle).is_none());
        assert!(folders.path(&page("https://egov.kz"), "/media/stick").is_none());
    }

    #[test]
    fn a_page_that_asks_without_end_fills_nothing() {
        let folders = Folders::default();
        let page = Page::terminal();
        for _ in 0..HANDLES * 2 {
            folders.remember(&page, PathBuf::from("/tmp"));
        }
        assert_eq!(folders.0.lock().expect("whole").by_handle.len(), HANDLES);
    }
}
