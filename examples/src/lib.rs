//! What the demo, the agent for site authors and the tests share: the portal page, the pictures of a drawn person, a
//! throw-away browser, a person who acts by a script.

pub mod browser;
pub mod pictures;
pub mod scripted;
pub mod scripted_agent;
pub mod unattended;

use tanba_sandbox::SiteFile;

/// The portal page, to be served by the sandbox.
#[must_use]
pub fn site() -> Vec<SiteFile> {
    const SITE: &[SiteFile] = include!(concat!(env!("OUT_DIR"), "/site.rs"));
    SITE.to_vec()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_is_there_with_its_words() {
        let site = super::site();
        for path in ["index.html", "app.js", "words/kk.json", "words/ru.json", "words/en.json"] {
            assert!(site.iter().any(|file| file.path == path && !file.body.is_empty()), "{path}");
        }
    }
}
