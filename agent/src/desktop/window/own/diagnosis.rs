//! What works and what does not. What would be copied for somebody who helps is shown before it is copied.

use eframe::egui::{Button, RichText, Spinner, TextEdit, Ui};
use tanba::protocol::Locale;

use super::super::look;
use super::{Content, Mark, mark, quiet, said};
use crate::desktop::line::Reply;
use crate::desktop::own::{CheckState, DiagnosisView, Own, Said};
use crate::words::Words;

pub(super) struct Diagnosis {
    view: DiagnosisView,
    /// The person looks at what would be copied.
    shows_text: bool,
    copied: bool,
}

impl Diagnosis {
    pub(super) fn new(view: DiagnosisView) -> Self {
        Self { view, shows_text: false, copied: false }
    }

    fn checks(&self, ui: &mut Ui, words: &Words) {
        for check in &self.view.checks {
            let (shape, state) = match check.state {
                CheckState::Good => (Mark::Good, "own-check-good"),
                CheckState::Warning => (Mark::Unsure, "own-check-warning"),
                CheckState::Bad => (Mark::Bad, "own-check-bad"),
                CheckState::NotHere => (Mark::Nothing, "own-check-not-here"),
            };
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 12.0;
                mark(ui, shape, 20.0);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    let name = words.get(&format!("check-{}", check.name));
                    ui.label(RichText::new(format!("{name}: {}", words.get(state))).strong());
                    ui.label(&check.text);
                    if let Some(hint) = &check.hint {
                        quiet(ui, hint);
                    }
                });
            });
        }
    }

    fn text(&mut self, ui: &mut Ui, words: &Words) {
        let name = ui.label(words.get("own-diagnosis-text")).id;
        // It can be marked and read, and not changed.
        let mut text = self.view.text.as_str();
        let field = TextEdit::multiline(&mut text).desired_width(f32::INFINITY).desired_rows(4);
        ui.add(field).labelled_by(name);
        ui.horizontal(|ui| {
            if look::accept(ui, &words.get("own-diagnosis-copy"), true).clicked() {
                ui.ctx().copy_text(self.view.text.clone());
                self.copied = true;
            }
            if self.copied {
                quiet(ui, &words.get("own-copied"));
            }
        });
    }
}

impl Content for Diagnosis {
    fn take(&mut self, own: Own) {
        if let Own::Diagnosis(view) = own {
            self.copied = self.copied && view.text == self.view.text;
            self.view = view;
        }
    }

    fn locale(&self) -> Locale {
        self.view.locale
    }

    fn sandbox(&self) -> bool {
        self.view.sandbox
    }

    fn title(&self) -> &'static str {
        "own-diagnosis-title"
    }

    fn buttons(&mut self, ui: &mut Ui, words: &Words) -> Option<Reply> {
        let ready = !self.view.busy;
        let again = ui.add_enabled(ready, Button::new(words.get("own-again"))).clicked();
        let show = Button::new(words.get("own-diagnosis-show"));
        if ui.add_enabled(ready && !self.shows_text, show).clicked() {
            self.shows_text = true;
        }
        if again { said(Said::Again) } else { None }
    }

    fn body(&mut self, ui: &mut Ui, words: &Words) -> Option<Reply> {
        look::title(ui, &words.get("own-diagnosis-title"));
        if self.view.busy {
            ui.horizontal(|ui| {
                ui.add(Spinner::new().size(18.0));
                ui.label(words.get("own-diagnosis-busy"));
            });
        }
        self.checks(ui, words);
        if self.shows_text && !self.view.busy {
            self.text(ui, words);
        }
        None
    }
}
