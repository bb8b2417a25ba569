//! What a person reads before agreeing: who asks, what for, what one must not overlook, and the documents.

use std::rc::Rc;

use eframe::egui::{Button, Key, RichText, Ui, Vec2};
use tanba::protocol::Locale;

use super::super::{ConsentPrompt, Deed, PERSON, Warning};
use super::documents::Documents;
use super::logo::Logo;
use super::look::{self, Fact};
use crate::words::Words;

/// The upper part of a window that asks for agreement.
pub(super) struct Consent {
    words: Rc<Words>,
    origin: Vec<Fact>,
    pub(super) locale: Locale,
    pub(super) sandbox: bool,
    pub(super) deed: Deed,
    count: usize,
    warnings: Vec<Warning>,
    documents: Documents,
    logo: Option<Logo>,
    may_block: bool,
}

impl Consent {
    pub(super) fn new(mut prompt: ConsentPrompt, words: Rc<Words>) -> Self {
        Self {
            origin: origin(prompt.origin.as_deref(), &words),
            locale: prompt.locale,
            sandbox: prompt.sandbox,
            deed: prompt.deed,
            count: prompt.count,
            documents: Documents::new(&mut prompt),
            logo: prompt.logo.map(|bytes| Logo::new(&bytes)),
            warnings: prompt.warnings,
            may_block: prompt.may_block,
            words,
        }
    }

    /// The title of the window.
    pub(super) fn title(&self) -> String {
        let title = self.words.get(match self.deed {
            Deed::Sign | Deed::SignAndStamp => "window-sign-title",
            Deed::SignIn => "window-sign-in-title",
            Deed::ShowKey | Deed::ListKeys => "window-show-title",
            Deed::Stamp => "window-stamp-title",
        });
        if self.sandbox {
            format!("SANDBOX – Tanba – {title}")
        } else {
            format!("Tanba – {title}")
        }
    }

    /// What the button says that agrees.
    pub(super) fn accept(&self) -> String {
        self.words.get(match self.deed {
            Deed::Sign | Deed::SignAndStamp | Deed::SignIn => "window-sign-accept",
            Deed::ShowKey | Deed::ListKeys => "window-show-accept",
            Deed::Stamp => "window-stamp-accept",
        })
    }

    /// Draws it; says whether the person wants no more questions of this page.
    pub(super) fn draw(&mut self, ui: &mut Ui, ready: bool) -> bool {
        look::facts(ui, &self.origin);
        let blocked = self.may_block && block(ui, &self.words, ready);
        ui.add_space(2.0);
        let (deed, explained) = self.sentence();
        look::title(ui, &deed);
        if let Some(key) = explained {
            ui.label(RichText::new(self.words.get(key)).color(look::QUIET));
        }
        for warning in &self.warnings {
            look::warning(ui, &self.words.get(sentence(*warning)));
        }
        self.documents.draw(ui, &self.words);
        if let Some(logo) = &mut self.logo {
            logo.draw(ui, &self.words);
        }
        blocked
    }

    /// What will be done, in a sentence, and what that means for people who do not do it every day.
    fn sentence(&self) -> (String, Option<&'static str>) {
        let (one, many, explained) = match self.deed {
            Deed::Sign => ("window-deed-sign", "window-deed-sign-many", None),
            Deed::SignAndStamp => (
                "window-deed-sign-stamp",
                "window-deed-sign-stamp-many",
                Some("window-deed-stamp-explain"),
            ),
            Deed::SignIn => {
                ("window-deed-sign-in", "window-deed-sign-in", Some("window-deed-sign-in-explain"))
            }
            Deed::ShowKey => {
                ("window-deed-show", "window-deed-show", Some("window-deed-show-explain"))
            }
            Deed::ListKeys => {
                ("window-deed-list", "window-deed-list", Some("window-deed-list-explain"))
            }
            Deed::Stamp => {
                ("window-deed-stamp", "window-deed-stamp", Some("window-deed-stamp-explain"))
            }
        };
        let count = self.words.number(self.count as u64);
        let key = if self.count == 1 { one } else { many };
        (self.words.get_with(key, &[("count", &count)]), explained)
    }
}

/// The offer to be asked no more. Small, explained, and like agreement not to be had by Enter.
fn block(ui: &mut Ui, words: &Words, ready: bool) -> bool {
    ui.scope(|ui| {
        ui.spacing_mut().button_padding = Vec2::new(10.0, 4.0);
        ui.spacing_mut().interact_size.y = 26.0;
        ui.label(RichText::new(words.get("window-block-explain")).small().color(look::QUIET));
        let button = Button::new(RichText::new(words.get("window-block")).small());
        let pressed = ui.add_enabled(ready, button).clicked();
        pressed && !ui.input(|input| input.key_pressed(Key::Enter))
    })
    .inner
}

/// Who asks. A name in other letters is shown as it travels, and as it reads: the two tell a forged name from the real
/// one.
pub(super) fn origin(origin: Option<&str>, words: &Words) -> Vec<Fact> {
    let fact = |key: &str, value: String| Fact { name: words.get(key), values: vec![value] };
    let Some(origin) = origin else {
        return vec![fact("window-origin", words.get("window-origin-program"))];
    };
    if origin == PERSON {
        return vec![fact("window-origin", words.get("window-origin-person"))];
    }
    let mut facts = vec![fact("window-origin", origin.to_owned())];
    facts.extend(decoded(origin).map(|letters| fact("window-origin-letters", letters)));
    facts
}

/// The host of an origin in its own letters, if it is written in others.
fn decoded(origin: &str) -> Option<String> {
    let (_, host) = origin.split_once("://")?;
    let host = host.split(':').next()?;
    if !host.split('.').any(|label| label.starts_with("xn--")) {
        return None;
    }
    let (letters, read) = idna::domain_to_unicode(host);
    (read.is_ok() && letters != host).then_some(letters)
}

fn sentence(warning: Warning) -> &'static str {
    match warning {
        Warning::DigestOnly => "window-warning-digest",
        Warning::ChainOff => "window-warning-chain-off",
        Warning::OwnRoots => "window-warning-own-roots",
        Warning::AllowExpired => "window-warning-expired",
        Warning::AllowRevoked => "window-warning-revoked",
        Warning::NoRoots => "window-warning-no-roots",
        Warning::NotAllShown => "window-warning-not-all",
        Warning::PartSigned => "window-warning-part",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_other_letters_is_also_read() {
        assert_eq!(decoded("https://a.xn--80ao21a:8443").as_deref(), Some("a.қаз"));
        for origin in ["https://egov.kz", "https://127.0.0.1:8443", "egov", "https://xn--zzzzzz!"] {
            assert_eq!(decoded(origin), None, "{origin}");
        }
    }
}
