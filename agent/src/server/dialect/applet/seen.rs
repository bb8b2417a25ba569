//! Certificates that a person showed to a page, for a while: the page may ask for their parts without a further window.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::Certificate;

use crate::page::Page;
use crate::server::dialect::names;

/// How many lists are remembered; the oldest are forgotten.
const LISTS: usize = 64;
/// How many certificates of a list are remembered.
const CERTIFICATES: usize = 64;
/// How long, in seconds.
const WHILE: i64 = 15 * 60;
/// Paths that are longer are none, and are not remembered.
const PATH: usize = 4096;

/// What was shown, the newest last.
#[derive(Debug, Default)]
pub(in crate::server::dialect) struct Seen(Mutex<VecDeque<List>>);

#[derive(Debug)]
struct List {
    page: Page,
    /// As the page wrote it.
    path: String,
    at: UnixTime,
    certificates: Vec<Certificate>,
}

impl Seen {
    /// Remembers what a page was shown when it named that path. For programs nothing is remembered: without an origin they
    /// are all alike, and each would know what another was shown.
    pub(super) fn remember(
        &self,
        page: &Page,
        path: &str,
        mut certificates: Vec<Certificate>,
        at: UnixTime,
    ) {
        if path.len() > PATH || page.origin().is_none() {
            return;
        }
        certificates.truncate(CERTIFICATES);
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= LISTS {
            seen.pop_front();
        }
        seen.push_back(List { page: page.clone(), path: path.to_owned(), at, certificates });
    }

    /// The certificate of that key, if this page was shown it not long ago.
    pub(super) fn recall(
        &self,
        page: &Page,
        path: &str,
        alias: &str,
        now: UnixTime,
    ) -> Option<Certificate> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back makes nothing younger.
        seen.retain(|list| (0..WHILE).contains(&now.since(list.at)));
        let lists = seen.iter().rev().filter(|list| list.page == *page && list.path == path);
        let mut certificates = lists.flat_map(|list| &list.certificates);
        certificates.find(|one| names::alias(one).eq_ignore_ascii_case(alias)).cloned()
    }
}
