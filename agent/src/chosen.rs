//! Files that a person chose for a page: that page may name their paths, and no others.
//!
//! The dialect of older sites shows pages paths and takes them back. A path that no chooser of ours gave to this very
//! page is worth nothing: it is not looked at, so that no answer tells whether it exists.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::page::Page;

/// How many are remembered; the oldest are forgotten.
const FILES: usize = 256;

/// The files that were chosen since this process began.
#[derive(Debug, Default)]
pub struct ChosenFiles(Mutex<VecDeque<(Page, PathBuf)>>);

impl ChosenFiles {
    /// Remembers a file for a page.
    pub fn remember(&self, page: &Page, path: &Path) {
        let mut chosen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        chosen.retain(|(owner, known)| owner != page || known != path);
        if chosen.len() >= FILES {
            chosen.pop_front();
        }
        chosen.push_back((page.clone(), path.to_owned()));
    }

    /// The file of that path, as this page was told it, if a person chose it for this page.
    #[must_use]
    pub fn named(&self, page: &Page, text: &str) -> Option<PathBuf> {
        let chosen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known =
            chosen.iter().find(|(owner, path)| owner == page && path.to_str() == Some(text));
        known.map(|(_, path)| path.clone())
    }

    /// The folder of that path, if a person chose it for this page, or a file in it: the page was told of it.
    #[must_use]
    pub fn folder_named(&self, page: &Page, text: &str) -> Option<PathBuf> {
        let folder = Path::new(text);
        let chosen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let told = |path: &Path| path.to_str() == Some(text) || path.parent() == Some(folder);
        let known = chosen.iter().any(|(owner, path)| owner == page && told(path));
        (known && !text.is_empty()).then(|| folder.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_worth_nothing_to_whom_it_was_not_given() {
        let files = ChosenFiles::default();
        let page = |origin: &str| Page::parse(Some(origin), &[]).expect("a page");
        let path = Path::new("/media/stick/GOST512_02c7.p12");
        files.remember(&page("https://egov.kz"), path);
        files.remember(&page("https://egov.kz"), path);
        let named = |origin: &str, text: &str| files.named(&page(origin), text);
        assert_eq!(
            named("https://egov.kz", "/media/stick/GOST512_02c7.p12").as_deref(),
            Some(path)
        );
        assert_eq!(named("https://evil.example", "/media/stick/GOST512_02c7.p12"), None);
        for other in ["/media/stick/./GOST512_02c7.p12", "/media/stick", "", "/etc/passwd"] {
            assert_eq!(named("https://egov.kz", other), None, "{other}");
        }
    }

    #[test]
    fn a_page_may_name_the_folders_of_its_files_and_no_others() {
        let files = ChosenFiles::default();
        let page = |origin: &str| Page::parse(Some(origin), &[]).expect("a page");
        files.remember(&page("https://egov.kz"), Path::new("/media/stick/keys/GOST512_02c7.p12"));
        files.remember(&page("https://egov.kz"), Path::new("/media/other"));
        for (origin, text, known) in [
            ("https://egov.kz", "/media/stick/keys", true),
            ("https://egov.kz", "/media/other", true),
            ("https://egov.kz", "/media/stick", false),
            ("https://egov.kz", "", false),
            ("https://egov.kz", "/", false),
            ("https://evil.example", "/media/stick/keys", false),
        ] {
            let named = files.folder_named(&page(origin), text);
            assert_eq!(named.is_some(), known, "{origin} {text}");
        }
    }

    #[test]
    fn a_page_that_asks_without_end_fills_nothing() {
        let files = ChosenFiles::default();
        let page = Page::terminal();
        for number in 0..FILES * 2 {
            files.remember(&page, Path::new(&format!("/tmp/{number}")));
        }
        assert_eq!(files.0.lock().expect("whole").len(), FILES);
    }
}
