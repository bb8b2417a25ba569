//! Both browsers behind one small face, so that one test goes through each of them.

use std::path::Path;

use serde_json::Value;
use tanba_tests::tools::all_here;

use crate::browser::{self, Browser, Page};
use crate::firefox::{self, Firefox, Tab};

/// Whose browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Make {
    Chromium,
    Firefox,
}

/// A browser of either make. Dropping it ends it.
pub(crate) enum AnyBrowser {
    Chromium(Browser),
    Firefox(Firefox),
}

/// A page in it.
pub(crate) enum AnyPage {
    Chromium(Page),
    Firefox(Tab),
}

impl Make {
    /// Those that are here, with what makes them trust a root.
    pub(crate) fn here() -> Vec<Self> {
        let makes = [(Self::Chromium, "chromium"), (Self::Firefox, "firefox-esr")];
        let here = makes.into_iter().filter(|(_, command)| all_here(&[command, "certutil"]));
        here.map(|(make, _)| make).collect()
    }

    /// As the table of judges names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
        }
    }

    /// Starts it with a home of its own, an empty folder; with a root, it trusts this one for servers.
    pub(crate) async fn start(self, home: &Path, root_pem: Option<&str>) -> AnyBrowser {
        match self {
            Self::Chromium => {
                root_pem.into_iter().for_each(|root| browser::trust_root(home, root));
                AnyBrowser::Chromium(Browser::start(home).await)
            }
            Self::Firefox => {
                root_pem.into_iter().for_each(|root| firefox::trust_root(home, root));
                AnyBrowser::Firefox(Firefox::start(home).await)
            }
        }
    }
}

impl AnyBrowser {
    /// Opens a page in a tab of its own and waits until it is loaded.
    pub(crate) async fn open(&self, url: &str) -> AnyPage {
        match self {
            Self::Chromium(browser) => AnyPage::Chromium(browser.open(url).await),
            Self::Firefox(browser) => AnyPage::Firefox(browser.open(url).await),
        }
    }
}

impl AnyPage {
    /// The value of an expression; a promise is waited for.
    pub(crate) async fn evaluate(&self, expression: &str) -> Value {
        match self {
            Self::Chromium(page) => page.evaluate(expression).await,
            Self::Firefox(tab) => tab.evaluate(expression).await,
        }
    }

    /// What the page complained of.
    pub(crate) fn complaints(&self) -> Vec<String> {
        match self {
            Self::Chromium(page) => page.complaints(),
            Self::Firefox(tab) => tab.complaints(),
        }
    }
}
