//! What the person confirms of themselves: the data of the document, and that they may be passed on.

use eframe::egui::{Checkbox, RichText, Ui};
use tanba::protocol::{Answer, Code, Prompt, Recognised};

use super::go_on;
use super::identify::{below, field};
use super::pin::{DIGITS, is_pin};
use super::stage::{Button, Screen, Stage, answered, clock};
use super::start::bullet;
use crate::desktop::own::{EnrolmentDeed, EnrolmentView};
use crate::desktop::window::field::Field;
use crate::desktop::window::look::{self, Fact};
use crate::desktop::window::text;

#[derive(Default)]
pub(super) struct Confirm {
    truthful: bool,
}

/// The rows of the table: what was not recognised has none.
fn rows(stage: &Stage<'_>, data: &Recognised) -> Vec<Fact> {
    let row = |key: &str, value: Option<&str>| {
        let name = stage.text(&format!("enrol-recognised-{key}"));
        value.map(|value| Fact { name, values: vec![text::name(value)] })
    };
    let rows = [
        row("document_number", Some(&data.document_number)),
        row("iin", Some(&data.iin)),
        row("surname", Some(&data.surname)),
        row("name", Some(&data.name)),
        row("patronymic", data.patronymic.as_deref()),
        row("birth_date", Some(&day(&data.birth_date))),
        row("birth_place", data.birth_place.as_deref()),
        row("nationality", data.nationality.as_deref()),
        row("issuer", data.issuer.as_deref()),
        row("issued_at", data.issued_at.as_deref().map(day).as_deref()),
        row("expires_at", Some(&day(&data.expires_at))),
    ];
    rows.into_iter().flatten().collect()
}

/// `2030-12-31` as people here write it, `31.12.2030`; what is no such date stays as it is.
fn day(date: &str) -> String {
    match date.split('-').collect::<Vec<_>>()[..] {
        [year, month, day] if date.len() == 10 => format!("{day}.{month}.{year}"),
        _ => date.to_owned(),
    }
}

impl Screen for Confirm {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("enrol-confirm-title")
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        let Some(Prompt::ConfirmDocument { recognised, .. }) = stage.prompt() else { return None };
        ui.label(stage.text("enrol-confirm-lead"));
        look::details(ui, &rows(stage, recognised));
        if !recognised.iin_matches {
            look::warning(ui, &stage.text("enrol-confirm-iin"));
        }
        let tick = ui.checkbox(&mut self.truthful, stage.text("enrol-confirm-truthful"));
        stage.first(ui, tick.id);
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        vec![
            go_on(stage.words, "enrol-send", self.truthful),
            go_on(stage.words, "enrol-confirm-wrong", true),
        ]
    }

    fn press(&mut self, button: usize, _: &Stage<'_>) -> Option<EnrolmentDeed> {
        answered(Answer::ConfirmDocument { truthful: button == 0 })
    }
}

pub(super) struct Consent(Field);

impl Consent {
    pub(super) fn new() -> Self {
        Self(Field::new(12))
    }
}

impl Screen for Consent {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("enrol-consent-title")
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        let Some(Prompt::Consent { service, items, expires_in_s }) = stage.prompt() else {
            return None;
        };
        let (expires, service) = (*expires_in_s, text::name(service));
        ui.label(
            RichText::new(stage.text_with("enrol-consent-asks", "service", &service)).strong(),
        );
        for item in items {
            bullet(ui, &text::name(item));
        }
        let left = stage.left(expires);
        below(ui, stage.text_with("enrol-consent-remaining", "time", &clock(left)), left < 30);
        ui.ctx().request_repaint_after_secs(0.5);
        field(ui, stage, &mut self.0, "enrol-consent-pin", false);
        below(ui, stage.text("enrol-consent-forbid"), false);
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        vec![
            go_on(stage.words, "enrol-consent-approve", is_pin(self.0.as_str(), DIGITS)),
            go_on(stage.words, "enrol-consent-deny", true),
        ]
    }

    fn press(&mut self, button: usize, _: &Stage<'_>) -> Option<EnrolmentDeed> {
        let approve = button == 0;
        let pin = approve.then(|| self.0.as_str().to_owned());
        answered(Answer::Consent { approve, pin })
    }

    fn news(&mut self, view: &EnrolmentView) {
        // One that is wrong is of no use any more.
        if view.failure.as_ref().is_some_and(|failure| failure.code == Code::PinWrong) {
            self.0.wipe();
        }
    }
}

/// A tick that stands alone.
pub(super) fn tick(ui: &mut Ui, stage: &mut Stage<'_>, ticked: &mut bool, key: &str) {
    let tick = ui.add(Checkbox::new(ticked, stage.text(key)));
    stage.first(ui, tick.id);
}
