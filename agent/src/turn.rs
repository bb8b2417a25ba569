//! Questions to the person, one at a time: pages wait in the order in which they came, or are told to come back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Error;
use crate::page::Page;

/// How many questions of one page may wait, the one before the person among them.
const WAITING: usize = 8;

/// Pages that have questions before the person, or waiting for it, and how many.
#[derive(Debug, Clone)]
pub struct Turns {
    waiting: Arc<Mutex<HashMap<Page, usize>>>,
    /// Fair: who came first is asked first, and who gave up is not.
    screen: Arc<Semaphore>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { waiting: Arc::default(), screen: Arc::new(Semaphore::new(1)) }
    }
}

/// A page's question. Another may be asked once this is dropped.
#[derive(Debug)]
pub struct Turn {
    turns: Turns,
    page: Page,
    _screen: Option<OwnedSemaphorePermit>,
}

impl Turns {
    fn open(&self) -> MutexGuard<'_, HashMap<Page, usize>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, page: &Page, most: usize) -> Result<Turn, Error> {
        let mut waiting = self.open();
        let count = waiting.entry(page.clone()).or_default();
        if *count >= most {
            return Err(Error::Busy);
        }
        *count += 1;
        Ok(Turn { turns: self.clone(), page: page.clone(), _screen: None })
    }

    /// Takes the page's turn at once, for pages that are told to wait.
    ///
    /// # Errors
    /// `Busy` while an earlier question of the page is open.
    pub fn take(&self, page: &Page) -> Result<Turn, Error> {
        self.enter(page, 1)
    }

    /// Waits until all questions that came before, of whatever page, are answered.
    ///
    /// # Errors
    /// `Busy` if too many questions of the page wait already.
    pub async fn wait(&self, page: &Page) -> Result<Turn, Error> {
        let mut turn = self.enter(page, WAITING)?;
        // Nobody closes the semaphore.
        turn._screen = Arc::clone(&self.screen).acquire_owned().await.ok();
        Ok(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut waiting = self.turns.open();
        if let Some(count) = waiting.get_mut(&self.page) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.page);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn page(origin: &str) -> Page {
        Page::parse(Some(origin), &[]).expect("a page")
    }

    #[test]
    fn a_page_has_one_question_at_a_time_and_pages_do_not_hinder_each_other() {
        let turns = Turns::default();
        let first = turns.take(&page("https://egov.kz")).expect("free");
        assert!(matches!(turns.take(&page("https://egov.kz")), Err(Error::Busy)));
        let _other = turns.take(&page("https://other.kz")).expect("free");
        drop(first);
        let _again = turns.take(&page("https://egov.kz")).expect("free again");
    }

    #[tokio::test]
    async fn who_waits_is_asked_when_the_one_before_was_and_who_floods_is_told_to_come_back() {
        let turns = Turns::default();
        let first = turns.wait(&page("https://egov.kz")).await.expect("free");
        let mut others = tokio::task::JoinSet::new();
        for _ in 1..WAITING {
            let turns = turns.clone();
            others.spawn(async move { turns.wait(&page("https://egov.kz")).await.map(drop) });
        }
        while turns.open()[&page("https://egov.kz")] < WAITING {
            tokio::task::yield_now().await;
        }
        assert!(matches!(turns.wait(&page("https://egov.kz")).await, Err(Error::Busy)));
        // Another page waits as well, and gives up.
        let other = page("https://other.kz");
        let gives_up = turns.wait(&other);
        assert!(tokio::time::timeout(Duration::from_millis(5), gives_up).await.is_err());
        drop(first);
        while let Some(waited) = others.join_next().await {
            waited.expect("no panic").expect("asked");
        }
        assert!(turns.open().is_empty());
    }
}
