//! The end: installing the certificates, the finished files, or why there are none.

use eframe::egui::{RichText, Ui};
use tanba::protocol::{KeyFile, Prompt, Purpose};

use super::go_on;
use super::stage::{Button, Screen, Stage};
use super::wait::reason;
use crate::desktop::own::{EnrolmentDeed, status_words};
use crate::desktop::window::look::{self, Fact};
use crate::desktop::window::text;

/// The final files, and what each is for.
fn files(stage: &Stage<'_>, keys: &[KeyFile]) -> Vec<Fact> {
    let fact = |key: &KeyFile| Fact {
        name: stage.text(match key.purpose {
            Purpose::Auth => "enrol-purpose-auth",
            Purpose::Sign => "enrol-purpose-sign",
        }),
        values: vec![text::name(&key.file)],
    };
    keys.iter().map(fact).collect()
}

pub(super) struct Install;

impl Screen for Install {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("enrol-install-title")
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        let Some(Prompt::Install { application, keys }) = stage.prompt() else { return None };
        ui.label(stage.text("enrol-install-lead"));
        ui.label(RichText::new(stage.text("enrol-install-window")).color(look::QUIET));
        ui.label(stage.text("enrol-install-files"));
        look::details(ui, &files(stage, keys));
        if let Some(application) = application {
            let name = stage.text("enrol-application-status");
            let value = stage.text(status_words(application.status));
            look::details(ui, &[Fact { name, values: vec![value] }]);
        }
        look::warning(ui, &stage.text("window-password-warning"));
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        vec![go_on(stage.words, "cli-install", true)]
    }

    fn press(&mut self, _: usize, _: &Stage<'_>) -> Option<EnrolmentDeed> {
        Some(EnrolmentDeed::Install)
    }
}

pub(super) struct Done;

impl Screen for Done {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("cli-done")
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        let Some(Prompt::Done { keys, folder }) = stage.prompt() else { return None };
        ui.label(stage.text("enrol-done-saved"));
        let mut facts = files(stage, keys);
        facts.push(Fact { name: stage.text("window-folder"), values: vec![text::name(folder)] });
        look::details(ui, &facts);
        look::warning(ui, &stage.text("enrol-done-backup"));
        let next = if stage.view.sandbox { "enrol-done-sandbox" } else { "enrol-done-next" };
        ui.label(stage.text(next));
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        vec![go_on(stage.words, "enrol-done-again", true)]
    }

    fn press(&mut self, _: usize, _: &Stage<'_>) -> Option<EnrolmentDeed> {
        Some(EnrolmentDeed::Back)
    }
}

pub(super) struct Closed;

impl Screen for Closed {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("enrol-closed-title")
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        let Some(Prompt::Closed { status: last, application }) = stage.prompt() else {
            return None;
        };
        let told = stage.text(status_words(*last));
        ui.label(stage.text_with("enrol-closed-status", "status", &told));
        if let Some(application) = application {
            reason(ui, stage, application);
        }
        ui.label(stage.text("enrol-closed-keys"));
        ui.label(stage.text("enrol-closed-next"));
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        vec![go_on(stage.words, "enrol-closed-new", true)]
    }

    fn press(&mut self, _: usize, _: &Stage<'_>) -> Option<EnrolmentDeed> {
        Some(EnrolmentDeed::Back)
    }
}
