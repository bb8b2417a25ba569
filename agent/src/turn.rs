//! One question to the person for each page at a time: a page that asks again is told to wait.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::Error;
use crate::page::Page;

/// Pages that have a question before the person, or waiting for its window.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<HashSet<Page>>>);

/// A page's question. Another may be asked once this is dropped.
#[derive(Debug)]
pub struct Turn {
    turns: Turns,
    page: Page,
}

impl Turns {
    fn open(&self) -> MutexGuard<'_, HashSet<Page>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the page's turn.
    ///
    /// # Errors
    /// `Busy` while an earlier question of the page is open.
    pub fn take(&self, page: &Page) -> Result<Turn, Error> {
        if self.open().insert(page.clone()) {
            Ok(Turn { turns: self.clone(), page: page.clone() })
        } else {
            Err(Error::Busy)
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.open().remove(&self.page);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_question_at_a_time_and_pages_do_not_hinder_each_other() {
        let turns = Turns::default();
        let page = |origin: &str| Page::parse(Some(origin), &[]).expect("a page");
        let first = turns.take(&page("https://egov.kz")).expect("free");
        assert!(matches!(turns.take(&page("https://egov.kz")), Err(Error::Busy)));
        let _other = turns.take(&page("https://other.kz")).expect("free");
        drop(first);
        let _again = turns.take(&page("https://egov.kz")).expect("free again");
    }
}
