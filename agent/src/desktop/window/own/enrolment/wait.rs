//! Waiting: for what, since when, and what happened so far.

use eframe::egui::{Grid, RichText, Ui};
use tanba::protocol::{Application, Prompt, Status, WaitReason};

use super::go_on;
use super::identify::below;
use super::stage::{Button, Screen, Stage, clock};
use crate::desktop::own::{EnrolmentDeed, status_words};
use crate::desktop::window::look::{self, Fact};
use crate::desktop::window::text;

pub(super) struct Wait(pub(super) WaitReason);

impl Screen for Wait {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text(match self.0 {
            WaitReason::Moderation => "enrol-wait-moderation-title",
            WaitReason::Submission => "enrol-wait-submission-title",
            WaitReason::Issue => "enrol-wait-issue-title",
        })
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        let Some(Prompt::Wait { application, retry_in_s, .. }) = stage.prompt() else {
            return None;
        };
        ui.label(stage.text(match self.0 {
            WaitReason::Moderation => "enrol-wait-moderation-lead",
            WaitReason::Submission => "enrol-wait-submission-lead",
            WaitReason::Issue => "enrol-wait-issue-lead",
        }));
        match self.0 {
            WaitReason::Moderation => {}
            WaitReason::Submission | WaitReason::Issue => {
                if self.0 == WaitReason::Issue {
                    ui.label(RichText::new(stage.text("enrol-number-keep")).strong());
                }
                ui.label(stage.text("enrol-wait-keys"));
            }
        }
        if let Some(application) = application {
            table(ui, stage, application);
        }
        let left = stage.left(*retry_in_s);
        let next = if left > 0 {
            stage.text_with("enrol-wait-again", "time", &clock(left))
        } else {
            stage.text("enrol-wait-asking")
        };
        below(ui, next, false);
        ui.ctx().request_repaint_after_secs(0.5);
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        vec![go_on(stage.words, "cli-refresh", true)]
    }

    fn press(&mut self, _: usize, _: &Stage<'_>) -> Option<EnrolmentDeed> {
        Some(EnrolmentDeed::Refresh)
    }
}

/// How an application stands, and how it came there.
pub(super) fn table(ui: &mut Ui, stage: &Stage<'_>, application: &Application) {
    let name = stage.text("enrol-application-status");
    look::details(ui, &[Fact { name, values: vec![stage.text(status_words(application.status))] }]);
    reason(ui, stage, application);
    if application.history.is_empty() {
        return;
    }
    ui.label(RichText::new(stage.text("enrol-application-table")).color(look::QUIET));
    look::sheet(ui, 130.0, "history", |ui| {
        Grid::new("changes").num_columns(2).spacing([24.0, 4.0]).show(ui, |ui| {
            for change in &application.history {
                ui.label(RichText::new(stage.words.moment(change.at)).color(look::QUIET));
                ui.label(stage.text(status_words(change.status)));
                ui.end_row();
            }
        });
    });
}

/// Why an application was refused, if the authority says so.
pub(super) fn reason(ui: &mut Ui, stage: &Stage<'_>, application: &Application) {
    if let Some(reason) = &application.reason {
        let text = stage.text_with("enrol-application-reason", "reason", &text::name(reason));
        below(ui, text, is_bad(application.status));
    }
}

fn is_bad(status: Status) -> bool {
    match status {
        Status::RefusedByHead | Status::Refused | Status::Withdrawn | Status::Expired => true,
        Status::New
        | Status::Identified
        | Status::AwaitingHead
        | Status::ConfirmedByHead
        | Status::AwaitingCsc
        | Status::Issuing
        | Status::Issued
        | Status::Installed => false,
    }
}
