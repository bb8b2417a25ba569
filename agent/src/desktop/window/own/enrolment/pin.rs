//! The PIN-code of Digital ID, made up and typed twice, without being seen.

use eframe::egui::Ui;
use tanba::protocol::{Answer, Prompt};

use super::go_on;
use super::identify::{below, field, named};
use super::stage::{Button, Screen, Stage, answered};
use crate::desktop::own::EnrolmentDeed;
use crate::desktop::window::field::Field;
use crate::desktop::window::look;

/// Room for what is typed.
const TYPED: usize = 12;

/// How many digits the PIN-code of Digital ID has.
pub(super) const DIGITS: usize = 4;

pub(super) struct Pin {
    first: Field,
    repeat: Field,
    visible: bool,
}

/// Whether it may be a PIN-code.
pub(super) fn is_pin(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Pin {
    pub(super) fn new() -> Self {
        Self { first: Field::new(TYPED), repeat: Field::new(TYPED), visible: false }
    }

    fn is_right(&self, stage: &Stage<'_>) -> bool {
        is_pin(self.first.as_str(), count(stage)) && self.is_same()
    }

    fn is_same(&self) -> bool {
        !self.first.as_str().is_empty() && self.first.as_str() == self.repeat.as_str()
    }
}

fn count(stage: &Stage<'_>) -> usize {
    match stage.prompt() {
        Some(Prompt::Pin { digits }) => (*digits).into(),
        Some(_) | None => DIGITS,
    }
}

impl Screen for Pin {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("enrol-pin-title")
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        let digits = count(stage).to_string();
        ui.label(stage.text_with("enrol-pin-lead", "n", &digits));
        let (_, enter) = named(ui, stage, &mut self.first, "enrol-pin-label", self.visible);
        below(ui, stage.text("enrol-pin-hint"), false);
        // Enter leads from the first field to the second, and from that to the button.
        stage.focus |= enter;
        field(ui, stage, &mut self.repeat, "enrol-pin-repeat", self.visible);
        ui.checkbox(&mut self.visible, stage.text("window-password-show"));
        let rule = stage.text_with("enrol-pin-digits", "n", &digits);
        look::rule(ui, stage.words, &rule, is_pin(self.first.as_str(), count(stage)));
        look::rule(ui, stage.words, &stage.text("enrol-pin-same"), self.is_same());
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        vec![go_on(stage.words, "enrol-pin-send", self.is_right(stage))]
    }

    fn press(&mut self, _: usize, _: &Stage<'_>) -> Option<EnrolmentDeed> {
        let (pin, repeat) = (self.first.as_str().to_owned(), self.repeat.as_str().to_owned());
        answered(Answer::Pin { pin, repeat })
    }
}
