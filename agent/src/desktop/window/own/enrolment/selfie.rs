//! The picture of the person's face.

use eframe::egui::Ui;
use tanba::protocol::{Answer, Prompt};

use super::pictures::Shot;
use super::preview::Fit;
use super::stage::{Button, Screen, Stage, answered};
use crate::desktop::own::EnrolmentDeed;

pub(super) struct Selfie(Shot);

impl Default for Selfie {
    fn default() -> Self {
        Self(Shot::new(Fit::Face))
    }
}

/// The largest picture that is accepted, in bytes.
pub(super) fn most(stage: &Stage<'_>) -> u32 {
    match stage.prompt() {
        Some(
            Prompt::Selfie { max_bytes }
            | Prompt::Liveness { max_bytes, .. }
            | Prompt::Document { max_bytes, .. },
        ) => *max_bytes,
        Some(_) | None => 0,
    }
}

impl Screen for Selfie {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("enrol-selfie-title")
    }

    fn takes_the_keyboard(&self) -> bool {
        false
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        if !self.0.is_taken() {
            ui.label(stage.text("enrol-selfie-lead"));
        }
        let most = most(stage);
        self.0.draw(ui, stage, most);
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        self.0.buttons(stage)
    }

    fn press(&mut self, button: usize, stage: &Stage<'_>) -> Option<EnrolmentDeed> {
        let jpeg = self.0.press(button, stage, most(stage))?;
        answered(Answer::Selfie { jpeg: jpeg.into() })
    }
}
