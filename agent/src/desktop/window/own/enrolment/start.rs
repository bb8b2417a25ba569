//! The choice: go on with what is unfinished, or begin anew.

use eframe::egui::{Button as Press, Frame, Label, Margin, RadioButton, RichText, Ui};
use tanba::protocol::Algorithm;

use super::go_on;
use super::stage::{Button, Screen, Stage};
use crate::desktop::own::{EnrolmentDeed, Unfinished};
use crate::desktop::window::{look, text};

#[derive(Default)]
pub(super) struct Start {
    algorithm: Algorithm,
}

/// The words for an algorithm: its name, and who should take it.
pub(super) fn algorithm(algorithm: Algorithm) -> (&'static str, &'static str) {
    match algorithm {
        Algorithm::Rsa2048 => ("enrol-algorithm-rsa2048", "enrol-algorithm-rsa2048-why"),
        Algorithm::P256 => ("enrol-algorithm-p256", "enrol-algorithm-p256-why"),
        Algorithm::Gost512 => ("enrol-algorithm-gost512", "enrol-algorithm-gost512-why"),
    }
}

/// One line of a list, whose further lines begin below the first one's words.
pub(super) fn bullet(ui: &mut Ui, text: &str) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().interact_size.y = 0.0;
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.label("•");
        ui.add(Label::new(text).wrap());
    });
}

const NEEDED: [&str; 5] = [
    "enrol-start-needed-citizen",
    "enrol-start-needed-mcd",
    "enrol-start-needed-phone",
    "enrol-start-camera",
    "enrol-start-needed-document",
];

impl Start {
    /// An unfinished enrolment, with the button that goes on with it.
    fn unfinished(ui: &mut Ui, stage: &Stage<'_>, one: &Unfinished) -> Option<EnrolmentDeed> {
        let frame = Frame::new()
            .stroke(ui.visuals().widgets.inactive.bg_stroke)
            .corner_radius(5)
            .inner_margin(Margin::symmetric(12, 8));
        let shown = frame.show(ui, |ui| {
            look::from_the_right(ui, |ui| {
                let number = match &one.number {
                    Some(number) => number.clone(),
                    None => stage.text("enrol-unfinished-no-number"),
                };
                let state = stage.text(&one.state);
                let go_on = ui.add_enabled(stage.free, Press::new(stage.text("enrol-continue")));
                let what = format!("{number}, {state}");
                go_on.widget_info(|| {
                    let name = stage.text_with("enrol-unfinished-resume", "what", &what);
                    let kind = eframe::egui::WidgetType::Button;
                    eframe::egui::WidgetInfo::labeled(kind, stage.free, name)
                });
                ui.with_layout(eframe::egui::Layout::top_down(eframe::egui::Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.label(RichText::new(number).strong());
                    ui.label(state);
                    let origin = match &one.origin {
                        Some(origin) => {
                            let origin = text::name(origin);
                            stage.text_with("enrol-unfinished-origin", "origin", &origin)
                        }
                        None => stage.text("enrol-unfinished-here"),
                    };
                    ui.label(RichText::new(origin).small().color(look::QUIET));
                });
                go_on.clicked()
            })
        });
        shown.inner.then(|| EnrolmentDeed::Resume { enrolment: one.id.clone() })
    }
}

impl Screen for Start {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("enrol-start-title")
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        let mut deed = None;
        if !stage.view.connected {
            look::warning(ui, &stage.text("enrol-unconnected"));
        }
        if !stage.view.unfinished.is_empty() {
            ui.label(RichText::new(stage.text("enrol-unfinished")).strong());
            for one in &stage.view.unfinished {
                deed = Self::unfinished(ui, stage, one).or(deed);
            }
            ui.label(RichText::new(stage.text("enrol-resume-new-hint")).small().color(look::QUIET));
            ui.add_space(6.0);
            ui.label(RichText::new(stage.text("enrol-unfinished-new")).strong());
        }
        ui.label(stage.text("enrol-start-lead"));
        ui.label(stage.text("enrol-start-needed"));
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 3.0;
            for needed in NEEDED {
                bullet(ui, &stage.text(needed));
            }
        });
        ui.add_space(4.0);
        ui.label(RichText::new(stage.text("enrol-form-algorithm")).strong());
        ui.scope(|ui| {
            ui.spacing_mut().interact_size.y = 26.0;
            ui.spacing_mut().item_spacing.y = 3.0;
            for one in [Algorithm::Rsa2048, Algorithm::P256, Algorithm::Gost512] {
                let (name, why) = algorithm(one);
                let label = format!("{} – {}", stage.text(name), stage.text(why));
                if ui.add(RadioButton::new(self.algorithm == one, label)).clicked() {
                    self.algorithm = one;
                }
            }
        });
        deed
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        vec![go_on(stage.words, "enrol-begin", stage.view.connected)]
    }

    fn press(&mut self, _: usize, _: &Stage<'_>) -> Option<EnrolmentDeed> {
        Some(EnrolmentDeed::Start { algorithm: self.algorithm })
    }
}
