//! A notice: what the person should know, and what to do. A number and its recovery code cannot be closed by accident.

use std::path::Path;

use eframe::egui::{RichText, TextEdit, TextStyle, Ui};
use tanba::protocol::Locale;

use super::super::look;
use super::super::text;
use super::{Content, Mark, fact, file_name, folder_name, mark, place, quiet, said, trouble};
use crate::desktop::line::Reply;
use crate::desktop::own::{NoticeDeed, NoticeKind, NoticeView, Own, Said};
use crate::words::Words;

pub(super) struct Notice {
    view: NoticeView,
    /// The number was copied, or the person says that it was written down.
    copied: bool,
    written_down: bool,
}

impl Notice {
    pub(super) fn new(view: NoticeView) -> Self {
        Self { view, copied: false, written_down: false }
    }

    /// A recovery code is shown once: until it is kept somewhere, the window stays.
    fn is_kept(&self) -> bool {
        let must_be_kept = matches!(self.view.kind, NoticeKind::Number { recovery: Some(_), .. });
        let printed = self.view.printed == Some(true);
        !must_be_kept || self.copied || self.written_down || self.view.saved.is_some() || printed
    }

    fn number(
        &mut self,
        ui: &mut Ui,
        words: &Words,
        number: &str,
        recovery: Option<&str>,
    ) -> Option<Reply> {
        headline(ui, Mark::Good, &words.get("notice-number-title"));
        ui.label(words.get("notice-number-text"));
        large(ui, &words.get("window-number"), number);
        if let Some(recovery) = recovery {
            large(ui, &words.get("notice-number-recovery"), recovery);
            look::warning(ui, &words.get("notice-number-recovery-text"));
        }
        let mut reply = None;
        ui.horizontal_wrapped(|ui| {
            if look::accept(ui, &words.get("notice-number-save"), true).clicked() {
                reply = said(Said::Notice(NoticeDeed::Save));
            }
            if ui.button(words.get("own-copy")).clicked() {
                let copy = [Some(number), recovery].into_iter().flatten().collect::<Vec<_>>();
                ui.ctx().copy_text(copy.join("\n"));
                self.copied = true;
            }
            if ui.button(words.get("notice-number-print")).clicked() {
                reply = said(Said::Notice(NoticeDeed::Print));
            }
        });
        if let Some(saved) = &self.view.saved {
            quiet(ui, &words.get_with("notice-number-saved", &[("path", &text::name(saved))]));
        }
        match self.view.printed {
            Some(true) => quiet(ui, &words.get("notice-number-printed")),
            Some(false) => trouble(ui, words, Some("notice-number-no-printer")),
            None => {}
        }
        if self.copied {
            quiet(ui, &words.get("own-copied"));
        }
        if recovery.is_some() {
            ui.checkbox(&mut self.written_down, words.get("notice-number-written"));
            if !self.is_kept() {
                quiet(ui, &words.get("notice-number-keep"));
            }
        }
        reply
    }

    fn signed(&mut self, ui: &mut Ui, words: &Words, path: &Path) -> Option<Reply> {
        headline(ui, Mark::Good, &words.get("notice-signed-title"));
        ui.label(words.get("notice-signed-text"));
        look::details(
            ui,
            &[
                fact(words, "window-file-path", file_name(path)),
                fact(words, "window-folder", folder_name(path)),
            ],
        );
        ui.horizontal_wrapped(|ui| place(ui, words, path, &mut self.copied)).inner
    }
}

fn headline(ui: &mut Ui, shape: Mark, text: &str) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 14.0;
        mark(ui, shape, 30.0);
        ui.vertical(|ui| look::title(ui, text));
    });
}

/// Something to be copied by hand: large, and it can be marked.
fn large(ui: &mut Ui, name: &str, value: &str) {
    let name = ui.label(RichText::new(name).color(look::QUIET)).id;
    let mut value = value;
    let field = TextEdit::singleline(&mut value)
        .font(TextStyle::Heading)
        .desired_width(f32::INFINITY)
        .margin(eframe::egui::Margin::symmetric(10, 8));
    ui.add(field).labelled_by(name);
}

/// How an application stands: named by its key in the words' files, or as the protocol names it.
fn standing(words: &Words, state: &str) -> String {
    let told = words.get(state);
    text::name(&if told == state { words.get(&format!("status-{state}")) } else { told })
}

fn secrets_in_file(ui: &mut Ui, words: &Words, why: &str) {
    headline(ui, Mark::Unsure, &words.get("notice-secrets-title"));
    look::warning(ui, &words.get("notice-secrets-text"));
    let why = match why {
        "absent" => "notice-secrets-absent",
        "locked" => "notice-secrets-locked",
        "denied" => "notice-secrets-denied",
        "silent" => "notice-secrets-silent",
        _ => "notice-secrets-broken",
    };
    ui.label(words.get(why));
}

impl Content for Notice {
    fn take(&mut self, own: Own) {
        if let Own::Notice(view) = own {
            if view.kind != self.view.kind {
                (self.copied, self.written_down) = (false, false);
            }
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
        match &self.view.kind {
            NoticeKind::SecretsInFile { .. } => "notice-secrets-title",
            NoticeKind::Number { .. } => "notice-number-title",
            NoticeKind::Moved { .. } => "notice-moved-title",
            NoticeKind::Signed { .. } => "notice-signed-title",
            NoticeKind::Cannot { .. } => "notice-cannot-title",
            NoticeKind::PortTaken { .. } => "notice-port-title",
        }
    }

    fn width(&self) -> f32 {
        600.0
    }

    fn may_close(&self) -> bool {
        self.is_kept()
    }

    fn close(&self) -> &'static str {
        if self.view.more > 0 { "notice-next" } else { "own-close" }
    }

    fn last_word(&self) -> Reply {
        Reply::Said(Box::new(Said::Notice(NoticeDeed::Done)))
    }

    fn buttons(&mut self, ui: &mut Ui, words: &Words) -> Option<Reply> {
        if self.view.more > 0 {
            let count = self.view.more.to_string();
            quiet(ui, &words.get_with("notice-more", &[("count", &count)]));
        }
        None
    }

    fn body(&mut self, ui: &mut Ui, words: &Words) -> Option<Reply> {
        let kind = self.view.kind.clone();
        let reply = match &kind {
            NoticeKind::SecretsInFile { why } => {
                secrets_in_file(ui, words, why);
                None
            }
            NoticeKind::Number { number, recovery } => {
                self.number(ui, words, number, recovery.as_deref())
            }
            NoticeKind::Moved { number, state } => {
                headline(ui, Mark::Good, &words.get("notice-moved-title"));
                let mut facts = Vec::new();
                if let Some(number) = number {
                    facts.push(fact(words, "window-number", text::name(number)));
                }
                facts.push(fact(words, "notice-moved-state", standing(words, state)));
                look::details(ui, &facts);
                ui.label(words.get("notice-moved-text"));
                None
            }
            NoticeKind::Signed { path } => self.signed(ui, words, path),
            NoticeKind::Cannot { what, hint } => {
                headline(ui, Mark::Bad, &words.get("notice-cannot-title"));
                ui.label(text::name(what));
                quiet(ui, &text::name(hint));
                None
            }
            NoticeKind::PortTaken { port, by } => {
                headline(ui, Mark::Bad, &words.get("notice-port-title"));
                let port = port.to_string();
                let what = match by {
                    Some(by) => words.get_with(
                        "notice-port-by",
                        &[("port", &port), ("program", &text::name(by))],
                    ),
                    None => words.get_with("notice-port-text", &[("port", &port)]),
                };
                ui.label(what);
                quiet(ui, &words.get("notice-port-hint"));
                None
            }
        };
        trouble(ui, words, self.view.trouble.as_deref());
        reply
    }
}
