//! The agent's own window: the tray's menu as buttons.

use eframe::egui::{Button, RichText, Ui, Vec2};
use tanba::protocol::Locale;

use super::Content;
use crate::desktop::line::Reply;
use crate::desktop::own::{HomeView, Own, Said};
use crate::desktop::tray::look::{Deed, Entry, Look};
use crate::wish::Wish;
use crate::words::Words;

/// How the agent stands, and what it can do.
pub(super) struct Home {
    view: HomeView,
    look: Look,
}

impl Home {
    pub(super) fn new(view: HomeView) -> Self {
        Self { look: Look::of(&view.tray), view }
    }
}

impl Content for Home {
    fn take(&mut self, own: Own) {
        if let Own::Home(view) = own {
            *self = Self::new(*view);
        }
    }

    fn locale(&self) -> Locale {
        self.view.tray.locale
    }

    fn sandbox(&self) -> bool {
        self.view.tray.sandbox
    }

    fn title(&self) -> &'static str {
        "own-home-title"
    }

    fn buttons(&mut self, _: &mut Ui, _: &Words) -> Option<Reply> {
        None
    }

    fn body(&mut self, ui: &mut Ui, _: &Words) -> Option<Reply> {
        let mut wish = None;
        for entry in &self.look.menu {
            wish = wish.or(draw(ui, entry));
        }
        wish.map(|wish| Reply::Said(Box::new(Said::Wish(wish))))
    }
}

fn draw(ui: &mut Ui, entry: &Entry) -> Option<Wish> {
    match &entry.deed {
        // The band of the window says so already.
        Deed::Says if entry.key == "sandbox" => None,
        Deed::Says => {
            ui.label(RichText::new(&entry.text).strong());
            None
        }
        Deed::Parts => {
            ui.add_space(8.0);
            None
        }
        Deed::Wishes(wish) => {
            let size = Vec2::new(ui.available_width(), ui.spacing().interact_size.y);
            let button = Button::new(&entry.text).wrap().min_size(size);
            ui.add(button).clicked().then(|| wish.clone())
        }
        Deed::Ticks(on, wish) => {
            let mut ticked = *on;
            ui.checkbox(&mut ticked, &entry.text).clicked().then(|| wish.clone())
        }
        Deed::Opens(inner) => one_of(ui, entry, inner),
    }
}

/// A submenu, whose entries exclude each other.
fn one_of(ui: &mut Ui, entry: &Entry, inner: &[Entry]) -> Option<Wish> {
    let mut wished = None;
    ui.horizontal_wrapped(|ui| {
        ui.label(&entry.text);
        for entry in inner {
            if let Deed::Ticks(on, wish) = &entry.deed
                && ui.radio(*on, &entry.text).clicked()
            {
                wished = Some(wish.clone());
            }
        }
    });
    wished
}
