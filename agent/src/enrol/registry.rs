//! The enrolments of this process: whose they are, who leads them now, and how they stood last.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use tanba::protocol::Enrolment as Shown;
use tanba_core::crypto::PrivateKey;
use tanba_core::enrolment::Enrolment;
use tanba_core::enrolment::journal::{KeyRecord, KeyState, Record};
use tanba_core::secret::Password;
use tokio::sync::{Mutex, MutexGuard, Notify};

use super::view;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::journals::{Journals, Lock};
use crate::page::Page;

/// Identifications that one page, and all pages together, may have open; the oldest is dropped for a new one. What
/// has keys on the disk is never dropped.
const OPEN_VISITS: (usize, usize) = (8, 64);
/// How long a call waits for another one on the same enrolment.
const SOON: Duration = Duration::from_millis(500);

/// The enrolments of this process.
pub struct Enrolments {
    pub(super) journals: Journals,
    by_id: StdMutex<HashMap<String, Arc<Entry>>>,
    /// Whether the person was told since the start that secrets go into files.
    told_of_files: AtomicBool,
}

impl std::fmt::Debug for Enrolments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrolments").finish_non_exhaustive()
    }
}

/// One enrolment.
pub struct Entry {
    pub(super) id: String,
    pub(super) page: Page,
    pub(super) begun: std::time::Instant,
    pub(super) engine: Mutex<Engine>,
    /// How it stood last: for who looks while a call is under way.
    pub(super) last: StdMutex<Last>,
    /// Somebody changed something that the watcher should look at.
    pub(super) wake: Notify,
}

/// How an enrolment stood when something last happened to it.
pub(super) struct Last {
    pub(super) shown: Arc<Shown>,
    pub(super) record: Option<Arc<Record>>,
}

/// An engine with what the shell holds for it.
pub(super) struct Engine {
    pub(super) core: Enrolment,
    /// Keys that were made and are not in their files yet.
    pub(super) made: Vec<PrivateKey>,
    pub(super) container: Option<Password>,
    pub(super) saved: Option<Record>,
    pub(super) lock: Option<Lock>,
}

impl Enrolments {
    /// None yet; [`super::wake_up`] reads those of earlier runs.
    #[must_use]
    pub fn new(journals: Journals) -> Self {
        Self { journals, by_id: StdMutex::default(), told_of_files: AtomicBool::new(false) }
    }

    /// Whether the person is to be told now that secrets go into files: once is enough.
    pub(super) fn tell_of_files(&self) -> bool {
        !self.told_of_files.swap(true, Ordering::Relaxed)
    }

    /// Key files of the enrolments that are led here: where each should lie, and whether it waits for its certificate.
    #[must_use]
    pub fn key_files(&self) -> Vec<(PathBuf, bool)> {
        let mut entries: Vec<_> = self.map().values().cloned().collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.begun));
        let records = entries.iter().filter_map(|entry| entry.last_record());
        let files = records.flat_map(|record| {
            let folder = PathBuf::from(&record.folder);
            let place = |key: &KeyRecord| match &key.state {
                KeyState::Pending => (folder.join(&key.pending_file), true),
                KeyState::Installed { file, .. } => (folder.join(file), false),
            };
            record.keys.iter().map(place).collect::<Vec<_>>()
        });
        files.collect()
    }

    pub(super) fn map(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Entry>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The enrolment of this name, if this page began it.
    pub(super) fn of(&self, page: &Page, id: &str) -> Result<Arc<Entry>, Error> {
        self.map()
            .get(id)
            .filter(|entry| entry.page == *page)
            .cloned()
            .ok_or(Error::UnknownEnrolment)
    }

    pub(super) fn all_of(&self, page: &Page) -> Vec<Arc<Entry>> {
        let mut entries: Vec<_> =
            self.map().values().filter(|entry| entry.page == *page).cloned().collect();
        entries.sort_by_key(|entry| entry.begun);
        entries
    }

    /// Those of every page.
    pub(super) fn all(&self) -> Vec<Arc<Entry>> {
        let mut entries: Vec<_> = self.map().values().cloned().collect();
        entries.sort_by_key(|entry| entry.begun);
        entries
    }

    pub(super) fn add(&self, entry: Arc<Entry>) {
        let mut map = self.map();
        map.insert(entry.id.clone(), entry);
    }

    /// Makes room for one more identification, by forgetting the oldest that have made nothing yet: the page's own, and
    /// where there are too many in all, one of the page that has most.
    pub(super) fn make_room(&self, page: &Page) {
        let mut map = self.map();
        let made_nothing =
            |entry: &Entry| entry.last_record().is_none() && entry.engine.try_lock().is_ok();
        let mut visits: Vec<_> =
            map.values().filter(|entry| made_nothing(entry)).cloned().collect();
        visits.sort_by_key(|entry| entry.begun);
        let (for_one, for_all) = OPEN_VISITS;
        let count = |page: &Page| visits.iter().filter(|entry| entry.page == *page).count();
        let greedy = if count(page) >= for_one {
            Some(page.clone())
        } else if visits.len() >= for_all {
            visits.iter().map(|entry| &entry.page).max_by_key(|page| count(page)).cloned()
        } else {
            None
        };
        if let Some(visit) = greedy.and_then(|page| visits.iter().find(|entry| entry.page == page))
        {
            map.remove(&visit.id);
            visit.wake.notify_one();
        }
    }

    /// Whether an enrolment is still led here.
    pub(super) fn leads(&self, entry: &Arc<Entry>) -> bool {
        self.map().get(&entry.id).is_some_and(|known| Arc::ptr_eq(known, entry))
    }

    /// Gives an enrolment up: another one took its keys over.
    pub(super) fn forget(&self, entry: &Entry) {
        self.map().remove(&entry.id);
        entry.wake.notify_one();
    }
}

impl Entry {
    pub(super) fn last(&self) -> std::sync::MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it stands; as it was shown last while a call is under way.
    pub(super) fn shown(&self, ctx: &Ctx) -> Shown {
        match self.engine.try_lock() {
            Ok(engine) => view::show(&engine.core, ctx.clock.now()),
            Err(_) => Shown::clone(&self.last().shown),
        }
    }

    /// What was in its journal when something last happened to it.
    pub(super) fn last_record(&self) -> Option<Arc<Record>> {
        self.last().record.clone()
    }

    pub(super) fn remember(&self, shown: &Shown, record: Option<&Record>) -> Arc<Shown> {
        let shown = Arc::new(shown.clone());
        *self.last() = Last { shown: Arc::clone(&shown), record: record.cloned().map(Arc::new) };
        shown
    }

    /// Takes the lead. Whoever cannot have it soon is told to come again: calls with large pictures do not queue.
    pub(super) async fn lead(self: &Arc<Self>, ctx: &Ctx) -> Result<MutexGuard<'_, Engine>, Error> {
        let engine =
            tokio::time::timeout(SOON, self.engine.lock()).await.map_err(|_| Error::Busy)?;
        // Its keys may have gone into another application meanwhile.
        if ctx.enrolments.leads(self) { Ok(engine) } else { Err(Error::UnknownEnrolment) }
    }
}
