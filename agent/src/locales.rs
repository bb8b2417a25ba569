//! In which language pages want the person to be asked, where a call does not say.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tanba::protocol::Locale;

use crate::ctx::Ctx;
use crate::page::Page;

/// How many pages are remembered. Beyond that all are forgotten, and asked in the person's own language.
const PAGES: usize = 1000;

/// What pages said with `locale.set`, until the agent ends.
#[derive(Debug, Default)]
pub struct Locales(Mutex<HashMap<Page, Locale>>);

impl Locales {
    /// From now on calls of this page that name no language mean this one.
    pub fn set(&self, page: &Page, locale: Locale) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= PAGES && !pages.contains_key(page) {
            pages.clear();
        }
        pages.insert(page.clone(), locale);
    }

    fn get(&self, page: &Page) -> Option<Locale> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(page).copied()
    }
}

/// The language of a call: what it says, or what its page said before, or what the person prefers.
#[must_use]
pub fn of_call(ctx: &Ctx, page: &Page, said: Option<Locale>) -> Locale {
    said.or_else(|| ctx.locales.get(page)).unwrap_or_else(|| ctx.preferences.locale())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_heard_and_no_other_and_many_pages_do_not_fill_the_memory() {
        let locales = Locales::default();
        let page =
            |number: usize| Page::parse(Some(&format!("https://s{number}.kz")), &[]).unwrap();
        locales.set(&page(0), Locale::Ru);
        locales.set(&page(0), Locale::Kk);
        assert_eq!(locales.get(&page(0)), Some(Locale::Kk));
        assert_eq!(locales.get(&page(1)), None);
        for number in 1..=PAGES {
            locales.set(&page(number), Locale::En);
        }
        assert!(locales.0.lock().unwrap().len() <= PAGES);
        assert_eq!(locales.get(&page(PAGES)), Some(Locale::En));
    }
}
