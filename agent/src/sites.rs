//! Sites that the person agreed to something for, and sites whose questions are not shown any more.
//!
//! A page whose windows are closed again and again has to rest for a while; the person may also want no more questions of
//! it at all. Being in the list gives a site nothing: every use of a key asks.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tanba_core::time::UnixTime;
use tracing::warn;

use crate::files;
use crate::page::Page;

/// The file's name in the agent's folder.
const NAME: &str = "sites.json";
/// The largest file, in bytes.
const MOST: usize = 1 << 20;
/// How many sites are remembered; those that were used least lately are forgotten first, blocked ones last.
const SITES: usize = 1000;
/// How much of a page's patience its windows may cost within [`WITHIN`]; then it rests for as long.
const PATIENCE: usize = 12;
/// What a window costs that the person closed: three may be.
const CLOSED: usize = 4;
/// What a window costs that the page took away again: pages are left and loaded anew, but one that does so all the time
/// lets windows flash up, and nobody has to close them.
const WITHDRAWN: usize = 1;
/// See [`PATIENCE`].
const WITHIN: Duration = Duration::from_secs(60);

/// One site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its origin.
    pub origin: String,
    /// When the person agreed first and last, Unix time; `None` if never.
    pub agreed: Option<(i64, i64)>,
    /// How often.
    pub count: u64,
    /// Whether its questions are refused without being shown.
    pub blocked: bool,
}

/// What is known of sites.
#[derive(Debug)]
pub struct Sites {
    folder: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    sites: Vec<Site>,
    /// When windows of a page were closed or withdrawn, and what that costs. Only while the agent runs.
    closes: HashMap<Page, Vec<(Instant, usize)>>,
}

/// Whether a page may ask now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayAsk {
    /// It may; whether the person is offered to be asked no more.
    Yes {
        /// The person closed a window of this page a moment ago.
        offer_block: bool,
    },
    /// The person closed too many of its windows a moment ago: in a minute it may.
    Later,
    /// The person wants no questions of it.
    No,
}

impl Sites {
    /// Those of the agent's folder. A list that cannot be read is an empty one.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        let bytes = files::read(&folder.join(NAME), MOST).unwrap_or_default();
        let mut sites: Vec<Site> = serde_json::from_slice(&bytes).unwrap_or_default();
        sites.truncate(SITES);
        let known = Mutex::new(Known { sites, closes: HashMap::new() });
        Self { folder: folder.to_owned(), known }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All sites, the one used last first.
    #[must_use]
    pub fn list(&self) -> Vec<Site> {
        let mut sites = self.known().sites.clone();
        sites.sort_by_key(|site| std::cmp::Reverse(site.agreed.map(|(_, last)| last)));
        sites
    }

    /// Whether a page may ask at this moment.
    #[must_use]
    pub fn may_ask(&self, page: &Page, now: Instant) -> MayAsk {
        if page.is_person() {
            return MayAsk::Yes { offer_block: false };
        }
        let mut known = self.known();
        if let Some(origin) = page.origin()
            && known.sites.iter().any(|site| site.blocked && site.origin == origin)
        {
            return MayAsk::No;
        }
        known.closes.retain(|_, closes| {
            closes.retain(|(at, _)| now.saturating_duration_since(*at) < WITHIN);
            !closes.is_empty()
        });
        let cost = known.closes.get(page).map_or(0, |all| all.iter().map(|(_, cost)| cost).sum());
        if cost < PATIENCE {
            MayAsk::Yes { offer_block: cost >= CLOSED && page.origin().is_some() }
        } else {
            MayAsk::Later
        }
    }

    /// The person closed a window of this page.
    pub fn closed(&self, page: &Page, now: Instant) {
        self.cost(page, now, CLOSED);
    }

    /// The page took a window away before the person had answered, or was left.
    pub fn withdrawn(&self, page: &Page, now: Instant) {
        self.cost(page, now, WITHDRAWN);
    }

    fn cost(&self, page: &Page, now: Instant, cost: usize) {
        // Nobody keeps the person from asking themselves.
        if !page.is_person() {
            self.known().closes.entry(page.clone()).or_default().push((now, cost));
        }
    }

    /// The person agreed to something for this page. Blocks; that it could not be kept is in the log.
    pub fn agreed(&self, page: &Page, now: UnixTime) {
        let mut known = self.known();
        known.closes.remove(page);
        let Some(origin) = page.origin().filter(|_| !page.is_person()) else { return };
        let now = now.as_secs();
        let site = known.site(origin);
        site.agreed = Some((site.agreed.map_or(now, |(first, _)| first), now));
        site.count = site.count.saturating_add(1);
        self.write(&known);
    }

    /// The person wants no more questions of this site, or lets it ask again. Blocks.
    pub fn block(&self, origin: &str, blocked: bool) {
        let mut known = self.known();
        known.site(origin).blocked = blocked;
        known.sites.retain(|site| site.blocked || site.agreed.is_some());
        known.closes.retain(|page, _| page.origin() != Some(origin));
        self.write(&known);
    }

    /// The person wants this site out of the list. Blocks.
    pub fn forget(&self, origin: &str) {
        let mut known = self.known();
        known.sites.retain(|site| site.origin != origin);
        known.closes.retain(|page, _| page.origin() != Some(origin));
        self.write(&known);
    }

    /// Puts back what the person took out a moment ago, as it was. Blocks.
    pub fn put_back(&self, site: &Site) {
        let mut known = self.known();
        known.site(&site.origin).clone_from(site);
        self.write(&known);
    }

    fn write(&self, known: &Known) {
        if let Err(error) = files::replace_json(&self.folder, NAME, &known.sites) {
            warn!(%error, "the list of sites was not written");
        }
    }
}

impl Known {
    /// The site of that origin, which is added if it is new.
    fn site(&mut self, origin: &str) -> &mut Site {
        if let Some(at) = self.sites.iter().position(|site| site.origin == origin) {
            return &mut self.sites[at];
        }
        if self.sites.len() >= SITES {
            let least = (0..self.sites.len()).min_by_key(|at| {
                let site = &self.sites[*at];
                (site.blocked, site.agreed.map(|(_, last)| last))
            });
            self.sites.swap_remove(least.expect("the list is full"));
        }
        let origin = origin.to_owned();
        self.sites.push(Site { origin, agreed: None, count: 0, blocked: false });
        let last = self.sites.len() - 1;
        &mut self.sites[last]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(origin: &str) -> Page {
        Page::parse(Some(origin), &[]).unwrap()
    }

    #[test]
    fn a_page_whose_windows_are_closed_rests_and_the_person_is_offered_to_be_asked_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let sites = Sites::in_folder(folder.path());
        let (egov, now) = (page("https://egov.kz"), Instant::now());
        assert_eq!(sites.may_ask(&egov, now), MayAsk::Yes { offer_block: false });
        for _ in 1..PATIENCE / CLOSED {
            sites.closed(&egov, now);
            assert_eq!(sites.may_ask(&egov, now), MayAsk::Yes { offer_block: true });
        }
        sites.closed(&egov, now);
        assert_eq!(sites.may_ask(&egov, now), MayAsk::Later);
        let other = page("https://other.kz");
        assert_eq!(sites.may_ask(&other, now), MayAsk::Yes { offer_block: false });
        let later = now + WITHIN;
        assert_eq!(sites.may_ask(&egov, later), MayAsk::Yes { offer_block: false });
        // Whoever agrees has nothing against the page.
        sites.closed(&egov, later);
        sites.agreed(&egov, UnixTime::from_secs(7));
        assert_eq!(sites.may_ask(&egov, later), MayAsk::Yes { offer_block: false });
        // Programs cannot be told from each other, so that none is blocked; they rest like pages.
        let program = Page::program();
        sites.closed(&program, now);
        assert_eq!(sites.may_ask(&program, now), MayAsk::Yes { offer_block: false });
    }

    #[test]
    fn a_page_that_withdraws_its_windows_all_the_time_rests_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let sites = Sites::in_folder(folder.path());
        let (flash, now) = (page("https://flash.kz"), Instant::now());
        for _ in 0..CLOSED {
            assert_eq!(sites.may_ask(&flash, now), MayAsk::Yes { offer_block: false });
            sites.withdrawn(&flash, now);
        }
        for _ in CLOSED..PATIENCE {
            assert_eq!(sites.may_ask(&flash, now), MayAsk::Yes { offer_block: true });
            sites.withdrawn(&flash, now);
        }
        assert_eq!(sites.may_ask(&flash, now), MayAsk::Later);
        assert_eq!(sites.may_ask(&flash, now + WITHIN), MayAsk::Yes { offer_block: false });
    }

    #[test]
    fn what_was_agreed_and_blocked_outlives_the_agent_and_can_be_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let sites = Sites::in_folder(folder.path());
        let (egov, now) = (page("https://egov.kz"), Instant::now());
        sites.agreed(&egov, UnixTime::from_secs(1));
        sites.agreed(&egov, UnixTime::from_secs(5));
        sites.block("https://flood.kz", true);
        let again = Sites::in_folder(folder.path());
        let list = again.list();
        assert_eq!((list[0].origin.as_str(), list[0].agreed), ("https://egov.kz", Some((1, 5))));
        assert_eq!((list[0].count, list[1].blocked, list.len()), (2, true, 2));
        assert_eq!(again.may_ask(&page("https://flood.kz"), now), MayAsk::No);
        again.block("https://flood.kz", false);
        assert_eq!(
            again.may_ask(&page("https://flood.kz"), now),
            MayAsk::Yes { offer_block: false }
        );
        let egov = again.list().remove(0);
        again.forget("https://egov.kz");
        assert!(Sites::in_folder(folder.path()).list().is_empty());
        again.put_back(&egov);
        assert_eq!(Sites::in_folder(folder.path()).list(), [egov]);
    }

    #[test]
    fn the_list_is_no_longer_than_it_may_be_and_a_broken_one_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let sites = Sites::in_folder(folder.path());
        sites.block("https://blocked.kz", true);
        {
            let mut known = sites.known();
            for number in 0..SITES + 10 {
                known.site(&format!("https://s{number}.kz")).agreed =
                    Some((0, i64::try_from(number).unwrap()));
            }
            assert_eq!(known.sites.len(), SITES);
            assert!(known.sites.iter().any(|site| site.blocked));
        }
        for broken in ["", "{}", "[{}]"] {
            std::fs::write(folder.path().join(NAME), broken).unwrap();
            assert!(Sites::in_folder(folder.path()).list().is_empty());
        }
    }
}
