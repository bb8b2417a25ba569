//! The window in which a person makes up the password of new key files.
//!
//! Enter accepts on the button that accepts, and in the second field once all rules are met; in the first field it
//! leads to the second. Escape, Cancel and closing the window give no password.

use std::rc::Rc;

use eframe::egui::{Align, Layout, RichText, Ui, Vec2};
use tanba_core::password::{NewPassword as Password, Rule, broken_rules};

use super::super::NewPasswordPrompt;
use super::super::line::Reply;
use super::face::{Drawn, Face};
use super::field::Field;
use super::look::{self, Fact};
use super::strength::{self, Strength};
use crate::words::Words;

/// How much can be typed: more than is allowed, so that the rule about the length is seen to break.
const TYPED: usize = 64;

const WIDTH: f32 = 640.0;

/// Asks for a new password, twice.
pub(super) struct NewPassword {
    prompt: NewPasswordPrompt,
    words: Rc<Words>,
    first: Field,
    second: Field,
    visible: bool,
    /// The first field gets the focus when the window opens.
    focused: bool,
}

impl NewPassword {
    pub(super) fn new(prompt: NewPasswordPrompt) -> Self {
        let words = Rc::new(Words::new(prompt.locale));
        let (first, second) = (Field::new(TYPED), Field::new(TYPED));
        Self { prompt, words, first, second, visible: false, focused: false }
    }

    fn facts(&self) -> Vec<Fact> {
        let fact = |key: &str, values: Vec<String>| Fact { name: self.words.get(key), values };
        let mut facts = vec![fact("window-origin", vec![self.prompt.origin.clone()])];
        facts.extend(self.prompt.number.clone().map(|number| fact("window-number", vec![number])));
        facts.push(fact("window-files", self.prompt.files.clone()));
        facts.push(fact("window-folder", vec![self.prompt.folder.clone()]));
        facts
    }

    /// Both fields, side by side; says whether Enter was pressed in the second.
    fn fields(&mut self, ui: &mut Ui) -> bool {
        let visible = self.visible;
        let mut enter = [false; 2];
        ui.columns(2, |columns| {
            let [left, right] = columns else { return };
            let name = left.label(self.words.get("window-password")).id;
            let (first, pressed) = self.first.draw(left, name, visible);
            enter[0] = pressed;
            let name = right.label(self.words.get("window-password-repeat")).id;
            let (second, pressed) = self.second.draw(right, name, visible);
            enter[1] = pressed;
            // Enter takes the keyboard away from a field. It goes on in the second, where Enter may be pressed again
            // once the rules are met.
            let focus = match (self.focused, enter) {
                (false, _) => Some(first),
                (true, [true, _] | [false, true]) => Some(second),
                (true, [false, false]) => None,
            };
            if let Some(field) = focus {
                self.focused = true;
                left.memory_mut(|memory| memory.request_focus(field));
            }
        });
        enter[1]
    }

    /// Whether all rules are met, and the two fields hold the same.
    fn complete(&self) -> bool {
        broken_rules(self.first.as_str()).is_empty() && self.first.as_str() == self.second.as_str()
    }

    fn rules(&self, ui: &mut Ui) {
        let typed = self.first.as_str();
        let broken = broken_rules(typed);
        // Nothing that was typed breaks no rule about characters, but a tick would look like praise.
        let met = |rule: &Rule| !typed.is_empty() && !broken.contains(rule);
        let line = |ui: &mut Ui, name: &str, met: bool| {
            look::rule(ui, &self.words, &self.words.get(&format!("window-password-{name}")), met);
        };
        ui.columns(2, |columns| {
            let short = Rule::ALL.iter().filter(|rule| **rule != Rule::Characters);
            for (place, rule) in short.enumerate() {
                line(&mut columns[place % 2], rule.name(), met(rule));
            }
        });
        line(ui, Rule::Characters.name(), met(&Rule::Characters));
        line(ui, "same", !typed.is_empty() && typed == self.second.as_str());
    }

    /// Above the rules: what they are, or what is most likely wrong; and whether the passwords are shown.
    fn above_the_rules(&mut self, ui: &mut Ui) {
        let (text, colour) = match self.first.hint().or(self.second.hint()) {
            Some(hint) => (hint, look::RED),
            None => ("window-password-rules", look::QUIET),
        };
        ui.horizontal(|ui| {
            ui.label(RichText::new(self.words.get(text)).color(colour));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.checkbox(&mut self.visible, self.words.get("window-password-show"));
            });
        });
    }

    /// Everything but the buttons; says whether Enter was pressed where it accepts.
    fn body(&mut self, ui: &mut Ui) -> bool {
        look::title(ui, &self.words.get("window-password-title"));
        ui.add_space(2.0);
        look::facts(ui, &self.facts());
        ui.add_space(4.0);
        let enter = self.fields(ui);
        self.above_the_rules(ui);
        // Rows of rules are lower than other rows.
        ui.scope(|ui| {
            self.rules(ui);
            strength::draw(ui, &self.words, Strength::of(self.first.as_str()));
        });
        ui.add_space(6.0);
        look::warning(ui, &self.words.get("window-password-warning"));
        enter
    }

    /// Takes what was typed, and forgets both fields.
    fn take(&mut self) -> Option<Reply> {
        self.second.wipe();
        let password = Password::parse(self.first.take()).ok()?;
        Some(Reply::NewPassword(password))
    }
}

impl Face for NewPassword {
    fn title(&self) -> String {
        let title = self.words.get("window-password-title");
        if self.prompt.sandbox {
            format!("SANDBOX – Tanba – {title}")
        } else {
            format!("Tanba – {title}")
        }
    }

    fn size(&self) -> Vec2 {
        Vec2::new(WIDTH, 640.0)
    }

    fn draw(&mut self, ui: &mut Ui, ready: bool) -> Drawn {
        let words = Rc::clone(&self.words);
        let possible = ready && self.complete();
        let buttons = |ui: &mut Ui| {
            let accepted =
                look::accept(ui, &words.get("window-password-accept"), possible).clicked();
            (accepted, look::cancel(ui, &words.get("window-cancel"), ready).clicked)
        };
        let page = look::page(ui, &words, self.prompt.sandbox, buttons, |ui| self.body(ui));
        let (accepted, cancelled) = page.buttons;
        let answer = if cancelled {
            Some(Reply::Closed)
        } else if ready && (accepted || page.body) && self.complete() {
            self.take()
        } else {
            None
        };
        Drawn { answer, height: page.height }
    }
}
