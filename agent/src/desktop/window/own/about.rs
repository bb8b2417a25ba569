//! Which program this is, what it is and what it is not.

use eframe::egui::Ui;
use tanba::protocol::Locale;

use super::super::look;
use super::super::text;
use super::{Content, fact, place, trouble};
use crate::desktop::line::Reply;
use crate::desktop::own::{AboutView, Own};
use crate::words::Words;

pub(super) struct About {
    view: AboutView,
    copied: bool,
}

impl About {
    pub(super) fn new(view: AboutView) -> Self {
        Self { view, copied: false }
    }
}

impl Content for About {
    fn take(&mut self, own: Own) {
        if let Own::About(view) = own {
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
        "own-about-title"
    }

    fn buttons(&mut self, _: &mut Ui, _: &Words) -> Option<Reply> {
        None
    }

    fn body(&mut self, ui: &mut Ui, words: &Words) -> Option<Reply> {
        look::title(ui, &format!("Tanba {}", text::name(&self.view.version)));
        ui.label(words.get("own-about-what"));
        look::warning(ui, &words.get("own-about-not"));
        let folder = text::name(&self.view.folder.to_string_lossy());
        look::details(
            ui,
            &[
                fact(words, "own-about-licence", env!("CARGO_PKG_LICENSE").to_owned()),
                fact(words, "own-about-source", env!("CARGO_PKG_REPOSITORY").to_owned()),
                fact(words, "own-about-folder", folder),
            ],
        );
        trouble(ui, words, self.view.trouble.as_deref());
        let folder = self.view.folder.clone();
        ui.horizontal_wrapped(|ui| place(ui, words, &folder, &mut self.copied)).inner
    }
}
