//! The window in which a person agrees to what needs no key.

use std::rc::Rc;

use eframe::egui::{Ui, Vec2};

use super::super::ConsentPrompt;
use super::super::line::Reply;
use super::consent::Consent;
use super::face::{Drawn, Face};
use super::look;
use crate::words::Words;

/// Asks for agreement.
pub(super) struct Confirm {
    consent: Consent,
    words: Rc<Words>,
    /// The button that cancels gets the keyboard when the window opens.
    opens: bool,
}

impl Confirm {
    pub(super) fn new(prompt: ConsentPrompt) -> Self {
        let words = Rc::new(Words::new(prompt.locale));
        Self { consent: Consent::new(prompt, Rc::clone(&words)), words, opens: true }
    }
}

impl Face for Confirm {
    fn title(&self) -> String {
        self.consent.title()
    }

    fn size(&self) -> Vec2 {
        Vec2::new(look::WIDE, 480.0)
    }

    fn draw(&mut self, ui: &mut Ui, ready: bool) -> Drawn {
        let words = Rc::clone(&self.words);
        let (accept, sandbox) = (self.consent.accept(), self.consent.sandbox);
        let focus = std::mem::take(&mut self.opens);
        let buttons = |ui: &mut Ui| {
            let agreed = look::agreed(ui, &accept, ready);
            let cancel = look::cancel(ui, &words.get("window-sign-cancel"), ready);
            cancel.focus(focus);
            (agreed, cancel.clicked)
        };
        let page = look::page(ui, &words, sandbox, buttons, |ui| self.consent.draw(ui, ready));
        let answer = match (page.body, page.buttons) {
            (_, (_, true)) => Some(Reply::Closed),
            (true, (_, false)) => Some(Reply::Blocked),
            (false, (true, false)) => Some(Reply::Agreed),
            (false, (false, false)) => None,
        };
        Drawn { answer, height: page.height }
    }
}
