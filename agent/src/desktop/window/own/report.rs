//! What was found of a file's signatures: the verdict first, in words and a shape, then who signed, and what holds.

use eframe::egui::{
    Button, Frame, Margin, ProgressBar, RichText, Stroke, Ui, WidgetInfo, WidgetType,
};
use tanba::protocol::Locale;

use super::super::colours::SHADE;
use super::super::look::{self, Fact};
use super::super::text;
use super::{Content, Mark, fact, file_name, folder_name, mark, marked, quiet, said};
use crate::desktop::line::Reply;
use crate::desktop::own::{Own, ReportDeed, ReportView, Said, SignerView, Verdict};
use crate::words::Words;

pub(super) struct Report {
    view: ReportView,
}

impl Report {
    pub(super) fn new(view: ReportView) -> Self {
        Self { view }
    }

    fn is_looking(&self) -> bool {
        match self.view.verdict {
            Verdict::Looking(..) => true,
            Verdict::Valid
            | Verdict::ValidSoFar
            | Verdict::Unconfirmed
            | Verdict::Invalid
            | Verdict::Damaged
            | Verdict::None
            | Verdict::Cannot(_) => false,
        }
    }

    fn verdict(&self, ui: &mut Ui, words: &Words) {
        let (shape, key, more) = match &self.view.verdict {
            Verdict::Looking(done, total) => {
                look::title(ui, &words.get("own-report-looking"));
                progress(ui, words, *done, *total);
                return;
            }
            Verdict::Valid => (Mark::Good, "own-report-valid", "own-report-valid-more"),
            Verdict::ValidSoFar => (Mark::Unsure, "own-report-so-far", "own-report-so-far-more"),
            // Nobody can say that all is well, or that it is not, before the signed file is there.
            Verdict::Unconfirmed if self.view.lacks_content => {
                (Mark::Unsure, "own-report-lacking", "own-report-lacking-more")
            }
            Verdict::Unconfirmed => {
                (Mark::Unsure, "own-report-unconfirmed", "own-report-unconfirmed-more")
            }
            Verdict::Damaged => (Mark::Bad, "own-report-damaged", "own-report-damaged-more"),
            Verdict::Invalid => (Mark::Bad, "own-report-invalid", "own-report-invalid-more"),
            Verdict::None => (Mark::Nothing, "own-report-none", "own-report-none-more"),
            Verdict::Cannot(why) => {
                panel(ui, Mark::Nothing, &words.get("own-report-cannot"), &text::name(why));
                return;
            }
        };
        panel(ui, shape, &words.get(key), &words.get(more));
    }
}

/// How far the work is, in words too.
fn progress(ui: &mut Ui, words: &Words, done: u64, total: u64) {
    let done = done.min(total);
    // A share with two digits is what a bar can show.
    let hundredths = u16::try_from(done.saturating_mul(100) / total.max(1)).unwrap_or(100);
    let said = words.get_with(
        "own-report-progress",
        &[("shown", &words.size(done)), ("size", &words.size(total))],
    );
    let bar = ui.add(ProgressBar::new(f32::from(hundredths) / 100.0).text(said.clone()));
    bar.widget_info(|| WidgetInfo::labeled(WidgetType::ProgressIndicator, true, said.clone()));
}

fn panel(ui: &mut Ui, shape: Mark, verdict: &str, more: &str) {
    Frame::new().fill(SHADE.now()).corner_radius(6).inner_margin(Margin::symmetric(16, 14)).show(
        ui,
        |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 16.0;
                mark(ui, shape, 44.0);
                ui.vertical(|ui| {
                    look::title(ui, verdict);
                    ui.label(more);
                });
            });
        },
    );
}

fn signer(ui: &mut Ui, words: &Words, number: usize, signer: &SignerView) {
    let (margin, stroke) = (Margin::symmetric(12, 10), Stroke::new(1.0, look::LINE));
    Frame::new().stroke(stroke).corner_radius(6).inner_margin(margin).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let name =
            signer.name.as_deref().map_or_else(|| words.get("own-report-nobody"), text::name);
        look::title(ui, &format!("{number}. {name}"));
        look::details(ui, &facts(words, signer));
        for (what, state, reasons) in &signer.findings {
            let (shape, state) = match state.as_str() {
                "good" => (Mark::Good, "own-state-good"),
                "bad" => (Mark::Bad, "own-state-bad"),
                "absent" => (Mark::Nothing, "own-state-absent"),
                _ => (Mark::Unsure, "own-state-unknown"),
            };
            let what = words.get(what);
            let mut line = format!("{what}: {}", words.get(state));
            for reason in reasons {
                line.push_str(&format!("\n{}", text::name(reason)));
            }
            marked(ui, shape, RichText::new(line));
        }
    });
}

fn facts(words: &Words, signer: &SignerView) -> Vec<Fact> {
    let maybe = |key: &str, value: &Option<String>| {
        value.as_deref().map(|value| fact(words, key, text::name(value)))
    };
    let mut facts: Vec<Fact> = Vec::new();
    facts.extend(maybe("window-key-iin", &signer.iin));
    facts.extend(maybe("window-key-organisation", &signer.organisation));
    facts.extend(maybe("window-key-bin", &signer.bin));
    let moment = |key: &str, at: Option<i64>| at.map(|at| fact(words, key, words.moment(at)));
    facts.extend(moment("own-report-signed-at", signer.signed_at));
    facts.extend(moment("own-report-stamped-at", signer.stamped_at));
    if !signer.covers.is_empty() {
        let covers = signer.covers.iter().map(|part| text::name(part)).collect::<Vec<_>>();
        facts.push(fact(words, "cmd-label-covers", covers.join(", ")));
    }
    facts
}

impl Content for Report {
    fn take(&mut self, own: Own) {
        if let Own::Report(view) = own {
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
        "own-report-title"
    }

    fn buttons(&mut self, ui: &mut Ui, words: &Words) -> Option<Reply> {
        let enabled = !self.is_looking();
        let pressed =
            |ui: &mut Ui, key: &str| ui.add_enabled(enabled, Button::new(words.get(key))).clicked();
        if pressed(ui, "own-report-another") {
            return said(Said::Report(ReportDeed::Another));
        }
        if pressed(ui, "own-again") {
            return said(Said::Report(ReportDeed::Again));
        }
        None
    }

    fn body(&mut self, ui: &mut Ui, words: &Words) -> Option<Reply> {
        let mut reply = None;
        self.verdict(ui, words);
        let mut facts = vec![
            fact(words, "window-file-path", file_name(&self.view.path)),
            fact(words, "window-folder", folder_name(&self.view.path)),
        ];
        if let Some(content) = &self.view.content {
            facts.push(fact(words, "own-report-content", file_name(content)));
        }
        look::details(ui, &facts);
        // A file that was found beside the signature may be another one.
        if (self.view.lacks_content || self.view.content.is_some())
            && !self.is_looking()
            && ui.button(words.get("own-report-choose")).clicked()
        {
            reply = said(Said::Report(ReportDeed::Content));
        }
        if !self.view.signers.is_empty() {
            quiet(ui, &words.get("own-report-signers"));
        }
        for (at, one) in self.view.signers.iter().enumerate() {
            signer(ui, words, at + 1, one);
        }
        if self.view.left_out > 0 {
            let count = words.number(self.view.left_out as u64);
            look::warning(ui, &words.get_with("own-report-left-out", &[("count", &count)]));
        }
        reply
    }
}
