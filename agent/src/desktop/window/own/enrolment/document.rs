//! A picture of one side of the identity document.

use eframe::egui::{RichText, Ui};
use tanba::protocol::{Answer, DocumentKind, DocumentSide, Prompt};

use super::pictures::Shot;
use super::preview::Fit;
use super::selfie::most;
use super::stage::{Button, Screen, Stage, answered};
use crate::desktop::own::{EnrolmentDeed, EnrolmentView};
use crate::desktop::window::look;

pub(super) struct Document {
    side: DocumentSide,
    kind: DocumentKind,
    shot: Shot,
}

/// Kinds to choose from; one, once the first side was accepted.
fn kinds(view: &EnrolmentView) -> &[DocumentKind] {
    match view.enrolment.as_ref().map(|enrolment| &enrolment.prompt) {
        Some(Prompt::Document { documents, .. }) => documents,
        Some(_) | None => &[],
    }
}

impl Document {
    pub(super) fn new(side: DocumentSide, view: &EnrolmentView) -> Self {
        let kind = kinds(view).first().copied().unwrap_or(DocumentKind::IdCard);
        Self { side, kind, shot: Shot::new(Fit::Document) }
    }
}

fn name(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::IdCard => "enrol-document-id_card",
        DocumentKind::Passport => "enrol-document-passport",
    }
}

impl Screen for Document {
    fn title(&self, stage: &Stage<'_>) -> String {
        let side = stage.text(match self.side {
            DocumentSide::Front => "enrol-document-front",
            DocumentSide::Back => "enrol-document-back",
        });
        format!("{}: {}", stage.text("enrol-document-title"), side.to_lowercase())
    }

    fn takes_the_keyboard(&self) -> bool {
        false
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        let kinds = kinds(stage.view);
        ui.horizontal(|ui| {
            ui.label(RichText::new(stage.text("enrol-document-kind")).color(look::QUIET));
            match kinds {
                [only] => {
                    ui.label(stage.text(name(*only)));
                }
                several => {
                    for kind in several {
                        ui.radio_value(&mut self.kind, *kind, stage.text(name(*kind)));
                    }
                }
            }
        });
        if !self.shot.is_taken() {
            ui.label(stage.text(match self.side {
                DocumentSide::Front => "enrol-document-front-lead",
                DocumentSide::Back => "enrol-document-back-lead",
            }));
        }
        let most = most(stage);
        self.shot.draw(ui, stage, most);
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        self.shot.buttons(stage)
    }

    fn press(&mut self, button: usize, stage: &Stage<'_>) -> Option<EnrolmentDeed> {
        let jpeg = self.shot.press(button, stage, most(stage))?.into();
        answered(Answer::Document { document: self.kind, side: self.side, jpeg })
    }

    fn news(&mut self, view: &EnrolmentView) {
        if let [only] = kinds(view) {
            self.kind = *only;
        }
    }
}
