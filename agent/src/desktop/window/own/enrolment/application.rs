//! The application: the agreement, the form, the folder for the keys.

use std::path::PathBuf;
use std::sync::mpsc::TryRecvError;

use eframe::egui::{Button as Press, Key, Label, Margin, RadioButton, RichText, TextEdit, Ui};
use tanba::protocol::{Answer, Prompt, Storage};
use tanba_core::email::Email;

use super::confirm::tick;
use super::go_on;
use super::identify::below;
use super::outside::Chooser;
use super::stage::{Button, Screen, Stage, answered};
use crate::desktop::own::EnrolmentDeed;
use crate::desktop::window::look::{self, Fact};
use crate::desktop::window::text;

/// How high the text of the agreement is, in points, before it is scrolled.
const TEXT: f32 = 250.0;

/// The longest e-mail address, in characters (RFC 5321, section 4.5.3.1.3).
const ADDRESS: usize = 254;

#[derive(Default)]
pub(super) struct Agreement {
    accepted: bool,
}

impl Screen for Agreement {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("enrol-agreement-title")
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        let Some(Prompt::Agreement { version, text }) = stage.prompt() else { return None };
        ui.label(stage.text("enrol-agreement-lead"));
        look::sheet(ui, TEXT, "agreement", |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            for paragraph in text.lines() {
                ui.add(Label::new(paragraph).wrap());
            }
        });
        let version = text::name(version);
        below(ui, stage.text_with("enrol-agreement-version", "version", &version), false);
        tick(ui, stage, &mut self.accepted, "enrol-agreement-tick");
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        vec![go_on(stage.words, "enrol-agreement-agree", self.accepted)]
    }

    fn press(&mut self, _: usize, stage: &Stage<'_>) -> Option<EnrolmentDeed> {
        let Some(Prompt::Agreement { version, .. }) = stage.prompt() else { return None };
        answered(Answer::Agreement { version: version.clone() })
    }
}

#[derive(Default)]
pub(super) struct Form {
    email: String,
}

impl Form {
    fn is_right(&self) -> bool {
        let email = self.email.trim();
        email.is_empty() || Email::parse(email).is_ok()
    }
}

impl Screen for Form {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("enrol-form-title")
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        let Some(enrolment) = &stage.view.enrolment else { return None };
        let Prompt::Form { prefill, storages } = &enrolment.prompt else { return None };
        let fact = |key: &str, value: &str| Fact {
            name: stage.text(key),
            values: vec![text::name(value)],
        };
        let mut rows = vec![
            fact("enrol-recognised-iin", &prefill.iin),
            fact("enrol-recognised-surname", &prefill.surname),
            fact("enrol-recognised-name", &prefill.name),
        ];
        let patronymic = prefill.patronymic.as_deref();
        rows.extend(patronymic.map(|name| fact("enrol-recognised-patronymic", name)));
        let algorithm = stage.text(super::start::algorithm(enrolment.algorithm).0);
        rows.push(fact("enrol-form-algorithm", &algorithm));
        look::details(ui, &rows);
        let name = ui.label(stage.text("enrol-form-email")).id;
        let edit = TextEdit::singleline(&mut self.email)
            .char_limit(ADDRESS)
            .desired_width(420.0)
            .margin(Margin::symmetric(10, 7));
        let edit = ui.add(edit).labelled_by(name);
        stage.first(ui, edit.id);
        if edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
            (stage.onwards, stage.or_back) = (true, Some(edit.id));
        }
        if self.is_right() {
            below(ui, stage.text("enrol-form-email-hint"), false);
        } else {
            below(ui, stage.text("enrol-form-email-wrong"), true);
        }
        ui.label(stage.text("enrol-form-storage"));
        for storage in storages {
            let name = match storage {
                Storage::Pkcs12 => stage.text("cli-storage-PKCS12"),
            };
            // There is nothing to choose yet.
            let _ = ui.add(RadioButton::new(true, name));
        }
        look::warning(ui, &stage.text("enrol-form-insecure"));
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        vec![go_on(stage.words, "enrol-continue", self.is_right())]
    }

    fn press(&mut self, _: usize, _: &Stage<'_>) -> Option<EnrolmentDeed> {
        let email = self.email.trim();
        let email = (!email.is_empty()).then(|| email.to_owned());
        answered(Answer::Form { email, storage: Storage::Pkcs12 })
    }
}

#[derive(Default)]
pub(super) struct Folder {
    chosen: Option<PathBuf>,
    chooser: Option<Chooser>,
}

impl Screen for Folder {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("enrol-folder-title")
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        match self.chooser.as_ref().map(|chooser| chooser.try_recv()) {
            None => {}
            Some(Err(TryRecvError::Empty)) => ui.ctx().request_repaint_after_secs(0.1),
            Some(Err(TryRecvError::Disconnected) | Ok(None)) => self.chooser = None,
            Some(Ok(Some(path))) => {
                (self.chosen, self.chooser) = (Some(path), None);
                stage.come_back(ui);
            }
        }
        ui.label(stage.text("enrol-folder-lead"));
        let key = if self.chosen.is_some() { "enrol-folder-other" } else { "enrol-folder-choose" };
        let choose = Press::new(stage.text(key));
        let choose = ui.add_enabled(stage.free && self.chooser.is_none(), choose);
        if choose.enabled() {
            stage.first(ui, choose.id);
        }
        if choose.clicked() {
            self.chooser = Some(stage.outside.choose_for_keys(stage));
        }
        let path = self.chosen.as_ref().map(|path| path.display().to_string());
        let path = path.unwrap_or_else(|| stage.text("enrol-folder-none"));
        let name = stage.text("enrol-folder-chosen");
        look::details(ui, &[Fact { name, values: vec![text::name(&path)] }]);
        ui.label(RichText::new(stage.text("enrol-form-submit-hint")).color(look::QUIET));
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        let ready = self.chosen.is_some() && self.chooser.is_none();
        vec![go_on(stage.words, "cli-submit", ready)]
    }

    fn press(&mut self, _: usize, _: &Stage<'_>) -> Option<EnrolmentDeed> {
        self.chosen.clone().map(|path| EnrolmentDeed::Folder { path })
    }
}
